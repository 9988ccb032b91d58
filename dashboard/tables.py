"""Rows for people: columns with their labels and digits, totals, and CSV that is safe to open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from dashboard.formats import NOTHING, harmless
from dashboard.ledger import Ledger
from dashboard.ledger.coding import Columns, Ints
from dashboard.metrics import METRICS
from dashboard.metrics.change import NEW, change, digits_of, instead, unit_of
from dashboard.query import Answer, View, once
from dashboard.query.selection import posts_mask
from dashboard.schema import DIMENSIONS, EVIDENCE_DAYS


@dataclass(frozen=True)
class TableColumn:
    """One column as people see it.

    ``unit`` and ``digits`` are those of ``formats.said``; ``kind`` says how it aligns and sorts;
    ``widest`` is how many pixels it may take. ``of`` is the metric that a ``change`` is one of.
    ``by`` are the numbers, in a column of that name, that words sort by in place of their letters.
    """

    name: str
    label: str
    kind: Literal["text", "number", "date", "link", "change"] = "text"
    unit: str = ""
    digits: int = 0
    hint: str = ""
    widest: int = 290
    of: str = ""
    by: str = ""


def columns_of(
    names: Sequence[str], labels: Mapping[str, str] | None = None
) -> tuple[TableColumn, ...]:
    """Columns for dimensions and metrics, as their registries describe them."""
    answer = []
    for name in names:
        if name in METRICS:
            one = METRICS[name]
            answer.append(
                TableColumn(name, one.label, "number", one.unit, one.digits, one.definition)
            )
        elif name.removesuffix(CHANGE) in METRICS:
            answer.append(_change_column(name.removesuffix(CHANGE)))
        elif name in DIMENSIONS:
            answer.append(TableColumn(name, DIMENSIONS[name].label, hint=DIMENSIONS[name].meaning))
        else:
            answer.append(
                TableColumn(name, (labels or {}).get(name, name.replace("_", " ").capitalize()))
            )
    return tuple(answer)


CHANGE, BEFORE, INSTEAD = "_change", "_before", "_instead"
"""What the columns beside a metric are called by: ``revenue_change`` and so on."""

_WORDS = pl.Enum(["", NEW, NOTHING])
"""No text: nobody searches a table for what stands where a change has no number."""


def _change_column(name: str) -> TableColumn:
    one = METRICS[name]
    unit = unit_of(one)
    kind = {"%": "in percent of what it was", "points": "in percentage points"}.get(
        unit, "its difference"
    )
    return TableColumn(
        f"{name}{CHANGE}",
        f"{one.label.removesuffix(' before product cost')} change",
        "change",
        unit,
        digits_of(one),
        f"{one.label} against the days that the period is compared with, {kind}.",
        of=name,
    )


def with_changes(rows: pl.DataFrame, before: Answer | None, metrics: Sequence[str]) -> pl.DataFrame:
    """Rows with what each metric was before, its change, and the word where there is no change.

    ``rows`` are an answer's and ``before`` is the answer to the same of earlier days; without one
    all that is added is null. A row that was not there before is ``new``.
    """
    columns: list[pl.Expr] = []
    found = pl.lit(value=False)
    if before is not None:
        keys = [name for name in rows.columns if name in {*before.by, "influencer_id"}]
        then = before.frame.select(
            *keys, *(pl.col(name).alias(f"{name}{BEFORE}") for name in metrics), there=True
        )
        rows = rows.join(then, on=keys, how="left", nulls_equal=True, maintain_order="left")
        found = pl.col("there").fill_null(value=False)
    else:
        rows = rows.with_columns(pl.lit(None, pl.Float64).alias(f"{m}{BEFORE}") for m in metrics)
    for name in metrics:
        ends = (pl.col(name), pl.col(f"{name}{BEFORE}"))
        refused = before is None or name in before.refused
        word = instead(METRICS[name], *ends, pl.lit(value=True) if refused else found)
        columns.append(change(METRICS[name], *ends).cast(pl.Float64).alias(f"{name}{CHANGE}"))
        columns.append(word.cast(_WORDS).alias(f"{name}{INSTEAD}"))
    return rows.with_columns(columns).drop("there", strict=False)


def named(frame: pl.DataFrame) -> pl.DataFrame:
    """Dimensions with nothing to name them, in the words people see."""
    return frame.with_columns(
        pl.col(name).fill_null(DIMENSIONS[name].missing)
        for name in frame.columns
        if name in DIMENSIONS and frame.schema[name] == pl.String
    )


def to_csv(frame: pl.DataFrame, notes: Sequence[str] = ()) -> str:
    """A frame as CSV: plain numbers, undefined as nothing, text made harmless.

    ``notes`` (filters, as-of, version) stand below the rows, after an empty line, each behind
    ``#``.
    """
    lines = [_line([harmless(name) for name in frame.columns])]
    lines += [_line([_cell(value) for value in row]) for row in frame.iter_rows()]
    if notes:
        lines += ["", *(_line([f"# {note}"]) for note in notes)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    """One record; a cell is quoted where it must be, and an only cell that is empty too."""
    return ",".join(_quoted(cell) for cell in cells) or '""'


def _quoted(cell: str) -> str:
    """A cell as it stands in a file; the csv module leaves a lone carriage return bare."""
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in ',"\r\n') else cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, float):
        return repr(round(value, 6)).removesuffix(".0")
    return str(value)


POST_COLUMNS: tuple[TableColumn, ...] = (
    TableColumn("date", "Published", "date"),
    TableColumn("influencer", "Influencer"),
    TableColumn("post_platform", "Platform of the post"),
    TableColumn(
        "campaign",
        "Campaign",
        hint="Its own; else the only one its creator sold for in the 14 days from it.",
    ),
    TableColumn("caption", "Caption"),
    TableColumn("url", "Link", "link"),
    TableColumn("reach", "Reach", "number"),
    TableColumn("engagements", "Engagements", "number", hint=METRICS["engagements"].definition),
    TableColumn(
        "engagement_rate",
        "Engagement rate",
        "number",
        "%",
        2,
        METRICS["engagement_rate"].definition,
    ),
    TableColumn(
        "fee",
        "Fee",
        "number",
        "₹",
        2,
        "Spend paid by post that was accrued to the post's day, shared equally among "
        "the creator's posts of that day.",
    ),
    TableColumn(
        "cpe",
        "Cost per engagement",
        "number",
        "₹",
        2,
        "Fee divided by engagements; nothing where the post was not paid by post.",
    ),
    TableColumn(
        "orders_around",
        "Orders around it",
        "number",
        hint="The creator's tracked orders on the post's day and the 13 days after it, within its "
        "campaign where it has one. Posts close together share orders: do not add them up.",
    ),
)
"""The post table's columns; their rows come from ``post_rows``."""

