"""The usual way, to compare with: merge the tables in pandas, mask, and group by for each answer.

It answers the Overview's questions as most notebooks would. Spend is what a creator is paid in all,
once for each group that the creator appears in: merged tables cannot say for which day or product.
So its money differs from ours; only its time is of interest here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd  # the other way is the point here

from dashboard.query import Where

COLUMNS = {"influencer": "name", "tier": "tier"}
TIMES = {"day": "D", "week": "W", "month": "M"}
TIERS = ((0, 1e4, 1e5, 5e5, 1e6, float("inf")), ("nano", "micro", "mid", "macro", "celebrity"))


def read(place: str) -> dict[str, pd.DataFrame]:
    """The tables as pandas reads them, from CSV or from the parts of parquet."""
    tables = {
        name: _table(Path(place), name) for name in ("influencers", "tracking_data", "payouts")
    }
    tables["tracking_data"]["date"] = pd.to_datetime(tables["tracking_data"]["date"])
    return tables


def _table(place: Path, name: str) -> pd.DataFrame:
    parts = sorted(place.glob(f"{name}*.parquet"))
    if not parts:
        return pd.read_csv(place / f"{name}.csv", low_memory=False)
    # A day as an object of Python, as is usual, would take several times the memory.
    kept = {"to_pandas_kwargs": {"date_as_object": False}}
    return pd.concat([pd.read_parquet(part, **kept) for part in parts], ignore_index=True)


@dataclass(frozen=True)
class Merged:
    """Tracking rows of creators, with what is known of the creator and paid to them beside each."""

    rows: pd.DataFrame

    def answers(
        self, where: Where, questions: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]
    ) -> list[pd.DataFrame]:
        """Mask once, then group by for every question."""
        rows = self.rows
        for name in where.active:
            rows = rows[rows[COLUMNS.get(name, name)].isin(where.values(name))]
        if where.first and where.last:
            rows = rows[rows["date"].between(pd.Timestamp(where.first), pd.Timestamp(where.last))]
        return [_grouped(rows, by) for _, by in questions]


def merge(tables: dict[str, pd.DataFrame]) -> Merged:
    """Row to row: every order beside its creator and the creator's payouts."""
    paid = tables["payouts"].groupby("influencer_id", as_index=False)["total_payout"].sum()
    influencers = tables["influencers"].assign(
        tier=pd.cut(tables["influencers"]["follower_count"], TIERS[0], right=False, labels=TIERS[1])
    )
    tracking = tables["tracking_data"].dropna(subset=["influencer_id"])
    rows = tracking.merge(influencers, on="influencer_id", how="left").merge(
        paid, on="influencer_id", how="left"
    )
    first = rows.groupby("user_id")["date"].transform("min")
    return Merged(rows.assign(new=(rows["date"] == first).astype(int)))


def _grouped(rows: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    keys = [
        rows["date"].dt.to_period(TIMES[name]).rename(name)
        if name in TIMES
        else rows[COLUMNS.get(name, name)]
        for name in by
    ] or [pd.Series(0, rows.index, name="all")]
    sums = rows.groupby(keys, observed=True)[["revenue", "orders", "new"]].sum()
    once = pd.concat([rows[["influencer_id", "total_payout"]], *keys], axis=1).drop_duplicates()
    spend = once.groupby([key.name for key in keys], observed=True)["total_payout"].sum()
    answer = sums.assign(spend=spend)
    return answer.assign(
        roas=answer["revenue"] / answer["spend"], profit=answer["revenue"] - answer["spend"]
    )
