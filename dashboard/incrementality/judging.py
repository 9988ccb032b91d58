"""What may be said: gates before a number is shown, the verdict on it, and both in words."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from dashboard.formats import counted, day, listing, number, percent, rupees_compact, times
from dashboard.incrementality.measuring import SEPARABLE, Measured, alike
from dashboard.incrementality.results import Estimate, Interval, Verdict
from dashboard.incrementality.series import SILENT_DAYS, TOUCHED, Case, Panel, Run

LEAST_DONORS = 2
LEAST_BEFORE = 110
LEAST_ORDERS = 5.0
LEAST_PLACEBOS = 10
WIDEST = 0.25
MOST_MISSING = 0.2
"""Share of the window's days that may lack data."""
SETTLED_AFTER = 30
"""Days after the window until an answer is final."""
POWER = 0.84
"""How many standard errors beyond the interval an effect must lie to show four times in five."""


def no_case(run: Run, panel: Panel | None) -> str:
    """Why a campaign has no window or no product to look at."""
    if panel is None or not panel.known.any():
        return NO_BASELINE
    if run.window is None:
        posted = (
            f"All its {counted(run.outside, 'post')} lie outside the days with tracked sales. "
            if run.outside
            else ""
        )
        return (
            f"{posted}No order and no post within the tracked days is known by this campaign's "
            "name, so there is no window to look at. Give its tracking rows or posts the campaign."
        )
    if run.window[0] >= panel.days:
        return (
            f"Its first post comes after the last day of sales, {day(panel.date(panel.days - 1))}. "
            "Load later tracking data."
        )
    return (
        f"No product has more than {percent(TOUCHED, 0)} of its orders in the window from this "
        "campaign, so it is not known what it may have moved. Where its orders go unmarked, tag "
        "more of them with its links or codes."
    )


NO_BASELINE = (
    "The data holds only orders that carry a creator. What would have come anyway cannot be told "
    "from them: add the untagged sales of the same products (organic, ads, email) as rows of "
    "tracking_data without an influencer_id. Until then, break-even says which share of tagged "
    "revenue must be incremental."
)


def before_measuring(case: Case) -> Iterator[str]:
    """What stands against an answer whatever the estimator would say."""
    run, panel = case.run, case.panel
    names = listing(panel.names(run.items))
    if not panel.has_baseline[list(run.items)].any():
        yield (
            f"{names}: all orders carry a creator. Add the untagged sales of the product, as rows "
            "of tracking_data without an influencer_id."
        )
    length = case.last - case.first + 1
    inside = slice(case.first, case.last + 1)
    if case.revenue[inside].sum() <= 0:
        yield f"{names}: no revenue in the window. Check the revenue column of those days."
        return
    if case.gap > MOST_MISSING * length:
        yield (
            f"{case.gap} of the window's {counted(length, 'day')} have no tracked sales of any "
            "product. Load the missing days."
        )
    if case.silent >= SILENT_DAYS or case.silent > MOST_MISSING * length:
        yield (
            f"{names}: not one sale on {case.silent} days of the window in a row. That looks like "
            "out of stock, and no campaign can be judged by it."
        )
    yield from _too_few_days(case)
    sold = case.orders[case.days].mean() if len(case.days) else 0.0
    if sold < LEAST_ORDERS:
        few = number(math.floor(sold * 10) / 10, 1)
        yield (
            f"{names}: {few} orders a day; chance hides any effect below {number(LEAST_ORDERS)}. "
            "Campaigns on products that sell more can be judged."
        )
    yield from _too_few_donors(case)
    if alike(case) > SEPARABLE:
        others = listing([other.name for other in case.others])
        yield (
            f"It ran on the same product and the same days as {others}: nothing in the data tells "
            "their effects apart. Start campaigns on one product at least three weeks apart."
        )


def _too_few_days(case: Case) -> Iterator[str]:
    if case.before >= LEAST_BEFORE:
        return
    days = counted(case.before, "usable day")
    there = case.first - max(0, case.first - 180)
    taken = int(case.blocked[max(0, case.first - 180) : case.first].sum())
    if there < LEAST_BEFORE:
        why = f"The data begins {counted(max(case.first, 0), 'day')} before the campaign"
        mend = "Load earlier sales."
    elif taken:
        why = "Other campaigns ran on the same product before it"
        mend = "Leave a product without campaigns for about four months to learn its usual sales."
    else:
        why = "The product did not sell, or was not tracked, on many days before it"
        mend = "Load the missing days, or wait until the product has a longer history."
    yield f"{why}: that leaves {days} to learn from, and it takes {LEAST_BEFORE}. {mend}"


