"""Numbering: what is alike in columns of whole numbers, counted from 0, and summed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[Any]
"""Whole numbers."""

_AT_ONCE = 1 << 16
"""Rows at a time, so that what stands between their numbers and their keys stays small."""


class Part(NamedTuple):
    """A column of what is to be told apart: ``order[numbers]`` says how it sorts, below ``many``.

    Without an order the numbers say so themselves.
    """

    numbers: Ints
    many: int
    order: Ints | None = None


def numbered(parts: Sequence[Part]) -> tuple[Ints, int]:
    """Rows by number, from 0 as the parts sort, and how many there are.

    Rows have the same number where all parts are the same.
    """
    key, size = np.zeros(len(parts[0].numbers), np.uint64), 1
    for part in parts:
        if size * part.many >= 2 ** (64 - _bits(key)):
            number, size = distinct(key, size)
            key = number.astype(np.uint64)
        order = None if part.order is None else part.order.astype(np.uint64)
        for start in range(0, len(key), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            numbers = part.numbers[some]
            key[some] *= np.uint64(part.many)
            key[some] += numbers.astype(np.uint64) if order is None else order.take(numbers)
        size *= part.many
    return distinct(key, size)


def distinct(key: Ints, size: int) -> tuple[Ints, int]:
    """Keys below a size by number, as they sort, and how many there are.

    A key and its row are sorted as one whole number, where there is room for both: several times
    cheaper than anything that looks keys up.
    """
    if not len(key):
        return np.zeros(0, np.uint32), 0
    rows = _bits(key)
    if size >= 2 ** (64 - rows):
        known, number = np.unique(key, return_inverse=True)
        return number.astype(np.uint32), len(known)
    both = key.astype(np.uint64)
    both <<= np.uint64(rows)
    both |= np.arange(len(key), dtype=np.uint64)
    both.sort()
    number, count = np.empty(len(key), np.uint32), 0
    last = both[0] >> np.uint64(rows)
    for start in range(0, len(key), _AT_ONCE):
        some = both[start : start + _AT_ONCE]
        keys = some >> np.uint64(rows)
        counted = count + np.cumsum(keys != np.concatenate([[last], keys[:-1]]), dtype=np.uint32)
        number[(some & np.uint64(2**rows - 1)).view(np.int64)] = counted
        count, last = int(counted[-1]), keys[-1]
    return number, count + 1


def least(keys: Ints, values: Ints) -> tuple[Ints, Ints]:
    """Each of some keys of 64 bits once, sorted, and the least of its values.

    A key and its row are sorted as one whole number: the bits that all keys share and the last ones
    make room. Should these put keys side by side that differ in nothing else, which hashes hardly
    do, keys are sorted whole.
    """
    if not len(keys):
        return keys, values
    rows = np.uint64(_bits(keys))
    shared = np.uint64(64 - int(keys.min() ^ keys.max()).bit_length())
    both = (keys << shared) >> rows << rows
    both |= np.arange(len(keys), dtype=np.uint64)
    both.sort()
    row = (both & ((np.uint64(1) << rows) - np.uint64(1))).view(np.int64)
    both >>= rows
    known = keys.take(row)
    new = known[1:] != known[:-1]
    if (new & (both[1:] == both[:-1])).any():
        row = np.argsort(keys)
        known = keys.take(row)
        new = known[1:] != known[:-1]
    starts = np.concatenate([[0], np.flatnonzero(new) + 1])
    return known.take(starts), np.minimum.reduceat(values.take(row), starts)


def narrow(numbers: Ints) -> Ints:
    """Numbers in as few bytes as hold them all."""
    least, most = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    for kind in (np.int8, np.int16, np.int32):
        if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max:
            return numbers.astype(kind)
    return numbers.astype(np.int64)


def _bits(key: Ints) -> int:
    """How many bits the number of a row takes."""
    return (len(key) - 1).bit_length()


def standing_for(number: Ints, count: int) -> Ints:
    """For each number a row that has it."""
    row = np.empty(count, np.int64)
    row[number] = np.arange(len(number))
    return row


def added(amounts: Ints, number: Ints, count: int) -> Ints:
    """Amounts by number, in whole numbers."""
    sums = np.zeros(count, np.int64)
    np.add.at(sums, number, amounts.astype(np.int64, copy=False))  # of one kind: much less work
    return sums
