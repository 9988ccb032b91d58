"""Importing: files of any size into a dataset folder, or through the same pass to a report only."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from dashboard.dataset.draft import Draft
from dashboard.dataset.earlier import Earlier, sources
from dashboard.dataset.pieces import rolled_from
from dashboard.dataset.store import Store
from dashboard.dataset.versions import Version
from dashboard.engines.coarsening import BUDGET
from dashboard.errors import DataError
from dashboard.ingest import FileMapping, Question, Report, as_read
from dashboard.ingest.brands import NOT_NAMED
from dashboard.ingest.cleaning import Told
from dashboard.ingest.intake import (
    Before,
    Kept,
    Progress,
    Sink,
    Taken,
    mend_into,
    must_be_possible,
    report_on,
    take_in,
)
from dashboard.ingest.keys import Known
from dashboard.ingest.mending import homes
from dashboard.ingest.reading import open_file
from dashboard.ingest.reading.text import MEND_ID
from dashboard.ingest.survey import Plan, is_mend, survey
from dashboard.schema import TABLES

Tell = Callable[[str], None]
"""Told in a sentence what was done."""

_IN_MEMORY = 200_000_000
"""Bytes of files that are checked in memory; what is larger goes through a folder."""
MOST_SHOWN = 100_000
"""Records of a quarantine that are held in memory; all of them stand in the folder."""


@dataclass(frozen=True)
class Checked:
    """What files would come to, nothing kept.

    ``refused`` says why a file cannot be read, or the whole cannot; ``questions`` are all that are
    open, those that must be answered among them.
    """

    report: Report
    refused: Mapping[str, str]
    questions: tuple[Question, ...]

    @property
    def exit_code(self) -> int:
        """0 all is clean, 1 something is set aside, 2 the files cannot be used as they are."""
        if self.refused or any(question.must_be_answered for question in self.questions):
            return 2
        return 1 if sum(self.report.quarantined.values()) > self.report.mended else 0

    def as_json(self) -> dict[str, Any]:
        """Everything as plain values, the records set aside without."""
        questions = [question.as_json() for question in self.questions]
        return {**self.report.as_json(), "questions": questions, "refused": dict(self.refused)}


def import_files(  # noqa: PLR0913  # all but the first two are choices of their own
    files: Mapping[str, Path | bytes],
    store: Store,
    mapping: FileMapping | None = None,
    *,
    place: str = "the upload",
    progress: Progress | None = None,
    roll_up: bool = True,
    anew: bool = False,
    budget: int = BUDGET,
    tell: Tell = lambda _: None,
) -> tuple[Version, Report]:
    """Read files in one pass into a new version of a dataset.

    No more than a piece of a file is in memory at a time. Leaving in any way but by its end leaves
    the dataset as it was, and the tracking files that were whole wait for the next import. Those
    that are as in the current version are taken from there, unless all is to be read ``anew``.
    A version that is not rolled up is, each time it is opened. Where there are more cells than the
    ``budget``, the products of each brand are added up.

    Raises
    ------
    DataError, PlaceError
        The files cannot be used, or the folder cannot be written; what was saved is untouched.
    """
    mapping = mapping or FileMapping()
    plan = survey(files, mapping)
    must_be_possible(plan, files, place)
    with store.draft() as draft:
        earlier = Earlier(files, draft, () if anew else sources(store))
        taken, report = _through(plan, mapping, draft, progress, earlier)
        if read := earlier.sentence(len(plan.parts)):
            tell(read)
        version = taken.version(_columns(draft))
        if roll_up:
            rolled = rolled_from(draft, mapping, budget)
            draft.keep(rolled)
            report = with_note(report, rolled.note)
            if rolled.note:
                tell(rolled.note)
        draft.write("mapping.toml", mapping.to_toml())
        manifest = {"rows": report.accepted, "place": place, "report": report.as_json()}
        return draft.finish(version, {**manifest, "answers": mapping.to_toml()}), report


def check_files(
    files: Mapping[str, Path | bytes],
    mapping: FileMapping | None = None,
    *,
    place: str = "the upload",
    progress: Progress | None = None,
    whole: bool = True,
) -> Checked:
    """Read files in the same pass and keep nothing but the report.

    What can be read is, although something else cannot. ``whole`` says that all four tables should
    be there.
    """
    mapping = mapping or FileMapping()
    plan = survey(files, mapping)
    refused = {name: str(error) for name, error in plan.refused.items()}
    open_ = [question for question in plan.questions if question.must_be_answered]
    if whole and not refused and not open_:
        try:
            must_be_possible(plan, files, place)
        except DataError as error:
            refused[place] = str(error)
    unclear = {question.file for question in open_}
    parts = tuple(part for part in plan.parts if part.text.name not in unclear)
    report = Report(ignored=plan.ignored)
    while parts:
        some = replace(plan, parts=parts, mends=plan.mends if not unclear else ())
        try:
            report = _checked(some, mapping, progress)
        except DataError as error:
            bad = error.file or ""
            refused[bad or place] = str(error)
            unclear.add(bad)
            left = tuple(part for part in parts if part.text.name != bad)
            parts = left if len(left) < len(parts) else ()
        else:
            break
    return Checked(report, refused, (*open_, *report.questions))


def _checked(plan: Plan, mapping: FileMapping, progress: Progress | None) -> Report:
    """The report on files that can be read, whatever became of the others."""
    if plan.size <= _IN_MEMORY:
        return _through(plan, mapping, Kept(), progress)[1]
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)).draft() as draft:
        return _through(plan, mapping, draft, progress)[1]


def _free(name: str, held: set[str]) -> str:
    """The name, with a number where a file of that name has been read before."""
    count, free = 1, name
    while free in held:
        count += 1
        free = f"{name} ({count})"
    return free


def _through(
    plan: Plan,
    mapping: FileMapping,
    sink: Sink,
    progress: Progress | None,
    before: Before | None = None,
) -> tuple[Taken, Report]:
    taken = take_in(plan, Told(mapping), sink, progress, before)
    return taken, report_on(plan, taken, sink, MOST_SHOWN)


def with_note(report: Report, note: str) -> Report:
    """A report that says it, too."""
    return replace(report, notes=(*report.notes, note)) if note else report


def _columns(draft: Draft) -> dict[str, list[str]]:
    return {table: draft.table(table).collect_schema().names() for table in TABLES}


def mended_tables(
    tables: Mapping[str, pl.DataFrame],
    report: Report,
    files: Mapping[str, Path | bytes],
    mapping: FileMapping,
) -> tuple[Kept, Report, str]:
    """Tables with rows that were set aside and come back mended, their report, and a version.

    Raises
    ------
    DataError
        A file does not hold rows that were set aside here.
    """
    held = {one.file for one in report.files}
    texts = [
        text for name, source in files.items() for text in open_file(source, _free(name, held))
    ]
    for text in texts:
        if not is_mend(text.headers):
            raise DataError(
                f"it has no column {MEND_ID!r}: it was not downloaded from here to be mended. Give "
                "whole files with the others of their set.",
                file=text.name,
            )
    sink, taken = Kept(), Taken(list(report.files), list(report.questions))
    for table, frame in as_read(tables, report).items():
        taken.seen_before(table, frame)
        sink.part(table, frame)
        sink.aside(table, report.quarantine.filter(pl.col("table") == table))
    told = Told(mapping)
    mends = homes(texts, {one.file: one.table for one in report.files})
    for table in TABLES:
        mend_into(table, mends.get(table, ()), told, sink, taken)
        if table == "influencers":
            told = replace(told, known=Known(sink.frame(table)["influencer_id"].drop_nulls()))
    known = told.known or Known(())
    for table in ("posts", "tracking_data", "payouts"):
        ids, _ = known.canonical(sink.frame(table)["influencer_id"])
        sink.parts[table] = [sink.frame(table).with_columns(ids)]
    again = report_on(Plan(ignored=report.ignored), taken, sink)
    assumed = [note for note in report.notes if note.startswith(NOT_NAMED)]
    again = replace(again, notes=(*again.notes, *assumed))
    version = taken.version({table: sink.frame(table).columns for table in TABLES})
    return sink, again, version
