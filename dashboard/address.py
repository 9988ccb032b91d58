"""Address: what is looked at as the query of a link, and back; what is bad in one is said.

Filters go by their names, each value once (``?brand=Gritzo&brand=HKVitals``), the period as
``from`` and ``to``, the comparison as ``compare``, the step of time as ``by``, products that
campaigns are not to be compared with as ``donors-out``, gross margins other than those of the
settings as ``margin`` (``?margin=Gritzo:45``; ``Gritzo:`` has none), and what a view was told goes
by the view's name (``?top-influencers=roas``). Defaults leave the query bare.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dashboard.errors import DashboardError, SettingsError
from dashboard.formats import listing
from dashboard.query import Where, labels
from dashboard.query.margins import retold, typed
from dashboard.schema import DIMENSIONS, FILTERS
from dashboard.settings import basis_points, folded, percent_typed
from dashboard.state import COMPARISONS, LOOK_NAME, STEPS, Explorer

_OUT = "donors-out"
_MARGIN = "margin"
_LONGEST = 200
"""Characters of a link's value that a notice repeats."""
_CALLED: Mapping[str, str] = MappingProxyType(
    {
        "from": "first day",
        "to": "last day",
        "compare": "comparison",
        "by": "step of time",
        _OUT: "excluded product",
        _MARGIN: "gross margin",
        "plan-budget": "budget",
        "plan-whom": "choice of creators",
        "poor-roi": "ROAS to be poor below",
        "top-influencers": "figure to rank influencers by",
        **{name: DIMENSIONS[name].label.lower() for name in FILTERS},
    }
)
"""What a link can say, as people say it."""


@dataclass(frozen=True)
class Address:
    """What a link asks for, and a sentence for everything in it that cannot be had.

    Without ``margins`` it asks for those that a link which tells none asks for.
    """

    where: Where = field(default_factory=Where)
    comparison: str = COMPARISONS[0]
    step: str = STEPS[0]
    looks: Mapping[str, str] = field(default_factory=dict)
    donors_out: tuple[str, ...] = ()
    margins: Mapping[str, float] | None = None
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


Words = Sequence[str]
"""The words that a view can be told."""


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
    return [*pairs, *_margins_told(explorer)]


def _margins_told(explorer: Explorer) -> list[tuple[str, str]]:
    """The gross margins of what is sold here that differ from those of the settings, by name."""
    usual, now = basis_points(explorer.settings.margins), basis_points(explorer.margins)
    differ = {name for name in usual.keys() | now.keys() if usual.get(name) != now.get(name)}
    sold = _sold(explorer) if differ else {}
    told = {sold[name]: now.get(name) for name in differ if name in sold}
    return [(_MARGIN, f"{name}:{percent_typed(points)}") for name, points in sorted(told.items())]


def margins_told(explorer: Explorer) -> str:
    """Which gross margins are not those of the settings, in words; empty where all are."""
    told = [pair.rpartition(":") for _, pair in _margins_told(explorer)]
    if not told:
        return ""
    differ = listing(
        [f"{name} {f'{text} %' if text else 'none'}" for name, _, text in told], most=8
    )
    return f"Gross margins other than those of the settings: {differ}."


def _sold(explorer: Explorer) -> dict[str, str]:
    """Products and brands that are sold here, as they are written here, by their folded names."""
    items = explorer.ledger.products
    return {folded(name): name for at in ("product", "brand") for name in items[at].drop_nulls()}


