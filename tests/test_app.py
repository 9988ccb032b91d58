"""The app: one explorer asked by all pages, built when wanted, patched on every change."""

import base64
import datetime as dt
import gc
import logging
import re
import weakref
from dataclasses import replace

import pytest

from dashboard import App
from dashboard.dataset import load
from dashboard.export import making
from dashboard.export.taking import FORMS
from dashboard.pages import PAGES
from dashboard.settings import Settings
from dashboard.views.bars import RoasByPlatform
from dashboard.views.chart import Chart
from tests.small import write


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return load(write(tmp_path_factory.mktemp("data")))


@pytest.fixture
def app(dataset):
    """An app as a visitor has it, with what it sends to the browser in ``sent``."""
    started = App(dataset, strict=True)
    started.sent = []
    started.actions._send_msg = started.sent.append
    started.template()
    return started


def charts(app):
    return [view for view in app.shown.views.values() if isinstance(view, Chart)]


def test_the_first_page_is_built_and_the_others_wait(app):
    assert [page.is_built for page in app.pages.values()] == [True] + [False] * (len(PAGES) - 1)


def test_figures_survive_a_filter_change(app):
    before = {chart.name: chart.figure.id for chart in charts(app)}
    app.explorer.filters.brand = ["Gritzo"]
    assert {chart.name: chart.figure.id for chart in charts(app)} == before
    assert "₹500" in app.shown.views["kpi-cards"].panel.object


def test_only_the_page_in_view_is_refreshed(app):
    other = list(app.pages.values())[-1]
    app.page = other.name
    app.page = "overview"
    before = dict(other._shown)
    app.explorer.filters.brand = ["Gritzo"]
    assert other._shown == before
    app.page = other.name
    assert {revision for revision, _ in other._shown.values()} == {app.explorer.revision}


def test_pages_are_built_bit_by_bit_while_the_visitor_reads(app):
    drawn = 0
    app.sent.clear()
    while not all(page.is_built for page in app.pages.values()):
        app.actions._handle_msg({"verb": "idle", "value": ""})
        assert app.sent.pop() == {"rest": True}
        drawn += 1
    told = [message["fresh"] for message in app.sent]
    assert told == [page.name for page in app.pages.values() if page is not app.shown]
    app.sent.clear()
    assert drawn == sum(len(page.views) for page in app.pages.values() if page is not app.shown)
    app.actions._handle_msg({"verb": "idle", "value": ""})
    assert app.sent == []


@pytest.mark.parametrize(
    ("name", "begins", "ending"),
    [
        ("page", b"<!DOCTYPE html>", "html"),
        ("report", b"%PDF-", "pdf"),
        ("workbook", b"PK", "xlsx"),
    ],
)
def test_the_whole_dashboard_is_taken_away_as_a_file(name, begins, ending, app):
    """The file is named by the last day of the data, and the menu is there again."""
    app.sent.clear()
    app.actions._handle_msg({"verb": "take", "value": name})
    (file,) = [message["save"] for message in app.sent if "save" in message]
    assert file["name"] == f"influencer-roi-2026-02-01.{ending}"
    assert begins in base64.b64decode(file["data"])[:60]
    assert "Export" in app.header.export.object


def test_a_file_of_nothing_is_not_made_but_a_sentence(app):
    app.explorer.filters.period = (dt.date(2026, 1, 20), dt.date(2026, 1, 20))
    app.sent.clear()
    app.actions._handle_msg({"verb": "take", "value": "report"})
    assert not [message for message in app.sent if "save" in message]
    assert "There are no rows" in app.header.chips.object
    app.explorer.filters.clear()
    assert "There are no rows" not in app.header.chips.object


