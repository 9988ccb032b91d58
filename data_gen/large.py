"""A large world, written part by part: it is never held in memory, and no order's cause is kept."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl

from dashboard.errors import PlaceError
from data_gen.campaigns import TAIL_DAYS, Campaign, draw_campaigns
from data_gen.catalogue import Product, products
from data_gen.effects import Effect, effect_of
from data_gen.kinds import LIKE_PAIRS, Codes, Drawn, Kinds, draw_kinds
from data_gen.orders import LINES, RETURN_SHARE
from data_gen.parquet import write_parquet
from data_gen.payouts import draw_payouts
from data_gen.people import People, draw_people
from data_gen.plan import Ints, Plan, Progress, silence
from data_gen.posts import draw_posts, posts_table
from data_gen.stretch import Common, Stretch, Written, write_part
from data_gen.truth import campaigns as campaigns_truth
from data_gen.truth import product_days
from data_gen.world import Baseline, draw_baseline

PART_ROWS = 2_000_000
"""Rows of a file, about: it ends with the stretch of days that reaches them."""

FADING_DAYS = 60
"""Days after its window in which a campaign may still cause an order; then it is forgotten."""

PREPARED = 0.08
"""Share of the work before the first part, about."""


def write_large(
    plan: Plan,
    folder: Path,
    processes: int = 2,
    progress: Progress = silence,
    part_rows: int = PART_ROWS,
) -> dict[str, int]:
    """Draw a large world and write its files: the same whatever the number of processes.

    Parameters
    ----------
    plan
        With ``rows``.
    folder
        An empty one; ``truth`` is made in it.
    processes
        That draw and write the parts; with 1 it is this one.
    part_rows
        Where a file ends. The rows are the same for any.

    Returns
    -------
    dict[str, int]
        Rows of each table.
    """
    progress("creators and campaigns", 0.0)
    sold, people = products(plan.products), draw_people(plan)
    baseline = draw_baseline(plan, sold)
    planned = draw_campaigns(plan, sold, people, baseline)
    posts = draw_posts(plan, sold, people, planned)
    effects = _effects(baseline, people, planned, posts)
    baseline, effects = _scaled(plan, baseline, effects)
    progress("days", PREPARED / 2)
    drawn = draw_kinds(plan, baseline, effects)

    common = _common(plan, sold, people, effects, baseline, drawn)
    written = _write_parts(common, drawn, effects, folder, processes, part_rows, progress)
    rupees = np.concatenate([sums for part in written for sums in part.rupees])
    progress("payouts and truth", 0.98)
    payouts = draw_payouts(plan, baseline, people, effects, posts, _tracked(plan, written))
    lines = _sums(drawn, rupees)
    tables = {
        "influencers": people.table(),
        "posts": posts_table(plan, people, planned, posts),
        "payouts": payouts.table,
        "truth/campaigns": campaigns_truth(plan, sold, effects, posts, payouts, lines),
        "truth/product_days": product_days(plan, sold, lines),
    }
    (folder / "truth").mkdir()
    for name, table in tables.items():
        write_parquet(table, folder / f"{name}.parquet")
    counts = {name: table.height for name, table in tables.items()}
    return counts | {"tracking_data": sum(part.rows for part in written)}


def _effects(
    baseline: Baseline,
    people: People,
    planned: list[Campaign],
    posts: pl.DataFrame,
) -> list[Effect]:
    """Each campaign's effect, with its days counted from its first and forgotten when faded."""
    own_posts = posts.filter(pl.col("campaign") >= 0).partition_by("campaign", as_dict=True)
    found = []
    for code, campaign in enumerate(planned):
        own = own_posts[(code,)].with_columns(day=pl.col("day") - campaign.start)
        days = campaign.span + TAIL_DAYS + FADING_DAYS
        rate = baseline.rate[campaign.product, campaign.start : campaign.start + days]
        effect = effect_of(len(rate), rate, people, replace(campaign, start=0), own)
        first = campaign.start
        found.append(replace(effect, campaign=campaign, first=first, last=first + effect.last))
    return found


def _scaled(plan: Plan, baseline: Baseline, effects: list[Effect]) -> tuple[Baseline, list[Effect]]:
    """The same demand at the size that makes the rows asked for; what is caused follows it."""
    rows_per_order = 1 + RETURN_SHARE - LIKE_PAIRS / 2
    caused = sum(float(effect.caused.sum()) for effect in effects)
    size = plan.expected_rows / (baseline.rate.sum() * rows_per_order + caused)
    return (
        Baseline(baseline.rate * size, baseline.order_value),
        [replace(effect, caused=effect.caused * size) for effect in effects],
    )


def _common(
    plan: Plan,
    sold: list[Product],
    people: People,
    effects: list[Effect],
    baseline: Baseline,
    drawn: Drawn,
) -> Common:
    """What the processes that write the parts are told once."""
    brands = sorted({product.brand.name for product in sold})
    return Common(
        plan,
        [effect.campaign.name for effect in effects],
        people.ids,
        [product.name for product in sold],
        brands,
        np.array([brands.index(product.brand.name) for product in sold], dtype=np.int16),
        baseline.order_value,
        max(6, math.ceil(math.log10(int(drawn.known[-1]) * 2))),
    )


