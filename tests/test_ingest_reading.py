"""Bytes to a table of text: dialects, encodings, and what is refused by its first bytes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import UnreadableFileError
from dashboard.ingest import read_text
from dashboard.ingest.reading import Dialect, TextTable
from dashboard.ingest.reading.blocks import careful, fast, own_headers

PLAIN = "id,name,caption\n007,Asha,Hello\n12.0,Bela,Namaste ₹5\n"
CELLS = [("007", "Asha", "Hello"), ("12.0", "Bela", "Namaste ₹5")]


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        (PLAIN.encode(), "utf-8", ","),
        (PLAIN.encode("utf-8-sig"), "utf-8 with BOM", ","),
        (PLAIN.encode("utf-16"), "utf-16", ","),
        (b"\xfe\xff" + PLAIN.encode("utf-16-be"), "utf-16", ","),
        (PLAIN.replace("\n", "\r\n").encode(), "utf-8", ","),
        (PLAIN.replace("\n", "\r").encode(), "utf-8", ","),
        (PLAIN.replace(",", ";").encode(), "utf-8", ";"),
        (PLAIN.replace(",", "\t").encode(), "utf-8", "\t"),
        (PLAIN.replace(",", "|").encode(), "utf-8", "|"),
        (PLAIN.rstrip("\n").encode(), "utf-8", ","),
        ((PLAIN + "\n\n,,\n  ,,\n").encode(), "utf-8", ","),
        (("\n,,\n" + PLAIN).encode(), "utf-8", ","),
        (PLAIN.replace("\n", "\n\n").encode(), "utf-8", ","),
    ],
    ids=[
        "plain",
        "BOM",
        "UTF-16",
        "UTF-16 big end first",
        "CRLF",
        "CR alone",
        "semicolons",
        "tabs",
        "bars",
        "no line end at the end",
        "blank lines below",
        "blank lines above",
        "blank lines between",
    ],
)
def test_the_same_cells_come_out_of_every_dialect(content, encoding, delimiter):
    """Ids stay as written: 007 is not 7, 12.0 is not 12."""
    table = read_text(content, "influencers.csv")
    assert table.frame.columns == ["id", "name", "caption"]
    assert table.frame.rows() == CELLS
    assert (table.dialect.encoding, table.dialect.delimiter) == (encoding, delimiter)
    assert table.read == 2


def test_text_that_is_not_utf8_is_read_as_windows_wrote_it():
    table = read_text("name,caption\nRenée,it’s “so” good – 5 €\n".encode("cp1252"), "posts.csv")
    assert table.frame.rows() == [("Renée", "it’s “so” good – 5 €")]
    assert table.dialect.encoding == "cp1252"


def test_quotes_hold_delimiters_line_ends_and_quotes():
    text = '"id","caption"\r\n"1","one, two\r\nthree ""four"""\r\n"2","भारत 🇮🇳"\r\n'
    table = read_text(text.encode(), "posts.csv")
    assert table.frame.rows() == [("1", 'one, two\r\nthree "four"'), ("2", "भारत 🇮🇳")]


def test_a_record_is_named_by_its_row_in_a_spreadsheet():
    """Header in row 3, a caption of two lines in row 4, a blank row 5."""
    table = read_text(b'\n\nid,caption\n1,"a\nb"\n\n2,c\n', "posts.csv")
    assert table.dialect.header_row == 3
    assert table.rows.to_list() == [4, 6]


def test_headers_that_repeat_or_are_missing_are_numbered_so_that_none_hides_another():
    table = read_text(b"id,date,,date\n1,2026-01-01,x,2026-01-02\n", "posts.csv")
    assert table.frame.columns == ["id", "date", "column 3", "date (2)"]
    assert table.frame.rows() == [("1", "2026-01-01", "x", "2026-01-02")]