def test_a_file_that_fails_is_said_and_the_menu_comes_back(app, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("a bug")

    monkeypatch.setitem(FORMS, "report", replace(FORMS["report"], make=fail))
    app.actions._handle_msg({"verb": "take", "value": "report"})
    assert "could not be made" in app.header.chips.object
    assert "Export" in app.header.export.object
    assert "a bug" in caplog.text


def test_a_second_file_waits_for_the_first(app, monkeypatch):
    """One at a time; the menu says so whatever is filtered meanwhile."""
    waiting = []
    monkeypatch.setattr(making, "soon", waiting.append)
    app.actions._handle_msg({"verb": "take", "value": "workbook"})
    app.actions._handle_msg({"verb": "take", "value": "report"})
    assert len(waiting) == 1
    app.explorer.filters.brand = ["Gritzo"]
    assert "Making Workbook, XLSX" in app.header.export.object
    app.sent.clear()
    waiting.pop()()
    assert [message["save"]["name"] for message in app.sent if "save" in message] == [
        "influencer-roi-2026-02-01.xlsx"
    ]
    assert "Export" in app.header.export.object


def test_a_page_built_by_half_is_completed_when_it_is_opened(app):
    app.actions._handle_msg({"verb": "idle", "value": ""})
    page = next(page for page in app.pages.values() if not page.is_built)
    app.page = page.name
    assert page.is_built


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_every_page_holds_for_no_rows(page, app):
    app.page = next(one.name for one in app.pages.values() if isinstance(one, page))
    app.explorer.filters.period = (dt.date(2026, 1, 20), dt.date(2026, 1, 20))
    app.explorer.filters.clear()


def test_a_chip_clears_its_filter_and_another_clears_all(app):
    app.explorer.filters.param.update(brand=["Gritzo"], platform=["YouTube"])
    assert 'data-clear="brand"' in app.header.chips.object
    app.actions._handle_msg({"verb": "clear", "value": "brand"})
    assert app.explorer.filters.brand == []
    assert app.explorer.filters.platform == ["YouTube"]
    app.actions._handle_msg({"verb": "clear", "value": ""})
    assert app.explorer.filters.platform == []
    assert "everything is in view" in app.header.chips.object


def test_an_export_holds_the_numbers_the_filters_and_the_version(app):
    app.explorer.filters.brand = ["Gritzo"]
    app.sent.clear()
    app.actions._handle_msg({"verb": "export", "value": "roas-by-platform"})
    saved = app.sent[0]["save"]
    assert saved["name"] == "roas-by-platform-2026-02-01.csv"
    lines = saved["text"].removeprefix("\N{BYTE ORDER MARK}").splitlines()
    assert lines[:3] == ["platform,roas", "YouTube,3", "Instagram,1.333333"]
    assert "Brand: Gritzo" in saved["text"]
    assert app.explorer.dataset.version in saved["text"]


def test_an_export_does_not_claim_the_filter_its_table_is_exempt_from(app):
    """The table of campaigns shows both, whichever is chosen: so does its CSV, and it says so."""
    app.page = "campaigns"
    app.explorer.filters.param.update(brand=["Gritzo"], campaign=["Gritzo_Kids_1"])
    app.sent.clear()
    app.actions._handle_msg({"verb": "export", "value": "campaigns"})
    text = next(message["save"]["text"] for message in app.sent if "save" in message)
    assert "Brand: Gritzo" in text
    assert "Campaign: Gritzo_Kids_1" not in text


@pytest.mark.parametrize(
    "message",
    [
        {"verb": "export", "value": "no-such-view"},
        {"verb": "clear", "value": "no-such-filter"},
        {"verb": "page", "value": "no-such-page"},
        {"verb": "__class__", "value": ""},
        {"verb": "export"},
        {"verb": ["export"], "value": "kpi-cards"},
        {"verb": "export", "value": 1},
        "export",
        None,
    ],
)
def test_a_message_that_no_button_sends_changes_nothing(message, app):
    before = app.explorer.revision, app.page
    app.sent.clear()
    app.actions._handle_msg(message)
    assert (app.explorer.revision, app.page) == before
    assert app.sent == []


def test_a_change_is_announced(app):
    app.sent.clear()
    app.explorer.filters.brand = ["Gritzo"]
    assert {"say": "Overview: revenue ₹500. Brand: Gritzo."} in app.sent


def test_another_dataset_changes_choices_stamp_and_numbers(app, tmp_path):
    app.explorer.filters.brand = ["Gritzo"]
    payouts = "influencer_id,basis,total_payout\n1,order,500\n"
    other = load(write(tmp_path, payouts=payouts))
    app.explorer.use(other)
    assert other.version in app.header.stamp.object
    assert app.controls.picks["brand"].value == []
    assert app.controls.picks["basis"].options == ["order"]
    assert "2.00×" in app.shown.views["kpi-cards"].panel.object


def test_one_failing_chart_does_not_take_the_page_down(dataset, monkeypatch, caplog):
    def fail(*_):
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(RoasByPlatform, "columns", fail)
    app = App(dataset)
    with caplog.at_level(logging.ERROR):
        app.template()
    assert app.shown.views["roas-by-platform"].card.state[0] == "broken"
    assert app.shown.views["personas"].card.state == ("", "")
    assert "on purpose" in caplog.text
    with pytest.raises(ZeroDivisionError):
        App(dataset, strict=True).template()


def test_a_chart_that_recovers_is_drawn(dataset, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(RoasByPlatform, "draw", lambda *_: 1 / 0)
        app = App(dataset)
        app.template()
    app.explorer.filters.brand = ["Gritzo"]
    view = app.shown.views["roas-by-platform"]
    assert view.card.state == ("", "")
    assert view.figure is not None


def test_two_visitors_share_nothing_but_the_dataset(dataset):
    first, second = App(dataset, strict=True), App(dataset, strict=True)
    for app in (first, second):
        app.template()
    first.explorer.filters.brand = ["Gritzo"]
    assert second.explorer.filters.brand == []
    assert "₹1,000" in second.shown.views["kpi-cards"].panel.object
    assert first.explorer.ledger is second.explorer.ledger


def test_nothing_of_a_visitor_remains(dataset):
    app = App(dataset, strict=True)
    app.template()
    gone = weakref.ref(app.explorer)
    del app
    gc.collect()
    assert gone() is None


def test_in_a_notebook_it_is_a_plain_layout(dataset):
    app = App(dataset, strict=True)
    layout = app.__panel__()
    assert "influencer-roi" in layout.css_classes
    assert any("--accent:" in sheet for sheet in layout.stylesheets)
    assert layout.get_root() is not None
    last = list(app.pages.values())[-1]
    app.page = last.name
    assert last.is_built


@pytest.mark.parametrize("served", [True, False])
def test_without_our_page_only_the_exports_of_the_page_in_view_are_listed(
    served, dataset, monkeypatch
):
    """On a server of somebody else's nothing hides those of other pages."""
    monkeypatch.setattr("dashboard.app.is_served", lambda: served)
    app = App(dataset, strict=True)
    for page in list(app.pages.values())[:2]:
        page.refresh()
    app._list_exports()
    listed = re.findall(r'data-export="([^"]+)"', app.header.export.object)
    assert listed == [view.name for view in app.shown.views.values() if view.has_numbers]


def test_the_title_is_a_setting(dataset):
    app = App(dataset, settings=Settings(title="Whey & friends"), strict=True)
    assert app._words()["app_title"] == "Whey & friends"


def test_page_names_are_their_own(app):
    names = [page.name for page in app.pages.values()]
    assert len(set(names)) == len(names)
