"""How right incremental revenue is, on worlds whose truth is known.

``python -m benchmarks.incrementality [--worlds N] [--stress]`` invents worlds, takes their tables
the way that any files go, and scores every campaign, gated or not. Nothing was tuned on these
seeds: tuning saw 0 to 199 only.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Annotated, Any
from unittest.mock import patch

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
from dashboard.dataset import load_files
from dashboard.incrementality.comparison import (
    before_after,
    difference_in_differences,
    synthetic_control,
)
from dashboard.incrementality.judging import after_measuring, before_measuring
from dashboard.incrementality.measuring import logs, measure
from dashboard.incrementality.series import Case, case, panel, runs
from dashboard.ledger import build
from data_gen import Plan, World, campaigns, effects, invent

FIRST_SEED = 1000
CONFIGURATION = {"influencers": 40, "campaigns": 5, "products": 12, "days": 420, "orders": 40.0}
DELAY_DAYS, SPILL = 3, 0.15

TAGGED, DISCOUNTED = "tagged revenue as is", "tagged × 0.8"
BEFORE_AFTER, DIFFERENCES = "before/after", "difference in differences"
SYNTHETIC = "simplex synthetic control"
DEFAULT, CALIBRATED = "default, without placebos", "default"


@dataclass(frozen=True)
class Kind:
    """A kind of world: how its plan, its drawing, its tables and its donors differ."""

    name: str
    plan: dict[str, Any] | None = None
    drawn: Callable[[], Any] = nullcontext
    tables: Callable[[World], dict[str, pl.DataFrame]] | None = None
    donors: int | None = None
    nothing: bool = False


@dataclass(frozen=True)
class Score:
    """One method on one campaign, in shares of the no-campaign revenue and in iROAS.

    ``covered`` and ``found`` are None for a method without an interval.
    """

    method: str
    miss: float
    iroas_miss: float | None
    covered: bool | None = None
    found: bool | None = None


@dataclass(frozen=True)
class Scored:
    """One campaign under every method; ``shown`` where no gate stands before its number."""

    scores: tuple[Score, ...]
    shown: bool
    half_width: float
    seconds: tuple[float, float]


def tables(world: World) -> dict[str, pl.DataFrame]:
    """The four tables of a world."""
    return {
        name: getattr(world, name) for name in ("influencers", "posts", "tracking_data", "payouts")
    }


def without_effect(world: World) -> dict[str, pl.DataFrame]:
    """A world whose campaigns cause nothing, and whose codes take nothing off either."""
    free = world.tracking_data.with_columns(revenue=world.truth.orders["revenue_anyway"])
    return tables(world) | {"tracking_data": free}


def without_reach(world: World) -> dict[str, pl.DataFrame]:
    """Posts that say no reach."""
    return tables(world) | {"posts": world.posts.drop("reach")}


def with_spill(world: World) -> dict[str, pl.DataFrame]:
    """For some of the orders caused, another one of a sibling product of the brand."""
    chance = np.random.default_rng(world.plan.seed)
    rows = world.tracking_data
    caused = world.truth.orders["cause"].cast(pl.String).is_in(["caused_tagged", "caused_halo"])
    copied = rows.filter(caused & pl.Series(chance.random(rows.height) < SPILL))
    brands = rows.select("brand", pl.col("product").cast(pl.String)).unique().sort("product")
    siblings = {brand: own["product"].to_list() for (brand,), own in brands.group_by("brand")}
    chosen = []
    for brand, product in copied.select("brand", pl.col("product").cast(pl.String)).rows():
        others = [name for name in siblings[brand] if name != product]
        chosen.append(others[int(chance.integers(len(others)))])
    spilt = copied.with_columns(
        pl.Series("product", chosen, dtype=pl.String).cast(rows.schema["product"]),
        campaign=pl.lit(None, rows.schema["campaign"]),
        influencer_id=pl.lit(None, rows.schema["influencer_id"]),
        source=pl.lit("organic").cast(rows.schema["source"]),
    )
    return tables(world) | {"tracking_data": pl.concat([rows, spilt.select(rows.columns)])}


@contextmanager
def _late() -> Iterator[None]:
    """Posts act a few days after they are published."""
    usual = effects._exposure

    def later(*given: Any) -> Any:
        heard = usual(*given)
        return np.concatenate([np.zeros_like(heard[:DELAY_DAYS]), heard[:-DELAY_DAYS]])

    with patch.object(effects, "_exposure", later):
        yield


def _lasting() -> Any:
    slow = {name: 5 * days for name, days in effects.HALF_LIFE.items()}
    return patch.object(effects, "HALF_LIFE", slow)


def _festive() -> Any:
    return patch.object(campaigns, "FESTIVE_SHARE", 1.0)


USUAL = Kind("usual")
NOTHING = Kind("no effect and no leakage", {"lift": 0.0}, tables=without_effect, nothing=True)
STRESS = (
    Kind(f"effects {DELAY_DAYS} days late", drawn=_late),
    Kind("half-life × 5", drawn=_lasting),
    Kind("two donors", donors=2),
    Kind("reach missing", tables=without_reach),
    Kind("all before festivals", drawn=_festive),
    Kind("four orders a day", {"orders": 4.0}),
    Kind("15 % spills over to siblings", tables=with_spill),
)


def world_scored(kind: Kind, seed: int) -> tuple[list[Scored], int]:
    """Every campaign of one world; and how many touched no product, which no method can score."""
    with kind.drawn():
        world = invent(Plan(seed=seed, **{**CONFIGURATION, **(kind.plan or {})}))
    made = (kind.tables or tables)(world)
    ledger = build(load_files({f"{name}.parquet": _bytes(one) for name, one in made.items()}))
    seen = panel(ledger)
    assert seen is not None
    every = runs(ledger, seen)
    truth = {row["campaign"]: row for row in world.truth.campaigns.to_dicts()}
    found, blind = [], 0
    for run in every:
        one = case(run, every, seen)
        if one is not None and kind.donors is not None:
            one = case(run, every, seen, seen.names(one.donors[kind.donors :]))
        if one is None:
            blind += 1
            continue
        row = truth[run.name]
        known = 0.0 if kind.nothing else row["incremental_revenue"]
        found.append(scored(one, known, row["baseline_revenue"], row["payout"]))
    return found, blind


def _bytes(table: pl.DataFrame) -> bytes:
    enums = [name for name, dtype in table.schema.items() if isinstance(dtype, pl.Enum)]
    written = io.BytesIO()
    table.with_columns(pl.col(enums).cast(pl.String)).write_parquet(written)
    return written.getvalue()


def scored(one: Case, truth: float, usual: float, payout: float) -> Scored:
    """One campaign under every method, against its truth; ``usual`` is its no-campaign revenue."""

    def score(method: str, said: float, interval: tuple[float, float] | None = None) -> Score:
        missed = said - truth
        return Score(
            method,
            missed / usual,
            missed / payout if payout > 0 else None,
            None if interval is None else interval[0] <= truth <= interval[1],
            None if interval is None else not interval[0] <= 0 <= interval[1],
        )

    began = time.process_time()
    plain = measure(one, placebos=False)
    between = time.process_time()
    measured = measure(one)
    done = time.process_time()
    tagged = one.run.tagged_revenue
    low, high = measured.interval
    return Scored(
        (
            score(TAGGED, tagged),
            score(DISCOUNTED, 0.8 * tagged),
            *(score(name, said) for name, said in textbook(one).items()),
            score(DEFAULT, plain.incremental, plain.interval),
            score(CALIBRATED, measured.incremental, (low, high)),
        ),
        not [*before_measuring(one), *after_measuring(measured)],
        (high - low) / 2 / usual,
        (between - began, done - between),
    )


def textbook(one: Case) -> dict[str, float]:
    """What the textbook methods say, from the days before and the window, in logarithms."""
    days = one.days[one.days <= one.last]
    before = int((days < one.first).sum())
    target = logs(one.revenue[days])
    donors = logs(one.panel.revenue[list(one.donors)][:, days]).T
    gaps = {
        BEFORE_AFTER: before_after(target, before),
        DIFFERENCES: difference_in_differences(target, donors, before),
        SYNTHETIC: synthetic_control(target, donors, before, fixed_effects=True),
    }
    sold = one.revenue[days[before:]].sum()
    return {name: float(sold * (1 - np.exp(-gap))) for name, gap in gaps.items()}


def main(
    worlds: Annotated[int, typer.Option(help="Worlds of each kind.")] = 200,
    first: Annotated[int, typer.Option(help="Seed of the first.")] = FIRST_SEED,
    stress: Annotated[bool, typer.Option("--stress", help="Worlds that break what we assume.")] = (
        False
    ),
    processes: Annotated[int, typer.Option(help="Worlds at a time.")] = os.cpu_count() or 1,
    markdown: Annotated[bool, typer.Option("--markdown", help="Tables as Markdown.")] = False,
) -> None:
    """Score every campaign of so many worlds, and print the figures."""
    began = time.perf_counter()
    kinds = STRESS if stress else (USUAL, NOTHING)
    out = Console(width=None if sys.stdout.isatty() else 140)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        found = {kind.name: _all(pool, kind, range(first, first + worlds)) for kind in kinds}
    style = box.MARKDOWN if markdown else box.SIMPLE_HEAD
    if stress:
        out.print(of_kinds(found, style))
    else:
        usual, nothing = found[USUAL.name][0], found[NOTHING.name][0]
        out.print(of_methods(usual, nothing, style))
        out.print(in_passing(usual, found[USUAL.name][1]))
    out.print(
        f"Seeds {first} to {first + worlds - 1}; {configuration()}. All campaigns scored, gated or "
        f"not. In % of the product's no-campaign revenue in the window. {machine()}; "
        f"{(time.perf_counter() - began) / 60:.0f} minutes; load {psutil.getloadavg()[0]:.1f}."
    )


def configuration() -> str:
    """The sizes of a world in words."""
    return ", ".join(f"{value:g} {name}" for name, value in CONFIGURATION.items())


def _all(pool: ProcessPoolExecutor, kind: Kind, seeds: range) -> tuple[list[Scored], int]:
    futures = [pool.submit(_numbered, _KINDS.index(kind.name), seed) for seed in seeds]
    console = Console(stderr=True)
    results = [
        future.result()
        for future in track(futures, kind.name, console=console, disable=not console.is_terminal)
    ]
    return [one for many, _ in results for one in many], sum(blind for _, blind in results)


_EVERY = (USUAL, NOTHING, *STRESS)
_KINDS = [kind.name for kind in _EVERY]


def _numbered(number: int, seed: int) -> tuple[list[Scored], int]:
    """A kind by its number: what another process is asked for must be plain."""
    return world_scored(_EVERY[number], seed)


def _of(found: Sequence[Scored], method: str) -> list[Score]:
    return [score for one in found for score in one.scores if score.method == method]


def figures(scores: Sequence[Score]) -> tuple[str, str, str, str]:
    """Bias, RMSE, iROAS RMSE and coverage, as they are written."""
    misses = 100 * np.array([score.miss for score in scores])
    ratios = np.array([score.iroas_miss for score in scores if score.iroas_miss is not None])
    covered = [score.covered for score in scores if score.covered is not None]
    return (
        f"{misses.mean():.1f}",
        f"{np.sqrt((misses**2).mean()):.1f}",
        f"{np.sqrt((ratios**2).mean()):.1f}",
        f"{100 * np.mean(covered):.1f}" if covered else "–",
    )


def of_methods(usual: Sequence[Scored], nothing: Sequence[Scored], style: box.Box) -> Table:
    """One row a method."""
    answer = Table(box=style)
    answer.add_column(f"{len(usual)} campaigns")
    heads = ("bias", "RMSE", "iROAS RMSE", "90 % coverage", f"found in {len(nothing)} without")
    for words in heads:
        answer.add_column(words, justify="right")
    for score in usual[0].scores:
        none = [one.found for one in _of(nothing, score.method) if one.found is not None]
        false = f"{100 * np.mean(none):.1f}" if none else "–"
        answer.add_row(score.method, *figures(_of(usual, score.method)), false)
    return answer


def of_kinds(found: dict[str, tuple[list[Scored], int]], style: box.Box) -> Table:
    """One row a kind of world, of the default."""
    answer = Table(box=style)
    for words in ("", "campaigns", "bias", "RMSE", "iROAS RMSE", "90 % coverage"):
        answer.add_column(words, justify="right" if words else "left")
    for name, (scores, _) in found.items():
        answer.add_row(name, str(len(scores)), *figures(_of(scores, CALIBRATED)))
    return answer


def in_passing(usual: Sequence[Scored], blind: int) -> str:
    """What else was seen: how many are shown, how wide they are, what they cost."""
    shown = [one for one in usual if one.shown]
    covered = [one.scores[-1].covered for one in shown]
    width = np.median([one.half_width for one in usual])
    plain, full = (np.median([one.seconds[step] for one in usual]) for step in (0, 1))
    return (
        f"{blind} more campaigns touched no product by more than 1 % of its orders and have no "
        f"number. Gates let {len(shown)} of {len(usual)} through, of which "
        f"{100 * np.mean(covered):.1f} % are covered. The interval is ± {100 * width:.1f} % in the "
        f"median. CPU for a campaign, median: {1000 * plain:.0f} ms without placebos, "
        f"{1000 * full:.0f} ms with."
    )


if __name__ == "__main__":
    typer.run(main)
