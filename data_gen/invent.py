"""From a plan to a world: the four tables and the truth behind them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl

from data_gen.campaigns import draw_campaigns
from data_gen.catalogue import Product, products
from data_gen.customers import draw_customers
from data_gen.effects import Effect, effects
from data_gen.orders import NONE, SOURCES, draw_lines
from data_gen.payouts import draw_payouts
from data_gen.people import People, draw_people
from data_gen.plan import Plan, Progress, silence
from data_gen.posts import dates, draw_posts, posts_table
from data_gen.truth import Truth, coded, rupees, tell
from data_gen.world import Baseline, draw_baseline

THREADS = 2
"""Products drawn at a time: each has chances of its own, and numpy lets others work meanwhile."""


@dataclass(frozen=True, slots=True)
class World:
    """An invented world: its four tables, money in rupees, and the truth."""

    plan: Plan
    influencers: pl.DataFrame
    posts: pl.DataFrame
    tracking_data: pl.DataFrame
    payouts: pl.DataFrame
    truth: Truth


def invent(plan: Plan, progress: Progress = silence) -> World:
    """Draw a world: the same plan gives the same world.

    Parameters
    ----------
    plan
        The sizes and the seed.
    progress
        Told what is being done and the share of the work that is done, from 0 to 1.
    """
    progress("creators and campaigns", 0.0)
    sold = products(plan.products)
    people = draw_people(plan)
    baseline = draw_baseline(plan, sold)
    campaigns = draw_campaigns(plan, sold, people, baseline)
    posts = draw_posts(plan, sold, people, campaigns)
    acting = effects(plan, baseline, people, campaigns, posts)

    lines = _draw_all_lines(plan, baseline, acting, progress)
    progress("customers", 0.5)
    order, customer = draw_customers(plan, lines)
    lines = lines.drop("twin").with_columns(customer=pl.Series(customer, dtype=pl.Int32))
    progress("payouts", 0.65)
    payouts = draw_payouts(plan, baseline, people, acting, posts, lines)
    progress("tracking rows and truth", 0.7)
    shown = lines[order].filter(pl.col("orders") != 0)
    return World(
        plan,
        people.table(),
        posts_table(plan, people, campaigns, posts),
        _tracking_data(plan, sold, people, acting, shown),
        payouts.table,
        tell(plan, sold, acting, posts, payouts, lines, shown),
    )


def _draw_all_lines(
    plan: Plan, baseline: Baseline, acting: list[Effect], progress: Progress
) -> pl.DataFrame:
    """The order lines of every product, product after product."""

    def of(product: int) -> pl.DataFrame:
        rate, worth = baseline.rate[product], float(baseline.order_value[product])
        own = [
            (code, effect)
            for code, effect in enumerate(acting)
            if effect.campaign.product == product
        ]
        return draw_lines(plan, product, rate, worth, own)

    blocks: list[pl.DataFrame] = []
    lines = 0
    with ThreadPoolExecutor(THREADS) as pool:
        for product, block in enumerate(pool.map(of, range(plan.products))):
            progress("orders", 0.5 * (product + 1) / plan.products)
            twin = pl.when(pl.col("twin") != NONE).then(pl.col("twin") + lines).otherwise(NONE)
            blocks.append(block.with_columns(twin=twin))
            lines += block.height
    return pl.concat(blocks)


def _tracking_data(
    plan: Plan, sold: list[Product], people: People, acting: list[Effect], shown: pl.DataFrame
) -> pl.DataFrame:
    """The tracking rows as the table shows them, in the order of the lines given."""
    width = max(6, len(str(shown["customer"].max() or 0)))
    user = pl.col("customer").cast(pl.String).str.zfill(width)
    brands = [product.brand.name for product in sold]
    return shown.select(
        coded(shown["source"], SOURCES).alias("source"),
        coded(shown["label"], [effect.campaign.name for effect in acting]).alias("campaign"),
        coded(shown["creator"], people.ids).alias("influencer_id"),
        pl.when(pl.col("customer") > 0).then("U" + user).alias("user_id"),
        coded(shown["product"], [product.name for product in sold]).alias("product"),
        dates(plan, shown["day"]).alias("date"),
        pl.col("orders").cast(pl.Int64),
        rupees(shown["revenue"]),
        pl.Series(brands, dtype=pl.Enum(sorted(set(brands))))
        .gather(shown["product"])
        .alias("brand"),
    )
