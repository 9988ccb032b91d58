"""Estimates of invented shops: the only one, its numbers, and what it was refused for."""

from __future__ import annotations

from functools import cache

from dashboard.incrementality import estimate
from dashboard.incrementality.series import panel, runs
from tests.incremental_world import Campaign, shop


@cache
def quiet_shop():
    """One campaign that did nothing, and is paid 5,000."""
    return shop()


@cache
def strong_shop():
    """One campaign that sold two fifths more for a month."""
    return shop([Campaign(lift=0.4)], noise=0.2, seed=3)


@cache
def strong_answer():
    """What came because of that campaign, worked out once."""
    return only(strong_shop())


def only(shop, **options):
    (found,) = estimate(shop.ledger(), **options)
    return found


def numbers(found):
    """Everything of an estimate that is a number made by the estimator."""
    return (
        found.incremental_revenue,
        found.interval,
        found.iroas,
        found.iroas_interval,
        found.factor,
        found.verdict,
    )


def refused(found, *words):
    """Not identifiable, without any number, for a reason with these words in a full sentence."""
    assert found.status == "not identifiable"
    assert numbers(found) == (None,) * 6
    assert found.diagnostics.path is None
    assert found.reasons
    assert all(reason.endswith(".") for reason in found.reasons)
    for word in words:
        assert any(word in reason for reason in found.reasons), found.reasons
    return True


def a_run(made, name="Launch"):
    seen = panel(made)
    every = runs(made, seen)
    return next(one for one in every if one.name == name), every, seen
