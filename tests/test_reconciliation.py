"""What was paid against what the evidence says, on the world of tests/small.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dashboard.dataset import load
from dashboard.ledger import build
from dashboard.query import View, Where
from dashboard.reconciliation import by_basis, by_status, dues, order_rows, payout_rows
from tests import small


def view(place: Path, **where: Any) -> View:
    return View(build(load(place)), Where(**where))


def test_dues_are_what_is_neither_paid_nor_cancelled(tmp_path: Path) -> None:
    """100 is paid, 150 pending; a cancelled 999 is no due and no spend."""
    place = small.write(tmp_path, payouts=small.PAYOUTS + "2,post,999,1,999,cancelled\n")
    owed = dues(view(place))
    assert (owed.payable, owed.payouts) == (150.0, 1)
    assert by_status(view(place)).rows() == [("pending", 1, 150.0), ("paid", 1, 100.0)]


def test_dues_without_a_status_column_are_not_available(tmp_path: Path) -> None:
    place = small.write(tmp_path, payouts="influencer_id,basis,total_payout\n1,order,100\n")
    owed = dues(view(place))
    assert owed.payable is None
    assert owed.reason == "there is no column status in payouts."


def test_dues_follow_the_filters(tmp_path: Path) -> None:
    assert dues(view(small.write(tmp_path), platform=("YouTube",))).payable == 0.0


def test_spend_by_basis_sums_to_spend(tmp_path: Path) -> None:
    assert by_basis(view(small.write(tmp_path))).rows() == [("post", 1, 150.0), ("order", 1, 100.0)]


def test_each_payout_is_held_against_rate_times_units(tmp_path: Path) -> None:
    """Asha: 50 × 2 orders = 100. Bela: 150 × 1 post = 150. A third, 40 × 2 paid as 90: 10 above."""
    rows = payout_rows(
        view(small.write(tmp_path, payouts=small.PAYOUTS + "1,order,40,2,90,paid\n"))
    )
    found = {
        row["total_payout"]: (row["units"], row["expected"], row["difference"])
        for row in rows.to_dicts()
    }
    assert found == {150.0: (1, 150.0, 0.0), 100.0: (2, 100.0, 0.0), 90.0: (2, 80.0, 10.0)}


def test_a_missing_rate_leaves_the_expected_amount_open(tmp_path: Path) -> None:
    rows = payout_rows(
        view(small.write(tmp_path, payouts="influencer_id,basis,total_payout\n1,order,100\n"))
    )
    assert rows.select("units", "expected", "difference").row(0) == (None, None, None)


def test_payout_rows_share_the_creators_revenue_by_amount(tmp_path: Path) -> None:
    """Asha's 300 over payouts of 100 and 50: 200 and 100. Bela's 700 belong to her one payout."""
    rows = payout_rows(
        view(small.write(tmp_path, payouts=small.PAYOUTS + "1,order,50,1,50,paid\n"))
    )
    revenue = {row["total_payout"]: row["revenue"] for row in rows.to_dicts()}
    assert revenue == {150.0: 700.0, 100.0: 200.0, 50.0: 100.0}
    assert {row["total_payout"]: row["roas"] for row in rows.to_dicts()} == {
        150.0: pytest.approx(700 / 150),
        100.0: 2.0,
        50.0: 2.0,
    }


def test_a_named_campaign_takes_the_revenue_of_that_campaign(tmp_path: Path) -> None:
    """Bela is paid 150 for Gritzo, where she sold 200; no payout may pay for the 500 of Whey."""
    place = small.write(
        tmp_path,
        payouts="influencer_id,campaign,basis,total_payout\n2,Gritzo_Kids_1,post,150\n",
    )
    assert payout_rows(view(place))["revenue"].to_list() == [200.0]


def test_payout_rows_follow_the_filters(tmp_path: Path) -> None:
    rows = payout_rows(view(small.write(tmp_path), platform=("YouTube",)))
    assert rows.select("influencer", "spend", "revenue").rows() == [("Asha", 100.0, 300.0)]


def test_orders_counted_are_held_against_orders_tracked(tmp_path: Path) -> None:
    """Asha counted 2 and 2 are tracked; Bela counted 1 and 2 are tracked."""
    assert order_rows(view(small.write(tmp_path))).rows() == [
        ("Bela", None, 1, 2, -1),
        ("Asha", None, 2, 2, 0),
    ]


def test_no_payouts_at_all_is_no_fault(tmp_path: Path) -> None:
    empty = view(
        small.write(tmp_path, payouts="influencer_id,basis,rate,orders,total_payout,status\n")
    )
    assert payout_rows(empty).is_empty()
    assert order_rows(empty).is_empty()
    assert by_basis(empty).is_empty()
    assert dues(empty).payable is None
    assert payout_rows(empty).schema["roas"] == pl.Float64
