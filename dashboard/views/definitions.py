"""Definitions: what each number means, written by the registries themselves."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from dashboard.formats import number
from dashboard.ingest.across import RULES as ACROSS
from dashboard.ingest.rules import Then, rules_of
from dashboard.metrics import METRICS
from dashboard.schema import DIMENSIONS, TABLES, TIERS, Table
from dashboard.state import Explorer
from dashboard.views.markup import Markup, joined, pane, show
from dashboard.views.view import CardView

_TABLE = Markup(
    '<table class="words" aria-label="{label}">'
    "<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
)
_HEAD = Markup('<th scope="col">{}</th>')
_METRIC = Markup(
    '<tr><th scope="row">{label}<small>{name}</small></th>'
    '<td>{definition}{absent}</td><td data-head="Formula">{formula}</td></tr>'
)
_ABSENT = Markup('<p class="absent">Not available in this data: {}</p>')
_COLUMN = Markup(
    '<tr><th scope="row">{name}{required}</th><td>{meaning}{unit}</td>'
    '<td data-head="Read from">{spellings}</td></tr>'
)
_DIMENSION = Markup(
    '<tr><th scope="row">{label}</th><td>{meaning}</td>'
    '<td data-head="Where there is none">{missing}</td></tr>'
)
_SECTION = Markup("<h3>{title} <small>{row}</small></h3>{table}")
_RULE_ROW = Markup(
    '<tr class="rule"><th scope="row">{columns}</th><td>{reasons}</td>'
    '<td data-head="What follows">{then}</td></tr>'
)
_REASON = Markup("<p>{}</p>")
_RULES = Markup("<ul>{}</ul>")
_RULE = Markup("<li>{}</li>")


class Document(CardView):
    """A card of our own words; it asks nothing and changes only with the dataset."""

    export = False

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        self._body = pane(Markup(""), "document.css")
        self.card.add(self._body)
        self._version = ""

    def refresh(self) -> None:
        """Write the words, where the dataset is another than before."""
        if self._version != self.explorer.dataset.version:
            self._version = self.explorer.dataset.version
            self.card.say(self.said())
            show(self._body, self.words())

    def said(self) -> str:
        """The sentence below the title."""
        return ""

    @abstractmethod
    def words(self) -> Markup:
        """What the card says."""


def _table(label: str, heads: tuple[str, ...], rows: list[Markup]) -> Markup:
    return _TABLE.format(
        label=label, heads=joined([_HEAD.format(head) for head in heads]), rows=joined(rows)
    )


class MetricDefinitions(Document):
    """What does each number mean?"""

    title = "Metrics"

    def said(self) -> str:
        """How all of them are made."""
        return (
            "Each is defined once and answers every card, chart, table and export: "
            "ratios are ratios of totals."
        )

    def words(self) -> Markup:
        """Every metric with its words and formula; what this data lacks is said."""
        absent = self.explorer.ledger.absent
        rows = []
        for one in METRICS.values():
            reasons = [absent[name] for name in one.measures if name in absent]
            rows.append(
                _METRIC.format(
                    label=one.label,
                    name=one.name,
                    definition=one.definition,
                    formula=one.formula,
                    absent=_ABSENT.format(reasons[0]) if reasons else "",
                )
            )
        return _table("Metrics", ("Metric", "What it means", "Formula"), rows)


class DimensionDefinitions(Document):
    """What can be filtered and split by?"""

    title = "Dimensions"

    def said(self) -> str:
        """Where tiers begin."""
        starts = ", ".join(f"{name} from {number(start)}" for name, start in TIERS)
        return f"Tiers by followers: {starts}."

    def words(self) -> Markup:
        """Every dimension, and what stands where a row carries none."""
        rows = [
            _DIMENSION.format(label=one.label, meaning=one.meaning, missing=one.missing)
            for one in DIMENSIONS.values()
        ]
        return _table("Dimensions", ("Dimension", "What it means", "Where there is none"), rows)


class MoneyRules(Document):
    """When, and for what, is money spent?"""

    title = "Rules for money"

    def said(self) -> str:
        """Why there are rules."""
        return (
            "Payouts rarely say which day, campaign or product they are for; "
            "without a rule a filter would leave spend whole."
        )

    def words(self) -> Markup:
        """The rules, shortest form."""
        return _RULES.format(joined([_RULE.format(rule) for rule in RULES]))


RULES = (
    "A campaign or day of work that a payout records stands as recorded.",
    "The day of payment counts for dues only.",
    "A payout by order is spread over the creator's tracked orders, within its campaign if named.",
    "A payout by post is spread equally over the creator's posts, and stands on their days.",
    "A post's share goes to its campaign; else to what its creator sold in the 14 days from it.",
    "Without such orders it goes to all that the creator sold.",
    "Posts stand in for missing orders, and orders for missing posts.",
    "What cannot be placed is unassigned; every page says how much of it a filter leaves out.",
    "Shares are whole paise and sum to what was paid, per payout and in total.",
    "Cancelled payouts are not spend. A negative payout is a correction.",
    "Spend is what total_payout says; nothing is inferred from the rate.",
    "Negative orders and revenue are returns: they count, and the share returned is said.",
    "A post without a campaign belongs to the only one sold in the 14 days from it, else to none.",
    "Revenue, orders and ROAS count rows that carry a creator. Other rows are the baseline.",
)
"""The rules of docs/adr/0002 in words for the page."""


class RowRules(Document):
    """When is a row set aside?"""

    title = "Rules for rows"

    def said(self) -> str:
        """What the three consequences are."""
        return (
            "Set aside: not used, and shown on the Data page. Emptied: the cell counts as nothing, "
            "the row is used. Flagged: used as it is, and counted on the Data page."
        )

    def words(self) -> Markup:
        """Every rule: those of any table once, those of each, and those across tables."""
        of = {name: _faults(TABLES[name]) for name in TABLES}
        shared = [one for one in of["influencers"] if all(one in faults for faults in of.values())]
        sections = [_rules("Every table", "each of the four", _lines(shared))]
        for name, faults in of.items():
            own = _lines([one for one in faults if one not in shared])
            sections.append(_rules(name, f"one row is {TABLES[name].row}", own))
        across = [
            Line(ACROSS_COLUMNS[name], (_sentence(reason),), FOLLOWS["flagged"])
            for name, reason in ACROSS.items()
        ]
        sections.append(_rules("Across tables", "what no file shows by itself", across))
        return joined(sections)


Fault = tuple[str, str, Then]
"""A column, what is wrong with it, and what follows."""


@dataclass(frozen=True)
class Line:
    """Rules as they are shown: for these columns, what may be wrong and what follows of each."""

    columns: tuple[str, ...]
    reasons: tuple[str, ...]
    then: str


def _faults(table: Table) -> list[Fault]:
    """What may be wrong with a row of a table."""
    every = {column.name: column.name for column in table.columns}
    faults = [
        (rule.column, _sentence(rule.reason.removeprefix(f"{rule.column} ")), rule.then)
        for rule in rules_of(table, every, dt.date.max)
    ]
    if table.key:
        twice = "Stands in another row, too; each may stand once"
        faults.append((table.key, twice, "quarantined"))
    return faults


def _lines(faults: Sequence[Fault]) -> list[Line]:
    """What is the same for several columns is said once, and what is said of the same, together."""
    columns: dict[tuple[str, Then], list[str]] = {}
    for column, reason, then in faults:
        columns.setdefault((reason, then), []).append(column)
    reasons: dict[tuple[tuple[str, ...], Then], list[str]] = {}
    for (reason, then), names in columns.items():
        reasons.setdefault((tuple(names), then), []).append(reason)
    return [Line(names, tuple(why), FOLLOWS[then]) for (names, then), why in reasons.items()]


def _rules(title: str, row: str, lines: Sequence[Line]) -> Markup:
    rows = [
        _RULE_ROW.format(
            columns=", ".join(one.columns),
            reasons=joined([_REASON.format(reason) for reason in one.reasons]),
            then=one.then,
        )
        for one in lines
    ]
    body = _table(f"Rules: {title}", ("Column", "What is wrong", "What follows"), rows)
    return _SECTION.format(title=title, row=row, table=body)


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:]


FOLLOWS: Mapping[Then, str] = MappingProxyType(
    {"quarantined": "Set aside", "emptied": "Emptied", "flagged": "Flagged"}
)
ACROSS_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "unknown_influencer": ("influencer_id",),
        "equal_rows": ("the whole row",),
        "post_before_campaign": ("date",),
        "payout_without_evidence": ("total_payout",),
    }
)
"""Where to look for what is noticed across tables."""


class Assumptions(Document):
    """What is taken for granted?"""

    title = "Assumptions"

    def words(self) -> Markup:
        """Ours, and those that reading this data made."""
        made = list(self.explorer.dataset.report.notes)
        made += [
            f"{f.file}: {note}" for f in self.explorer.dataset.report.files for note in f.notes
        ]
        return _RULES.format(joined([_RULE.format(text) for text in (*ASSUMPTIONS, *made)]))


ASSUMPTIONS = (
    "ROAS is not incremental: it counts attributed orders that would have come anyway, too.",
    "Break-even incrementality says what share must be incremental, and assumes nothing.",
    "Incremental ROAS is an estimate with a range, of whole campaigns: no filter changes it.",
    "A new customer is one whose first order in this data is this one.",
    "Reach is added over posts: one person reached by two posts counts twice.",
    "Profit is before product cost, until gross margins are set for all that is in view.",
    "Today is the data's last day.",
)
"""Ours, in words for the page."""


class ColumnDefinitions(Document):
    """What is in the four tables?"""

    title = "Tables and columns"

    def said(self) -> str:
        """What comes of a column that is missing."""
        return "Required columns must be there; what needs another says so where it is missing."

    def words(self) -> Markup:
        """Every column of every table with its meaning and the headers it is read from."""
        return joined([self._section(name) for name in TABLES])

    @staticmethod
    def _section(name: str) -> Markup:
        table = TABLES[name]
        rows = [
            _COLUMN.format(
                name=column.name,
                required=Markup("<small>required</small>") if column.required else "",
                meaning=column.meaning,
                unit=f" In {column.unit}." if column.kind == "money" else "",
                spellings=", ".join(column.headers),
            )
            for column in table.columns
        ]
        body = _table(table.name, ("Column", "What it holds", "Headers it is read from"), rows)
        return _SECTION.format(title=table.name, row=f"one row is {table.row}", table=body)
