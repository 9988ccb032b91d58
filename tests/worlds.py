"""Tiny data sets written as the reader sees them: aligned words, ``-`` for an empty cell.

::

    ledger(
        tracking_data='''
            influencer_id  date        product  orders
            asha           2026-01-01  Whey     3
        ''',
        payouts='''
            influencer_id  basis  total_payout
            asha           order  100
        ''',
    )

What a table needs and does not say is filled in: a creator stands on YouTube under their id, an
order brings nothing and has no campaign. A table that is left out has no rows; creators are found
in the other tables.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from dashboard.dataset import Dataset, load_files
from dashboard.ledger import Ledger, build

Rows = str | Iterable[Mapping[str, object]]

NEEDED: Mapping[str, Mapping[str, str]] = {
    "influencers": {"influencer_id": "", "name": "", "platform": "YouTube"},
    "posts": {"influencer_id": "", "date": ""},
    "tracking_data": {
        "influencer_id": "",
        "campaign": "",
        "date": "",
        "orders": "1",
        "revenue": "0",
    },
    "payouts": {"influencer_id": "", "total_payout": ""},
}


def rows(table: Rows) -> list[dict[str, str]]:
    """The rows of a table, every cell as text."""
    if not isinstance(table, str):
        return [
            {name: "" if cell is None else str(cell) for name, cell in row.items()} for row in table
        ]
    lines = [line.split() for line in table.splitlines() if line.strip()]
    if not lines:
        return []
    header, *cells = lines
    return [
        dict(zip(header, ("" if cell == "-" else cell for cell in line), strict=True))
        for line in cells
    ]


def files(**tables: Rows) -> dict[str, bytes]:
    """The four files as CSV."""
    read = {name: rows(tables.get(name, ())) for name in NEEDED}
    assert not tables.keys() - NEEDED.keys()
    if "influencers" not in tables:
        seen = {row.get("influencer_id", "") for table in read.values() for row in table} - {""}
        read["influencers"] = [{"influencer_id": one, "name": one} for one in sorted(seen)]
    return {f"{name}.csv": as_csv(NEEDED[name], table) for name, table in read.items()}


def as_csv(needed: Mapping[str, str], table: list[dict[str, str]]) -> bytes:
    """One table as CSV, what is needed and not said filled in."""
    header = list(dict.fromkeys([*needed, *(name for row in table for name in row)]))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**needed, **row} for row in table)
    return text.getvalue().encode()


def folder(place: Path, **tables: Rows) -> Path:
    """The four files in a folder."""
    for name, content in files(**tables).items():
        (place / name).write_bytes(content)
    return place


def dataset(**tables: Rows) -> Dataset:
    """The four tables, loaded."""
    return load_files(files(**tables))


def ledger(**tables: Rows) -> Ledger:
    """The four tables, loaded and built."""
    return build(dataset(**tables))


def money(made: Ledger) -> list[tuple[object, ...]]:
    """Every accrued row: day, campaign, product, rupees, and the labels of the three."""
    labels = pl.concat_str("date_label", "campaign_label", "item_label", separator=" ")
    placed = made.accrued.join(made.items, on="item", how="left", nulls_equal=True)
    found = placed.select(pl.col("date").cast(pl.String), "campaign", "product", "spend", labels)
    return [
        (date, campaign, product, spend / 100, said)
        for date, campaign, product, spend, said in found.sort(pl.all()).rows()
    ]
