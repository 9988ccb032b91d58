"""Headers: which file is which table, and which header is which column."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

from dashboard.errors import MappingError, did_you_mean, listed
from dashboard.formats import listing
from dashboard.ingest.mapping import FileMapping
from dashboard.ingest.questions import Question
from dashboard.schema import TABLES, Column, Table, folded

_FILE_NAMES: Mapping[str, tuple[str, ...]] = {
    "influencers": ("influencer", "creator"),
    "posts": ("post",),
    "tracking_data": ("tracking", "order", "sale", "transaction"),
    "payouts": ("payout", "payment"),
}
"""Words in a file's name that say which table it holds."""

_UNSAID = frozenset("inr rs rupee rupees in of the no num number".split())
"""Words that a header may carry and that change nothing: ``Total Payout (INR)``."""
_NEAR, _VERY_NEAR = 0.6, 0.88
"""How alike a header and a spelling are to be proposed for a column: needed, or only useful."""
_COMPARED = 300
"""Headers that are compared with spellings; a table of ours that is wider has them first."""

Fits = Callable[[str, Column], bool]
"""Whether what stands under a header can be what the column holds."""


@dataclass(frozen=True)
class Headers:
    """The columns of one file: column -> header, the headers that mean none of ours, and doubts."""

    columns: Mapping[str, str]
    extra: tuple[str, ...]
    questions: tuple[Question, ...] = ()


def map_columns(
    table: Table,
    headers: Sequence[str],
    file: str,
    mapping: FileMapping | None = None,
    repeated: Collection[str] = (),
    fits: Fits | None = None,
) -> Headers:
    """Find each column's header.

    What the mapping says comes first, then a column's own name, then its other spellings, then the
    same without words that change nothing. A required column that is still without a header
    becomes a question, as does a header that stands twice.

    Parameters
    ----------
    repeated
        Headers that stand more than once, as written.
    fits
        What keeps a header from being proposed whose cells are of another kind.

    Raises
    ------
    MappingError
        The mapping names a header that the file does not have.
    """
    mapping = mapping or FileMapping()
    told = mapping.under("columns", file, table.name)
    columns = _named(table, headers, told)
    taken = set(columns.values())
    questions = [
        _which_of(table, column, header, headers, file)
        for column, header in columns.items()
        if header in repeated and column not in told
    ]
    left = [header for header in headers if header not in taken]
    for column in table.columns:
        if column.name not in columns and (column.required or column.name not in told):
            question = _propose(table, column, left, file, fits or _anything)
            if question is not None:
                questions.append(question)
    for name, header in told.items():
        own = mapping.get("columns", file, name) is not None
        if header and has(headers, header) is None and (own or name not in columns):
            raise no_such_header(table.name, name, header, headers, file)
    ordered = {
        column.name: columns[column.name] for column in table.columns if column.name in columns
    }
    extra = tuple(header for header in headers if header not in taken)
    return Headers(ordered, extra, tuple(questions))


def _anything(_header: str, _column: Column) -> bool:
    return True


