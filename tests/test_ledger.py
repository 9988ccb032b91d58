"""The ledger: facts and keys by hand, posts and their campaigns, new customers, what is absent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ledger.shares import split
from tests.worlds import ledger

SMALL = {
    "influencers": """
        influencer_id  name  platform  category   gender  followers
        1              Asha  YT        Fitness    F       9999
        2              Bela  IG        Parenting  F       10000
        3              Asha  IG        -          M       -
    """,
    "tracking_data": """
        influencer_id  campaign  user_id  product  date        orders  revenue
        1              A         u1       Whey     2026-01-01  2       20
        1              A         u2       Whey     2026-01-01  1       10
        1              B         u1       Bar      2026-01-02  1       5
        9              A         -        Bar      2026-01-02  1       7
        -              -         u3       Whey     2026-01-03  4       40
        1              A         u1       Whey     2026-01-04  -1      -10
    """,
    "posts": """
        influencer_id  date        reach  likes  comments
        1              2026-01-01  100    5      2
        2              2026-01-02  200    6      3
    """,
    "payouts": """
        influencer_id  campaign  basis  total_payout
        1              A         order  30
        2              -         post   8
    """,
}


def test_sales_are_summed_by_day_pair_and_item():
    made = ledger(**SMALL)
    facts = made.facts["sales"].join(made.pairs, on="pair").join(made.items, on="item")
    wanted = [
        "date",
        "influencer_id",
        "campaign",
        "product",
        "orders",
        "revenue",
        "returned_revenue",
    ]
    assert facts.select(wanted).sort(wanted).rows() == [
        (dt.date(2026, 1, 1), "1", "A", "Whey", 3, 3000, 0),
        (dt.date(2026, 1, 2), "1", "B", "Bar", 1, 500, 0),
        (dt.date(2026, 1, 2), "9", "A", "Bar", 1, 700, 0),
        (dt.date(2026, 1, 4), "1", "A", "Whey", -1, -1000, 1000),
    ]


def test_baseline_rows_are_facts_of_the_empty_pair():
    made = ledger(**SMALL)
    assert made.facts["baseline"].drop("item").rows() == [(dt.date(2026, 1, 3), 0, 4000, 4, 1)]
    assert made.pairs.row(0) == (0, *[None] * 8)


def test_keys_number_their_own_rows():
    """Row i is key i, so that a mask over a key can be gathered by it; 0 is "unassigned"."""
    made = ledger(**SMALL)
    for keys, name in ((made.pairs, "pair"), (made.items, "item")):
        assert keys[name].to_list() == list(range(keys.height))
        assert keys.drop(name).row(0) == (None,) * (keys.width - 1)


def test_a_pair_carries_what_its_creator_implies():
    """Asha twice, so the id behind the name; 9 is in no list of creators."""
    asha = ("Asha (1)", "YouTube", "Fitness", "Female", "nano", "Fitness · Female")
    bela = ("Bela", "Instagram", "Parenting", "Female", "micro", "Parenting · Female")
    pairs = ledger(**SMALL).pairs.drop("pair").rows()
    assert pairs[1:] == [
        ("1", None, *asha),
        ("1", "A", *asha),
        ("1", "B", *asha),
        ("2", None, *bela),
        ("9", "A", "Unknown influencer (9)", *[None] * 5),
    ]


@pytest.mark.parametrize(
    ("followers", "tier"),
    [
        ("0", "nano"),
        ("9999", "nano"),
        ("10000", "micro"),
        ("99999", "micro"),
        ("100000", "mid"),
        ("499999", "mid"),
        ("500000", "macro"),
        ("1999999", "macro"),
        ("2000000", "celebrity"),
        ("-", None),
    ],
)
def test_tiers_change_at_their_limits(followers, tier):
    made = ledger(
        influencers=f"influencer_id name followers\n1 Asha {followers}",
        posts="influencer_id date\n1 2026-01-01",
    )
    assert made.pairs["tier"].to_list()[1:] == [tier]


def test_creators_without_a_name_are_called_by_their_id():
    made = ledger(influencers="influencer_id name\n7 -", posts="influencer_id date\n7 2026-01-01")
    assert made.pairs["influencer"].to_list() == [None, "Influencer 7"]


# --------------------------------------------------------------------------------------- posts


@pytest.mark.parametrize(
    ("post", "campaign"),
    [
        ("1 2026-01-05 Holi", "Holi"),
        ("1 2026-01-01 -", "A"),
        ("1 2026-01-02 -", "A"),
        ("1 2025-12-20 -", "A"),
        ("1 2025-12-19 -", "A"),
        ("1 2025-12-18 -", None),
        ("1 2026-01-10 -", None),
        ("1 2026-02-20 -", None),
        ("2 2026-01-01 -", None),
    ],
    ids=[
        "its own comes first",
        "the day itself",
        "the only campaign from here on",
        "twelve days before",
        "thirteen days before",
        "fourteen days before",
        "two campaigns in the fourteen days",
        "no orders in the fourteen days",
        "orders of another creator",
    ],
)
def test_a_post_belongs_to_its_own_or_the_only_campaign_of_its_fourteen_days(post, campaign):
    """Orders for A on 1 and 12 January, for B on the 20th; C and D had none on the 2nd."""
    made = ledger(
        tracking_data="""
            influencer_id  campaign  date        orders
            1              A         2026-01-01  1
            1              -         2026-01-01  1
            1              C         2026-01-02  -1
            1              D         2026-01-02  0
            1              A         2026-01-12  1
            1              B         2026-01-20  1
        """,
        posts=f"influencer_id date campaign\n{post}",
    )
    assert made.posts["campaign"].to_list() == [campaign]


# ------------------------------------------------------------------------------- new customers


def firsts(*rows):
    """Who is new, by day, creator and campaign; and without a creator, by day."""
    header = "influencer_id campaign user_id product date orders\n"
    made = ledger(tracking_data=header + "\n".join(rows))
    sales = made.facts["sales"].join(made.pairs, on="pair").filter(pl.col("new_customers") != 0)
    baseline = made.facts["baseline"].filter(pl.col("baseline_new_customers") != 0)
    return (
        sales.select(pl.col("date").dt.day(), "influencer_id", "campaign", "new_customers").rows(),
        baseline.select(pl.col("date").dt.day(), "baseline_new_customers").rows(),
    )


def test_a_customer_is_new_on_the_day_of_the_first_order_alone():
    assert firsts(
        "1 A u1 Whey 2026-01-03 1", "1 A u1 Whey 2026-01-02 1", "2 B u1 Whey 2026-01-09 1"
    ) == ([(2, "1", "A", 1)], [])


def test_a_return_or_an_empty_line_makes_nobody_new():
    assert firsts(
        "1 A u1 Whey 2026-01-01 0", "1 A u1 Whey 2026-01-02 -1", "1 B u1 Whey 2026-01-03 1"
    ) == ([(3, "1", "B", 1)], [])


def test_on_the_first_day_attributed_rows_come_first():
    assert firsts("- - u1 Bar 2026-01-01 1", "9 Z u1 Whey 2026-01-01 1") == ([(1, "9", "Z", 1)], [])


def test_a_first_order_without_a_creator_is_new_for_the_baseline():
    """The attributed order of the next day finds an old customer."""
    assert firsts("- - u1 Bar 2026-01-01 1", "9 Z u1 Whey 2026-01-02 1") == ([], [(1, 1)])


def test_of_several_attributed_rows_of_the_first_day_the_first_by_key_counts():
    """Creator 1 before 2; of creator 1 campaign A before B."""
    assert firsts(
        "2 A u1 Bar 2026-01-01 1", "1 B u1 Bar 2026-01-01 1", "1 A u1 Whey 2026-01-01 1"
    ) == ([(1, "1", "A", 1)], [])


def test_rows_without_a_user_stay_out():
    assert firsts(
        "1 A - Whey 2026-01-01 1", "1 A u1 Whey 2026-01-02 1", "1 A u1 Whey 2026-01-03 1"
    ) == ([(2, "1", "A", 1)], [])


ORDERS = st.lists(
    st.fixed_dictionaries(
        {
            "influencer_id": st.sampled_from(["", "1", "2"]),
            "campaign": st.sampled_from(["", "A", "B"]),
            "user_id": st.sampled_from(["", "u1", "u2", "u3"]),
            "product": st.sampled_from(["", "Bar", "Whey"]),
            "date": st.integers(1, 4).map(lambda day: f"2026-01-{day:02}"),
            "orders": st.integers(-1, 3),
            "revenue": st.integers(-900, 900).map(lambda paise: Decimal(paise) / 100),
        }
    ),
    max_size=12,
)


@given(ORDERS)
def test_new_customers_are_those_of_plain_loops(rows):
    """Each user's least (day, without a creator, creator, campaign, product) that bought."""
    firsts: dict[str, tuple[object, ...]] = {}
    for row in rows:
        if row["user_id"] and row["orders"] > 0:
            rank = (row["date"], not row["influencer_id"], row["influencer_id"], row["campaign"])
            key = (*rank, row["product"])
            firsts[row["user_id"]] = min(key, firsts.get(row["user_id"], key))
    attributed = Counter((key[0], key[2], key[3]) for key in firsts.values() if not key[1])
    baseline = Counter(key[0] for key in firsts.values() if key[1])
    made = ledger(tracking_data=rows)
    sales = made.facts["sales"].join(made.pairs, on="pair").fill_null("")
    found: Counter[tuple[str, ...]] = Counter()
    for date, creator, campaign, count in sales.select(
        pl.col("date").cast(pl.String), "influencer_id", "campaign", "new_customers"
    ).rows():
        found[date, creator, campaign] += count
    assert +found == attributed
    days: Counter[str] = Counter()
    for date, count in (
        made.facts["baseline"]
        .select(pl.col("date").cast(pl.String), "baseline_new_customers")
        .rows()
    ):
        days[date] += count
    assert +days == baseline


