"""A report as PDF: set by typst, offline, from plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import typst

from dashboard.dataset import Dataset
from dashboard.export.files import Tell, check_place, silently, write_whole
from dashboard.export.report import content
from dashboard.incrementality import Work
from dashboard.query import Where
from dashboard.settings import Settings

_ASSETS = Path(__file__).parents[1] / "assets"


@dataclass(frozen=True)
class Report:
    """A report that was made: its bytes, its sheets, its summary in sentences."""

    pdf: bytes = field(repr=False)
    sheets: int
    summary: tuple[str, ...]


def write_report(
    dataset: Dataset,
    where: Where,
    output: Path,
    *,
    force: bool = False,
    settings: Settings | None = None,
    work: Work | None = None,
    tell: Tell = silently,
) -> Report:
    """Write what a question shows as PDF; there is never half of a file.

    With ``work``, what came because of campaigns is in it.

    Raises
    ------
    PlaceError
        The file exists and ``force`` is not set, or it cannot be written there.
    QueryError
        There are no rows under the question.
    """
    check_place(output, force=force, example="report.pdf")
    made = report(dataset, where, settings, work, tell=tell)
    write_whole(output, made.pdf)
    return made


def report(
    dataset: Dataset,
    where: Where,
    settings: Settings | None = None,
    work: Work | None = None,
    *,
    tell: Tell = silently,
) -> Report:
    """What a question shows, as PDF; ``tell`` hears which page is being added up.

    Raises
    ------
    QueryError
        There are no rows under the question.
    """
    held = content(dataset, where, settings, work, tell=tell)
    tell("Setting the pages", len(held["pages"]) + 1, len(held["pages"]) + 2)
    return printed(held)


def printed(held: Mapping[str, Any]) -> Report:
    """A report's content as PDF."""
    (pdf,) = compiled(held)
    found = typst.query(TEMPLATE, "<sheets>", field="value", one=True, **options(held))
    return Report(pdf, json.loads(found), tuple(held["summary"]))


def compiled(held: Mapping[str, Any], form: Literal["pdf", "png", "svg"] = "pdf") -> list[bytes]:
    """A report's content as one PDF, or as one picture of each sheet.

    Texts reach the template as values: typst never reads them as its own language.
    """
    made = typst.compile(TEMPLATE, format=form, **options(held))
    return made if isinstance(made, list) else [made]


TEMPLATE = _ASSETS / "report.typ"


def options(held: Mapping[str, Any]) -> dict[str, Any]:
    """What typst is told: the content, and our font; those of the machine write what it lacks."""
    return {
        "root": _ASSETS,
        "font_paths": [_ASSETS / "fonts"],
        "sys_inputs": {"report": json.dumps(held, ensure_ascii=False)},
    }
