"""The page Planner: a budget that is split."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dashboard import address
from dashboard.views.budget import BudgetSplit
from dashboard.views.planned import Planned, rounded
from tests.planner_world import a_prospect, explorer_of, giving, tables
from tests.viewed import markup_of, shown


@pytest.fixture
def given(monkeypatch):
    return giving(monkeypatch)


def test_a_budget_begins_with_what_campaigns_cost_in_the_last_90_days():
    """Until 1 March 2026 that is 100 + 200 + … + 600; the 432 of June 2025 are older."""
    assert Planned(explorer_of()).usual_budget == 2100.0


def test_a_budget_begins_with_all_where_nothing_was_spent_of_late():
    """432 in two digits."""
    only_old = [dict(tables()["payouts"][-1])]
    explorer = explorer_of(payouts=only_old)
    explorer.filters.campaign = ["Whey"]
    assert Planned(explorer).usual_budget == 430.0


@pytest.mark.parametrize(
    ("rupees", "expected"), [(143_200, 140_000), (4321, 4300), (99.6, 100), (0.46, 0.46), (0, 0)]
)
def test_two_digits(rupees, expected):
    assert rounded(rupees) == pytest.approx(expected)


def test_a_split_is_that_of_the_plan_and_adds_up(given):
    """As worked out in test_planning: slopes 6 and 4 at a bend of 0.001, 1,500 rupees."""
    explorer = given(a_prospect("asha", 3.0), a_prospect("dev", 2.0))
    view = shown(BudgetSplit(explorer))
    explorer.remember("plan-budget", "1500")
    root = np.sqrt(1.5)
    first = (2500 * root - 1000) / (1 + root)
    rows = view.numbers()
    assert rows["influencer"].to_list() == ["asha", "dev"]
    assert rows["amount"].to_list() == pytest.approx([first, 1500 - first])
    brought = [6 * first / (1 + first / 1000), 4 * (1500 - first) / (1 + (1500 - first) / 1000)]
    assert rows["expected"].to_list() == pytest.approx(brought)
    assert rows["marginal"].to_list() == pytest.approx([6 / (1 + first / 1000) ** 2] * 2)
    assert rows["most"].to_list() == [1000, 1000]
    assert "Amount <b>₹1,500</b>" in markup_of(view.panel)
    total, low = sum(brought), sum(one / 2 for one in brought)
    assert f"is expected to bring ₹{total:,.0f} that would not come otherwise" in view.card.sentence
    assert f": ₹{low:,.0f} to ₹" in view.card.sentence


@pytest.mark.parametrize("amount", ["1", "333.33", "1500", "9999999"])
def test_what_is_given_and_what_is_left_is_the_budget(amount):
    explorer = explorer_of()
    view = shown(BudgetSplit(explorer))
    explorer.remember("plan-budget", amount)
    given_out = math.fsum(one.amount for one in view.split.shares)
    assert given_out + view.split.left == pytest.approx(float(amount), abs=1e-6)
    if view.split.left > 1:
        assert "is left: the next rupee" in view.card.sentence


def test_only_those_in_view_and_on_the_lists_chosen_get_anything(given):
    explorer = given(
        a_prospect("asha"),
        a_prospect("dev", choice="test again"),
        a_prospect("esha", choice="stop"),
    )
    view = shown(BudgetSplit(explorer))
    assert set(view.numbers()["influencer"]) == {"asha", "dev"}
    view.whom.value = "sure"
    assert explorer.looks == {"plan-whom": "sure"}
    assert view.numbers()["influencer"].to_list() == ["asha"]
    view.whom.value = "both"
    assert explorer.looks == {}
    explorer.filters.platform = ["Instagram"]
    assert shown(view).numbers()["influencer"].to_list() == ["dev"]
    view.whom.value = "sure"
    assert view.card.state == ("", "")  # what is chosen stays in sight
    assert view.card.sentence == (
        "Nobody in view is on the lists chosen. Choose other lists, or clear a filter."
    )


def test_where_no_rupee_pays_back_nothing_is_given(given):
    explorer = given(a_prospect("dev", 0.5, "test again"), curves=())
    view = shown(BudgetSplit(explorer))
    assert view.numbers().is_empty()
    assert view.card.state == ("", "")
    assert view.card.sentence.startswith("Nothing of ₹2,100.00 is given to anybody. ₹2,100 is left")


def test_a_budget_that_is_typed_is_in_the_link_and_the_usual_is_not(given):
    explorer = given(a_prospect("asha"))
    view = shown(BudgetSplit(explorer))
    assert view.amount.value == 2100.0
    assert "(about what campaigns cost in the last 90 days of the data)" in view.card.sentence
    view.amount.value = 1250.0
    link = address.written(explorer)
    assert link == "plan-budget=1250"
    assert "(about what" not in view.card.sentence
    view.amount.value = 2100.0
    assert address.written(explorer) == ""
    address.follow(explorer, address.read(link, explorer))
    assert view.amount.value == 1250.0
    assert view.card.sentence.startswith("₹1,000 of ₹1,250 to 1 creator in view")


@pytest.mark.parametrize("told", ["abc", "-5", "0", "nan", "inf", "1e20", ""])
def test_what_is_no_budget_is_taken_for_the_usual(given, told):
    explorer = given(a_prospect("asha"))
    explorer.remember("plan-budget", told)
    explorer.remember("plan-whom", "everybody")
    view = shown(BudgetSplit(explorer))
    assert (view.amount.value, view.whom.value) == (2100.0, "both")
