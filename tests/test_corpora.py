"""Forty real sets that nobody here wrote: their totals are those of csv and Decimal."""

from __future__ import annotations

import csv
from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from dashboard.dataset import load
from dashboard.ledger import build
from dashboard.query import answer

SETS = [f"set-{number:02d}" for number in range(1, 41)]


@pytest.fixture(params=SETS)
def place(request, corpora):
    return corpora / "campaign-sets" / request.param


def table(place, name):
    """The rows of a file by the csv module: headers in lower case, blank rows left out."""
    with (place / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    return [dict(zip((cell.strip().lower() for cell in header), row, strict=False)) for row in rows]


def paise(cell):
    """An amount rounded half to even; None where there is none."""
    text = (cell or "").strip()
    if text.lower() in {"", "nan", "null", "none"}:
        return None
    return int(Decimal(text).quantize(Decimal("0.01"), ROUND_HALF_EVEN) * 100)


def test_a_real_set_loads_and_its_totals_are_exact(place):
    made = load(place)
    ledger = build(made)
    tracking = table(place, "tracking_data")
    sold = [row for row in tracking if (row["influencer_id"] or "").strip() not in {"", "nan"}]
    revenue = sum(paise(row["revenue"]) or 0 for row in sold)
    orders = sum(int(Decimal(row["orders"])) for row in sold)
    everything = sum(paise(row["revenue"]) or 0 for row in tracking)
    payouts = [row for row in table(place, "payouts") if paise(row["total_payout"]) is not None]
    paid = sum(paise(row["total_payout"]) for row in payouts)
    spent = sum(
        paise(row["total_payout"])
        for row in payouts
        if (row.get("status") or "").strip().lower() not in {"cancelled", "canceled"}
    )
    assert made.tables["tracking_data"]["revenue"].sum() == everything
    assert made.tables["payouts"]["total_payout"].sum() == paid
    assert ledger.facts["sales"]["revenue"].sum() == revenue
    assert ledger.facts["sales"]["orders"].sum() == orders
    assert ledger.facts["spend"]["spend"].sum() == spent
    totals = answer(ledger, ["revenue", "orders", "spend", "profit"]).row(0)
    assert totals == (revenue / 100, orders, spent / 100, (revenue - spent) / 100)


def test_every_row_of_a_real_set_is_accounted_for(place):
    report = load(place).report
    for name in ("influencers", "posts", "tracking_data", "payouts"):
        assert report.read[name] == len(table(place, name))
        assert report.accepted[name] + report.quarantined[name] == report.read[name]


def test_a_real_sets_payouts_are_spent_one_by_one(place):
    ledger = build(load(place))
    spent = dict(ledger.accrued.group_by("payout").agg("spend").rows())
    payouts = ledger.dataset.tables["payouts"]
    for number, (amount, status) in enumerate(payouts.select("total_payout", "status").rows()):
        assert sum(spent.get(number, [])) == (0 if status == "cancelled" else amount)


def test_one_real_set_loses_rows_and_they_are_posts_with_negative_counts(corpora):
    lost = {}
    for name in SETS:
        quarantine = load(corpora / "campaign-sets" / name).report.quarantine
        if quarantine.height:
            lost[name] = set(quarantine["rule"].to_list())
    assert lost == {"set-35": {"likes_negative", "comments_negative"}}
