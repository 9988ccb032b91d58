"""The accrual of DOMAIN §4 again, in plain loops with fractions, made from the page alone."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """What one creator sold on one day, in one campaign, of one item."""

    creator: str
    day: dt.date
    campaign: str | None
    item: Any
    orders: int


class Post(NamedTuple):
    """A post and the campaign that it carries itself."""

    creator: str
    day: dt.date
    campaign: str | None


class Payout(NamedTuple):
    """A payout in paise, with the campaign and day of work that it records."""

    creator: str
    campaign: str | None
    basis: str | None
    day: dt.date | None
    paise: int


Row = tuple[dt.date | None, str | None, Any, str, str, str]
"""Day, campaign, item, and the label of each."""


def key(values: Iterable[Any]) -> tuple[tuple[bool, Any], ...]:
    """Key order; nothing comes before something."""
    return tuple((value is not None, value if value is not None else 0) for value in values)


def share(paise: int, weighted: list[tuple[tuple[Any, ...], int]]) -> list[int]:
    """Largest remainder: everyone the whole paise, the rest to the largest fractions."""
    exact = [Fraction(abs(paise) * weight, sum(w for _, w in weighted)) for _, weight in weighted]
    parts = [int(part) for part in exact]
    first = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], key(weighted[i][0])))
    for i in first[: abs(paise) - sum(parts)]:
        parts[i] += 1
    return [part if paise >= 0 else -part for part in parts]


def accrue(payout: Payout, cells: Iterable[Cell], posts: Iterable[Post]) -> Mapping[Row, int]:
    """Where one payout stands, in paise."""
    named, dated = payout.campaign, payout.day
    theirs = [cell for cell in cells if cell.creator == payout.creator]
    weight = {cell: max(0, cell.orders) for cell in theirs}
    if not any(weight.values()):
        weight = dict.fromkeys(theirs, 1)
    mine = [cell for cell in theirs if named in (None, cell.campaign)]
    published = [
        post for post in posts if post.creator == payout.creator and dated in (None, post.day)
    ]
    carrying = [post for post in published if named in (None, post.campaign)]
    fitting = carrying or [post for post in published if post.campaign is None]
    by_order = payout.basis == "order"
    money: Counter[Row] = Counter()
    if payout.paise == 0:
        return {_row(payout, None, None, None, "", ""): 0}
    if mine and (by_order or not (fitting or dated)):
        weighted = _lifted([((c.day, c.campaign, c.item), weight[c]) for c in mine])
        for (place, _), paise in zip(weighted, share(payout.paise, weighted), strict=True):
            money[_row(payout, *place, "accrued", "accrued")] += paise
        return {row: paise for row, paise in money.items() if paise}
    slots = fitting or published
    if not slots and dated:
        slots = [Post(payout.creator, dated, None)]
    if not slots:
        return {_row(payout, None, None, None, "", ""): payout.paise}
    on = [((post.day, named or post.campaign), 1) for post in slots]
    for post, paise in zip(slots, share(payout.paise, on), strict=True):
        target = named or post.campaign
        within = [c for c in theirs if target in (None, c.campaign)]
        near = [c for c in within if post.day <= c.day < post.day + dt.timedelta(days=14)]
        chosen = near if any(weight[c] for c in near) else within
        around: Counter[tuple[Any, ...]] = Counter()
        for cell, one in _lifted([(c, weight[c]) for c in chosen]):
            around[cell.campaign, cell.item] += one
        places = list(around.items()) or [((target, None), 1)]
        how = "accrued" if post.campaign else "apportioned"
        for ((campaign, item), _), part in zip(places, share(paise, places), strict=True):
            money[_row(payout, post.day, campaign, item, how, "apportioned")] += part
    return {row: paise for row, paise in money.items() if paise}


def _lifted(weighted: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
    """Where all weigh nothing, each weighs one; what weighs nothing beside others goes."""
    if not any(weight for _, weight in weighted):
        return [(place, 1) for place, _ in weighted]
    return [(place, weight) for place, weight in weighted if weight]


def _row(
    payout: Payout, day: dt.date | None, campaign: str | None, item: Any, how: str, item_how: str
) -> Row:
    """What is recorded wins; what nobody knows is unassigned."""
    return (
        payout.day or day,
        payout.campaign or campaign,
        item,
        "recorded" if payout.day else "accrued" if day else "unassigned",
        "recorded" if payout.campaign else how if campaign else "unassigned",
        item_how if item is not None else "unassigned",
    )
