"""Which facts a question keeps: masks over the keys, gathered through integer columns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from dashboard.ledger import Ledger
from dashboard.ledger.building import Family
from dashboard.query.where import Where
from dashboard.schema import DIMENSIONS

OF_THE_WORK = ("campaign", "brand", "product")
"""Filters on what was sold; a post that belongs to no campaign answers none of them."""


@dataclass(frozen=True)
class Masks:
    """One boolean per pair and per item; None keeps all."""

    pairs: pl.Series | None
    items: pl.Series | None


def _mask(
    frame: pl.DataFrame, where: Where, dimensions: tuple[str, ...], *, blank: bool = False
) -> pl.Series | None:
    """Rows of a key that match every filter; with ``blank``, also those with nothing to match."""
    active = [name for name in dimensions if where.values(name)]
    if not active:
        return None
    tests = [pl.col(name).is_in(list(where.values(name))).fill_null(value=blank) for name in active]
    return frame.select(pl.all_horizontal(tests).alias("kept")).to_series()


PAIR = tuple(
    name for name, dimension in DIMENSIONS.items() if dimension.home == "pair" and name != "persona"
)
ITEM = tuple(name for name, dimension in DIMENSIONS.items() if dimension.home == "item")


def masks(ledger: Ledger, where: Where, *, blank: bool = False) -> Masks:
    """The keys that a question keeps."""
    return Masks(
        _mask(ledger.pairs, where, PAIR, blank=blank), _mask(ledger.items, where, ITEM, blank=blank)
    )


def days(facts: pl.DataFrame, first: dt.date | None, last: dt.date | None) -> pl.DataFrame:
    """The facts within a period, by binary search; undated ones stand last and fall out."""
    if first is None and last is None:
        return facts
    dated = facts["date"].slice(0, facts.height - facts["date"].null_count())
    start = 0 if first is None else int(dated.search_sorted(first, "left"))
    stop = len(dated) if last is None else int(dated.search_sorted(last, "right"))
    return facts.slice(start, max(0, stop - start))


def keep(
    facts: pl.DataFrame, kept: Masks, basis: tuple[str, ...] = (), *, blank: bool = False
) -> pl.DataFrame:
    """Facts whose keys are kept."""
    tests: list[pl.Series] = []
    if kept.pairs is not None:
        tests.append(kept.pairs.gather(facts["pair"]))
    if kept.items is not None:
        tests.append(kept.items.gather(facts["item"]))
    if basis and "basis" in facts.columns:
        tests.append(facts["basis"].is_in(list(basis)).fill_null(value=blank))
    for test in tests[1:]:
        tests[0] = tests[0] & test
    return facts.filter(tests[0]) if tests else facts


def select(ledger: Ledger, where: Where, family: Family) -> pl.DataFrame:
    """One family's facts as a question keeps them."""
    facts = days(ledger.facts[family], where.first, where.last)
    if family == "posts":
        kept = posts_mask(ledger, where)
        return facts if kept is None else facts.filter(kept.gather(facts["pair"]))
    return keep(facts, masks(ledger, where), where.basis)


def posts_mask(ledger: Ledger, where: Where) -> pl.Series | None:
    """Pairs whose posts are in view.

    Posts have no product. Under a campaign, brand or product filter the posts of each pair count
    that sold or was paid for what is in view, at any time, and so do posts without a campaign of
    the creators of those pairs ("posts by these creators"); they are never apportioned.
    """
    creators = where.without(*OF_THE_WORK)
    kept = masks(ledger, creators).pairs
    if not any(where.values(name) for name in OF_THE_WORK):
        return kept
    wanted = masks(ledger, where)
    live = pl.concat(
        [keep(ledger.facts[family], wanted)["pair"] for family in ("sales", "spend")]
    ).unique()
    pairs = ledger.pairs.select("pair", "influencer_id", "campaign")
    people = pairs.filter(pl.col("pair").is_in(live.implode()))["influencer_id"].unique()
    own = pl.col("pair").is_in(live.implode())
    if where.campaign and not where.brand and not where.product:
        own = own | pl.col("campaign").is_in(list(where.campaign))
    theirs = pl.col("campaign").is_null() & pl.col("influencer_id").is_in(people.implode())
    answer = pairs.select((own | theirs).fill_null(value=False).alias("kept")).to_series()
    return answer if kept is None else answer & kept
