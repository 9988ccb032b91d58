"""Whether any file can break reading: ``python -m benchmarks.fuzz --inputs 100000 --seed 7``.

Every input is a file after a few mishaps (``tests/mutations.py``), read instead of the sound one of
its set. Whatever it holds:

- only a ``DashboardError`` may be raised, and within 5 seconds of work;
- every record is accepted or set aside, once, and sums are whole numbers;
- what was set aside and comes back as it was adds nothing;
- a question that is answered as proposed is asked no more.

``--only 4711`` runs one input again. What breaks a promise is cut down to what still does and kept.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import faulthandler
import multiprocessing
import os
import re
import shlex
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Annotated

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # one process a core is faster on small files

import polars as pl
import typer
from rich.console import Console

from benchmarks.places import EXAMPLE
from dashboard.errors import DashboardError
from dashboard.ingest import FileMapping, Question, Report, read_files, read_text
from dashboard.ingest.cleaning import Told
from dashboard.ingest.intake import Kept, must_be_possible, report_on, take_in
from dashboard.ingest.mapping import read_answers, read_mapping
from dashboard.ingest.reading import TextTable, open_file
from dashboard.ingest.survey import Plan, survey
from dashboard.schema import TABLES
from tests.mutations import cut, mutated, naughty
from tests.small import FILES

KEPT = Path(tempfile.gettempdir(), "influencer-roi-fuzz")
CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
TODAY = dt.date(2026, 3, 1)
LONGEST = 5.0
"""Seconds of work that a file may take."""
_BACK, _WHOLE = 3, 12
"""One input in so many is mended and answered, one is read with the other tables of its set."""
_HUNG = 600
_PIECE = 100
"""Inputs that a process is given at a time."""
_BLOCK = 997
"""Bytes of the small blocks in which a file must read as it does at once."""

Files = dict[str, bytes]


class BrokenError(AssertionError):
    """A promise that was not kept: its name, and what happened instead."""

    def __init__(self, promise: str, words: str) -> None:
        self.promise = promise
        super().__init__(f"{promise}: {words}")


class TooSlow(BaseException):  # no error of the code's own
    """A file took longer than it may; no ``except`` of ours or others' may catch it."""


# ---------------------------------------------------------------------------------------- promises


def keep_promises(
    name: str,
    content: bytes,
    others: Mapping[str, bytes],
    *,
    back: bool = True,
    whole: bool = True,
) -> str:
    """Read a file in every way and say what became of it.

    Parameters
    ----------
    others
        The other files of its set.
    back
        Whether to give back what was set aside, and to answer what is asked.
    whole
        Whether to read it together with them too.

    Raises
    ------
    BrokenError
        A promise is not kept.
    """
    with contextlib.suppress(DashboardError):
        _accounted(read_text(content, name), content, name)
    became = _alone(name, content, back=back)
    if whole:
        _in_its_set(name, content, others)
    return became


def _accounted(text: TextTable, content: bytes, name: str) -> None:
    """Every line that says something is a record, where no quote makes lines hard to tell."""
    if len(text.rows) != text.frame.height:
        raise BrokenError("rows", f"{len(text.rows)} rows of {text.frame.height} records")
    places = [*text.rows.to_list(), *(problem.row for problem in text.problems)]
    if len(set(places)) != len(places) or (places and min(places) <= text.dialect.header_row):
        raise BrokenError("rows", "two records in one row, or one above the header")
    if text.rows.n_unique() != len(text.rows) or not text.rows.is_sorted():
        raise BrokenError("rows", "not in their order")
    _in_blocks(text, content, name)
    dialect = text.dialect
    plain = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    if dialect.encoding.startswith("utf-8") and dialect.quote not in plain and not dialect.escape:
        below = plain.split("\n")[dialect.header_row :]
        said = sum(bool(line.replace(dialect.delimiter, "").strip()) for line in below)
        if said != text.read:
            raise BrokenError("every line", f"{said} lines say something, {text.read} records")


