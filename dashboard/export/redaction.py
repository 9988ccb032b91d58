"""Pseudonyms: names of creators that tell nobody who they are, the same every time."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from types import MappingProxyType

import polars as pl

from dashboard.dataset import Dataset
from dashboard.ledger import Ledger
from dashboard.ledger.building import Family

_LETTERS = 4


def pseudonyms(dataset: Dataset, people: list[str], key: str = "") -> dict[str, str]:
    """A pseudonym such as ``Influencer K7Q2`` for each creator's id.

    They follow from the id and a key that the file does not hold: who has only a list of ids cannot
    find out which is whose. With a ``key`` of one's own they stay when creators are added; without,
    the whole table of creators is the key.
    """
    secret = key or dataset.tables["influencers"].write_csv()
    digest = blake2b(secret.encode(), digest_size=32).digest()
    answer: dict[str, str] = {}
    taken: set[str] = set()
    for one in sorted(people):
        code = b32encode(blake2b(one.encode(), key=digest, digest_size=20).digest()).decode()
        size = next(n for n in range(_LETTERS, len(code) + 1) if code[:n] not in taken)
        taken.add(code[:size])
        answer[one] = f"Influencer {code[:size]}"
    return answer


def redacted(ledger: Ledger, key: str = "") -> tuple[Ledger, Mapping[str, str]]:
    """The ledger with pseudonyms in place of names and ids, and the pseudonym of each name.

    Keys are numbered anew, so that their order tells nothing of the ids either.
    """
    known = ledger.pairs.drop_nulls("influencer_id")
    ids = known["influencer_id"].unique().to_list()
    given = pseudonyms(ledger.dataset, ids, key)
    told = pl.col("influencer_id").replace_strict(given, return_dtype=pl.String)
    renamed = ledger.pairs.with_columns(told.alias("influencer"), told.alias("influencer_id"))
    ordered = renamed.sort("influencer_id", "campaign", nulls_last=False)
    places = pl.DataFrame({"pair": ordered["pair"]}).with_row_index("new").sort("pair")["new"]

    def moved(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(places.gather(frame["pair"]).cast(pl.UInt32).alias("pair"))

    facts: dict[Family, pl.DataFrame] = {
        family: moved(frame).sort(
            [name for name in ("date", "pair", "item", "basis") if name in frame.columns],
            nulls_last=True,
        )
        for family, frame in ledger.facts.items()
    }
    names = dict(zip(known["influencer"], known["influencer_id"], strict=True))
    return (
        replace(
            ledger,
            facts=MappingProxyType(facts),
            pairs=ordered.drop("pair").with_row_index("pair"),
            accrued=moved(ledger.accrued),
        ),
        {name: given[one] for name, one in names.items()},
    )
