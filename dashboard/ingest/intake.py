"""Intake: one pass over all files, piece by piece, into whatever keeps the rows."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

import polars as pl

from dashboard.errors import MissingColumnError, MissingTableError, QuestionsError
from dashboard.formats import counted
from dashboard.ingest.across import Found, Seen, look_across
from dashboard.ingest.cleaning import Cleaner, Told, empty, row_hashes
from dashboard.ingest.hashes import Hashes, added
from dashboard.ingest.keys import Known
from dashboard.ingest.mapping import DAY_FIRST, MONTH_FIRST, NO
from dashboard.ingest.mending import Mended, homes, mend
from dashboard.ingest.questions import Question, each_of_its_file, in_words
from dashboard.ingest.reading import BLOCK, TextFile, TextTable
from dashboard.ingest.report import FileReport, Report, no_quarantine
from dashboard.ingest.rules import rules_of
from dashboard.ingest.survey import Part, Plan
from dashboard.schema import TABLES

Progress = Callable[[str, int, int], None]
"""Told after each piece: the file, the bytes read of it, the rows read of all files."""


class Sink(Protocol):
    """What keeps the rows: memory, or a folder on its way to become a dataset."""

    def part(self, table: str, frame: pl.DataFrame, few: Sequence[pl.Series] = ()) -> None:
        """Keep accepted rows of a table; ``few`` are columns of it as numbers of their words."""

    def aside(self, table: str, frame: pl.DataFrame) -> None:
        """Keep records that were set aside."""

    def mark(self, table: str) -> tuple[int, int]:
        """How many pieces of rows have been kept, and of records set aside."""

    def back(self, table: str, mark: tuple[int, int]) -> None:
        """Forget what has been kept since a mark."""

    def table(self, table: str) -> pl.LazyFrame:
        """The rows kept."""

    def quarantine(self) -> pl.LazyFrame:
        """The records set aside."""

    def drop_aside(self, ids: pl.Series) -> None:
        """Forget records that have come back mended."""


class Kept:
    """Rows kept in memory."""

    def __init__(self) -> None:
        self.parts: dict[str, list[pl.DataFrame]] = {table: [] for table in TABLES}
        self.asides: dict[str, list[pl.DataFrame]] = {table: [] for table in TABLES}

    def part(self, table: str, frame: pl.DataFrame, few: Sequence[pl.Series] = ()) -> None:  # noqa: ARG002
        """Keep accepted rows of a table, their words as they are."""
        self.parts[table].append(frame)

    def aside(self, table: str, frame: pl.DataFrame) -> None:
        """Keep records that were set aside."""
        if frame.height:
            self.asides[table].append(frame)

    def mark(self, table: str) -> tuple[int, int]:
        """How many pieces of rows have been kept, and of records set aside."""
        return len(self.parts[table]), len(self.asides[table])

    def back(self, table: str, mark: tuple[int, int]) -> None:
        """Forget the pieces that came since a mark."""
        parts, asides = mark
        del self.parts[table][parts:]
        del self.asides[table][asides:]

    def frame(self, table: str) -> pl.DataFrame:
        """The rows of a table; a column that some files lack is empty there."""
        parts = self.parts[table]
        return pl.concat(parts, how="diagonal") if parts else empty(TABLES[table])

    def table(self, table: str) -> pl.LazyFrame:
        """The rows kept."""
        return self.frame(table).lazy()

    def quarantine(self) -> pl.LazyFrame:
        """The records set aside."""
        asides = [frame for frames in self.asides.values() for frame in frames]
        return (pl.concat(asides) if asides else no_quarantine()).lazy()

    def drop_aside(self, ids: pl.Series) -> None:
        """Forget records that have come back mended."""
        for table, frames in self.asides.items():
            self.asides[table] = [
                frame.filter(~pl.col("id").is_in(ids.implode())) for frame in frames
            ]


@dataclass(frozen=True)
class Outcome:
    """What reading one file came to, but for its rows.

    ``ids`` are those that are read otherwise than they are written, ``written`` all there are, as
    they are written; ``keys`` those of accepted rows; ``columns`` those of the rows, ``last`` their
    last day; ``blank`` says whether its first piece had no row that is used, and none set aside.
    """

    report: FileReport
    questions: tuple[Question, ...]
    hashes: Hashes
    ids: Mapping[str, str]
    written: pl.Series
    keys: tuple[pl.Series, ...]
    columns: tuple[str, ...]
    last: dt.date | None = None
    blank: tuple[bool, bool] = (False, False)


class Before(Protocol):
    """Files as they were read before."""

    def again(self, part: Part, told: Told) -> Outcome | None:
        """What a file came to, its rows given to the sink; None if it is to be read."""

    def keep(self, part: Part, told: Told, outcome: Outcome) -> None:
        """Remember a file whose rows, and nothing after them, have been given to the sink."""


@dataclass
class Taken:
    """What a pass has done so far: a report a file, and what all rows together show.

    ``unbranded``: it was answered that campaigns do not begin with their brand.
    """

    reports: list[FileReport] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    sums: dict[str, tuple[int, int]] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    unbranded: bool = False

    def add(self, outcome: Outcome) -> None:
        """Count a file."""
        report, hashes = outcome.report, outcome.hashes
        table = report.table
        self.reports.append(report)
        self.ids.setdefault(table, {}).update(outcome.ids)
        height, row_sum = self.sums.get(table, (0, 0))
        self.sums[table] = (height + report.accepted, added(row_sum, hashes.total))
        self.seen.keys.setdefault(table, []).extend(outcome.keys)
        self.seen.rows(table, hashes, keyed=TABLES[table].key in report.columns)
        self.questions += outcome.questions

    def seen_before(self, table: str, frame: pl.DataFrame) -> None:
        """Rows that were taken in earlier, as if they came now."""
        key = TABLES[table].key
        keys = frame[key].drop_nulls() if key else frame[frame.columns[0]].clear()
        self.seen.keys[table] = [keys]
        held = Hashes()
        held.add(row_hashes(frame))
        self.seen.rows(table, held, keyed=bool(len(keys)))
        self.sums[table] = (frame.height, held.total)

    def version(self, columns: Mapping[str, Sequence[str]]) -> str:
        """Eight characters that change with the rows, not with their order, file or time.

        The brand of a row may follow from an answer alone.
        """
        digest = hashlib.blake2b(digest_size=4, person=b"unbranded" if self.unbranded else b"")
        for table in TABLES:
            height, row_sum = self.sums.get(table, (0, 0))
            digest.update(repr((table, list(columns[table]), height, row_sum)).encode())
        return digest.hexdigest()


def must_be_possible(
    plan: Plan, files: Iterable[str], place: str, without: Collection[str] = ()
) -> None:
    """Refuse what cannot be read: the reason first that is nearest to the files themselves.

    Tables ``without`` a file come another way.

    Raises
    ------
    DataError
        A file cannot be read, a table is missing, or a question must be answered first.
    """
    for error in plan.refused.values():
        raise error
    open_ = [question for question in plan.questions if question.must_be_answered]
    for question in open_:
        if question.where[0] == "columns" and not question.proposed:
            part = next(part for part in plan.parts if part.text.name == question.file)
            column = TABLES[part.table][question.where[-1]]
            raise MissingColumnError(
                question.file, TABLES[part.table].words, column, part.text.headers
            )
    if open_:
        raise QuestionsError(open_, in_words(open_))
    for table in plan.missing:
        if table not in without:
            raise MissingTableError(TABLES[table], place, list(files))


def take_in(
    plan: Plan,
    told: Told,
    sink: Sink,
    progress: Progress | None = None,
    before: Before | None = None,
) -> Taken:
    """Read every row of the files and give it to the sink, accepted or set aside.

    A table's files are read one after the other, then its rows that come back mended; influencers
    first, so that other tables' ids can be compared with theirs. A file that was read ``before``
    and would come to the same is not read again.

    Raises
    ------
    DataError
        Something in a file makes all of it unusable.
    """
    taken = Taken(questions=[q for q in plan.questions if not q.must_be_answered])
    mends = homes(plan.mends, {part.text.name: part.table for part in plan.parts})
    for table in TABLES:
        for part in plan.parts:
            if part.table == table:
                keys = tuple(taken.seen.keys.get(table, ()))
                taken.add(_outcome(part, replace(told, taken=keys), sink, progress, before, taken))
        mend_into(table, mends.get(table, ()), told, sink, taken)
        if table == "influencers":
            ids = sink.table(table).select("influencer_id").collect().to_series()
            told = replace(told, known=Known(ids.drop_nulls().to_list()))
    return taken


def mend_into(table: str, files: Sequence[TextFile], told: Told, sink: Sink, taken: Taken) -> None:
    """Take back the mended rows of a table."""

    def waiting() -> pl.DataFrame:
        return sink.quarantine().select("id", "file").collect()

    taken.unbranded = told.mapping.get("brands", "campaign_prefix") == NO
    for file in files:
        originals = [report for report in taken.reports if report.table == table]
        keys = tuple(taken.seen.keys.get(table, ()))
        for mended in mend(file, originals, waiting, replace(told, taken=keys)):
            sink.part(table, mended.cleaned.frame)
            sink.drop_aside(mended.ids)
            sink.aside(table, mended.cleaned.quarantine)
            taken.reports = [_less(report, mended) for report in taken.reports]
            taken.add(outcome_of(mended.cleaner, mended.headers))


def _less(report: FileReport, mended: Mended) -> FileReport:
    """A file's report, once records that were set aside in it have come back."""
    more = len(mended.ids) if report.file == mended.original else 0
    return replace(report, mended=report.mended + more)


