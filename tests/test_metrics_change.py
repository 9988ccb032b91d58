"""What the change of a metric says: arrow, words, colour."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.metrics import METRICS
from dashboard.metrics.change import Change, change, instead, unit_of


@pytest.mark.parametrize(
    ("name", "now", "before", "mark", "words", "mood"),
    [
        ("revenue", 500.0, 400.0, "▲", "+25.0 %", "good"),
        ("revenue", 100.0, 400.0, "▼", "−75.0 %", "bad"),
        ("revenue", -100.0, 400.0, "▼", "−125.0 %", "bad"),
        ("revenue", 400.0, 400.0, "", "±0.0 %", "still"),
        ("revenue", 400.01, 400.0, "", "±0.0 %", "still"),
        ("revenue", 0.0, 0.0, "", "±0.0 %", "still"),
        ("revenue", 400.0, 0.0, "", "new", "still"),
        ("revenue", 400.0, -50.0, "", "—", "still"),
        ("revenue", None, 50.0, "", "—", "still"),
        ("spend", 500.0, 400.0, "▲", "+25.0 %", "still"),
        ("cac", 300.0, 400.0, "▼", "−25.0 %", "good"),
        ("orders", 3, 2, "▲", "+50.0 %", "good"),
        ("roas", 3.5, 4.0, "▼", "−0.50×", "bad"),
        ("roas", 3.5, 0.0, "▲", "+3.50×", "good"),
        ("roas", 3.5, None, "", "—", "still"),
        ("break_even_incrementality", 0.25, 0.3, "▼", "−5.0 points", "good"),
        ("engagement_rate", 0.0512, 0.05, "▲", "+0.12 points", "good"),
        ("profit", 50.0, -100.0, "▲", "+₹150", "good"),
        ("contribution", -100.0, 50.0, "▼", "−₹150", "bad"),
    ],
)
def test_a_change_has_arrow_sign_and_colour(name, now, before, mark, words, mood):
    found = Change.of(METRICS[name], now, before)
    assert (found.mark, found.words, found.mood) == (mark, words, mood)


def test_a_change_is_heard_as_a_sentence():
    days = "1 Sep – 30 Sep 2026"
    heard = [
        Change.of(METRICS["revenue"], *ends).sentence(days)
        for ends in ((112.3, 100.0), (50.0, 100.0), (5.0, 5.0), (5.0, 0.0), (None, 1.0))
    ]
    assert heard == [
        f"up 12.3 % against {days}",
        f"down 50.0 % against {days}",
        f"no change against {days}",
        f"new: nothing in {days}",
        f"no change can be said against {days}",
    ]


def test_amounts_that_can_be_negative_change_by_their_difference():
    """All other money and counts change by percent: they are never below nothing by design."""
    assert {name for name, one in METRICS.items() if unit_of(one) == "₹"} == {
        "profit",
        "contribution",
    }
    assert {name for name, one in METRICS.items() if unit_of(one) == "points"} == {
        name for name, one in METRICS.items() if one.unit == "%"
    }


AMOUNTS = st.none() | st.integers(-(10**12), 10**12).map(lambda paise: paise / 100)


@given(st.sampled_from(sorted(METRICS)), AMOUNTS, AMOUNTS, st.booleans())
def test_a_change_is_a_finite_number_or_a_word_never_both(name, now, before, found):
    one = METRICS[name]
    ends = (pl.lit(now, pl.Float64), pl.lit(before, pl.Float64))
    value, word = pl.select(value=change(one, *ends), word=instead(one, *ends, pl.lit(found))).row(
        0
    )
    assert (value is None) == (word != "")
    if now is None or before is None:
        assert value is None
    elif unit_of(one) != "%":
        assert value == now - before
    elif before > 0:
        assert value == (now - before) / before
    else:
        assert value == (0.0 if now == before == 0 else None)
    assert word != "new" or (now and (not found or before == 0))
