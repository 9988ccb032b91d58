"""answer(): sum the kept facts by the dimensions asked, and evaluate each metric on the sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, TypeVar, cast

import numpy as np
import polars as pl

from dashboard.dataset import Dataset
from dashboard.errors import (
    GrainError,
    MarginError,
    QueryError,
    UnassignedPostsError,
    UnavailableError,
    UnknownNameError,
)
from dashboard.formats import listing
from dashboard.ledger import Ledger, build
from dashboard.ledger.building import FAMILIES, Family
from dashboard.metrics import Metric, metric
from dashboard.query.coverage import Coverage, coverage
from dashboard.query.evaluating import evaluated
from dashboard.query.grouping import Groups, Split, Values, union
from dashboard.query.margins import NO_MARGINS, Margins, gross, in_paise, lacking
from dashboard.query.selection import OF_THE_WORK, Rows, masks, rows, select
from dashboard.query.where import Where
from dashboard.schema import DIMENSIONS, MEASURES, Home

_FAMILY: dict[str, Family] = {
    **{measure: family for family, measures in FAMILIES.items() for measure in measures},
    "gross_profit": "sales",
}

FEWEST_VIEWS, MOST_VIEWS = 12, 200
"""Views that a ledger keeps: at least as many as one page asks for, and never more than these."""
ROWS_OF_VIEWS = 1_000_000
"""Between the two, it keeps as many as have so many rows at most."""


@dataclass(frozen=True)
class Answer:
    """The metrics asked by the dimensions asked.

    ``frame`` has the dimensions first (text; ``day``, ``week`` and ``month`` as Date; null:
    unassigned; a split by influencer also has ``influencer_id``), then one column per metric:
    rupees and ratios as Float64, counts as Int64, undefined as null. ``refused`` gives the sentence
    for each metric that the question cannot answer; its column is null.
    """

    frame: pl.DataFrame
    by: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> float | None:
        """A metric of an answer without a split; None where it is undefined or refused."""
        answer: float | None = self.frame[name].item()
        return answer


def answer(
    data: Dataset | Ledger,
    metrics: str | Metric | Sequence[str | Metric],
    by: str | Sequence[str] = (),
    where: Where | Mapping[str, str | Iterable[str]] | None = None,
    margins: Margins = NO_MARGINS,
) -> pl.DataFrame:
    """Answer a question, or say why not.

    Parameters
    ----------
    data
        A dataset, or what ``ledger.build`` made of it: build it once where many questions follow.
    metrics, by
        Names in ``METRICS`` (or metrics themselves) and in ``DIMENSIONS``; one or several.
    where
        What to keep, such as ``{"brand": "Gritzo"}``, or a ``Where``, which has days too;
        everything by default.
    margins
        Gross margins, for what is left after the cost of the product.

    Returns
    -------
    pl.DataFrame
        As ``Answer.frame``: one row per combination of ``by`` that has any facts, one row in all
        without ``by``.

    Raises
    ------
    QueryError
        A name does not exist, or a metric cannot be answered for this split or under these filters.
    """
    ledger = data if isinstance(data, Ledger) else build(data)
    if isinstance(where, Mapping):
        where = Where.of(ledger, {name: _listed(values) for name, values in where.items()})
    view = View(ledger, where or Where(), margins)
    names = [metrics] if isinstance(metrics, str | Metric) else metrics
    asked = [metric(name) if isinstance(name, str) else name for name in names]
    split = tuple(_listed(by))
    for one in asked:
        view.check(one, split)
    return view.ask(asked, split).frame


def _listed(names: str | Iterable[str]) -> Iterable[str]:
    """Names, where one may be given as it is."""
    return (names,) if isinstance(names, str) else names


Find = TypeVar("Find", bound=Callable[..., Any])


def once(find: Find) -> Find:
    """Let something be found once of a view or a ledger, and kept as long as that is."""

    @wraps(find)
    def kept(of: View | Ledger, *asked: Any) -> Any:
        key = (find, *asked)
        if key not in of.found:
            of.found[key] = find(of, *asked)
        return of.found[key]

    return cast("Find", kept)


class View:
    """A ledger seen under one question: rows kept once, sums once per key, answers many times."""

    def __init__(self, ledger: Ledger, where: Where, margins: Margins = NO_MARGINS) -> None:
        self.ledger, self.where, self.margins = ledger, where, margins
        self._rows: dict[str, Rows] = {}
        self._by_key: dict[tuple[str, Home], Groups] = {}
        self._groups: dict[tuple[str, tuple[str, ...]], Groups] = {}
        self.found: dict[tuple[Any, ...], Any] = {}

    @classmethod
    def of(cls, ledger: Ledger, where: Where, margins: Margins = NO_MARGINS) -> View:
        """The view of a question; a ledger keeps those it was asked for last, for all who ask."""
        kept, key = ledger.asked, (where, tuple(margins.by_name.items()))
        view = kept.pop(key, None) or cls(ledger, where, margins)
        kept[key] = view
        rows = sum(frame.height for frame in (*ledger.facts.values(), ledger.accrued))
        most = min(MOST_VIEWS, max(FEWEST_VIEWS, ROWS_OF_VIEWS // max(1, rows)))
        for old in list(kept)[: max(0, len(kept) - most)]:
            kept.pop(old, None)  # somebody else may have taken it, in another thread
        return cast("View", view)

    @once
    def coverage(self) -> Coverage:
        """What spend the filters left out as unassigned."""
        return coverage(self.ledger, self.where, int(self.rows("spend")["spend"].sum()))

    def rows(self, name: str) -> Rows:
        """What is in view of a family of facts, or of ``accrued``: whole numbers."""
        if name not in self._rows:
            self._rows[name] = rows(self.ledger, self.where, name)
        return self._rows[name]

    def facts(self, family: Family) -> pl.DataFrame:
        """One family's facts in view."""
        return self.rows(family).of(self.ledger.facts[family])

    @cached_property
    def unassigned_posts(self) -> int:
        """Posts in view that belong to no campaign."""
        blank = self.ledger.coded.labels("pair", "campaign").among([None])
        posts = self.rows("posts")
        return int(posts["posts"][blank[posts["pair"]]].sum())

    @cached_property
    def margin(self) -> pl.Series:
        """The gross margin of each item of the ledger in basis points; null where not known."""
        return self.margins.of_items(self.ledger.items)

    @cached_property
    def lacking(self) -> list[str]:
        """What is sold in view and has no gross margin."""
        sold, revenue = self.rows("sales"), np.zeros(self.ledger.items.height, np.int64)
        np.add.at(revenue, sold["item"], np.abs(sold["revenue"]))
        return lacking(pl.Series("revenue", revenue), self.ledger.items, self.margin)

    def known(self, name: str) -> str:
        """The metric that says most of what a name is about.

        Where the gross margin of everything sold in view is known, ``profit`` is ``contribution``
        and so on (``Metric.costed``); the metric itself where it is not, or where it has none.
        """
        costed = metric(name).costed
        return costed if costed and self.margins and not self.lacking else name

    def check(self, asked: Metric, by: tuple[str, ...]) -> None:
        """Raise the QueryError that says why a metric cannot be answered, if it cannot."""
        for name in by:
            if name not in DIMENSIONS:
                raise UnknownNameError("dimension", name, DIMENSIONS)
        for name in asked.measures:
            if name in self.ledger.absent:
                raise UnavailableError(asked.label, self.ledger.absent[name])
        for name in asked.measures:
            measure = MEASURES[name]
            for dimension in by:
                if not measure.carries(dimension):
                    raise not_recorded(asked.label, name, dimension)
            for dimension in self.where.active:
                if not measure.carries(dimension) and not (
                    measure.table == "posts" and dimension in OF_THE_WORK
                ):
                    raise not_recorded(asked.label, name, dimension, "filtered")
        if "gross_profit" in asked.measures and self.lacking:
            raise MarginError(asked.label, listing(self.lacking))
        tables = {MEASURES[name].table for name in asked.measures}
        narrowed = set(OF_THE_WORK) & {*self.where.active, *by}
        if "posts" in tables and len(tables) > 1 and narrowed and self.unassigned_posts:
            posts = int(self.rows("posts")["posts"].sum())
            raise UnassignedPostsError(asked.label, self.unassigned_posts, posts)

    def ask(self, metrics: Sequence[str | Metric], by: Sequence[str] = ()) -> Answer:
        """Answer what can be answered; what cannot is null, with a sentence under ``refused``.

        What is asked twice stands in the answer once.
        """
        return self._answer(tuple(metrics), tuple(dict.fromkeys(by)))

    @once
    def _answer(self, metrics: tuple[str | Metric, ...], by: tuple[str, ...]) -> Answer:
        for name in by:
            if name not in DIMENSIONS:
                raise UnknownNameError("dimension", name, DIMENSIONS)
        found = [metric(one) if isinstance(one, str) else one for one in metrics]
        asked = list({one.name: one for one in found}.values())
        refused: dict[str, str] = {}
        for one in asked:
            try:
                self.check(one, by)
            except QueryError as error:
                refused[one.name] = str(error)
        answered = [one for one in asked if one.name not in refused]
        measures = tuple(dict.fromkeys(name for one in answered for name in one.measures))
        keys, sums = self._summed(measures, by)
        rows = keys.height if by else 1
        columns = [
            _undefined(one, rows) if one.name in refused else _column(one, sums) for one in asked
        ]
        frame = pl.DataFrame([*keys.get_columns(), *columns])
        several = len({DIMENSIONS[name].home for name in by}) > 1  # else in order as it is
        return Answer(frame.sort(keys.columns) if several else frame, by, refused)

    def sums(self, measures: tuple[str, ...], by: tuple[str, ...]) -> pl.DataFrame:
        """``(G, …)``: measures (paise and counts) summed by dimensions; one row without them.

        A group stands here if any of the measures has facts in it; measures without facts there are
        0.
        """
        keys, sums = self._summed(measures, by)
        summed = [pl.Series(name, values) for name, values in sums.items()]
        return pl.DataFrame([*keys.get_columns(), *summed])

    def gross_profit(self, by: tuple[str, ...]) -> pl.DataFrame:
        """``(G, …)``: revenue × margin by dimensions, in 1/10,000 of a paisa.

        Whole numbers, not yet rounded: they add up exactly over any split.
        """
        groups = self._groups_of("gross_profit", by)
        values = pl.Series("gross_profit", groups["gross_profit"].tolist(), pl.Int128)
        return pl.DataFrame([*Split(self.ledger.coded, by).keys(groups.codes), values])

    def _summed(
        self, measures: tuple[str, ...], by: tuple[str, ...]
    ) -> tuple[pl.DataFrame, dict[str, Values]]:
        """What the groups that have facts of any of the measures are called, and their sums."""
        found = {name: self._groups_of(name, by) for name in measures}
        codes = union([groups.codes for groups in dict.fromkeys(found.values())])
        if not by:
            codes = np.zeros(1, np.int64)
        sums = {name: groups.at(codes, name) for name, groups in found.items()}
        if "gross_profit" in sums:
            sums["gross_profit"] = in_paise(sums["gross_profit"])
        return Split(self.ledger.coded, by).keys(codes), sums

    def _groups_of(self, measure: str, by: tuple[str, ...]) -> Groups:
        """The groups of the facts of a measure; kept, for their sums are shared by all answers."""
        if measure == "customers":
            return self._customers(by)
        family = _FAMILY[measure]
        if measure == "gross_profit" and measure not in self.rows(family):
            sold = self.rows(family)
            sold.put(measure, gross(sold["revenue"], sold["item"], self.margin))
        if (family, by) not in self._groups:
            split = Split(self.ledger.coded, by)
            few = len(split.homes) < 2
            table = self.by_key(family, *split.homes) if few else self.rows(family)
            self._groups[family, by] = split.groups(table)
        return self._groups[family, by]

    def by_key(self, family: Family, home: Home = "pair") -> Groups:
        """A family summed by one part of the key: a few thousand rows, from which splits follow."""
        if (family, home) not in self._by_key:
            facts, size = self.rows(family), self.ledger.coded.keys[home].height
            self._by_key[family, home] = Groups(facts, facts[home], size, home)
        return self._by_key[family, home]

    def _customers(self, by: tuple[str, ...]) -> Groups:
        """Different customers; an estimate with 1 to 6 % error where only a sample is followed."""
        coded, customers = self.ledger.coded, self.ledger.customers
        bought = select(coded, coded.coded(customers.bought), self.where, masks(coded, self.where))
        split = Split(coded, by)
        each = {"group": split.codes(bought), "user": bought["user"]}
        group = pl.DataFrame(each).unique()["group"].to_numpy()
        number = np.full(len(group), customers.sample)
        return Groups({"customers": number}, group, split.size)


