"""Estimates as plain values, and kept in a folder: what was worked out once is not done again."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path as File
from typing import Any

import numpy as np
import platformdirs

from dashboard.incrementality.results import Diagnostics, Estimate, Path


def to_plain(value: Any) -> Any:
    """An estimate as JSON knows values, every digit kept."""
    if is_dataclass(value):
        return {one.name: to_plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [to_plain(one) for one in value]
    return value


def from_plain(plain: dict[str, Any]) -> Estimate:
    """The estimate that ``to_plain`` wrote."""
    given = _tuples(plain)
    if given["window"]:
        given["window"] = tuple(map(dt.date.fromisoformat, given["window"]))
    held = _tuples(plain["diagnostics"])
    if held["settled"]:
        held["settled"] = dt.date.fromisoformat(held["settled"])
    if held["path"]:
        path = {name: np.array(values) for name, values in held["path"].items() if name != "date"}
        days = tuple(map(dt.date.fromisoformat, held["path"]["date"]))
        held["path"] = Path(date=days, **path)
    return Estimate(**(given | {"diagnostics": Diagnostics(**held)}))


def _tuples(plain: dict[str, Any]) -> dict[str, Any]:
    """Lists, and lists in them, as the tuples they were."""

    def back(value: Any) -> Any:
        return tuple(map(back, value)) if isinstance(value, list) else value

    return {name: back(value) for name, value in plain.items()}


@dataclass(frozen=True)
class Kept:
    """Estimates in a folder, one file for a version of a dataset and the products excluded.

    The name holds what our own code is, too: another release works them out anew. A folder that
    cannot be written, or a file that cannot be read, costs time and nothing else.
    """

    place: str = ""
    """The folder; by default where this machine keeps what can be made again."""

    @property
    def folder(self) -> File:
        """Where it is."""
        if self.place:
            return File(self.place)
        return platformdirs.user_cache_path("influencer-roi", appauthor=False)

    def file(self, version: str, excluded: Collection[str] = ()) -> File:
        """Where estimates lie, or would."""
        told = json.dumps([version, sorted(name.casefold() for name in excluded), _release()])
        return self.folder / f"estimates-{sha256(told.encode()).hexdigest()[:32]}.json"

    def read(self, version: str, excluded: Collection[str] = ()) -> tuple[Estimate, ...] | None:
        """What is kept; None where nothing is, or nothing that can be read."""
        try:
            plain = json.loads(self.file(version, excluded).read_text("utf-8"))
            return tuple(map(from_plain, plain))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def write(
        self, found: Sequence[Estimate], version: str, excluded: Collection[str] = ()
    ) -> None:
        """Keep them: whole or not at all, and in silence where the folder cannot be written."""
        at = self.file(version, excluded)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=self.folder, delete=False
            ) as draft:
                json.dump(to_plain(found), draft)
            File(draft.name).replace(at)
        except OSError:
            return


@cache
def _release() -> str:
    """What tells one state of the estimator's code from another."""
    code = sorted(File(__file__).parent.glob("*.py"))
    return sha256(b"".join(one.read_bytes() for one in code)).hexdigest()
