"""The example data as they are committed, and a small world of the same kind."""

from __future__ import annotations

import csv
from pathlib import Path

from typer.testing import CliRunner

from dashboard.schema import TABLES
from data_gen import Plan
from data_gen.__main__ import app
from data_gen.dictionary import TRUTH

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data"

SMALL = Plan(seed=3, influencers=12, days=240, orders=3, campaigns=3, products=5)


def files(folder):
    """The bytes of every file in a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def rows(name):
    """The rows of a committed file, as text."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def committed():
    """The committed tables and truth, read by the csv module."""
    names = (*TABLES, *(f"truth/{name}" for name in TRUTH))
    return {name.removeprefix("truth/"): rows(name) for name in names}


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])
