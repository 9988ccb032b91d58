"""Pieces on a disk are what they were, stretch by stretch, or none."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.dataset.stored import read_pieces, write_pieces
from dashboard.engines.joining import joined
from dashboard.engines.piece import rolled_piece
from dashboard.errors import PlaceError
from tests.rolling import FIRST, ROWS, by_loops, table, told

WORDS = ("x", "Whey ₹", None, "ads")
ORDERS = [
    (FIRST + dt.timedelta(days=at % 3), f"c{at % 4}", *WORDS, f"u{at % 7}", 1, 100 * at - 300)
    for at in range(20)
]


def pieces(rows, size=6):
    return [rolled_piece(part.lazy()) for part in table(rows).iter_slices(size)]


@pytest.fixture
def place(tmp_path):
    return tmp_path / "orders.zip"


@given(rows=ROWS)
def test_pieces_that_were_written_come_to_what_their_rows_do(tmp_path_factory, rows):
    place = tmp_path_factory.mktemp("stored") / "orders.zip"
    written = write_pieces(place, iter(pieces(rows)), "us")
    assert told(joined(written)) == by_loops(rows)
    assert told(joined(read_pieces(place, "us"))) == by_loops(rows)


@given(start=st.integers(0, 25), stop=st.integers(0, 25))
def test_any_stretch_of_a_column_is_what_was_written(tmp_path_factory, start, stop):
    place = tmp_path_factory.mktemp("stored") / "orders.zip"
    whole = pieces(ORDERS)
    for one, other in zip(whole, write_pieces(place, whole, "us"), strict=True):
        for name, column in one.columns.items():
            assert len(other.columns[name]) == len(column)
            assert np.array_equal(other.columns[name][start:stop], column[start:stop])


def test_pieces_of_another_making_are_none(place):
    write_pieces(place, pieces(ORDERS), "us")
    assert read_pieces(place, "others") is None
    assert read_pieces(place.with_name("nothing.zip"), "us") is None


def test_pieces_with_any_byte_changed_are_none_or_what_they_were(place):
    """Some bytes of the container say nothing of use, such as when it was written."""
    write_pieces(place, pieces(ORDERS[:3]), "us")
    content, wanted, refused = place.read_bytes(), by_loops(ORDERS[:3]), 0
    last = len(content) - 1
    for at in {*range(60), *range(0, last, 7), *range(last - 150, last)}:
        changed = bytearray(content)
        changed[at] ^= 1 << at % 8
        place.write_bytes(changed)
        found = read_pieces(place, "us")
        refused += found is None
        assert found is None or told(joined(found)) == wanted
    assert refused > 400


def test_pieces_that_were_cut_are_none(place):
    write_pieces(place, pieces(ORDERS), "us")
    content = place.read_bytes()
    for size in range(0, len(content), 97):
        place.write_bytes(content[:size])
        assert read_pieces(place, "us") is None


def test_a_file_that_is_cut_while_it_is_read_is_damaged(place):
    written = write_pieces(place, pieces(ORDERS), "us")
    place.write_bytes(place.read_bytes()[:200])
    with pytest.raises(PlaceError, match="shorter"):
        joined(written)


def test_writing_that_stops_leaves_nothing_under_the_name(place):
    def stopped():
        yield from pieces(ORDERS)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pieces(place, stopped(), "us")
    assert not place.exists()
