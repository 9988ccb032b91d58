"""The whole plan: from a ledger and its estimates to lists and curves, or why there are none."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.formats import counted
from dashboard.incrementality import Estimate
from dashboard.ledger import Ledger
from dashboard.planning.expecting import prospects
from dashboard.planning.results import Plan
from dashboard.planning.saturation import curves
from dashboard.planning.weighing import bookings

LEAST_CREATORS = 5
"""Creators with payouts that it takes to know what creators in general bring."""


def plan(ledger: Ledger, estimates: Sequence[Estimate], needed: float = 1.0) -> Plan:
    """What to expect of each creator's next booking.

    Parameters
    ----------
    ledger
        Whose pairs say who was paid for which campaign, and whose code brought which orders.
    estimates
        What ``incrementality.estimate`` found; those without a number borrow from the others.
    needed
        The iROAS that pays back: 1, or 1 / gross margin.
    """
    if not any(one.known and one.tagged_revenue > 0 for one in estimates):
        return Plan(
            reason="No campaign has an incremental revenue yet, so nothing can be said of the next "
            "booking. The page Incrementality says what each campaign lacks."
        )
    booked = bookings(ledger, estimates)
    paid = [one for one in booked if one.payout > 0]
    people = len({one.influencer for one in paid})
    if people < LEAST_CREATORS:
        return Plan(
            reason=f"Only {counted(people, 'creator')} of these campaigns "
            f"{'is' if people == 1 else 'are'} paid; it takes {LEAST_CREATORS} to know what is "
            "usual. Name the campaign in more payouts."
        )
    return Plan(prospects(paid, needed), curves(paid))
