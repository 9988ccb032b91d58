"""Across: what only all tables together show; such rows are kept, counted and said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType

import polars as pl

from dashboard.formats import counted
from dashboard.ingest.hashes import Hashes, repeated
from dashboard.schema import TABLES

_EARLIER = dt.timedelta(days=30)
"""A post may come so long before its campaign's first order; one that is earlier is a slip."""
_OTHERS = ("posts", "tracking_data", "payouts")

Tables = Mapping[str, pl.LazyFrame]


@dataclass
class Seen:
    """What was noticed row by row: the keys of each table, and a hash of each row without one."""

    keys: dict[str, list[pl.Series]] = field(default_factory=dict)
    hashes: dict[str, Hashes] = field(default_factory=dict)

    def rows(self, table: str, hashes: Hashes, *, keyed: bool) -> None:
        """Remember the rows of a file whose table has no key there."""
        if not keyed and self.hashes.setdefault(table, hashes) is not hashes:
            self.hashes[table].join(hashes)

    def equal(self, table: str) -> int:
        """Rows that say the same as another in every column."""
        return repeated([self.hashes[table]] if table in self.hashes else [])


@dataclass(frozen=True)
class Found:
    """A rule across tables that some rows of a table break: how many, and that in words."""

    rule: str
    table: str
    rows: int
    words: str


RULES: Mapping[str, str] = MappingProxyType(
    {
        "unknown_influencer": "the creator is not in influencers; shown as unknown",
        "equal_rows": "the row says the same as another in every column, and has no key",
        "post_before_campaign": f"the post is more than {_EARLIER.days} days before the first "
        "order of its campaign",
        "payout_without_evidence": "a payout for work with no evidence, neither posts nor orders",
    }
)
"""What is looked for across tables. Rows that are found are flagged and kept."""


def look_across(tables: Tables, seen: Seen) -> tuple[Found, ...]:
    """Everything that is noticed across tables."""
    equal = {table: seen.equal(table) for table in tables}
    every = (_strangers(tables), _equal_rows(equal), _early_posts(tables), _unearned(tables))
    return tuple(chain.from_iterable(every))


def _called(table: str) -> str:
    """A table at the start of a sentence."""
    return TABLES[table].words.capitalize()


def _collect(frame: pl.LazyFrame) -> pl.DataFrame:
    return frame.collect(engine="streaming")


def _creators(table: pl.LazyFrame) -> pl.Series:
    """Each creator in a table once."""
    return _collect(table.select(pl.col("influencer_id").drop_nulls().unique())).to_series()


def _strangers(tables: Tables) -> Iterator[Found]:
    """Rows of creators who are not in influencers."""
    known = _creators(tables["influencers"])
    for table in _OTHERS:
        creator = pl.col("influencer_id")
        unknown = _collect(
            tables[table]
            .filter(creator.is_not_null() & ~creator.is_in(known.implode()))
            .group_by("influencer_id")
            .agg(pl.len())
        ).sort("influencer_id")
        if unknown.height:
            names = ", ".join(unknown["influencer_id"].head(3).to_list())
            rows = int(unknown["len"].sum())
            words = (
                f"{_called(table)}: {counted(rows, 'row')} of "
                f"{counted(unknown.height, 'creator')} not in influencers ({names}); kept, "
                "shown as unknown."
            )
            yield Found("unknown_influencer", table, rows, words)


def _equal_rows(equal: Mapping[str, int]) -> Iterator[Found]:
    """Rows that say the same in a table without a key: flagged, never removed."""
    for table, count in equal.items():
        if count:
            said = counted(count, "row says", "rows say")
            words = f"{_called(table)}: {said} the same as another in every column; kept."
            yield Found("equal_rows", table, count, words)


def _early_posts(tables: Tables) -> Iterator[Found]:
    """Posts that name a campaign long before its first order."""
    # A column of a file's own may be called like ours here: only ours are taken.
    posts = tables["posts"].select("campaign", "date").filter(pl.col("campaign").is_not_null())
    named = _collect(posts.select("campaign").unique()).to_series()
    if not len(named):
        return
    sold = tables["tracking_data"].filter(pl.col("campaign").is_in(named.implode()))
    begun = sold.group_by("campaign").agg(begun=pl.col("date").min())
    early = _collect(
        posts.join(begun, on="campaign")
        .filter(pl.col("date") < pl.col("begun") - _EARLIER)
        .select(pl.len(), pl.col("campaign").first())
    )
    count, campaign = early.row(0)
    if count:
        words = (
            f"Posts: {counted(count, 'row')} more than {_EARLIER.days} days before the first "
            f"order of their campaign, such as {campaign}; kept."
        )
        yield Found("post_before_campaign", "posts", count, words)


def _unearned(tables: Tables) -> Iterator[Found]:
    """Payouts to creators of whom there is neither a post nor an order."""
    paid = tables["payouts"].filter(pl.col("total_payout") != 0)
    left = _creators(paid)
    for name in _OTHERS[:2]:  # few are left of whom there is no post, and often none
        if len(left):
            theirs = pl.col("influencer_id").is_in(left.implode())
            left = left.filter(~left.is_in(_creators(tables[name].filter(theirs)).implode()))
    unearned = _collect(
        paid.filter(pl.col("influencer_id").is_in(left.implode())).select(
            pl.len(), pl.col("influencer_id").sort().first()
        )
    )
    count, creator = unearned.row(0)
    if count:
        words = (
            f"Payouts: {counted(count, 'row')} for work with no evidence, neither posts nor "
            f"orders, such as that of {creator}; kept, shown as unassigned."
        )
        yield Found("payout_without_evidence", "payouts", count, words)
