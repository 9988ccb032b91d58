"""Rows are numbered as their parts sort, whatever room there is; MD5 is what it is elsewhere."""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.engines import numbering, sampling
from dashboard.engines.numbering import Part, added, least, narrow, numbered, standing_for

KEYS = st.lists(st.tuples(*[st.integers(0, 5)] * 3), max_size=20)


@given(KEYS, st.sampled_from([6, 10**6, 10**9, 2**33]), st.integers(1, 4))
def test_rows_are_numbered_as_their_parts_sort(keys, many, size):
    """With little room keys are numbered between; with none they are looked up."""
    columns = [np.array([key[at] for key in keys], np.int64) for at in range(3)]
    backwards = np.arange(6)[::-1]
    parts = [Part(columns[0], many), Part(columns[1], many, backwards), Part(columns[2], many)]
    sorts = [(key[0], 5 - key[1], key[2]) for key in keys]
    known = sorted(set(sorts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbering, "_AT_ONCE", size)
        number, count = numbered(parts)
    assert number.tolist() == [known.index(key) for key in sorts]
    assert count == len(known)
    assert [sorts[row] for row in standing_for(number, count)] == known
    sums = added(np.array([key[2] for key in keys], np.int64), number, count)
    assert sums.tolist() == [key[2] * sorts.count(key) for key in known]


def test_amounts_are_added_in_whole_numbers():
    """2⁵³ + 1 + 1 is no double."""
    sums = added(np.array([2**53, 1, 1, -7]), np.array([0, 0, 0, 1]), 2)
    assert sums.tolist() == [2**53 + 2, -7]


@given(st.lists(st.none() | st.text(max_size=80) | st.text("é", min_size=20, max_size=70)))
def test_who_is_followed_is_said_by_md5_as_hashlib_has_it(users):
    wanted = [
        user is not None and hashlib.md5(user.encode()).hexdigest().startswith("0")
        for user in users
    ]
    assert sampling.followed(pl.Series(users, dtype=pl.String)).to_list() == wanted


@pytest.mark.parametrize("size", [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000])
def test_md5_of_texts_of_any_length(size):
    """Where its mark and its length need a block of their own, and where not."""
    users = [f"{number}".zfill(size)[:size] for number in range(200)]
    wanted = [hashlib.md5(user.encode()).hexdigest().startswith("0") for user in users]
    assert sampling.followed(pl.Series(users)).to_list() == wanted


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1) | st.integers(0, 9), st.integers(0, 99))))
def test_each_key_is_had_once_with_its_least_value(pairs):
    """Keys that differ in their first bits, in their last bits only, or in none."""
    keys, values = (
        (np.array(column, np.uint64) for column in zip(*pairs, strict=True))
        if pairs
        else (np.zeros(0, np.uint64),) * 2
    )
    found = least(keys, values)
    wanted = {key: min(value for one, value in pairs if one == key) for key, _ in pairs}
    assert [one.tolist() for one in found] == [
        sorted(wanted),
        [wanted[key] for key in sorted(wanted)],
    ]


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-200, 200)))
def test_numbers_in_few_bytes_are_the_same(numbers):
    assert narrow(np.array(numbers, np.int64)).tolist() == numbers


def test_small_numbers_take_few_bytes():
    assert narrow(np.array([-128, 127])).nbytes == 2
    assert narrow(np.array([0, 128])).nbytes == 4
