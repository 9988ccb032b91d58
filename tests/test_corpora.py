"""Forty real sets that nobody here wrote: their totals are those of csv and Decimal."""

from __future__ import annotations

import csv
import io
import re
from decimal import ROUND_HALF_EVEN, Decimal

import polars as pl
import pytest
import xlsxwriter

from dashboard.dataset import load, load_files
from dashboard.ledger import build
from dashboard.query import answer

SETS = [f"set-{number:02d}" for number in range(1, 41)]


@pytest.fixture(params=SETS)
def place(request, corpora):
    return corpora / "campaign-sets" / request.param


def table(place, name):
    """The rows of a file by the csv module: headers in lower case, blank rows left out."""
    with (place / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    return [dict(zip((cell.strip().lower() for cell in header), row, strict=False)) for row in rows]


def paise(cell):
    """An amount rounded half to even; None where there is none."""
    text = (cell or "").strip()
    if text.lower() in {"", "nan", "null", "none"}:
        return None
    return int(Decimal(text).quantize(Decimal("0.01"), ROUND_HALF_EVEN) * 100)


def test_a_real_set_loads_and_its_totals_are_exact(place):
    made = load(place)
    ledger = build(made)
    tracking = table(place, "tracking_data")
    sold = [row for row in tracking if (row["influencer_id"] or "").strip() not in {"", "nan"}]
    revenue = sum(paise(row["revenue"]) or 0 for row in sold)
    orders = sum(int(Decimal(row["orders"])) for row in sold)
    everything = sum(paise(row["revenue"]) or 0 for row in tracking)
    payouts = [row for row in table(place, "payouts") if paise(row["total_payout"]) is not None]
    paid = sum(paise(row["total_payout"]) for row in payouts)
    spent = sum(
        paise(row["total_payout"])
        for row in payouts
        if (row.get("status") or "").strip().lower() not in {"cancelled", "canceled"}
    )
    assert made.tables["tracking_data"]["revenue"].sum() == everything
    assert made.tables["payouts"]["total_payout"].sum() == paid
    assert ledger.facts["sales"]["revenue"].sum() == revenue
    assert ledger.facts["sales"]["orders"].sum() == orders
    assert ledger.facts["spend"]["spend"].sum() == spent
    totals = answer(ledger, ["revenue", "orders", "spend", "profit"]).row(0)
    assert totals == (revenue / 100, orders, spent / 100, (revenue - spent) / 100)


def test_every_row_of_a_real_set_is_accounted_for(place):
    report = load(place).report
    for name in ("influencers", "posts", "tracking_data", "payouts"):
        assert report.read[name] == len(table(place, name))
        assert report.accepted[name] + report.quarantined[name] == report.read[name]


def test_a_real_sets_payouts_are_spent_one_by_one(place):
    ledger = build(load(place))
    spent = dict(ledger.accrued.group_by("payout").agg("spend").rows())
    payouts = ledger.dataset.tables["payouts"]
    for number, (amount, status) in enumerate(payouts.select("total_payout", "status").rows()):
        assert sum(spent.get(number, [])) == (0 if status == "cancelled" else amount)


def test_one_real_set_loses_rows_and_they_are_posts_with_negative_counts(corpora):
    lost = {}
    for name in SETS:
        quarantine = load(corpora / "campaign-sets" / name).report.quarantine
        if quarantine.height:
            lost[name] = set(quarantine["rule"].to_list())
    assert lost == {"set-35": {"likes_negative", "comments_negative"}}


# ------------------------------------------------------------- the same rows in another's dress


def cells(place, name):
    """A file as rows of cells by the csv module, the header first, blank lines left out."""
    with (place / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.reader(file) if any(cell.strip() for cell in row)]


def delimited(rows, delimiter=",", line_end="\n", **how):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, **how).writerows(rows)
    return text.getvalue()


def semicolons(rows):
    """As a European Excel saves: semicolons, CRLF, a byte order mark, the delimiter said."""
    return {"csv": ("sep=;\r\n" + delimited(rows, ";", "\r\n")).encode("utf-8-sig")}


