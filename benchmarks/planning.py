"""How honest the Planner is: what it promises of bookings, and what those then bring.

``python -m benchmarks.planning [--worlds N]`` invents worlds of which a part is known, plans on
that part, and adds up what was promised of the bookings that came after and what their campaigns
really brought. Nothing was tuned on these seeds: tuning saw 0 to 199 only. 1000 to 1229
judged earlier models, so that they judge no more.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Annotated

# One core for one world: threads of linear algebra would only get in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import polars as pl
import psutil
import typer
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.__main__ import machine
from benchmarks.incrementality import _bytes, tables
from dashboard.dataset import load_files
from dashboard.incrementality import Estimate, estimate
from dashboard.ledger import Ledger, build
from dashboard.planning import plan
from data_gen import Plan, World, invent

FIRST_SEED = 1230
CONFIGURATION = {"influencers": 40, "campaigns": 16, "products": 12, "days": 640, "orders": 40.0}
KNOWN = 10
"""Today is the day before the next campaign after so many starts."""
BEST = 1 / 3
"""The share of creators that a team books again from the top of a list."""
DRAWS = 2000
"""Times that worlds are drawn anew for the range of a figure."""

RAW, OURS = "raw ROAS", "the Planner"
ALL, TOP, AGAIN = "all bookings", "best third", "book again"


@dataclass(frozen=True)
class Promise:
    """What was promised of the bookings on one list in one world, what they brought and cost."""

    method: str
    of: str
    promised: float
    brought: float
    paid: float


@dataclass(frozen=True)
class Later:
    """A booking after today: what was paid, and the part of what came because of its campaign."""

    influencer: str
    payout: float
    brought: float


def known_part(world: World) -> tuple[dict[str, pl.DataFrame], list[str], list[str]]:
    """The tables as of today; the campaigns over by then, and those that begin and end later."""
    told = world.truth.campaigns.sort("window_start", "campaign")
    today = told["window_start"][KNOWN] - dt.timedelta(1)
    last_day = world.tracking_data["date"].max()
    over = told.filter(pl.col("window_end") <= today)["campaign"].to_list()
    starts, ends = pl.col("window_start") > today, pl.col("window_end") < last_day
    later = told.filter(starts & ends)["campaign"].to_list()
    made = tables(world)
    return (
        made
        | {
            "tracking_data": made["tracking_data"].filter(pl.col("date") <= today),
            "posts": made["posts"].filter(pl.col("date") <= today),
            "payouts": _named(world, over),
        },
        over,
        later,
    )


def _named(world: World, campaigns: Sequence[str]) -> pl.DataFrame:
    """Payouts that name one of the campaigns."""
    return world.payouts.filter(pl.col("campaign").cast(pl.String).is_in(campaigns))


def bookings_after(world: World, campaigns: Sequence[str]) -> list[Later]:
    """What each booking really cost and brought.

    A campaign's true incremental revenue is shared by tagged orders, caused or not: both follow
    whose posts were heard.
    """
    truth = dict(world.truth.campaigns.select("campaign", "incremental_revenue").rows())
    paid = (
        _named(world, campaigns)
        .filter(pl.col("status").cast(pl.String) != "cancelled")
        .group_by("influencer_id", "campaign")
        .agg(pl.col("total_payout").sum())
    )
    tagged = (
        world.tracking_data.filter(pl.col("influencer_id").is_not_null())
        .group_by(pl.col("influencer_id", "campaign").cast(pl.String))
        .agg(orders=pl.len())
        .with_columns(share=pl.col("orders") / pl.col("orders").sum().over("campaign"))
    )
    whole = paid.with_columns(pl.col("influencer_id", "campaign").cast(pl.String)).join(
        tagged, on=["influencer_id", "campaign"], how="left"
    )
    return [
        Later(who, payout, truth[campaign] * (share or 0.0))
        for who, campaign, payout, share in whole.select(
            "influencer_id", "campaign", "total_payout", "share"
        )
        .sort("influencer_id", "campaign")
        .iter_rows()
        if payout > 0
    ]


def promises(
    ledger: Ledger, estimates: Sequence[Estimate], after: Sequence[Later], names: dict[str, str]
) -> Iterator[Promise]:
    """What each list promises of the bookings of its creators, and what these brought."""
    found = plan(ledger, estimates)
    ours = {one.influencer: one.expected for one in found.prospects}
    again = {one.influencer for one in found.prospects if one.choice == "book again"}
    raw = raw_roas(ledger, {one.campaign for one in estimates}, set(ours))
    for method, expected in ((RAW, raw), (OURS, ours)):
        ranked = sorted(expected, key=lambda who, of=expected: (-of[who], who))
        lists = {ALL: set(ranked), TOP: set(ranked[: round(BEST * len(ranked))])}
        if method == OURS:
            lists[AGAIN] = again
        for of, listed in lists.items():
            booked = [one for one in after if names.get(one.influencer) in listed]
            promised = sum(expected[names[one.influencer]] * one.payout for one in booked)
            brought, paid = (
                sum(getattr(one, part) for one in booked) for part in ("brought", "payout")
            )
            yield Promise(method, of, promised, brought, paid)


def raw_roas(ledger: Ledger, campaigns: set[str], people: set[str]) -> dict[str, float]:
    """Tagged revenue over payouts of each creator, in the campaigns known."""
    pairs = ledger.pairs.filter(pl.col("campaign").is_in(list(campaigns)))
    sums = {}
    for family, measure in (("sales", "revenue"), ("spend", "spend")):
        facts = ledger.facts[family].group_by("pair").agg(pl.col(measure).sum())  # type: ignore[index]  # both are families
        sums[measure] = facts
    of = (
        pairs.join(sums["spend"], on="pair")
        .filter(pl.col("spend") > 0)
        .join(sums["revenue"], on="pair", how="left")
        .group_by("influencer")
        .agg(pl.col("revenue", "spend").sum())
    )
    return {who: r / s for who, r, s in of.iter_rows() if who in people}


def world_promised(seed: int) -> list[Promise]:
    """Every list of one world."""
    world = invent(Plan(seed=seed, **CONFIGURATION))
    made, over, later = known_part(world)
    ledger = build(load_files({f"{name}.parquet": _bytes(one) for name, one in made.items()}))
    estimates = [one for one in estimate(ledger) if one.campaign in over]
    names = dict(ledger.dataset.tables["influencers"].select("influencer_id", "name").iter_rows())
    return list(promises(ledger, estimates, bookings_after(world, later), names))


def main(
    worlds: Annotated[int, typer.Option(help="Worlds.")] = 200,
    first: Annotated[int, typer.Option(help="Seed of the first.")] = FIRST_SEED,
    processes: Annotated[int, typer.Option(help="Worlds at a time.")] = os.cpu_count() or 1,
    markdown: Annotated[bool, typer.Option("--markdown", help="The table as Markdown.")] = False,
) -> None:
    """Plan in so many worlds, and print what was promised and what came."""
    busy = psutil.getloadavg()[0]
    seeds = range(first, first + worlds)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        told = track(
            pool.map(world_promised, seeds),
            description="planning",
            total=worlds,
            console=Console(stderr=True),
        )
        found = list(told)
    busy = max(busy, *psutil.getloadavg())
    out = Console(width=None if sys.stdout.isatty() else 140)
    out.print(table(found, box.MARKDOWN if markdown else box.SIMPLE_HEAD))
    out.print(f"Seeds {seeds[0]} to {seeds[-1]}. {machine()}; load while measuring to {busy:.1f}.")


def table(found: Sequence[Sequence[Promise]], style: box.Box) -> Table:
    """One row a list of each method; the range is of worlds drawn anew."""
    answer = Table(box=style)
    heads = ("promised a rupee", "brought a rupee", "promised ÷ brought", "nine in ten")
    for words in (f"{len(found)} worlds", *heads):
        answer.add_column(words, justify="right" if words in heads else "left")
    for at, one in enumerate(found[0]):
        sums = np.array([[w[at].promised, w[at].brought, w[at].paid] for w in found])
        promised, brought, paid = sums.sum(axis=0)
        low, high = between(sums)
        answer.add_row(
            f"{one.method}, {one.of}",
            f"{promised / paid:.2f}",
            f"{brought / paid:.2f}",
            f"{promised / brought:.2f}",
            f"{low:.2f} to {high:.2f}",
        )
    return answer


def between(sums: np.ndarray) -> tuple[float, float]:
    """Where promised over brought lies with nine chances in ten: ``sums`` is a row a world."""
    chance = np.random.default_rng(0)
    drawn = sums[chance.integers(0, len(sums), (DRAWS, len(sums)))].sum(axis=1)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.05, 0.95])
    return float(low), float(high)


if __name__ == "__main__":
    typer.run(main)
