"""Breaking even: what of each is left after product cost, and from which ROAS its spend is back."""

from __future__ import annotations

import numpy as np
import polars as pl

from dashboard.query.answering import View, in_rupees, once
from dashboard.query.grouping import Split
from dashboard.query.margins import in_paise, times_points
from dashboard.query.selection import Rows
from dashboard.settings import WHOLE

ASKED = ("revenue", "spend", "orders", "roas")


@once
def breaking_even(view: View, dimension: str) -> pl.DataFrame:
    """What each brought, what is left of that after product cost, and where it breaks even.

    Returns
    -------
    pl.DataFrame
        ``(N, …)``: the dimension (and ``influencer_id``), revenue, spend, orders and roas;
        ``costed``, whether everything it sold in view has a gross margin; ``kept``, the rupees of
        revenue left after product cost, all of it where that is not known; ``even``, the ROAS at
        which its spend is back: revenue / kept, 1 where no cost is known, that of all in view where
        nothing was sold, null where product cost leaves nothing.
    """
    asked = view.ask(ASKED, (dimension,))
    frame = asked.frame
    if asked.refused or not view.margins:
        return frame.with_columns(costed=False, kept="revenue", even=pl.lit(1.0))
    by = frame.columns[: -len(ASKED)]
    gross = view.gross_profit((dimension,))
    whole = in_paise(np.array(gross["gross_profit"].to_list(), object))
    gross = gross.select(*by, pl.Series("gross", whole)).pipe(in_rupees, "gross")
    every = 1.0 if view.lacking else view.ask(["break_even_roas"]).value("break_even_roas")
    known = (
        frame.join(gross, on=by, how="left", nulls_equal=True, maintain_order="left")
        .join(_sold(view, dimension), on=by, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(costed=pl.col("lacks").not_().fill_null(not view.lacking))
        .with_columns(
            kept=pl.when("costed").then(pl.col("gross").fill_null(0)).otherwise("revenue")
        )
    )
    even = (
        pl.when(~pl.col("costed")).then(1.0)
        .when(pl.col("revenue") <= 0).then(pl.lit(every, pl.Float64))
        .when(pl.col("kept") > 0).then(pl.col("revenue") / pl.col("kept"))
    )  # fmt: skip
    return known.with_columns(even=even).drop("gross", "lacks")


def short(found: pl.DataFrame, times: float, of: str = "kept") -> pl.Series:
    """``(N,)``: rupees missing to so many times the spend, in whole paise; less than 0 above it."""
    back, spend = (
        (found[name].fill_null(0) * 100).round().cast(pl.Int64).to_numpy() for name in (of, "spend")
    )
    missing = times_points(spend, round(times * WHOLE)) - back
    return pl.Series("short", missing / 100)


def _sold(view: View, dimension: str) -> pl.DataFrame:
    """Those who sold something in view, and whether any of it ``lacks`` a gross margin."""
    sold, split = view.rows("sales"), Split(view.ledger.coded, (dimension,))
    moved = Rows(sold, np.flatnonzero(sold["revenue"]))
    codes, bare = split.codes(moved), view.margin.is_null().to_numpy()[moved["item"]]
    there = np.unique(codes)
    return split.keys(there).with_columns(lacks=np.isin(there, codes[bare]))
