"""The command line: ``python -m data_gen --out DIR --seed 7``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from dashboard.errors import DashboardError, SettingsError, did_you_mean
from data_gen.invent import invent
from data_gen.plan import Plan, Progress, silence
from data_gen.writing import FORMATS, Format, check_folder, write_world

USUAL = Plan()
LONG_RUN_ROWS = 500_000
"""Runs of more tracking rows than this show how far they are."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def generate(  # noqa: PLR0913, PLR0917 - one argument for each option of the command
    out: Annotated[Path, typer.Option(help="Folder for the tables and the truth.")],
    seed: Annotated[int, typer.Option(help="The same seed makes the same bytes.")] = USUAL.seed,
    influencers: Annotated[int, typer.Option(help="Number of creators.")] = USUAL.influencers,
    days: Annotated[int, typer.Option(help="Number of days.")] = USUAL.days,
    orders: Annotated[
        float, typer.Option(help="Orders per product on a usual day.")
    ] = USUAL.orders,
    start: Annotated[str, typer.Option(help="First day, as YYYY-MM-DD.")] = USUAL.start.isoformat(),
    campaigns: Annotated[int, typer.Option(help="Number of campaigns.")] = USUAL.campaigns,
    products: Annotated[int, typer.Option(help="Number of products.")] = USUAL.products,
    form: Annotated[str, typer.Option("--format", help="csv or parquet.")] = "csv",
    force: Annotated[
        bool, typer.Option("--force", help="Write into a folder that holds other files.")
    ] = False,
) -> None:
    """Invent a world of campaigns with a known truth, and write its four tables."""
    began = time.perf_counter()
    try:
        plan = Plan(seed, influencers, days, orders, _day(start), campaigns, products)
        kind = _format(form)
        check_folder(out, force)
        with _progress(plan) as tell:
            world = invent(plan, tell)
            tell("writing", 0.8)
            write_world(world, out, kind)
    except DashboardError as reason:
        typer.echo(str(reason), err=True)
        raise typer.Exit(2) from reason
    seconds, rows = time.perf_counter() - began, world.tracking_data.height
    typer.echo(
        f"Wrote {rows:,} tracking rows, {world.posts.height:,} posts and "
        f"{world.payouts.height:,} payouts, with the truth, to {out} in {seconds:.1f} s "
        f"({rows / seconds:,.0f} tracking rows per second)."
    )


def _day(text: str) -> date:
    """A day written as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError as reason:
        raise SettingsError(f"start must be a day written as YYYY-MM-DD, not {text!r}.") from reason


def _format(text: str) -> Format:
    """One of the two formats."""
    for known in FORMATS:
        if text == known:
            return known
    raise SettingsError(f"There is no format {text!r}. {did_you_mean(text, get_args(Format))}")


@contextmanager
def _progress(plan: Plan) -> Iterator[Progress]:
    """A progress bar for a long run on a terminal, and silence otherwise."""
    console = Console(stderr=True)
    if not console.is_terminal or plan.expected_rows < LONG_RUN_ROWS:
        yield silence
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda doing, done: bar.update(task, description=doing, completed=done)


if __name__ == "__main__":
    app()
