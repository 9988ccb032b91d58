"""Which file is which table, and which header is which column; what was decided, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from dashboard.errors import DataError, MissingColumnError
from dashboard.schema import TABLES, Table, folded

_FILE_NAMES: Mapping[str, tuple[str, ...]] = {
    "influencers": ("influencer", "creator"),
    "posts": ("post",),
    "tracking_data": ("tracking", "order", "sale", "transaction"),
    "payouts": ("payout", "payment"),
}
"""Words in a file's name that say which table it holds."""


@dataclass(frozen=True)
class Headers:
    """The columns of one file: column -> header, and the headers that mean none of ours."""

    columns: Mapping[str, str]
    extra: tuple[str, ...]


def map_columns(table: Table, headers: Sequence[str], file: str) -> Headers:
    """Find each column's header; a column's own name wins over its other spellings.

    Raises
    ------
    MissingColumnError
        A required column has no header; the sentence lists the headers found and the spellings
        accepted.
    """
    by_folded: dict[str, str] = {}
    for header in headers:
        by_folded.setdefault(folded(header), header)
    columns: dict[str, str] = {}
    taken: set[str] = set()
    for rank in range(max(len(column.headers) for column in table.columns)):
        for column in table.columns:
            found = by_folded.get(column.headers[rank]) if rank < len(column.headers) else None
            if found is not None and column.name not in columns and found not in taken:
                columns[column.name] = found
                taken.add(found)
    for column in table.required:
        if column.name not in columns:
            raise MissingColumnError(file, table.name, column.name, headers, column.headers)
    ordered = {
        column.name: columns[column.name] for column in table.columns if column.name in columns
    }
    return Headers(ordered, tuple(header for header in headers if header not in taken))


def fits(table: Table, headers: Sequence[str]) -> int:
    """How many of the table's columns the headers name; -1 where a required one is missing."""
    try:
        return len(map_columns(table, headers, "").columns)
    except MissingColumnError:
        return -1


def which_table(file: str, headers: Sequence[str]) -> str | None:
    """Say which table a file holds, by its name, else by its headers; None where neither says.

    Raises
    ------
    DataError
        The headers fit two tables equally well and the name says neither.
    """
    stem = folded(PurePath(file).stem)
    if stem in TABLES:
        return stem
    by_name = [name for name, words in _FILE_NAMES.items() if any(word in stem for word in words)]
    if len(by_name) == 1 and fits(TABLES[by_name[0]], headers) >= 0:
        return by_name[0]
    fit = {name: fits(table, headers) for name, table in TABLES.items()}
    best = [name for name, columns in fit.items() if columns == max(fit.values()) and columns > 0]
    if len(best) > 1:
        raise DataError(
            f"the headers fit {' and '.join(best)} equally; name the file after its table.",
            file=file,
        )
    return best[0] if best else (by_name[0] if len(by_name) == 1 else None)
