"""Rows that say the same are counted exactly, in memory and beyond it."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ingest.hashes import Hashes, repeated

NUMBERS = st.lists(st.sampled_from([0, 1, 2**58, 2**58 - 1, 2**63, 2**64 - 1]) | st.integers(0, 99))


@given(files=st.lists(st.lists(NUMBERS, max_size=5), max_size=3), held=st.integers(0, 20))
def test_repeats_are_counted_whether_they_fit_in_memory_or_not(files, held):
    every = []
    for pieces in files:
        hashes = Hashes(held)
        for piece in pieces:
            hashes.add(pl.Series(piece, dtype=pl.UInt64))
        every.append(hashes)
    seen = Counter(number for pieces in files for piece in pieces for number in piece)
    expected = sum(count - 1 for count in seen.values())
    assert repeated(every) == expected
    first = Hashes(held)
    for one in every:
        first.join(one)
    assert repeated([first]) == expected
    assert first.total == 0


def test_files_that_are_joined_hold_no_more_in_memory_than_one():
    """Of 300 hashes at most 20 and those of the last file are held."""
    first = Hashes(20)
    for file in range(30):
        other = Hashes(20)
        other.add(pl.Series(range(file, file + 10), dtype=pl.UInt64))
        first.join(other)
        assert sum(len(run.share(0)) for run in first._held) <= 20
    assert repeated([first]) == 300 - 39


@pytest.mark.parametrize("held", [3, 100])
def test_more_may_come_after_counting(held):
    hashes = Hashes(held)
    hashes.add(pl.Series([1, 2, 3, 4], dtype=pl.UInt64))
    assert repeated([hashes]) == 0
    hashes.add(pl.Series([4, 4, 5, 6], dtype=pl.UInt64))
    assert repeated([hashes]) == 2
