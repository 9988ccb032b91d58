"""Pseudonyms: names of creators that tell nobody who they are, the same every time."""

from __future__ import annotations

import itertools
import re
from base64 import b32encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from types import MappingProxyType

import polars as pl

from dashboard.dataset import Dataset
from dashboard.incrementality import Estimate
from dashboard.ledger import Ledger
from dashboard.ledger.building import Family
from dashboard.query import Where

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


@dataclass(frozen=True)
class Disguise:
    """What stands for names: pseudonyms by creators' names, and campaigns whose name held one."""

    creators: Mapping[str, str]
    campaigns: Mapping[str, str]

    def where(self, where: Where) -> Where:
        """The same question; who is not in the data stays nobody."""
        return replace(
            where,
            influencer=tuple(self.creators.get(one, "nobody") for one in where.influencer),
            campaign=tuple(map(self.campaign, where.campaign)),
        )

    def campaign(self, name: str) -> str:
        """What a campaign is called."""
        return self.campaigns.get(name, name)

    def estimate(self, one: Estimate) -> Estimate:
        """What was found of a campaign, and nobody's name in it."""
        together = tuple(map(self.campaign, one.diagnostics.together))
        return replace(
            one,
            campaign=self.campaign(one.campaign),
            reasons=tuple(map(self._said, one.reasons)),
            diagnostics=replace(one.diagnostics, together=together),
        )

    def _said(self, sentence: str) -> str:
        for name in sorted(self.campaigns, key=len, reverse=True):
            sentence = sentence.replace(name, self.campaigns[name])
        return sentence


def disguised(campaigns: Iterable[str], people: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Campaigns that hold a creator's name or id, and what they are called with a pseudonym there.

    Whole words count, whatever their case and what stands between them; a number alone is no id
    that could be known again. What means several people tells none of them. Two campaigns stay two.
    """
    meant: dict[str, set[str]] = {}
    for one, pseudonym in people:
        letters = "".join(_WORD.findall(one)).casefold()
        if _TELLING.match(letters):
            meant.setdefault(letters, set()).add(pseudonym)
    every = sorted(set(campaigns))
    answer: dict[str, str] = {}
    taken = set(every)
    for one in every:
        name = hidden = _hidden(one, meant)
        if name == one:
            continue
        for count in itertools.count(2):
            if hidden not in taken:
                break
            hidden = f"{name} ({count})"
        taken.add(hidden)
        answer[one] = hidden
    return answer


_WORD = re.compile(r"[^\W_]+")
_TELLING = re.compile(r"(?=.{3}).*[^\W\d_]")
"""At least three letters and digits, a letter among them."""


def _hidden(text: str, meant: Mapping[str, Collection[str]]) -> str:
    """Text with pseudonyms in place of people, the longest names first from each word on."""
    words = list(_WORD.finditer(text))
    kept, end, at = [], 0, 0
    while at < len(words):
        for last in range(len(words), at, -1):
            who = meant.get("".join(word[0] for word in words[at:last]).casefold())
            if who:
                kept += [text[end : words[at].start()], *(who if len(who) == 1 else [_SOMEBODY])]
                end, at = words[last - 1].end(), last
                break
        else:
            at += 1
    return "".join([*kept, text[end:]])


_SOMEBODY = "Influencer"
"""Who cannot be told from another."""


def _people(ledger: Ledger, given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Ids and names with the pseudonyms of whom they mean."""
    yield from given.items()
    known = ledger.dataset.tables["influencers"].select("influencer_id", "name").drop_nulls()
    yield from ((name, given[one]) for one, name in known.iter_rows() if one in given)


def redacted(ledger: Ledger, key: str = "") -> tuple[Ledger, Disguise]:
    """The ledger with pseudonyms in place of names and ids, and what stands for what.

    Keys are numbered anew, so that their order tells nothing of the ids either.
    """
    known = ledger.pairs.drop_nulls("influencer_id")
    ids = known["influencer_id"].unique().to_list()
    given = pseudonyms(ledger.dataset, ids, key)
    told = pl.col("influencer_id").replace_strict(given, return_dtype=pl.String)
    campaigns = disguised(ledger.pairs["campaign"].drop_nulls().to_list(), _people(ledger, given))
    renamed = ledger.pairs.with_columns(
        told.alias("influencer"),
        told.alias("influencer_id"),
        pl.col("campaign").replace(campaigns),
    )
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
        Disguise({name: given[one] for name, one in names.items()}, campaigns),
    )
