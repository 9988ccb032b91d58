"""What ``panel serve dashboard`` runs for each visitor; defines nothing."""

import panel as pn

from dashboard.app import App
from dashboard.dataset import shared
from dashboard.serving import let_leave
from dashboard.settings import load_settings

pn.extension("tabulator")
let_leave()
settings = load_settings()
App(shared(settings.data, settings.mapping), settings=settings).servable()