def test_a_short_row_is_filled_and_a_long_one_is_a_problem():
    table = read_text(b"id,name\n1\n2,Bela,surplus\n3,Chitra,\n", "influencers.csv")
    assert table.frame.rows() == [("1", None), ("3", "Chitra")]
    (problem,) = table.problems
    assert (problem.row, problem.original) == (3, "2,Bela,surplus")
    assert problem.reason == "3 cells under 2 headers; quote a cell that holds a ','."
    assert table.read == 3


@pytest.mark.parametrize(
    ("text", "rows", "aside"),
    [
        ('1,"a\n2,b\n3,c\n', [("2", "b"), ("3", "c")], [(2, '1,"a')]),
        ('1,"a\n2,b\n3,"c\n4,d\n', [("2", "b"), ("4", "d")], [(2, '1,"a'), (4, '3,"c')]),
        ('1,a\n2,"b', [("1", "a"), ("2", "b")], []),
        ('1,"a"x\n2,b\n', [("1", "ax"), ("2", "b")], []),
        ('1,5" pipe\n2,b\n', [("1", '5" pipe'), ("2", "b")], []),
    ],
    ids=["to the end", "twice", "in the last line", "text behind", "inches"],
)
def test_a_quote_left_open_costs_its_line_and_none_below(text, rows, aside):
    table = read_text(f"id,caption\n{text}".encode(), "posts.csv")
    assert [(key, caption.strip()) for key, caption in table.frame.rows()] == rows
    assert [(problem.row, problem.original) for problem in table.problems] == aside
    assert table.read == len(rows) + len(aside)


def test_a_header_alone_is_a_table_without_rows():
    assert read_text(b"id,name\n", "influencers.csv").frame.shape == (0, 2)


@pytest.mark.parametrize("content", [b"", b"\n\n", b",,,\n", b"\xef\xbb\xbf"])
def test_a_file_without_a_header_is_refused(content):
    with pytest.raises(UnreadableFileError, match=r"posts\.csv: there is no header"):
        read_text(content, "posts.csv")


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("posts.csv", PLAIN)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (gzip.compress(PLAIN.encode()), "a gzip archive"),
        (zipped(), r"an Excel workbook or a zip archive named \.csv"),
        (b"\x28\xb5\x2f\xfd\x00", "a zstd archive"),
        (b"\x89PNG\r\n\x1a\n", r"a picture \(PNG\)"),
        (b"\xff\xd8\xff\xe0", r"a picture \(JPEG\)"),
        (b"GIF89a", r"a picture \(GIF\)"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel workbook"),
    ],
)
def test_what_is_no_table_is_refused_by_its_first_bytes(content, what):
    """With a way out, which is another for an archive than for a picture."""
    sentence = rf"^posts\.csv: this is {what}[.:].* (Save|Unpack|save) .*\.$"
    with pytest.raises(UnreadableFileError, match=sentence):
        read_text(content, "posts.csv")


def test_a_nul_byte_is_named_with_its_row():
    table = read_text(b"id,name\n1,Asha\n2,B\x00ela\n3,Chitra\n", "posts.csv")
    (problem,) = table.problems
    assert (problem.row, problem.rule, problem.original) == (3, "nul", "2,B\x00ela")
    assert problem.reason == "a NUL byte stands in this row; take it out."
    assert table.frame.rows() == [("1", "Asha"), ("3", "Chitra")]


@pytest.mark.parametrize("byte", [b"\x00", b"\x01"])
def test_what_is_mostly_control_bytes_is_refused_with_its_row(byte):
    with pytest.raises(UnreadableFileError, match=r"^posts\.csv, row 2: .* no table of text"):
        read_text(b"id,name\n1,Asha" + 9 * byte + b"\n", "posts.csv")


def test_broken_utf16_is_refused():
    with pytest.raises(UnreadableFileError, match="starts like UTF-16 but is not"):
        read_text(b"\xff\xfea", "posts.csv")


def test_broken_parquet_is_refused():
    with pytest.raises(UnreadableFileError, match="says it is parquet"):
        read_text(b"PAR1 and no more", "posts.parquet")


