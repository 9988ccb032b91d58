"""Breaking even: what of each is left after product cost, and from which ROAS its spend is back."""

from __future__ import annotations

import numpy as np
import polars as pl

from dashboard.query.answering import View, in_rupees, once
from dashboard.query.grouping import Split
from dashboard.query.margins import in_paise, times_points
from dashboard.query.selection import Rows
from dashboard.query.where import Where
from dashboard.settings import WHOLE

ASKED = ("revenue", "spend", "orders", "roas")


@once
def breaking_even(view: View, dimension: str) -> pl.DataFrame:
    """What each brought, what is left of that after product cost, and where it breaks even.

    Returns
    -------
    pl.DataFrame
        ``(N, …)``: the dimension (and ``influencer_id``), revenue, spend, orders and roas;
        ``even``, the ROAS at which its spend is back; ``costed``, whether that follows from gross
        margins; ``kept``, the rupees of revenue left after product cost, all of it where it does
        not. ``even`` is revenue / kept; without revenue of its own that of all in view, or of all
        data, whichever is above 0 first; 1 where a margin of what it sold is not known, or neither
        is above 0; null where there is revenue and nothing of it is left. Where revenue is refused,
        it and ``kept`` are null.
    """
    asked = view.ask(ASKED, (dimension,))
    frame = asked.frame
    if asked.refused or not view.margins:
        return frame.with_columns(costed=False, kept="revenue", even=pl.lit(1.0))
    by = frame.columns[: -len(ASKED)]
    gross = view.gross_profit((dimension,))
    whole = in_paise(np.array(gross["gross_profit"].to_list(), object))
    gross = gross.select(*by, pl.Series("gross", whole)).pipe(in_rupees, "gross")
    every = pl.lit(_first_above_0(view, "break_even_roas"), pl.Float64)
    known, brought = pl.col("known"), pl.col("revenue") > 0
    return (
        frame.join(gross, on=by, how="left", nulls_equal=True, maintain_order="left")
        .join(_sold(view, dimension), on=by, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(known=~pl.col("lacks").fill_null(value=False))
        .with_columns(costed=known & (brought | every.is_not_null()))
        .with_columns(
            kept=pl.when("costed").then(pl.col("gross").fill_null(0)).otherwise("revenue")
        )
        .with_columns(
            even=pl.when(~pl.col("costed")).then(1.0)
            .when(~brought).then(every)
            .when(pl.col("kept") > 0).then(pl.col("revenue") / pl.col("kept"))
        )
        .drop("gross", "lacks", "known")
    )  # fmt: skip


def short(found: pl.DataFrame, times: float, of: str = "kept") -> pl.Series:
    """``(N,)``: rupees missing to so many times the spend, in whole paise; less than 0 above it.

    Null where there is no answer to what came back.
    """
    back, spend = ((found[name] * 100).round().cast(pl.Int64) for name in (of, "spend"))
    wanted = times_points(spend.fill_null(0).to_numpy(), round(times * WHOLE))
    missing = (wanted - back.fill_null(0).to_numpy()) / 100
    known = back.is_not_null() & spend.is_not_null()
    return pl.select(pl.when(known).then(pl.Series(missing)).alias("short")).to_series()


def orders_wanted(view: View, found: pl.DataFrame, roas: pl.Expr) -> pl.Series:
    """``(N,)``: the orders at which each would have reached a ROAS; null where none would do.

    At its own average order value; where that is not above 0 at that of all in view, or of all
    data.
    """
    every = _first_above_0(view, "aov")
    own = (pl.col("orders") > 0) & (pl.col("revenue") > 0)
    aov = pl.when(own).then(pl.col("revenue") / pl.col("orders")).otherwise(every)
    return found.select((pl.col("spend") * roas / aov).cast(pl.Float64).alias("wanted")).to_series()


def _first_above_0(view: View, name: str) -> float | None:
    """A figure of all in view, else of all data: of the first that has revenue and is above 0."""
    for one in (view, View.of(view.ledger, Where(), view.margins)):
        asked = one.ask(("revenue", name))
        revenue, figure = asked.value("revenue"), asked.value(name)
        if revenue is not None and figure is not None and revenue > 0 and figure > 0:
            return figure
    return None


def _sold(view: View, dimension: str) -> pl.DataFrame:
    """Those who sold something in view, and whether any of it ``lacks`` a gross margin."""
    sold, split = view.rows("sales"), Split(view.ledger.coded, (dimension,))
    moved = Rows(sold, np.flatnonzero(sold["revenue"]))
    codes, bare = split.codes(moved), view.margin.is_null().to_numpy()[moved["item"]]
    there = np.unique(codes)
    return split.keys(there).with_columns(lacks=np.isin(there, codes[bare]))
