"""What a file says of itself: what it holds, what was left out, when it was made."""

from __future__ import annotations

import datetime as dt

from dashboard.export.packing import cells_of
from dashboard.formats import day, number
from dashboard.ledger import Ledger


def about_of(
    ledger: Ledger, *, redact: bool, payouts: bool, estimated: bool, coarse: bool
) -> tuple[str, ...]:
    """What the file holds, in sentences for whoever sends or receives it."""
    creators = "creator" if not redact else "creator (under a pseudonym)"
    grain = "week" if coarse else "day"
    what = "Sales, payouts and posts" if payouts else "Sales and posts"
    sums = number(cells_of(ledger, payouts=payouts))
    made = dt.datetime.now(tz=dt.UTC).astimezone()
    held = (
        f"{what} as {sums} sums by {grain}, {creators}, campaign and product: all of the data, "
        "whatever the filters show."
    )
    nobody = (
        "It holds no customer and no id of one, no single order, and no post's text or link. New "
        "customers are counts."
    )
    sentences = [held, nobody]
    if coarse:
        sentences.append(
            "To keep the file small, days were put together to weeks (cut where a month begins): a "
            "period is widened to whole ones."
        )
    if redact:
        sentences.append(
            "Creators' names are replaced by pseudonyms. A campaign's name that holds one in full, "
            "or an id, has the pseudonym there. Names of products stand as they are."
        )
    if not payouts:
        sentences.append(
            "What was paid is left out, and with it all that needs it: spend, ROAS, profit, costs."
        )
    if estimated:
        sentences.append(
            "What came because of campaigns was estimated when the file was made. Filters choose "
            "which campaigns and creators are shown; they never change an estimate."
        )
    sentences.append(
        "All filters work here without a network. Comparison with earlier days, alerts, single "
        "posts and payouts are in the live dashboard."
    )
    sentences.append(f"Made on {day(made.date())} at {made:%H:%M}. {ledger.dataset.stamp}.")
    return tuple(sentences)
