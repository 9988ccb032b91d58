"""The payouts: what each creator is paid for a campaign, by post or by order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from data_gen.campaigns import TAIL_DAYS
from data_gen.effects import Effect
from data_gen.orders import NONE
from data_gen.people import People
from data_gen.plan import Floats, Ints, Plan
from data_gen.world import Baseline

EXPECTED_TAGGED_SHARE, HOPED_ROAS = 0.16, 3.2
"""What a brand team plans with: a campaign will tag this share of its product's usual sales, and
should bring back this much on each rupee. What comes is another matter."""

BUDGET_SPREAD, FEE_SPREAD, FEE_BY_SIZE = 0.60, 0.40, 0.55
BY_ORDER_SHARE, UNNAMED_SHARE = 0.40, 0.20
"""Shares of payouts that are by order, and that name no campaign."""

ODD_SHARE, MISCOUNTED_SHARE, CANCELLED_SHARE, LATE_SHARE = 0.06, 0.15, 0.02, 0.05
"""Shares of payouts not equal to rate times units; on more orders than tracked; cancelled; and not
yet paid though due."""

PAID_AFTER = (15, 46)


@dataclass(frozen=True, slots=True)
class Payouts:
    """The payouts as drawn. ``campaign`` is the one that is paid for even where the table does not
    name it; ``paise`` what is paid; ``spent`` whether it is not cancelled.
    """

    table: pl.DataFrame
    campaign: Ints
    paise: Ints
    spent: np.ndarray


def draw_payouts(
    plan: Plan,
    baseline: Baseline,
    people: People,
    effects: list[Effect],
    posts: pl.DataFrame,
    lines: pl.DataFrame,
) -> Payouts:
    """Draw one payout for each creator of each campaign, in order of campaign and creator."""
    chance = plan.chance("payouts")
    campaign = np.concatenate(
        [np.full(len(each.campaign.creators), code) for code, each in enumerate(effects)]
    )
    creator = np.concatenate([each.campaign.creators for each in effects])
    tally = _tally(effects, posts, lines)
    made, last_post, tracked = (tally[name].to_numpy() for name in ("made", "last_post", "tracked"))

    by_order = chance.random(len(creator)) < BY_ORDER_SHARE
    rate = np.where(
        by_order,
        _order_rates(chance, baseline, effects),
        _post_fees(chance, baseline, people, effects, made),
    )
    counted = _miscounted(chance, np.maximum(tracked, 0))
    units = np.where(by_order, counted, made)
    odd = np.where(
        chance.random(len(creator)) < ODD_SHARE, chance.choice((0.9, 1.1, 1.25), len(creator)), 1.0
    )
    rupees = np.rint(rate * units * odd).astype(np.int64)

    done = np.where(by_order, np.minimum(last_post + TAIL_DAYS, plan.days - 1), last_post)
    paid = done + chance.integers(*PAID_AFTER, size=len(creator))
    cancelled = chance.random(len(creator)) < CANCELLED_SHARE
    late = chance.random(len(creator)) < LATE_SHARE
    settled = (paid < plan.days) & ~late & ~cancelled
    approved = chance.random(len(creator)) < 0.5
    status = np.select((cancelled, settled, approved), ("cancelled", "paid", "approved"), "pending")
    named = chance.random(len(creator)) >= UNNAMED_SHARE
    names = [each.campaign.name for each in effects]
    table = pl.DataFrame(
        {
            "influencer_id": [people.ids[who] for who in creator],
            "campaign": [
                names[code] if told else None for code, told in zip(campaign, named, strict=True)
            ],
            "basis": np.where(by_order, "order", "post"),
            "rate": rate,
            "orders": [
                int(number) if told else None
                for number, told in zip(counted, by_order, strict=True)
            ],
            "total_payout": rupees.astype(np.float64),
            "paid_on": [
                plan.start + timedelta(int(day)) if told else None
                for day, told in zip(paid, settled, strict=True)
            ],
            "status": status,
        },
        schema_overrides={"campaign": pl.String, "orders": pl.Int64, "paid_on": pl.Date},
    )
    return Payouts(table, campaign, rupees * 100, ~cancelled)


def _tally(effects: list[Effect], posts: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """For each creator of each campaign: posts made, the last one's day, net orders tracked."""
    codes = {"campaign": pl.Int64, "creator": pl.Int64}
    booked = pl.concat(
        pl.DataFrame(
            {
                "campaign": np.full(len(each.campaign.creators), code),
                "creator": each.campaign.creators,
            }
        )
        for code, each in enumerate(effects)
    ).cast(codes)  # type: ignore[arg-type]
    made = posts.group_by("campaign", "creator").agg(made=pl.len(), last_post=pl.col("day").max())
    tracked = (
        lines.filter(pl.col("creator") != NONE)
        .group_by("campaign", "creator")
        .agg(tracked=pl.col("orders").cast(pl.Int64).sum())
    )
    keys = ["campaign", "creator"]
    found = booked.join(made.cast(codes), on=keys, how="left", maintain_order="left")  # type: ignore[arg-type]
    found = found.join(tracked.cast(codes), on=keys, how="left", maintain_order="left")  # type: ignore[arg-type]
    return found.with_columns(pl.col("tracked").fill_null(0))


def _order_rates(chance: np.random.Generator, baseline: Baseline, effects: list[Effect]) -> Floats:
    """Rupees for an order: a share of its worth after the discount, in steps of five."""
    product = [each.campaign.product for each in effects for _ in each.campaign.creators]
    wanted = 0.9 * baseline.order_value[product] / HOPED_ROAS
    steps = np.rint(wanted * np.exp(0.25 * chance.standard_normal(len(product))) / 5)
    return 5 * np.asarray(np.maximum(1, steps), dtype=np.float64)


def _post_fees(
    chance: np.random.Generator,
    baseline: Baseline,
    people: People,
    effects: list[Effect],
    made: Ints,
) -> Floats:
    """Rupees for a post: the campaign's budget by posts and, less than evenly, by followers."""
    fees: list[Floats] = []
    for effect in effects:
        creators, product = effect.campaign.creators, effect.campaign.product
        posts = made[sum(map(len, fees)) :][: len(creators)]
        orders = baseline.rate[product, effect.first : effect.last + 1].sum()
        hoped = EXPECTED_TAGGED_SHARE * orders * baseline.order_value[product]
        budget = hoped / HOPED_ROAS * np.exp(BUDGET_SPREAD * chance.standard_normal())
        noise = np.exp(FEE_SPREAD * chance.standard_normal(len(creators)))
        card = people.followers[creators] ** FEE_BY_SIZE * noise
        fee = budget * card / (card * posts).sum()
        step = 50.0 if fee.mean() > 500 else 10.0
        fees.append(step * np.maximum(1, np.rint(fee / step)))
    return np.concatenate(fees)


def _miscounted(chance: np.random.Generator, tracked: Ints) -> Ints:
    """The orders that the creators counted: mostly the tracked ones, now and then a few more."""
    wrong = chance.random(len(tracked)) < MISCOUNTED_SHARE
    return np.where(wrong, tracked + chance.integers(1, 4, size=len(tracked)), tracked)