def _in_blocks(text: TextTable, content: bytes, name: str) -> None:
    """The same records in small blocks as at once."""
    if len(content) < _BLOCK or b"\x00" in content[:4]:
        return
    (file,) = open_file(content, name, max(_BLOCK, len(content) // 50))
    blocks = list(file.blocks())
    read = sum(block.read for block in blocks)
    if read != text.read:
        raise BrokenError("blocks", f"{read} records in blocks, {text.read} at once")
    if not any(block.problems for block in (*blocks, text)):
        frame = pl.concat([block.frame for block in blocks])
        if not frame.fill_null("").equals(text.frame.fill_null("")):
            raise BrokenError("blocks", "other cells in blocks than at once")


def _alone(name: str, content: bytes, *, back: bool) -> str:
    """One file by itself, what must be answered answered."""
    files, mapping = {name: content}, FileMapping()
    for _ in range(8):
        plan = survey(files, mapping)
        if plan.refused:
            return "refused"
        open_ = [one for one in plan.questions if one.must_be_answered and one.proposed]
        if not open_:
            break
        mapping = answered(mapping, open_)
    else:
        raise BrokenError("questions", "eight rounds of answers are not enough")
    if not plan.parts:
        return "mended" if plan.mends else "ignored"
    try:
        sink, report = _read(plan, files, mapping)
    except DashboardError:
        return "refused"
    adds_up(report, {table: sink.frame(table) for table in TABLES})
    if back:
        _mend(files, mapping, sink, report)
        _ask_no_more(files, mapping, report)
    return "set aside" if report.quarantine.height else "accepted"


def _read(plan: Plan, files: Files, mapping: FileMapping) -> tuple[Kept, Report]:
    """What the plan says is there, whatever tables are missing."""
    if plan.refused or any(one.must_be_answered for one in plan.questions):
        must_be_possible(plan, files, "the set")
    sink = Kept()
    taken = take_in(plan, Told(mapping, TODAY), sink)
    return sink, report_on(plan, taken, sink)


def adds_up(report: Report, tables: Mapping[str, pl.DataFrame]) -> None:
    """Accepted and set aside are what was read, in the report and in the tables; sums are exact."""
    for file in report.files:
        if file.accepted + file.quarantined != file.read:
            raise BrokenError(
                "sum", f"{file.file}: {file.accepted} + {file.quarantined} = {file.read}"
            )
    aside = report.quarantine.height + report.mended
    if sum(report.quarantined.values()) != aside:
        raise BrokenError("sum", f"{report.quarantined} set aside and {aside} held")
    for table, frame in tables.items():
        if report.accepted.get(table, 0) != frame.height:
            raise BrokenError(
                "sum", f"{table}: {report.accepted.get(table)} and {frame.height} rows"
            )
        for column in frame:
            if column.dtype == pl.Int64:
                total = sum(column.drop_nulls().to_list())
                if total != int(column.cast(pl.Int128).sum() or 0) or abs(total) >= 2**63:
                    raise BrokenError("totals", f"{table}.{column.name} sums up to {total}")
            elif column.dtype == pl.Float64 and not column.drop_nulls().is_finite().all():
                raise BrokenError("totals", f"{table}.{column.name} is not finite")
    if report.quarantine["id"].n_unique() != report.quarantine.height:
        raise BrokenError("quarantine", "two records have one id")


def _mend(files: Files, mapping: FileMapping, sink: Kept, before: Report) -> None:
    """What comes back unmended adds nothing and is still set aside, once."""
    for file in sorted(set(before.quarantine["file"].to_list())):
        back = before.to_mend(file).encode()
        try:
            given = {**files, "back.csv": back}
            again, report = _read(survey(given, mapping), given, mapping)
        except DashboardError:
            continue
        adds_up(report, {table: again.frame(table) for table in TABLES})
        open_quotes = before.quarantine["rule"].eq("open_quote").sum()
        for table in TABLES:
            more = again.frame(table).height - sink.frame(table).height
            if not 0 <= more <= open_quotes:
                raise BrokenError("mending", f"{more} more rows of {table} from rows as they were")
        held = sum(report.accepted.values()) + report.quarantine.height
        read = sum(before.accepted.values()) + before.quarantine.height
        if held != read:
            raise BrokenError("mending", f"{held} records held, of {read} before they came back")


def answered(mapping: FileMapping, questions: Sequence[Question]) -> FileMapping:
    """The mapping with every answer that is proposed, given as the command line takes them."""
    for one in questions:
        typed = shlex.split(one.flag)[1]
        given = read_answers([typed])
        if given != {one.where: one.proposed}:
            raise BrokenError("answers", f"{typed!r} is read as {given}")
    more = mapping.answered({one.where: one.proposed for one in questions})
    if read_mapping(more.to_toml()).answers != more.answers:
        raise BrokenError("answers", "the mapping does not come back as it was written")
    return more


def _ask_no_more(files: Files, mapping: FileMapping, report: Report) -> None:
    """A question that is answered goes."""
    asked = [one for one in report.questions if one.proposed]
    if not asked:
        return
    mapping = answered(mapping, asked)
    try:
        _, again = _read(survey(files, mapping), files, mapping)
    except DashboardError:
        return
    left = {one.where for one in again.questions} & {one.where for one in asked}
    if left:
        raise BrokenError("questions", f"asked again: {left}")


def _in_its_set(name: str, content: bytes, others: Mapping[str, bytes]) -> None:
    """The whole set, its questions answered; and the same bytes are the same version."""
    files, mapping = {**others, name: content}, FileMapping()
    try:
        plan = survey(files, mapping)
        mapping = answered(mapping, [one for one in plan.questions if one.proposed])
        made = read_files(files, mapping=mapping, today=TODAY)
    except DashboardError:
        return
    adds_up(made.report, made.tables)
    if read_files(files, mapping=mapping, today=TODAY).version != made.version:
        raise BrokenError("version", "the same files are another version the second time")


# ------------------------------------------------------------------------------------------ inputs


@cache
def _sets() -> tuple[Files, ...]:
    """Sound sets, a few rows of each."""
    sets = [{name: text.encode() for name, text in FILES.items()}]
    sets += [
        {f"{table}.csv": cut((folder / f"{table}.csv").read_bytes(), 31) for table in TABLES}
        for folder in (EXAMPLE, *sorted(CORPORA.glob("campaign-sets/*")))
    ]
    for file in sorted(CORPORA.glob("csv/csv-spectrum/*.csv")):
        sets += [{**sets[0], f"{table}.csv": file.read_bytes()} for table in TABLES]
    return tuple(sets)


@cache
def _naughty() -> tuple[str, ...]:
    return tuple(naughty(CORPORA))


def made(seed: int, number: int) -> tuple[str, bytes, Files]:
    """An input: its file's name, what it holds, and the other files of its set."""
    rng = Random(f"{seed} {number}")
    sets = _sets()
    files = dict(rng.choice(sets[:2]) if rng.random() < 0.3 else rng.choice(sets))
    name = rng.choice(sorted(files))
    other = rng.choice(sorted(rng.choice(sets).items()))[1]
    content = mutated(files.pop(name), rng, other, _naughty())
    return name, content, files


# ----------------------------------------------------------------------------------------- running


@dataclass(frozen=True)
class Failure:
    """An input that broke a promise: which, how, and the file cut down to what still does."""

    number: int
    name: str
    sign: str
    words: str
    content: bytes


@dataclass
class Tally:
    """What came of some inputs."""

    became: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    slowest: tuple[float, int] = (0.0, -1)
    failures: list[Failure] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take in what came of others."""
        self.became += other.became
        self.seconds += other.seconds
        self.slowest = max(self.slowest, other.slowest)
        self.failures += other.failures


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """No more than so many seconds of work."""

    def stop(_signal: int, _frame: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def broken(run: Callable[[], object]) -> tuple[str, str] | None:
    """What goes wrong there: a short sign of it that others like it share, and the words."""
    try:
        with _limited(LONGEST):
            run()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001  # a panic of Polars is no Exception
        frames = traceback.extract_tb(error.__traceback__)
        ours = [one for one in frames if "/dashboard/" in one.filename] or frames
        where = (
            ""
            if isinstance(error, BrokenError)
            else f" {Path(ours[-1].filename).name} {ours[-1].name}"
        )
        what = error.promise if isinstance(error, BrokenError) else type(error).__name__
        return f"{what}{where}", "".join(traceback.format_exception(error))
    return None


def run(seed: int, numbers: Sequence[int]) -> Tally:
    """Read some inputs."""
    tally = Tally()
    faulthandler.dump_traceback_later(_HUNG, exit=True)  # what never returns shows its stack
    for number in numbers:
        name, content, others = made(seed, number)
        began, became = time.process_time(), list[str]()
        wrong = broken(partial(_note, became, number, name, content, others))
        took = time.process_time() - began
        tally.seconds += took
        tally.slowest = max(tally.slowest, (took, number))
        tally.became["broken" if wrong else became[0]] += 1
        if wrong:
            tally.failures.append(Failure(number, name, *wrong, content))
    faulthandler.cancel_dump_traceback_later()
    return tally


def _note(became: list[str], number: int, name: str, content: bytes, others: Files) -> None:
    """What becomes of an input, tried as hard as its number says."""
    back, whole = number % _BACK == 0, number % _WHOLE == 0
    became.append(keep_promises(name, content, others, back=back, whole=whole))


def smaller(failure: Failure, seed: int, seconds: float = 20) -> bytes:
    """The file without the slices that it does not need to break the same promise."""
    _, content, others = made(seed, failure.number)
    until = time.process_time() + seconds

    def still(tried: bytes) -> bool:
        wrong = broken(partial(_note, [], failure.number, failure.name, tried, others))
        return wrong is not None and wrong[0] == failure.sign

    size = len(content) // 2
    while size and time.process_time() < until:
        at = 0
        while at < len(content) and time.process_time() < until:
            tried = content[:at] + content[at + size :]
            if still(tried):
                content = tried
            else:
                at += size
        size //= 2
    return content


def main(
    inputs: Annotated[int, typer.Option(help="How many.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Another seed, other inputs.")] = 7,
    seconds: Annotated[float, typer.Option(help="Stop after so long; 0: never.")] = 0,
    processes: Annotated[int, typer.Option(help="How many at a time.")] = 2,
    only: Annotated[int, typer.Option(help="Run this one input again.")] = -1,
    keep: Annotated[Path, typer.Option(help="Where inputs that break something go.")] = KEPT,
) -> None:
    """Read files after mishaps, and say which promises do not hold."""
    console = Console(soft_wrap=True)
    if only >= 0:
        name, content, others = made(seed, only)
        console.print(name, repr(content[:2000]), markup=False)
        _note([], only, name, content, others)
        return
    began, total = time.monotonic(), Tally()
    pieces = [range(at, min(at + _PIECE, inputs)) for at in range(0, inputs, _PIECE)]
    context = multiprocessing.get_context("spawn")
    watch = Console(stderr=True)
    with watch.status("…") as status, ProcessPoolExecutor(processes, context) as pool:
        waiting = {pool.submit(run, seed, piece) for piece in pieces}
        for done in as_completed(waiting):
            if done.cancelled():
                continue
            total.add(done.result())
            status.update(f"{sum(total.became.values()):,} inputs, {len(total.failures):,} broken")
            if seconds and time.monotonic() - began > seconds:
                for one in waiting:
                    one.cancel()
    said = ", ".join(f"{count:,} {became}" for became, count in total.became.most_common())
    number = sum(total.became.values())
    console.print(f"Seed {seed}: {number:,} inputs; {said}.")
    console.print(
        f"{number / total.seconds:,.0f} a second of work; the slowest, {total.slowest[1]}, took "
        f"{total.slowest[0]:.2f} s; {time.monotonic() - began:,.0f} s in all."
    )
    for sign, count in Counter(one.sign for one in total.failures).most_common():
        _show(console, keep, sign, count, [one for one in total.failures if one.sign == sign], seed)
    raise typer.Exit(bool(total.failures))


def _show(
    console: Console, keep: Path, sign: str, count: int, failures: Sequence[Failure], seed: int
) -> None:
    """One kind of failure: the shortest input of it, cut down and kept."""
    first = min(failures, key=lambda one: (len(one.content), one.number))
    content = smaller(first, seed)
    keep.mkdir(parents=True, exist_ok=True)
    slug = re.sub(r"[^a-z0-9]+", "-", sign.casefold()).strip("-")
    file = keep / f"{first.name.partition('.')[0]}.{slug}.csv"
    file.write_bytes(content)
    console.rule(f"{sign}: {count} times", align="left")
    console.print(f"--seed {seed} --only {first.number}; kept as {file}", markup=False)
    console.print(first.words[-1500:], markup=False, highlight=False)
    console.print(repr(content[:600]), markup=False, highlight=False)


if __name__ == "__main__":
    typer.run(main)