def _outcome(
    part: Part,
    told: Told,
    sink: Sink,
    progress: Progress | None,
    before: Before | None,
    taken: Taken,
) -> Outcome:
    """What a file comes to: as it came before, else as it is read."""
    rows = sum(report.read for report in taken.reports)
    outcome = before.again(part, told) if before else None
    if outcome is None:
        outcome = _read(part, told, sink, progress, rows)
        if before:
            before.keep(part, told, outcome)
    elif progress:
        progress(part.text.name, part.text.size, rows + outcome.report.read)
    return outcome


def _read(part: Part, told: Told, sink: Sink, progress: Progress | None, rows: int) -> Outcome:
    """Read a file, after so many rows of others."""
    cleaner: Cleaner | None = Cleaner(TABLES[part.table], part.text.name, part.headers, told)
    mark = sink.mark(part.table)
    while cleaner is not None:
        last = cleaner
        blocks = part.text.blocks()
        for block in _ahead(blocks) if part.text.size > BLOCK else blocks:
            cleaned = last.clean(block)
            sink.part(part.table, cleaned.frame, cleaned.few)
            sink.aside(part.table, cleaned.quarantine)
            if progress:
                progress(part.text.name, part.text.done, rows + last.read)
        cleaner = last.again()
        if cleaner is not None:
            sink.back(part.table, mark)
    return outcome_of(last, part.text.headers)


