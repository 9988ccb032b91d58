"""The page Planner: three lists, one creator, a budget that is split, and how far bookings grow."""

from __future__ import annotations

import math

import numpy as np
import panel as pn
import pytest

from dashboard import address
from dashboard.incrementality import Work
from dashboard.pages.planner import Planner
from dashboard.planning import Curve, Plan, Prospect
from dashboard.state import Explorer
from dashboard.views import planned as planned_module
from dashboard.views.budget import BudgetSplit
from dashboard.views.planned import Planned, rounded
from dashboard.views.planner import BookAgain, ChosenProspect, StopBooking, TryAgain
from dashboard.views.saturation import Saturation
from tests.test_planning import BENT, an_estimate
from tests.test_views import PAYLOAD, markup_of
from tests.worlds import dataset

BODIES = (pn.widgets.Tabulator, pn.pane.Bokeh)
LISTS = (BookAgain, TryAgain, StopBooking)
CREATORS = ("asha", "bela", "chitra", "dev", "esha", "farah")


def tables(names=CREATORS, **changed):
    """Six creators of Whey: the first three on YouTube, the others on Instagram; 100 each a day.

    Each was paid 100 more than the one before for orders of 500 on 1 March; asha alone had an old
    campaign as well.
    """
    people = [
        {
            "influencer_id": name,
            "name": name,
            "platform": "YouTube" if at < 3 else "Instagram",
            "follower_count": 20_000,
        }
        for at, name in enumerate(names)
    ]
    sold = [
        {
            "influencer_id": name,
            "campaign": "Whey",
            "product": "Whey",
            "date": "2026-03-01",
            "orders": 5,
            "revenue": 500,
        }
        for name in names
    ]
    old = dict(sold[0], campaign="Bars", product="Bars", date="2025-06-01")
    paid = [
        {
            "influencer_id": name,
            "campaign": "Whey",
            "total_payout": 100 * (at + 1),
            "basis": "order",
        }
        for at, name in enumerate(names)
    ]
    old_paid = dict(paid[0], campaign="Bars", total_payout=432)
    return {
        "influencers": people,
        "tracking_data": [*sold, old],
        "payouts": [*paid, old_paid],
        **changed,
    }


ESTIMATES = (
    an_estimate("Bars", 300, 90, 500, payout=432),
    an_estimate("Whey", 4_500, 300, 3_000, payout=2100),
)


def explorer_of(*found, done=True, **changed):
    """An explorer for whom the estimates are worked out, or on their way."""
    explorer = Explorer(dataset(**tables(**changed)))
    explorer.work = Work()
    explorer.work.tell(1, 3)
    if done:
        explorer.work.end(found or ESTIMATES)
    return explorer


def a_prospect(name, expected=2.0, choice="book again", most=1000.0, **more):
    given = {
        "tier": "micro",
        "interval": (expected / 2, expected * 2),
        "chance": {"book again": 0.9, "test again": 0.5, "stop": 0.1}[choice],
        "reason": "Because.",
        "payout": most,
        "incremental_orders": 10.25,
        "told": ((most, 1.0),),
        "brought": 3 * most,
        **more,
    }
    return Prospect(influencer=name, expected=expected, choice=choice, most=most, **given)


@pytest.fixture
def given(monkeypatch):
    """Call it with a plan that all views are to find, whatever the data."""

    def give(*prospects, curves=BENT, reason=""):
        found = Plan(prospects, curves, reason)
        monkeypatch.setattr(planned_module, "plan", lambda *_: found)
        return explorer_of()

    return give


def shown(view):
    view.update(strict=True)
    return view


def refreshed(explorer):
    page = Planner(explorer, strict=True)
    page.refresh()
    return page


# -------------------------------------------------------------------------------------- the lists


def test_each_creator_stands_in_the_list_of_the_plan_with_what_it_rests_on(given):
    explorer = given(
        a_prospect("asha", 3.4, interval=(1.2, 5.6)),
        a_prospect(
            "dev",
            0.9,
            "test again",
            told=((750.0, 0.0), (250.0, 0.2)),
            borrowed=("Whey",),
            brought=430.0,
        ),
        a_prospect("esha", 0.3, "stop", tier=None),
    )
    rows = [shown(kind(explorer)).numbers() for kind in LISTS]
    assert [one["influencer"].to_list() for one in rows] == [["asha"], ["dev"], ["esha"]]
    assert rows[0].row(0, named=True) == {
        "influencer": "asha",
        "tier": "micro",
        "expected": 3.4,
        "range": "1.20× to 5.60×",
        "chance": 0.9,
        "payout": 1000.0,
        "orders": 10.25,
        "reason": "3.00× in 1 campaign.",
    }
    # 0.2 of 250 is 50 of 1,000 rupees
    assert rows[1]["reason"].item() == "0.43× in 2 campaigns (1 unknown), 5 % counts."
    assert rows[2]["tier"].item() is None


