"""Group sums: exact in any number of groups, and what is kept of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.query import Margins, View, Where, answering, once
from dashboard.query.grouping import Groups
from dashboard.query.margins import gross, in_paise
from tests.question_world import WORLD
from tests.worlds import ledger

whole = st.integers(-(2**40), 2**40)


@pytest.fixture
def made():
    return ledger(**WORLD)


@given(st.lists(st.tuples(st.integers(0, 50), whole), max_size=40), st.sampled_from([51, 10**9]))
def test_rows_are_added_up_by_their_group_however_many_groups_there_could_be(rows, size):
    wanted = Counter()
    for group, value in rows:
        wanted[group] += value
    codes, values = (np.array([row[at] for row in rows], np.int64) for at in (0, 1))
    groups = Groups({"value": values}, codes, size)
    assert dict(zip(groups.codes.tolist(), groups["value"].tolist(), strict=True)) == dict(wanted)
    assert groups.codes.tolist() == sorted(wanted)
    everywhere = np.arange(51)
    assert groups.at(everywhere, "value").tolist() == [wanted[group] for group in range(51)]


def test_groups_are_a_table_for_larger_groups():
    """Rows of pairs 4, 2, 4 are 5 of pair 2 and 8 of pair 4; both are of one campaign: 13."""
    pairs = Groups({"orders": np.array([1, 5, 7])}, np.array([4, 2, 4], np.uint32), 6, "pair")
    assert (pairs["pair"].tolist(), pairs["orders"].tolist(), len(pairs)) == ([2, 4], [5, 8], 2)
    campaign = np.array([0, 0, 1, 0, 1, 0])
    assert Groups(pairs, campaign[pairs["pair"]], 2)["orders"].tolist() == [13]


def test_sums_are_exact_where_doubles_are_not():
    """2**53 and one more: the doubles next to it are 2**53 itself and 2**53 + 2."""
    values = {"paise": np.array([2**53, 1])}
    assert Groups(values, np.array([3, 3]), 4)["paise"].tolist() == [2**53 + 1]


def test_numbers_beyond_64_bits_add_up():
    values = {"units": np.array([2**70, 3], object)}
    assert Groups(values, np.array([0, 0]), 1)["units"].tolist() == [2**70 + 3]


def test_gross_profit_is_exact_beyond_64_bits():
    """37.5 % of (2**60 + 4) paise, twice: a row alone is 2**72 in ten-thousandths of a paisa."""
    revenue, margin = np.array([2**60 + 4, 2**60 + 4]), pl.Series("margin", [None, 3750])
    units = Groups({"gross": gross(revenue, np.array([1, 1]), margin)}, np.array([0, 0]), 1)
    assert in_paise(units["gross"]).tolist() == [(2**60 + 4) * 3 // 4]


def test_creators_of_one_name_stay_apart_and_are_kept_by_it():
    """The ids behind two of three names make two of them equal."""
    people = [
        {"influencer_id": number, "name": name, "platform": "YouTube"}
        for number, name in ((1, "Asha"), (2, "Asha"), (3, "Asha (1)"))
    ]
    sold = """
        influencer_id  date        orders
        1              2026-01-01  1
        2              2026-01-01  2
        3              2026-01-01  4
    """
    view = View(ledger(influencers=people, tracking_data=sold), Where())
    assert view.ask(["orders"], ["influencer"]).frame.rows() == [
        ("Asha (1)", "1", 1),
        ("Asha (1)", "3", 4),
        ("Asha (2)", "2", 2),
    ]
    one = View(view.ledger, Where(influencer=("Asha (1)",)))
    assert one.ask(["orders"]).value("orders") == 5


def test_a_question_asked_again_finds_its_view(made):
    """The same of a ledger for everybody; another margin is another question."""
    gritzo = Where(brand=("Gritzo",))
    view = View.of(made, gritzo)
    assert View.of(made, Where(brand=("Gritzo",))) is view
    assert view.ask(["revenue"]) is view.ask(["revenue"])
    assert View.of(made, gritzo, Margins.of({"Gritzo": 40})) is not view
    assert View.of(made, Where()) is not view
    assert View.of(ledger(**WORLD), gritzo) is not view


def test_a_ledger_keeps_the_views_that_were_asked_for_last(made, monkeypatch):
    monkeypatch.setattr(answering, "FEWEST_VIEWS", 2)
    monkeypatch.setattr(answering, "ROWS_OF_VIEWS", 0)
    a, b, c = (Where(campaign=(name,)) for name in "ABC")
    first, second = View.of(made, a), View.of(made, b)
    assert View.of(made, a) is first
    View.of(made, c)
    assert View.of(made, a) is first
    assert View.of(made, b) is not second


def test_views_of_few_rows_are_not_kept_without_end(made, monkeypatch):
    """A view takes its place, however few its rows are."""
    monkeypatch.setattr(answering, "MOST_VIEWS", 20)
    first, *_ = (View.of(made, Where(first=dt.date(2020, 1, 1 + day))) for day in range(30))
    assert len(made.asked) == 20
    assert View.of(made, first.where) is not first


def test_payouts_of_many_rows_let_few_views_be_kept(made, monkeypatch):
    """15 rows of facts and 6 of what payouts came to: two views have no more than 60 of them."""
    monkeypatch.setattr(answering, "FEWEST_VIEWS", 1)
    monkeypatch.setattr(answering, "ROWS_OF_VIEWS", 60)
    for name in "ABC":
        View.of(made, Where(campaign=(name,)))
    assert len(made.asked) == 2


def test_what_is_found_once_is_kept_with_what_it_was_asked():
    asked = []

    @once
    def half(view, number):
        """Half of it."""
        asked.append(number)
        return number / 2

    one, other = (View(ledger(), Where()) for _ in range(2))
    assert [half(one, 4), half(one, 4), half(one, 6), half(other, 4)] == [2, 2, 3, 2]
    assert asked == [4, 6, 4]
    assert half.__doc__ == "Half of it."