# ------------------------------------------------------------------------------ what is absent


def test_measures_that_the_files_lack_are_absent_with_the_reason():
    made = ledger(
        posts="influencer_id date likes clicks\n1 2026-01-01 5 -",
        tracking_data="influencer_id date\n1 2026-01-01",
    )
    assert dict(made.absent) == {
        "reach": "there is no column reach in posts.",
        "comments": "there is no column comments in posts.",
        "clicks": "there is no column clicks in posts.",
        "impressions": "there is no column impressions in posts.",
        "new_customers": "there is no column user_id in tracking data.",
        "baseline_new_customers": "there is no column user_id in tracking data.",
        "customers": "there is no column user_id in tracking data.",
    }


def test_where_no_customer_appears_twice_nobody_is_new():
    """Customers can still be counted."""
    made = ledger(tracking_data="influencer_id user_id date\n1 u1 2026-01-01\n1 u2 2026-01-02")
    assert made.absent["new_customers"].startswith("no customer appears twice")
    assert "customers" not in made.absent


def test_a_table_without_rows_says_so():
    made = ledger()
    assert made.absent["reach"] == "there are no rows in posts."
    assert made.absent["customers"] == "there are no rows in tracking data."


# -------------------------------------------------------------------------------------- always


@given(ORDERS, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows, chance):
    """Facts, keys and the version of the dataset are equal, new customers among them."""
    payouts = [{"influencer_id": "1", "total_payout": "10.01", "basis": "order"}]
    one = ledger(tracking_data=rows, payouts=payouts)
    other = ledger(tracking_data=chance.sample(rows, len(rows)), payouts=payouts)
    assert one.version == other.version
    assert one.pairs.equals(other.pairs)
    assert one.items.equals(other.items)
    for family, facts in one.facts.items():
        assert facts.equals(other.facts[family])