def not_recorded(metric: str, measure: str, dimension: str, asked: str = "split") -> GrainError:
    """Why a metric cannot be asked by a dimension, everything by its label."""
    one = MEASURES[measure]
    carried = [DIMENSIONS[name].label.lower() for name in one.dimensions]
    return GrainError(
        metric, one.label.lower(), DIMENSIONS[dimension].label.lower(), carried, asked
    )


def in_rupees(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Turn columns of paise into rupees, each the nearest double; null stays null.

    Polars multiplies by the inverse of a constant, which can miss the nearest double by one bit:
    numpy divides.
    """
    return frame.with_columns(
        pl.Series(name, frame[name].cast(pl.Float64).to_numpy() / 100, nan_to_null=True)
        for name in columns
    )


def added(rupees: pl.Series) -> float:
    """Amounts in rupees added up, in paise: exact, where a sum of doubles may miss half a rupee."""
    return int((rupees * 100).round().cast(pl.Int64).sum()) / 100


def _undefined(one: Metric, rows: int) -> pl.Series:
    kind = pl.Float64 if one.is_ratio or one.is_money else pl.Int64
    return pl.Series(one.name, [None] * rows, kind)


def _column(one: Metric, sums: Mapping[str, Values]) -> pl.Series:
    """A metric of each group: money in rupees, each the nearest double; null where undefined."""
    values = evaluated(one.value.tree(), sums)
    return pl.Series(one.name, values / 100 if one.is_money else values, nan_to_null=True)