def test_a_file_that_cannot_be_opened_is_refused(tmp_path):
    with pytest.raises(UnreadableFileError, match=r"^gone\.csv: cannot be opened"):
        read_text(tmp_path / "gone.csv", "gone.csv")


def test_parquet_keeps_what_can_be_a_cell_and_prints_the_rest():
    """A list, bytes and a duration become text; NaN is an empty cell."""
    frame = pl.DataFrame(
        {
            "reach": [1.5, float("nan")],
            "tags": [["a", "b"], None],
            "raw": [b"\xff", None],
            "took": pl.Series([90, None]).cast(pl.Duration("ms")),
        }
    )
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    table = read_text(buffer.getvalue(), "posts.parquet")
    assert table.frame.rows() == [
        ("1.5", "['a', 'b']", "b'\\xff'", "0:00:00.090000"),
        (None, None, None, None),
    ]
    assert table.rows.to_list() == [2, 3]


# What a careful writer may write: any text in quotes where it needs them, blank lines anywhere.
TEXT = st.text(st.sampled_from("ab ,;\"'\n\r\té₹1.-#\\"), max_size=6)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(TEXT, min_size=width, max_size=width), max_size=6)
)


def by_both(body: bytes, width: int) -> tuple[TextTable | None, TextTable]:
    """The records below a header, the fast way (where it applies) and the careful one."""
    headers = [f"h{place}" for place in range(width)]
    quick = fast(own_headers(width, Dialect()) + body, "any.csv", headers, Dialect(), 1)
    return quick and quick.table, careful(body, "any.csv", headers, Dialect(), 1).table


def written(rows: list[list[str]], quoting: int, line_end: str, blank_after: int) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=quoting, lineterminator=line_end)
    writer.writerow([f"h{place}" for place in range(len(rows[0]) if rows else 2)])
    for place, row in enumerate(rows):
        writer.writerow(row)
        if place == blank_after:
            out.write(line_end)
    return out.getvalue().encode()


@given(
    TABLES,
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(0, 9),
)
def test_the_fast_path_reads_what_the_careful_path_reads(rows, quoting, line_end, blank_after):
    body = written(rows, quoting, line_end, blank_after)
    quick, slow = by_both(body, len(rows[0]) if rows else 2)
    if quick is None:
        return
    assert quick.frame.fill_null("").equals(slow.frame.fill_null(""))
    assert quick.rows.to_list() == slow.rows.to_list()
    assert not slow.problems


@given(TABLES, st.sampled_from(["\n", "\r\n"]))
def test_every_quoted_cell_survives_the_round_trip(rows, line_end):
    """What the csv module wrote comes back, rows of blanks apart."""
    content = written(rows, csv.QUOTE_ALL, line_end, -1)
    read = read_text(content, "any.csv").frame.fill_null("").rows()
    assert read == [tuple(row) for row in rows if any(cell.strip() for cell in row)]


def test_plain_files_take_the_fast_path():
    for text in (PLAIN, '"id","n","m"\r\n"1","two\r\nlines","3"\r\n', "id,n,m\n1,,\n\n2,3,4\n"):
        assert by_both(text.encode(), 3)[0] is not None


def test_csv_spectrum(corpora):
    """Eleven dialect traps with their expected values."""
    expected = corpora / "csv" / "csv-spectrum-json"
    for place in sorted((corpora / "csv" / "csv-spectrum").glob("*.csv")):
        frame = read_text(place, place.name).frame.fill_null("")
        assert frame.to_dicts() == json.loads((expected / f"{place.stem}.json").read_text()), place


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
def test_hostile_strings_come_back_byte_for_byte(corpora, quoting):
    """All 515 of them, the empty one and those of blanks too, beside a number."""
    naughty = json.loads((corpora / "csv" / "blns.json").read_text("utf-8"))
    assert len(naughty) == 515
    rows = [[str(place), text] for place, text in enumerate(naughty)]
    table = read_text(written(rows, quoting, "\r\n", -1), "naughty.csv")
    assert table.frame.to_series(1).fill_null("").to_list() == naughty
    assert not table.problems
