"""Which customers are followed where there are too many to count each: the same on any engine."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

SAMPLE = 16
"""One customer in so many is followed: the count errs by about 1 % in the median, 6 % at the 95th
of 100."""
EXACT = 2_000_000
"""Up to so many attributed rows that name a customer, everybody is followed."""
MARK = "0"
"""The first of the sixteen digits of their MD5 that marks those who are followed.

MD5 because every engine has it; it guards nothing here.
"""

Words: TypeAlias = npt.NDArray[Any]
"""Words of 32 bits."""

_BLOCK = 64
"""Bytes of text that MD5 takes at a time; the last have a mark behind them, and their length."""
_AT_ONCE = 8192
"""Texts at a time, so that all about them stays near the processor."""
_TURNS = ((7, 12, 17, 22), (5, 9, 14, 20), (4, 11, 16, 23), (6, 10, 15, 21))
_STEPS = ((1, 0), (5, 1), (3, 5), (7, 0))
_SINES = [int(abs(float(np.sin(step + 1))) * 2**32) for step in range(64)]
_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)


def followed(users: pl.Series) -> pl.Series:
    """Whether each of these customers is followed; null ones are not."""
    names = users.cast(pl.String).fill_null("")
    sizes, marked = names.str.len_bytes().to_numpy(), np.zeros(len(names), bool)
    for size in np.unique(sizes).tolist():
        rows = np.flatnonzero(sizes == size)
        text = names.gather(rows).str.join().item().encode()
        texts = np.frombuffer(text, np.uint8).reshape(len(rows), size)
        for at in range(0, len(rows), _AT_ONCE):
            some = slice(at, at + _AT_ONCE)
            marked[rows[some]] = _first_digits(texts[some]) == int(MARK, 16)
    return pl.Series(users.name, marked) & users.is_not_null()


def _first_digits(texts: Words) -> Words:
    """The first digit of the MD5 (RFC 1321) of texts of one length, a row each."""
    count, size = texts.shape
    blocks = np.zeros((count, (size + 8) // _BLOCK * _BLOCK + _BLOCK), np.uint8)
    blocks[:, :size] = texts
    blocks[:, size] = 0x80
    blocks[:, -8:] = np.frombuffer((8 * size).to_bytes(8, "little"), np.uint8)
    words = np.ascontiguousarray(blocks.view("<u4").T)
    state = [np.full(count, start, np.uint32) for start in _START]
    for block in range(0, len(words), 16):
        mixed = _mixed(state, words[block : block + 16])
        state = [before + after for before, after in zip(state, mixed, strict=True)]
    return state[0] >> 4 & 0xF


def _mixed(state: list[Words], words: Words) -> list[Words]:
    """What a block makes of a state, before that is added to it."""
    a, b, c, d = state
    for step, sine in enumerate(_SINES):
        kind = step // 16
        if kind == 0:
            bits = d ^ (b & (c ^ d))
        elif kind == 1:
            bits = c ^ (d & (b ^ c))
        elif kind == 2:  # the third of four
            bits = b ^ c ^ d
        else:
            bits = c ^ (b | ~d)
        factor, first = _STEPS[kind]
        turned = a + bits + words[(factor * step + first) % 16] + np.uint32(sine)
        by = _TURNS[kind][step % 4]
        turned = (turned << np.uint32(by)) | (turned >> np.uint32(32 - by))
        a, b, c, d = d, b + turned, b, c
    return [a, b, c, d]
