"""dashboard serve | report | snapshot | check | import: answers and files without a screen."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NoReturn

import polars as pl
import typer
from rich.console import Console
from rich.table import Table as RichTable

from dashboard.cli import files as said
from dashboard.dataset import Dataset, Store, check_files, import_files, load
from dashboard.errors import (
    DashboardError,
    PlaceError,
    QueryError,
    SettingsError,
    UnknownNameError,
    did_you_mean,
)
from dashboard.formats import day, printable
from dashboard.ledger import build
from dashboard.metrics import METRICS, Metric, metric
from dashboard.query import View, Where
from dashboard.schema import DIMENSIONS, FILTERS, TABLES
from dashboard.settings import load_settings
from dashboard.tables import named, to_csv, to_xlsx

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="What came back for the money paid to influencers.",
)

Place = Annotated[
    Path, typer.Argument(help="A folder with the four tables, such as data.", show_default=False)
]
Filtered = Annotated[
    list[str],
    typer.Option(
        "--filter",
        help="DIMENSION=VALUE,VALUE; may stand several times. Quote a value that holds a comma.",
        show_default=False,
    ),
]
From = Annotated[
    str | None, typer.Option("--from", help="First day, YYYY-MM-DD.", show_default=False)
]
To = Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD.", show_default=False)]

HEADLINES = (
    "revenue",
    "orders",
    "spend",
    "profit",
    "roas",
    "break_even_incrementality",
    "cac",
    "engagement_rate",
)
"""What a table shows when no metrics are named; JSON gives them all."""


@app.command()
def report(
    place: Place,
    filters: Filtered = [],  # noqa: B006  # typer copies it
    first: From = None,
    last: To = None,
    by: Annotated[
        str, typer.Option("--by", help="Dimensions to split by, such as platform,category.")
    ] = "",
    metrics: Annotated[
        str,
        typer.Option("--metrics", help="Metrics, such as revenue,roas; all by default in JSON."),
    ] = "",
    form: Annotated[str, typer.Option("--format", help="table, csv, json or xlsx.")] = "table",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The file to write as xlsx.", show_default=False),
    ] = None,
    mapping: said.Mapping = None,
    answers: said.Answers = [],  # noqa: B006  # typer copies it
) -> None:
    """Answer a question in the terminal, as CSV, JSON or a workbook."""
    _format(form, ("table", "csv", "json", "xlsx"))
    if (form == "xlsx") != (output is not None):
        raise QueryError("A workbook is a file: give --format xlsx together with -o FILE.xlsx.")
    dataset = load(place, said.mapping_of(place, mapping, answers))
    _say_assumed(dataset)
    ledger = build(dataset)
    where = Where.of(ledger, _filters(filters), _day("--from", first), _day("--to", last))
    split = _names(by)
    for name in split:
        if name not in DIMENSIONS:
            raise UnknownNameError("dimension", name, DIMENSIONS)
    default = tuple(METRICS) if form == "json" else HEADLINES
    asked = [metric(name) for name in _names(metrics) or default]
    view = View(ledger, where)
    if form == "json":
        sys.stdout.write(
            json.dumps(as_json(dataset, view, asked, split), ensure_ascii=False, indent=2) + "\n"
        )
    elif output is not None:
        notes = [f"{view.where.sentence()}.", f"Version {dataset.version} of {dataset.place}"]
        _write(output, to_xlsx(named(view.ask(asked, split).frame), notes))
        _say_refusals(view, asked, split)
    elif form == "csv":
        sys.stdout.write(to_csv(named(view.ask(asked, split).frame)))
        _say_refusals(view, asked, split)
    else:
        _print_table(dataset, view, asked, split)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise PlaceError(f"{path} cannot be written: {error.strerror}.") from error


def _format(form: str, valid: tuple[str, ...]) -> None:
    if form not in valid:
        raise QueryError(f"There is no format {form!r}. {did_you_mean(form, valid)}")


def _say_assumed(dataset: Dataset) -> None:
    """Say on the error stream what was assumed of the files and nobody has answered."""
    if dataset.report.questions:
        said.say_questions(Console(stderr=True), dataset.report.questions)


def as_json(
    dataset: Dataset, view: View, asked: Sequence[Metric], by: Sequence[str]
) -> dict[str, Any]:
    """The whole report as plain values: rupees with two decimals, undefined as None."""
    totals = view.ask(asked)
    split = view.ask(asked, by) if by else None
    coverage = view.coverage()
    where = view.where
    filters: dict[str, Any] = {name: list(where.values(name)) for name in where.active}
    filters |= {
        name: value.isoformat()
        for name, value in (("from", where.first), ("to", where.last))
        if value
    }
    until = dataset.data_until
    return {
        "dataset": {
            "rows": {name: dataset.report.read.get(name, 0) for name in TABLES},
            "accepted": {name: dataset.report.accepted.get(name, 0) for name in TABLES},
            "quarantined": {name: dataset.report.quarantined.get(name, 0) for name in TABLES},
            "data_until": until.isoformat() if until else None,
            "version": dataset.version,
        },
        "filters": filters,
        "totals": _plain(totals.frame, asked)[0],
        "by": list(by),
        "rows": _plain(split.frame, asked) if split else [],
        "coverage": {
            "spend": {
                "in_view": round(coverage.spend_in_view, 2),
                "not_in_view_unassigned": round(coverage.spend_left_out, 2),
            }
        },
        "refused": {**totals.refused, **(split.refused if split else {})},
    }


def _plain(frame: pl.DataFrame, asked: Sequence[Metric]) -> list[dict[str, Any]]:
    money = {one.name for one in asked if one.is_money}
    return [
        {name: _value(value, money=name in money) for name, value in row.items()}
        for row in frame.to_dicts()
    ]


def _value(value: Any, *, money: bool) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return round(value, 2) if money and value is not None else value


def _print_table(dataset: Dataset, view: View, asked: Sequence[Metric], by: Sequence[str]) -> None:
    """Totals and the split, with what was filtered, set aside and left out."""
    console = Console()
    until = dataset.data_until
    console.print(
        f"[bold]{dataset.report.sentence()}[/]; "
        f"data until {day(until) if until else 'unknown'}; version {dataset.version}"
    )
    console.print(view.where.sentence() + ".", markup=False)
    answer = view.ask(asked, by)
    table = RichTable(show_footer=bool(by))
    totals = view.ask(asked).frame
    for index, name in enumerate(by):
        table.add_column(DIMENSIONS[name].label, footer="Total" if index == 0 else "")
    for one in asked:
        table.add_column(one.label, justify="right", footer=one.say(totals[one.name].item()))
    for row in named(answer.frame).to_dicts():
        table.add_row(
            *(_cell(row[name]) for name in by), *(one.say(row[one.name]) for one in asked)
        )
    console.print(table)
    for sentence in view.coverage().sentences:
        console.print(sentence, markup=False)
    _say_refusals(view, asked, by)


def _cell(value: Any) -> str:
    from rich.markup import escape

    if value is None:
        return "No date"
    return value.isoformat() if isinstance(value, dt.date) else escape(printable(str(value)))


def _say_refusals(view: View, asked: Sequence[Metric], by: Sequence[str]) -> None:
    """Say on the error stream what could not be answered; standard output stays a table."""
    for sentence in dict.fromkeys(view.ask(asked, by).refused.values()):
        sys.stderr.write(f"— {printable(sentence)}\n")


def _filters(typed: Sequence[str]) -> dict[str, list[str]]:
    """``brand=A,B`` as a mapping; the same dimension may be given several times."""
    kept: dict[str, list[str]] = {}
    for one in typed:
        name, equals, values = one.partition("=")
        if not equals:
            raise QueryError(
                f"--filter {one!r} has no '='. Write it as DIMENSION=VALUE, such as "
                f"brand=MuscleBlaze. {did_you_mean(name, FILTERS)}"
            )
        kept.setdefault(name.strip(), []).extend(
            next(csv.reader(io.StringIO(values), skipinitialspace=True), [])
        )
    return kept


def _names(typed: str) -> list[str]:
    return [name.strip() for name in typed.split(",") if name.strip()]


def _day(option: str, typed: str | None) -> dt.date | None:
    if typed is None:
        return None
    try:
        return dt.date.fromisoformat(typed)
    except ValueError as error:
        raise QueryError(
            f"{option} {typed!r} is not a day. Write it as YYYY-MM-DD, such as 2026-03-31."
        ) from error


@app.command()
def serve(
    place: Annotated[
        Path | None,
        typer.Argument(
            help="A folder with the four tables; by default the setting data.", show_default=False
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 takes a free one.", show_default=False)
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="Address to listen on.", show_default=False)
    ] = None,
    without_login: Annotated[
        bool,
        typer.Option(
            "--without-login",
            help="Serve other machines although anybody who reaches the port sees everything.",
        ),
    ] = False,
    show: Annotated[bool, typer.Option("--show/--no-show", help="Open a browser.")] = False,
    mapping: said.Mapping = None,
    save_to: Annotated[
        Path | None,
        typer.Option(
            "--save-to",
            help="A folder in which visitors may save what they upload, for everybody to open.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Serve the live dashboard."""
    settings = load_settings()
    given: dict[str, Any] = {
        "data": str(place) if place else None,
        "port": port,
        "address": address,
        "without_login": without_login or None,
        "mapping": str(mapping) if mapping else None,
        "save_to": str(save_to) if save_to else None,
    }
    settings = replace(
        settings, **{name: value for name, value in given.items() if value is not None}
    )
    if not settings.is_local and not settings.without_login:
        raise SettingsError(
            f"Address {settings.address!r} can be reached from other machines, and there is no "
            "login yet. Serve on 127.0.0.1, or say --without-login if everybody who can reach the "
            "port may see everything."
        )
    from dashboard.serving import serve as run

    run(settings, show=show)


