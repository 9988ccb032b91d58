"""When, and for what, is money spent? Every rule of DOMAIN §4 on a table to total in your head."""

from __future__ import annotations

import polars as pl
import pytest

from tests.worlds import dataset, ledger, money

SOLD = """
    influencer_id  campaign  date        product  orders
    asha           Diwali    2026-01-01  Whey     3
    asha           Diwali    2026-01-10  Bar      1
    asha           Holi      2026-02-20  Whey     4
"""
"""Asha sold 3 Whey and 1 Bar for Diwali in January, and 4 Whey for Holi in February."""


def test_order_basis_spreads_by_orders():
    """800 over 3 + 1 + 4 orders is 100 an order."""
    made = ledger(tracking_data=SOLD, payouts="influencer_id basis total_payout\nasha order 800")
    assert money(made) == [
        ("2026-01-01", "Diwali", "Whey", 300.0, "accrued accrued accrued"),
        ("2026-01-10", "Diwali", "Bar", 100.0, "accrued accrued accrued"),
        ("2026-02-20", "Holi", "Whey", 400.0, "accrued accrued accrued"),
    ]


def test_a_recorded_campaign_is_used_as_recorded():
    """800 over Diwali's 3 + 1 orders alone."""
    made = ledger(
        tracking_data=SOLD,
        payouts="influencer_id campaign basis total_payout\nasha Diwali order 800",
    )
    assert money(made) == [
        ("2026-01-01", "Diwali", "Whey", 600.0, "accrued recorded accrued"),
        ("2026-01-10", "Diwali", "Bar", 200.0, "accrued recorded accrued"),
    ]


def test_a_recorded_work_date_is_used_as_recorded():
    """800 stands on its day; campaign and item still follow the orders: 3, 1 and 4 of 8."""
    made = ledger(
        tracking_data=SOLD,
        payouts="influencer_id date basis total_payout\nasha 2026-01-05 order 800",
    )
    assert money(made) == [
        ("2026-01-05", "Diwali", "Bar", 100.0, "recorded accrued accrued"),
        ("2026-01-05", "Diwali", "Whey", 300.0, "recorded accrued accrued"),
        ("2026-01-05", "Holi", "Whey", 400.0, "recorded accrued accrued"),
    ]


@pytest.mark.parametrize("header", ["paid_on", "payout_date", "payment_date"])
def test_a_payment_date_never_dates_results(header):
    made = ledger(
        tracking_data=SOLD,
        payouts=f"influencer_id {header} basis total_payout\nasha 2026-06-30 order 800",
    )
    assert sorted({row[0] for row in money(made)}) == ["2026-01-01", "2026-01-10", "2026-02-20"]


def test_post_basis_spreads_equally_over_posts_and_then_over_what_sold_in_fourteen_days():
    """Posts on 1 January and 20 February, 400 each.

    The first sees 3 Whey and 1 Bar of Diwali: 300 and 100. The second sees Holi's Whey alone.
    """
    made = ledger(
        tracking_data=SOLD,
        posts="influencer_id date\nasha 2026-01-01\nasha 2026-02-20",
        payouts="influencer_id basis total_payout\nasha post 800",
    )
    assert money(made) == [
        ("2026-01-01", "Diwali", "Bar", 100.0, "accrued apportioned apportioned"),
        ("2026-01-01", "Diwali", "Whey", 300.0, "accrued apportioned apportioned"),
        ("2026-02-20", "Holi", "Whey", 400.0, "accrued apportioned apportioned"),
    ]


def test_the_thirteenth_day_after_a_post_is_evidence_and_the_fourteenth_is_not():
    """Posted on the 1st: the order of the 14th counts, the ten of the 15th do not."""
    made = ledger(
        posts="influencer_id date\nasha 2026-01-01",
        tracking_data="""
            influencer_id  campaign  date        product  orders
            asha           In        2026-01-14  Whey     1
            asha           Out       2026-01-15  Bar      10
        """,
        payouts="influencer_id basis total_payout\nasha post 110",
    )
    assert money(made) == [
        ("2026-01-01", "In", "Whey", 110.0, "accrued apportioned apportioned"),
    ]


def test_without_orders_in_the_window_all_of_the_creators_orders_are_evidence():
    """Posted in March, after everything sold: 8 orders share 800, on the post's day."""
    made = ledger(
        tracking_data=SOLD,
        posts="influencer_id date\nasha 2026-03-15",
        payouts="influencer_id basis total_payout\nasha post 800",
    )
    assert money(made) == [
        ("2026-03-15", "Diwali", "Bar", 100.0, "accrued apportioned apportioned"),
        ("2026-03-15", "Diwali", "Whey", 300.0, "accrued apportioned apportioned"),
        ("2026-03-15", "Holi", "Whey", 400.0, "accrued apportioned apportioned"),
    ]


