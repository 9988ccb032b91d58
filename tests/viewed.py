"""Views as a visitor sees them: refreshed under some filters, and their markup."""

import panel as pn

import dashboard.pages  # noqa: F401  # so that every chart of a page is known
from dashboard.dataset import load
from dashboard.state import Explorer
from dashboard.views.bars import RankedBars
from dashboard.views.chart import Chart
from dashboard.views.incrementality import OfEstimate
from tests.small import write

PAYLOAD = "<img src=x onerror=alert(1)>"


def kinds(base):
    """Every class derived from this one that can be shown."""
    found = []
    for one in base.__subclasses__():
        found += [one, *kinds(one)] if one is not RankedBars else kinds(one)
    return [one for one in found if one.__module__.startswith("dashboard.")]


CHARTS = [one for one in kinds(Chart) if not issubclass(one, OfEstimate)]
"""Those that ask the ledger; what shows an estimate is tested in test_incrementality_page.py."""


def explorer_of(folder, **changed):
    return Explorer(load(write(folder, **changed)))


def shown(view, **filters):
    """The view, refreshed under these filters; a bug in it fails the test."""
    view.explorer.filters.param.update(**filters)
    view.update(strict=True)
    return view


def markup_of(panel):
    """All markup of a panel, as the browser gets it."""
    return "".join(one.object for one in panel.select(pn.pane.HTML))
