"""Pieces that are kept, and joined in any split and order, come to what their rows do."""

from __future__ import annotations

import json
import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.engines import Here, joining, packing, roll, rolling, sampling
from dashboard.engines.joining import joined, sliced
from dashboard.engines.piece import Piece, rolled_piece
from dashboard.engines.rolled import Rolled
from dashboard.engines.rolling import as_written
from tests.rolling import FIRST, ROWS, by_loops, table, told


def kept(piece):
    """A piece that has been on a disk."""
    return Piece.kept(json.loads(json.dumps(piece.said)), piece.columns)


def split(rows, seed):
    """Rows in pieces of any size, in any order; some without rows."""
    chance = random.Random(seed)
    mixed, parts = chance.sample(rows, len(rows)), []
    while mixed:
        size = chance.randint(0, 5)
        parts.append(mixed[:size])
        mixed = mixed[size:]
    return [rolled_piece(table(part).lazy()) for part in parts]


def same(one, other):
    assert one.cells.equals(other.cells)
    assert one.lines.equals(other.lines)
    assert one.bought.equals(other.bought)
    assert one.counts == other.counts


@given(ROWS, st.integers(0, 10**6))
def test_pieces_of_any_split_come_to_what_all_rows_do(rows, seed):
    found = joined(split(rows, seed))
    assert told(found) == by_loops(rows)
    same(found, roll(Here.of(table(rows))))


@given(ROWS, st.integers(0, 10**6))
def test_a_piece_that_was_kept_is_what_it_was(rows, seed):
    assert told(joined([kept(piece) for piece in split(rows, seed)])) == by_loops(rows)


@given(ROWS, st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4))
def test_pieces_come_to_the_same_however_much_is_put_together_at_a_time(rows, seed, cells, users):
    """Down to a day, and to one in 256 of the customers."""
    pieces = split(rows, seed)
    whole = joined(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joining, "AT_ONCE", cells)
        patch.setattr(joining, "CUSTOMERS", users)
        patch.setattr(packing, "AT_ONCE", cells)
        patch.setattr(rolling, "AT_ONCE", cells)
        same(joined(pieces), whole)


@given(ROWS)
def test_words_that_come_as_numbers_come_to_the_same(rows):
    whole = table(rows)
    texts = ["influencer_id", "campaign", "product", "brand", "source"]
    numbers = whole.with_columns(
        whole[name].cast(pl.Enum(["é", "never", "a", "B"])) for name in texts
    )
    assert told(joined([rolled_piece(numbers.lazy())])) == by_loops(rows)


def test_no_pieces_are_no_rows():
    same(joined([]), Rolled())
    nothing = rolled_piece(table([]).lazy())
    same(joined([nothing, kept(nothing)]), Rolled())


def test_a_piece_of_another_hash_or_layout_is_not_taken():
    piece = rolled_piece(table([(FIRST, *"abcde", "u1", 1, 100)]).lazy())
    assert kept(piece) is not None
    assert Piece.kept(piece.said | {"made": "0-0"}, piece.columns) is None
    assert Piece.kept({}, piece.columns) is None


@pytest.mark.parametrize("exact", [9, 120, 399, 400])
def test_many_customers_are_followed_one_in_sixteen_whatever_the_pieces(exact, monkeypatch):
    """400 rows name a customer: more than 399 are many, however few a piece has."""
    monkeypatch.setattr(sampling, "EXACT", exact)
    rows = [(FIRST, "a", "x", *"bcd", f"u{user % 300}", 1, 1) for user in range(400)]
    found = joined([kept(piece) for piece in split(rows, exact)])
    same(found, roll(Here.of(table(rows))))
    assert found.sample == (1 if exact == 400 else 16)
    follow = sampling.followed(pl.Series([f"u{user}" for user in range(300)])).sum()
    assert found.bought.height == (300 if exact == 400 else follow)
    assert 0 < follow < 40


@given(ROWS, st.sampled_from([None, "MB"]), st.integers(1, 6))
def test_cells_that_are_told_slice_by_slice_are_all_of_them(rows, brand, size):
    """Also where a brand puts cells of several lines together; no day is in two slices."""
    pieces = split(rows, size)
    brands = (lambda lines: pl.Series([brand] * lines.height, dtype=pl.String)) if brand else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rolling, "AT_ONCE", size)
        found = sliced(pieces, brands or as_written)
        cells = list(found.slices["cells"])
        whole = pl.concat(cells)
    days = [day for frame in cells for day in frame["date"].unique()]
    assert len(days) == len(set(days))
    told_so = Rolled(whole, found.bought, found.lines, **found.counts)
    named = [(*row[:4], brand or row[4], *row[5:]) for row in rows]
    assert told(told_so)[:1] + told(told_so)[2:] == by_loops(named)[:1] + by_loops(named)[2:]
    buyers = {row[:2] for row in told_so.bought.rows()}
    assert len(buyers) == told_so.bought.height
