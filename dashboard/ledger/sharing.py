"""Sharing: one ledger for all who look at the same tables."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from weakref import WeakSet

from dashboard.dataset import Dataset
from dashboard.ledger.building import Ledger, build

_ledgers: WeakSet[Ledger] = WeakSet()
_knowing, _building = Lock(), Lock()


def ledger_of(dataset: Dataset) -> Ledger:
    """The ledger of a dataset: built once, shared, forgotten when nobody holds it.

    Equal tables that were loaded at another time, from another place or beside other bad rows share
    its facts and keys; the dataset of each says so.
    """
    ledger = _known(dataset)
    if ledger is None:  # who needs nothing built does not wait
        with _building:
            ledger = _known(dataset) or _remembered(build(dataset))
    if ledger.dataset is not dataset:
        ledger = _remembered(replace(ledger, dataset=dataset))
    return ledger


def _remembered(ledger: Ledger) -> Ledger:
    with _knowing:
        _ledgers.add(ledger)
    return ledger


def _known(dataset: Dataset) -> Ledger | None:
    """A ledger of the same tables; the dataset's own where there is one."""
    with _knowing:
        alive = [one for one in _ledgers if one.version == dataset.version]
    alive.sort(key=lambda one: one.dataset is not dataset)
    return next((one for one in alive if _equal(one.dataset, dataset)), None)


def _equal(one: Dataset, other: Dataset) -> bool:
    """Whether tables are equal, row by row; of tracking rows, which may be many, their cells.

    A version says nothing of the order of rows, and a ledger knows posts and payouts by theirs.
    """
    return one is other or (
        one.rolled.cells.equals(other.rolled.cells)
        and all(
            one.tables[name] is other.tables[name] or one.tables[name].equals(other.tables[name])
            for name in ("influencers", "posts", "payouts")
        )
    )
