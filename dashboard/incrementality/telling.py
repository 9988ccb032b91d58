"""Estimates as rows and sentences: the same on the page, in reports and on the command line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from dashboard.formats import (
    NOTHING,
    counted,
    day,
    listing,
    number,
    percent,
    period,
    rupees_compact,
    times,
)
from dashboard.incrementality.judging import LEAST_PLACEBOS
from dashboard.incrementality.results import Estimate, Total, total
from dashboard.query import View

VERDICTS = {
    "pays back": "Pays back",
    "inconclusive": "Inconclusive",
    "does not pay back": "Does not pay back",
    None: "Cannot be known",
}
"""Verdicts as people read them, the best first."""
NOTHING_PAID = "Nothing paid"
"""What stands for a verdict where there is a number, and no payout to hold it against."""

STATUSES = {
    "identified": "Final",
    "provisional": "Provisional",
    "not identifiable": "Not identifiable",
}

ROW = (
    "campaign",
    "verdict",
    "iroas",
    "iroas_range",
    "iroas_low",
    "iroas_high",
    "tagged_roas",
    "break_even",
    "incremental_revenue",
    "revenue_range",
    "revenue_low",
    "revenue_high",
    "payout",
    "status",
    "reason",
)
"""The columns of a row of verdicts; ranges are there in words and as their two ends."""

RANGES = ("iroas_range", "revenue_range")
_WORDS = ("campaign", "verdict", *RANGES, "status", "reason")


def in_view(estimates: Sequence[Estimate], view: View) -> tuple[Estimate, ...]:
    """Those of the campaigns that a question leaves in view; none of them is changed by it."""
    there = set(view.ask(["revenue", "orders"], ["campaign"]).frame["campaign"].drop_nulls())
    return tuple(one for one in estimates if one.campaign in there)


def row_of(one: Estimate) -> dict[str, Any]:
    """An estimate as a row of the table of verdicts, money in rupees."""
    ends, sums = one.iroas_interval or (None, None), one.interval or (None, None)
    return {
        "campaign": one.campaign,
        "verdict": said_verdict(one),
        "iroas": one.iroas,
        "iroas_range": said_range(one.iroas_interval, times),
        "iroas_low": ends[0],
        "iroas_high": ends[1],
        "tagged_roas": one.tagged_roas,
        "break_even": one.break_even,
        "incremental_revenue": one.incremental_revenue,
        "revenue_range": said_range(one.interval, rupees_compact),
        "revenue_low": sums[0],
        "revenue_high": sums[1],
        "payout": one.payout,
        "status": STATUSES[one.status],
        "reason": next(iter(one.reasons), ""),
    }


def said_verdict(one: Estimate) -> str:
    """A verdict as people read it, or why there is none."""
    return NOTHING_PAID if one.known and one.verdict is None else VERDICTS[one.verdict]


def said_range(ends: tuple[float, float] | None, say: Callable[[float], str]) -> str:
    """``1.20× to 3.40×``; nothing where there is none."""
    return NOTHING if ends is None else f"{say(ends[0])} to {say(ends[1])}"


def verdict_rows(estimates: Sequence[Estimate]) -> pl.DataFrame:
    """``(campaigns, 15)`` a row for each, the best verdict first, then by incremental ROAS."""
    order = list(IN_SENTENCE)
    ranked = sorted(
        estimates,
        key=lambda one: (
            order.index(said_verdict(one)),
            -(one.iroas if one.iroas is not None else 0.0),
            one.campaign,
        ),
    )
    schema = {name: pl.String if name in _WORDS else pl.Float64 for name in ROW}
    return pl.DataFrame([row_of(one) for one in ranked], schema=schema)


IN_SENTENCE = {
    "Pays back": "paid back",
    "Inconclusive": "cannot be told from break-even",
    "Does not pay back": "did not pay back",
    NOTHING_PAID: "came without a payout",
    "Cannot be known": "cannot be estimated from these data",
}
"""Verdicts within a sentence, the best first."""


def summary(estimates: Sequence[Estimate]) -> str:
    """How many of each verdict, and what the campaigns with a number brought together."""
    verdicts = list(map(said_verdict, estimates))
    said = listing(
        [
            f"{verdicts.count(word)} {words}"
            for word, words in IN_SENTENCE.items()
            if word in verdicts
        ],
        most=len(IN_SENTENCE),
    )
    answer = f"Of {counted(len(estimates), 'campaign')}: {said}."
    whole = total(estimates)
    if not whole.campaigns or whole.iroas_interval is None:
        return answer
    low, high = whole.iroas_interval
    return (
        f"{answer} The {counted(whole.campaigns, 'campaign')} with {_held(estimates)} brought "
        f"{times(whole.iroas)} together ({times(low)} to {times(high)})."
    )


def _held(estimates: Sequence[Estimate]) -> str:
    """What campaigns have that are added up."""
    free = any(one.known and one.payout <= 0 for one in estimates)
    return "a number and a payout" if free else "a number"


def portfolio_note(whole: Total) -> str:
    """What a card says below the incremental ROAS of all campaigns in view."""
    low, high = whole.iroas_interval or (0.0, 0.0)
    scope = (
        "all campaigns in view"
        if whole.campaigns == whole.of
        else f"{whole.campaigns} of {counted(whole.of, 'campaign')}"
    )
    return f"{times(low)} to {times(high)}, {scope}"


def headline(one: Estimate) -> str:
    """The answer in one sentence."""
    if one.incremental_revenue is None:
        return f"What came because of {one.campaign} cannot be known from these data."
    low, high = one.interval or (0.0, 0.0)
    sure = "" if one.status == "identified" else "So far, "
    return (
        f"{sure}{rupees_compact(one.incremental_revenue)} came because of it "
        f"({rupees_compact(low)} to {rupees_compact(high)}): "
        f"{VERDICTS[one.verdict].lower() if one.verdict else 'nothing was paid for it'}."
    )


def facts(one: Estimate) -> list[tuple[str, str]]:
    """The figures of an estimate, each with its label."""
    said = [
        ("Verdict", said_verdict(one)),
        ("Status", STATUSES[one.status]),
        ("Incremental ROAS", times(one.iroas)),
        ("Its range", said_range(one.iroas_interval, times)),
        ("Pays back from", "no iROAS" if math.isinf(one.needed) else times(one.needed)),
        ("Tagged ROAS", times(one.tagged_roas)),
        ("Paid for it", rupees_compact(one.payout)),
        ("Break-even share", percent(one.break_even)),
    ]
    if one.factor is not None:
        said.append(("Incremental ÷ tagged", times(one.factor)))
    return said


def words(one: Estimate) -> list[tuple[str, str]]:
    """Why, what it rests on and how far it is to be believed, in sentences."""
    about = one.diagnostics
    said = {"Why": " ".join(one.reasons)}
    if one.window:
        said["Days"] = f"{period(*one.window)}: from its first post to 14 days after its last."
    if about.products:
        said["It sells"] = f"{listing(about.products)}."
    if about.together:
        said["Estimated together with"] = f"{listing(about.together)}."
    if about.donors:
        said["What would have happened"] = (
            f"Told by sales of {listing(about.donors)}, which no campaign touched; learnt on "
            f"{counted(about.before, 'day')} before and {counted(about.after, 'day')} after."
        )
    if about.excluded:
        said["Left out by you"] = f"{listing(about.excluded)}."
    if about.error is not None:
        missed = percent(about.error)
        said["Fit"] = f"A week before the campaign is missed by {missed} on average."
    if about.placebos:
        said["Check"] = _check(one)
    if about.log_lift is not None and about.level_lift is not None:
        said["A second way"] = (
            f"Lift over usual sales {percent(about.log_lift)}; worked out on rupees instead of "
            f"logarithms {percent(about.level_lift)}."
        )
    if about.festivals:
        said["Festivals in it"] = (
            f"{listing(about.festivals)}. Products that no campaign touched tell how much of the "
            "rise is the festival's."
        )
    if about.settled:
        said["Final from"] = f"{day(about.settled)}, once that day is in the data."
    return list(said.items())


def _check(one: Estimate) -> str:
    about = one.diagnostics
    tried = counted(len(about.placebos), "stretch", "stretches")
    said = f"Tried on {tried} of the same length where nothing happened"
    if about.quantile is None:
        return f"{said}."
    if not one.known and len(about.placebos) < LEAST_PLACEBOS:
        return f"{said}; it takes {LEAST_PLACEBOS} to tell how far off it is."
    stayed = f"{said}: nine in ten stayed within {number(about.quantile, 2)} standard errors"
    return f"{stayed}, which is how wide the range is drawn." if one.known else f"{stayed}."
