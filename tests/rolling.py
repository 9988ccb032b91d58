"""Tracking rows, and what plain loops make of them: what every engine must come to."""

from __future__ import annotations

import datetime as dt

import polars as pl
from hypothesis import strategies as st

FIRST = dt.date(2026, 1, 1)
ROW = {
    "date": pl.Date,
    "influencer_id": pl.String,
    "campaign": pl.String,
    "product": pl.String,
    "brand": pl.String,
    "source": pl.String,
    "user_id": pl.String,
    "orders": pl.Int64,
    "revenue": pl.Int64,
}
# Letters whose order by bytes is not that of any dictionary.
_text = st.none() | st.sampled_from(["a", "B", "é"])
ROWS = st.lists(
    st.tuples(
        st.integers(0, 3).map(lambda day: FIRST + dt.timedelta(days=day)),
        *[_text] * 5,
        st.none() | st.sampled_from(["u1", "u2", "U1", "ü"]),
        st.integers(-2, 3),
        st.integers(-(10**12), 10**12),
    ),
    max_size=14,
)


def table(rows):
    return pl.DataFrame(rows, schema=ROW, orient="row")


def by_loops(rows):
    """The cells with their sums, who bought in which, and the counts of what is known."""
    cells, bought, firsts, users = {}, set(), {}, []
    for row in rows:
        date, creator, *rest = row[:6]
        *_, user, orders, revenue = row
        cell = row[:5]
        sums = cells.setdefault(cell, [0, 0, 0, 0, 0])
        for at, more in enumerate((1, orders, revenue, max(0, -revenue))):
            sums[at] += more
        if user is None:
            continue
        users.append(user)
        if orders <= 0:
            continue
        if creator is not None:
            bought.add((cell, user))
        words = tuple((word is not None, (word or "").encode()) for word in (creator, *rest))
        rank = ((date, creator is None, *words), cell)
        firsts[user] = min(rank, firsts.get(user, rank), key=lambda one: one[0])
    for _, cell in firsts.values():
        cells[cell][4] += 1
    buying = [row for row in rows if row[1] is not None and row[7] > 0]
    named = [row for row in buying if row[6] is not None]
    # Which customer it was is not told, but who is the same one is.
    groups = {}
    for cell, user in bought:
        groups.setdefault(user, set()).add(cell)
    return (
        {cell: tuple(sums) for cell, sums in cells.items()},
        sorted(map(sorted_cells, groups.values())),
        (len(buying), len(named), len(set(users)), len(users)),
    )


def sorted_cells(cells):
    return sorted(tuple((word is not None, str(word or "")) for word in cell) for cell in cells)


def told(rolled):
    """The same of what an engine found."""
    cells = rolled.cells.rows()
    groups = {}
    for cell, user in rolled.bought.rows():
        groups.setdefault(user, set()).add(cells[cell][:5])
    return (
        {cell[:5]: cell[5:] for cell in cells},
        sorted(map(sorted_cells, groups.values())),
        (rolled.buying, rolled.named, rolled.customers, rolled.rows_named),
    )
