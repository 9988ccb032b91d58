"""One user's question: what can be chosen, what a change sets off, and what sessions share."""

from __future__ import annotations

import datetime as dt
import gc
from dataclasses import replace

import polars as pl
import pytest

from dashboard.incrementality.working import Work
from dashboard.ledger import ledger_of, sharing
from dashboard.query import View, Where, labels
from dashboard.reconciliation import Dues, dues
from dashboard.schema import DIMENSIONS, FILTERS
from dashboard.state import Explorer, Filters, Focus
from tests.question_world import WORLD
from tests.test_incrementality_page import an_estimate
from tests.worlds import dataset


@pytest.fixture
def explorer():
    return Explorer(dataset(**WORLD))


def revisions(explorer):
    """The revisions announced from now on."""
    seen = []
    explorer.param.watch(lambda event: seen.append(event.new), "revision")
    return seen


def test_a_filter_is_named_as_its_dimension_and_says_what_it_is():
    assert set(FILTERS) | {"period"} == set(Filters.param) - {"name"}
    for name in FILTERS:
        parameter = Filters.param[name]
        assert parameter.label == DIMENSIONS[name].label
        assert parameter.doc.startswith(DIMENSIONS[name].meaning)
        assert parameter.check_on_set


def test_what_can_be_chosen_is_what_the_data_holds(explorer):
    filters = explorer.filters
    assert filters.param["platform"].objects == ["Instagram", "YouTube"]
    assert filters.param["influencer"].objects == [
        "Asha",
        "Bela",
        "Unknown influencer (3)",
        "Unknown influencer (9)",
    ]
    assert filters.span == (dt.date(2026, 1, 1), dt.date(2026, 3, 10))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("platform", ["Myspace"]),
        ("period", (dt.date(2025, 1, 1), dt.date(2026, 1, 1))),
        ("period", (dt.date(2026, 2, 1), dt.date(2026, 1, 1))),
    ],
)
def test_what_the_data_does_not_hold_cannot_be_chosen(explorer, name, value):
    with pytest.raises(ValueError, match=name):
        setattr(explorer.filters, name, value)
    assert explorer.where == Where()