def _ahead(blocks: Iterator[TextTable]) -> Iterator[TextTable]:
    """Each block of a long file, while the next is being read beside it."""
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = beside.submit(next, blocks, None)
            yield block


def outcome_of(cleaner: Cleaner, headers: Sequence[str]) -> Outcome:
    """What one file came to."""
    return Outcome(
        report_of(cleaner, headers),
        tuple(questions_of(cleaner)),
        cleaner.row_hashes,
        cleaner.ids,
        cleaner.written,
        tuple(cleaner.keys),
        cleaner.columns,
        cleaner.last,
        cleaner.blank,
    )


def report_of(cleaner: Cleaner, headers: Sequence[str]) -> FileReport:
    """What one file was taken for and what became of its records."""
    dialect: dict[str, Any] = asdict(cleaner.dialect)
    return FileReport(
        file=cleaner.file,
        table=cleaner.table.name,
        read=cleaner.read,
        accepted=cleaner.accepted,
        quarantined=cleaner.quarantined,
        columns=cleaner.headers.columns,
        extra=cleaner.headers.extra,
        dialect={**dialect, "preamble": list(cleaner.dialect.preamble)},
        notes=tuple(_notes(cleaner)),
        rules={rule: cleaner.counts[rule] for rule in sorted(cleaner.counts)},
        dates={column: _SAID.get(order, order) for column, order in cleaner.orders.items()},
        headers=tuple(headers),
    )


