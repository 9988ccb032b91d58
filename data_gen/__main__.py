"""The command line: ``python -m data_gen --out DIR --seed 7``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from dashboard.errors import DashboardError, SettingsError, did_you_mean
from data_gen.invent import invent
from data_gen.plan import LARGE, Plan, Progress, large, silence
from data_gen.writing import FORMATS, Format, check_folder, write_large_world, write_world

USUAL = Plan()
LONG_RUN_ROWS = 500_000
"""Runs of more tracking rows than this show how far they are."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


def _usually(name: str) -> str:
    """What a size is where none is given."""
    return f"[default: {getattr(USUAL, name):,}; with --rows {LARGE[name]:,}]"


@app.command()
def generate(  # noqa: PLR0913, PLR0917 - one argument for each option of the command
    out: Annotated[Path, typer.Option(help="Folder for the tables and the truth.")],
    seed: Annotated[int, typer.Option(help="The same seed makes the same bytes.")] = USUAL.seed,
    influencers: Annotated[
        int | None, typer.Option(help=f"Number of creators. {_usually('influencers')}")
    ] = None,
    days: Annotated[int | None, typer.Option(help=f"Number of days. {_usually('days')}")] = None,
    orders: Annotated[
        float | None,
        typer.Option(help=f"Orders per product on a usual day. [default: {USUAL.orders:g}]"),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            help=f"First day, as YYYY-MM-DD. [default: {USUAL.start}; with --rows {LARGE['start']}]"
        ),
    ] = None,
    campaigns: Annotated[
        int | None, typer.Option(help=f"Number of campaigns. {_usually('campaigns')}")
    ] = None,
    products: Annotated[
        int | None, typer.Option(help=f"Number of products. {_usually('products')}")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help="csv or parquet. [default: csv; with --rows parquet]"),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(
            help="Make a large world of about so many tracking rows instead, written in parts of "
            "some days as parquet. Its truth is kept by campaign and by product and day; why each "
            "single order came is not."
        ),
    ] = None,
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="With --rows: processes that write the parts.")
    ] = 2,
    force: Annotated[
        bool, typer.Option("--force", help="Write into a folder that holds other files.")
    ] = False,
) -> None:
    """Invent a world of campaigns with a known truth, and write its four tables."""
    began = time.perf_counter()
    try:
        sizes: dict[str, Any] = {
            "seed": seed,
            "influencers": influencers,
            "days": days,
            "orders": orders,
            "start": _day(start),
            "campaigns": campaigns,
            "products": products,
        }
        given = {name: size for name, size in sizes.items() if size is not None}
        if rows is None:
            written = _write(Plan(**given), out, _format(form or "csv"), force)
        else:
            _must_be_large(orders, form)
            written = _write_large(large(rows, **given), out, processes, force)
    except DashboardError as reason:
        typer.echo(str(reason), err=True)
        raise typer.Exit(2) from reason
    seconds, lines = time.perf_counter() - began, written["tracking_data"]
    truth = "truth" if rows is None else "truth by campaign and by product and day"
    typer.echo(
        f"Wrote {lines:,} tracking rows, {written['posts']:,} posts and "
        f"{written['payouts']:,} payouts, with the {truth}, to {out} in {seconds:.1f} s "
        f"({lines / seconds:,.0f} tracking rows per second)."
    )


def _write(plan: Plan, out: Path, form: Format, force: bool) -> dict[str, int]:
    """Write a world with its whole truth, and say how many rows its tables have."""
    check_folder(out, force)
    with _progress(plan) as tell:
        world = invent(plan, tell)
        tell("writing", 0.8)
        write_world(world, out, form)
    return {table: getattr(world, table).height for table in ("tracking_data", "posts", "payouts")}


def _write_large(plan: Plan, out: Path, processes: int, force: bool) -> dict[str, int]:
    """Write a large world, and say how many rows its tables have."""
    check_folder(out, force)
    with _progress(plan) as tell:
        return write_large_world(plan, out, processes, tell)


def _must_be_large(orders: float | None, form: str | None) -> None:
    """Refuse options that a large world does not have."""
    if orders is not None:
        raise SettingsError("Give --orders or --rows: each decides how many orders there are.")
    if form not in {None, "parquet"}:
        raise SettingsError(f"A large world is written as parquet, not as {form!r}.")


def _day(text: str | None) -> date | None:
    """A day written as YYYY-MM-DD, where one is."""
    try:
        return None if text is None else date.fromisoformat(text)
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