def test_filters_are_a_question(explorer):
    period = (dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    explorer.filters.param.update(brand=["Gritzo"], tier=["nano"], period=period)
    assert explorer.where == Where(
        brand=("Gritzo",), tier=("nano",), first=period[0], last=period[1]
    )
    assert explorer.filters.words() == (
        ("Period", "1 Jan – 31 Jan 2026"),
        ("Brand", "Gritzo"),
        ("Tier", "nano"),
    )


def test_a_question_made_elsewhere_can_be_kept(explorer):
    """An open end gets the data's; days outside the data are kept, and find nothing."""
    explorer.filters.keep(Where(campaign=("A",), first=dt.date(2026, 2, 1)))
    assert explorer.where == Where(
        campaign=("A",), first=dt.date(2026, 2, 1), last=dt.date(2026, 3, 10)
    )
    explorer.filters.keep(Where(first=dt.date(2030, 1, 1)))
    assert explorer.ask(["orders"]).value("orders") == 0
    explorer.filters.keep(Where())
    assert explorer.where == Where()


def test_days_outside_the_data_are_forgotten_with_their_question(explorer):
    """An end that is open after them is that of the data, not of the question before."""
    data = (dt.date(2026, 1, 1), dt.date(2026, 3, 10))
    filters = explorer.filters
    filters.keep(Where(first=dt.date(1999, 1, 1), last=dt.date(2030, 1, 1)))
    assert filters.span == data
    filters.keep(Where(first=dt.date(2026, 2, 1)))
    assert filters.period == (dt.date(2026, 2, 1), data[1])
    filters.keep(Where(last=dt.date(2026, 2, 1)))
    assert filters.period == (data[0], dt.date(2026, 2, 1))


def test_filters_can_be_cleared_one_by_one_or_all(explorer):
    explorer.filters.param.update(brand=["Gritzo"], tier=["nano"])
    explorer.filters.clear("brand")
    assert explorer.where == Where(tier=("nano",))
    explorer.filters.clear()
    assert explorer.where == Where()


def test_several_changes_at_once_are_one_revision(explorer):
    seen = revisions(explorer)
    explorer.filters.param.update(brand=["Gritzo"], platform=["YouTube"])
    explorer.filters.platform = ["YouTube"]
    assert seen == [1]
    explorer.filters.clear()
    assert seen == [1, 2]


def test_answers_follow_the_filters(explorer):
    """Revenue 600 in all, 400 on YouTube."""
    assert explorer.ask(["revenue"]).value("revenue") == 600.0
    explorer.filters.platform = ["YouTube"]
    assert explorer.ask(["revenue"]).value("revenue") == 400.0
    assert explorer.ask(["revenue"], without=["platform"]).value("revenue") == 600.0
    assert explorer.coverage().spend_left_out == 27.0


def test_answers_come_best_first_and_cut_and_the_undefined_last(explorer):
    """ROAS: Asha 400/90, Bela 150/40, creator 9 50/20, creator 3 0/7."""
    ranked = explorer.ask(["roas"], ["influencer"], sort="roas").frame["influencer_id"].to_list()
    assert ranked == ["1", "2", "9", "3"]
    top = explorer.ask(["roas"], ["influencer"], sort="roas", top=1).frame
    assert top["influencer"].to_list() == ["Asha"]
    orders = explorer.ask(["cpo"], ["influencer"], sort="cpo").frame
    assert orders.row(-1) == ("Unknown influencer (3)", "3", None)


def test_each_view_is_made_once_until_the_question_changes(explorer):
    first = explorer.view()
    assert explorer.view() is first
    assert explorer.view("brand") is first
    explorer.filters.brand = ["Gritzo"]
    assert explorer.view() is not first
    assert explorer.view("brand") is not explorer.view()


def test_another_dataset_opens_the_filters_and_is_one_revision(explorer):
    explorer.filters.param.update(platform=["YouTube"], period=explorer.filters.span)
    seen = revisions(explorer)
    other = dataset(tracking_data="influencer_id date revenue\n7 2027-05-05 8")
    explorer.use(other)
    assert seen == [2]
    assert explorer.version == other.version
    assert explorer.where == Where()
    assert explorer.filters.param["platform"].objects == ["YouTube"]
    assert explorer.filters.span == (dt.date(2027, 5, 5), dt.date(2027, 5, 5))
    assert explorer.ask(["revenue"]).value("revenue") == 8.0


def test_equal_estimates_are_judged_by_the_margins_of_the_dataset_in_use():
    """What the campaign moves is Whey, at 50 %, in the one; in the other the item is Bar."""
    one, other = (
        dataset(tracking_data=f"influencer_id date product revenue\n7 2027-05-05 {product} 8")
        for product in ("Whey", "Bar")
    )
    explorer, found = Explorer(one), Work()
    explorer.margins = {"Whey": 50}
    found.end((an_estimate(mix=((1, 8.0),)),))
    explorer.work = found
    assert [estimate.needed for estimate in explorer.estimates] == [2.0]
    explorer.use(other)
    assert [estimate.needed for estimate in explorer.estimates] == [1.0]


def test_sessions_share_the_ledger_and_nothing_else():
    one, two = Explorer(dataset(**WORLD)), Explorer(dataset(**WORLD))
    assert one.ledger.facts is two.ledger.facts
    one.filters.platform = ["YouTube"]
    assert two.where == Where()
    assert two.revision == 0
    one.use(dataset(tracking_data="influencer_id date revenue\n7 2027-05-05 8"))
    assert two.ask(["revenue"]).value("revenue") == 600.0
    assert two.filters.param["platform"].objects == ["Instagram", "YouTube"]


def test_a_ledger_that_nobody_holds_is_forgotten():
    made = dataset(tracking_data="influencer_id date revenue\n7 2027-05-05 9")
    ledger = ledger_of(made)
    assert ledger_of(made) is ledger
    del ledger
    gc.collect()
    assert made.version not in {one.version for one in sharing._ledgers}


def test_equal_rows_loaded_later_share_the_ledger_and_keep_what_they_say_of_themselves():
    rows = "influencer_id date revenue\n7 2027-05-05 8"
    first, later = dataset(tracking_data=rows), dataset(tracking_data=rows)
    later = replace(later, loaded_at=later.loaded_at + dt.timedelta(hours=1))
    one, other = ledger_of(first), ledger_of(later)
    assert other.facts is one.facts
    assert one.dataset is first
    assert other.dataset is later


def test_equal_rows_in_another_order_have_a_ledger_of_their_own():
    """A ledger knows payouts by their rows: 10 of them are owed, in whichever row they stand."""
    paid, owed = "1 order 500 paid", "2 order 10 pending"
    header = "influencer_id basis total_payout status"
    first, other = (
        dataset(payouts="\n".join([header, *rows])) for rows in ((paid, owed), (owed, paid))
    )
    ledgers = [ledger_of(one) for one in (first, other)]
    assert first.version == other.version
    assert [dues(View(one, Where())) for one in ledgers] == [Dues(10.0, 1), Dues(10.0, 1)]
    assert [ledger_of(one) for one in (first, other)] == ledgers


def test_tables_that_were_read_otherwise_have_a_ledger_of_their_own():
    """Before the first “_” of a campaign stands its brand, or it does not."""
    assumed = dataset(tracking_data="influencer_id campaign date revenue\n1 Zed_a 2027-05-05 8")
    tracking = assumed.tables["tracking_data"].with_columns(brand=pl.lit("(no brand)"))
    told = replace(assumed, tables={**assumed.tables, "tracking_data": tracking}, rolling=None)
    ledgers = [ledger_of(one) for one in (assumed, told)]
    assert [labels(one, "brand") for one in ledgers] == [["Zed"], ["(no brand)"]]


def test_a_focus_is_the_question_narrowed_to_one_value(explorer):
    """Best first by revenue: campaign A brought 500, B 100; in B spend is 30."""
    focus = Focus(explorer, "campaign")
    assert focus.where == explorer.where
    focus.offer("revenue")
    assert (focus.options, focus.value) == (("A", "B"), "A")
    focus.choose("B")
    assert focus.ask(["spend"]).value("spend") == 30.0
    explorer.filters.platform = ["Instagram"]
    assert focus.ask(["spend"]).value("spend") == 0.0
    focus.offer("revenue")
    assert (focus.options, focus.value) == (("A",), "A")