def utf16(rows):
    """As Excel saves "Unicode text": tabs, UTF-16, everything in quotes."""
    return {"txt": delimited(rows, "\t", "\r\n", quoting=csv.QUOTE_ALL).encode("utf-16")}


def titled(rows):
    """As an agency sends: a title above, Title Case headers, blank lines and a total below."""
    header = [cell.strip().replace("_", " ").title() for cell in rows[0]]
    end = ["Total"] + [""] * (len(header) - 1)
    above = [["Report of the agency, May 2026"], [""]]
    return {"csv": delimited([*above, header, *rows[1:], [""] * len(header), end]).encode()}


def indian(rows):
    """Amounts with ₹ and Indian grouping, days as 31-05-2026."""
    header = [cell.strip().lower() for cell in rows[0]]
    money = {header.index(one) for one in ("revenue", "total_payout") if one in header}
    days = {place for place, one in enumerate(header) if one in {"date", "post_date"}}

    def dressed(place, cell):
        if place in money and re.fullmatch(r"\d+\.?\d*", cell):
            whole, _, part = cell.partition(".")
            head, tail = whole[:-3], whole[-3:]
            pairs = re.findall(r"\d{1,2}(?=(?:\d{2})*$)", head)
            return "₹" + ",".join([*pairs, tail]) + (f".{part}" if part else "")
        found = re.match(r"(\d{4})-(\d\d)-(\d\d)", cell) if place in days else None
        return f"{found[3]}-{found[2]}-{found[1]}" if found else cell

    return {
        "csv": delimited(
            [rows[0], *([dressed(*cell) for cell in enumerate(row)] for row in rows[1:])]
        ).encode()
    }


def workbook(rows):
    """As a sheet of a workbook, every cell as text."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Sheet1")
        for row, texts in enumerate(rows):
            for place, text in enumerate(texts):
                sheet.write_string(row, place, text)
    return {"xlsx": packed.getvalue()}


@pytest.mark.parametrize("dress", [semicolons, utf16, titled, indian, workbook])
@pytest.mark.parametrize("name", SETS[::4])
def test_a_real_set_in_another_dress_is_the_same_dataset(corpora, name, dress):
    place = corpora / "campaign-sets" / name
    made = {}
    for table_name in ("influencers", "posts", "tracking_data", "payouts"):
        rows = cells(place, table_name)
        ((suffix, content),) = dress(rows).items()
        made[f"{table_name}.{suffix}"] = content
    plain, dressed = load(place), load_files(made)
    for table_name, frame in plain.tables.items():
        other = dressed.tables[table_name]
        known = [column for column in frame.columns if column in other.columns]
        assert other.select(known).equals(frame.select(known)), table_name
    aside = dressed.report.quarantine.filter(~pl.col("rule").is_in(["total_row"]))
    missing = aside.filter(pl.col("reason").str.contains("is empty"))
    assert aside.height - missing.height == plain.report.quarantine.height


def test_no_real_set_needs_more_than_one_answer(corpora):
    """Most none; what is asked has an answer that is assumed."""
    asked = {name: load(corpora / "campaign-sets" / name).report.questions for name in SETS}
    assert max(map(len, asked.values())) <= 1
    assert {question.where[0] for one in asked.values() for question in one} <= {"dates", "brands"}


def test_a_real_sets_reach_is_the_sum_of_its_rows(corpora):
    """Of the rows that are in use: one set has posts with negative likes set aside."""
    for name in SETS:
        place = corpora / "campaign-sets" / name
        rows = table(place, "posts")
        usable = [
            row
            for row in rows
            if all(not (row.get(one) or "").startswith("-") for one in ("likes", "comments"))
        ]
        reach = sum(
            int(Decimal(row["reach"])) for row in usable if (row.get("reach") or "").strip()
        )
        assert load(place).tables["posts"]["reach"].sum() == reach
