"""What all files that leave have in common: something to show, a place, and never half of one."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, TypeVar

from dashboard.errors import PlaceError, QueryError
from dashboard.query import View

Tell = Callable[[str, int, int], None]
"""Says what is being made, how many parts of the file are done, and of how many."""


def silently(what: str, done: int, parts: int) -> None:
    """Say nothing."""


Made = TypeVar("Made")
Work = Callable[[], Any]
Steps = Generator[Work | None, Any, Made]
"""Something made bit by bit, so that others are answered in between.

Each step is a moment's work; a step that yields work, which draws nothing and touches nobody's
screen, lets it be done beside the others and is sent what came of it.
"""


def at_once(steps: Steps[Made]) -> Made:
    """Take all steps, one after the other."""
    came = None
    while True:
        try:
            work = steps.send(came)
        except StopIteration as end:
            made: Made = end.value
            return made
        came = work() if work else None


def check_place(output: Path, *, force: bool, example: str) -> None:
    """Refuse a place that cannot be written, before anything is made.

    Raises
    ------
    PlaceError
        The file exists and ``force`` is not set, it is a folder, or its folder is not there.
    """
    if output.is_dir():
        raise PlaceError(f"{output} is a folder. Give the name of a file, such as {example}.")
    if output.exists() and not force:
        raise PlaceError(f"{output} exists. Give another name, or --force to replace it.")
    if not output.parent.is_dir():
        raise PlaceError(f"{output} cannot be written: there is no folder {output.parent}.")


def check_rows(view: View) -> None:
    """Refuse a question under which there is nothing to show.

    Raises
    ------
    QueryError
        Neither sales nor spend nor posts are in view.
    """
    if not any(view.facts(family).height for family in ("sales", "spend", "posts")):
        raise QueryError(
            f"There are no rows under these filters ({view.where.sentence()}), so that there is "
            "nothing to show. Leave a filter out, or choose other days."
        )


def write_whole(output: Path, content: bytes) -> None:
    """Write a file under another name, then rename it: there is never half of one.

    Raises
    ------
    PlaceError
        It cannot be written; what stood there is as it was.
    """
    part = None
    try:
        with NamedTemporaryFile(dir=output.parent, prefix=".report-", delete=False) as part:
            part.write(content)
        Path(part.name).chmod(0o644)
        os.replace(part.name, output)  # noqa: PTH105  # one step, whatever stood there
    except OSError as error:
        if part is not None:
            Path(part.name).unlink(missing_ok=True)
        raise PlaceError(f"{output} cannot be written: {error.strerror or error}.") from error
