"""What each campaign does to a day: the orders it causes, and those that use its code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from data_gen.campaigns import TAIL_DAYS, Campaign
from data_gen.people import PLATFORMS, People
from data_gen.plan import Floats, Ints, Plan
from data_gen.world import Baseline

HALF_LIFE = {"Instagram": 2.0, "YouTube": 5.0, "X": 1.0}
"""Days after which half of what a post does has been done."""

CEILING = 3.0
"""A day can never gain more than this many times its baseline, however large the exposure."""

MOST_LEAKING = 0.9
"""The largest share of a day's baseline orders that can use the code."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A campaign's work, day by day from the world's first.

    ``caused`` is the expected number of orders it causes, ``leak`` the share of baseline orders
    that use its code, both ``(days,)``. ``voice`` is ``(days, creators)``: the cumulated share of
    each creator in the day's exposure. The window runs from the first post to two weeks after the
    last.
    """

    campaign: Campaign
    caused: Floats
    leak: Floats
    voice: Floats
    first: int
    last: int

    def creators_of(self, day: Ints, draw: Floats) -> Ints:
        """Whose code an order used, given its day and a number from 0 to 1."""
        wide = self.voice.shape[1]
        ladder = (self.voice + np.arange(len(self.voice))[:, None]).ravel()
        position = np.searchsorted(ladder, day + draw, side="right") - day * wide
        creators: Ints = self.campaign.creators[np.clip(position, 0, wide - 1)]
        return creators


def effects(
    plan: Plan, baseline: Baseline, people: People, campaigns: list[Campaign], posts: pl.DataFrame
) -> list[Effect]:
    """Each campaign's effect, worked out from its posts; nothing here is left to chance."""
    return [
        effect_of(
            plan.days,
            baseline.rate[campaign.product],
            people,
            campaign,
            posts.filter(pl.col("campaign") == code),
        )
        for code, campaign in enumerate(campaigns)
    ]


def effect_of(
    days: int, rate: Floats, people: People, campaign: Campaign, posts: pl.DataFrame
) -> Effect:
    """One campaign's effect on so many days, from its own posts and its product's ``(days,)`` rate.

    The orders it causes in the window are its lift times the baseline of the days from its first
    post to its last; its leak share is that of these days as well.
    """
    heard = _exposure(days, people, campaign, posts)
    total = heard.sum(axis=1)
    first, last_post = campaign.start, int(posts["day"].to_numpy().max())
    last = min(last_post + TAIL_DAYS, days - 1)
    window, running = slice(first, last + 1), slice(first, last_post + 1)
    wanted = campaign.lift * rate[running].sum()
    caused = _saturated(total, rate, _strength(total[window], rate[window], wanted))
    leak = np.minimum(MOST_LEAKING, campaign.leak_share * total / total[running].mean())
    voice = np.cumsum(heard, axis=1) / np.where(total > 0, total, 1)[:, None]
    return Effect(campaign, caused, leak, voice, first, last)


def _exposure(days: int, people: People, campaign: Campaign, posts: pl.DataFrame) -> Floats:
    """``(days, creators)``: reach times quality of each post, fading by its half-life."""
    heard = np.zeros((days, len(campaign.creators)))
    creator = posts["creator"].to_numpy()
    column = np.searchsorted(campaign.creators, creator)
    weight = posts["reach"].to_numpy() * people.quality[creator]
    for code, name in enumerate(PLATFORMS):
        keep = 0.5 ** (1 / HALF_LIFE[name])
        pulses = np.zeros_like(heard)
        on_it = posts["platform"].to_numpy() == code
        np.add.at(
            pulses, (posts["day"].to_numpy()[on_it], column[on_it]), weight[on_it] * (1 - keep)
        )
        for day in range(campaign.start + 1, days):
            pulses[day] += keep * pulses[day - 1]
        heard += pulses
    return heard


def _saturated(total: Floats, rate: Floats, strength: float) -> Floats:
    """Orders caused by an exposure, which level off at ``CEILING`` times the day's baseline."""
    ceiling, wanted = CEILING * rate, strength * total
    return ceiling * wanted / (ceiling + wanted)


def _strength(total: Floats, rate: Floats, wanted: float) -> float:
    """Orders per unit of exposure that make the orders wanted in all, by bisection."""
    if wanted == 0:
        return 0.0
    low, high = -60.0, 60.0
    for _ in range(100):
        middle = (low + high) / 2
        if _saturated(total, rate, float(np.exp(middle))).sum() < wanted:
            low = middle
        else:
            high = middle
    return float(np.exp(low))
