"""Which customers are followed where there are too many to count each: the same on any engine."""

from __future__ import annotations

import hashlib

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


def followed(users: pl.Series) -> pl.Series:
    """Whether each of these customers is followed; null ones are not."""
    marked = [
        user is not None
        and hashlib.md5(user.encode(), usedforsecurity=False).hexdigest()[0] == MARK
        for user in users.to_list()
    ]
    return pl.Series(users.name, marked, pl.Boolean)
