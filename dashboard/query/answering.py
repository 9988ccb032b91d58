"""answer(): sum the kept facts by the dimensions asked, and evaluate each metric on the sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from dashboard.errors import (
    GrainError,
    MarginError,
    QueryError,
    UnassignedPostsError,
    UnavailableError,
    UnknownNameError,
)
from dashboard.formats import listing
from dashboard.ledger import Ledger
from dashboard.ledger.building import FAMILIES, Family
from dashboard.metrics import Metric, metric
from dashboard.query.coverage import Coverage, coverage
from dashboard.query.margins import NO_MARGINS, Margins, gross, in_paise, lacking
from dashboard.query.selection import OF_THE_WORK, keep, masks, select
from dashboard.query.selection import days as within
from dashboard.query.where import Where
from dashboard.schema import DIMENSIONS, MEASURES, Dimension

_FAMILY: dict[str, Family] = {
    measure: family for family, measures in FAMILIES.items() for measure in measures
}
_COLUMNS = {"date": "time", "pair": "pair", "item": "item", "basis": "basis"}
_TIME = {"day": "1d", "week": "1w", "month": "1mo"}


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
    ledger: Ledger,
    metrics: Sequence[str | Metric],
    by: Sequence[str] = (),
    where: Where | None = None,
    margins: Margins = NO_MARGINS,
) -> pl.DataFrame:
    """Answer a question, or say why not.

    Parameters
    ----------
    ledger
        What ``ledger.build`` made of a dataset.
    metrics, by
        Names in ``METRICS`` (or metrics themselves) and in ``DIMENSIONS``.
    where
        What to keep; everything by default.
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
    view = View(ledger, where or Where(), margins)
    asked = [metric(m) if isinstance(m, str) else m for m in metrics]
    for one in asked:
        view.check(one, tuple(by))
    return view.ask(asked, by).frame


