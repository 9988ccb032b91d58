"""Which facts a question keeps: a slice of days, then masks over the keys gathered by number."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from dashboard.ledger import Ledger
from dashboard.ledger.coding import Bools, Coded, Columns, Ints
from dashboard.query.where import Where
from dashboard.schema import DIMENSIONS, Home

OF_THE_WORK = ("campaign", "brand", "product")
"""Filters on what was sold; a post that belongs to no campaign answers none of them."""

Masks = dict[Home, Bools]
"""Of each key that is narrowed, which of its rows are kept."""


class Rows:
    """Some rows of a family of facts; a column is cut out when it is first wanted."""

    def __init__(self, columns: Columns, kept: slice | Ints) -> None:
        self._columns, self.kept = columns, kept
        self._cut: dict[str, Ints] = {}

    def __len__(self) -> int:
        return len(self["time"])

    def __contains__(self, name: object) -> bool:
        return name in self._columns or name in self._cut

    def put(self, name: str, column: Ints) -> None:
        """Add a column that follows from others."""
        self._cut[name] = column

    def __getitem__(self, name: str) -> Ints:
        if name not in self._cut:
            self._cut[name] = self._columns[name][self.kept]
        return self._cut[name]

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The same rows of a frame."""
        return frame[self.kept]


def masks(coded: Coded, where: Where, *, blank: bool = False) -> Masks:
    """The rows of each key that match every filter; with ``blank``, or have nothing to match."""
    found: Masks = {}
    for name in where.active:
        home = DIMENSIONS[name].home
        values = where.values(name)
        mask = coded.labels(home, name).among((*values, None) if blank else values)
        found[home] = found[home] & mask if home in found else mask
    return found


def select(
    coded: Coded, columns: Columns, where: Where, kept: Masks, *, undated: bool = False
) -> Rows:
    """Facts of the days asked (with ``undated``, or of none) whose keys are kept."""
    days = coded.period(columns["time"], where.first, where.last)
    within: slice | Ints = days
    if undated and where.dated:
        end = coded.period(columns["time"], None, dt.date.max).stop
        within = np.r_[days, end : len(columns["time"])]
    tests = [mask[columns[home][within]] for home, mask in kept.items() if home in columns]
    if not tests:
        return Rows(columns, within)
    (passed,) = np.nonzero(np.logical_and.reduce(tests))
    return Rows(columns, passed + within.start if isinstance(within, slice) else within[passed])


def rows(ledger: Ledger, where: Where, name: str) -> Rows:
    """What a question keeps of a family of facts, or of ``accrued``."""
    coded = ledger.coded
    if name != "posts":
        return select(coded, coded.columns(name), where, masks(coded, where))
    kept = posts_mask(ledger, where)
    return select(
        coded, coded.columns(name), where, {} if kept is None else {"pair": kept.to_numpy()}
    )


def posts_mask(ledger: Ledger, where: Where) -> pl.Series | None:
    """Pairs whose posts are in view.

    Posts have no product. Under a campaign, brand or product filter the posts of each pair count
    that sold or was paid for what is in view, at any time, and so do posts without a campaign of
    the creators of those pairs ("posts by these creators"); they are never apportioned.
    """
    coded = ledger.coded
    of_creators = masks(coded, where.without(*OF_THE_WORK)).get("pair")
    if not any(where.values(name) for name in OF_THE_WORK):
        return None if of_creators is None else pl.Series("kept", of_creators)
    always = where.without("period", "basis")
    wanted = masks(coded, always)
    live = np.zeros(ledger.pairs.height, bool)
    for family in ("sales", "spend"):
        live[select(coded, coded.columns(family), always, wanted)["pair"]] = True
    campaigns, people = coded.labels("pair", "campaign"), coded.labels("pair", "influencer_id")
    at_work = np.zeros(people.frame.height, bool)
    at_work[people.places[live]] = True
    theirs = campaigns.among([None]) & at_work[people.places] & ~people.among([None])
    kept = live | theirs
    if where.campaign and not where.brand and not where.product:
        kept |= campaigns.among(where.campaign)
    return pl.Series("kept", kept if of_creators is None else kept & of_creators)
