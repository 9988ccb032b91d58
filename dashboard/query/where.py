"""Where: what a question keeps, as one frozen value to compare, to cache and to say in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from dashboard.errors import QueryError, UnknownNameError, UnknownValueError
from dashboard.formats import day, listing, period
from dashboard.ledger import Ledger
from dashboard.schema import BASES, DIMENSIONS, FILTERS, GENDERS, PLATFORMS, TIERS, folded

_SPELLINGS: Mapping[str, Mapping[str, str]] = {
    "platform": PLATFORMS,
    "gender": GENDERS,
    "basis": BASES,
}


@dataclass(frozen=True)
class Where:
    """The values kept of each dimension (none: all are), and the days kept, both ends included."""

    brand: tuple[str, ...] = ()
    campaign: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    gender: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    influencer: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None

    def __post_init__(self) -> None:
        if self.first and self.last and self.first > self.last:
            raise QueryError(
                f"The period starts on {day(self.first)}, after its end on {day(self.last)}. "
                "Exchange the two days."
            )

    @property
    def active(self) -> tuple[str, ...]:
        """The dimensions that are narrowed, in the order of the screen."""
        return tuple(name for name in FILTERS if getattr(self, name))

    @property
    def dated(self) -> bool:
        """Whether a period is set."""
        return self.first is not None or self.last is not None

    def values(self, dimension: str) -> tuple[str, ...]:
        """The values kept of one dimension; empty keeps all."""
        kept: tuple[str, ...] = getattr(self, dimension)
        return kept

    def without(self, *dimensions: str) -> Where:
        """The same question with some dimensions (or ``period``) open again."""
        opened: dict[str, object] = {name: () for name in dimensions if name != "period"}
        if "period" in dimensions:
            opened |= {"first": None, "last": None}
        return replace(self, **opened)  # type: ignore[arg-type]  # the keys are this class's own fields

    def words(self) -> tuple[tuple[str, str], ...]:
        """Each filter in words: ``("Brand", "MuscleBlaze or Gritzo")``."""
        said = [(DIMENSIONS[name].label, listing(self.values(name), "or")) for name in self.active]
        if self.first and self.last:
            said.insert(0, ("Period", period(self.first, self.last)))
        elif self.first:
            said.insert(0, ("Period", f"from {day(self.first)}"))
        elif self.last:
            said.insert(0, ("Period", f"until {day(self.last)}"))
        return tuple(said)

    def sentence(self) -> str:
        """All filters in one sentence."""
        return (
            "; ".join(f"{label}: {value}" for label, value in self.words())
            or "No filters: everything is in view"
        )

    @classmethod
    def of(
        cls,
        ledger: Ledger,
        values: Mapping[str, Iterable[str]],
        first: dt.date | None = None,
        last: dt.date | None = None,
    ) -> Where:
        """Make a question from what somebody typed: any case and known spelling, ids of creators.

        Raises
        ------
        UnknownNameError, UnknownValueError
            A filter or value that does not exist; the sentence lists the valid ones.
        """
        kept: dict[str, tuple[str, ...]] = {}
        for name, typed in values.items():
            if name not in FILTERS:
                raise UnknownNameError("filter", name, FILTERS)
            valid = labels(ledger, name)
            kept[name] = tuple(
                dict.fromkeys(
                    _value(ledger, name, value.strip(), valid) for value in typed if value.strip()
                )
            )
        return cls(**kept, first=first, last=last)


def labels(ledger: Ledger, dimension: str) -> list[str]:
    """Every value that a dimension has in this data, in reading order."""
    home = DIMENSIONS[dimension].home
    if home == "basis":
        values = ledger.facts["spend"]["basis"]
    else:
        frame = ledger.items if home == "item" else ledger.pairs
        values = frame[dimension]
    found: list[str] = values.drop_nulls().unique().to_list()
    if dimension == "tier":
        order = [name for name, _ in TIERS]
        return sorted(found, key=order.index)
    return sorted(found, key=str.casefold)


def _value(ledger: Ledger, dimension: str, typed: str, valid: list[str]) -> str:
    """The value that somebody meant."""
    if typed in valid:
        return typed
    spelled = _SPELLINGS.get(dimension, {}).get(folded(typed))
    if spelled in valid:
        return str(spelled)
    by_case = {value.casefold(): value for value in valid}
    if typed.casefold() in by_case:
        return by_case[typed.casefold()]
    if dimension == "influencer":
        by_id = ledger.pairs.filter(pl.col("influencer_id") == typed)["influencer"].to_list()
        if by_id:
            return str(by_id[0])
    raise UnknownValueError(DIMENSIONS[dimension].label.casefold(), typed, valid)