def read(
    query: str, explorer: Explorer, offered: Mapping[str, Numbers | Words] = MappingProxyType({})
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
    margins = _margins(asked, explorer, notices)
    return Address(where, comparison, step, looks, donors_out, margins, tuple(notices))


def follow(explorer: Explorer, address: Address) -> None:
    """Look at what an address asks for; nothing changes where that is looked at already."""
    told = address.margins
    margins = _untold(explorer, _sold(explorer)) if told is None else dict(told)
    wanted = (
        address.where,
        address.comparison,
        address.step,
        dict(address.looks),
        list(address.donors_out),
        basis_points(margins),
    )
    if wanted != (
        explorer.where,
        explorer.comparison,
        explorer.step,
        dict(explorer.looks),
        list(explorer.donors_out),
        basis_points(explorer.margins),
    ):
        explorer.look_at(*wanted[:-1], margins)


def _where(asked: Mapping[str, list[str]], explorer: Explorer, notices: list[str]) -> Where:
    kept: dict[str, list[str]] = {}
    for name in FILTERS:
        for value in asked.get(name, ()):
            try:
                (meant,) = Where.of(explorer.ledger, {name: [value]}).values(name)
            except (DashboardError, ValueError) as error:
                reason = str(error) if isinstance(error, DashboardError) else "it is empty."
                reason = getattr(error, "briefly", reason)
                notices.append(_left_out(name, reason))
            else:
                kept.setdefault(name, []).append(meant)
    first, last = (_day(name, asked, notices) for name in ("from", "to"))
    if first and last and first > last:
        notices.append(_left_out("period", "it ends before it starts."))
        first = last = None
    return Where(**{name: tuple(dict.fromkeys(values)) for name, values in kept.items()},
                 first=first, last=last)  # fmt: skip


def _looks(
    asked: Mapping[str, list[str]],
    explorer: Explorer,
    offered: Mapping[str, Numbers | Words],
    notices: list[str],
) -> dict[str, str]:
    kept = {}
    for name, values in asked.items():
        if not LOOK_NAME.fullmatch(name):
            continue
        of = name.removeprefix("chosen-")
        there = labels(explorer.ledger, of) if of in FILTERS else None
        valid = offered.get(name) if there is None else there
        if valid is None or values[-1] in valid:
            kept[name] = values[-1]
        elif there is not None:
            notices.append(_left_out(name, f"there is no {_quoted(values[-1])} here."))
        elif isinstance(valid, Numbers):
            notices.append(_left_out(name, f"{_quoted(values[-1])} is no {valid.called}."))
        else:
            notices.append(_none_of(name, values[-1], valid))
    return kept


def _donors_out(
    asked: Mapping[str, list[str]], explorer: Explorer, notices: list[str]
) -> tuple[str, ...]:
    """Products or brands that are sold here, as they are written here."""
    sold, kept = _sold(explorer), []
    for name in dict.fromkeys(asked.get(_OUT, ())):
        meant = sold.get(folded(name))
        if meant is None:
            notices.append(_not_sold(_OUT, name))
        else:
            kept.append(meant)
    return tuple(dict.fromkeys(kept))


def _margins(
    asked: Mapping[str, list[str]], explorer: Explorer, notices: list[str]
) -> dict[str, float]:
    """Those of the settings, but for what a link says of what is sold here."""
    sold = _sold(explorer)
    found: dict[str, int | None] = {}
    for told in asked.get(_MARGIN, ()):
        name, _, percent = told.rpartition(":")
        meant = sold.get(folded(name))
        if meant is not None:
            try:
                found[meant] = typed(meant, percent)
            except SettingsError as error:
                notices.append(_left_out(_MARGIN, f"{error}"))
        elif folded(told) in sold:
            short = told[:_LONGEST]
            notices.append(
                _left_out(
                    _MARGIN,
                    f"{short!r} names no percent; write {short}:45, or {short}: for none.",
                )
            )
        else:
            notices.append(_not_sold(_MARGIN, name or told))
    return retold(_untold(explorer, sold), found)


def _untold(explorer: Explorer, sold: Mapping[str, str]) -> dict[str, float]:
    """The margins without a link: of what is sold here those of the settings.

    What is not sold here no link can say; it may have been typed for other data, and stays.
    """
    usual, now = explorer.settings.margins, explorer.margins
    return {name: percent for name, percent in usual.items() if folded(name) in sold} | {
        name: percent for name, percent in now.items() if folded(name) not in sold
    }


def _not_sold(what: str, name: str) -> str:
    return _left_out(what, f"nothing that is sold here is called {_quoted(name)}.")


def _left_out(what: str, why: str) -> str:
    return f"The link's {called(what)} was left out: {why}"


def _none_of(what: str, told: str, valid: Sequence[str]) -> str:
    return _left_out(what, f"{_quoted(told)} is none of {', '.join(valid)}.")


def _quoted(told: str) -> str:
    return repr(told[:_LONGEST])


def _day(name: str, asked: Mapping[str, list[str]], notices: list[str]) -> dt.date | None:
    for value in asked.get(name, ())[-1:]:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            notices.append(_left_out(name, f"{_quoted(value)} is no day such as 2026-03-31."))
    return None


def _one_of(
    name: str, valid: tuple[str, ...], asked: Mapping[str, list[str]], notices: list[str]
) -> str:
    for value in asked.get(name, ())[-1:]:
        if value in valid:
            return value
        notices.append(_none_of(name, value, valid))
    return valid[0]


def called(name: str) -> str:
    """What people call a part of a link."""
    return _CALLED.get(name) or name.replace("-", " ")


def parts(query: str) -> dict[str, str]:
    """All that a query says, by name; of what it says twice the last."""
    return dict(parse_qsl(query.removeprefix("?")))
