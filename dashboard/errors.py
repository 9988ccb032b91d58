"""Every error raised on purpose, as one tree.

::

    DashboardError              anything we can explain in a sentence
    ├── DataError               the files hold something that cannot be used: mend the data
    │   ├── MissingTableError   one of the four tables is not there
    │   ├── MissingColumnError  a table lacks a column it cannot do without
    │   ├── UnreadableFileError the bytes are not a table we can read
    │   ├── QuestionsError      the files leave open what must be answered first
    │   └── MappingError        a mapping or an answer that cannot be meant
    ├── QueryError              the question has no answer: ask differently
    │   ├── UnknownNameError    a metric, dimension or filter that does not exist
    │   ├── UnknownValueError   a filter value that the data does not hold
    │   ├── GrainError          a metric asked by a dimension that a measure does not carry
    │   ├── UnassignedPostsError  money over posts, where some posts belong to no campaign
    │   ├── UnavailableError    the data lacks what the metric needs
    │   └── MarginError         revenue in view of which no gross margin is known
    ├── SettingsError           a setting that does not exist or cannot have that value
    ├── EngineError             rows that live elsewhere cannot be rolled up there
    └── PlaceError              a file or folder that cannot be read or written
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence
from typing import Any


def listed(names: Iterable[object]) -> str:
    """Names in reading order, separated by commas."""
    return ", ".join(str(name) for name in names)


def did_you_mean(wrong: str, valid: Collection[str], most: int = 40) -> str:
    """A sentence that names the nearest valid spelling and then all of them (at most so many)."""
    folded = {name.casefold(): name for name in valid}
    near = difflib.get_close_matches(wrong.casefold(), folded, n=1, cutoff=0.6)
    hint = f"Did you mean {folded[near[0]]!r}? " if near else ""
    shown = sorted(valid, key=str.casefold)[:most]
    more = f" and {len(valid) - len(shown)} more" if len(valid) > len(shown) else ""
    return (
        f"{hint}Valid: {listed(shown)}{more}." if shown else f"{hint}There are none in this data."
    )


class DashboardError(Exception):
    """Anything that we can explain to the user in a sentence."""


class DataError(DashboardError, ValueError):
    """The data cannot be used as it is; the sentence names file, row, column and value."""

    def __init__(
        self,
        reason: str,
        *,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        self.file, self.row, self.column, self.value, self.reason = file, row, column, value, reason
        place = [
            f"{file}" if file else "",
            f"row {row}" if row else "",
            f"column {column!r}" if column else "",
        ]
        where = ", ".join(part for part in place if part)
        shown = f" ({value[:80]!r})" if value is not None else ""
        super().__init__(f"{where}{shown}: {reason}" if where else reason)


class MissingTableError(DataError, FileNotFoundError):
    """One of the four tables is not in the place that was given."""

    def __init__(self, table: Any, place: str, found: Collection[str]) -> None:
        seen = f"It holds: {listed(sorted(found))}." if found else "It holds no table files."
        super().__init__(
            f"No file of {table.words} in {place}. {seen} Give one in which one row is "
            f"{table.row}, best named {table.name}.csv, .xlsx or .parquet."
        )


class MissingColumnError(DataError, KeyError):
    """A table lacks a column that it cannot do without."""

    def __init__(
        self,
        file: str,
        table: str,
        column: Any,
        headers: Collection[str],
    ) -> None:
        reason = (
            f"{table} need the column {column.name!r} ({column.meaning.rstrip('.')}), and no "
            f"header reads like it. Headers found: {listed(headers)}. Name one of them "
            f"{listed(column.headers)}."
        )
        super().__init__(reason, file=file, column=column.name)

    def __str__(self) -> str:
        return str(self.args[0])


class UnreadableFileError(DataError):
    """The bytes of a file are not a table that we can read."""


class QuestionsError(DataError):
    """The files leave something open that must be answered before they can be read.

    ``questions`` holds each of them, with its proposed answer.
    """

    def __init__(self, questions: Sequence[Any], words: str) -> None:
        self.questions = tuple(questions)
        many = "a question" if len(self.questions) == 1 else f"{len(self.questions)} questions"
        super().__init__(
            f"These files leave {many} open; nothing was read.\n{words}\n"
            "Answers may be kept for every command in a mapping.toml beside the files; dashboard "
            "check with --save-mapping writes one."
        )


class MappingError(DataError):
    """A mapping, or an answer to a question, says something that cannot be meant."""


class QueryError(DashboardError, ValueError):
    """The question has no answer; the sentence says how to ask differently."""


class UnknownNameError(QueryError, KeyError):
    """A metric, dimension or filter was named that does not exist."""

    def __init__(self, kind: str, name: str, valid: Collection[str]) -> None:
        super().__init__(f"There is no {kind} {name!r}. {did_you_mean(name, valid)}")

    def __str__(self) -> str:
        return str(self.args[0])


class UnknownValueError(QueryError):
    """A filter asks for a value that the data does not hold; ``briefly`` says so on a screen."""

    def __init__(self, dimension: str, value: str, valid: Collection[str]) -> None:
        self.briefly = (
            f"no {dimension} is called {value[:200]!r} in this data. "
            f"{did_you_mean(value[:200], valid, 4)}"
        )
        super().__init__(
            f"No {dimension} is called {value!r} in this data. {did_you_mean(value, valid)}"
        )


class GrainError(QueryError):
    """A metric was asked by a dimension that one of its measures does not carry.

    All are named as people read them: by their labels.
    """

    def __init__(
        self,
        metric: str,
        measure: str,
        dimension: str,
        carried: Collection[str],
        asked: str = "split",
    ) -> None:
        way_out = (
            "Clear that filter."
            if asked == "filtered"
            else f"It is recorded by: {listed(carried)}."
        )
        super().__init__(
            f"{metric} cannot be {asked} by {dimension}: {measure} is not recorded by it. {way_out}"
        )


class UnassignedPostsError(QueryError):
    """Money or orders were asked over posts of which some belong to no campaign.

    Counts, or what stands for them where a page that was written down puts them in.
    """

    def __init__(self, metric: str, unassigned: int | str, posts: int | str) -> None:
        super().__init__(
            f"{metric} needs every post in view to belong to a campaign: {unassigned} of "
            f"{posts} posts by these creators belong to none. Clear the campaign, brand and "
            "product filters and splits, or give the posts a campaign."
        )


class UnavailableError(QueryError):
    """The data lacks what the metric needs."""

    def __init__(self, metric: str, reason: str) -> None:
        super().__init__(f"{metric}: not available, as {reason}")


class MarginError(QueryError):
    """What product costs was asked of revenue whose gross margin nobody has said."""

    def __init__(self, metric: str, lacking: str) -> None:
        super().__init__(
            f"{metric} needs the gross margin of everything sold in view; none is set for "
            f"{lacking}. Set it on the Data page, or filter by what has one."
        )


class SettingsError(DashboardError, ValueError):
    """A setting does not exist, or cannot have the value it was given."""


class EngineError(DashboardError):
    """Rows that live elsewhere cannot be rolled up there; the sentence says why and what to do."""


class PlaceError(DashboardError, OSError):
    """A file or folder cannot be read or written; the sentence says which and what to do."""

    def __str__(self) -> str:
        return str(self.args[0])
