"""Put each payout on the days, campaigns and products it pays for.

A payout takes one of three routes. **cells**: over the creator's tracked cells by orders.
**posts**: equally over the creator's posts, each post's share then over the cells of the fourteen
days from it. **none**: there is no evidence, and what was not recorded stays unassigned.
"""

from __future__ import annotations

import polars as pl

from dashboard.ledger.shares import split
from dashboard.schema import EVIDENCE_DAYS

LABELS = ("recorded", "accrued", "apportioned", "unassigned")
"""How a date, campaign or item came to stand on a row of money, from surest to not at all."""

ACCRUED = {
    "payout": pl.UInt32(),
    "influencer_id": pl.String(),
    "date": pl.Date(),
    "campaign": pl.String(),
    "item": pl.UInt32(),
    "basis": pl.String(),
    "spend": pl.Int64(),
    "date_label": pl.String(),
    "campaign_label": pl.String(),
    "item_label": pl.String(),
}
"""The columns of the answer."""

_LABEL_NAMES = ("date_label", "campaign_label", "item_label")

_OWN, _BLANK, _OTHER = 1, 2, 3
"""How well a post fits a payout: it carries its campaign (or none is named), none, or another."""


def accrue(payouts: pl.DataFrame, cells: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """Put each payout on the days, campaigns and items it pays for.

    Parameters
    ----------
    payouts
        ``(P, …)`` one row per influencer and piece of work: ``payout`` (its row number),
        ``influencer_id``, ``campaign``, ``basis``, ``date`` (of the work), ``total_payout``
        (paise). Cancelled ones taken out.
    cells
        ``(C, …)`` the orders as evidence: ``influencer_id``, ``date``, ``campaign``, ``item``,
        ``orders``; where several were added up to one, ``weight`` and ``parts``, how many.
    posts
        ``(Q, …)`` the posts as evidence: ``influencer_id``, ``date``, ``campaign`` (its own, else
        null).

    Returns
    -------
    pl.DataFrame
        ``(S, 10)``: payout, influencer_id, date, campaign, item, basis, spend (paise) and a label
        each for date, campaign and item. Sums to ``total_payout`` exactly, per payout. Null date,
        campaign or item: unassigned. In no order: it can be millions of rows.

    Source
    ------
    docs/adr/0002-spend-is-accrued.md
    """
    if not payouts.height:
        return pl.DataFrame(schema=ACCRUED)
    campaign = _codes(payouts["campaign"], cells["campaign"], posts["campaign"])
    creator = _codes(payouts["influencer_id"], cells["influencer_id"], posts["influencer_id"])
    coded = (pl.col("influencer_id").cast(creator), pl.col("campaign").cast(campaign))
    work = payouts.select("payout", "basis", "total_payout", *coded, worked="date")
    evidence = _weighted(cells.with_columns(coded))
    slots = _slots(work, posts.select("date", *coded))
    routed = _route(work, evidence, slots)
    parts = [
        _over_cells(routed.filter(route="cells"), evidence),
        _over_posts(routed.filter(route="posts"), slots, evidence),
        _nowhere(routed.filter(route="none")),
    ]
    zeros = work.filter(total_payout=0)["payout"].implode()
    whole = [name for name in ACCRUED if name not in _LABEL_NAMES]
    labels = pl.col(_LABEL_NAMES).cast(pl.Enum(LABELS))
    accrued = pl.concat([part.select(*whole, labels) for part in parts]).filter(
        (pl.col("spend") != 0) | pl.col("payout").is_in(zeros)
    )
    return _summed(accrued).select(pl.col(name).cast(dtype) for name, dtype in ACCRUED.items())


def _codes(*columns: pl.Series) -> pl.Enum:
    """The texts of several columns as numbers that sort as they do: cheap to join and to order."""
    return pl.Enum(pl.concat(columns).drop_nulls().unique().sort())


def _summed(accrued: pl.DataFrame) -> pl.DataFrame:
    """One row per payout, place and labels.

    Shares over cells are that already, unless all of them stand on one recorded day.
    """
    single = (pl.col("date_label") == "accrued") & (pl.col("item_label") == "accrued")
    keys = [name for name in accrued.columns if name != "spend"]
    several = accrued.filter(~single).group_by(keys).agg(pl.col("spend").sum())
    return pl.concat([accrued.filter(single), several.select(accrued.columns)])


def _weighted(cells: pl.DataFrame) -> pl.DataFrame:
    """Each cell weighs its net orders, at least 0; where all of a creator weigh 0, each is 1."""
    whole = "weight" in cells.columns
    weight = pl.col("weight") if whole else pl.col("orders").clip(lower_bound=0)
    parts = (pl.col("parts") if whole else pl.lit(1)).cast(pl.Int64)
    silent = weight.sum().over("influencer_id") == 0
    return cells.select(
        "influencer_id",
        "date",
        "campaign",
        "item",
        parts.alias("parts"),
        weight=pl.when(silent).then(parts).otherwise(weight),
    )


def _slots(work: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """Every post that a payout could pay for, with how well it fits.

    A payout with a day of work looks at that day only.
    """
    fit = (
        pl.when(
            pl.col("campaign").is_null()
            | (pl.col("own") == pl.col("campaign")).fill_null(value=False)
        )
        .then(_OWN)
        .when(pl.col("own").is_null())
        .then(_BLANK)
        .otherwise(_OTHER)
    )
    return (
        work.join(posts.rename({"campaign": "own"}), on="influencer_id")
        .filter(pl.col("worked").is_null() | (pl.col("worked") == pl.col("date")))
        .select("payout", "date", "own", fit=fit)
        .filter(pl.col("fit") == pl.col("fit").min().over("payout"))
    )


def _route(work: pl.DataFrame, evidence: pl.DataFrame, slots: pl.DataFrame) -> pl.DataFrame:
    """Say of each payout whether cells, posts or nothing carries it."""
    tracked = pl.concat(
        [
            evidence.select(
                "influencer_id", pl.lit(None).cast(evidence.schema["campaign"]).alias("campaign")
            ),
            evidence.filter(pl.col("campaign").is_not_null()).select("influencer_id", "campaign"),
        ]
    ).unique()
    fits = slots.group_by("payout").agg(pl.col("fit").first())
    by_order = pl.col("basis").fill_null("") == "order"
    has_posts = pl.col("fit").fill_null(_OTHER) < _OTHER
    dated = pl.col("worked").is_not_null()
    return (
        work.join(
            tracked.with_columns(tracked=pl.lit(value=True)),
            on=["influencer_id", "campaign"],
            how="left",
            nulls_equal=True,
        )
        .join(fits, on="payout", how="left")
        .with_columns(
            route=pl.when(total_payout=0)
            .then(pl.lit("none"))
            .when(by_order & pl.col("tracked"))
            .then(pl.lit("cells"))
            .when(~by_order & (has_posts | dated))
            .then(pl.lit("posts"))
            .when(pl.col("tracked"))
            .then(pl.lit("cells"))
            .when(pl.col("fit").is_not_null() | dated)
            .then(pl.lit("posts"))
            .otherwise(pl.lit("none"))
        )
        .drop("tracked", "fit")
    )


def _over_cells(payouts: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Over the creator's cells, within the payout's campaign where it names one, by weight."""
    reached = payouts.join(evidence.rename({"campaign": "tracked"}), on="influencer_id").filter(
        pl.col("campaign").is_null()
        | (pl.col("campaign") == pl.col("tracked")).fill_null(value=False)
    )
    nothing = pl.col("weight").sum().over("payout") == 0
    weight = pl.when(nothing).then("parts").otherwise("weight")
    shared = split(
        reached.with_columns(weight=weight, amount="total_payout"),
        ["payout"],
        ["date", "tracked", "item"],
    )
    return shared.select(
        "payout",
        "influencer_id",
        "basis",
        "item",
        date=pl.coalesce("worked", "date"),
        spend="share",
        date_label=pl.when(pl.col("worked").is_not_null())
        .then(pl.lit("recorded"))
        .otherwise(pl.lit("accrued")),
        campaign_label=_label(
            "campaign", pl.when(pl.col("tracked").is_not_null()).then(pl.lit("accrued"))
        ),
        campaign=pl.col("tracked"),
        item_label=pl.when(pl.col("item").is_not_null())
        .then(pl.lit("accrued"))
        .otherwise(pl.lit("unassigned")),
    )


def _label(recorded: str, otherwise: pl.Expr) -> pl.Expr:
    """``recorded`` where the payout says it itself, else the label given, else unassigned."""
    return (
        pl.when(pl.col(recorded).is_not_null())
        .then(pl.lit("recorded"))
        .otherwise(pl.coalesce(otherwise, pl.lit("unassigned")))
    )


def _over_posts(payouts: pl.DataFrame, slots: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Equally over the creator's posts; each post's share over the orders of the days from it."""
    work = payouts.join(slots, on="payout", how="left").with_columns(
        date=pl.coalesce("worked", "date"),
        target=pl.coalesce("campaign", "own"),
        weight=1,
        amount="total_payout",
    )
    shared = (
        split(work, ["payout"], ["date", "target"])
        .rename({"share": "part"})
        .drop("amount", "weight")
        .with_row_index("slot")
    )
    places = (
        shared.select("influencer_id", "date", "target")
        .unique(maintain_order=True)
        .with_row_index("place")
    )
    found = _places(places, evidence)
    spread = (
        shared.join(places, on=["influencer_id", "date", "target"], how="left", nulls_equal=True)
        .join(found, on="place", how="left")
        .with_columns(pl.col("weight").fill_null(1), amount="part")
    )
    own = pl.when(pl.col("own").is_not_null()).then(pl.lit("accrued"))
    apportioned = pl.when(pl.col("tracked").is_not_null()).then(pl.lit("apportioned"))
    return split(spread, ["slot"], ["tracked", "item"]).select(
        "payout",
        "influencer_id",
        "basis",
        "date",
        "item",
        spend="share",
        date_label=pl.when(pl.col("worked").is_not_null())
        .then(pl.lit("recorded"))
        .otherwise(pl.lit("accrued")),
        campaign=pl.coalesce("target", "tracked"),
        campaign_label=_label("campaign", pl.coalesce(own, apportioned)),
        item_label=pl.when(pl.col("item").is_not_null())
        .then(pl.lit("apportioned"))
        .otherwise(pl.lit("unassigned")),
    )


def _places(places: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """What was ordered around each place: campaign, item and weight.

    A place is a creator, a day and a campaign or none. Orders of the fourteen days from the day
    count; where there are none of weight, all of the creator's (and campaign's) do.
    """
    days = pl.date_ranges("date", pl.col("date") + pl.duration(days=EVIDENCE_DAYS - 1)).alias("day")
    within = (pl.col("target").is_null()) | (pl.col("target") == pl.col("tracked")).fill_null(
        value=False
    )
    tracked = evidence.rename({"campaign": "tracked", "date": "day"})
    near = (
        places.filter(pl.col("date").is_not_null())
        .with_columns(days)
        .explode("day")
        .join(tracked, on=["influencer_id", "day"])
        .filter(within & (pl.col("weight") > 0))
        .group_by("place", "tracked", "item")
        .agg(pl.col("weight").sum())
    )
    summed = tracked.group_by("influencer_id", "tracked", "item").agg(
        pl.col("weight", "parts").sum()
    )
    everything = (
        places.join(near.select("place").unique(), on="place", how="anti")
        .join(summed, on="influencer_id")
        .filter(within)
        .with_columns(
            weight=pl.when(pl.col("weight").sum().over("place") == 0)
            .then("parts")
            .otherwise("weight")
        )
        .filter(pl.col("weight") > 0)
    )
    columns = ["place", "tracked", "item", pl.col("weight").cast(pl.Int64)]
    return pl.concat([near.select(columns), everything.select(columns)])


def _nowhere(payouts: pl.DataFrame) -> pl.DataFrame:
    """No evidence: what was recorded stays, the rest is unassigned."""
    return payouts.select(
        "payout",
        "influencer_id",
        "basis",
        "campaign",
        date="worked",
        item=pl.lit(None, pl.UInt32),
        spend="total_payout",
        date_label=_label("worked", pl.lit(None, pl.String)),
        campaign_label=_label("campaign", pl.lit(None, pl.String)),
        item_label=pl.lit("unassigned"),
    )
