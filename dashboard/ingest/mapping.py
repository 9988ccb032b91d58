"""Mapping: what people answered about their files, kept as a small TOML that can be given again."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dashboard.errors import MappingError, did_you_mean, listed
from dashboard.schema import TABLES

Where = tuple[str, ...]
"""Where an answer stands: ``("dates", "posts", "date")`` is ``date`` under ``[dates.posts]``."""

IGNORE = "ignore"
DAY_FIRST, MONTH_FIRST = "day first", "month first"
ONCE, BOTH = "count once", "count both"
YES, NO = "yes", "no"

_DEPTHS: Mapping[str, int] = MappingProxyType(
    {"files": 2, "columns": 3, "dates": 3, "values": 4, "twice": 2, "brands": 2, "sources": 2}
)
"""Each section, with how many names lead to an answer in it."""
_ALLOWED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "files": (*TABLES, IGNORE),
        "dates": (DAY_FIRST, MONTH_FIRST),
        "twice": (ONCE, BOTH),
        "brands": (YES, NO),
    }
)
_HEAD = """\
# How the files of this data set are read. Edit it, and give it again with --mapping.
#   [files]                  "file" = its table, or "ignore"
#   [columns.TABLE]          column = "its header", or "" where the file does not have it
#   [dates.TABLE]            column = "day first" or "month first"
#   [values.TABLE.COLUMN]    "spelling" = "what it means"
#   [twice]                  "file" = "count once" or "count both"
#   [brands]                 campaign_prefix = "yes" or "no"
#   [sources]                TABLE = "its name in the database"
# For one file only, write "its name" in place of TABLE.
"""


@dataclass(frozen=True)
class FileMapping:
    """Answers by where they stand; none are needed where files speak for themselves."""

    answers: Mapping[Where, str] = field(default_factory=dict)

    def get(self, section: str, *names: str) -> str | None:
        """One answer; None where nobody gave it."""
        return self.answers.get((section, *names))

    def of(self, section: str, file: str, table: str, *names: str) -> str | None:
        """An answer for a file: given for it by name, else for its table."""
        own = self.get(section, file, *names)
        return self.get(section, table, *names) if own is None else own

    def under(self, section: str, file: str, table: str, *names: str) -> dict[str, str]:
        """Every answer one name below: ``under("values", file, "payouts", "basis")``."""
        found: dict[str, str] = {}
        for start in ((section, table, *names), (section, file, *names)):
            for where, answer in self.answers.items():
                if where[:-1] == start:
                    found[where[-1]] = answer
        return found

    def answered(self, more: Mapping[Where, str]) -> FileMapping:
        """These answers, and more that stand above them."""
        return FileMapping(MappingProxyType({**self.answers, **more}))

    def to_toml(self) -> str:
        """The answers as a TOML file that says how it is edited."""
        lines = [_HEAD]
        sections: dict[Where, list[str]] = {}
        for where, answer in sorted(self.answers.items()):
            sections.setdefault(where[:-1], []).append(f"{_key(where[-1])} = {_text(answer)}")
        for where, entries in sections.items():
            lines += [f"[{dotted(where)}]", *entries, ""]
        return "\n".join(lines)


def dotted(where: Iterable[str]) -> str:
    """Names as a TOML key, quoted where they must be."""
    return ".".join(map(_key, where))


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _text(text: str) -> str:
    """A TOML basic string; JSON escapes all it must, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_mapping(text: str, file: str = "the mapping") -> FileMapping:
    """Read a mapping file.

    Raises
    ------
    MappingError
        It is not TOML, or says something that cannot be meant; the sentence says what can.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"this is not valid TOML: {error}.", file=file) from error
    answers = dict(_flat((), content, file))
    return FileMapping(MappingProxyType(answers))


def load_mapping(path: Path) -> FileMapping:
    """Read a mapping file from its place."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise MappingError(f"cannot be opened: {error.strerror}.", file=str(path)) from error
    except UnicodeDecodeError as error:
        raise MappingError("this is not text in UTF-8.", file=str(path)) from error
    return read_mapping(text, str(path))


def read_answers(typed: Iterable[str]) -> dict[Where, str]:
    """Answers as they are typed: ``dates.posts.date=day first``.

    Raises
    ------
    MappingError
        One of them is no answer.
    """
    answers: dict[Where, str] = {}
    for one in typed:
        match = re.match(r'((?:"(?:[^"\\]|\\.)*"|[^="])+)=(.*)', one, re.DOTALL)
        if match is None:
            raise MappingError(
                f"--answer {one!r} has no '='. Write it as in the question, such as "
                "'dates.posts.date=day first'."
            )
        key, answer = match[1].strip(), match[2].strip()
        try:
            content = tomllib.loads(f"{key} = {_text(answer)}")
        except tomllib.TOMLDecodeError as error:
            raise MappingError(
                f"--answer {one!r}: {key!r} cannot be read. A name with a dot or a blank stands "
                "in double quotes, such as 'files.\"sales.csv\"=tracking_data'."
            ) from error
        answers |= dict(_flat((), content, "--answer"))
    return answers


def _flat(above: Where, content: Mapping[str, Any], file: str) -> Iterable[tuple[Where, str]]:
    for name, value in content.items():
        where = (*above, name)
        if len(where) == 1 and name not in _DEPTHS:
            raise MappingError(
                f"there is no section {name!r}. {did_you_mean(name, _DEPTHS)}", file=file
            )
        if isinstance(value, dict):
            yield from _flat(where, value, file)
        else:
            yield where, _checked(where, value, file)


def _checked(where: Where, value: Any, file: str) -> str:
    """The answer, if it can be one."""
    section = where[0]
    if len(where) != _DEPTHS[section]:
        raise MappingError(
            f"{dotted(where)!r} has {len(where) - 1} names below {section!r}; it needs "
            f"{_DEPTHS[section] - 1}.",
            file=file,
        )
    if not isinstance(value, str):
        raise MappingError(f"{dotted(where)} is {value!r}; it must be text in quotes.", file=file)
    allowed = _ALLOWED.get(section)
    if allowed and value not in allowed:
        raise MappingError(
            f"{dotted(where)} is {value!r}; it must be one of {listed(allowed)}.", file=file
        )
    if section == "sources" and where[1] not in TABLES:
        raise MappingError(
            f"there is no table {where[1]!r} of ours. {did_you_mean(where[1], list(TABLES))}",
            file=file,
        )
    if section in {"columns", "dates", "values"} and where[1] in TABLES:
        column = where[2]
        valid = [one.name for one in TABLES[where[1]].columns]
        if column not in valid:
            raise MappingError(
                f"{where[1]} has no column {column!r}. {did_you_mean(column, valid)}", file=file
            )
    return value