def test_lists_say_how_many_and_what_pays_back(given):
    explorer = given(a_prospect("asha"), a_prospect("bela"), a_prospect("dev", choice="test again"))
    book, test, stop = (shown(kind(explorer)) for kind in LISTS)
    assert book.card.sentence == (
        "2 creators are very likely to bring back at least the 1.00× that pays back."
    )
    assert test.card.sentence == (
        "1 creator may or may not bring back the 1.00× that pays back: a small booking would tell."
    )
    assert stop.card.state == (
        "empty",
        (
            "Nobody in view is as unlikely as one chance in five to bring back the 1.00× that pays "
            "back."
        ),
    )
    assert "Paid so far <b>₹2,000</b>" in markup_of(book.panel)
    assert "Incremental orders <b>20.5</b>" in markup_of(book.panel)


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"platform": ["YouTube"]}, CREATORS[:3]),
        ({"platform": ["Instagram"]}, CREATORS[3:]),
        ({"influencer": ["dev"]}, ("dev",)),
        ({"campaign": ["Bars"]}, ("asha",)),
    ],
)
def test_filters_choose_creators_and_never_change_an_expectation(filters, left):
    explorer = explorer_of()

    def rows():
        page = refreshed(explorer)
        lists = [page.views[name].numbers() for name in ("book-again", "try-again", "stop-booking")]
        return {row["influencer"]: row for one in lists for row in one.to_dicts()}

    before = rows()
    assert set(before) == set(CREATORS)
    explorer.filters.param.update(**filters)
    assert rows() == {name: before[name] for name in left}


def test_the_plan_is_worked_out_once_for_all_views_and_filters(monkeypatch):
    asked = []

    def counting(*given):
        asked.append(given)
        return Plan((a_prospect("asha"), a_prospect("dev", choice="stop")), BENT)

    monkeypatch.setattr(planned_module, "plan", counting)
    explorer = explorer_of()
    page = refreshed(explorer)
    explorer.filters.platform = ["YouTube"]
    page.refresh()
    explorer.remember("plan-budget", "700")
    assert len(asked) == 1
    explorer.margins = {"Whey": 50.0, "Bars": 50.0}
    page.refresh()
    assert [needed for *_, needed in asked] == [1.0, 2.0]


def test_nobody_in_view_is_said(given):
    explorer = given(a_prospect("asha"))
    explorer.filters.influencer = ["bela"]
    page = refreshed(explorer)
    states = {name: view.card.state for name, view in page.views.items()}
    words = states.pop("how-far-to-trust")
    nobody = ("empty", "No creator in view was paid for a campaign. Clear a filter to see more.")
    assert set(states.values()) == {nobody}
    assert words == ("", "")


def test_while_estimates_are_on_their_way_cards_say_so_and_keep_their_size():
    explorer = explorer_of(done=False)
    page = refreshed(explorer)

    def heights():
        return [
            one.height
            for view in page.views.values()
            for one in view.panel.select(lambda part: isinstance(part, BODIES))
        ]

    before = heights()
    assert len(before) == 5
    for name, view in page.views.items():
        if name != "how-far-to-trust":
            assert view.estimated
            assert view.panel.css_classes == ["standing"]  # the keyboard does not get behind it
            assert view.card.state == (
                "waiting",
                (
                    "What came because of campaigns is being worked out: 1 of 3 are through. It "
                    "appears here by itself."
                ),
            )
    explorer.work.end(ESTIMATES)
    explorer.estimated += 1
    page.refresh()
    assert page.views["budget-split"].card.state == ("", "")
    assert page.views["budget-split"].panel.css_classes == []
    assert heights() == before


def test_columns_are_as_wide_as_the_rows_that_come_later():
    explorer = explorer_of(done=False, names=("a creator with a long name", *CREATORS[1:]))
    views = [shown(kind(explorer)) for kind in LISTS]
    explorer.work.end(ESTIMATES)
    at_once = explorer_of(names=("a creator with a long name", *CREATORS[1:]))
    assert any(shown(view).numbers().height for view in views)
    for view, kind in zip(views, LISTS, strict=True):
        assert view._tabulator.widths == shown(kind(at_once))._tabulator.widths


def test_what_failed_is_said():
    explorer = explorer_of(done=False)
    explorer.work.end(failed="It could not be worked out.")
    assert shown(BookAgain(explorer)).card.state == ("empty", "It could not be worked out.")


def test_without_payouts_the_plan_says_what_is_missing():
    page = refreshed(explorer_of(payouts=[]))
    for kind in ("book-again", "chosen-prospect", "budget-split", "saturation"):
        state, sentence = page.views[kind].card.state
        assert state == "empty"
        assert sentence.startswith("Only 0 creators of these campaigns are paid; it takes 5")


def test_a_click_shows_the_creator_in_words_and_where_to_read_on(given):
    explorer = given(
        a_prospect("asha", 3.0), a_prospect("dev", 0.5, "test again", chance=0.004, brought=0.0)
    )
    chosen, table = shown(ChosenProspect(explorer)), shown(TryAgain(explorer))
    assert chosen.card.sentence.startswith("Book again: the next rupee is expected to bring back 3")
    table.pick(table.numbers().row(0, named=True))
    assert explorer.looks == {"chosen-influencer": "dev"}
    assert chosen.card.sentence == (
        "Test again: the next rupee is expected to bring back 0.50×, 0.25× to 1.00× with nine "
        "chances in ten. The chance to reach the 1.00× that pays back is under 1 %."
    )
    text = markup_of(chosen.panel)
    assert "page=influencers&amp;influencer=dev" in text
    assert "Because." in text
    assert "0.00×" in text  # so far


