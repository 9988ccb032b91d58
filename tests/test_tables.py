"""Rows for people, on the world of tests/small.py; CSV that opens safely."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.dataset import load
from dashboard.formats import harmless
from dashboard.ingest import read_files
from dashboard.ledger import build
from dashboard.metrics import METRICS
from dashboard.query import View, Where
from dashboard.reconciliation import PAYOUT_ROW, order_rows
from dashboard.tables import (
    ORDER_COLUMNS,
    PAYOUT_COLUMNS,
    POST_COLUMNS,
    columns_of,
    named,
    post_rows,
    to_csv,
)
from tests import small


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\0x"]
)
def test_text_that_could_run_is_neutralised(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Whey", "a=b", "3 + 4", "", "₹5"])
def test_other_text_is_unchanged(text: str) -> None:
    assert harmless(text) == text


def test_numbers_are_unchanged_and_undefined_is_nothing() -> None:
    frame = pl.DataFrame({"=n": ["=x"], "profit": [-5.0], "orders": [-3], "roas": [None]})
    assert to_csv(frame) == "'=n,profit,orders,roas\n'=x,-5,-3,\n"


def test_notes_stand_below_the_rows() -> None:
    assert to_csv(pl.DataFrame({"a": [1]}), ["Brand: Gritzo"]) == "a\n1\n\n# Brand: Gritzo\n"


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
        min_size=1,
        max_size=5,
    )
)
def test_any_text_survives_and_none_starts_a_formula(cells: list[str]) -> None:
    written = to_csv(pl.DataFrame({"text": cells}))
    read = [row[0] for row in csv.reader(io.StringIO(written, newline=""))][1:]
    assert all(cell in {own, f"'{own}"} for cell, own in zip(read, cells, strict=True))
    assert not any(cell.lstrip(" ")[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} for cell in read)


def test_posts_carry_their_rate_fee_and_the_orders_around_them(tmp_path: Path) -> None:
    """Bela's post: 100 of 2000 engaged, 150 paid, so 1.50 each, and 1 order in fourteen days."""
    rows = post_rows(View(build(load(small.write(tmp_path))), Where())).to_dicts()
    bela, asha = rows
    assert (bela["influencer"], bela["engagements"], bela["engagement_rate"]) == ("Bela", 100, 0.05)
    assert (bela["fee"], bela["cpe"], bela["orders_around"]) == (150.0, 1.5, 1)
    assert (asha["fee"], asha["cpe"], asha["orders_around"]) == (None, None, 2)
    assert bela["campaign"] == "Gritzo_Kids_1"


def test_posts_of_one_day_share_its_fee(tmp_path: Path) -> None:
    """150 for two posts of one day is 75 each."""
    twice = small.POSTS + "2,Instagram,2026-01-05,https://example.com/3,Third,2000,50,0\n"
    rows = post_rows(
        View(build(load(small.write(tmp_path, posts=twice))), Where(influencer=("Bela",)))
    )
    assert rows["fee"].to_list() == [75.0, 75.0]


def test_the_tables_have_the_columns_they_say(tmp_path: Path) -> None:
    view = View(build(load(small.write(tmp_path))), Where())
    assert post_rows(view).columns == ["post", *(column.name for column in POST_COLUMNS)]
    assert order_rows(view).columns == [column.name for column in ORDER_COLUMNS]
    assert ("payout", *(column.name for column in PAYOUT_COLUMNS)) == PAYOUT_ROW


def test_columns_take_their_words_from_the_registries() -> None:
    roas, platform = columns_of(["roas", "platform"])
    assert (roas.label, roas.unit, roas.hint) == ("ROAS", "×", METRICS["roas"].definition)
    assert (platform.label, platform.kind) == ("Platform", "text")


def test_what_is_unassigned_gets_its_words() -> None:
    frame = pl.DataFrame({"product": [None, "Whey"], "revenue": [1.0, 2.0]})
    assert named(frame)["product"].to_list() == ["No product", "Whey"]


# ------------------------------------------------------------------- what we wrote, read by us

TEXT = st.text(st.sampled_from("ab=+-@'\t\r\n \0,;\"₹#"), max_size=6)


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_a_neutralised_cell_is_read_as_it_was(cells: list[str]) -> None:
    """Exported as CSV, read as a table, cleaned: spaces around it apart, which never count."""
    written = [cell for cell in cells if "\0" not in cell]
    rows = pl.DataFrame(
        {
            "influencer_id": ["1"] * len(written),
            "date": ["2026-01-01"] * len(written),
            "caption": written,
        },
        schema=dict.fromkeys(("influencer_id", "date", "caption"), pl.String),
    )
    made = {name: text.encode() for name, text in small.FILES.items()}
    made["posts.csv"] = to_csv(rows).encode()
    read = read_files(made).tables["posts"]["caption"]
    assert [cell or "" for cell in read] == [cell.strip() for cell in written]
