"""Text to values, a column at a time: exact paise, whole numbers, days, ids and known spellings.

Each function takes a column as it was read and gives one of the same length in which null means
"empty or not readable"; the caller compares with the input to tell the two apart.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Literal

import polars as pl

from dashboard.schema import folded

NULLS = frozenset({"", "na", "n/a", "nan", "null", "none", "nil", "-", "--", "—", "#n/a"})
"""What people write for nothing, casefolded; not applied to free text."""
_LONGEST_NULL = max(len(null.encode()) for null in NULLS)

MOST_RUPEES = Decimal(10) ** 13
"""Beyond this an amount is a slip of the keyboard, and sums of paise would not fit 64 bits."""
MOST_COUNT = 10**13

_LONGEST_AMOUNT = 200
"""Characters beyond which nobody writes an amount; looking for one would take long."""
_NEAR, _FAR = 0.01, 1e13
_PLAIN_MONEY = r"^[+-]?[0-9]{1,13}(?:\.[0-9]{0,2})?$"
_LONG_MONEY = r"^([+-]?)([0-9]{1,13})\.([0-9]+)$"
_GROUPED = r"[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}"
"""Commas as Indians or others group digits; a comma elsewhere may be a decimal one: not read."""
_GROUPED_COUNT = re.compile(rf"^[+-]?{_GROUPED}(?:\.0*)?$")
_MULTIPLES = {
    "": 1,
    "k": 10**3,
    "l": 10**5,
    "lac": 10**5,
    "lakh": 10**5,
    "lakhs": 10**5,
    "cr": 10**7,
    "crore": 10**7,
    "crores": 10**7,
}
_AMOUNT = re.compile(
    rf"""
    ^(?P<sign>[-+−(]?) \s* (?:₹|rs\.?|inr)? \s* (?P<minus>[-−]?) \s*
    (?P<digits>{_GROUPED}(?:\.\d*)? | \d*\.?\d+(?:e[+-]?\d{{1,2}})? | \d+\.) \s*
    (?P<unit>k|l|lac|lakhs?|cr|crores?|) \.? \s* (?:/-)? \s* (?:₹|rs\.?|inr)? \)?$
    """,
    re.IGNORECASE | re.VERBOSE,
)


_MADE_HARMLESS = r"(?s)^'('* *[=+\-@\t\r\n\x00])"
_OTHERS = "usd|eur|gbp|aed|sgd|aud|cad|jpy|dollars?|euros?"
FOREIGN = rf"(?i)[$€£¥]|^ *-?(?:{_OTHERS})\b|[0-9] *(?:{_OTHERS}) *$"
"""An amount in another currency than rupees."""


def as_typed(column: pl.Series) -> pl.Series:
    """Text without the apostrophe that ``harmless`` puts before what starts a formula."""
    return column.str.replace(_MADE_HARMLESS, "$1")


def typed(text: pl.Expr) -> pl.Expr:
    """The same of an expression."""
    return text.str.replace(_MADE_HARMLESS, "$1")


def text(column: pl.Series, *, tidy: bool = False) -> pl.Series:
    """Text as written, without spaces around it; blank is null.

    ``tidy`` says that nothing unseen but a space can stand there: two looks are then less work
    than taking it off.
    """
    stripped = column.cast(pl.String)
    if not tidy or (stripped.str.starts_with(" ") | stripped.str.ends_with(" ")).any():
        stripped = stripped.str.strip_chars()
    blank = stripped.str.len_bytes() == 0
    return stripped.set(blank, None) if blank.any() else stripped


def words(column: pl.Series, *, tidy: bool = False) -> pl.Series:
    """Text where ``NULLS`` mean nothing: ids, names of campaigns, products and brands."""
    stripped = text(column, tidy=tidy)
    short = stripped.filter(stripped.str.len_bytes() <= _LONGEST_NULL).unique()
    nothing = [word for word in short.to_list() if word.casefold() in NULLS]
    return stripped.set(stripped.is_in(nothing), None) if nothing else stripped


def choice(
    column: pl.Series, values: Mapping[str, str]
) -> tuple[pl.Series, Mapping[str, str | None]]:
    """Known spellings as the one we use, others as written; and what was made of each spelling."""
    column = column.cast(pl.String)
    written = column.unique().drop_nulls()
    spelled = [
        value if value is None else values.get(folded(value), value) for value in words(written)
    ]
    meant = dict(zip(written, spelled, strict=True))
    changed = {value: to for value, to in meant.items() if value != to}
    return (column.replace(changed) if changed else column), meant


def paise(column: pl.Series) -> pl.Series:
    """Amounts in rupees as whole paise, each rounded half to even on its decimal digits: exact."""
    if column.dtype.is_integer():
        return _up_to(column, int(MOST_RUPEES)) * 100
    written = column.cast(pl.String)
    hundredfold = written.cast(pl.Float64, strict=False) * 100
    nearest = hundredfold.round()
    # So near to whole paise, and so far below where a float has gaps, there is one way to round.
    plain = ((hundredfold - nearest).abs() < _NEAR) & (nearest.abs() < _FAR)
    plain = plain.fill_null(value=False)
    zero = (nearest == 0).arg_true()
    if len(zero):  # a float is 0 that is only too small for one
        plain = plain.scatter(zero, written.gather(zero).str.contains(_PLAIN_MONEY))
    answer = _where(nearest, plain).cast(pl.Int64)
    return _mended(answer, written, ~plain & written.is_not_null(), _odd_paise)


def _odd_paise(written: pl.Series) -> pl.Series:
    """Amounts with more than two decimals, a currency, grouping or a unit."""
    rest = words(written)
    parts = rest.str.extract_groups(_LONG_MONEY).struct.unnest()
    sign, whole, fraction = (parts[name] for name in parts.columns)
    paid = whole.cast(pl.Int64) * 100 + fraction.str.slice(0, 2).str.pad_end(2, "0").cast(pl.Int64)
    tail = fraction.str.slice(2).str.strip_chars_end("0")
    up = (tail > "5") | ((tail == "5") & (paid % 2 == 1))
    long = (paid + up.cast(pl.Int64)) * pl.select(
        pl.when(sign == "-").then(-1).otherwise(1)
    ).to_series()
    odd = rest.set(long.is_not_null(), None)
    if odd.null_count() == len(odd):
        return long
    known = {value: _amount(value) for value in odd.unique().drop_nulls().to_list()}
    return _first(long, odd.replace_strict(known, default=None, return_dtype=pl.Int64))


def _mended(
    answer: pl.Series, written: pl.Series, odd: pl.Series, read: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """The answer with what was written oddly read with more care: few are, and it costs more."""
    at = odd.arg_true()
    return answer.scatter(at, read(written.gather(at))) if len(at) else answer


def _where(column: pl.Series, kept: pl.Series) -> pl.Series:
    """The column, null where it is not kept."""
    return column if kept.all() else column.set(~kept, None)


def _up_to(column: pl.Series, most: int) -> pl.Series:
    """Whole numbers as they are, null beyond the most there may be on either side of 0."""
    numbers = column.cast(pl.Int64, strict=False)
    return _where(numbers, numbers.is_between(-most, most).fill_null(value=True))


def _first(left: pl.Series, right: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(left, right)).to_series().alias(left.name)


def _amount(written: str) -> int | None:
    """Paise of one amount with a currency, Indian grouping, lakh or crore; None for no amount."""
    match = _AMOUNT.match(written) if len(written) <= _LONGEST_AMOUNT else None
    if match is None:
        return None
    value = Decimal(match["digits"].replace(",", "")) * _MULTIPLES[match["unit"].casefold()]
    if value > MOST_RUPEES:
        return None
    minus = match["sign"] in {"-", "−", "("} or bool(match["minus"])
    return int((-value if minus else value).quantize(Decimal("0.01"), ROUND_HALF_EVEN) * 100)


def whole(column: pl.Series) -> pl.Series:
    """Whole numbers; ``12.0`` and ``1,234`` are whole, ``2.5`` is not."""
    if column.dtype.is_integer():
        return _up_to(column, MOST_COUNT)
    written = column.cast(pl.String)
    answer = _up_to(written, MOST_COUNT)
    if answer.null_count() == written.null_count():
        return answer
    return _mended(answer, written, answer.is_null() & written.is_not_null(), _odd_whole)


def _odd_whole(written: pl.Series) -> pl.Series:
    """Whole numbers with a fraction of nothing, or grouped."""
    rest = words(written)
    known = {value: _count(value) for value in rest.unique().drop_nulls().to_list()}
    return rest.replace_strict(known, default=None, return_dtype=pl.Int64)


def _count(written: str) -> int | None:
    if len(written) > _LONGEST_AMOUNT:
        return None
    plain = written.replace("−", "-")
    if "_" in plain or ("," in plain and not _GROUPED_COUNT.match(plain)):
        return None
    try:
        value = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) > MOST_COUNT or value != value.to_integral_value():
        return None
    return int(value)


def number(column: pl.Series) -> pl.Series:
    """Finite numbers as Float64."""
    value = words(column).cast(pl.Float64, strict=False)
    return value.set(~value.is_finite().fill_null(value=True), None)


Order = Literal["iso", "day first", "month first", "mixed", "day first (assumed)"]


@dataclass(frozen=True)
class Evidence:
    """What a column's days show of the order of day and month.

    ``day_first`` and ``month_first``: a number above 12 stands first, or second; ``either``: some
    day could be read both ways, ``example`` is one.
    """

    day_first: bool = False
    month_first: bool = False
    either: bool = False
    example: str = ""

    def __or__(self, other: Evidence) -> Evidence:
        return Evidence(
            self.day_first or other.day_first,
            self.month_first or other.month_first,
            self.either or other.either,
            self.example or other.example,
        )

    @property
    def order(self) -> Order:
        """The order that follows, for the whole column."""
        if self.day_first and self.month_first:
            return "mixed"
        if self.month_first:
            return "month first"
        if self.day_first:
            return "day first"
        return "day first (assumed)" if self.either else "iso"


@dataclass(frozen=True)
class Days:
    """A column of days, how its order of day and month was decided, and on what evidence."""

    days: pl.Series
    order: Order = "iso"
    evidence: Evidence = Evidence()


_FIRST_DAY, _LAST_DAY = dt.date(1000, 1, 1), dt.date(9999, 12, 31)
"""Days whose year has four digits; one with fewer was read too readily."""
_ISO = r"^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ].*)?$"
_COMPACT = r"^([0-9]{4})([0-9]{2})([0-9]{2})$"
_NUMERIC = r"^([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})(?:[T ].*)?$"
_SERIAL = r"^([34567][0-9]{4})(?:\.[0-9]+)?$"
"""Days since the end of 1899, as a spreadsheet holds them: from 1982 to 2119."""
_SERIAL_START = (dt.date(1899, 12, 30) - dt.date(1970, 1, 1)).days
_NAMED = (
    "%d-%b-%y",  # two digits of a year first: as four they would be the year 24
    "%d %b %y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%d-%B-%Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
)


def _ymd(parts: pl.DataFrame, year: str, month: str, day: str) -> pl.Series:
    y, m, d = (parts[name].cast(pl.Int32) for name in (year, month, day))
    y = y.zip_with(~(y < 100).fill_null(value=False), y + 2000)
    joined = pl.select(
        pl.format("{}-{}-{}", y, m.cast(pl.String).str.zfill(2), d.cast(pl.String).str.zfill(2))
    ).to_series()
    return joined.str.to_date("%Y-%m-%d", strict=False)


def days(column: pl.Series, told: Order | None = None, before: Evidence | None = None) -> Days:
    """Days from ISO dates with or without time, and from day-month-year in either order.

    The order of day and month is decided for the whole column from evidence: a number above 12
    shows where the day stands. Without evidence the day comes first, as people in India write, and
    ``order`` says that it was assumed.

    Parameters
    ----------
    told
        The order, where somebody said it: it stands above the evidence.
    before
        What earlier pieces of the same column have shown.
    """
    before = before or Evidence()
    if isinstance(column.dtype, pl.Date | pl.Datetime):
        return Days(column.dt.date(), "iso", before)
    written = column.cast(pl.String)
    plain = written.str.to_date("%Y-%m-%d", strict=False, cache=False)
    good = plain.is_between(_FIRST_DAY, _LAST_DAY)
    if plain.null_count() == written.null_count() and good.all():
        return Days(plain, "iso", before)
    at = (written.is_not_null() & ~good.fill_null(value=False)).arg_true()
    odd = _odd_days(words(written.gather(at)), told, before)
    return Days(plain.scatter(at, odd.days), odd.order, odd.evidence)


def _odd_days(written: pl.Series, told: Order | None, before: Evidence) -> Days:
    """Days that are not simply ``2026-03-31``."""
    answer = written.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    answer = answer.set(~written.str.contains(_ISO).fill_null(value=False), None)
    rest = written.set(answer.is_not_null(), None)
    if rest.null_count() == len(rest):
        return Days(answer, "iso", before)
    for pattern in (_ISO, _COMPACT):
        parts = rest.str.extract_groups(pattern).struct.unnest()
        answer = _first(answer, _ymd(parts, *parts.columns))
    for pattern in _NAMED:
        answer = _first(answer, rest.str.to_date(pattern, strict=False))
    answer = _first(answer, _serial_days(rest))
    numeric = _numeric_days(rest.set(answer.is_not_null(), None), told, before)
    return Days(_first(answer, numeric.days), numeric.order, numeric.evidence)


def _serial_days(written: pl.Series) -> pl.Series:
    number = written.str.extract(_SERIAL).cast(pl.Int32)
    return (number + _SERIAL_START).cast(pl.Date)


def _numeric_days(written: pl.Series, told: Order | None, before: Evidence) -> Days:
    """Days from two numbers and a year, in the order that the whole column shows."""
    parts = written.str.extract_groups(_NUMERIC).struct.unnest()
    first, second, year = parts.columns
    by_day, by_month = _ymd(parts, year, second, first), _ymd(parts, year, first, second)
    if parts[first].null_count() == len(parts):
        return Days(by_day, "iso", before)
    either = (by_day.is_not_null() & by_month.is_not_null() & (by_day != by_month)).fill_null(
        value=False
    )
    evidence = before | Evidence(
        day_first=bool((parts[first].cast(pl.Int32) > 12).any()),
        month_first=bool((parts[second].cast(pl.Int32) > 12).any()),
        either=bool(either.any()),
        example=written.filter(either).head(1).to_list()[0] if either.any() else "",
    )
    order = told or evidence.order
    if order == "mixed":  # both orders: only rows that can be read in one way are read
        return Days(_first(by_day, by_month).set(either, None), order, evidence)
    return Days(by_month if order == "month first" else by_day, order, evidence)
