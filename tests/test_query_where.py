"""What a question keeps, in values and in words, and what spend it leaves out."""

from __future__ import annotations

import datetime as dt

import pytest

from dashboard.errors import QueryError, UnknownNameError, UnknownValueError
from dashboard.query import View, Where, labels
from tests.question_world import WORLD
from tests.worlds import ledger


@pytest.fixture(scope="module")
def made():
    return ledger(**WORLD)


@pytest.mark.parametrize(
    ("where", "in_view", "left_out", "sentences"),
    [
        ({}, 157.0, 0.0, ()),
        ({"platform": ("YouTube",)}, 90.0, 27.0, ("₹27 of spend, 23 %, has no platform",)),
        ({"campaign": ("A",)}, 120.0, 7.0, ("₹7 of spend, 6 %, has no campaign",)),
        ({"product": ("Whey",)}, 80.0, 7.0, ("₹7 of spend, 8 %, has no product",)),
        ({"brand": ("Gritzo",)}, 30.0, 7.0, ("₹7 of spend, 19 %, has no brand",)),
        ({"first": dt.date(2026, 3, 1)}, 40.0, 7.0, ("₹7 of spend, 15 %, has no date",)),
        ({"basis": ("post",)}, 40.0, 7.0, ("₹7 of spend, 15 %, has no payout basis",)),
        ({"influencer": ("Bela",), "campaign": ("A",)}, 40.0, 0.0, ()),
        (
            {"campaign": ("A",), "platform": ("Instagram",)},
            40.0,
            27.0,
            ("₹7 of spend, 10 %, has no campaign", "₹20 of spend, 30 %, has no platform"),
        ),
        (
            {"campaign": ("A",), "first": dt.date(2027, 1, 1)},
            0.0,
            7.0,
            ("₹7 of spend, 100 %, has no date",),
        ),
    ],
    ids=str,
)
def test_spend_that_carries_nothing_to_filter_by_is_left_out_and_said(
    made, where, in_view, left_out, sentences
):
    """What carries another value is out of view by choice and not counted here; each rupee once."""
    found = View(made, Where(**where)).coverage()
    assert (found.spend_in_view, found.spend_left_out) == (in_view, left_out)
    assert found.sentences == tuple(f"{said} and is not in this view." for said in sentences)


def test_a_question_in_words():
    where = Where(
        brand=("MuscleBlaze", "Gritzo"), first=dt.date(2026, 6, 1), last=dt.date(2026, 11, 30)
    )
    assert where.words() == (("Period", "1 Jun – 30 Nov 2026"), ("Brand", "MuscleBlaze or Gritzo"))
    assert where.sentence() == "Period: 1 Jun – 30 Nov 2026; Brand: MuscleBlaze or Gritzo"
    assert Where(first=where.first).sentence() == "Period: from 1 Jun 2026"
    assert Where(last=where.last).sentence() == "Period: until 30 Nov 2026"
    assert Where().sentence() == "No filters: everything is in view"
    assert where.without("brand", "period") == Where()


def test_a_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(QueryError, match=r"starts on 2 Jan 2026, after its end on 1 Jan 2026"):
        Where(first=dt.date(2026, 1, 2), last=dt.date(2026, 1, 1))


def test_values_are_found_as_people_type_them(made):
    typed = {
        "platform": ["yt", "INSTAGRAM"],
        "brand": ["muscleblaze"],
        "gender": ["f"],
        "basis": ["Per Order"],
        "influencer": ["1", "bela", "unknown influencer (9)"],
        "tier": [" nano ", ""],
    }
    assert Where.of(made, typed) == Where(
        platform=("YouTube", "Instagram"),
        brand=("MuscleBlaze",),
        gender=("Female",),
        basis=("order",),
        influencer=("Asha", "Bela", "Unknown influencer (9)"),
        tier=("nano",),
    )


def test_an_unknown_value_or_filter_gets_the_nearest_and_all_valid_ones(made):
    with pytest.raises(UnknownValueError) as caught:
        Where.of(made, {"brand": ["Grizto"]})
    assert str(caught.value) == (
        "No brand is called 'Grizto' in this data. Did you mean 'Gritzo'? "
        "Valid: Gritzo, MuscleBlaze."
    )
    with pytest.raises(UnknownNameError, match="There is no filter 'persona'"):
        Where.of(made, {"persona": ["x"]})


def test_labels_are_in_reading_order_and_tiers_by_size(made):
    assert labels(made, "platform") == ["Instagram", "YouTube"]
    assert labels(made, "tier") == ["nano", "micro"]
    assert labels(made, "basis") == ["order", "post"]
    assert labels(made, "brand") == ["Gritzo", "MuscleBlaze"]
