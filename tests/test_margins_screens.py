"""What screens show where gross margins are known, and the page that sets them."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from dashboard.app import App
from dashboard.cli.answers import as_json
from dashboard.export.report import content
from dashboard.export.snapshot import Sharing, snapshot
from dashboard.export.workbook import sheets_of
from dashboard.metrics import METRICS
from dashboard.query import Margins, Where
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.views.bars import RoasByBrand, RoasByPlatform
from dashboard.views.focus import ChosenCampaign
from dashboard.views.kpis import KpiCards
from dashboard.views.lists import Campaigns as CampaignTable
from dashboard.views.margins import GrossMargins
from dashboard.views.movers import Movers
from dashboard.views.personas import Personas
from dashboard.views.scatter import SpendAgainstRevenue
from tests.margins_world import MARGINS, TWO_BRANDS, TWO_MARGINS, WORLD, refreshed
from tests.worlds import dataset, ledger


@pytest.fixture
def explorer():
    return Explorer(dataset(**WORLD))


def test_bars_break_even_at_one_until_margins_are_known(explorer):
    bars = refreshed(RoasByPlatform(explorer))
    span, words = bars._line
    assert (span.location, span.visible, words.text) == (1, True, "break-even 1×")
    assert "margin" not in bars.card.sentence
    assert "break_even_roas" not in bars.numbers().columns


def test_bars_of_one_margin_share_one_line(explorer):
    explorer.margins = {"MuscleBlaze": 40, "Gritzo": 40}
    bars = refreshed(RoasByBrand(explorer))
    span, words = bars._line
    assert (span.location, span.visible, words.text) == (2.5, True, "break-even 2.50×")
    assert not any(mark.visible for mark in bars._marks)
    assert "By gross margin break-even is 2.50×." in bars.card.sentence


def test_bars_of_several_margins_break_even_each_at_its_own(explorer):
    """Gritzo at 200 / 100, MuscleBlaze at 400.05 / 160.02."""
    explorer.margins = {"MuscleBlaze": 40, "Gritzo": 50}
    bars = refreshed(RoasByBrand(explorer))
    assert bars.source.data["full"] == ["Gritzo", "MuscleBlaze"]
    assert list(bars.source.data["even"]) == [2.0, 2.5]
    assert bars.source.data["evens"] == ["2.00×", "2.50×"]
    assert not bars._line[0].visible
    assert all(mark.visible for mark in bars._marks)
    assert "By gross margin break-even is from 2× to 2.50×." in bars.card.sentence
    explorer.margins = {}
    span, _ = refreshed(bars)._line
    assert (span.location, span.visible) == (1, True)
    assert not any(mark.visible for mark in bars._marks)


def test_the_scatter_line_rises_with_the_margin_of_all_in_view(explorer):
    """Asha keeps 20.02, Bela 76; with Gritzo at 5 % Bela's 25 + 10 do not pay her 60."""
    chart = refreshed(SpendAgainstRevenue(explorer))
    assert chart.line.gradient == 1
    explorer.margins = MARGINS
    assert refreshed(chart).line.gradient == 60005 / 25602
    assert chart.card.sentence.startswith("0 of 2 paid creators are below break-even by gross")
    assert "ROAS 2.34×" in chart.card.sentence
    explorer.margins = MARGINS | {"gritzo ": 5}
    assert refreshed(chart).card.sentence.startswith("1 of 2 paid creators are below break-even")


def test_movers_say_whether_product_cost_is_taken_off(explorer):
    movers = refreshed(Movers(explorer))
    assert movers.card.sentence == "The best 2 of 2 earn ₹440 before product cost."
    explorer.margins = MARGINS
    assert refreshed(movers).card.sentence == "The best 2 of 2 earn ₹96.02 after product cost."
    assert movers.numbers()["contribution"].to_list() == [76.0, 20.02]


def test_one_campaign_is_judged_after_product_cost(explorer):
    """A: 145.02 of gross profit for 120 of spend; at 10 % of MuscleBlaze 55.01 (25 + 30.01)."""
    chosen = ChosenCampaign(explorer)
    assert "before product cost" in refreshed(chosen).card.sentence
    explorer.margins = MARGINS
    assert refreshed(chosen).card.sentence.startswith(
        "The money came back: ₹25.02 is left after product cost and spend. It paid off if at least "
        "82.7 % of this revenue"
    )
    explorer.margins = MARGINS | {"MuscleBlaze": 10}
    assert refreshed(chosen).card.sentence == (
        "The money did not come back: after product cost and spend ₹65.00 is missing."
    )


