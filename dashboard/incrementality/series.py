"""From the ledger to what one estimate needs: products touched, window, exposure, donors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt
import polars as pl

from dashboard.ledger import Ledger

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

TAIL_DAYS = 14
"""Days that a campaign still acts after its last post: part of its window."""
BEFORE_DAYS, AFTER_DAYS = 180, 60
"""At most so many days before and after the window are learnt from."""
TOUCHED = 0.01
"""A product is touched where more than this share of its orders in the window is attributed."""
SILENT_DAYS = 14
"""So many days without a sale in a row are no slow week: the product was not on sale."""
MOST_ITEMS, MOST_DONORS = 2000, 30
"""The products that sell most orders are looked at, and the steadiest sellers of them compared."""
LEAST_SELLING = 0.9
"""A donor sells on at least this share of the days that are learnt from."""


UNNAMED = "sales without a product"


@dataclass(frozen=True, eq=False)
class Panel:
    """Every product's days: ``(items, days)`` revenue in rupees and orders.

    ``unnamed`` are the orders of creators that name no campaign. Days run without gaps from the
    first tracked one, ``first``; ``known`` says on which anything untagged was tracked. ``keys``
    are the ledger's numbers of the items, which count from 0 here.
    """

    first: dt.date
    keys: npt.NDArray[np.int64]
    items: pl.DataFrame
    revenue: Floats
    orders: Floats
    unnamed: Floats
    has_baseline: Flags
    known: Flags

    @property
    def days(self) -> int:
        """Days from the first to the last that was tracked."""
        return int(self.revenue.shape[1])

    @property
    def weekday(self) -> npt.NDArray[np.int64]:
        """``(days,)``: 0 is Monday."""
        return (np.arange(self.days) + self.first.weekday()) % 7

    def date(self, day: int) -> dt.date:
        """The date of a day."""
        return self.first + dt.timedelta(day)

    def names(self, items: Collection[int]) -> list[str]:
        """The products that items are."""
        return self.items["product"][list(items)].fill_null(UNNAMED).to_list()

    def called(self, names: Collection[str]) -> Flags:
        """``(items,)``: whether the product or its brand has one of these names."""
        given = [name.casefold() for name in names]
        said = pl.col("product", "brand").str.to_lowercase().is_in(given).fill_null(value=False)
        return self.items.select(pl.any_horizontal(said)).to_series().to_numpy()

    @cached_property
    def silent(self) -> Flags:
        """``(items, days)``: days in a stretch of two weeks or more without a sale.

        Days on which nothing at all was tracked neither count nor end it.
        """
        found = np.zeros(self.orders.shape, dtype=bool)
        for row, orders in zip(found, self.orders, strict=True):
            row[self.known] = _silent(orders[self.known])
        return found


def _silent(orders: Floats) -> Flags:
    nothing = orders <= 0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], nothing.view(np.int8), [0]])))
    silent = np.zeros(len(orders), dtype=bool)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start >= SILENT_DAYS:
            silent[start:end] = True
    return silent


@dataclass(frozen=True, eq=False)
class Run:
    """One campaign as the data shows it: its window, posts and money.

    ``window`` is the first and last day (``[first, last]``, days of the panel, not cut to the
    data's end); None where nothing dates it. ``posts`` is ``(P, 2)`` day and reach. ``items`` are
    the products it touches, ``orders`` its attributed orders by item and day.
    """

    name: str
    window: tuple[int, int] | None
    posts: Floats
    items: tuple[int, ...]
    payout: float
    tagged_revenue: float
    orders: int
    has_reach: bool = False
    outside: int = 0

    def overlaps(self, first: int, last: int) -> bool:
        """Whether its window touches a span of days."""
        return self.window is not None and self.window[0] <= last and self.window[1] >= first


@dataclass(frozen=True, eq=False)
class Case:
    """A campaign with everything that its estimate is made from.

    ``days`` are the days learnt from and the window, of the panel; ``others`` the campaigns that
    are estimated together with it; ``donors`` items. ``before`` and ``after`` count usable days
    on each side.
    """

    run: Run
    panel: Panel
    first: int
    last: int
    complete: bool
    days: npt.NDArray[np.int64]
    others: tuple[Run, ...]
    blocked: Flags
    donors: tuple[int, ...]
    excluded: tuple[str, ...] = ()
    before: int = 0
    after: int = 0
    gap: int = 0
    silent: int = 0
    revenue: Floats = field(default_factory=lambda: np.zeros(0))
    orders: Floats = field(default_factory=lambda: np.zeros(0))


def panel(ledger: Ledger, sold: pl.DataFrame | None = None) -> Panel | None:
    """The days of every product; None where nothing is tracked.

    ``sold`` is what the ledger's own would be, for who has asked it before.
    """
    sold = ledger.sold() if sold is None else sold
    if not sold.height:
        return None
    first, last = cast("dt.date", sold["date"].min()), cast("dt.date", sold["date"].max())
    keys = _largest(sold, ledger.products.height)
    place = np.full(ledger.products.height, -1)
    place[keys] = np.arange(len(keys))
    days = (last - first).days + 1
    baseline = sold.filter(~pl.col("attributed"))

    def grid(some: pl.DataFrame, measure: str) -> Floats:
        return _grid(some, measure, first, place, (len(keys), days))

    known = np.zeros(days, dtype=bool)
    known[(baseline["date"] - first).dt.total_days().to_numpy()] = True
    return Panel(
        first,
        keys,
        ledger.products[keys],
        grid(sold, "revenue") / 100,
        grid(sold, "orders"),
        grid(sold.filter("attributed", pl.col("campaign").is_null()), "orders"),
        np.isin(keys, baseline["item"].to_numpy()),
        known,
    )


def _largest(sold: pl.DataFrame, items: int) -> npt.NDArray[np.int64]:
    """The items that sell most orders, in the ledger's order."""
    sums = np.zeros(items)
    np.add.at(sums, sold["item"].to_numpy(), sold["orders"].to_numpy())
    return np.sort(np.argsort(-sums, kind="stable")[:MOST_ITEMS])


def _grid(
    facts: pl.DataFrame,
    measure: str,
    first: dt.date,
    place: npt.NDArray[np.int64],
    shape: tuple[int, int],
) -> Floats:
    """``(items, days)``: one measure of facts, summed; items without a place are left out."""
    row = place[facts["item"].to_numpy()]
    there = row >= 0
    day = (facts["date"] - first).dt.total_days().to_numpy()
    weight = facts[measure].to_numpy().astype(np.float64)
    flat = row[there] * shape[1] + day[there]
    summed = np.bincount(flat, weight[there], minlength=shape[0] * shape[1])
    return np.asarray(summed, dtype=np.float64).reshape(shape)


def runs(ledger: Ledger, panel: Panel | None, sold: pl.DataFrame | None = None) -> list[Run]:
    """Every campaign of the data, by name; ``sold`` as in ``panel``."""
    names = ledger.pairs["campaign"].drop_nulls().unique().sort().to_list()
    first = panel.first if panel else dt.date(2000, 1, 1)
    campaign = pl.Series("campaign", ledger.pairs["campaign"])

    def of_campaign(labelled: pl.DataFrame) -> dict[str, pl.DataFrame]:
        parts = labelled.filter(pl.col("campaign").is_not_null()).partition_by(
            "campaign", as_dict=True
        )
        return {str(name): part for (name,), part in parts.items()}

    def labelled(facts: pl.DataFrame) -> pl.DataFrame:
        return facts.with_columns(campaign.gather(facts["pair"]))

    sold, paid_for = ledger.sold() if sold is None else sold, labelled(ledger.facts["spend"])
    sales, spend = of_campaign(sold), of_campaign(paid_for)
    posts = of_campaign(labelled(ledger.posts))
    found = []
    for name in names:
        own = sales.get(name, sold.clear())
        paid = spend.get(name, paid_for.clear())
        published = posts.get(name, ledger.posts.clear())
        found.append(_run(name, panel, own, published, int(paid["spend"].sum()), first))
    return found


def _run(
    name: str,
    panel: Panel | None,
    own: pl.DataFrame,
    published: pl.DataFrame,
    paise: int,
    first: dt.date,
) -> Run:
    """One campaign from its facts and posts."""
    ordered = own.filter(pl.col("orders") > 0)
    order_days = (ordered["date"] - first).dt.total_days().to_numpy().astype(np.int64)
    post_days = (published["date"] - first).dt.total_days().to_numpy().astype(np.int64)
    reach = published["reach"].cast(pl.Float64).to_numpy()
    has_reach = bool(np.isfinite(reach).any() and np.nansum(reach) > 0)
    filled = (
        np.where(np.isfinite(reach), reach, np.nanmean(reach))
        if has_reach
        else np.ones(len(post_days))
    )
    tracked = np.ones(len(post_days), dtype=bool)
    if panel is not None:
        tracked = (post_days >= 0) & (post_days < panel.days)
    posts = np.column_stack([post_days[tracked], filled[tracked]]).astype(np.float64)
    window = _window(order_days, ordered["orders"].to_numpy(), posts[:, 0].astype(np.int64))
    items: tuple[int, ...] = ()
    if panel is not None and window is not None:
        items = _touched(panel, own, window, first)
    return Run(
        name,
        window,
        posts,
        items,
        paise / 100,
        int(own["revenue"].sum()) / 100,
        int(own["orders"].sum()),
        has_reach,
        int((~tracked).sum()),
    )


def _window(
    order_days: npt.NDArray[np.int64],
    orders: npt.NDArray[np.int64],
    post_days: npt.NDArray[np.int64],
) -> tuple[int, int] | None:
    """First and last day; without posts, around the middle 98 of 100 attributed orders."""
    if len(post_days):
        first = min([int(post_days.min()), *order_days[:1].tolist(), *order_days.tolist()])
        return first, int(post_days.max()) + TAIL_DAYS
    if not len(order_days):
        return None
    order = np.argsort(order_days, kind="stable")
    share = np.cumsum(orders[order]) / orders.sum()
    low, high = np.searchsorted(share, [0.01, 0.99 - 1e-12])
    return int(order_days[order[low]]), int(order_days[order[high]]) + TAIL_DAYS


def _touched(
    panel: Panel, own: pl.DataFrame, window: tuple[int, int], first: dt.date
) -> tuple[int, ...]:
    """The items of whose orders in the window the campaign has more than one in a hundred."""
    start, end = first + dt.timedelta(window[0]), first + dt.timedelta(window[1])
    inside = (
        own.filter(pl.col("date").is_between(start, end))
        .group_by("item")
        .agg(pl.col("orders").sum())
    )
    own_orders = np.zeros(len(panel.keys))
    _, at, of = np.intersect1d(panel.keys, inside["item"].to_numpy(), return_indices=True)
    own_orders[at] = inside["orders"].to_numpy()[of]
    sold = panel.orders[:, max(window[0], 0) : window[1] + 1].sum(axis=1)
    return tuple(np.flatnonzero((own_orders > 0) & (own_orders > TOUCHED * sold)).tolist())


def case(
    run: Run, every: Sequence[Run], panel: Panel, excluded: Collection[str] = ()
) -> Case | None:
    """Put together what one campaign's estimate needs; None without a window in the data."""
    if run.window is None or not run.items or run.window[0] >= panel.days:
        return None
    first, last = run.window[0], min(run.window[1], panel.days - 1)
    start, end = max(0, first - BEFORE_DAYS), min(panel.days - 1, last + AFTER_DAYS)
    revenue = panel.revenue[list(run.items)].sum(axis=0)
    orders = panel.orders[list(run.items)].sum(axis=0)
    sharing = [other for other in every if other is not run and set(other.items) & set(run.items)]
    together = tuple(other for other in sharing if other.overlaps(first, last))
    blocked = np.zeros(panel.days, dtype=bool)
    for other in sharing:
        if other not in together and other.window is not None:
            blocked[max(other.window[0], 0) : other.window[1] + 1] = True
    silent = np.all(panel.silent[list(run.items)], axis=0)
    every_day = np.arange(panel.days)
    usable = panel.known & ~blocked & ~silent & (revenue > 0)
    inside = (every_day >= first) & (every_day <= last)
    days = every_day[usable & (every_day >= start) & (every_day <= end)]
    donors, set_aside = _donors(panel, every, start, end, excluded)
    return Case(
        run,
        panel,
        first,
        last,
        run.window[1] < panel.days,
        days,
        together,
        blocked,
        donors,
        tuple(set_aside),
        int((days < first).sum()),
        int((days > last).sum()),
        int((inside & ~panel.known).sum()),
        int((inside & silent).sum()),
        revenue,
        orders,
    )


def _donors(
    panel: Panel, every: Sequence[Run], start: int, end: int, excluded: Collection[str]
) -> tuple[tuple[int, ...], list[str]]:
    """Items that no campaign touches in a span and that sell all along; and those taken out."""
    span = slice(start, end + 1)
    orders, known = panel.orders[:, span], panel.known[span]
    clean = panel.unnamed[:, span].sum(axis=1) <= TOUCHED * orders.sum(axis=1)
    clean[[item for run in every if run.overlaps(start, end) for item in run.items]] = False
    selling = (panel.revenue[:, span] > 0)[:, known].sum(axis=1) >= LEAST_SELLING * known.sum()
    steady = selling & ~panel.silent[:, span].any(axis=1)
    out = panel.called(excluded)
    # Sales that name no product may be those of any, the campaign's own among them.
    named = panel.items["product"].is_not_null().to_numpy()
    fit = clean & steady & named & ~out
    donors = np.flatnonzero(fit)
    most = np.argsort(-orders[donors].sum(axis=1), kind="stable")[:MOST_DONORS]
    aside = panel.names(np.flatnonzero(out).tolist())
    return tuple(np.sort(donors[most]).tolist()), aside