def _parts(drawn: Drawn, effects: list[Effect], part_rows: int) -> Iterator[list[Stretch]]:
    """The stretches of each file."""
    part: list[Stretch] = []
    rows = 0
    kinds, returned = drawn.kinds, drawn.returned
    for number, (first, stop) in enumerate(
        zip(drawn.stretches[:-1], drawn.stretches[1:], strict=True)
    ):
        days = (int(first), int(stop))
        own = slice(*np.searchsorted(kinds.day, days))
        back = slice(*np.searchsorted(returned.day, days))
        at_work = {
            code: effect
            for code, effect in enumerate(effects)
            if effect.first < stop and effect.first + len(effect.caused) > first
        }
        part.append(
            Stretch(
                *days, kinds.taken(own), returned.taken(back), at_work, int(drawn.known[number])
            )
        )
        rows += int(part[-1].kinds.count.sum())
        if rows >= part_rows:
            yield part
            part, rows = [], 0
    if part:
        yield part


def _write_parts(
    common: Common,
    drawn: Drawn,
    effects: list[Effect],
    folder: Path,
    processes: int,
    part_rows: int,
    progress: Progress,
) -> list[Written]:
    """Write every part, some at a time, and what was written in their order."""
    written: dict[int, Written] = {}
    rows = 0

    def done(number: int, part: Written) -> None:
        nonlocal rows
        written[number] = part
        rows += part.rows
        share = PREPARED + (0.98 - PREPARED) * min(1.0, rows / common.plan.expected_rows)
        progress(f"{rows:,} tracking rows", share)

    progress("tracking rows", PREPARED)
    parts = enumerate(_parts(drawn, effects, part_rows))
    if processes == 1 or common.plan.expected_rows <= part_rows:
        for number, part in parts:
            done(number, write_part(common, part, folder / name_of(number)))
        return list(written.values())
    try:
        with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (common,)) as pool:
            running: list[tuple[int, Future[Written]]] = []
            for number, part in parts:
                running.append((number, pool.submit(_write, part, folder / name_of(number))))
                if len(running) > 2 * processes:
                    earliest, future = running.pop(0)
                    done(earliest, future.result())
            for number, future in running:
                done(number, future.result())
    except BrokenProcessPool as reason:
        raise PlaceError(
            "A process that wrote the tracking rows was ended from outside, perhaps for want of "
            "memory. Nothing was written; ask for fewer rows, or for --processes 1."
        ) from reason
    return [written[number] for number in sorted(written)]


def name_of(part: int) -> str:
    """The file of a part."""
    return f"tracking_data-{part:05}.parquet"


_shared: list[Common] = []
"""What this process was told when it began to write parts."""


def _begin(common: Common) -> None:
    """Begin a process that writes parts."""
    _shared.append(common)


def _write(part: list[Stretch], path: Path) -> Written:
    """Write a part in a process begun for it."""
    return write_part(_shared[0], part, path)


def _tracked(plan: Plan, written: list[Written]) -> pl.DataFrame:
    """Orders by campaign and creator, those that came back subtracted."""
    pairs = pl.DataFrame(
        {
            "pair": np.concatenate([part.tracked for part in written]),
            "orders": np.concatenate([part.orders for part in written]),
        }
    )
    return pairs.select(
        campaign=pl.col("pair") // plan.influencers,
        creator=pl.col("pair") % plan.influencers,
        orders="orders",
    )


def _sums(drawn: Drawn, rupees: Ints) -> pl.DataFrame:
    """The lines as the truth adds them up: one for each kind, and each that comes back."""
    kinds, back, gone = drawn.kinds, drawn.returned, drawn.prevented
    nothing = np.zeros_like(gone.count)
    return pl.concat(
        (
            _lines(kinds.day, kinds, kinds.count * kinds.orders, rupees, rupees * kinds.rebate),
            _lines(back.day, kinds.taken(back.kind), back.orders, back.rupees, back.paise),
            _lines(gone.day, gone, gone.count, drawn.prevented_rupees, nothing).with_columns(
                orders=pl.lit(0, pl.Int64)
            ),
        )
    )


def _lines(day: Codes, kinds: Kinds, orders: Codes, rupees: Codes, paise: Ints) -> pl.DataFrame:
    """Lines, or sums of lines, as the truth reads them; ``rupees`` before any discount."""
    wide = orders.astype(np.int64)
    frame = pl.DataFrame(
        {
            "product": kinds.product,
            "day": day,
            "campaign": kinds.campaign,
            "cause": kinds.cause,
            "orders_anyway": np.where(kinds.anyway, wide, 0),
            "orders": wide,
            "anyway": np.where(kinds.anyway, 100 * rupees, 0),
            "revenue": paise,
        }
    )
    return frame.cast({name: LINES[name] for name in ("product", "day", "campaign", "cause")})
