"""The creators: who they are, where they publish, and how well they sell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from faker import Faker

from data_gen.plan import Floats, Ints, Plan

PLATFORMS = ("Instagram", "YouTube", "X")
PLATFORM_SHARES = (0.55, 0.30, 0.15)
CATEGORIES = ("Fitness", "Nutrition", "Lifestyle", "Parenting", "Sports", "Yoga", "Beauty", "Food")
GENDERS = ("Female", "Male", "Non-binary")
GENDER_SHARES = (0.49, 0.47, 0.04)

FEWEST_FOLLOWERS, MOST_FOLLOWERS = 2_500, 6_000_000
"""Followers are spread evenly over the logarithm between these, so that every tier appears."""

QUALITY_SPREAD, QUALITY_BY_SIZE = 0.45, -0.20
"""How much a reached person's worth differs between creators, and how it falls with followers (an
exponent)."""


@dataclass(frozen=True, slots=True)
class People:
    """The creators as columns; ``handles`` and ``quality`` are in no table."""

    ids: list[str]
    names: list[str]
    handles: list[str]
    categories: list[str]
    genders: list[str]
    followers: Ints
    platforms: Ints
    quality: Floats

    def table(self) -> pl.DataFrame:
        """The influencers table."""
        return pl.DataFrame(
            {
                "influencer_id": self.ids,
                "name": self.names,
                "category": self.categories,
                "gender": self.genders,
                "follower_count": self.followers,
                "platform": [PLATFORMS[code] for code in self.platforms],
            }
        )


def draw_people(plan: Plan) -> People:
    """Draw the creators. Followers are stratified, so that even a few creators cover every tier."""
    chance, count = plan.chance("people"), plan.influencers
    genders = [GENDERS[code] for code in chance.choice(len(GENDERS), count, p=GENDER_SHARES)]
    names, handles = _names(plan.seed, genders)
    position = (chance.permutation(count) + chance.random(count)) / count
    followers = np.exp(
        np.log(FEWEST_FOLLOWERS) + position * np.log(MOST_FOLLOWERS / FEWEST_FOLLOWERS)
    )
    quality = (followers / 100_000) ** QUALITY_BY_SIZE * np.exp(
        QUALITY_SPREAD * chance.standard_normal(count)
    )
    width = max(3, len(str(count)))
    return People(
        ids=[f"INF{number:0{width}d}" for number in range(1, count + 1)],
        names=names,
        handles=handles,
        categories=[CATEGORIES[code] for code in chance.integers(len(CATEGORIES), size=count)],
        genders=genders,
        followers=followers.astype(np.int64),
        platforms=chance.choice(len(PLATFORMS), count, p=PLATFORM_SHARES),
        quality=quality,
    )


def _names(seed: int, genders: list[str]) -> tuple[list[str], list[str]]:
    """A name for each gender given and a handle made from it; no name and no handle comes twice."""
    faker = Faker("en_IN")
    faker.seed_instance(seed)
    draws = {"Female": faker.first_name_female, "Male": faker.first_name_male}
    names: dict[str, None] = {}
    handles: dict[str, None] = {}
    for gender in genders:
        first, last = draws.get(gender, faker.first_name)(), faker.last_name()
        name, initials = f"{first} {last}", ""
        while name in names:
            initials += f" {faker.random_uppercase_letter()}."
            name = f"{first}{initials} {last}"
        names[name] = None
        stem = "".join(
            letter for letter in f"{first}.{last}".casefold() if letter.isalnum() or letter == "."
        )
        handle, number = stem, 1
        while handle in handles:
            number += 1
            handle = f"{stem}{number}"
        handles[handle] = None
    return list(names), list(handles)
