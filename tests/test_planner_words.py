"""What the Planner says: chances in which nothing is certain, links that ask for what is not."""

from __future__ import annotations

import io

import polars as pl
import pytest

from dashboard import address
from dashboard.app import OFFERED
from dashboard.export.found import planner_columns
from dashboard.export.paper import cell_of
from dashboard.export.workbook import Sheet, _format, to_xlsx
from dashboard.formats import NOTHING, chance, said
from dashboard.planning import Plan
from dashboard.views import planned as planned_module
from dashboard.views.budget import BudgetSplit
from dashboard.views.planned import Planned
from dashboard.views.planner import COLUMNS, BookAgain, ChosenProspect
from dashboard.views.saturation import Saturation
from tests.planner_world import CREATORS, a_prospect, explorer_of, tables
from tests.test_planning import BENT
from tests.viewed import shown

(CHANCE,) = (column for column in COLUMNS if column.name == "chance")


@pytest.fixture
def explorer(monkeypatch):
    """For whom two creators are expected to pay back."""
    found = Plan((a_prospect("asha", chance=0.9994), a_prospect("dev")), BENT)
    monkeypatch.setattr(planned_module, "plan", lambda *_: found)
    return explorer_of()


# ------------------------------------------------------------------------------------- chances


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.9994, "over 99 %"),
        (1.0, "over 99 %"),
        (0.9901, "over 99 %"),
        (0.99, "99 %"),
        (0.805, "80 %"),
        (0.797, "79 %"),  # not yet "book again"
        (0.8, "80 %"),
        (0.57, "57 %"),  # in binary a little less
        (0.29, "29 %"),
        (0.203, "21 %"),  # no longer "stop"
        (0.2, "20 %"),
        (0.01, "1 %"),
        (0.0099, "under 1 %"),
        (0.0, "under 1 %"),
        (None, NOTHING),
        (float("nan"), NOTHING),
    ],
)
def test_nothing_is_certain(value, words):
    assert chance(value) == words
    assert said(value, CHANCE.unit, CHANCE.digits) == words


def test_a_chance_reads_the_same_in_tables_sentences_and_files(explorer):
    table, chosen = shown(BookAgain(explorer)), shown(ChosenProspect(explorer))
    place = [column.name for column in table._columns].index("chance")
    assert "chance(value, 0)" in table._tabulator.formatters[f"c{place}"].template
    assert table.numbers()["chance"].to_list() == [0.9994, 0.9]  # the CSV has the number
    assert chosen.card.sentence.endswith("is over 99 %.")
    (column,) = (one for one in planner_columns() if one.name == "chance")
    assert cell_of(0.9994, column) == "over 99 %"
    assert _format(column) == '[>0.99]"over 99 %";[<0.01]"under 1 %";0%'


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.7997, 0.79), (0.9899, 0.98), (0.203, 0.21), (0.9901, 0.9901), (0.001, 0.001), (0.57, 0.57)],
)
def test_a_workbook_cuts_a_chance_as_the_screen_does(value, shown):
    """``0%`` rounds: 79.97 would be 80 %, which is "book again"."""
    rows = pl.DataFrame({"chance": [value]})
    packed = to_xlsx([Sheet("Planner", rows, (CHANCE,))])
    assert pl.read_excel(io.BytesIO(packed)).item() == shown
    if 0.01 <= shown <= 0.99:
        assert chance(value) == f"{shown * 100:.0f} %"


# ------------------------------------------------------------------------------------- the budget


@pytest.mark.parametrize("told", ["abc", "-5", "0", "nan", "1e20"])
def test_a_budget_that_cannot_be_had_is_said_as_all_of_a_link_that_is_bad(explorer, told):
    found = address.read(f"plan-budget={told}&plan-whom=sure", explorer, OFFERED)
    assert found.notices == (
        f"The link's budget was left out: '{told}' is no amount from ₹1 to ₹100.00 Cr.",
    )
    assert found.looks == {"plan-whom": "sure"}
    address.follow(explorer, found)
    sentence = shown(BudgetSplit(explorer)).card.sentence
    assert " of ₹2,100 (about what campaigns cost in the last 90 days" in sentence


def test_a_choice_that_cannot_be_had_is_said(explorer):
    found = address.read(f"plan-budget=1250&plan-whom={'x' * 300}", explorer, OFFERED)
    (notice,) = found.notices
    assert notice.startswith("The link's choice of creators was left out: 'xxx")
    assert notice.endswith("xxx' is none of both, sure.")
    assert notice.count("x") == 200
    assert found.looks == {"plan-budget": "1250"}


def test_a_link_that_is_good_says_nothing(explorer):
    explorer.remember("plan-budget", "1250")
    explorer.remember("plan-whom", "both")
    assert shown(BudgetSplit(explorer)).card.sentence.startswith("₹1,250 of ₹1,250 to 2 creators")


def test_it_is_said_where_the_usual_budget_is_from(monkeypatch):
    """In the last 90 days nothing was paid: all that ever was is 432, in two digits 430."""
    found = Plan((a_prospect("asha"),), BENT)
    monkeypatch.setattr(planned_module, "plan", lambda *_: found)
    old = explorer_of(payouts=[tables()["payouts"][-1]])
    assert Planned(old).usual_from == "about what all campaigns cost"
    assert shown(BudgetSplit(old)).card.sentence.startswith(
        "₹430 of ₹430 (about what all campaigns cost) to 1 creator"
    )
    free = explorer_of(payouts=[])
    assert Planned(free).usual_from == ""
    assert "(about" not in shown(BudgetSplit(free)).card.sentence


# ------------------------------------------------------------------------------------- saturation


def test_creators_of_no_tier_are_not_called_no_rows(monkeypatch):
    """They are in view: what is missing is how many follow them."""
    found = Plan(tuple(a_prospect(name, tier=None) for name in CREATORS[:2]), ())
    monkeypatch.setattr(planned_module, "plan", lambda *_: found)
    kind, sentence = shown(Saturation(explorer_of())).card.state
    assert kind == "empty"
    assert sentence.startswith("The tier of no creator in view is known: it follows from follower")
