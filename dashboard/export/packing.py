"""The ledger as one small block of bytes and a few words, for a page that answers by itself."""

from __future__ import annotations

import base64
import datetime as dt
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from dashboard.errors import (
    DataError,
    MarginError,
    UnassignedPostsError,
    UnavailableError,
)
from dashboard.ledger import Ledger
from dashboard.ledger.building import FAMILIES, Family
from dashboard.metrics import METRICS, Metric
from dashboard.query import Margins, labels
from dashboard.query.answering import not_recorded
from dashboard.query.margins import NO_MARGINS, said_as
from dashboard.query.selection import OF_THE_WORK
from dashboard.schema import DIMENSIONS, FILTERS, MEASURES

MOST = 2**50
"""A browser adds whole numbers exactly up to 2⁵³; sums of several measures must stay below it."""

HELD: tuple[Family, ...] = ("sales", "spend", "posts")
"""The facts that a page holds; no page shows rows without a creator."""

NOT_HELD: Mapping[str, str] = MappingProxyType(
    {
        "customers": "different customers are counted by their ids, which this file does not hold.",
        **dict.fromkeys(
            FAMILIES["baseline"], "this file does not hold what came without a creator."
        ),
    }
)
"""Why a file cannot give what the data can."""

_KEPT_BACK = "this file was made without what was paid."


@dataclass
class Packed:
    """Arrays as one block, and what the page must know to read them."""

    arrays: list[bytes] = field(default_factory=list)
    places: dict[str, list[Any]] = field(default_factory=dict)
    size: int = 0

    def put(self, name: str, values: np.ndarray[Any, Any]) -> None:
        """Keep whole numbers in the narrowest type that holds them, by their common divisor."""
        scale = 1
        if len(values):
            scale = int(np.gcd.reduce(values)) or 1
            values = values // scale
        kind = _narrowest(values)
        content = values.astype(f"<{kind}").tobytes()
        content += bytes(-len(content) % 8)
        self.places[name] = [kind, self.size, len(values), scale]
        self.arrays.append(content)
        self.size += len(content)

    def text(self) -> str:
        """The block, compressed, in letters."""
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        return base64.b64encode(packer.compress(b"".join(self.arrays)) + packer.flush()).decode()


def _narrowest(values: np.ndarray[Any, Any]) -> str:
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    if max(-low, high) >= 2**31 and (low < 0 or high >= 2**32):
        return "f8"
    letter, bits = ("i", [2**7, 2**15]) if low < 0 else ("u", [2**8, 2**16])
    size = next(
        (n for n, most in zip((1, 2), bits, strict=True) if -most <= low and high < most), 4
    )
    return f"{letter}{size}"


def prepared(ledger: Ledger, *, payouts: bool = True) -> Ledger:
    """A ledger of which a page is made: what the page does not hold is not available, and why."""
    absent = {**NOT_HELD, **ledger.absent}
    if not payouts:
        absent = {**absent, "spend": _KEPT_BACK}
    return replace(ledger, absent=MappingProxyType(absent))


def by_weeks(ledger: Ledger) -> Ledger:
    """The ledger with days put together: a cell stands on its week's Monday.

    A week in which a month begins is two pieces, so that months stay what they are. Sums under
    whole weeks and months are the same, and the cells are fewer.
    """
    piece = pl.max_horizontal(pl.col("date").dt.truncate("1w"), pl.col("date").dt.truncate("1mo"))
    facts: dict[Family, pl.DataFrame] = {}
    for family, frame in ledger.facts.items():
        keys = [name for name in frame.columns if name not in FAMILIES[family]]
        summed = frame.with_columns(piece.alias("date")).group_by(keys)
        facts[family] = (
            summed.agg(pl.col(FAMILIES[family]).sum())
            .select(frame.columns)
            .sort(keys, nulls_last=True)
        )
    accrued = ledger.accrued.with_columns(piece.alias("date"))
    return replace(ledger, facts=MappingProxyType(facts), accrued=accrued)