@app.command()
def snapshot(
    place: Place,
    output: Annotated[Path, typer.Option("-o", "--output", help="The HTML file to write.")],
    filters: Filtered = [],  # noqa: B006  # typer copies it
    first: From = None,
    last: To = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    mapping: said.Mapping = None,
    answers: said.Answers = [],  # noqa: B006  # typer copies it
) -> None:
    """Write the Overview as one HTML file that opens without a network."""
    dataset = load(place, said.mapping_of(place, mapping, answers))
    _say_assumed(dataset)
    where = Where.of(build(dataset), _filters(filters), _day("--from", first), _day("--to", last))
    from dashboard.export.snapshot import write_snapshot

    size = write_snapshot(dataset, where, output, force=force)
    sys.stdout.write(f"Wrote {output} ({size / 1e6:.1f} MB). {where.sentence()}.\n")


@app.command()
def check(
    place: Annotated[
        Path, typer.Argument(help="A folder with the files, or one file.", show_default=False)
    ],
    mapping: said.Mapping = None,
    answers: said.Answers = [],  # noqa: B006  # typer copies it
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    to_mend: Annotated[
        Path | None,
        typer.Option(
            help="A folder for the rows set aside: mend them there and put them beside the files.",
            show_default=False,
        ),
    ] = None,
    save_mapping: Annotated[
        Path | None,
        typer.Option(help="A TOML file for the answers given and proposed.", show_default=False),
    ] = None,
) -> None:
    """Say what files are, what is set aside and why: 0 clean, 1 something set aside, 2 refused."""
    _format(form, ("text", "json"))
    said.keep_memory()
    files = said.files_of(place)
    told = said.mapping_of(place, mapping, answers)
    with said.progress(files) as progress:
        checked = check_files(
            files, told, place=str(place), progress=progress, whole=not place.is_file()
        )
    if form == "json":
        sys.stdout.write(json.dumps(checked.as_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        said.say_checked(checked)
    if to_mend:
        for path in said.write_to_mend(checked.report, to_mend):
            sys.stderr.write(f"Wrote {path}.\n")
    if save_mapping:
        said.write_mapping(told, checked.questions, save_mapping)
    raise typer.Exit(checked.exit_code)


@app.command("import")
def import_(
    place: Annotated[
        Path, typer.Argument(help="A folder with the files of the four tables.", show_default=False)
    ],
    to: Annotated[
        Path, typer.Option("--to", help="The dataset's folder; a new version is added to it.")
    ],
    mapping: said.Mapping = None,
    answers: said.Answers = [],  # noqa: B006  # typer copies it
) -> None:
    """Read files of any size in one pass into a dataset that serve and report open at once."""
    if to.is_dir() and not Store.is_one(to) and any(to.iterdir()):
        raise PlaceError(
            f"{str(to)!r} holds other files and is no dataset. Give a new folder, or one that "
            "dashboard import has made."
        )
    said.keep_memory()
    files = said.files_of(place)
    told = said.mapping_of(place, mapping, answers)
    try:
        with said.progress(files) as progress:
            version, taken = import_files(
                files, Store(to), told, place=str(place), progress=progress
            )
    except KeyboardInterrupt:
        sys.stderr.write(f"Stopped. {to} is as it was.\n")
        raise typer.Exit(130) from None
    said.say_questions(Console(stderr=True), taken.questions)
    sys.stdout.write(
        f"Saved version {version.name} of {to}. {taken.sentence()}.\n"
        f"Open it with: dashboard serve {to}\n"
    )


def run() -> NoReturn:
    """Run the command line; what we can explain is a sentence and exit code 2."""
    try:
        app(standalone_mode=True)
    except DashboardError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(1)
    sys.exit(0)