def test_tables_show_contribution_where_it_is_known(explorer):
    table = refreshed(CampaignTable(explorer))
    assert "profit" in table.numbers().columns
    explorer.margins = MARGINS
    refreshed(table)
    assert table.numbers().select("campaign", "contribution").rows() == [("A", 25.02), ("B", 71.0)]
    assert table.totals()["contribution"] == 96.02
    assert table.card.sentence == "2 of 2 campaigns with spend gave the money back."


def test_key_figures_break_even_by_gross_margin(explorer):
    """ROAS 600.05 / 160 = 3.75 against 600.05 / 256.02 = 2.34; 160 / 256.02 is 62.5 %."""
    cards = refreshed(KpiCards(explorer))
    assert "above break-even, which is 1×" in cards.panel.object
    explorer.margins = MARGINS
    assert "above break-even, 2.34× by gross margin" in refreshed(cards).panel.object
    assert "62.5 %" in cards.panel.object
    assert "product cost counted" in cards.panel.object
    explorer.margins = {"MuscleBlaze": 10, "Gritzo": 20}
    assert "below break-even, 7.50× by gross margin" in refreshed(cards).panel.object
    assert "more was spent than is left of revenue after product cost" in cards.panel.object
    explorer.margins = {"MuscleBlaze": 0, "Gritzo": 0}
    assert refreshed(cards).panel.object.count("no gross profit in this view") == 2


def test_changes_are_of_contribution_too(explorer):
    """2 January against the day before: Bela's 76 against Asha's 20.02."""
    explorer.margins = MARGINS
    explorer.filters.period = (dt.date(2026, 1, 2), dt.date(2026, 1, 2))
    table = refreshed(CampaignTable(explorer))
    found = table.numbers().filter(pl.col("campaign") == "A")
    assert found.select("contribution", "contribution_before", "contribution_change").row(0) == (
        5.0, 20.02, -15.02,
    )  # fmt: skip


def test_a_persona_is_bad_where_its_contribution_is():
    """In words only what loses money is called so: ROAS 3 is too little at a margin of 25 %."""
    made = {
        **TWO_BRANDS,
        "influencers": """
            influencer_id  name  category  gender
            asha           asha  Fitness   Female
            bela           bela  Beauty    Female
            cara           cara  Fitness   Female
            dev            dev   Fitness   Female
        """,
    }
    chart = refreshed(Personas(Explorer(dataset(**made))))
    assert chart.card.sentence == "Female beauty returns 3.00×, the most of 2."
    chart = refreshed(Personas(Explorer(dataset(**made), Settings(margins=TWO_MARGINS))))
    assert chart.card.sentence == ("Female beauty returns 3.00×; Female fitness only 1.67×.")


@pytest.mark.parametrize("margins", [MARGINS, {"Bar": 25}, {"MuscleBlaze": 0, "Gritzo": 0}])
def test_every_page_holds_with_margins(margins):
    app = App(dataset(**WORLD), settings=Settings(margins=margins), strict=True)
    for kept in ({}, {"brand": ["Gritzo"]}, {"basis": ["order"]}):
        app.explorer.filters.clear()
        app.explorer.filters.param.update(kept)
        for page in app.pages.values():
            page.refresh()


def test_the_data_page_sets_margins_for_the_session(explorer):
    card = refreshed(GrossMargins(explorer))
    assert "None is set: profit is before product cost" in card.card.sentence
    assert [entry["name"] for entry in card.inputs.brands] == ["MuscleBlaze", "Gritzo"]
    assert [entry["name"] for entry in card.inputs.products] == ["Whey", "Kids", "Bar"]
    card.inputs.heard({"name": "MuscleBlaze", "percent": "40"})
    assert explorer.margins == {"MuscleBlaze": 40}
    assert refreshed(card).card.sentence == (
        "No gross margin is set for Gritzo: where they are in view, profit stays before product "
        "cost."
    )
    card.inputs.heard({"name": "Gritzo", "percent": "55.5"})
    card.inputs.heard({"name": "Bar", "percent": "25"})
    assert explorer.margins == {"MuscleBlaze": 40, "Gritzo": 55.5, "Bar": 25}
    assert refreshed(card).card.sentence == (
        "Everything sold has a gross margin: profit is contribution, and ROAS 2.34× breaks even "
        "over all."
    )
    assert [entry["percent"] for entry in card.inputs.brands] == ["40", "55.5"]
    assert [entry["usual"] for entry in card.inputs.products] == ["40", "55.5", "40"]
    card.inputs.heard({"name": "Bar", "percent": " "})
    assert explorer.margins == {"MuscleBlaze": 40, "Gritzo": 55.5}


