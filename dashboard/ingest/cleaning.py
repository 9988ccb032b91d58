"""A table of text to a table of values: each row is accepted, or set aside with its reason."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from dashboard.errors import DataError
from dashboard.ingest import values
from dashboard.ingest.alike import Alike
from dashboard.ingest.hashes import Hashes
from dashboard.ingest.headers import Headers
from dashboard.ingest.keys import Known
from dashboard.ingest.mapping import FileMapping
from dashboard.ingest.reading import Dialect, TextTable
from dashboard.ingest.reading.text import numbered
from dashboard.ingest.report import QUARANTINE, no_quarantine
from dashboard.ingest.rules import TEXT_KINDS, Rule, given, rules_of
from dashboard.schema import Column, Kind, Table, folded

DTYPES: Mapping[Kind, pl.DataType] = {
    "id": pl.String(),
    "text": pl.String(),
    "choice": pl.String(),
    "url": pl.String(),
    "date": pl.Date(),
    "count": pl.Int64(),
    "signed": pl.Int64(),
    "money": pl.Int64(),
    "number": pl.Float64(),
}
"""What a column of each kind is held as; money in paise."""

_READERS: Mapping[Kind, Callable[[pl.Series], pl.Series]] = {
    "money": values.paise,
    "count": values.whole,
    "signed": values.whole,
    "number": values.number,
}
_LIKE = 0.8
"""How alike an unknown spelling and a known one are for the known one to be proposed."""
_SEED = 7


@dataclass(frozen=True)
class Cleaned:
    """A piece of a file as values, and its records that were set aside.

    ``frame`` has every column of the schema (absent ones all null), then the extra ones as text;
    ``few`` are columns of it once more in which few words stand, each as the number of its word.
    """

    frame: pl.DataFrame
    quarantine: pl.DataFrame
    few: Sequence[pl.Series] = ()


@dataclass(frozen=True)
class Told:
    """What cleaning needs to know from outside a file.

    ``known`` are the creators, once their table has been read; ``taken`` the keys that files of
    the same table hold already; ``today`` is the machine's day.
    """

    mapping: FileMapping = field(default_factory=FileMapping)
    today: dt.date = field(default_factory=lambda: dt.datetime.now().astimezone().date())
    known: Known | None = None
    taken: Sequence[pl.Series] = ()


def empty(table: Table) -> pl.DataFrame:
    """The table without rows, every column there."""
    return pl.DataFrame(schema={column.name: DTYPES[column.kind] for column in table.columns})


def row_hashes(frame: pl.DataFrame) -> pl.Series:
    """A number for each row that rows share which say the same."""
    return frame.hash_rows(seed=_SEED) if frame.height else pl.Series([], dtype=pl.UInt64)


class Cleaner:
    """Cleans one file piece by piece, and counts what it did.

    How a column writes its days shows only when all of it has been seen: where the last piece
    proves the first ones read wrongly, ``again`` gives a cleaner that knows, and the file is to be
    read once more.
    """

    def __init__(
        self,
        table: Table,
        file: str,
        headers: Headers,
        told: Told,
        evidence: Mapping[str, values.Evidence] | None = None,
    ) -> None:
        self.table, self.file, self.headers, self.told = table, file, headers, told
        self.rules = rules_of(table, headers.columns, told.today + dt.timedelta(days=1))
        self._asked_for = {name for rule in self.rules for name in rule.wrong.meta.root_names()}
        self.read = self.accepted = self.quarantined = 0
        self.counts: Counter[str] = Counter()
        self.keys: list[pl.Series] = []
        self.ids: dict[str, str] = {}
        self.columns: tuple[str, ...] = ()
        self.last: dt.date | None = None
        self.blank = (False, False)
        self._written: list[pl.Series] = []
        self.evidence: dict[str, values.Evidence] = dict(evidence or {})
        self.spellings: dict[str, dict[str, str]] = {}
        self.row_hashes = Hashes()
        self.dialect = Dialect()
        self._extra = numbered(values.as_typed(pl.Series(headers.extra, dtype=pl.String)).to_list())
        self._tidy = False
        self._orders: dict[str, set[values.Order]] = {}
        self._alike: dict[str, Alike] = {}
        self._few: dict[str, pl.Series] = {}

    # ------------------------------------------------------------------ one piece

    def clean(self, text: TextTable) -> Cleaned:
        """Read every cell of a piece for what it is; its rows are accepted or set aside."""
        self.dialect, self._tidy = text.dialect, text.tidy
        source = text.frame
        self._few = {}
        if text.apostrophes:
            strings = [name for name, dtype in source.schema.items() if dtype == pl.String]
            source = source.with_columns(values.as_typed(source[name]) for name in strings)
        frame = pl.DataFrame([self._value(column, source) for column in self.table.columns])
        frame, odd, faults = self._judge(frame, source, text.rows)
        faults += self._once(frame, source, faults)
        aside = self._aside(text, faults)
        extra = [
            _without_blanks(source[header].cast(pl.String)).alias(name)
            for header, name in zip(self.headers.extra, self._extra, strict=True)
            if name not in frame.columns
        ]
        frame, few = frame.hstack(extra), list(self._few.values())
        if faults:
            used = ~_marked(frame.height, faults)
            frame = frame.filter(used)
            few, odd = ([column.filter(used) for column in columns] for columns in (few, odd))
        self._count(text, frame, aside, odd)
        return Cleaned(frame, aside, few)

    def _value(self, column: Column, source: pl.DataFrame) -> pl.Series:
        """A column as values; all null where the file does not have it."""
        header = self.headers.columns.get(column.name)
        if header is None:
            nothing = pl.Series(column.name, [None], dtype=DTYPES[column.kind])
            return nothing.new_from_index(0, source.height)
        written = source[header]
        if column.kind == "date":
            value = self._days(column.name, written)
        elif column.kind in TEXT_KINDS:
            value = self._text(column, written)
        else:
            value = _READERS[column.kind](written)
        return value.alias(column.name)

    def _text(self, column: Column, written: pl.Series) -> pl.Series:
        """A column of text; one in which nothing new stands is not looked at again."""
        alike = self._alike.setdefault(column.name, Alike())
        if (few := alike.numbers(written)) is not None:
            self._few[column.name] = few.alias(column.name)
            return written
        if column.kind == "choice":
            value = self._choice(column, written)
        else:
            value = (values.words if column.kind == "id" else values.text)(written, tidy=self._tidy)
        if column.name == "influencer_id" and self.told.known is not None:
            self._written.append(value.unique())
            value, changed = self.told.known.canonical(value)
            self.ids |= changed
        alike.add(written, value)
        return value

    def _days(self, column: str, written: pl.Series) -> pl.Series:
        told = self.told.mapping.of("dates", self.file, self.table.name, column)
        order: values.Order | None = (
            None if told is None else "month first" if told == "month first" else "day first"
        )
        found = values.days(written, order, self.evidence.get(column))
        self.evidence[column] = found.evidence
        self._orders.setdefault(column, set()).add(found.order)
        return found.days

    def _choice(self, column: Column, written: pl.Series) -> pl.Series:
        """Known spellings as the one we use; what is very like one is remembered as a doubt."""
        told = self.told.mapping.under("values", self.file, self.table.name, column.name)
        spelled = {**column.values, **{folded(one): meant for one, meant in told.items()}}
        value, meant = values.choice(written, spelled)
        if column.values:
            ours = set(column.values.values()) | set(told.values())
            for one in sorted(set(filter(None, meant.values()))):
                if one in ours or folded(one) in spelled:
                    continue
                near = difflib.get_close_matches(folded(one), column.values, n=1, cutoff=_LIKE)
                if near:
                    self.spellings.setdefault(column.name, {})[one] = column.values[near[0]]
        return value

    # ------------------------------------------------------------------ what is wrong

    def _judge(
        self, frame: pl.DataFrame, source: pl.DataFrame, rows: pl.Series
    ) -> tuple[pl.DataFrame, list[pl.Series], list[pl.DataFrame]]:
        """Ask every rule; empty what a rule empties.

        Given are, beside the values, which rows break each rule that keeps them, and the faults
        that set rows aside.
        """
        self._one_currency(frame, source, rows)
        checked = frame.with_columns(self._given(frame, source))
        asked = [rule for rule in self.rules if not self._cannot_be(rule, frame)]
        if not asked or not frame.height:
            return frame, [], []
        hit = checked.select(rule.wrong.any().alias(rule.name) for rule in asked).row(0)
        found = [rule for rule, wrong in zip(asked, hit, strict=True) if wrong]
        if not found:
            return frame, [], []
        wrong = checked.select(rule.wrong.fill_null(value=False).alias(rule.name) for rule in found)
        faults = [
            self._fault(rule, wrong[rule.name], source)
            for rule in found
            if rule.then == "quarantined"
        ]
        for rule in found:
            if rule.then == "emptied":
                frame = frame.with_columns(frame[rule.column].set(wrong[rule.name], None))
                self._few.pop(rule.column, None)
        return frame, [wrong[rule.name] for rule in found if rule.then != "quarantined"], faults

    def _cannot_be(self, rule: Rule, frame: pl.DataFrame) -> bool:
        """Whether a rule has nothing to look at: sparing is what makes long files fast."""
        if rule.words:
            return all(
                name in self._alike and self._alike[name].none_of(rule.words)
                for name in rule.columns
            )
        about_nulls = rule.name.endswith(("_unreadable", "_missing"))
        return about_nulls and not frame[rule.column].null_count()

    def _given(self, frame: pl.DataFrame, source: pl.DataFrame) -> list[pl.Series]:
        """For each column that a rule asks it of, whether a cell says anything: a value does."""
        answer = []
        for name, header in self.headers.columns.items():
            if given(name) not in self._asked_for:
                continue
            value, written = frame[name], source[header]
            said = value.is_not_null()
            if value.null_count():
                at = (value.is_null() & written.is_not_null()).arg_true()
                left = written.gather(at)
                left = values.words(left) if written.dtype == pl.String else left
                said = said.scatter(at, left.is_not_null())
            answer.append(said.alias(given(name)))
        return answer

    def _one_currency(self, frame: pl.DataFrame, source: pl.DataFrame, rows: pl.Series) -> None:
        """Amounts of another currency cannot be added to rupees: nothing of the file is used."""
        for column in self.table.columns:
            header = self.headers.columns.get(column.name, "")
            if not header or not (column.kind == "money" or column.name == "currency"):
                continue
            value, written = frame[column.name], source[header]
            if column.kind == "money":
                if not value.null_count() or written.dtype != pl.String:
                    continue
                at = (value.is_null() & written.is_not_null()).arg_true()
                at = at.filter(written.gather(at).str.contains(values.FOREIGN))
            else:
                at = (value.is_not_null() & ~value.is_in(["INR", "₹"])).arg_true()
            if len(at):
                raise DataError(
                    "this is another currency than rupees, and a data set has one: rupees. "
                    "Convert the amounts, or take their rows out.",
                    file=self.file,
                    row=rows[at[0]],
                    column=header,
                    value=str(written[at[0]]),
                )

    def _fault(self, rule: Rule, wrong: pl.Series, source: pl.DataFrame) -> pl.DataFrame:
        at = wrong.arg_true()
        header = self.headers.columns[rule.column]
        return pl.DataFrame({"at": at, "value": source[header].gather(at).cast(pl.String)}).select(
            "at",
            pl.lit(header).alias("column"),
            "value",
            pl.lit(rule.name).alias("rule"),
            pl.lit(rule.reason).alias("reason"),
        )

    def _once(
        self, frame: pl.DataFrame, source: pl.DataFrame, faults: Sequence[pl.DataFrame]
    ) -> list[pl.DataFrame]:
        """A second row with the same key, in this file or an earlier one, cannot be told apart."""
        name = self.table.key
        if name is None or name not in self.headers.columns:
            return []
        key = frame[name].set(_marked(frame.height, faults), None)  # one set aside leaves it free
        again = ~key.is_first_distinct()
        for taken in (*self.told.taken, *self.keys):
            again = again | key.is_in(taken.implode())
        again = again.fill_null(value=False) & key.is_not_null()
        self.keys.append(key.set(again, None).drop_nulls())
        if not again.any():
            return []
        header = self.headers.columns[name]
        reason = f"another row has this {header}; each may stand once"
        rule = Rule(f"{name}_duplicate", name, "quarantined", reason, pl.col(name))
        return [self._fault(rule, again, source)]

    # ------------------------------------------------------------------ what is set aside

    def _aside(self, text: TextTable, faults: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """One row per record set aside, its first fault named."""
        if not faults and not text.problems:
            return no_quarantine()
        asides = [_of_problems(text)]
        if faults:
            first = pl.concat(faults).unique("at", keep="first", maintain_order=True).sort("at")
            at = first["at"]
            cells = text.frame[at].select(pl.all().cast(pl.String).fill_null(""))
            typed = cells.select(values.typed(pl.all())) if text.apostrophes else cells
            line = pl.concat_str(
                (
                    pl.when(pl.col(name).str.contains_any([",", '"', "\n", "\r", ";", "\t"]))
                    .then(pl.format('"{}"', pl.col(name).str.replace_all('"', '""', literal=True)))
                    .otherwise(pl.col(name))
                    for name in cells.columns
                ),
                separator=text.dialect.delimiter or ",",
            )
            asides.append(
                first.drop("at")
                .hstack(cells.select(line.alias("original")))
                .hstack(typed.select(pl.concat_list(pl.all()).alias("cells")))
                .with_columns(text.rows.gather(at).alias("row"))
            )
        joined = pl.concat(asides, how="diagonal").with_columns(
            file=pl.lit(self.file), table=pl.lit(self.table.name)
        )
        named = joined.with_columns(
            id=pl.struct("row", "original").map_elements(self._id, return_dtype=pl.String)
        )
        return named.select(pl.col(n).cast(dtype) for n, dtype in QUARANTINE.items()).sort("row")

    def _id(self, record: Mapping[str, object]) -> str:
        text = f"{self.file}\0{record['row']}\0{record['original']}"
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def _count(
        self, text: TextTable, frame: pl.DataFrame, aside: pl.DataFrame, odd: Sequence[pl.Series]
    ) -> None:
        if not self.columns:
            self.columns, self.blank = tuple(frame.columns), (not frame.height, not aside.height)
        self.read += text.read
        self.accepted += frame.height
        self.quarantined += aside.height
        for rule, count in aside["rule"].value_counts().rows():
            self.counts[rule] += count
        # Added as counters, so that a rule that only rows set aside have broken is not named.
        self.counts += Counter({wrong.name: int(wrong.sum()) for wrong in odd})
        if frame.height:
            self.row_hashes.add(row_hashes(frame))
            days = [day for row in frame.select(pl.col(pl.Date).max()).rows() for day in row]
            self.last = max(filter(None, (self.last, *days)), default=None)

    # ------------------------------------------------------------------ the whole file

    @property
    def orders(self) -> dict[str, values.Order]:
        """How each column of days is written: told, or as all that was seen shows."""
        answer: dict[str, values.Order] = {}
        for column, used in self._orders.items():
            told = self.told.mapping.of("dates", self.file, self.table.name, column)
            if told is not None:
                answer[column] = "month first" if told == "month first" else "day first"
            elif column in self.evidence:
                answer[column] = self.evidence[column].order
            else:
                answer[column] = next(iter(used))
        return answer

    @property
    def written(self) -> pl.Series:
        """The different ids of creators, as they are written; none of their own table."""
        ids = pl.concat(self._written) if self._written else pl.Series([], dtype=pl.String)
        return ids.unique().drop_nulls().sort().alias("written")

    def again(self) -> Cleaner | None:
        """A cleaner that knows how days are written, where a piece was read otherwise."""
        for column, order in self.orders.items():
            if not self._orders[column] <= {"iso", *_reads_like(order)}:
                return Cleaner(self.table, self.file, self.headers, self.told, self.evidence)
        return None


def _reads_like(order: values.Order) -> set[values.Order]:
    """The orders in which the same days come out."""
    day_first: set[values.Order] = {"day first", "day first (assumed)"}
    return day_first if order in day_first else {order}


def _without_blanks(column: pl.Series) -> pl.Series:
    """The column in which nothing between quotes is nothing too."""
    blank = column == ""
    return column.set(blank, None) if blank.any() else column


def _marked(height: int, faults: Sequence[pl.DataFrame]) -> pl.Series:
    """True for the rows that have a fault."""
    marked = pl.repeat(value=False, n=height, eager=True)
    for fault in faults:
        marked = marked.scatter(fault["at"], True)  # a value, not a flag
    return marked


def _of_problems(text: TextTable) -> pl.DataFrame:
    """Records that could not be placed under the headers."""
    names = ("row", "column", "value", "rule", "reason", "original", "cells")
    found = pl.DataFrame(
        [
            (p.row, None, None, p.rule, p.reason, p.original, list(p.cells or (p.original,)))
            for p in text.problems
        ],
        schema={name: QUARANTINE[name] for name in names},
        orient="row",
    )
    typed = pl.col("cells").list.eval(values.typed(pl.element()))
    return found.with_columns(typed) if text.apostrophes else found
