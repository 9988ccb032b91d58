"""Rows to cells: as plain loops do it, in one piece or many, and whatever the width of a code."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.engines import Here, Rolled, roll, sampling
from dashboard.engines.packing import CELL, WORDS, Packing
from tests.rolling import FIRST, ROWS, by_loops, table, told


def packed(rows):
    return Packing.of({name: rows[name] for name in WORDS}, FIRST, FIRST + dt.timedelta(days=9))


def places(rows, by):
    """The place of each part of each row, found by plain lookups."""
    found = {"date": [(day - FIRST).days for day in rows["date"]]}
    for name in WORDS:
        known = [None, *by.words[name]]
        found[name] = [known.index(word) for word in rows[name]]
    return pl.DataFrame(found, schema=dict.fromkeys(CELL, pl.Int64))


def test_rows_of_one_cell_are_summed_and_returns_kept_apart():
    """3 − 1 orders, 300 − 50 revenue, 50 returned; an empty campaign is a cell of its own."""
    rows = [
        (FIRST, "asha", "Diwali", "Whey", "MB", "insta", None, 3, 300),
        (FIRST, "asha", "Diwali", "Whey", "MB", "insta", None, -1, -50),
        (FIRST, "asha", None, "Whey", "MB", "insta", None, 1, 10),
    ]
    found = roll(Here.of(table(rows)))
    assert found.cells.sort("campaign", nulls_last=False).rows() == [
        (FIRST, "asha", None, "Whey", "MB", 1, 1, 10, 0, 0),
        (FIRST, "asha", "Diwali", "Whey", "MB", 2, 2, 250, 50, 0),
    ]
    assert (found.buying, found.named, found.coverage) == (2, 0, 0)
    assert not found.says("user_id")
    assert found.says("source")


def test_a_customer_is_new_where_they_first_ordered():
    """Of one day the attributed row comes first, then the lesser creator; a return is no order."""
    later = FIRST + dt.timedelta(days=1)
    rows = [
        (FIRST, "a", "x", "Whey", "MB", None, "u1", -1, -10),
        (later, None, None, "Whey", "MB", None, "u1", 1, 10),
        (later, "b", "x", "Whey", "MB", None, "u1", 1, 10),
        (later, "a", "y", "Whey", "MB", None, "u1", 1, 10),
        (FIRST, None, None, "Whey", "MB", None, "u2", 1, 10),
    ]
    found = roll(Here.of(table(rows))).cells.filter(pl.col("new_customers") > 0)
    assert set(found.select("date", "influencer_id", "campaign", "new_customers").rows()) == {
        (later, "a", "y", 1),
        (FIRST, None, None, 1),
    }


def test_no_rows_are_no_cells():
    empty = roll(Here.of(table([])))
    assert (empty.rows, empty.days, empty.coverage, empty.bought.height) == (0, None, None, 0)
    assert told(empty) == told(Rolled()) == by_loops([])
    assert not empty.says("date")


@given(ROWS)
def test_cells_are_those_of_plain_loops(rows):
    assert told(roll(Here.of(table(rows)))) == by_loops(rows)


@given(ROWS, st.integers(1, 5))
def test_pieces_come_to_what_the_whole_does(rows, size):
    whole = table(rows)
    pieces = [whole.slice(start, size).lazy() for start in range(0, whole.height, size)]
    assert told(roll(Here(pieces))) == by_loops(rows)


@given(ROWS)
def test_a_code_of_128_bits_comes_to_the_same(rows):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Packing, "wide", nw.Int128)
        assert told(roll(Here.of(table(rows)))) == by_loops(rows)


@given(ROWS)
def test_a_brand_that_lines_say_puts_their_cells_together(rows):
    """Whatever the brand and the source were, all is of one brand."""
    found = roll(
        Here.of(table(rows)), lambda lines: pl.Series(["MB"] * lines.height, dtype=pl.String)
    )
    assert told(found)[0] == by_loops([(*row[:4], "MB", None, *row[6:]) for row in rows])[0]
    assert found.lines.rows() == sorted(
        {(row[2], row[3], row[4], row[5]) for row in rows},
        key=lambda line: [(word is not None, word or "") for word in line],
    )


@given(ROWS)
def test_a_packed_cell_comes_back_and_codes_sort_as_cells_do(rows):
    """Days first, attributed before baseline, then texts by their bytes, nothing before any."""
    given_rows = table(rows)
    by = packed(given_rows)
    codes = nw.from_native(places(given_rows, by)).select(code=by.code()).to_native()["code"]
    assert by.cells(codes).equals(given_rows.select(CELL))

    def order(row):
        return (
            row[0],
            row[1] is None,
            *((word is not None, (word or "").encode()) for word in row[1:]),
        )

    cells = given_rows.select(CELL).rows()
    assert [order(cells[at]) for at in codes.arg_sort()] == sorted(map(order, cells))


def test_where_64_bits_are_too_few_cells_are_packed_in_128():
    """10 days × 100,001 names in each of four parts are some 2 · 10²¹ cells."""
    many = pl.Series([f"z{number:06}" for number in range(100_000)])
    few = packed(table([(FIRST, "a", "b", "c", "d", "e", None, 1, 1)]))
    wide = Packing(dict(few.words) | dict.fromkeys(WORDS[:4], many), few.first, few.last)
    assert (few.wide, wide.wide) == (nw.Int64, nw.Int128)


def test_many_customers_are_followed_one_in_sixteen(monkeypatch):
    """Those whose MD5 begins with 0, and nobody else; whether pieces are many or one."""
    monkeypatch.setattr(sampling, "EXACT", 100)
    rows = [
        (FIRST + dt.timedelta(days=user % 10), "a", "x", "Whey", "MB", None, f"u{user % 700}", 1, 1)
        for user in range(1000)
    ]
    wanted = Counter(
        day
        for day, user in {(row[0], row[6]) for row in rows}
        if hashlib.md5(user.encode()).hexdigest()[0] == "0"
    )
    whole = table(rows)
    for pieces in ([whole.lazy()], [whole.slice(start, 90).lazy() for start in range(0, 1000, 90)]):
        found = roll(Here(pieces))
        days = found.bought.join(found.cells.with_row_index("cell"), on="cell")["date"]
        assert found.sample == 16
        assert Counter(days.to_list()) == wanted
        assert found.cells["new_customers"].sum() == 700
