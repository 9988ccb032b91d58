"""Coverage: what money a filter left out because it carries nothing to filter by."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.formats import percent, rupees_compact
from dashboard.ledger import Ledger
from dashboard.query.selection import masks, select
from dashboard.query.where import Where
from dashboard.schema import DIMENSIONS


@dataclass(frozen=True)
class Coverage:
    """Spend in view and left out as unassigned, in rupees; each part left out in a sentence."""

    spend_in_view: float
    spend_left_out: float
    sentences: tuple[str, ...] = ()


def coverage(ledger: Ledger, where: Where, seen: int) -> Coverage:
    """Say how much spend the filters could not place, beside the paise of it that are in view.

    Money is left out as unassigned where it matches every filter that it carries a value for, and
    carries none for at least one. Each rupee is named once, under the first of date, campaign,
    product, basis and creator it lacks.
    """
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


LACKED = ("campaign", "product", "brand", "basis", "platform", "category", "gender", "tier")
"""What money can lack, in the order in which it is said; after a date."""


def _unassigned(ledger: Ledger, where: Where) -> dict[str, int]:
    """Paise left out, by what they lack."""
    coded = ledger.coded
    kept = masks(coded, where, blank=True)
    possible = select(coded, coded.columns("spend"), where, kept, undated=True)
    lacked = ["day"] if where.dated else []
    lacked += [name for name in LACKED if where.values(name)]
    answer: dict[str, int] = {}
    left = possible["spend"].copy()
    for name in lacked:
        home = DIMENSIONS[name].home
        blank = coded.labels(home, name).among([None])[possible[home]]
        if amount := int(left[blank].sum()):
            answer["date" if name == "day" else DIMENSIONS[name].label.casefold()] = amount
        left[blank] = 0
    return answer