def piece_of(date: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the piece of a week that a day belongs to."""
    monday = date - dt.timedelta(date.weekday())
    first = max(monday, date.replace(day=1))
    following = (date.replace(day=28) + dt.timedelta(4)).replace(day=1)
    return first, min(monday + dt.timedelta(6), following - dt.timedelta(1))


def held(*, payouts: bool = True) -> tuple[Family, ...]:
    """The facts that a page holds, with or without what was paid."""
    return tuple(family for family in HELD if payouts or family != "spend")


def cells_of(ledger: Ledger, *, payouts: bool = True) -> int:
    """How many cells a page would hold."""
    return sum(ledger.facts[family].height for family in held(payouts=payouts))


def packed(
    ledger: Ledger, margins: Margins, *, payouts: bool = True
) -> tuple[Packed, dict[str, Any]]:
    """A ledger as arrays, and the words beside them.

    Parameters
    ----------
    ledger
        As ``prepared`` made it.
    margins
        Gross margins, for what is left after the cost of the product.
    payouts
        Whether what was paid is held, too.

    Returns
    -------
    tuple[Packed, dict[str, Any]]
        Names are held as numbers into lists that are sorted as Polars sorts them, 0 being nothing;
        so that the page sorts numbers. No id of a user is in it, and none of a creator.

    Raises
    ------
    DataError
        Numbers so large that a browser could not add them exactly.
    """
    block = Packed()
    named = {name: _labels(ledger, name) for name in DIMENSIONS if _home(name) != "time"}
    if not payouts:  # only what was paid has a basis; margins serve what is left of it
        named["basis"], margins = [], NO_MARGINS
    _put_keys(block, ledger, named, margins)
    families = held(payouts=payouts)
    for family in families:
        frame = ledger.facts[family]
        _put_facts(block, family, frame, FAMILIES[family], named["basis"])
    if payouts:
        _put_facts(block, "owed", _owed(ledger), ("spend", "payout"), named["basis"])
    live = pl.concat([ledger.facts[family].select("pair", "item") for family in ("sales", "spend")])
    live = live.unique().sort("pair", "item")
    for name in live.columns:
        block.put(f"live.{name}", live[name].to_numpy().astype(np.int64))
    return block, {
        "arrays": block.places,
        "dimensions": {
            name: {
                "label": one.label,
                "home": one.home,
                "missing": one.missing,
                "labels": named.get(name, []),
            }
            for name, one in DIMENSIONS.items()
        },
        "offered": {
            name: labels(ledger, name) if payouts or name != "basis" else [] for name in FILTERS
        },
        "filters": FILTERS,
        "work": OF_THE_WORK,
        "families": {family: FAMILIES[family] for family in families},
        "metrics": {name: _metric(ledger, one) for name, one in METRICS.items()},
        "margins": bool(margins),
        "lacking": _lacking_names(ledger, margins),
    }


def _home(dimension: str) -> str:
    return DIMENSIONS[dimension].home


def _labels(ledger: Ledger, dimension: str) -> list[str]:
    """Every value of a dimension in the order in which Polars sorts them."""
    home = _home(dimension)
    if home == "basis":
        values = ledger.facts["spend"]["basis"]
    else:
        values = (ledger.items if home == "item" else ledger.pairs)[dimension]
    found: list[str] = values.drop_nulls().unique().sort().to_list()
    return found


def _codes(values: pl.Series, known: Sequence[str]) -> np.ndarray[Any, Any]:
    """The numbers of values: from 1 in the order of ``known``, 0 for nothing."""
    if not known:
        return np.zeros(len(values), np.int64)
    found = values.replace_strict(known, list(range(1, len(known) + 1)), return_dtype=pl.Int64)
    return found.fill_null(0).to_numpy()


def _put_keys(
    block: Packed, ledger: Ledger, named: Mapping[str, Sequence[str]], margins: Margins
) -> None:
    for home, frame in (("pair", ledger.pairs), ("item", ledger.items)):
        for name in (name for name in named if _home(name) == home):
            block.put(f"{home}.{name}", _codes(frame[name], named[name]))
    # Who is who: two creators of one name (which ``pairs`` rules out) would still be two.
    people = ledger.pairs.select("influencer", "influencer_id").with_columns(
        pl.struct("influencer", "influencer_id").rank("dense").alias("place")
    )
    known = pl.when(pl.col("influencer_id").is_not_null()).then(pl.col("place")).otherwise(0)
    block.put("pair.creator", people.select(known.cast(pl.Int64)).to_series().to_numpy())
    block.put("item.margin", margins.of_items(ledger.items).fill_null(-1).to_numpy())


def _put_facts(
    block: Packed, name: str, frame: pl.DataFrame, measures: Sequence[str], bases: Sequence[str]
) -> None:
    """Rows sorted by day, undated ones last: how many stand on each day, then column by column."""
    days = frame.group_by("date", maintain_order=True).len()
    dated = days.drop_nulls("date")
    block.put(f"{name}.days", dated["date"].to_physical().to_numpy().astype(np.int64))
    block.put(f"{name}.counts", dated["len"].to_numpy().astype(np.int64))
    block.put(f"{name}.pair", frame["pair"].to_numpy().astype(np.int64))
    if name != "posts":
        block.put(f"{name}.item", frame["item"].to_numpy().astype(np.int64))
    if "basis" in frame.columns:
        block.put(f"{name}.basis", _codes(frame["basis"], bases))
    for measure in measures:
        values = frame[measure]
        if int(values.cast(pl.Int128).abs().sum()) >= MOST:
            raise DataError(
                f"The {MEASURES[measure].label.casefold()} of these data is too large for a page "
                "to add up exactly. Share the live dashboard instead."
            )
        block.put(f"{name}.{measure}", values.cast(pl.Int64).to_numpy())


def _owed(ledger: Ledger) -> pl.DataFrame:
    """Spend of payouts that are neither paid nor cancelled, each payout under a number.

    Numbers follow the order of the rows: that of the payouts' table may be the creators' own.
    """
    accrued = ledger.accrued.with_columns(pl.col("item").fill_null(0))
    status = ledger.dataset.tables["payouts"]["status"].gather(accrued["payout"])
    owed = accrued.filter(status.fill_null("") != "paid")
    summed = owed.group_by("date", "pair", "item", "basis", "payout").agg(pl.col("spend").sum())
    rows = summed.sort("date", "pair", "item", "basis", "payout", nulls_last=True)
    numbers = rows.select("payout").unique(maintain_order=True).with_row_index("number")
    known = rows.join(numbers, on="payout", how="left", maintain_order="left")
    return known.with_columns(payout=pl.col("number").cast(pl.Int64)).drop("number")


def _metric(ledger: Ledger, one: Metric) -> dict[str, Any]:
    """A metric's definition, and the sentences by which it may be refused."""
    absent = next((ledger.absent[name] for name in one.measures if name in ledger.absent), None)
    tables = {MEASURES[name].table for name in one.measures}
    return {
        **one.definition_tree(),
        "definition": one.definition,
        "formula": one.formula,
        "good": one.good,
        "costed": one.costed,
        "ratio": one.is_ratio,
        "measures": one.measures,
        "absent": None if absent is None else str(UnavailableError(one.label, absent)),
        "grain": [_grain(one.label, measure) for measure in one.measures],
        "margin": str(MarginError(one.label, "{lacking}")),
        "posts": str(UnassignedPostsError(one.label, "{unassigned}", "{posts}"))
        if "posts" in tables and len(tables) > 1
        else None,
    }


def _grain(metric: str, name: str) -> dict[str, dict[str, str]]:
    """By which dimensions a measure can neither be split nor filtered, each with the sentence."""
    measure = MEASURES[name]
    lacks = [dimension for dimension in DIMENSIONS if not measure.carries(dimension)]
    work = OF_THE_WORK if measure.table == "posts" else ()
    return {
        asked: {
            dimension: str(not_recorded(metric, name, dimension, asked))
            for dimension in lacks
            if asked == "split" or dimension not in work
        }
        for asked in ("split", "filtered")
    }


def _lacking_names(ledger: Ledger, margins: Margins) -> dict[str, Any]:
    """What each item is called where its margin is asked for, in the order of Polars."""
    called = said_as(ledger.items, margins.of_items(ledger.items))
    names = called.unique().sort().to_list()
    return {"names": names, "of": [names.index(name) for name in called]}