def _too_few_donors(case: Case) -> Iterator[str]:
    count = len(case.donors)
    if count >= LEAST_DONORS:
        return
    found = f"only {case.panel.names(case.donors)[0]}" if count else "none"
    out = f" {listing(case.excluded)} you have taken out yourself." if case.excluded else ""
    yield (
        "To know the market's mood it takes at least two products that no campaign touched around "
        f"these days and that sell steadily; there is {found}.{out} Keep some products free of "
        "campaigns, or add their sales to the data."
    )


def after_measuring(measured: Measured) -> Iterator[str]:
    """What stands against an answer once it is there."""
    count = len(measured.placebos)
    if count < LEAST_PLACEBOS:
        yield (
            f"Only {counted(count, 'quiet stretch', 'quiet stretches')} of the same length could "
            f"be used to check the method on; it takes {LEAST_PLACEBOS}. A longer history, more "
            "untouched products or a shorter campaign would give more."
        )
    low, high = measured.interval
    share = (high - low) / 2 / measured.counterfactual
    if not share <= WIDEST:
        said = math.ceil(share * 100) / 100 if math.isfinite(share) else share
        yield (
            f"The answer is uncertain by {percent(said, 0)} of the usual sales either way, more "
            f"than the {percent(WIDEST, 0)} at which a number still helps. More untouched "
            "products, a longer history or a holdout would narrow it."
        )


def pending(case: Case) -> dt.date | None:
    """The day on which the answer is final; None where it is."""
    assert case.run.window is not None  # noqa: S101  # there is no case without one
    settled = case.run.window[1] + SETTLED_AFTER
    return case.panel.date(settled) if settled > case.panel.days - 1 else None


def remarks(case: Case, settled: dt.date | None) -> Iterator[str]:
    """What a reader should know beside the number."""
    run = case.run
    if settled:
        what = "Part of the month after it" if case.complete else "The end of its window"
        yield f"{what} is still to come: the answer may move until {day(settled)}."
    if case.others:
        others = listing([other.name for other in case.others])
        yield f"Estimated together with {others}, which ran on the same product at the time."
    if not len(run.posts):
        yield "No dated posts: its effect is taken as even over the window."
    elif not run.has_reach:
        yield "The posts say no reach: each counts the same."
    if run.outside:
        yield (
            f"{counted(run.outside, 'post')} outside the days with tracked sales "
            f"{'is' if run.outside == 1 else 'are'} left out."
        )
    if case.gap:
        yield f"{counted(case.gap, 'day')} of the window have no tracked sales and are left out."


def verdict(interval: Interval | None, needed: float) -> Verdict | None:
    """Whether an interval of iROAS lies above, below or around what pays back."""
    if interval is None:
        return None
    if interval[0] > needed:
        return "pays back"
    return "does not pay back" if interval[1] < needed else "inconclusive"


def in_words(estimate: Estimate) -> str:
    """The verdict as a sentence; empty where there is none."""
    if not estimate.known:
        return ""
    if estimate.iroas_interval is None:
        return (
            "Nothing is paid for this campaign in the data, so there is no iROAS. Name the "
            "campaign in its payouts."
        )
    low, high = estimate.iroas_interval
    if math.isinf(estimate.needed):
        return (
            f"iROAS is {times(low)} to {times(high)} with nine chances in ten. No iROAS pays back: "
            "at the gross margin set nothing is left of revenue after the cost of the product. Set "
            "it on the page Data."
        )
    line = times(estimate.needed)
    reach = f"{times(low)} to {times(high)}"
    cost = ", after the cost of the product" if estimate.needed != 1 else ""
    if estimate.verdict == "pays back":
        return f"iROAS is {reach} with nine chances in ten, above the {line} that pays back{cost}."
    if estimate.verdict == "does not pay back":
        return f"iROAS is {reach} with nine chances in ten, below the {line} that pays back{cost}."
    least = estimate.diagnostics.least_lift
    sure = ""
    if least is not None and estimate.diagnostics.log_lift is not None:
        revenue = least * _usual(estimate)
        sure = (
            f" An effect here shows four times in five from {percent(least, 0)} of usual sales on "
            f"({rupees_compact(revenue)})."
        )
    return (
        f"iROAS is {reach} with nine chances in ten, on both sides of the {line} that pays "
        f"back{cost}.{sure} A second campaign, more untouched products or a holdout would tell."
    )


def _usual(estimate: Estimate) -> float:
    """Revenue that would have come anyway in the window."""
    total = sum(revenue for _, revenue in estimate.mix)
    return total - (estimate.incremental_revenue or 0.0)
