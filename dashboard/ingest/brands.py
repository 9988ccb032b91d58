"""The brand of a tracking row: from its own column, else named in product, campaign or source."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

import polars as pl

from dashboard.formats import listing
from dashboard.ingest.mapping import NO, YES
from dashboard.ingest.questions import Question

NO_BRAND = "(no brand)"
NOT_NAMED = "No known brand is named anywhere."
_GENERIC = frozenset({"campaign", "camp"})
_PREFIX = re.compile(r"^([A-Za-z][A-Za-z0-9 ]*)_.+")


@dataclass(frozen=True)
class Brand:
    """A known brand with the patterns that name it."""

    name: str
    alias: re.Pattern[str]
    code: re.Pattern[str] | None


def known_brands(toml: str | None = None) -> tuple[Brand, ...]:
    """The brands of ``brands.toml``, or of the text given."""
    text = (
        resources.files("dashboard").joinpath("brands.toml").read_text("utf-8")
        if toml is None
        else toml
    )
    brands = []
    for name, entry in tomllib.loads(text).items():
        aliases = "|".join(
            r"[\s_-]*".join(map(re.escape, alias.split())) for alias in entry["aliases"]
        )
        codes = "|".join(map(re.escape, sorted(entry.get("codes", ()), key=len, reverse=True)))
        brands.append(
            Brand(
                name,
                re.compile(rf"(?<![a-z0-9])(?:{aliases})(?![a-z0-9])", re.IGNORECASE),
                re.compile(rf"(?<![A-Za-z])(?:{codes})(?![a-z])") if codes else None,
            )
        )
    return tuple(brands)


def find(text: str | None, brands: tuple[Brand, ...]) -> str | None:
    """The brand a text names, the earliest in it where it names several."""
    if not text:
        return None
    found = [
        (match.start(), brand.name)
        for brand in brands
        for pattern in (brand.alias, brand.code)
        if pattern and (match := pattern.search(text))
    ]
    return min(found)[1] if found else None


@dataclass(frozen=True)
class Branded:
    """The brand of each tracking row; where it was assumed, a sentence and what to ask."""

    brand: pl.Series
    notes: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


def brand_of(
    tracking: pl.DataFrame,
    brands: tuple[Brand, ...] | None = None,
    assume: str | None = None,
) -> Branded:
    """Give each tracking row its brand.

    The brand column first (its aliases too), else a known brand named in product, then campaign,
    then source, else "(no brand)". Where the whole file names no known brand and its campaigns read
    ``Name_something``, ``Name`` is assumed and the notes say so; ``assume`` is "yes" or "no" where
    somebody has answered whether it should be.
    """
    brands = known_brands() if brands is None else brands
    columns = ["brand", "product", "campaign", "source"]
    known = {
        column: {
            text: find(text, brands) for text in tracking[column].unique().drop_nulls().to_list()
        }
        for column in columns
    }
    own = {text: known["brand"].get(text) or text for text in known["brand"]}
    lookups: Mapping[str, Mapping[str, str | None]] = MappingProxyType({**known, "brand": own})
    named = pl.coalesce(
        *(
            pl.col(column).replace_strict(
                dict(lookups[column]), default=None, return_dtype=pl.String
            )
            if lookups[column]
            else pl.lit(None, pl.String)
            for column in columns
        )
    )
    assumed: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    named_anywhere = any(value for lookup in known.values() for value in lookup.values())
    if assume != NO and not named_anywhere and not own:
        assumed = {
            text: match[1]
            for text in known["campaign"]
            if (match := _PREFIX.match(text)) and match[1].casefold() not in _GENERIC
        }
        if assumed:
            names = listing(sorted(set(assumed.values())))
            sentence = (
                f"{NOT_NAMED} The part of the campaign before the first “_” "
                f"was assumed to be the brand: {names}."
            )
            notes = (sentence,)
            if assume is None:
                questions = (_ask(names),)
    guess = (
        pl.col("campaign").replace_strict(assumed, default=None, return_dtype=pl.String)
        if assumed
        else pl.lit(None, pl.String)
    )
    brand = pl.coalesce(named, guess, pl.lit(NO_BRAND))
    return Branded(tracking.with_columns(brand=brand)["brand"], notes, questions)


def _ask(names: str) -> Question:
    return Question(
        ("brands", "campaign_prefix"),
        "tracking_data",
        f"No known brand is named anywhere. Is the part of a campaign before the first “_” its "
        f"brand ({names})? It is assumed so.",
        (YES, NO),
        YES,
        assumed=YES,
    )
