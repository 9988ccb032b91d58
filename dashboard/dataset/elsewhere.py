"""Importing from elsewhere: tracking rows are added up where they are, only cells come here."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import narwhals as nw
import polars as pl

from dashboard.dataset.days import keep_tally, keeps_tally, kept_until
from dashboard.dataset.importing import with_note
from dashboard.dataset.store import Store
from dashboard.dataset.versions import Version
from dashboard.engines import Rolled
from dashboard.engines.coarsening import BUDGET
from dashboard.engines.engine import Found, Tidy, fetched
from dashboard.engines.packing import WORDS
from dashboard.engines.rolling import finished
from dashboard.engines.rollup import Rows
from dashboard.engines.sources import Source
from dashboard.engines.tally import Tally, later, tally
from dashboard.errors import MissingColumnError
from dashboard.formats import number
from dashboard.ingest import FileMapping, FileReport, Report, brands, values
from dashboard.ingest.cleaning import Told, empty, row_hashes
from dashboard.ingest.hashes import added
from dashboard.ingest.headers import map_columns
from dashboard.ingest.intake import must_be_possible, report_on, take_in
from dashboard.ingest.keys import Known
from dashboard.ingest.rules import FIRST_YEAR
from dashboard.ingest.survey import survey
from dashboard.schema import TABLES

Tell = Callable[[str], None]
"""Told what is being done."""

TRACKING = TABLES["tracking_data"]
_TEXTS = (*WORDS, "user_id")
_HALF = 1e-6
"""So near to half a paisa an amount stands on it: doubles hold few decimals exactly."""


def import_from(
    source: Source,
    store: Store,
    mapping: FileMapping | None = None,
    tell: Tell = lambda _: None,
    *,
    since: dt.date | None = None,
    budget: int = BUDGET,
) -> tuple[Version, Report]:
    """Make a version of a dataset from tables that live elsewhere.

    Influencers, posts and payouts come here and are read as from files. Tracking rows stay, and
    are judged and added up there: one without a day, orders or a usable amount is counted as set
    aside. Given a day, only rows ``since`` then are, and what those of the days before come to is
    taken from the current version, which must be of the same source. Where they come to more cells
    than the ``budget``, the products of each brand are added up.

    Raises
    ------
    DataError, EngineError, PlaceError
        Tables cannot be used, the engine stopped, the folder cannot be written, or days before are
        not as they were; what was saved before is untouched.
    """
    mapping = mapping or FileMapping()
    before = kept_until(since, store, source.label, mapping) if since else None
    names = {table: mapping.get("sources", table) or table for table in TABLES}
    files: dict[str, bytes] = {}
    for table in TABLES:
        if table != TRACKING.name:
            tell(f"Reading {names[table]}")
            files[f"{table}.parquet"] = _parquet(source.table(names[table]))
    written = source.table(names[TRACKING.name])
    columns = _columns(written, names[TRACKING.name], mapping)
    plan = survey(files, mapping)
    must_be_possible(plan, files, source.label, without=(TRACKING.name,))
    with store.draft() as draft:
        taken = take_in(plan, Told(mapping), draft)
        report = report_on(plan, taken, draft)
        ids = draft.table("influencers").select("influencer_id").collect().to_series()
        tell(f"Adding up {names[TRACKING.name]}")
        known = Known(ids.drop_nulls().to_list())
        judged = _judged(written, columns)
        if before is None:
            tallied = tally(source.engine(judged.rows, _tidy(known)))
            draft.heals = not keeps_tally(store)  # though rows are as they were
        else:
            before.must_be_of(columns)
            before.must_mean(known)
            is_later = nw.col("date") >= nw.lit(before.since)
            tallied = later(
                source.engine(judged.rows.filter(is_later), _tidy(known)),
                source.engine(judged.rows.filter(~is_later), _tidy(known)),
                before.tally,
                judged.rows,
                before.since,
            )
        found = tallied.found()
        rolled = Rolled()
        if found:
            rolled = finished(found, lambda lines: brands(lines, mapping).brand, budget)
        tell("Saving")
        tracked = _report(names[TRACKING.name], source, columns, judged.rules, rolled)
        report = with_note(replace(report, files=(*report.files, tracked)), rolled.note)
        draft.part(TRACKING.name, empty(TRACKING))
        draft.keep(rolled)
        keep_tally(draft.path, tallied, columns)
        draft.write("mapping.toml", mapping.to_toml())
        taken.sums[TRACKING.name] = (rolled.rows, _sum(tallied, found))
        version = taken.version(
            {name: [column.name for column in table.columns] for name, table in TABLES.items()}
        )
        manifest = {"rows": report.accepted, "place": source.label, "report": report.as_json()}
        return draft.finish(version, {**manifest, "answers": mapping.to_toml()}), report


def _parquet(rows: Rows) -> bytes:
    """A small table as a parquet file, to be read as any other."""
    packed = io.BytesIO()
    fetched(rows).write_parquet(packed)
    return packed.getvalue()


def _columns(rows: Rows, name: str, mapping: FileMapping) -> Mapping[str, str]:
    """The columns of the tracking table: ours to theirs."""
    headers = list(rows.collect_schema())
    found = map_columns(TRACKING, headers, name, mapping).columns
    for column in TRACKING.columns:
        if column.required and column.name not in found:
            raise MissingColumnError(name, TRACKING.words, column, headers)
    return found


@dataclass(frozen=True)
class _Judged:
    """Tracking rows as the rollup wants them, and how many were set aside by each rule."""

    rows: Rows
    rules: Mapping[str, int]


def _judged(rows: Rows, columns: Mapping[str, str]) -> _Judged:
    """Rows with a day, orders and a usable amount; the others are counted under their first fault.

    Amounts are rounded to paise half to even.
    """
    kinds = rows.collect_schema()
    texts = {
        name: nw.col(columns[name]).cast(nw.String)
        if name in columns
        else nw.lit(None, dtype=nw.String)
        for name in _TEXTS
    }
    revenue, orders = nw.col(columns["revenue"]), nw.col(columns["orders"])
    whole = kinds[columns["revenue"]].is_integer()
    plain = rows.select(
        date=nw.col(columns["date"]).cast(nw.Date),
        orders=orders.cast(nw.Int64),
        amount=revenue.cast(nw.Int64 if whole else nw.Float64),
        **texts,
    )
    amount = nw.col("amount")
    faults = {
        "missing_date": nw.col("date").is_null(),
        "date_range": nw.col("date") < nw.lit(_first_day()),
        "missing_orders": nw.col("orders").is_null(),
        "missing_revenue": amount.is_null(),
    }
    if not whole:  # before the range: some engines take it for the largest number
        faults["revenue_not_finite"] = amount.is_nan()
    faults["revenue_range"] = (amount > _MOST) | (amount < -_MOST)
    fault = nw.lit(0)
    for place, found in reversed(list(enumerate(faults.values(), 1))):
        fault = nw.when(found.fill_null(value=False)).then(nw.lit(place)).otherwise(fault)
    marked = plain.with_columns(fault=fault.cast(nw.Int64))
    bad = marked.filter(nw.col("fault") > 0)
    counted = bad.with_columns(rows=nw.lit(1).cast(nw.Int64)).group_by("fault")
    sums = fetched(counted.agg(nw.col("rows").sum())).cast(pl.Int64).sort("fault")
    names = list(faults)
    rules = {names[place - 1]: count for place, count in sums.select("fault", "rows").iter_rows()}
    user = nw.col("user_id").str.strip_chars()
    nobody = user.str.to_lowercase().is_in(sorted(values.NULLS))
    usable = marked.filter(nw.col("fault") == 0).with_columns(
        revenue=(amount * 100).cast(nw.Int64) if whole else _paise(amount),
        user_id=nw.when(~nobody).then(user),
    )
    return _Judged(usable.select("date", *_TEXTS, "orders", "revenue"), rules)


def _sum(tallied: Tally, found: Found | None) -> int:
    """What changes with the cells, whatever room there is for them, and with who bought in each."""
    total = int(row_hashes(tallied.cells).sum())
    return added(total, int(row_hashes(found.bought).sum()) if found else 0)


_MOST = float(values.MOST_RUPEES)


def _first_day() -> dt.date:
    return dt.date(FIRST_YEAR, 1, 1)


def _paise(rupees: nw.Expr) -> nw.Expr:
    """Rupees as whole paise, half to even."""
    hundredfold = rupees * 100
    below = hundredfold.floor()
    above = (hundredfold - below) - 0.5
    even = below.cast(nw.Int64)
    odd = even % 2  # its sign is that of the engine
    near = nw.when(above > 0).then(even + 1).otherwise(even)
    return nw.when(above.abs() < _HALF).then(even + odd * odd).otherwise(near)


def _tidy(known: Known) -> Tidy:
    """Texts as files' are read: nothing said is null, ids are written as in influencers."""

    def tidy(name: str, texts: pl.Series) -> pl.Series:
        said = values.words(texts)
        return (known.canonical(said)[0] if name == "influencer_id" else said).alias(name)

    return tidy


def _report(
    name: str, source: Source, columns: Mapping[str, str], rules: Mapping[str, int], rolled: Rolled
) -> FileReport:
    aside = sum(rules.values())
    stay = (
        f"{number(rolled.rows)} rows stay in {source.label}; they were added up there to "
        f"{number(rolled.cells.height)} cells."
    )
    return FileReport(
        name,
        TRACKING.name,
        rolled.rows + aside,
        rolled.rows,
        aside,
        columns,
        notes=(stay,),
        rules=rules,
    )