@given(ORDERS)
def test_the_ledger_sums_to_the_rows(rows):
    """Attributed and baseline apart, in paise; returns are the negative part."""
    made = ledger(tracking_data=rows)
    attributed = [row for row in rows if row["influencer_id"]]
    rest = [row for row in rows if not row["influencer_id"]]
    sales, baseline = made.facts["sales"], made.facts["baseline"]
    assert sales["orders"].sum() == sum(row["orders"] for row in attributed)
    assert sales["revenue"].sum() == sum(row["revenue"] * 100 for row in attributed)
    assert sales["returned_revenue"].sum() == sum(
        max(0, -row["revenue"] * 100) for row in attributed
    )
    assert baseline["baseline_orders"].sum() == sum(row["orders"] for row in rest)
    assert baseline["baseline_revenue"].sum() == sum(row["revenue"] * 100 for row in rest)


def test_facts_are_sorted_by_day_with_the_undated_last():
    made = ledger(
        tracking_data="influencer_id date\n1 2026-01-03\n1 2026-01-01",
        payouts="influencer_id basis total_payout\n1 order 5\n2 order 7",
    )
    assert made.facts["spend"]["date"].to_list() == [
        dt.date(2026, 1, 1),
        dt.date(2026, 1, 3),
        None,
    ]


def test_no_rows_at_all_make_an_empty_ledger():
    made = ledger()
    assert {name: facts.height for name, facts in made.facts.items()} == {
        "sales": 0,
        "spend": 0,
        "posts": 0,
        "baseline": 0,
    }
    assert made.span is None


# ------------------------------------------------------------------------------------ sharing


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 10**15)), min_size=1, max_size=9))
def test_shares_sum_to_the_amount_and_are_within_a_paisa_of_their_part(rows):
    """Any group of a weight; weights up to 10¹⁵ beside amounts up to 10¹²."""
    amounts = {0: 10**12 + 1, 1: -7, 2: 0}
    frame = pl.DataFrame(
        {
            "group": [group for group, _ in rows],
            "place": range(len(rows)),
            "weight": [weight + 1 for _, weight in rows],
            "amount": [amounts[group] for group, _ in rows],
        }
    )
    shared = split(frame, ["group"], ["place"])
    for (group,), part in shared.group_by("group"):
        assert part["share"].sum() == amounts[group]
        whole = part["weight"].sum()
        for weight, share in part.select("weight", "share").rows():
            assert abs(share * whole - amounts[group] * weight) < whole


def test_a_group_that_weighs_nothing_is_an_error_and_no_loss():
    frame = pl.DataFrame({"group": [1], "place": [1], "weight": [0], "amount": [5]})
    with pytest.raises(ValueError, match="weighs nothing"):
        split(frame, ["group"], ["place"])