class View:
    """A ledger seen under one question: filters once, sums once per key, answers many times."""

    def __init__(self, ledger: Ledger, where: Where, margins: Margins = NO_MARGINS) -> None:
        self.ledger, self.where, self.margins = ledger, where, margins
        self._kept: dict[Family, pl.DataFrame] = {}
        self._sums: dict[tuple[Family, tuple[str, ...]], pl.DataFrame] = {}
        self._coverage: Coverage | None = None
        self._margin: pl.Series | None = None
        self._gross: pl.DataFrame | None = None
        self._lacking: list[str] | None = None

    def coverage(self) -> Coverage:
        """What spend the filters left out as unassigned."""
        if self._coverage is None:
            self._coverage = coverage(self.ledger, self.where)
        return self._coverage

    def facts(self, family: Family) -> pl.DataFrame:
        """One family's facts in view."""
        if family not in self._kept:
            self._kept[family] = select(self.ledger, self.where, family)
        return self._kept[family]

    @property
    def unassigned_posts(self) -> int:
        """Posts in view that belong to no campaign."""
        facts = self.facts("posts")
        blank = self.ledger.pairs["campaign"].is_null()
        return int(facts.filter(blank.gather(facts["pair"]))["posts"].sum())

    @property
    def margin(self) -> pl.Series:
        """The gross margin of each item of the ledger in basis points; null where not known."""
        if self._margin is None:
            self._margin = self.margins.of_items(self.ledger.items)
        return self._margin

    @property
    def lacking(self) -> list[str]:
        """What is sold in view and has no gross margin."""
        if self._lacking is None:
            self._lacking = lacking(self.facts("sales"), self.ledger.items, self.margin)
        return self._lacking

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
                raise UnavailableError(asked.name, self.ledger.absent[name])
        for name in asked.measures:
            measure = MEASURES[name]
            for dimension in by:
                if not measure.carries(dimension):
                    raise GrainError(asked.name, name, dimension, measure.dimensions)
            for dimension in self.where.active:
                if not measure.carries(dimension) and not (
                    measure.table == "posts" and dimension in OF_THE_WORK
                ):
                    raise GrainError(asked.name, name, dimension, measure.dimensions, "filtered")
        if "gross_profit" in asked.measures and self.lacking:
            raise MarginError(asked.name, listing(self.lacking))
        tables = {MEASURES[name].table for name in asked.measures}
        narrowed = set(OF_THE_WORK) & {*self.where.active, *by}
        if "posts" in tables and len(tables) > 1 and narrowed and self.unassigned_posts:
            posts = int(self.facts("posts")["posts"].sum())
            raise UnassignedPostsError(asked.name, self.unassigned_posts, posts)

    def ask(self, metrics: Sequence[str | Metric], by: Sequence[str] = ()) -> Answer:
        """Answer what can be answered; what cannot is null, with a sentence under ``refused``."""
        by = tuple(by)
        for name in by:
            if name not in DIMENSIONS:
                raise UnknownNameError("dimension", name, DIMENSIONS)
        asked = [metric(m) if isinstance(m, str) else m for m in metrics]
        refused: dict[str, str] = {}
        for one in asked:
            try:
                self.check(one, by)
            except QueryError as error:
                refused[one.name] = str(error)
        answered = [one for one in asked if one.name not in refused]
        measures = tuple(dict.fromkeys(name for one in answered for name in one.measures))
        sums = self.sums(measures, by)
        keys = [*by, "influencer_id"] if "influencer" in by else list(by)
        columns = [_undefined(one) if one.name in refused else one.expression() for one in asked]
        frame = in_rupees(
            sums.select(*keys, *columns), *(one.name for one in asked if one.is_money)
        )
        return Answer(frame.sort(keys) if keys else frame, by, refused)

    def sums(self, measures: tuple[str, ...], by: tuple[str, ...]) -> pl.DataFrame:
        """``(G, …)``: measures (paise and counts) summed by dimensions; one row without them.

        A group stands here if any of the measures has facts in it; measures without facts there are
        0.
        """
        keys = [*by, "influencer_id"] if "influencer" in by else list(by)
        parts = []
        for family in FAMILIES:
            own = [name for name in measures if _FAMILY.get(name) == family]
            if own:
                parts.append(
                    _group(
                        _labelled(self.ledger, self._by_key(family, by), by).select(*keys, *own),
                        keys,
                        own,
                    )
                )
        if "gross_profit" in measures:
            parts.append(
                _group(self.gross_profit(by), keys, ["gross_profit"]).with_columns(
                    in_paise(pl.col("gross_profit"))
                )
            )
        if "customers" in measures:
            parts.append(self._customers(by, keys))
        if not parts:
            return (
                pl.DataFrame(schema=dict.fromkeys(keys, pl.String))
                if keys
                else pl.DataFrame({"\0": [0]})
            )
        summed = (
            _group(pl.concat(parts, how="diagonal"), keys, list(measures))
            if len(parts) > 1
            else parts[0]
        )
        return summed.with_columns(pl.col(list(measures)).fill_null(0))

    def gross_profit(self, by: tuple[str, ...]) -> pl.DataFrame:
        """``(N, …)``: revenue × margin by dimensions, in 1/10,000 of a paisa.

        Whole numbers, not yet rounded: they add up exactly over any split.
        """
        keys = [*by, "influencer_id"] if "influencer" in by else list(by)
        if self._gross is None:
            self._gross = gross(self.facts("sales"), self.margin)
        summed = _group(self._gross, list(_keys(by)), ["gross_profit"])
        return _labelled(self.ledger, summed, by).select(*keys, "gross_profit")

    def _by_key(self, family: Family, by: tuple[str, ...]) -> pl.DataFrame:
        """A family summed by the parts of the key that the dimensions live on; then kept."""
        keys = _keys(by)
        if (family, keys) not in self._sums:
            self._sums[family, keys] = _group(
                self.facts(family), list(keys), list(FAMILIES[family])
            )
        return self._sums[family, keys]

    def _customers(self, by: tuple[str, ...], keys: list[str]) -> pl.DataFrame:
        """Different customers; an estimate with 1 to 6 % error where only a sample is followed."""
        customers = self.ledger.customers
        kept = keep(
            within(customers.bought, self.where.first, self.where.last),
            masks(self.ledger, self.where),
        )
        labelled = _labelled(self.ledger, kept, by)
        count = (pl.col("user").n_unique() * customers.sample).cast(pl.Int64).alias("customers")
        return labelled.group_by(keys).agg(count) if keys else labelled.select(count)


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


def _keys(by: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of the key that dimensions live on."""
    homes = {DIMENSIONS[name].home for name in by}
    return tuple(column for column, home in _COLUMNS.items() if home in homes)


def _undefined(one: Metric) -> pl.Expr:
    return pl.lit(None, pl.Float64 if one.is_ratio or one.is_money else pl.Int64).alias(one.name)


def _group(frame: pl.DataFrame, keys: list[str], measures: list[str]) -> pl.DataFrame:
    """Sum measures by keys; one row, zeros where there is nothing, without keys."""
    return (
        frame.group_by(keys).agg(pl.col(measures).sum())
        if keys
        else frame.select(pl.col(measures).sum())
    )


def _labelled(ledger: Ledger, frame: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    """Put the dimensions' values beside the keys."""
    columns: list[pl.Series] = []
    for name in by:
        dimension = DIMENSIONS[name]
        columns += [series.alias(label) for label, series in _labels(ledger, frame, dimension)]
    return frame.with_columns(columns)


def _labels(
    ledger: Ledger, frame: pl.DataFrame, dimension: Dimension
) -> list[tuple[str, pl.Series]]:
    name = dimension.name
    if dimension.home == "time":
        return [(name, frame["date"] if name == "day" else frame["date"].dt.truncate(_TIME[name]))]
    if dimension.home == "basis":
        return [(name, frame["basis"])]
    keys, column = (ledger.items, "item") if dimension.home == "item" else (ledger.pairs, "pair")
    wanted = [name, "influencer_id"] if name == "influencer" else [name]
    return [(label, keys[label].gather(frame[column])) for label in wanted]
