"""Six creators of two campaigns, what is known of these, and views of the page Planner."""

from __future__ import annotations

from dashboard.incrementality import Work
from dashboard.pages.planner import Planner
from dashboard.planning import Plan, Prospect
from dashboard.state import Explorer
from dashboard.views import planned as planned_module
from tests.test_planning import BENT, an_estimate
from tests.worlds import dataset

CREATORS = ("asha", "bela", "chitra", "dev", "esha", "farah")


def tables(names=CREATORS, **changed):
    """Six creators of Whey: the first three on YouTube, the others on Instagram; 100 each a day.

    Each was paid 100 more than the one before for orders of 500 on 1 March; asha alone had an old
    campaign as well.
    """
    people = [
        {
            "influencer_id": name,
            "name": name,
            "platform": "YouTube" if at < 3 else "Instagram",
            "follower_count": 20_000,
        }
        for at, name in enumerate(names)
    ]
    sold = [
        {
            "influencer_id": name,
            "campaign": "Whey",
            "product": "Whey",
            "date": "2026-03-01",
            "orders": 5,
            "revenue": 500,
        }
        for name in names
    ]
    old = dict(sold[0], campaign="Bars", product="Bars", date="2025-06-01")
    paid = [
        {
            "influencer_id": name,
            "campaign": "Whey",
            "total_payout": 100 * (at + 1),
            "basis": "order",
        }
        for at, name in enumerate(names)
    ]
    old_paid = dict(paid[0], campaign="Bars", total_payout=432)
    return {
        "influencers": people,
        "tracking_data": [*sold, old],
        "payouts": [*paid, old_paid],
        **changed,
    }


ESTIMATES = (
    an_estimate("Bars", 300, 90, 500, payout=432),
    an_estimate("Whey", 4_500, 300, 3_000, payout=2100),
)


def explorer_of(*found, done=True, **changed):
    """An explorer for whom the estimates are worked out, or on their way."""
    explorer = Explorer(dataset(**tables(**changed)))
    explorer.work = Work()
    explorer.work.tell(1, 3)
    if done:
        explorer.work.end(found or ESTIMATES)
    return explorer


def a_prospect(name, expected=2.0, choice="book again", most=1000.0, **more):
    given = {
        "tier": "micro",
        "interval": (expected / 2, expected * 2),
        "chance": {"book again": 0.9, "test again": 0.5, "stop": 0.1}[choice],
        "reason": "Because.",
        "payout": most,
        "incremental_orders": 10.25,
        "told": ((most, 1.0),),
        "own": 0.25,
        "brought": 3 * most,
        **more,
    }
    return Prospect(influencer=name, expected=expected, choice=choice, most=most, **given)


def giving(monkeypatch):
    """Call what it returns with a plan that all views are to find, whatever the data."""

    def give(*prospects, curves=BENT, reason=""):
        found = Plan(prospects, curves, reason)
        monkeypatch.setattr(planned_module, "plan", lambda *_: found)
        return explorer_of()

    return give


def refreshed(explorer):
    page = Planner(explorer, strict=True)
    page.refresh()
    return page
