"""The posts: what the creators published for campaigns and between them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from data_gen.campaigns import Campaign
from data_gen.catalogue import Product
from data_gen.people import PLATFORMS, People
from data_gen.plan import Ints, Plan

ORGANIC = -1
"""The campaign code of a post that belongs to none."""

ELSEWHERE_SHARE, UNLABELLED_SHARE = 0.10, 0.15
"""Shares of posts on another than the creator's main platform, and of campaign posts that name no
campaign."""

REACH_RATE, LIKE_RATE, COMMENT_RATE = (
    (0.40, 0.50, 0.24),
    (0.052, 0.038, 0.018),
    (0.035, 0.060, 0.080),
)
"""By platform: people reached per follower of a creator with 10,000, likes per person reached,
comments per like."""

REACH_BY_SIZE = -0.28
"""How the people reached per follower fall with followers (an exponent)."""

OPENINGS = (
    "Week two with {product} and I am not going back.",
    "You keep asking what is on my shelf: {product}.",
    "Morning routine, honest version. {product} comes first.",
    "Three things I changed this month; {product} is one of them.",
    "Nobody paid me to like the taste of {product}. They paid me to post it :)",
    "{product}: what it did for me, and what it did not.",
    "Packing for the weekend, {product} is coming along.",
    "I asked my coach about {product}. Her answer surprised me.",
    "Small habit, big difference: {product}.",
    "Unboxing {product} with the family today.",
)
CLOSINGS = (
    "Code in bio for 10% off.",
    "Use my code at checkout, it helps me too!",
    "Ask me anything in the comments.",
    "Link in bio.",
    "Save this for later.",
    "Tell me what you take, and why.",
    "Full review on my channel.",
    "Chai first, then this ☕",
    "Not a miracle, just consistent 💪",
)
BETWEEN = (
    "Sunday run, slow and happy.",
    "What I eat on a travel day, no filter.",
    "My desk, my rules.",
    "Leg day. Send help.",
    "Two ingredients, five minutes, breakfast done.",
    "A quiet evening at home.",
    "Throwback to the hills ⛰️",
    "Rest is part of the plan.",
    "Replying to your questions all day, ask away!",
    "New week, same promise to myself.",
)


def draw_posts(
    plan: Plan, products: list[Product], people: People, campaigns: list[Campaign]
) -> pl.DataFrame:
    """Draw every post.

    Returns
    -------
    pl.DataFrame
        ``(posts, 10)`` by day: creator, campaign (``ORGANIC`` for none) and platform as codes, day
        from the world's first, labelled (whether the table names the campaign), reach, likes,
        comments, caption, url.
    """
    chance = plan.chance("posts")
    creator, campaign, day = _calendar(chance, plan, campaigns)
    order = np.lexsort((creator, day))
    creator, campaign, day = creator[order], campaign[order], day[order]
    count = len(day)

    elsewhere = chance.random(count) < ELSEWHERE_SHARE
    step = chance.integers(1, len(PLATFORMS), size=count)
    platform = np.where(
        elsewhere, (people.platforms[creator] + step) % len(PLATFORMS), people.platforms[creator]
    )
    followers = people.followers[creator]
    reach = followers * np.array(REACH_RATE)[platform] * (followers / 10_000) ** REACH_BY_SIZE
    reach = np.maximum(50, reach * np.exp(0.40 * chance.standard_normal(count))).astype(np.int64)
    likes = chance.binomial(
        reach, np.array(LIKE_RATE)[platform] * np.exp(0.25 * chance.standard_normal(count))
    )
    comments = chance.binomial(
        likes, np.minimum(0.5, np.array(COMMENT_RATE)[platform] * chance.uniform(0.4, 1.8, count))
    )
    return pl.DataFrame(
        {
            "creator": creator,
            "campaign": campaign,
            "platform": platform,
            "day": day,
            "labelled": (campaign != ORGANIC) & (chance.random(count) >= UNLABELLED_SHARE),
            "reach": reach,
            "likes": likes,
            "comments": comments,
            "caption": _captions(chance, products, campaigns, campaign),
            "url": _urls(chance, people, creator, platform),
        }
    )


def posts_table(
    plan: Plan, people: People, campaigns: list[Campaign], posts: pl.DataFrame
) -> pl.DataFrame:
    """The posts table, from the posts as drawn."""
    names = pl.Series([campaign.name for campaign in campaigns], dtype=pl.String)
    labelled = posts["campaign"].set(~posts["labelled"], None)
    return pl.DataFrame(
        {
            "influencer_id": pl.Series(people.ids).gather(posts["creator"]),
            "platform": pl.Series(PLATFORMS).gather(posts["platform"]),
            "date": dates(plan, posts["day"]),
            "campaign": names.gather(labelled),
            "url": posts["url"],
            "caption": posts["caption"],
            "reach": posts["reach"],
            "likes": posts["likes"],
            "comments": posts["comments"],
        }
    )


def dates(plan: Plan, day: pl.Series) -> pl.Series:
    """Days counted from the world's first as dates."""
    return pl.Series([plan.start + timedelta(number) for number in range(plan.days)]).gather(day)


def _calendar(
    chance: np.random.Generator, plan: Plan, campaigns: list[Campaign]
) -> tuple[Ints, Ints, Ints]:
    """Creator, campaign and day of every post. A campaign's first post falls on its first day."""
    creators, codes, days = [], [], []
    for code, campaign in enumerate(campaigns):
        posts = chance.choice((1, 2, 3, 4), size=len(campaign.creators), p=(0.2, 0.35, 0.3, 0.15))
        creator = np.repeat(campaign.creators, posts)
        day = campaign.start + chance.integers(campaign.span, size=len(creator))
        day[chance.integers(len(day))] = campaign.start
        creators.append(creator)
        codes.append(np.full(len(creator), code))
        days.append(np.minimum(day, plan.days - 1))
    between = chance.poisson(1.3, plan.influencers)
    creators.append(np.repeat(np.arange(plan.influencers), between))
    codes.append(np.full(between.sum(), ORGANIC))
    days.append(chance.integers(plan.days, size=between.sum()))
    return np.concatenate(creators), np.concatenate(codes), np.concatenate(days)


def _captions(
    chance: np.random.Generator, products: list[Product], campaigns: list[Campaign], campaign: Ints
) -> list[str]:
    """A caption for each post; those of a campaign name the product and the brand."""
    opening, closing = (
        chance.integers(len(OPENINGS), size=len(campaign)),
        chance.integers(len(CLOSINGS), size=len(campaign)),
    )
    between = chance.integers(len(BETWEEN), size=len(campaign))
    captions = []
    for position, code in enumerate(campaign):
        if code == ORGANIC:
            captions.append(BETWEEN[between[position]])
            continue
        product = products[campaigns[code].product]
        text = OPENINGS[opening[position]].format(product=product.name)
        captions.append(f"{text} {CLOSINGS[closing[position]]} #{product.brand.name} #ad")
    return captions


def _urls(chance: np.random.Generator, people: People, creator: Ints, platform: Ints) -> list[str]:
    """An address for each post, under the reserved ``.example``: none leads to a real one."""
    sites = (
        "https://instagram.example/{}/p/{}",
        "https://youtube.example/@{}/watch/{}",
        "https://x.example/{}/status/{}",
    )
    letters = np.array(list("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"))
    codes = letters[chance.integers(len(letters), size=(len(creator), 11))]
    return [
        sites[site].format(people.handles[who], "".join(code))
        for who, site, code in zip(creator, platform, codes, strict=True)
    ]