def test_a_posts_share_goes_to_the_campaign_that_the_post_carries():
    """The post of 1 January carries Holi: its item is Holi's, not that of its fortnight."""
    made = ledger(
        tracking_data=SOLD,
        posts="influencer_id date campaign\nasha 2026-01-01 Holi",
        payouts="influencer_id basis total_payout\nasha post 800",
    )
    assert money(made) == [
        ("2026-01-01", "Holi", "Whey", 800.0, "accrued accrued apportioned"),
    ]


def test_a_named_campaign_is_paid_on_the_posts_that_carry_it():
    """Of three posts one carries Diwali; its day takes all, its window 3 Whey and 1 Bar."""
    made = ledger(
        tracking_data=SOLD,
        posts="""
            influencer_id  date        campaign
            asha           2026-01-01  Diwali
            asha           2026-01-02  Holi
            asha           2026-01-03  -
        """,
        payouts="influencer_id campaign basis total_payout\nasha Diwali post 800",
    )
    assert money(made) == [
        ("2026-01-01", "Diwali", "Bar", 200.0, "accrued recorded apportioned"),
        ("2026-01-01", "Diwali", "Whey", 600.0, "accrued recorded apportioned"),
    ]


def test_a_named_campaign_that_no_post_carries_is_paid_on_the_posts_that_carry_none():
    made = ledger(
        tracking_data=SOLD,
        posts="influencer_id date campaign\nasha 2026-01-02 Holi\nasha 2026-01-03 -",
        payouts="influencer_id campaign basis total_payout\nasha Diwali post 100",
    )
    assert money(made) == [
        ("2026-01-03", "Diwali", "Bar", 100.0, "accrued recorded apportioned"),
    ]


def test_a_named_campaign_where_all_posts_carry_another_is_paid_on_its_orders():
    """Post basis without posts of its own: the cells of Diwali, 3 and 1."""
    made = ledger(
        tracking_data=SOLD,
        posts="influencer_id date campaign\nasha 2026-01-02 Holi",
        payouts="influencer_id campaign basis total_payout\nasha Diwali post 800",
    )
    assert money(made) == [
        ("2026-01-01", "Diwali", "Whey", 600.0, "accrued recorded accrued"),
        ("2026-01-10", "Diwali", "Bar", 200.0, "accrued recorded accrued"),
    ]


@pytest.mark.parametrize("basis", ["post", "order"])
def test_a_named_campaign_without_orders_keeps_its_name_and_takes_the_posts_days(basis):
    """Nothing sold for Eid: item unassigned, 400 on each of the two posts."""
    made = ledger(
        tracking_data=SOLD,
        posts="influencer_id date\nasha 2026-01-01\nasha 2026-02-20",
        payouts=f"influencer_id campaign basis total_payout\nasha Eid {basis} 800",
    )
    assert money(made) == [
        ("2026-01-01", "Eid", None, 400.0, "accrued recorded unassigned"),
        ("2026-02-20", "Eid", None, 400.0, "accrued recorded unassigned"),
    ]


def test_order_basis_without_orders_stands_on_the_posts_days():
    made = ledger(
        posts="influencer_id date campaign\nasha 2026-01-01 Diwali\nasha 2026-02-20 -",
        payouts="influencer_id basis total_payout\nasha order 800",
    )
    assert money(made) == [
        ("2026-01-01", "Diwali", None, 400.0, "accrued accrued unassigned"),
        ("2026-02-20", None, None, 400.0, "accrued unassigned unassigned"),
    ]


@pytest.mark.parametrize("basis", ["post", "-", "barter"])
def test_any_basis_but_order_without_posts_stands_on_the_orders(basis):
    made = ledger(tracking_data=SOLD, payouts=f"influencer_id basis total_payout\nasha {basis} 800")
    assert [row[3] for row in money(made)] == [300.0, 100.0, 400.0]


def test_without_any_evidence_all_but_what_was_recorded_is_unassigned():
    """Four payouts of a creator who neither posted nor sold."""
    made = ledger(
        payouts="""
            influencer_id  campaign  date        basis  total_payout
            asha           -         -           order  1
            asha           Diwali    -           post   2
            asha           -         2026-01-05  order  3
            asha           Diwali    2026-01-05  post   4
        """
    )
    assert money(made) == [
        (None, None, None, 1.0, "unassigned unassigned unassigned"),
        (None, "Diwali", None, 2.0, "unassigned recorded unassigned"),
        ("2026-01-05", None, None, 3.0, "recorded unassigned unassigned"),
        ("2026-01-05", "Diwali", None, 4.0, "recorded recorded unassigned"),
    ]


