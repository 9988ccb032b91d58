"""dashboard serve | report | snapshot | check | import: answers and files without a screen.

What a command alone needs, it loads itself: who checks files waits neither for the rooms that
answer questions nor for a screen.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console

from dashboard.cli import files as said
from dashboard.cli import loading
from dashboard.cli.options import Answers, Filtered, From, Mapping, Place, To, day
from dashboard.dataset import Dataset, Store, Version, check_files, import_files, load
from dashboard.engines.coarsening import BUDGET, is_about_cells
from dashboard.errors import DashboardError, PlaceError, QueryError, SettingsError, did_you_mean
from dashboard.formats import counted, printable
from dashboard.ingest import Report
from dashboard.settings import Settings, load_settings

if TYPE_CHECKING:
    from dashboard.incrementality import Work
    from dashboard.query import View

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="What came back for the money paid to influencers.",
)


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
    form: Annotated[str, typer.Option("--format", help="table, csv, json, xlsx or pdf.")] = "table",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The file of xlsx or pdf.", show_default=False),
    ] = None,
    incrementality: Annotated[
        bool | None,
        typer.Option(
            "--incrementality/--no-incrementality",
            help="Whether what came because of campaigns is in it; by default in xlsx and pdf.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    mapping: Mapping = None,
    answers: Answers = [],  # noqa: B006  # typer copies it
) -> None:
    """Answer a question in the terminal, as CSV or JSON, as a workbook, or as a PDF to print."""
    _format(form, ("table", "csv", "json", "xlsx", "pdf"))
    if (form in {"xlsx", "pdf"}) != (output is not None):
        raise QueryError(
            "Workbooks and PDFs are files: give --format xlsx together with -o FILE.xlsx, or "
            "--format pdf with -o FILE.pdf."
        )
    if form == "pdf" and (by or metrics):
        raise QueryError(
            "A PDF holds all of the report: leave --by and --metrics out, or ask for --format xlsx."
        )
    if form == "csv" and incrementality and (by or metrics):
        raise QueryError(
            "CSV holds one table: ask for --incrementality alone, or for --format json."
        )
    with loading():
        from dashboard.cli import answers as answered
        from dashboard.cli import question

    dataset = _loaded(place, mapping, answers)
    settings = load_settings()
    view = question.view(dataset, filters, first, last, settings)
    wanted = incrementality is not False
    if form == "pdf" and output is not None:
        from dashboard.export.pdf import write_report

        work = _work(view, settings, output, force=force) if wanted else None
        with answered.making() as tell:
            made = write_report(
                dataset, view.where, output, force=force, settings=settings, work=work, tell=tell
            )
        sys.stdout.write(
            f"Wrote {output} ({counted(made.sheets, 'page')}). {view.where.sentence()}.\n"
        )
        return
    split = question.dimensions(by)
    if output is not None:
        from dashboard.export.found import asking
        from dashboard.export.workbook import write_workbook

        asked = question.metrics(metrics, form) if by or metrics else []
        ask = None
        if wanted and not asked:
            work = _work(view, settings, output, force=force)
            ask = asking(dataset, view.where, settings, work)
        with answered.making() as tell:
            sheets = write_workbook(view, asked, split, output, force=force, ask=ask, tell=tell)
        sys.stdout.write(f"Wrote {output} ({counted(sheets, 'sheet')}). {view.where.sentence()}.\n")
        answered.say_refusals(view, asked, split)
        return
    found = question.estimates(view, settings) if incrementality else None
    answered.say(dataset, view, question.metrics(metrics, form), split, form, found)


def _work(view: View, settings: Settings, output: Path, *, force: bool) -> Work:
    """What came because of campaigns, once it is clear that the file can be written."""
    from dashboard.cli import question
    from dashboard.export.files import check_place, check_rows

    check_place(output, force=force, example=f"report{output.suffix}")
    check_rows(view)
    return question.work(view, settings)


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
    mapping: Mapping = None,
    save_to: Annotated[
        Path | None,
        typer.Option(
            "--save-to",
            help="A folder in which visitors may save what they upload, for everybody to open.",
            show_default=False,
        ),
    ] = None,
    procs: Annotated[
        int | None,
        typer.Option(
            help="How many processes serve, each on a core of its own; 1 by default.",
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
        "procs": procs,
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
    with loading():
        from dashboard.serving import server

        run = server(settings)
    run(settings, show=show)


@app.command()
def snapshot(
    place: Place,
    output: Annotated[Path, typer.Option("-o", "--output", help="The HTML file to write.")],
    filters: Filtered = [],  # noqa: B006  # typer copies it
    first: From = None,
    last: To = None,
    pages: Annotated[
        str,
        typer.Option(
            "--pages",
            help="Overview, campaigns, influencers, incrementality, planner, definitions; all by "
            "default.",
        ),
    ] = "",
    redact: Annotated[
        bool, typer.Option("--redact", help="Pseudonyms in place of creators' names.")
    ] = False,
    redact_key: Annotated[
        str,
        typer.Option(
            help="Words of your own, with which pseudonyms stay when creators are added.",
            show_default=False,
        ),
    ] = "",
    payouts: Annotated[
        bool, typer.Option("--payouts/--no-payouts", help="Whether what was paid is in the file.")
    ] = True,
    incrementality: Annotated[
        bool,
        typer.Option(
            "--incrementality/--no-incrementality",
            help="Whether what came because of campaigns is in the file.",
        ),
    ] = True,
    most_mb: Annotated[
        float, typer.Option(help="Megabytes above which days are put together to weeks.")
    ] = 10.0,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    mapping: Mapping = None,
    answers: Answers = [],  # noqa: B006  # typer copies it
) -> None:
    """Write one HTML file that opens without a network, and in which every filter works.

    All of the data are in it; filters and days say what it shows first.
    """
    with loading():
        from dashboard.cli import answers as answered
        from dashboard.cli import question

    dataset = _loaded(place, mapping, answers)
    settings = load_settings()
    view = question.view(dataset, filters, first, last, settings)
    where = view.where
    from dashboard.export.pages import chosen, needs_estimates
    from dashboard.export.snapshot import MEGABYTE, Sharing, write_snapshot

    sharing = Sharing(
        pages=tuple(question.names(pages)),
        redact=redact or bool(redact_key),
        key=redact_key,
        payouts=payouts,
        budget=int(most_mb * MEGABYTE),
    )
    wanted = incrementality and needs_estimates(
        chosen(sharing.pages, found=incrementality, paid=payouts), paid=payouts
    )
    work = _work(view, settings, output, force=force) if wanted else None
    with answered.making() as tell:
        made = write_snapshot(
            *(dataset, where, output),
            force=force,
            settings=settings,
            sharing=sharing,
            work=work,
            tell=tell,
        )
    sys.stdout.write(
        f"Wrote {output} ({made.size / 1e6:.1f} MB). It opens with: {made.where.sentence()}.\n"
    )
    for sentence in made.about:
        sys.stdout.write(f"{sentence}\n")


@app.command()
def check(
    place: Annotated[
        Path, typer.Argument(help="A folder with the files, or one file.", show_default=False)
    ],
    mapping: Mapping = None,
    answers: Answers = [],  # noqa: B006  # typer copies it
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
        str,
        typer.Argument(
            help="A folder with the files of the four tables; or where they live: "
            "postgresql://user@host/database, a DuckDB file, with --engine a folder of parquet.",
            show_default=False,
        ),
    ],
    to: Annotated[
        Path, typer.Option("--to", help="The dataset's folder; a new version is added to it.")
    ],
    engine: Annotated[
        str,
        typer.Option(
            help="duckdb, spark or postgresql: tracking rows are added up there, and stay.",
            show_default=False,
        ),
    ] = "",
    master: Annotated[
        str,
        typer.Option(help="Of Spark: spark://…, local[*], or sc://… of Spark Connect."),
    ] = "",
    roll_up: Annotated[
        bool,
        typer.Option(
            "--roll-up/--no-roll-up",
            help="Whether rows are added up now, or each time the dataset is opened.",
        ),
    ] = True,
    anew: Annotated[
        bool,
        typer.Option(
            "--anew", help="Read every file, also those that are as they were at the last import."
        ),
    ] = False,
    cells: Annotated[
        int,
        typer.Option(help="Cells there is room for: if more, products are added up to brands."),
    ] = BUDGET,
    since: Annotated[
        str | None,
        typer.Option(
            help="YYYY-MM-DD, of rows that stay elsewhere: only those from that day on are added "
            "up; the days before are those of the last import.",
            show_default=False,
        ),
    ] = None,
    mapping: Mapping = None,
    answers: Answers = [],  # noqa: B006  # typer copies it
) -> None:
    """Read files of any size in one pass into a dataset that serve and report open at once.

    A file of tracking rows that is as it was is not read again. Rows of a database or on a cluster
    are added up where they are.
    """
    if to.is_dir() and not Store.is_one(to) and any(to.iterdir()):
        raise PlaceError(
            f"{str(to)!r} holds other files and is no dataset. Give a new folder, or one that "
            "dashboard import has made."
        )
    from dashboard.engines.sources import engine_of

    where = engine_of(place, engine)
    if since is not None and not where:
        raise QueryError(
            "--since is for rows that stay elsewhere. Leave it out: files that are as they were at "
            "the last import are not read again in any case."
        )
    if anew and where:
        raise QueryError(
            "--anew is for files. Leave it out: what stays elsewhere is added up anew in any case, "
            "unless --since is given."
        )
    if cells < 1:
        raise QueryError("--cells must be 1 or more: so many cells there is room for.")
    if cells != BUDGET and not roll_up:
        raise QueryError(
            "--cells is for rows that are added up now. Leave out --no-roll-up, or --cells."
        )
    first = day("--since", since)
    try:
        version, taken = (
            _elsewhere(place, where, master, to, mapping, answers, first, cells)
            if where
            else _from_files(Path(place), to, mapping, answers, cells, roll_up=roll_up, anew=anew)
        )
    except KeyboardInterrupt:
        sys.stderr.write(f"Stopped. {to} is as it was.{Store(to).waiting()}\n")
        raise typer.Exit(130) from None
    said.say_questions(Console(stderr=True), taken.questions)
    sys.stdout.write(
        f"Saved version {version.name} of {to}. {taken.sentence()}.\n"
        f"Open it with: dashboard serve {to}\n"
    )


def _from_files(
    place: Path,
    to: Path,
    mapping: Path | None,
    answers: Sequence[str],
    cells: int,
    *,
    roll_up: bool,
    anew: bool,
) -> tuple[Version, Report]:
    said.keep_memory()
    files = said.files_of(place)
    told = said.mapping_of(place, mapping, answers)
    sentences: list[str] = []
    with said.progress(files) as progress:
        made = import_files(
            files,
            Store(to),
            told,
            place=str(place),
            progress=progress,
            roll_up=roll_up,
            anew=anew,
            budget=cells,
            tell=sentences.append,
        )
    sys.stdout.writelines(f"{sentence}\n" for sentence in sentences)
    return made


def _elsewhere(
    place: str,
    engine: str,
    master: str,
    to: Path,
    mapping: Path | None,
    answers: Sequence[str],
    since: dt.date | None,
    cells: int,
) -> tuple[Version, Report]:
    from dashboard.dataset.elsewhere import import_from
    from dashboard.engines.sources import opened

    told = said.mapping_of(Path(place), mapping, answers)
    with opened(place, engine, master) as source, said.doing() as tell:
        made = import_from(source, Store(to), told, tell, since=since, budget=cells)
    sys.stdout.writelines(f"{note}\n" for note in made[1].notes if is_about_cells(note))
    return made


def _loaded(place: Path, mapping: Path | None, answers: Sequence[str]) -> Dataset:
    """Load a folder, and say on the error stream what was assumed and nobody has answered."""
    dataset = load(place, said.mapping_of(place, mapping, answers))
    if dataset.report.questions:
        said.say_questions(Console(stderr=True), dataset.report.questions)
    return dataset


def _format(form: str, valid: tuple[str, ...]) -> None:
    if form not in valid:
        raise QueryError(f"There is no format {form!r}. {did_you_mean(form, valid)}")


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
