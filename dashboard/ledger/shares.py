"""Split amounts by weight in whole paise, so that the parts always sum to the whole."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_MOST_INT64 = 2**63 - 1


def split(
    frame: pl.DataFrame,
    over: Sequence[str],
    order: Sequence[str],
    *,
    amount: str = "amount",
    weight: str = "weight",
) -> pl.DataFrame:
    """Share each group's amount over its rows by largest remainder.

    Parameters
    ----------
    frame
        ``(N, …)``: ``amount`` (paise, the same in all rows of a group) and ``weight`` (from 0,
        above 0 somewhere in each group), both whole numbers.
    over
        The columns that name a group.
    order
        Which row comes first where remainders tie.

    Returns
    -------
    pl.DataFrame
        ``(N, …)`` with ``share`` (paise, signed as the amount), rows as they were; shares sum to
        the amount exactly.

    Raises
    ------
    ValueError
        A group weighs nothing, so that its amount would be lost.
    """
    if frame.height and (frame.select(pl.col(weight).sum().over(over)).to_series() == 0).any():
        raise ValueError("a group weighs nothing; give its rows a weight before splitting")
    size = pl.col(amount).abs()
    wide = _wide(frame, amount, weight)
    product = size.cast(wide) * pl.col(weight).cast(wide)
    total = pl.col(weight).sum().over(over).cast(wide)
    shared = frame.with_columns(
        (product // total).cast(pl.Int64).alias("share"), (product % total).alias("\0rest")
    ).with_columns((size - pl.col("share").sum().over(over)).alias("\0left"))
    share = pl.col("share") + _first(shared, over, order)
    return shared.with_columns(share * pl.col(amount).sign()).drop("\0rest", "\0left")


def _first(shared: pl.DataFrame, over: Sequence[str], order: Sequence[str]) -> pl.Series:
    """1 for the rows of each group that get one paisa more, else 0.

    Only keys are sorted, never the whole frame: it may be wide.
    """
    largest = shared.select(
        pl.arg_sort_by(
            [*over, "\0rest", *order],
            descending=[*[False] * len(over), True, *[False] * len(order)],
        )
    ).to_series()
    ranked = shared.select(*over, "\0left")[largest].select(
        (pl.int_range(pl.len()).over(over) < pl.col("\0left")).cast(pl.Int64)
    )
    return ranked.with_columns(at=largest).sort("at").to_series(0)


def _wide(frame: pl.DataFrame, amount: str, weight: str) -> type[pl.DataType]:
    """64 bits where no product can overflow them, else 128."""
    if not frame.height:
        return pl.Int64
    largest = int(frame[amount].abs().max()) * int(frame[weight].max())  # type: ignore[arg-type]  # polars types max() as any literal
    return pl.Int64 if largest <= _MOST_INT64 else pl.Int128
