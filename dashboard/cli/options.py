"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from dashboard.errors import QueryError

Place = Annotated[
    Path, typer.Argument(help="A folder with the four tables, such as data.", show_default=False)
]
Filtered = Annotated[
    list[str],
    typer.Option(
        "--filter",
        help="DIMENSION=VALUE,VALUE; may stand several times. Quote a value that holds a comma.",
        show_default=False,
    ),
]
From = Annotated[
    str | None, typer.Option("--from", help="First day, YYYY-MM-DD.", show_default=False)
]
To = Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD.", show_default=False)]
Mapping = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        help="A TOML file of answers; by default mapping.toml of the folder, if there is one.",
        show_default=False,
    ),
]
Answers = Annotated[
    list[str],
    typer.Option(
        "--answer",
        help="The answer to a question, KEY=VALUE as the question says it; may stand several "
        "times.",
        show_default=False,
    ),
]


def day(option: str, typed: str | None) -> dt.date | None:
    """A day as it is typed.

    Raises
    ------
    QueryError
        It is none.
    """
    if typed is None:
        return None
    try:
        return dt.date.fromisoformat(typed)
    except ValueError as error:
        raise QueryError(
            f"{option} {typed!r} is not a day. Write it as YYYY-MM-DD, such as 2026-03-31."
        ) from error