def test_names_are_text():
    explorer = explorer_of(names=(PAYLOAD, *CREATORS[1:]))
    explorer.remember("chosen-influencer", PAYLOAD)
    page = refreshed(explorer)
    assert page.views["chosen-prospect"].focus.value == PAYLOAD
    for view in page.views.values():
        assert "<img" not in markup_of(view.panel)


# ---------------------------------------------------------------------------- what pays back


def test_it_takes_the_break_even_of_all_data_where_all_margins_are_known():
    """Whey: 3,000 at 40 % is 1,200. Bars: 500 at 20 % is 100. 3,500 / 1,300 is 2.69."""
    explorer = explorer_of()
    planned = Planned(explorer)
    assert planned.needed == 1.0
    explorer.margins = {"Whey": 40.0}
    assert planned.needed == 1.0
    explorer.margins = {"Whey": 40.0, "Bars": 20.0}
    assert planned.needed == pytest.approx(3500 / 1300)
    explorer.filters.campaign = ["Bars"]
    assert planned.needed == pytest.approx(3500 / 1300)
    assert planned.line == "the 2.69× that pays back"


def test_where_nothing_is_left_after_the_product_it_is_said():
    explorer = explorer_of()
    explorer.margins = {"Whey": 0.0, "Bars": 0.0}
    assert math.isinf(Planned(explorer).needed)
    page = refreshed(explorer)
    for name in ("book-again", "budget-split", "saturation"):
        assert page.views[name].card.state[1].startswith("At the gross margins set nothing is left")


# ----------------------------------------------------------------------------------- the budget


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
    total, low = sum(brought), sum(brought) - math.hypot(*(one / 2 for one in brought))
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


# ------------------------------------------------------------------------------------- saturation

CURVES = (
    ("macro", Curve(3.0, 0.0, 9)),
    ("micro", Curve(4.0, 0.001, 12)),
    ("mid", Curve(0.9, 0.001, 7)),
    ("nano", Curve(4.0, 0.0001, 2, pooled=True)),
)


def saturating(given):
    return given(
        a_prospect("asha", tier="micro", most=3000),
        a_prospect("bela", tier="mid", most=3000),
        a_prospect("chitra", tier="macro", most=3000),
        a_prospect("dev", tier="nano", most=500),
        a_prospect("esha", tier=None, most=200),
        curves=CURVES,
    )


def test_it_is_said_from_which_booking_on_a_rupee_brings_too_little(given):
    """4 / (1 + 1)² is 1: at 1,000 for micro; at 10,000 for nano, which was paid 500 at most."""
    chart = shown(Saturation(saturating(given)))
    assert chart.card.sentence == (
        "On the average of a tier, at 1.00×: the next rupee pays back up to a booking of ₹1,000 "
        "(micro); it pays back up to the most ever paid: nano (₹500) and macro (₹3,000); not even "
        "the first rupee pays back for mid. Pooled, because of fewer than 6 bookings: nano (2 "
        "bookings). Single creators lie above and below."
    )
    frame = chart.numbers()
    assert frame["tier"].to_list() == ["nano", "micro", "mid", "macro"]
    assert frame["pays_back_until"].to_list() == pytest.approx([10_000, 1000, 0, None])


def test_a_curve_is_drawn_as_far_as_its_tier_was_booked(given):
    """4 s / (1 + s / 1000): 2,000 at 1,000, where the mark is; nano ends at 500."""
    chart = shown(Saturation(saturating(given)))
    data = chart.source.data
    spend, nano = np.asarray(data["spend"]), np.asarray(data["nano"])
    assert np.asarray(data["micro"]) == pytest.approx(4 * spend / (1 + spend / 1000))
    assert np.isnan(nano[spend > 500]).all()
    assert nano[spend <= 500] == pytest.approx(
        4 * spend[spend <= 500] / (1 + spend[spend <= 500] / 1e4)
    )
    assert np.isnan(np.asarray(data["celebrity"])).all()
    marks = [(x, y) for x, y in zip(data["full"], data["brought"], strict=True) if not np.isnan(x)]
    assert marks == [(pytest.approx(1000), pytest.approx(2000))]
    assert chart.figure.x_range.end == spend[-1]
    assert chart.figure.y_range.end > np.nanmax(data["macro"])
    assert chart.line.gradient == 1.0


def test_only_tiers_in_view_have_a_curve(given):
    explorer = saturating(given)
    explorer.filters.influencer = ["bela", "esha"]
    chart = shown(Saturation(explorer))
    assert chart.numbers()["tier"].to_list() == ["mid"]
    explorer.filters.influencer = ["esha"]
    assert shown(chart).card.state[0] == "empty"
    assert chart.numbers().is_empty()
