"""The page Planner: three lists, one creator, and what pays back."""

from __future__ import annotations

import math

import panel as pn
import pytest

from dashboard.planning import Plan
from dashboard.views import planned as planned_module
from dashboard.views.planned import Planned
from dashboard.views.planner import BookAgain, ChosenProspect, StopBooking, TryAgain
from tests.planner_world import CREATORS, ESTIMATES, a_prospect, explorer_of, giving, refreshed
from tests.test_planning import BENT
from tests.viewed import PAYLOAD, markup_of, shown

BODIES = (pn.widgets.Tabulator, pn.pane.Bokeh)
LISTS = (BookAgain, TryAgain, StopBooking)


@pytest.fixture
def given(monkeypatch):
    return giving(monkeypatch)


# -------------------------------------------------------------------------------------- the lists


def test_each_creator_stands_in_the_list_of_the_plan_with_what_it_rests_on(given):
    explorer = given(
        a_prospect("asha", 3.4, interval=(1.2, 5.6)),
        a_prospect(
            "dev",
            0.9,
            "test again",
            told=((750.0, 0.0), (250.0, 0.2)),
            own=0.05,
            borrowed=("Whey",),
            brought=430.0,
            beside=0.5,
        ),
        a_prospect("esha", 0.3, "stop", tier=None),
    )
    rows = [shown(kind(explorer)).numbers() for kind in LISTS]
    assert [one["influencer"].to_list() for one in rows] == [["asha"], ["dev"], ["esha"]]
    assert rows[0].row(0, named=True) == {
        "influencer": "asha",
        "tier": "micro",
        "expected": 3.4,
        "expected_low": 1.2,
        "expected_high": 5.6,
        "chance": 0.9,
        "payout": 1000.0,
        "orders": 10.25,
        "reason": "3.00× in 1 campaign, 1.00 times what the campaign usually brings, counts 25 %.",
    }
    assert rows[1]["reason"].item() == (
        "0.43× in 2 campaigns (1 unknown), 0.50 times what these campaigns usually bring, counts "
        "5 %."
    )
    assert rows[2]["tier"].item() is None


def test_ranges_sort_by_their_lower_end_and_not_by_their_letters(given):
    """By letters 10.50× stands before 9.20×."""
    ends = {"asha": (9.2, 11.0), "bela": (10.5, 12.0)}
    explorer = given(*(a_prospect(name, 10.0, interval=both) for name, both in ends.items()))
    table = shown(BookAgain(explorer))
    at = [column.name for column in table._columns].index("range")
    held = table._tabulator.value
    assert held[f"c{at}"].to_list() == [9.2, 10.5]
    assert held[f"w{at}"].to_list() == ["9.20× to 11.00×", "10.50× to 12.00×"]
    assert f"w{at}" in table._tabulator.hidden_columns
    assert f"w{at}" in table._tabulator.formatters[f"c{at}"].template
    table._search.value = "10.50×"
    assert table._tabulator.value[f"c{at}"].to_list() == [10.5]


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