PAYOUT_COLUMNS: tuple[TableColumn, ...] = (
    TableColumn("influencer", "Influencer"),
    TableColumn("campaign", "Campaign"),
    TableColumn("basis", "Basis"),
    TableColumn("total_payout", "Payout", "number", "₹", 2),
    TableColumn(
        "revenue",
        "Revenue",
        "number",
        "₹",
        2,
        "Revenue in view of the creator (and campaign, if named), shared among that creator's "
        "payouts by amount.",
    ),
    TableColumn("roas", "ROAS", "number", "×", 2, "Revenue divided by spend in view."),
    TableColumn("rate", "Rate", "number", "₹", 2),
    TableColumn(
        "units", "Units", "number", hint="Orders the payee counted, or posts, by the basis."
    ),
    TableColumn("expected", "Rate × units", "number", "₹", 2),
    TableColumn("difference", "Payout less rate × units", "number", "₹", 2),
    TableColumn("status", "Status"),
    TableColumn("paid_on", "Paid on", "date"),
    TableColumn(
        "spend",
        "Spend in view",
        "number",
        "₹",
        2,
        "The part of the payout that stands for days, campaigns and products in view.",
    ),
)
"""The payout table's columns; their rows come from ``reconciliation.payout_rows``."""

ORDER_COLUMNS: tuple[TableColumn, ...] = (
    TableColumn("influencer", "Influencer"),
    TableColumn("campaign", "Campaign"),
    TableColumn("counted", "Orders in payouts", "number"),
    TableColumn("tracked", "Orders tracked", "number"),
    TableColumn("difference", "Difference", "number"),
)
"""The order reconciliation's columns; their rows come from ``reconciliation.order_rows``."""


