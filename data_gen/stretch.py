"""The tracking rows of some days of a large world, written as they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from data_gen.effects import Effect
from data_gen.kinds import NEW_BY_CAUSE, Codes, Kinds, Returned, customers, dress, joined
from data_gen.orders import NONE, SOURCES
from data_gen.parquet import writer
from data_gen.plan import Floats, Ints, Plan

EPOCH = date(1970, 1, 1).toordinal()

DIGITS = 4
FOUR_DIGITS = np.frombuffer(
    "".join(f"{number:04d}" for number in range(10**DIGITS)).encode(), dtype=np.uint8
).reshape(-1, DIGITS)


@dataclass(frozen=True, slots=True)
class Common:
    """What all stretches share: names, what orders are worth, and how customers are numbered.

    ``brand`` is each product's, as a position in ``brands``; ``width`` the digits of a customer.
    """

    plan: Plan
    campaigns: list[str]
    creators: list[str]
    products: list[str]
    brands: list[str]
    brand: Codes
    worth: Floats
    width: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days from ``first`` on to before ``stop``, with their part of all that is drawn already.

    ``effects`` are the campaigns at work, by their codes.
    """

    first: int
    stop: int
    kinds: Kinds
    returned: Returned
    effects: dict[int, Effect]
    known: int


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: rows, rupees by kind before discounts, and orders by campaign and creator.

    ``tracked`` are the pairs, as campaign times all creators plus creator, and ``orders`` theirs.
    """

    rows: int
    rupees: list[Ints]
    tracked: Ints
    orders: Ints


def write_part(common: Common, stretches: list[Stretch], path: Path) -> Written:
    """Draw some stretches and write them as one parquet file, a row group each."""
    rupees: list[Ints] = []
    tracked, orders, rows = [], [], 0
    file: pq.ParquetWriter | None = None
    try:
        for stretch in stretches:
            table, sums, pairs, theirs = _draw(common, stretch)
            file = file or writer(path, table.schema)
            file.write_table(table, row_group_size=max(1, table.num_rows))
            rows += table.num_rows
            rupees.append(sums)
            tracked.append(pairs)
            orders.append(theirs)
    finally:
        if file:
            file.close()
    pair, place = np.unique(np.concatenate(tracked), return_inverse=True)
    sums = np.bincount(place, np.concatenate(orders), len(pair)).astype(np.int64)
    return Written(rows, rupees, pair, sums)


def _draw(common: Common, stretch: Stretch) -> tuple[pa.Table, Ints, Ints, Ints]:
    """The rows of a stretch, and its sums as in ``Written``."""
    chance, kinds, back = common.plan.chance("days", stretch.first), stretch.kinds, stretch.returned
    kind = _in_order(chance, stretch)
    kinds = joined([kinds, kinds.taken([0])])
    worn = dress(chance, kinds, kind, common.worth, stretch.effects)
    customer = customers(chance, NEW_BY_CAUSE[kinds.cause].astype(np.float32)[kind], stretch.known)
    sums = np.bincount(kind, worn.rupees, len(kinds.day))[:-1].astype(np.int64)
    product, orders = kinds.product[kind], kinds.orders[kind].astype(np.int64)
    paise = worn.rupees.astype(np.int64) * kinds.rebate[kind]

    places = np.flatnonzero(kind == len(kinds.day) - 1)
    for column, drawn in (
        (product, back.product),
        (orders, back.orders),
        (paise, back.paise),
        (customer, back.customer),
        (worn.source, back.source),
        (worn.label, back.label),
        (worn.creator, back.creator),
    ):
        column[places] = drawn

    coded = np.flatnonzero(worn.creator != NONE)
    pairs = worn.label[coded].astype(np.int64) * len(common.creators) + worn.creator[coded]
    table = pa.table(
        {
            "source": _named(worn.source, SOURCES),
            "campaign": _named(worn.label, common.campaigns),
            "influencer_id": _named(worn.creator, common.creators),
            "user_id": _users(customer, common.width),
            "product": _named(product, common.products),
            "date": pa.array(_dates(common, stretch), pa.date32()),
            "orders": pa.array(orders),
            "revenue": pa.array(paise / 100),
            "brand": _named(common.brand[product], common.brands),
        }
    )
    return table, sums, pairs, orders[coded]


def _by_day(stretch: Stretch) -> tuple[Ints, Ints]:
    """The lines of each day of a stretch: those of the kinds, and those that come back."""
    days = stretch.stop - stretch.first
    back = np.bincount(stretch.returned.day - stretch.first, minlength=days)
    kinds = stretch.kinds
    return np.bincount(kinds.day - stretch.first, kinds.count, days).astype(np.int64), back


def _in_order(chance: np.random.Generator, stretch: Stretch) -> npt.NDArray[np.int32]:
    """Each line's kind, by day and by chance within it; one past the last: it comes back."""
    kinds, (usual, back) = stretch.kinds, _by_day(stretch)
    last = np.full(len(back), len(kinds.day))
    names = np.concatenate((np.arange(len(kinds.day)), last)).astype(np.int32)
    day = np.concatenate((kinds.day, stretch.first + np.arange(len(back))))
    order = np.argsort(day, kind="stable")
    kind = np.repeat(names[order], np.concatenate((kinds.count, back))[order])
    stop = 0
    for lines in usual + back:
        chance.shuffle(kind[stop : stop + lines])
        stop += lines
    return kind


def _dates(common: Common, stretch: Stretch) -> npt.NDArray[np.int32]:
    """Each line's day, counted from 1970 as Arrow does."""
    usual, back = _by_day(stretch)
    first = common.plan.start.toordinal() - EPOCH + stretch.first
    return np.repeat(first + np.arange(len(back), dtype=np.int32), usual + back)


def _named(codes: Codes, names: Sequence[str]) -> pa.DictionaryArray:
    """Codes with the names they stand for; ``NONE`` is null."""
    mask = codes == NONE
    return pa.DictionaryArray.from_arrays(
        pa.array(codes, mask=mask if mask.any() else None), pa.array(names, pa.string())
    )


def _users(customer: Ints, width: int) -> pa.StringArray:
    """Customers as ``U`` and so many digits; null for a guest."""
    count, groups = len(customer), -(-width // DIGITS)
    letters = np.empty((count, DIGITS * groups), dtype=np.uint8)
    rest = customer
    for group in reversed(range(groups)):
        rest, digits = np.divmod(rest, 10**DIGITS)
        letters[:, DIGITS * group : DIGITS * (group + 1)] = FOUR_DIGITS[digits]
    letters = letters[:, -width - 1 :]
    if width == DIGITS * groups:
        letters = np.concatenate((np.empty((count, 1), dtype=np.uint8), letters), axis=1)
    else:
        letters = np.ascontiguousarray(letters)
    letters[:, 0] = ord("U")
    return pa.StringArray.from_buffers(
        count,
        pa.py_buffer(np.arange(count + 1, dtype=np.int32) * (width + 1)),
        pa.py_buffer(letters),
        pa.py_buffer(np.packbits(customer > 0, bitorder="little")),
    )
