"""Coverage: what money a filter left out because it carries nothing to filter by."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dashboard.formats import percent, rupees_compact
from dashboard.ledger import Ledger
from dashboard.query.selection import days, keep, masks, select
from dashboard.query.where import Where
from dashboard.schema import DIMENSIONS


@dataclass(frozen=True)
class Coverage:
    """Spend in view and left out as unassigned, in rupees; each part left out in a sentence."""

    spend_in_view: float
    spend_left_out: float
    sentences: tuple[str, ...] = ()


def coverage(ledger: Ledger, where: Where) -> Coverage:
    """Say how much spend the filters could not place.

    Money is left out as unassigned where it matches every filter that it carries a value for, and
    carries none for at least one. Each rupee is named once, under the first of date, campaign,
    product, basis and creator it lacks.
    """
    seen = int(select(ledger, where, "spend")["spend"].sum())
    missing = _unassigned(ledger, where)
    left_out = sum(missing.values())
    whole = seen + left_out
    sentences = tuple(
        f"{rupees_compact(amount / 100)} of spend, "
        f"{percent(amount / whole if whole else None, 0)}, has no {what} and is not in this view."
        for what, amount in missing.items()
        if amount
    )
    return Coverage(seen / 100, left_out / 100, sentences)


def _unassigned(ledger: Ledger, where: Where) -> dict[str, int]:
    """Paise left out, by what they lack."""
    facts = ledger.facts["spend"]
    if where.dated:
        undated = facts.filter(pl.col("date").is_null())
        facts = pl.concat([days(facts, where.first, where.last), undated])
    possible = keep(facts, masks(ledger, where, blank=True), where.basis, blank=True)
    rows = possible.join(ledger.pairs, on="pair").join(ledger.items, on="item")
    answer: dict[str, int] = {}
    lacking = [("date", pl.col("date").is_null())] if where.dated else []
    lacking += [
        (DIMENSIONS[name].label.casefold(), pl.col(name).is_null())
        for name in (
            "campaign",
            "product",
            "brand",
            "basis",
            "platform",
            "category",
            "gender",
            "tier",
        )
        if where.values(name)
    ]
    taken = pl.lit(value=False)
    for what, test in lacking:
        amount = rows.filter(test & ~taken)["spend"].sum()
        if amount:
            answer[what] = int(amount)
        taken = taken | test
    return answer