@pytest.mark.parametrize(
    "message",
    [
        {"name": "Gritzo", "percent": "101"},
        {"name": "Gritzo", "percent": "1e-3"},
        {"name": "Gritzo", "percent": "nan"},
        {"name": "Gritzo", "percent": "1e400"},
        {"name": "Gritzo", "percent": "1e9999999"},
        {"name": "Gritzo", "percent": "<b>"},
        {"name": "Fizz", "percent": "40"},
        {"name": 3, "percent": "40"},
        {"name": "Gritzo", "percent": 40},
        None,
    ],
)
def test_what_is_no_margin_of_this_data_changes_nothing(explorer, message):
    card = refreshed(GrossMargins(explorer))
    before = explorer.revision
    card.inputs.heard(message)
    assert (explorer.margins, explorer.revision) == ({}, before)


# ------------------------------------------------------------------------------- what is taken away

SAID = "Gross margins: Gritzo 50 % and MuscleBlaze 40 %."
SET = Settings(margins={"MuscleBlaze": 40, "gritzo": 50, "Fizz": 1})


def test_margins_stand_on_the_numbers_of_a_view(monkeypatch):
    """Below the rows, beside the filters; where none applies nothing is said."""
    for settings, said in ((SET, [f"# {SAID}"]), (Settings(margins={"Fizz": 1}), [])):
        app, saved = App(dataset(**WORLD), settings=settings, strict=True), []
        monkeypatch.setattr(app.actions, "save", lambda _, text, to=saved: to.append(text))
        app.template()
        app.actions._handle_msg({"verb": "export", "value": "roas-by-platform"})
        notes = [line for line in saved[0].splitlines() if line.startswith("#")]
        assert [line for line in notes if "margin" in line] == said
        assert notes[1] == "# No filters: everything is in view."


def test_margins_stand_on_workbooks_reports_pages_and_json():
    made = dataset(**WORLD)
    view = Explorer(made, SET).view()
    about = dict(sheets_of(view)[-1].rows.rows())
    assert about["Gross margins"] == SAID
    assert content(made, Where(), SET)["margins"] == SAID
    assert as_json(made, view, [METRICS["revenue"]], ())["gross_margins"] == SAID
    assert f'"margins":"{SAID}"' in snapshot(made, Where(), settings=SET).text
    kept_back = snapshot(made, Where(), settings=SET, sharing=Sharing(payouts=False)).text
    assert "Gross margins:" not in kept_back


def test_margins_that_do_not_apply_are_not_said():
    made = dataset(**WORLD)
    assert "Gross margins" not in dict(sheets_of(Explorer(made).view())[-1].rows.rows())
    assert content(made, Where())["margins"] == ""


def test_many_margins_are_counted_in_one_sentence():
    sold = [
        {"influencer_id": "a", "date": "2026-01-01", "product": f"P{at:02}", "revenue": 1}
        for at in range(20)
    ]
    margins = Margins.of({f"P{at:02}": 50 for at in range(20)})
    said = margins.sentence(ledger(tracking_data=sold).items)
    assert said.endswith("P10 50 % and 9 more.")


def test_margins_other_than_the_settings_are_noted_above_the_page():
    """Quietly, escaped, and gone where they are the settings' again."""
    app = App(dataset(**WORLD), settings=SET, strict=True)
    app.template()
    assert 'class="note"' not in app.header.chips.object
    app.explorer.margins = {"MuscleBlaze": 40, "Bar": 25.5}
    note = "Gross margins other than those of the settings: Bar 25.5 % and Gritzo none."
    assert f'<p class="note">{note}</p>' in app.header.chips.object
    app.explorer.margins = dict(SET.margins)
    assert 'class="note"' not in app.header.chips.object