def test_a_post_basis_payout_with_a_day_looks_at_the_posts_of_that_day():
    """The post of the 1st carries Diwali, that of February nothing; the work was on the 1st."""
    made = ledger(
        tracking_data=SOLD,
        posts="influencer_id date campaign\nasha 2026-01-01 Diwali\nasha 2026-02-20 -",
        payouts="influencer_id date basis total_payout\nasha 2026-01-01 post 800",
    )
    assert money(made) == [
        ("2026-01-01", "Diwali", "Bar", 200.0, "recorded accrued apportioned"),
        ("2026-01-01", "Diwali", "Whey", 600.0, "recorded accrued apportioned"),
    ]


def test_a_post_basis_payout_with_a_day_without_posts_counts_as_one_post_on_that_day():
    """From 15 February fourteen days see Holi's Whey alone."""
    made = ledger(
        tracking_data=SOLD,
        posts="influencer_id date\nasha 2026-01-01",
        payouts="influencer_id date basis total_payout\nasha 2026-02-15 post 800",
    )
    assert money(made) == [
        ("2026-02-15", "Holi", "Whey", 800.0, "recorded apportioned apportioned"),
    ]


def test_a_zero_payout_is_one_row_of_nothing():
    made = ledger(
        tracking_data=SOLD,
        payouts="influencer_id campaign basis total_payout\nasha Diwali order 0",
    )
    assert money(made) == [(None, "Diwali", None, 0.0, "unassigned recorded unassigned")]


def test_a_negative_payout_takes_the_same_shares_back():
    made = ledger(tracking_data=SOLD, payouts="influencer_id basis total_payout\nasha order -800")
    assert [row[3] for row in money(made)] == [-300.0, -100.0, -400.0]


def test_a_payout_without_an_amount_is_set_aside_and_never_inferred_from_its_rate():
    made = ledger(
        tracking_data=SOLD,
        payouts="influencer_id basis rate orders total_payout\nasha order 100 8 -",
    )
    assert money(made) == []
    aside = made.dataset.report.quarantine.row(0, named=True)
    assert (aside["table"], aside["column"], aside["rule"]) == (
        "payouts",
        "total_payout",
        "total_payout_missing",
    )


def test_two_payouts_of_one_creator_accrue_each_on_its_own():
    """800 by order and 80 by post over the same evidence; 880 in all."""
    made = ledger(
        tracking_data=SOLD,
        posts="influencer_id date\nasha 2026-02-20",
        payouts="influencer_id basis total_payout\nasha order 800\nasha post 80",
    )
    assert [row[3] for row in money(made)] == [300.0, 100.0, 80.0, 400.0]
    assert made.accrued.group_by("payout").agg(pl.col("spend").sum()).sort("payout").rows() == [
        (0, 80000),
        (1, 8000),
    ]


def test_an_unknown_creator_accrues_where_its_id_has_evidence():
    made = ledger(
        influencers="influencer_id name\nbela Bela",
        tracking_data=SOLD,
        payouts="influencer_id basis total_payout\nasha order 800",
    )
    assert [row[3] for row in money(made)] == [300.0, 100.0, 400.0]
    assert made.pairs["influencer"].drop_nulls().unique().to_list() == ["Unknown influencer (asha)"]


@pytest.mark.parametrize("word", ["cancelled", "Canceled", "VOID"])
def test_cancelled_payouts_are_not_spend(word):
    made = ledger(
        tracking_data=SOLD,
        payouts=f"""
            influencer_id  basis  total_payout  status
            asha           order  800           {word}
            asha           order  80            paid
        """,
    )
    assert sum(row[3] for row in money(made)) == 80.0


def test_a_creator_who_sold_nothing_net_spreads_equally_over_the_cells():
    """An order and its return, a return, a line of 0: three cells of weight 0, a third each."""
    made = ledger(
        tracking_data="""
            influencer_id  campaign  date        product  orders
            asha           Diwali    2026-01-01  Whey     1
            asha           Diwali    2026-01-01  Whey     -1
            asha           Diwali    2026-01-02  Bar      -2
            asha           Holi      2026-01-03  Whey     0
        """,
        payouts="influencer_id basis total_payout\nasha order 300",
    )
    assert [row[:4] for row in money(made)] == [
        ("2026-01-01", "Diwali", "Whey", 100.0),
        ("2026-01-02", "Diwali", "Bar", 100.0),
        ("2026-01-03", "Holi", "Whey", 100.0),
    ]