_SAID: Mapping[str, str] = {"iso": "year first"}
_ORDER_NOTES: Mapping[str, str] = {
    "month first": "{column} is written month first: a number above 12 stands second.",
    "mixed": "{column} mixes day-first and month-first days; rows that could be either were "
    "set aside.",
    "day first (assumed)": "{column} could be day first or month first in every row; day first "
    "was assumed, as is usual in India.",
}


def _notes(cleaner: Cleaner) -> Iterable[str]:
    """What was noticed and sets nothing aside, in words."""
    headers = cleaner.headers.columns
    if cleaner.dialect.preamble:
        lines = counted(len(cleaner.dialect.preamble), "line")
        first = cleaner.dialect.preamble[0][:60]
        yield f"{lines} above the headers not read as rows, the first: {first}"
    for column, order in cleaner.orders.items():
        told = cleaner.told.mapping.of("dates", cleaner.file, cleaner.table.name, column)
        if told is not None:
            yield f"{headers[column]} is read {told}, as was answered."
        elif order in _ORDER_NOTES:
            yield _ORDER_NOTES[order].format(column=headers[column])
    for rule in rules_of(cleaner.table, headers, cleaner.told.today):
        count = cleaner.counts.get(rule.name, 0)
        if count and rule.then == "emptied":
            cells = counted(count, "cell")
            yield f"{cells} of {headers[rule.column]} left out ({rule.reason}); the rows are kept."
        elif count and rule.then == "flagged":
            yield f"{counted(count, 'row')}: {rule.reason}; kept."


def questions_of(cleaner: Cleaner) -> Iterable[Question]:
    """What the rows of a file leave open: days that read two ways, spellings nearly known."""
    table, file, headers = cleaner.table.name, cleaner.file, cleaner.headers.columns
    for column, order in cleaner.orders.items():
        told = cleaner.told.mapping.of("dates", file, table, column)
        if order == "day first (assumed)" and told is None:
            example = cleaner.evidence[column].example
            yield Question(
                ("dates", table, column),
                file,
                f"{file}: {headers[column]} could be day first or month first in every row, such "
                f"as {example!r}. Day first is assumed, as is usual in India. Which is it?",
                (DAY_FIRST, MONTH_FIRST),
                DAY_FIRST,
                assumed=DAY_FIRST,
            )
    for column, spellings in cleaner.spellings.items():
        for written, meant in spellings.items():
            yield Question(
                ("values", table, column, written),
                file,
                f"{file}: does {written!r} in {headers[column]} mean {meant!r}? It is kept as "
                "written until you say so.",
                (meant, written),
                meant,
                assumed=written,
            )


def report_on(plan: Plan, taken: Taken, sink: Sink, most: int | None = None) -> Report:
    """The whole report; ``most`` limits the records of the quarantine that are held."""
    notes = [
        f"{TABLES[table].words.capitalize()}: {counted(len(changed), 'id')} such as "
        f"{next(iter(changed))!r} read as {next(iter(changed.values()))!r}, as in influencers."
        for table, changed in taken.ids.items()
        if changed
    ]
    read, across = {report.table for report in taken.reports}, tuple[Found, ...]()
    if read == set(TABLES):  # a table that is not here would make strangers of all others' rows
        across = look_across({table: sink.table(table) for table in TABLES}, taken.seen)
        notes += [found.words for found in across]
    quarantine = sink.quarantine()
    quarantine = quarantine if most is None else quarantine.head(most)
    return Report(
        tuple(taken.reports),
        quarantine.collect(),
        tuple(notes),
        plan.ignored,
        each_of_its_file(taken.questions),
        across,
    )
