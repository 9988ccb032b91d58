"""Address: what is looked at as the query of a link, and back; what is bad in one is said.

Filters go by their names, each value once (``?brand=Gritzo&brand=HKVitals``), the period as
``from`` and ``to``, the comparison as ``compare``, the step of time as ``by``, products that
campaigns are not to be compared with as ``donors-out``, and what a view was told goes by the view's
name (``?top-influencers=roas``). Defaults leave the query bare.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dashboard.errors import DashboardError
from dashboard.query import Where, labels
from dashboard.schema import FILTERS
from dashboard.state import COMPARISONS, LOOK_NAME, STEPS, Explorer

_OUT = "donors-out"
_LONGEST = 200
"""Characters of a link's value that a notice repeats."""


@dataclass(frozen=True)
class Address:
    """What a link asks for, and a sentence for everything in it that cannot be had."""

    where: Where = field(default_factory=Where)
    comparison: str = COMPARISONS[0]
    step: str = STEPS[0]
    looks: Mapping[str, str] = field(default_factory=dict)
    donors_out: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Numbers:
    """The numbers from ``low`` to ``high``, as a link tells them; ``called`` names them."""

    low: float
    high: float
    called: str

    def __contains__(self, told: object) -> bool:
        """Whether a link's value is one of them."""
        try:
            return self.low <= float(str(told)) <= self.high
        except ValueError:
            return False


def written(explorer: Explorer) -> str:
    """The query of a link to what is looked at; empty where nothing was chosen."""
    return urlencode([*_pairs(explorer, explorer.where), *sorted(explorer.looks.items())])


def link_to(explorer: Explorer, page: str, **values: str) -> str:
    """The query of a link to a page, narrowed to one value more of some dimensions."""
    narrowed: dict[str, Any] = {name: (value,) for name, value in values.items()}
    return urlencode([("page", page), *_pairs(explorer, replace(explorer.where, **narrowed))])


def _pairs(explorer: Explorer, where: Where) -> list[tuple[str, str]]:
    pairs = [(name, value) for name in where.active for value in where.values(name)]
    pairs += [("from", f"{where.first}")] if where.first else []
    pairs += [("to", f"{where.last}")] if where.last else []
    pairs += [("compare", explorer.comparison)] if explorer.comparison != COMPARISONS[0] else []
    pairs += [("by", explorer.step)] if explorer.step != STEPS[0] else []
    pairs += [(_OUT, name) for name in explorer.donors_out]
    return pairs


def read(
    query: str, explorer: Explorer, offered: Mapping[str, Container[str]] = MappingProxyType({})
) -> Address:
    """What a query asks for; a bad value is left out and said, the good ones are kept.

    ``offered`` are the values that views take, by their names: words to choose from, or numbers.
    """
    asked: dict[str, list[str]] = {}
    for name, value in parse_qsl(query.removeprefix("?"), max_num_fields=None):
        asked.setdefault(name, []).append(value)
    notices: list[str] = []
    where = _where(asked, explorer, notices)
    comparison = _one_of("compare", COMPARISONS, asked, notices)
    step = _one_of("by", STEPS, asked, notices)
    looks = _looks(asked, explorer, offered, notices)
    donors_out = _donors_out(asked, explorer, notices)
    return Address(where, comparison, step, looks, donors_out, tuple(notices))


def follow(explorer: Explorer, address: Address) -> None:
    """Look at what an address asks for; nothing changes where that is looked at already."""
    wanted = (
        address.where,
        address.comparison,
        address.step,
        dict(address.looks),
        list(address.donors_out),
    )
    if wanted != (
        explorer.where,
        explorer.comparison,
        explorer.step,
        dict(explorer.looks),
        list(explorer.donors_out),
    ):
        explorer.look_at(*wanted)


def _where(asked: Mapping[str, list[str]], explorer: Explorer, notices: list[str]) -> Where:
    kept: dict[str, list[str]] = {}
    for name in FILTERS:
        for value in asked.get(name, ()):
            try:
                (meant,) = Where.of(explorer.ledger, {name: [value]}).values(name)
            except (DashboardError, ValueError) as error:
                reason = str(error) if isinstance(error, DashboardError) else "it is empty."
                notices.append(f"The link's {name} was left out: {reason}")
            else:
                kept.setdefault(name, []).append(meant)
    first, last = (_day(name, asked, notices) for name in ("from", "to"))
    if first and last and first > last:
        notices.append("The link's period was left out: it ends before it starts.")
        first = last = None
    return Where(**{name: tuple(dict.fromkeys(values)) for name, values in kept.items()},
                 first=first, last=last)  # fmt: skip


def _looks(
    asked: Mapping[str, list[str]],
    explorer: Explorer,
    offered: Mapping[str, Container[str]],
    notices: list[str],
) -> dict[str, str]:
    kept = {}
    for name, values in asked.items():
        if not LOOK_NAME.fullmatch(name):
            continue
        of = name.removeprefix("chosen-")
        valid = labels(explorer.ledger, of) if of in FILTERS else offered.get(name)
        if valid is None or values[-1] in valid:
            kept[name] = values[-1]
        else:
            value = repr(values[-1][:_LONGEST])
            why = f"there is no {value} here"
            if isinstance(valid, Numbers):
                why = f"{value} is no {valid.called}"
            notices.append(f"The link's {name!r} was left out: {why}.")
    return kept


def _donors_out(
    asked: Mapping[str, list[str]], explorer: Explorer, notices: list[str]
) -> tuple[str, ...]:
    """Products or brands that are sold here, as they are written here."""
    items = explorer.ledger.items
    sold = {name.casefold(): name for at in ("brand", "product") for name in items[at].drop_nulls()}
    kept = []
    for name in dict.fromkeys(asked.get(_OUT, ())):
        meant = sold.get(name.casefold())
        if meant is None:
            notices.append(
                f"The link's {_OUT!r} was left out: nothing that is sold here is called "
                f"{name[:_LONGEST]!r}."
            )
        else:
            kept.append(meant)
    return tuple(dict.fromkeys(kept))


def _day(name: str, asked: Mapping[str, list[str]], notices: list[str]) -> dt.date | None:
    for value in asked.get(name, ())[-1:]:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            notices.append(
                f"The link's {name!r} was left out: {value[:_LONGEST]!r} is no day such as "
                "2026-03-31."
            )
    return None


def _one_of(
    name: str, valid: tuple[str, ...], asked: Mapping[str, list[str]], notices: list[str]
) -> str:
    for value in asked.get(name, ())[-1:]:
        if value in valid:
            return value
        notices.append(
            f"The link's {name!r} was left out: {value[:_LONGEST]!r} is none of {', '.join(valid)}."
        )
    return valid[0]


def parts(query: str) -> dict[str, str]:
    """All that a query says, by name; of what it says twice the last."""
    return dict(parse_qsl(query.removeprefix("?")))
