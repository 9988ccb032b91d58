"""What ``panel serve dashboard`` runs for each visitor; defines nothing."""

import panel as pn

from dashboard.app import App
from dashboard.serving.held import held
from dashboard.serving.process import let_leave
from dashboard.settings import load_settings

pn.extension("tabulator")
let_leave()
settings = load_settings()
App(held(settings).dataset(), settings=settings).servable()
