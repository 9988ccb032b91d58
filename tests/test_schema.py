"""The vocabulary holds together: every name once, every spelling of one column only."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields

import pytest

from dashboard.ledger.building import FAMILIES
from dashboard.query import Where
from dashboard.schema import DIMENSIONS, EVIDENCE_DAYS, FILTERS, MEASURES, TABLES, TIERS, folded

COLUMNS = [
    pytest.param(table, column, id=f"{table.name}.{column.name}")
    for table in TABLES.values()
    for column in table.columns
]


def test_the_four_tables():
    """DOMAIN §2, required columns first."""
    required = {name: [column.name for column in table.required] for name, table in TABLES.items()}
    assert required == {
        "influencers": ["influencer_id", "name", "platform"],
        "posts": ["influencer_id", "date"],
        "tracking_data": ["campaign", "influencer_id", "date", "orders", "revenue"],
        "payouts": ["influencer_id", "total_payout"],
    }


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_column_says_what_it_means_and_is_spelled_as_headers_are_read(table, column):
    assert column.meaning.endswith(".")
    assert all(header == folded(header) for header in column.headers)
    assert all(spelling == folded(spelling) for spelling in column.values)
    assert table[column.name] is column


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_no_header_means_two_columns(table):
    headers = Counter(header for column in table.columns for header in column.headers)
    assert [header for header, times in headers.items() if times > 1] == []


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Influencer ID", "influencer_id"),
        ("  total-Payout (INR) ", "total_payout_inr"),
        ("URL", "url"),
        ("__x__", "x"),
        ("₹", ""),
    ],
)
def test_folding_leaves_letters_digits_and_single_underscores(text, plain):
    assert folded(text) == plain


def test_filters_are_dimensions_and_what_a_question_keeps():
    assert set(FILTERS) <= set(DIMENSIONS)
    assert tuple(field.name for field in fields(Where)) == (*FILTERS, "first", "last")


def test_every_additive_measure_is_in_one_family_of_facts():
    measures = [name for names in FAMILIES.values() for name in names]
    assert sorted(measures) == sorted(m.name for m in MEASURES.values() if m.additive and m.stored)


def test_what_each_measure_carries():
    """Sales and spend carry product; posts do not; basis is carried by spend alone."""
    assert MEASURES["reach"].carries("campaign")
    assert not MEASURES["reach"].carries("product")
    assert not MEASURES["reach"].carries("basis")
    assert not MEASURES["revenue"].carries("basis")
    assert not MEASURES["baseline_revenue"].carries("platform")
    assert MEASURES["baseline_revenue"].carries("brand")
    assert MEASURES["spend"].dimensions == tuple(DIMENSIONS)


def test_tiers_start_where_the_page_says():
    assert dict(TIERS) == {
        "nano": 0,
        "micro": 10_000,
        "mid": 100_000,
        "macro": 500_000,
        "celebrity": 2_000_000,
    }


def test_evidence_is_the_posts_day_and_thirteen_more():
    assert EVIDENCE_DAYS == 14
