"""What the command line says about files: what they are, what is set aside, what is open."""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl
from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from dashboard.dataset import Checked, FileMapping, Store
from dashboard.errors import PlaceError
from dashboard.formats import counted, listing, number, printable
from dashboard.ingest import Question, Report, own_mapping, table_files
from dashboard.ingest.intake import Progress as Told
from dashboard.ingest.mapping import load_mapping, read_answers
from dashboard.ingest.questions import in_words


def mapping_of(place: Path, mapping: Path | None, answers: Sequence[str]) -> FileMapping:
    """What has been answered: in the mapping file, and above that in the flags."""
    told = load_mapping(mapping) if mapping else own_mapping(place)
    return told.answered(read_answers(answers))


def files_of(place: Path) -> dict[str, Path]:
    """The files of a folder, or the one file."""
    if place.is_file():
        return {place.name: place}
    if Store.is_one(place):
        raise PlaceError(
            f"{str(place)!r} is a saved dataset, which was checked when it was saved. Give the "
            "folder with the files themselves."
        )
    return {path.name: path for path in table_files(place)}


@contextmanager
def progress(files: dict[str, Path]) -> Iterator[Told]:
    """A bar on the error stream while files are read, where somebody looks at it."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[rows]} rows"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    sizes = {name: path.stat().st_size for name, path in files.items()}
    done: dict[str, int] = {}
    with bar:
        task = bar.add_task("Reading", total=sum(sizes.values()), rows="0")

        def tell(file: str, read: int, rows: int) -> None:
            done[file] = read
            bar.update(
                task,
                description=printable(f"Reading {file}")[:40],
                completed=sum(done.values()),
                rows=number(rows),
            )

        yield tell


@contextmanager
def doing() -> Iterator[Callable[[str], None]]:
    """A line on the error stream that says what is being done, where somebody looks at it."""
    console = Console(stderr=True)
    with console.status("") as status:
        yield lambda what: status.update(escape(printable(what)))


def keep_memory() -> None:
    """Have the C library keep memory that is freed, where it can be told so (glibc).

    Each block of a file needs as much as the one before. Giving it back and taking it anew costs a
    tenth of the work of reading a large file, page by page.
    """
    threshold, trim, pad, arenas = -3, -1, -2, -8  # M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, M_TOP_PAD
    with suppress(OSError, AttributeError, TypeError):
        tell = ctypes.CDLL(None).mallopt
        for what, size in ((threshold, 2**30), (trim, 2**30), (pad, 2**26), (arenas, 1)):
            tell(what, size)


def say_checked(checked: Checked) -> None:
    """Print everything that a check found, for people."""
    console = Console(soft_wrap=False)
    report = checked.report
    if report.files:
        console.print(_files(report))
    console.print(
        f"{report.sentence()}. Accepted and set aside sum to what was read.", markup=False
    )
    for file, reason in checked.refused.items():
        console.print(_point("bold red", f"{file} cannot be used", [reason]))
    for file in dict.fromkeys(report.quarantine["file"].to_list()):
        aside = report.quarantine.filter(pl.col("file") == file)
        heading = f"{file}: {counted(aside.height, 'row')} set aside"
        console.print(_point("bold yellow", heading, list(_reasons(aside))))
    unused = [f"{file} is not used. {why}" for file, why in report.ignored.items()]
    noticed = [f"{file.file}: {note}" for file in report.files for note in file.notes]
    extra = [
        f"{file.file}: kept, not analysed: {listing(file.extra, most=8)}."
        for file in report.files
        if file.extra
    ]
    if points := [*unused, *noticed, *report.notes, *extra]:
        console.print(_point("bold", "Noticed", points))
    say_questions(console, checked.questions)


def say_questions(console: Console, questions: Sequence[Question]) -> None:
    """Print what is open: what must be answered apart from what is assumed."""
    for heading, asked in (
        (
            "To be answered before the files can be used",
            [q for q in questions if q.must_be_answered],
        ),
        ("Assumed; answer if it is otherwise", [q for q in questions if not q.must_be_answered]),
    ):
        if asked:
            console.print(f"\n[bold]{heading}[/]")
            console.print(printable(in_words(asked)), markup=False, highlight=False, soft_wrap=True)


def _files(report: Report) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for head in ("File", "Table"):
        table.add_column(head, overflow="fold")
    for head in ("Rows", "Accepted", "Set aside"):
        table.add_column(head, justify="right")
    table.add_column("Written", overflow="fold")
    for file in report.files:
        table.add_row(
            _plain(file.file),
            file.table,
            number(file.read),
            number(file.accepted),
            number(file.quarantined),
            _plain(file.written),
        )
    return table


def _reasons(aside: pl.DataFrame) -> Iterator[str]:
    """Each reason once: how many rows, which, and how one of them reads."""
    grouped = aside.group_by("rule", "column", maintain_order=True).agg(
        pl.len(), pl.col("row").head(5), pl.col("value").first(), pl.col("reason").first()
    )
    for rule in grouped.iter_rows(named=True):
        rows = listing([number(row) for row in rule["row"]], most=5)
        more = " …" if rule["len"] > len(rule["row"]) else ""
        given = f", such as {rule['value'][:60]!r}" if rule["value"] else ""
        where = "row" if rule["len"] == 1 else "rows"
        yield f"{number(rule['len'])} × {rule['reason']} ({where} {rows}{more}{given})"


def _plain(text: str) -> str:
    """Text from files, that steers neither the terminal nor its markup."""
    return escape(printable(text))


def _point(style: str, heading: str, lines: Sequence[str]) -> Group:
    return Group(
        "",
        f"[{style}]{_plain(heading)}[/]",
        *(Padding(_plain(f"• {line}"), (0, 0, 0, 2)) for line in lines),
    )


def write_to_mend(report: Report, folder: Path) -> list[Path]:
    """Write what was set aside, a file for each it came from, to be mended and given again."""
    files = dict.fromkeys(report.quarantine["file"].to_list())
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            name = re.sub(r"[^\w.-]+", " ", file.rpartition(".")[0] or file).strip(". ")[:80]
            path = folder / f"{name or 'rows'} - set aside.csv"
            path.write_text(report.to_mend(file), "utf-8-sig", newline="")
            written.append(path)
    except OSError as error:
        raise PlaceError(f"{folder} cannot be written: {error.strerror}.") from error
    return written


def write_mapping(mapping: FileMapping, questions: Sequence[Question], path: Path) -> None:
    """Write what was answered and what is proposed, to be edited and given again."""
    proposed = {question.where: question.proposed for question in questions if question.proposed}
    try:
        path.write_text(mapping.answered(proposed).to_toml(), "utf-8")
    except OSError as error:
        raise PlaceError(f"{path} cannot be written: {error.strerror}.") from error
    sys.stderr.write(f"Wrote {path}: look through it, and give it with --mapping.\n")
