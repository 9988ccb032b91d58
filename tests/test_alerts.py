"""Each rule fires on what it is for, and just does not fire beside it; the worst comes first."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from urllib.parse import parse_qsl

import pytest

from dashboard.alerts import MOST, MOST_OF_ONE, Alert, first, look, said
from dashboard.app import App
from dashboard.errors import SettingsError
from dashboard.query import View, Where
from dashboard.settings import Settings
from tests.worlds import dataset, ledger

END = dt.date(2026, 6, 30)


def ago(days):
    return (END - dt.timedelta(days=days)).isoformat()


def sold(creator, days, orders, revenue, **more):
    """A tracking row, so many days before the last one."""
    row = {"influencer_id": creator, "date": ago(days), "orders": orders, "revenue": revenue}
    return {"campaign": "A", "brand": "Gritzo", "product": "Kids"} | row | more


def paid(creator, amount, days=None, **more):
    """A payout; with ``days`` its work was done so many days before the last."""
    row = {"influencer_id": creator, "campaign": "A", "basis": "post", "total_payout": amount}
    return row | ({} if days is None else {"date": ago(days)}) | more


def seen(where=None, settings=None, **tables):
    """The alerts of a world."""
    return look(View(ledger(**tables), where or Where()), settings or Settings())


def of(rule, alerts):
    return [alert for alert in alerts if alert.name == rule]


def sentences(rule, alerts):
    return [alert.sentence for alert in of(rule, alerts)]


TODAY = sold("zoya", 0, 1, 0, campaign="Z", product="Bar")
"""An order that brings the tracking up to the last day."""


# ------------------------------------------------------------------------------ ROAS below a floor


def floored(revenue, orders, spend, settings=None):
    found = seen(
        tracking_data=[sold("asha", 3, orders, revenue)],
        payouts=[paid("asha", spend, 3)],
        settings=settings,
    )
    return sentences("roas-below-floor", found)


def test_a_campaign_below_the_floor_is_named_with_what_is_short():
    """1,000 spent, 500 back in 5 orders of 100: 10 orders would have reached 1×."""
    assert floored(500, 5, 1000) == [
        "A stands at ROAS 0.50×, below 1.00×: ₹1,000 spent, ₹500 back."
    ]


def test_a_campaign_at_the_floor_is_not():
    assert floored(1000, 10, 1000) == []
    assert len(floored(999.99, 10, 1000)) == 1


def test_too_few_orders_to_say_so_are_no_alert():
    """990 spent at 100 an order: 9.9 orders would have reached 1×."""
    assert floored(500, 5, 990) == []
    assert len(floored(500, 5, 990, Settings(poor_orders=9))) == 1


def test_the_floor_is_a_setting():
    assert floored(1000, 10, 1000, Settings(alert_roas=1.01)) != []
    assert floored(500, 5, 1000, Settings(alert_roas=0.5)) == []


def test_what_is_at_stake_is_the_revenue_missing_to_the_floor():
    (alert,) = seen(
        tracking_data=[sold("asha", 3, 5, 500)],
        payouts=[paid("asha", 1000, 3)],
        settings=Settings(alert_roas=2),
    )
    assert (alert.stake, alert.page, alert.about) == (1500, "campaigns", {"campaign": "A"})


# ----------------------------------------------------------------------- spending without orders


def silent(spent, *tracking, **asked):
    found = seen(tracking_data=[TODAY, *tracking], payouts=spent, **asked)
    return sentences("no-orders", found)


def test_a_campaign_that_spent_seven_days_without_an_order_is_named():
    """An order ten days ago; then 500 six days ago, which with today are seven days."""
    spent = [paid("asha", 300, 20), paid("asha", 500, 6)]
    assert silent(spent, sold("asha", 10, 1, 100)) == [
        "A has spent ₹500 since 24 Jun 2026 without an order: 7 days by 30 Jun 2026."
    ]


def test_six_days_are_not_seven():
    assert silent([paid("asha", 500, 5)], sold("asha", 10, 1, 100)) == []
    wanted = Settings(alert_silent_days=6)
    assert len(silent([paid("asha", 500, 5)], sold("asha", 10, 1, 100), settings=wanted)) == 1


def test_an_order_since_or_on_the_day_of_the_spend_breaks_the_silence():
    for days in (6, 5, 0):
        assert silent([paid("asha", 500, 6)], sold("asha", days, 1, 100)) == []


def test_a_return_is_no_order():
    assert len(silent([paid("asha", 500, 6)], sold("asha", 2, -1, -100))) == 1


def test_a_campaign_that_never_had_an_order_is_named_too():
    assert len(silent([paid("asha", 500, 6)])) == 1


def test_a_campaign_that_spends_no_more_is_over():
    """The last spend counts as running for 28 days with its own."""
    assert len(silent([paid("asha", 500, 27)])) == 1
    assert silent([paid("asha", 500, 28)]) == []


def test_silence_is_judged_at_the_end_of_the_period_whatever_its_start():
    """On 24 June the spend of the 18th had waited seven days; the order came on the 25th."""
    spent, order = [paid("asha", 500, 12)], sold("asha", 5, 1, 100)
    day = dt.date(2026, 6, 24)
    rows = [order, sold("asha", 40, 1, 100)]
    assert silent(spent, *rows) == []
    assert len(silent(spent, *rows, where=Where(first=day, last=day))) == 1
    assert silent(spent, *rows, where=Where(last=dt.date(2026, 6, 23))) == []


def test_days_after_the_last_one_tracked_are_no_silence():
    """A post two weeks later does not make two weeks without orders."""
    posts = [{"influencer_id": "asha", "date": (END + dt.timedelta(14)).isoformat()}]
    assert silent([paid("asha", 500, 3)], posts=posts) == []


def test_the_other_filters_are_respected():
    spent = [paid("asha", 500, 6), paid("bela", 500, 6, campaign="B")]
    kept = silent(spent, where=Where(campaign=("B",)))
    assert [sentence[:2] for sentence in kept] == ["B "]


# -------------------------------------------------------------------------------- payouts too high


def overpaid(*payouts, settings=None, **asked):
    posts = [{"influencer_id": "asha", "date": ago(day), "campaign": "A"} for day in (3, 4)]
    found = seen(posts=posts, payouts=payouts, settings=settings, **asked)
    return of("overpaid", found)


def test_payouts_above_rate_times_units_are_summed_by_creator():
    """Two posts at 100 are 200; 210 and 230 were paid, and 20 orders at 5 as agreed."""
    (alert,) = overpaid(
        paid("asha", 210, rate=100),
        paid("asha", 230, rate=100),
        paid("asha", 100, basis="order", rate=5, orders=20),
    )
    assert alert.sentence == (
        "asha was paid ₹40 above rate × units (₹440 where it gives ₹400) in 2 payouts."
    )
    assert (alert.stake, alert.page, alert.about) == (40, "payouts", {"influencer": "asha"})


def test_a_percent_above_is_let_pass():
    assert overpaid(paid("asha", 202, rate=100)) == []
    assert len(overpaid(paid("asha", 202.01, rate=100))) == 1
    assert overpaid(paid("asha", 210, rate=100), settings=Settings(alert_overpaid=5)) == []
    assert len(overpaid(paid("asha", 200.01, rate=100), settings=Settings(alert_overpaid=0))) == 1


def test_less_than_rate_times_units_or_an_unknown_rate_is_no_alert():
    assert overpaid(paid("asha", 190, rate=100), paid("asha", 999)) == []


def test_paid_for_nothing_delivered():
    """By order, and none was counted."""
    (alert,) = overpaid(paid("asha", 50, basis="order", rate=5, orders=0))
    assert "(₹50 where it gives ₹0)" in alert.sentence


def test_only_payouts_are_looked_at_under_a_basis():
    found = seen(
        tracking_data=[TODAY, sold("asha", 40, 5, 500)],
        posts=[{"influencer_id": "asha", "date": ago(6), "reach": 10, "likes": 99}],
        payouts=[paid("asha", 5000, 6, rate=100)],
    )
    assert {alert.name for alert in found} == {
        "roas-below-floor", "no-orders", "overpaid", "engagement-above-reach",
    }  # fmt: skip
    again = seen(
        tracking_data=[TODAY, sold("asha", 40, 5, 500)],
        posts=[{"influencer_id": "asha", "date": ago(6), "reach": 10, "likes": 99}],
        payouts=[paid("asha", 5000, 6, rate=100)],
        where=Where(basis=("post",)),
    )
    assert {alert.name for alert in again} == {"overpaid"}


# ------------------------------------------------------------------------ engagement above 100 %


def engaged(*posts, settings=None, where=None):
    rows = [{"influencer_id": "asha", "date": ago(3), **post} for post in posts]
    return sentences("engagement-above-reach", seen(posts=rows, settings=settings, where=where))


def test_more_engagements_than_reach_are_counted_by_creator():
    """160 of 100, 300 of 200, and 100 of 100, which can be."""
    posts = (
        {"reach": 100, "likes": 150, "comments": 10},
        {"reach": 200, "likes": 300},
        {"reach": 100, "likes": 100},
    )
    assert engaged(*posts) == ["2 posts by asha show engagement above 100 % of reach, up to 160 %."]
    assert engaged(*posts, settings=Settings(alert_engagement=150)) == [
        "1 post by asha shows engagement above 150 % of reach, at 160 %."
    ]


def test_no_reach_or_all_of_it_is_no_alert():
    assert engaged({"reach": 0, "likes": 5}, {"reach": 7, "likes": 7}) == []


def test_engagement_is_looked_at_in_the_period():
    assert engaged({"reach": 1, "likes": 2}, where=Where(last=END - dt.timedelta(4))) == []


# ------------------------------------------------------------------------------ results collapsing


def history(lately, usual=1000, orders=30, back=111):
    """``usual`` for each 28 days before the last, from so many days back; then ``lately``."""
    return [
        sold("asha", back, orders - 2, 3 * usual - 1),
        sold("asha", 28, 2, 1),
        *([sold("asha", 27, 1, lately)] if lately else []),
        TODAY,
    ]


def collapsed(tracking, *, posts=(5,), settings=None, **asked):
    published = [{"influencer_id": "asha", "date": ago(day)} for day in posts]
    found = seen(tracking_data=tracking, posts=published, settings=settings, **asked)
    return of("collapsed", found)


def test_a_creator_who_sells_less_than_two_fifths_of_the_usual_is_named():
    """3,000 in 84 days are 1,000 in 28, from 10 orders; 399 came since."""
    (alert,) = collapsed(history(399))
    assert alert.sentence == (
        "asha sold for ₹399 in the 28 days to 30 Jun 2026, 40 % of the usual ₹1,000, with 1 post."
    )
    assert (alert.stake, alert.page, alert.about) == (601, "influencers", {"influencer": "asha"})


def test_two_fifths_are_no_collapse():
    assert collapsed(history(400)) == []
    assert len(collapsed(history(400), settings=Settings(alert_collapse=40.1))) == 1


def test_fewer_than_ten_orders_in_28_days_say_nothing():
    assert collapsed(history(0, orders=29)) == []
    assert len(collapsed(history(0, orders=30))) == 1


def test_a_creator_who_did_not_work_did_not_collapse():
    assert collapsed(history(0), posts=()) == []
    assert collapsed(history(0), posts=(28,)) == []
    assert len(collapsed(history(0), posts=(27,))) == 1
    (alert,) = collapsed(history(0), posts=(), payouts=[paid("asha", 80, 27)])
    assert alert.sentence.endswith("0 % of the usual ₹1,000, with ₹80 of spend.")


def test_data_that_does_not_reach_back_112_days_say_nothing():
    assert collapsed(history(0, back=110)) == []


def test_collapse_is_judged_at_the_end_of_the_period_from_days_before_it():
    """A period of one day sees the 112 days up to it; the day before, the order was usual yet."""
    tracking = [sold("asha", 130, 1, 1), *history(0)]
    day = Where(first=END, last=END)
    assert len(collapsed(tracking, where=day)) == 1
    before = END - dt.timedelta(days=1)
    assert collapsed(tracking, where=Where(first=before, last=before)) == []


# ------------------------------------------------------------------------------- all of them


def alert(rule, who, stake=0.0):
    return Alert(rule, lambda: f"{who}.", "payouts", {"influencer": who}, stake)


def test_the_worst_comes_first_and_grave_is_a_share_of_the_spend():
    """1,000 of spend: 50 above is 5 % of it, 5 is half a percent, and 4.99 is below that."""
    payouts = [
        paid("asha", 200, basis="order", rate=1, orders=150),
        paid("bela", 400, basis="order", rate=1, orders=395),
        paid("cara", 400, basis="order", rate=0.01, orders=39501),
    ]
    found = seen(payouts=payouts)
    assert [(one.stake, one.severity) for one in found] == [
        (50.0, "high"),
        (5.0, "medium"),
        (4.99, "low"),
    ]


def test_ten_are_shown_and_no_rule_crowds_out_the_others():
    many = [alert("overpaid", f"creator {n}", 100 - n) for n in range(12)]
    few = [alert("no-orders", f"campaign {n}", 5 - n) for n in range(3)]
    shown = first([*many, *few])
    assert len(shown) == MOST
    assert shown == [*many[: MOST - 3], *few]
    assert first(many) == many[:MOST]
    assert first(few) == few
    assert MOST_OF_ONE < MOST - 3


def test_what_is_not_shown_is_counted():
    assert said([], 0) == "Nothing needs a look under these filters."
    assert said([alert("overpaid", "a")], 1) == "1 thing needs a look, the worst first."
    many = [alert("overpaid", str(n)) for n in range(14)]
    assert said(many, 10) == (
        "14 things need a look, the worst first. 10 are shown, and 4 more are not."
    )


def test_no_data_at_all_is_calm():
    assert seen() == ()
    assert seen(payouts=[paid("asha", 10)]) == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("alert_roas", -0.1),
        ("alert_silent_days", 0),
        ("alert_overpaid", -1),
        ("alert_engagement", 0),
        ("alert_collapse", 101),
    ],
)
def test_a_threshold_outside_its_range_stops_the_start(name, value):
    with pytest.raises(SettingsError, match=f"'{name}' is {value}; it must be from"):
        Settings(**{name: value})


# ----------------------------------------------------------------------------------- on the page

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def app():
    return App(
        dataset(
            influencers=[{"influencer_id": "1", "name": HOSTILE}],
            tracking_data=[sold("1", 3, 5, 500)],
            payouts=[paid("1", 1000, basis="order", rate=5, orders=20)],
        ),
        strict=True,
    )


def test_an_alert_is_a_link_to_its_page_under_its_filter(app):
    """The other filters stay, as the link of any page keeps them."""
    app.explorer.filters.platform = ["YouTube"]
    page = app.pages["Overview"]
    page.refresh()
    view = page.views["alerts"]
    assert [one.name for one in view.found] == ["overpaid", "roas-below-floor"]
    links = re.findall(r'data-visit="([^"]*)"', view._list.object)
    assert [parse_qsl(unescape(link)) for link in links] == [
        [("page", "payouts"), ("platform", "YouTube"), ("influencer", HOSTILE)],
        [("page", "campaigns"), ("campaign", "A"), ("platform", "YouTube")],
    ]


def test_names_in_alerts_are_text(app):
    view = app.pages["Overview"]
    view.refresh()
    shown = view.views["alerts"]
    assert HOSTILE not in shown._list.object
    assert "&lt;img src=x onerror=alert(1)&gt; was paid" in shown._list.object
    assert shown.card.sentence == "2 things need a look, the worst first."
    assert shown.numbers()["at_stake"].to_list() == [900.0, 500.0]


def test_a_page_without_alerts_says_so():
    calm = App(dataset(tracking_data=[TODAY]), strict=True)
    page = calm.pages["Overview"]
    page.refresh()
    shown = page.views["alerts"]
    assert shown.card.sentence == "Nothing needs a look under these filters."
    assert shown._list.object == ""
    calm.explorer.filters.platform = ["YouTube"]
    page.refresh()
    assert shown.card.sentence == "Nothing needs a look under these filters."


def test_a_basis_filter_is_said(app):
    app.explorer.filters.basis = ["order"]
    page = app.pages["Overview"]
    page.refresh()
    shown = page.views["alerts"]
    assert shown.card.sentence == (
        "1 thing needs a look, the worst first. Under a filter on the payout basis only payouts "
        "are looked at."
    )