def test_returns_weigh_nothing_beside_orders():
    """A cell of net −5 gets nothing, and takes nothing from the others."""
    made = ledger(
        tracking_data="""
            influencer_id  date        product  orders
            asha           2026-01-01  Whey     2
            asha           2026-01-02  Bar      -5
        """,
        payouts="influencer_id basis total_payout\nasha order 100",
    )
    assert [row[2:4] for row in money(made)] == [("Whey", 100.0)]


def test_evidence_is_the_cell_not_the_row():
    """Three rows of one cell and one row of another, 3 orders each: half and half, not 3 to 1."""
    made = ledger(
        tracking_data="""
            influencer_id  date        product  orders
            asha           2026-01-01  Whey     1
            asha           2026-01-01  Whey     1
            asha           2026-01-01  Whey     1
            asha           2026-01-02  Bar      3
        """,
        payouts="influencer_id basis total_payout\nasha order 100",
    )
    assert [row[2:4] for row in money(made)] == [("Whey", 50.0), ("Bar", 50.0)]


def test_what_is_left_of_a_paisa_goes_to_the_largest_remainder_and_ties_to_the_first_key():
    """1.00 over three equal cells: 34, 33, 33 paise, the odd one to the earliest day."""
    made = ledger(
        tracking_data="""
            influencer_id  date        product  orders
            asha           2026-01-03  Whey     1
            asha           2026-01-02  Whey     1
            asha           2026-01-01  Whey     1
        """,
        payouts="influencer_id basis total_payout\nasha order 1",
    )
    assert [(row[0], row[3]) for row in money(made)] == [
        ("2026-01-01", 0.34),
        ("2026-01-02", 0.33),
        ("2026-01-03", 0.33),
    ]


def test_ties_fall_to_day_then_campaign_then_product():
    """2 paise over four equal cells of a day: campaign A first, and within it Bar before Whey."""
    made = ledger(
        tracking_data="""
            influencer_id  campaign  date        product  orders
            asha           B         2026-01-01  Bar      1
            asha           B         2026-01-01  Whey     1
            asha           A         2026-01-01  Whey     1
            asha           A         2026-01-01  Bar      1
        """,
        payouts="influencer_id basis total_payout\nasha order 0.02",
    )
    assert [row[1:4] for row in money(made)] == [("A", "Bar", 0.01), ("A", "Whey", 0.01)]


def test_the_largest_remainder_comes_before_the_first_key():
    """0.10 over 1, 2 and 4 orders is 1.43, 2.86 and 5.71 paise: 1, 3 and 6."""
    made = ledger(
        tracking_data="""
            influencer_id  date        product  orders
            asha           2026-01-01  Whey     1
            asha           2026-01-02  Whey     2
            asha           2026-01-03  Whey     4
        """,
        payouts="influencer_id basis total_payout\nasha order 0.10",
    )
    assert [row[3] for row in money(made)] == [0.01, 0.03, 0.06]


def test_equal_post_shares_are_rounded_before_they_are_spread():
    """0.05 over two posts is 3 and 2 paise; then 2 + 1 and 1 + 1 over two equal products."""
    made = ledger(
        posts="influencer_id date\nasha 2026-01-01\nasha 2026-01-02",
        tracking_data="""
            influencer_id  campaign  date        product  orders
            asha           A         2026-01-02  Bar      1
            asha           A         2026-01-02  Whey     1
        """,
        payouts="influencer_id basis total_payout\nasha post 0.05",
    )
    assert [(row[0], row[2], row[3]) for row in money(made)] == [
        ("2026-01-01", "Bar", 0.02),
        ("2026-01-01", "Whey", 0.01),
        ("2026-01-02", "Bar", 0.01),
        ("2026-01-02", "Whey", 0.01),
    ]


def test_a_paisa_over_two_posts_goes_to_the_earlier_whatever_its_campaign():
    made = ledger(
        posts="influencer_id date campaign\nasha 2026-01-02 A\nasha 2026-01-01 B",
        payouts="influencer_id basis total_payout\nasha post 0.01",
    )
    assert [row[:2] for row in money(made)] == [("2026-01-01", "B")]


def test_amounts_beyond_64_bits_in_between_are_still_exact():
    """₹5 crore lakh over two cells of 10¹² and 2·10¹² orders: a third and two thirds."""
    made = ledger(
        tracking_data="""
            influencer_id  date        product  orders
            asha           2026-01-01  Whey     1000000000000
            asha           2026-01-02  Whey     2000000000000
        """,
        payouts="influencer_id basis total_payout\nasha order 9999999999999",
    )
    assert made.accrued.sort("date")["spend"].to_list() == [333333333333300, 666666666666600]


def test_no_payouts_are_no_spend():
    assert money(ledger(tracking_data=SOLD)) == []
    assert dataset().tables["payouts"].height == 0
