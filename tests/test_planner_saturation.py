"""The page Planner: how far bookings grow."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.planning import Curve
from dashboard.views.saturation import Saturation
from tests.planner_world import a_prospect, giving
from tests.viewed import shown


@pytest.fixture
def given(monkeypatch):
    return giving(monkeypatch)


CURVES = (
    ("macro", Curve(3.0, 0.0, 9)),
    ("micro", Curve(4.0, 0.001, 12)),
    ("mid", Curve(0.9, 0.001, 7)),
    ("nano", Curve(4.0, 0.0001, 2, pooled=True)),
)


def saturating(given):
    return given(
        a_prospect("asha", tier="micro", most=3000),
        a_prospect("bela", tier="mid", most=3000),
        a_prospect("chitra", tier="macro", most=3000),
        a_prospect("dev", tier="nano", most=500),
        a_prospect("esha", tier=None, most=200),
        curves=CURVES,
    )


def test_it_is_said_from_which_booking_on_a_rupee_brings_too_little(given):
    """4 / (1 + 1)² is 1: at 1,000 for micro; at 10,000 for nano, which was paid 500 at most."""
    chart = shown(Saturation(saturating(given)))
    assert chart.card.sentence == (
        "On the average of a tier, at 1.00×: the next rupee pays back up to a booking of ₹1,000 "
        "(micro); it pays back up to the most ever paid: nano (₹500) and macro (₹3,000); not even "
        "the first rupee pays back for mid. Pooled, because of fewer than 6 bookings: nano (2 "
        "bookings). Single creators lie above and below."
    )
    frame = chart.numbers()
    assert frame["tier"].to_list() == ["nano", "micro", "mid", "macro"]
    assert frame["pays_back_until"].to_list() == pytest.approx([10_000, 1000, 0, None])


def test_a_curve_is_drawn_as_far_as_its_tier_was_booked(given):
    """4 s / (1 + s / 1000): 2,000 at 1,000, where the mark is; nano ends at 500."""
    chart = shown(Saturation(saturating(given)))
    data = chart.source.data
    spend, nano = np.asarray(data["spend"]), np.asarray(data["nano"])
    assert np.asarray(data["micro"]) == pytest.approx(4 * spend / (1 + spend / 1000))
    assert np.isnan(nano[spend > 500]).all()
    assert nano[spend <= 500] == pytest.approx(
        4 * spend[spend <= 500] / (1 + spend[spend <= 500] / 1e4)
    )
    assert np.isnan(np.asarray(data["celebrity"])).all()
    marks = [(x, y) for x, y in zip(data["full"], data["brought"], strict=True) if not np.isnan(x)]
    assert marks == [(pytest.approx(1000), pytest.approx(2000))]
    assert chart.figure.x_range.end == spend[-1]
    assert chart.figure.y_range.end > np.nanmax(data["macro"])
    assert chart.line.gradient == 1.0


def test_only_tiers_in_view_have_a_curve(given):
    explorer = saturating(given)
    explorer.filters.influencer = ["bela", "esha"]
    chart = shown(Saturation(explorer))
    assert chart.numbers()["tier"].to_list() == ["mid"]
    explorer.filters.influencer = ["esha"]
    assert shown(chart).card.state[0] == "empty"
    assert chart.numbers().is_empty()