@once
def post_rows(view: View) -> pl.DataFrame:
    """``(Q, 13)`` posts in view, newest first, as ``POST_COLUMNS`` say; money in rupees.

    ``post`` is the post's number in the posts table, from 0.
    """
    first, last = view.where.first or dt.date.min, view.where.last or dt.date.max
    posts = _every_post(view.ledger)
    if view.where.dated:
        posts = posts.filter(pl.col("date").is_between(first, last))
    kept = posts_mask(view.ledger, view.where)
    if kept is not None:
        posts = posts.filter(kept.gather(posts["pair"]))
    return posts.with_columns(orders_around=_orders_around(view, posts)).select(
        "post", *(column.name for column in POST_COLUMNS)
    )


@once
def _every_post(ledger: Ledger) -> pl.DataFrame:
    """All posts, newest first, with all that no filter changes."""
    fees = (
        ledger.accrued.filter(pl.col("basis").fill_null("") != "order")
        .group_by("influencer_id", "date")
        .agg(pl.col("spend").sum())
    )
    siblings = ledger.posts.group_by("influencer_id", "date").len("siblings")
    engagements = pl.sum_horizontal("likes", "comments", "shares", "saves")
    names = ledger.pairs.select("pair", "influencer")
    return (
        ledger.posts.join(fees, on=["influencer_id", "date"], how="left")
        .join(siblings, on=["influencer_id", "date"], how="left")
        .join(names, on="pair", how="left")
        .with_columns(
            engagements=engagements,
            fee=pl.col("spend") / pl.col("siblings") / 100,
            post_platform="platform",
        )
        .with_columns(
            engagement_rate=pl.when(pl.col("reach") > 0).then(
                pl.col("engagements") / pl.col("reach")
            ),
            cpe=pl.when(pl.col("engagements") > 0).then(pl.col("fee") / pl.col("engagements")),
        )
        .sort("date", "influencer", "post", descending=[True, False, False])
    )


def _orders_around(view: View, posts: pl.DataFrame) -> Ints:
    """``(Q,)``: orders of each post's fourteen days, under the filters but not the period.

    Those of its pair; of a post without a campaign, all of its creator's.
    """
    coded = view.ledger.coded
    sales = View.of(view.ledger, view.where.without("period", "basis")).rows("sales")
    published = coded.coded(posts.select("date", "pair"))
    creator = coded.labels("pair", "influencer_id").places
    loose = coded.labels("pair", "campaign").among([None])[published["pair"]]
    orders = [
        _in_windows(key[sales["pair"]], sales, key[published["pair"]], published, coded.days)
        for key in (creator, np.arange(len(creator)))
    ]
    return np.where(loose, *orders)


def _in_windows(key: Ints, sales: Columns, wanted: Ints, posts: Columns, days: int) -> Ints:
    """Orders of a key from a day on, for fourteen days: what was sold until the one less the other.

    Keys and days are packed into one number that sorts as they do; day ``days`` is none.
    """
    sold = key * (days + 1) + sales["time"]
    order = np.argsort(sold)
    until = np.concatenate([[0], np.cumsum(sales["orders"][order])])
    begin = wanted * (days + 1) + posts["time"]
    end = wanted * (days + 1) + np.minimum(posts["time"] + EVIDENCE_DAYS, days)
    first, last = (np.searchsorted(sold[order], at) for at in (begin, end))
    orders: Ints = until[np.maximum(first, last)] - until[first]
    return orders
