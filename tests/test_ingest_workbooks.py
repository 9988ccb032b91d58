"""Workbooks and parquet files are tables of text as any other file is, or refused."""

from __future__ import annotations

import io
import zipfile

import polars as pl
import pytest

from dashboard.errors import UnreadableFileError
from dashboard.ingest.reading import Dialect, open_file, parquet, read_text

PARTS = "http" + "://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http" + "://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKED = "http" + "://schemas.openxmlformats.org/package/2006"


def workbook(**sheets: str) -> bytes:
    """A workbook of sheets given as the XML of their rows; style 1 is a date."""
    buffer = io.BytesIO()
    names = "".join(
        f'<sheet name="{name}" sheetId="{place}" r:id="r{place}"/>'
        for place, name in enumerate(sheets, 1)
    )
    targets = "".join(
        f'<Relationship Id="r{place}" Type="{LINKS}/worksheet" Target="worksheets/s{place}.xml"/>'
        for place in range(1, len(sheets) + 1)
    )
    styles = (
        f'<styleSheet xmlns="{PARTS}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>"
    )
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{PARTS}" xmlns:r="{LINKS}"><sheets>{names}</sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKED}/relationships">{targets}'
            f'<Relationship Id="st" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
        )
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{PACKED}/content-types"/>')
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKED}/relationships"><Relationship Id="b" '
            f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr("xl/styles.xml", styles)
        for place, rows in enumerate(sheets.values(), 1):
            archive.writestr(
                f"xl/worksheets/s{place}.xml",
                f'<worksheet xmlns="{PARTS}"><sheetData>{rows}</sheetData></worksheet>',
            )
    return buffer.getvalue()


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def word(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


POSTS = (
    row(2, word("A2", "Posts of May"))
    + row(4, word("A4", "post_id"), word("B4", "date"), word("C4", "likes"), word("D4", "paid"))
    + row(
        5,
        '<c r="A5"><v>12</v></c>',
        '<c r="B5" s="1"><v>46113</v></c>',
        '<c r="C5"><f>1+1.5</f><v>2.5</v></c>',
        '<c r="D5" t="b"><v>1</v></c>',
    )
    + row(7, word("A7", "007"))
)


def test_a_sheet_is_a_table_of_text():
    """46113 is the day 2026-04-01; a formula gives what it came to."""
    table = read_text(workbook(Posts=POSTS), "book.xlsx")
    assert table.name == "book.xlsx"
    assert table.frame.columns == ["post_id", "date", "likes", "paid"]
    assert table.frame.rows() == [("12", "2026-04-01", "2.5", "true"), ("007", None, None, None)]
    assert table.rows.to_list() == [5, 7]
    assert table.dialect == Dialect("xlsx", "", header_row=4, preamble=("Posts of May",))


def test_each_sheet_that_holds_something_is_a_table_of_its_own():
    book = workbook(Posts=POSTS, Empty="", Notes=row(1, word("A1", "note")))
    assert [file.name for file in open_file(book, "book.xlsx")] == [
        "book.xlsx / Posts",
        "book.xlsx / Notes",
    ]
    with pytest.raises(UnreadableFileError, match=r"several sheets: book\.xlsx / Posts, .*Notes"):
        read_text(book, "book.xlsx")


def test_a_workbook_without_cells_is_refused():
    with pytest.raises(UnreadableFileError, match="no sheet of the workbook holds anything"):
        open_file(workbook(Empty=""), "book.xlsx")


@pytest.mark.parametrize("cut", [10, 200, 600, 1000])
def test_a_broken_workbook_is_refused(cut):
    with pytest.raises(UnreadableFileError, match=r"^book\.xlsx: .* cannot be read as one"):
        open_file(workbook(Posts=POSTS)[:cut], "book.xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    """Sixty megabytes of blanks pack into some sixty kilobytes."""
    book = workbook(Posts=POSTS + " " * 60_000_000)
    with pytest.raises(UnreadableFileError, match=r"unpacks from \d+ KB to 57 MB"):
        open_file(book, "book.xlsx")


def test_a_cell_far_from_the_others_is_refused():
    far = row(1, word("A1", "x")) + row(1_048_576, word("XFD1048576", "y"))
    with pytest.raises(UnreadableFileError, match="spans 1,048,576 rows and 16,384 columns"):
        open_file(workbook(Far=far), "book.xlsx")


def test_a_workbook_by_another_name_is_refused_with_a_way_out():
    with pytest.raises(UnreadableFileError, match=r"named \.csv: give a workbook its own ending"):
        open_file(workbook(Posts=POSTS), "posts.csv")


def test_parquet_is_read_piece_by_piece(tmp_path, monkeypatch):
    """A name that stands for several files elsewhere is one file here."""
    monkeypatch.setattr(parquet, "_ROWS", 2)
    place = tmp_path / "posts[1]*.parquet"
    pl.DataFrame({"likes": [1, 2, 3]}).write_parquet(place)
    (file,) = open_file(place, place.name)
    tables = list(file.blocks())
    assert [table.frame["likes"].to_list() for table in tables] == [[1, 2], [3]]
    assert [table.rows.to_list() for table in tables] == [[2, 3], [4]]
    assert file.done == file.size
