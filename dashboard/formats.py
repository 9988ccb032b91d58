"""How a value is said: rupees, lakh and crore, percent, ratios, dates and lists; pure.

Numbers round half away from zero on their exact binary value, which is what JavaScript's
``toFixed`` does, so that a figure reads the same from Python, on a Bokeh axis and in a hover
(``JAVASCRIPT`` is the twin).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

NOTHING = "—"
"""What stands where a value is undefined; the reason stands beside it."""

MINUS = "−"
LAKH, CRORE = 1e5, 1e7
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
"""Digits enough for the largest float."""


_BIT = 1e-9
"""What binary fractions may miss a whole percent by."""


def is_number(value: float | None) -> bool:
    """Whether there is a finite number to say."""
    return value is not None and math.isfinite(value)


def fixed(value: float, digits: int) -> str:
    """A number with so many decimals, rounded half away from zero as ``toFixed`` does."""
    return f"{Decimal(value).quantize(Decimal(1).scaleb(-digits), context=_EXACT):f}"


def grouped(digits: str) -> str:
    """Indian grouping of an unsigned number: ``1234567.50`` becomes ``12,34,567.50``."""
    whole, dot, fraction = digits.partition(".")
    head, tail = whole[:-3], whole[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*pairs, tail]) + dot + fraction


def _signed(value: float, text: str) -> str:
    return MINUS + text if value < 0 and any(c in "123456789" for c in text) else text


def number(value: float | None, digits: int = 0) -> str:
    """A count or plain number in Indian grouping: ``12,34,567``."""
    if value is None or not is_number(value):
        return NOTHING
    return _signed(value, grouped(fixed(abs(value), digits)))


def rupees(value: float | None, digits: int = 2) -> str:
    """Rupees in full: ``₹12,34,567.50``."""
    if value is None or not is_number(value):
        return NOTHING
    return _signed(value, "₹" + grouped(fixed(abs(value), digits)))


def rupees_compact(value: float | None) -> str:
    """Rupees for a card or an axis: ``₹412``, ``₹1.25 L``, ``₹3.40 Cr``."""
    if value is None or not is_number(value):
        return NOTHING
    size = abs(value)
    if size >= CRORE - 500:  # from here two decimals of a lakh would read 100.00 L
        text = f"₹{grouped(fixed(size / CRORE, 2))} Cr"
    elif size >= LAKH - 0.5:
        text = f"₹{fixed(size / LAKH, 2)} L"
    else:
        text = f"₹{grouped(fixed(size, 0 if size >= 100 else 2))}"
        text = text.removesuffix(".00")
    return _signed(value, text)


def percent(value: float | None, digits: int = 1) -> str:
    """A ratio as percent: ``0.042`` becomes ``4.2 %``."""
    if value is None or not is_number(value):
        return NOTHING
    return _signed(value, f"{grouped(fixed(abs(value) * 100, digits))} %")


def chance(value: float | None) -> str:
    """A chance in whole percents, in which nothing is certain: ``over 99 %``, ``under 1 %``.

    It is never said surer than it is: what is cut off goes towards even odds, so that 79.7 % is not
    80 % and 20.3 % is 21 %.
    """
    if value is None or not is_number(value):
        return NOTHING
    if value > 0.99:
        return "over 99 %"
    if value < 0.01:
        return "under 1 %"
    return f"{round(cut(value) * 100)} %"


def cut(value: float) -> float:
    """A chance at the whole percent that is said of it; as it is above 99 % and below 1 %."""
    if not 0.01 <= value <= 0.99:
        return value
    percents = value * 100
    return (math.floor(percents + _BIT) if value >= 0.5 else math.ceil(percents - _BIT)) / 100


def times(value: float | None, digits: int = 2) -> str:
    """A multiple: ``3.58×``."""
    if value is None or not is_number(value):
        return NOTHING
    return _signed(value, f"{grouped(fixed(abs(value), digits))}×")


def said(value: float | None, unit: str, digits: int, *, compact: bool = False) -> str:
    """A value with its unit: ``₹``, ``×``, ``%``, ``chance`` or a plain number."""
    if unit == "₹":
        return rupees_compact(value) if compact else rupees(value, digits)
    if unit == "×":
        return times(value, digits)
    if unit == "%":
        return percent(value, digits)
    return chance(value) if unit == "chance" else number(value, digits)


def day(value: dt.date) -> str:
    """``30 Nov 2026``."""
    return f"{value.day} {value:%b %Y}"


def period(first: dt.date, last: dt.date) -> str:
    """``1 Jun – 30 Nov 2026``, with the year once where it is the same."""
    if first == last:
        return day(first)
    start = f"{first.day} {first:%b}" if first.year == last.year else day(first)
    return f"{start} – {day(last)}"


def listing(names: Sequence[str], last: str = "and", most: int = 4) -> str:
    """``A, B and C``; beyond ``most`` names the rest is counted."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} {last} {len(names) - most + 1} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """``1 payout``, ``1,234 payouts``."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


JAVASCRIPT = r"""
const grouped = (s) => {
  const [whole, fraction] = s.split('.');
  let head = whole.slice(0, -3), pairs = [whole.slice(-3)];
  while (head) { pairs.unshift(head.slice(-2)); head = head.slice(0, -2); }
  return pairs.join(',') + (fraction ? '.' + fraction : '');
};
const signed = (x, s) => (x < 0 && /[1-9]/.test(s) ? '−' : '') + s;
const ok = (x) => x !== null && x !== undefined && isFinite(x);
const rupees = (x, digits = 2) =>
  ok(x) ? signed(x, '₹' + grouped(Math.abs(x).toFixed(digits))) : '—';
const rupeesCompact = (x) => {
  if (!ok(x)) return '—';
  const a = Math.abs(x);
  if (a >= 9999500) return signed(x, '₹' + grouped((a / 1e7).toFixed(2)) + ' Cr');
  if (a >= 99999.5) return signed(x, '₹' + (a / 1e5).toFixed(2) + ' L');
  return signed(x, '₹' + grouped(a.toFixed(a >= 100 ? 0 : 2)).replace(/\.00$/, ''));
};
const rupeesTick = (x) =>
  rupeesCompact(x).replace(/(\.\d*?)0+( |$)/, '$1$2').replace(/\.( |$)/, '$1');
const times = (x, digits = 2) =>
  ok(x) ? signed(x, grouped(Math.abs(x).toFixed(digits)) + '×') : '—';
const percent = (x, digits = 1) =>
  ok(x) ? signed(x, grouped((Math.abs(x) * 100).toFixed(digits)) + ' %') : '—';
const chance = (x) =>
  !ok(x) ? '—' : x > 0.99 ? 'over 99 %' : x < 0.01 ? 'under 1 %'
    : (x >= 0.5 ? Math.floor(x * 100 + 1e-9) : Math.ceil(x * 100 - 1e-9)) + ' %';
const plain = (x, digits = 0) =>
  ok(x) ? signed(x, grouped(Math.abs(x).toFixed(digits))) : '—';
"""
"""The same rules for Bokeh's ticks and hovers and the offline page; a test holds them together."""


_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Text that a terminal shows and does not obey: what steers it is written as an escape."""
    return _UNSEEN.sub(lambda found: repr(found[0])[1:-1], text)


_FORMULA = re.compile(r"'* *[=+\-@\t\r\n\0]")
"""What a spreadsheet may run, and what reads so once an apostrophe is taken off it."""


def harmless(text: str) -> str:
    """A cell that a spreadsheet shows and never runs: what starts a formula gets an apostrophe.

    ``ingest`` takes it off again.
    """
    return f"'{text}" if _FORMULA.match(text) else text