def _named(
    table: Table, headers: Sequence[str], told: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Columns whose header is told or reads like them, in no order."""
    told = told or {}
    columns = _told(told, headers)
    taken = set(columns.values())
    for spelled, name_of in ((folded, folded), (_reduced, _reduced)):
        _match(table, headers, columns, taken, told, spelled, name_of)
    return columns


def _told(told: Mapping[str, str], headers: Sequence[str]) -> dict[str, str]:
    """Columns whose header the mapping names, and the file has.

    A mapping for a table is used with all its files, of which some may spell a header otherwise.
    """
    found = {column: has(headers, header) for column, header in told.items() if header}
    return {column: header for column, header in found.items() if header is not None}


def has(headers: Sequence[str], header: str) -> str | None:
    """The header as it stands in the file, where it does: by its spelling, else folded."""
    if header in headers:
        return header
    return next((one for one in headers if folded(one) == folded(header)), None)


def no_such_header(
    table: str, column: str, header: str, headers: Sequence[str], file: str
) -> MappingError:
    """What to say where a mapping names a header that is not there."""
    return MappingError(
        f"the mapping says that {column} of {table} stands under {header!r}, and there is no such "
        f"header. {did_you_mean(header, headers)}",
        file=file,
    )


def _match(
    table: Table,
    headers: Sequence[str],
    columns: dict[str, str],
    taken: set[str],
    told: Mapping[str, str],
    spelled: Callable[[str], str],
    name_of: Callable[[str], str],
) -> None:
    """Give columns the headers that read like them: all first choices before any second."""
    by_name: dict[str, str] = {}
    for header in headers:
        if header not in taken and (name := name_of(header)):
            by_name.setdefault(name, header)
    for rank in range(max(len(column.headers) for column in table.columns)):
        for column in table.columns:
            known = column.name in columns or told.get(column.name) == ""
            if rank >= len(column.headers) or known:
                continue
            found = by_name.get(spelled(column.headers[rank]))
            if found is not None and found not in taken:
                columns[column.name] = found
                taken.add(found)


@lru_cache(maxsize=10_000)
def _reduced(header: str) -> str:
    """A folded header without the words that change nothing."""
    return "_".join(word for word in folded(header).split("_") if word not in _UNSAID)


def _which_of(
    table: Table, column: str, header: str, headers: Sequence[str], file: str
) -> Question:
    same = [one for one in headers if one == header or re.fullmatch(_again(header), one)]
    return Question(
        ("columns", table.name, column),
        file,
        f"{file} has the header {header!r} {len(same)} times. Which of them is {column}?",
        tuple(same),
        header,
    )


def _again(header: str) -> str:
    """What the reader calls a header that stands once more."""
    return re.escape(header) + r" \([0-9]+\)"


def _propose(
    table: Table, column: Column, left: Sequence[str], file: str, fits: Fits
) -> Question | None:
    """Ask which header a column is: always for one that is needed, else where one is very like."""
    least = _NEAR if column.required else _VERY_NEAR
    alike = _likeness(left[:_COMPARED], column, least)
    near = [
        header
        for header in sorted(alike, key=lambda header: -alike[header])
        if fits(header, column)
    ]
    if not near and not column.required:
        return None
    where = ("columns", table.name, column.name)
    if not column.required:
        return Question(
            where,
            file,
            f"{file}: is {near[0]!r} the {column.name} of {table.words}? It is kept and not "
            "analysed unless you say so.",
            ("", near[0]),
            near[0],
            assumed="",
        )
    return Question(
        where,
        file,
        f"{file}: {table.words} need the column {column.name!r} ({column.meaning}), and no header "
        f"reads like it. Headers left: {listed(left) or 'none'}.",
        tuple(left),
        near[0] if near else "",
    )


def _likeness(headers: Sequence[str], column: Column, least: float) -> dict[str, float]:
    """How like headers are to any spelling of a column, those that are less so left out.

    Whole words in common count most.
    """
    alike: dict[str, float] = {}
    names = {header: _reduced(header) for header in headers}
    for spelling in map(_reduced, column.headers):
        matcher = difflib.SequenceMatcher(b=spelling)
        words = set(spelling.split("_"))
        for header, name in names.items():
            matcher.set_seq1(name)
            ratio = 0.0
            if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least:
                ratio = matcher.ratio()
            if words <= set(name.split("_")):
                ratio = max(ratio, 0.9 if column.required else 0.8)
            if ratio >= least:
                alike[header] = max(ratio, alike.get(header, 0.0))
    return {header: alike[header] for header in headers if header in alike}


def fits(table: Table, headers: Sequence[str]) -> int:
    """How many of the table's columns the headers name; -1 where a required one is missing."""
    columns = _named(table, headers)
    return len(columns) if all(column.name in columns for column in table.required) else -1


def which_table(file: str, headers: Sequence[str]) -> tuple[str, ...]:
    """Say which table a file holds, by its name, else by its headers.

    Returns
    -------
    tuple of str
        The table; several where the headers fit them equally well and the name says none; none
        where neither says.
    """
    fit = {name: fits(table, headers) for name, table in TABLES.items()}
    stems = [folded(PurePath(part).stem) for part in reversed(file.split(" / "))]
    by_name: list[str] = []
    for stem in stems:  # a sheet's own name, then its workbook's
        if stem in TABLES:
            return (stem,)
        named = [name for name, words in _FILE_NAMES.items() if any(word in stem for word in words)]
        if len(named) == 1 and fit[named[0]] >= 0:
            return (named[0],)
        by_name = by_name or named
    best = tuple(name for name, columns in fit.items() if 0 < columns == max(fit.values()))
    return best or (tuple(by_name) if len(by_name) == 1 else ())


def ask_which_table(file: str, tables: Sequence[str], proposed: str, why: str) -> Question:
    """Ask which table a file holds."""
    options = (*(name for name in TABLES if name in tables), "ignore")
    called = [TABLES[name].words for name in options[:-1]]
    return Question(
        ("files", file),
        file,
        f"{file}: {why} Which table is it ({listing(called, 'or')}), or none?",
        options,
        proposed,
    )


def likeliest(headers: Sequence[str], tables: Collection[str]) -> str:
    """The table of which the headers name most columns; none named says none."""
    count = {name: len(_named(TABLES[name], headers)) for name in TABLES if name in tables}
    best = max(count, key=lambda name: count[name], default="")
    return best if count.get(best, 0) > 1 else "ignore"
