"""What ``panel serve dashboard`` runs for each visitor; defines nothing."""

import panel as pn

from dashboard.app import App
from dashboard.dataset import shared
from dashboard.settings import load_settings

pn.extension("tabulator")
settings = load_settings()
App(shared(settings.data), settings=settings).servable()
