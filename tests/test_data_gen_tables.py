"""The tables of the invented world fit together and look like a real month."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from data_gen import Plan
from data_gen.people import draw_people
from data_gen.plan import EXAMPLE
from tests.invented import committed


@pytest.fixture(scope="module")
def tables():
    return committed()


def test_names_and_keys_are_unique_and_campaigns_are_named_as_agreed(tables):
    for column in ("influencer_id", "name"):
        values = [row[column] for row in tables["influencers"]]
        assert len(set(values)) == len(values)
    urls = [row["url"] for row in tables["posts"]]
    assert len(set(urls)) == len(urls)
    assert all(re.fullmatch(r"https://(\w+)\.example/\S+", url) for url in urls)
    for row in tables["campaigns"]:
        brand, product, number = row["campaign"].split("_")
        assert (brand, product) == (row["brand"], row["product"].replace(" ", ""))
        assert number.isdecimal()


def test_names_stay_unique_where_first_and_last_names_run_out():
    people = draw_people(Plan(influencers=5_000))
    assert len(set(people.names)) == len(set(people.handles)) == 5_000


def test_every_reference_leads_somewhere(tables):
    creators = {row["influencer_id"] for row in tables["influencers"]}
    campaigns = {row["campaign"] for row in tables["campaigns"]} | {""}
    for name in ("posts", "payouts"):
        assert {row["influencer_id"] for row in tables[name]} <= creators
        assert {row["campaign"] for row in tables[name]} <= campaigns
    assert {row["influencer_id"] for row in tables["tracking_data"]} <= creators | {""}
    assert {row["campaign"] for row in tables["tracking_data"]} <= campaigns
    brands = {(row["product"], row["brand"]) for row in tables["tracking_data"]}
    assert len(brands) == len({product for product, _ in brands}) == 12


def test_baseline_rows_name_no_creator_and_attributed_rows_name_both(tables):
    sources = defaultdict(Counter)
    for row in tables["tracking_data"]:
        named = bool(row["influencer_id"]), bool(row["campaign"])
        sources[row["source"]][named] += 1
    assert set(sources.pop("influencer")) == {(True, True)}
    assert set(sources) == {"organic", "ads", "email", "referral"}
    ads = sources.pop("ads")
    assert 0 < ads[False, True] < 0.05 * ads[False, False]
    assert all(set(kinds) == {(False, False)} for kinds in sources.values())


def test_customers_return_on_both_kinds_of_row(tables):
    seen, new, back = set(), Counter(), Counter()
    for row in tables["tracking_data"]:
        if row["user_id"] and int(row["orders"]) > 0:
            kind = "attributed" if row["influencer_id"] else "baseline"
            (back if row["user_id"] in seen else new)[kind] += 1
            seen.add(row["user_id"])
    for kind in ("attributed", "baseline"):
        assert 0.1 < new[kind] / (new[kind] + back[kind]) < 0.9
    guests = sum(not row["user_id"] for row in tables["tracking_data"])
    assert 0 < guests < 0.05 * len(tables["tracking_data"])


def test_about_one_order_in_a_hundred_comes_back_to_the_one_who_bought_it(tables):
    taken_back = [row for row in tables["tracking_data"] if int(row["orders"]) < 0]
    assert 0.005 < len(taken_back) / len(tables["tracking_data"]) < 0.02
    bought = {
        (row["user_id"], row["product"], row["influencer_id"], row["revenue"])
        for row in tables["tracking_data"]
    }
    for row in taken_back:
        assert row["revenue"].startswith("-")
        original = (row["user_id"], row["product"], row["influencer_id"], row["revenue"][1:])
        assert original in bought


def test_every_tier_and_platform_appears(tables):
    followers = [int(row["follower_count"]) for row in tables["influencers"]]
    bounds = [0, 10_000, 100_000, 500_000, 2_000_000, 10**9]
    for low, high in pairwise(bounds):
        assert sum(low <= count < high for count in followers) >= 3
    assert {row["platform"] for row in tables["influencers"]} == {"Instagram", "YouTube", "X"}


def test_posts_are_mostly_at_home_and_mostly_labelled(tables):
    home = {row["influencer_id"]: row["platform"] for row in tables["influencers"]}
    elsewhere = sum(row["platform"] != home[row["influencer_id"]] for row in tables["posts"])
    assert 0 < elsewhere < 0.25 * len(tables["posts"])
    for_campaigns = [row for row in tables["posts"] if row["caption"].endswith("#ad")]
    assert len(for_campaigns) == sum(int(row["posts"]) for row in tables["campaigns"])
    unlabelled = sum(not row["campaign"] for row in for_campaigns)
    assert 0.05 < unlabelled / len(for_campaigns) < 0.25
    for row in tables["posts"]:
        assert int(row["reach"]) >= int(row["likes"]) >= int(row["comments"]) >= 0


def test_payouts_mostly_equal_rate_times_units_and_tracked_orders(tables):
    tracked = Counter()
    for row in tables["tracking_data"]:
        tracked[row["influencer_id"], row["campaign"]] += int(row["orders"])
    by_order = [row for row in tables["payouts"] if row["basis"] == "order"]
    named = [row for row in by_order if row["campaign"]]
    agree = [
        int(row["orders"]) == max(0, tracked[row["influencer_id"], row["campaign"]])
        for row in named
    ]
    assert 0.7 < sum(agree) / len(agree) < 1
    exact = [
        float(row["rate"]) * int(row["orders"]) == float(row["total_payout"]) for row in by_order
    ]
    assert sum(exact) / len(exact) > 0.7
    assert {row["basis"] for row in tables["payouts"]} == {"order", "post"}
    assert all(not row["orders"] for row in tables["payouts"] if row["basis"] == "post")
    unnamed = sum(not row["campaign"] for row in tables["payouts"])
    assert 0.1 < unnamed / len(tables["payouts"]) < 0.3


def test_payouts_are_paid_weeks_after_the_work_and_within_the_data(tables):
    ended = {row["campaign"]: date.fromisoformat(row["window_end"]) for row in tables["campaigns"]}
    begun = {
        row["campaign"]: date.fromisoformat(row["window_start"]) for row in tables["campaigns"]
    }
    statuses = Counter(row["status"] for row in tables["payouts"])
    assert set(statuses) == {"paid", "pending", "approved", "cancelled"}
    assert statuses["paid"] > len(tables["payouts"]) / 2
    for row in tables["payouts"]:
        assert bool(row["paid_on"]) == (row["status"] == "paid")
        if row["paid_on"]:
            paid = date.fromisoformat(row["paid_on"])
            assert paid <= EXAMPLE.end
            if row["campaign"]:
                assert begun[row["campaign"]] + timedelta(15) <= paid
                assert paid <= ended[row["campaign"]] + timedelta(45)


def test_tagged_roas_looks_like_a_brand_teams_month(tables):
    revenue = sum(float(row["revenue"]) for row in tables["tracking_data"] if row["influencer_id"])
    spend = sum(float(row["payout"]) for row in tables["campaigns"])
    assert 2 < revenue / spend < 5
    by_campaign = [float(row["tagged_roas"]) for row in tables["campaigns"]]
    assert min(by_campaign) < 1 < max(by_campaign)
