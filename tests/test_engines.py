"""Rows to cells, on any engine: the same sums as plain loops."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.engines import first_orders, roll_up

ROW = {
    "date": pl.Date,
    "influencer_id": pl.String,
    "campaign": pl.String,
    "product": pl.String,
    "brand": pl.String,
    "orders": pl.Int64,
    "revenue": pl.Int64,
    "user_id": pl.String,
    "rank": pl.Int64,
}
text = st.none() | st.sampled_from(["a", "b"])
ROWS = st.lists(
    st.tuples(
        st.integers(1, 3).map(lambda day: dt.date(2026, 1, day)),
        *[text] * 4,
        st.integers(-2, 3),
        st.integers(-500, 500),
        text,
        st.integers(0, 50),
    ),
    max_size=12,
)


def table(rows):
    return pl.DataFrame(rows, schema=ROW, orient="row")


def test_rows_of_one_cell_are_summed_and_returns_kept_apart():
    """3 − 1 orders, 300 − 50 revenue, 50 returned; an empty campaign is a cell of its own."""
    day = dt.date(2026, 1, 1)
    rows = [
        (day, "asha", "Diwali", "Whey", "MB", 3, 300, None, 0),
        (day, "asha", "Diwali", "Whey", "MB", -1, -50, None, 0),
        (day, "asha", None, "Whey", "MB", 1, 10, None, 0),
    ]
    cells = roll_up(table(rows)).sort("campaign")
    assert cells.rows() == [
        (day, "asha", None, "Whey", "MB", 1, 10, 0),
        (day, "asha", "Diwali", "Whey", "MB", 2, 250, 50),
    ]


@given(ROWS)
def test_cells_are_the_sums_of_plain_loops(rows):
    wanted = {}
    for *cell, orders, revenue, _, _ in rows:
        sums = wanted.setdefault(tuple(cell), [0, 0, 0])
        sums[0] += orders
        sums[1] += revenue
        sums[2] += max(0, -revenue)
    assert {row[:5]: list(row[5:]) for row in roll_up(table(rows)).rows()} == wanted


@given(ROWS)
def test_a_customers_first_order_is_the_least_rank_that_bought(rows):
    wanted: dict[str, int] = {}
    for *_, orders, _, user, rank in rows:
        if user is not None and orders > 0:
            wanted[user] = min(rank, wanted.get(user, rank))
    found = first_orders(table(rows).select("user_id", "orders", "rank"))
    assert dict(found.rows()) == wanted


@pytest.mark.parametrize("engine", ["lazy", "pandas", "pyarrow"])
def test_other_engines_roll_up_alike(engine):
    """Nothing of Polars is asked of the frame but what narwhals speaks."""
    day = dt.date(2026, 1, 1)
    rows = [
        (day, creator, campaign, "Whey", "MB", number, number * 100 - 250, f"u{number}", number)
        for number, (creator, campaign) in enumerate(
            [("a", "x"), ("a", "x"), ("a", None), (None, None), ("b", "x"), (None, None)]
        )
    ]
    frame = table(rows)
    given_as = {
        "lazy": frame.lazy(),
        "pandas": frame.to_pandas(),
        "pyarrow": frame.to_arrow(),
    }[engine]
    cells = roll_up(given_as)
    assert isinstance(
        cells, {"lazy": pl.LazyFrame, "pandas": pd.DataFrame, "pyarrow": pa.Table}[engine]
    )
    found = nw.from_native(cells.collect() if engine == "lazy" else cells)
    read = Counter(
        (row["influencer_id"] or None, row["campaign"] or None, row["orders"], row["revenue"])
        for row in pl.from_arrow(found.to_arrow()).to_dicts()
    )
    assert read == Counter(
        {
            ("a", "x", 1, -400): 1,
            ("a", None, 2, -50): 1,
            (None, None, 8, 300): 1,
            ("b", "x", 4, 150): 1,
        }
    )
    assert nw.from_native(first_orders(given_as)).to_native() is not None
