"""Files as people save them: each is read, or its rows are set aside, or refused; none is lost."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.errors import DashboardError, UnreadableFileError
from dashboard.ingest.reading import Dialect, open_file, read_text

# Three records; each kind of file below says the same in its own way.
RECORDS = [("1", "Asha, R", "12,50"), ("2", 'say "hi"', ""), ("3", "two\nlines", "7,25")]
HEADERS = ["key", "caption", "amount"]


def saved(delimiter: str = ",", line_end: str = "\n", **options) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end, **options)
    writer.writerows([HEADERS, *RECORDS])
    return out.getvalue()


BACKSLASHED = {"escapechar": "\\", "doublequote": False, "quoting": csv.QUOTE_ALL}
KINDS = {
    "comma": (saved(), Dialect()),
    "semicolon": (saved(";"), Dialect(delimiter=";")),
    "tab": (saved("\t"), Dialect(delimiter="\t")),
    "bar": (saved("|"), Dialect(delimiter="|")),
    "caret": (saved("^", quoting=csv.QUOTE_ALL), Dialect(delimiter="^")),
    "tilde": (saved("~", quoting=csv.QUOTE_ALL), Dialect(delimiter="~")),
    "colon": (saved(":", quoting=csv.QUOTE_ALL), Dialect(delimiter=":")),
    "blank": (saved(" ", quoting=csv.QUOTE_ALL), Dialect(delimiter=" ")),
    "all quoted": (saved(quoting=csv.QUOTE_ALL), Dialect()),
    "single quotes": (saved(quotechar="'", quoting=csv.QUOTE_ALL), Dialect(quote="'")),
    "backslashes": (saved(**BACKSLASHED), Dialect(escape="\\")),
    "CRLF": (saved(line_end="\r\n"), Dialect()),
    "CR": (saved(line_end="\r", quoting=csv.QUOTE_ALL), Dialect()),
    "no line end at the end": (saved().rstrip("\n"), Dialect()),
    "many line ends at the end": (saved() + "\n\n\n", Dialect()),
    "blanks behind commas": (saved(quoting=csv.QUOTE_ALL).replace('","', '", "'), Dialect()),
    "preamble": (
        "Payouts for: May, June\n\n" + saved(";"),
        Dialect(delimiter=";", header_row=3, preamble=("Payouts for: May, June",)),
    ),
    "preamble as wide as the table": (
        "Payouts,,\nMay 2026,,\n" + saved(),
        Dialect(header_row=3, preamble=("Payouts,,", "May 2026,,")),
    ),
    "Excel's own line": (
        "sep=;\r\n" + saved(";", "\r\n"),
        Dialect(delimiter=";", header_row=2, preamble=("sep=;",)),
    ),
}


@pytest.mark.parametrize(("text", "dialect"), KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("block", [1, 7, 1 << 20])
def test_every_way_of_saving_gives_the_same_records(text, dialect, block):
    (file,) = open_file(text.encode(), "any.csv", block)
    tables = list(file.blocks())
    assert [row for table in tables for row in table.frame.fill_null("").rows()] == RECORDS
    assert not any(table.problems for table in tables)
    assert list(file.headers) == HEADERS
    assert file.dialect == dialect
    first = dialect.header_row + 1
    assert [row for table in tables for row in table.rows] == [first, first + 1, first + 2]


@pytest.mark.parametrize(
    ("text", "rows", "aside"),
    [
        ("a,b,c\n1,2,3\n4,5\n", [("1", "2", "3"), ("4", "5", None)], []),
        ("a,b,c\n1,2,3\n4,5,6,7\n", [("1", "2", "3")], [(3, "ragged", ("4", "5", "6", "7"))]),
        ("a,b\n1,2,,\n3,4,,\n", [("1", "2"), ("3", "4")], []),
        ("a,b,,\n1,2,3,4\n", [("1", "2", "3", "4")], []),
        ("a,b,c\n1,2,3\n\n\nTotal: 3\n", [("1", "2", "3"), ("Total: 3", None, None)], []),
        ("year,2026,2026\nday,May,June\n1,2,3\n", [("day", "May", "June"), ("1", "2", "3")], []),
        (
            "a,b\n1,2\n\nx,y,z\n3,4,5\n",
            [("1", "2")],
            [(4, "ragged", ("x", "y", "z")), (5, "ragged", ("3", "4", "5"))],
        ),
        ('a,b\n1,"x" y\n2,x "y"\n3,"x"\n', [("1", "x y"), ("2", 'x "y"'), ("3", "x")], []),
        ('a,b\n1,"x\n2,y\n3,z\n', [("2", "y"), ("3", "z")], [(2, "open_quote", ("1", "x\n"))]),
        ("a,b\n1,\x00\n2,y\n", [("2", "y")], [(2, "nul", ("1", "\x00"))]),
        ("a,b\r\n1,2\n3,4\r5,6", [("1", "2"), ("3", "4"), ("5", "6")], []),
        ("a,b\n1,2", [("1", "2")], []),
        ("a,b", [], []),
        (
            "word\none\ntwo, three\nfour\n",
            [("one",), ("four",)],
            [(3, "ragged", ("two", " three"))],
        ),
        ("a,b\n'=1+1,'x\n", [("'=1+1", "'x")], []),
        ('a,b\n"C:\\new\\",2\n', [("C:\\new\\", "2")], []),
    ],
    ids=[
        "fewer cells",
        "more cells",
        "surplus that is blank",
        "headers missing",
        "footer",
        "header of two rows",
        "two tables",
        "extra quotes",
        "open quote",
        "NUL",
        "all line ends",
        "one row",
        "header only",
        "one column",
        "apostrophes",
        "backslash that escapes nothing",
    ],
)
def test_every_record_is_a_row_or_a_problem(text, rows, aside):
    table = read_text(text.encode(), "any.csv")
    assert table.frame.rows() == rows
    assert [(problem.row, problem.rule, problem.cells) for problem in table.problems] == aside
    assert table.read == len(rows) + len(aside)


@pytest.mark.parametrize(
    ("text", "delimiter", "headers"),
    [
        ("source;revenue, net;orders\nYT;1,50;3\nIG;2,50;4\n", ";", 3),
        ("1,5;2,5;3,5\n1,5;2,5;3,5\n", ";", 3),
        ("day;amount\n2026-01-01 10:30;1,234.50\n", ";", 2),
        ("key,caption,day\n1,a; b; c,x\n2,d; e; f,y\n", ",", 3),
        ("Report, of: a, b\ninfluencer_id|date|revenue\n", "|", 3),
        ("Asha Rao\nBela Shah\n", ",", 1),
        ("word\n", ",", 1),
    ],
)
def test_the_delimiter_is_what_divides_the_lines_evenly(text, delimiter, headers):
    (file,) = open_file(text.encode(), "any.csv")
    assert (file.dialect.delimiter, len(file.headers)) == (delimiter, headers)


def test_a_preamble_is_kept_and_its_lines_are_cut():
    text = "Revenue report\n" + "x" * 300 + "\n\nInfluencer ID,Date,Revenue\n1,2026-01-01,5\n"
    table = read_text(text.encode(), "any.csv")
    assert table.dialect.preamble == ("Revenue report", "x" * 200)
    assert table.dialect.header_row == 4
    assert table.rows.to_list() == [5]


def test_a_line_of_numbers_is_no_header():
    """Else a header with too few names would be taken for a preamble, and a record for a header."""
    table = read_text(b"a,b\n" + b"1,2,3\n" * 5, "any.csv")
    assert table.frame.columns == ["a", "b"]
    assert len(table.problems) == 5


def test_repeated_headers_are_told_as_they_were_written():
    (file,) = open_file(b"date,x,date,,date (2)\n", "any.csv")
    assert file.headers == ("date", "x", "date (2)", "column 4", "date (2) (2)")
    assert file.repeated == ("date",)


def test_an_apostrophe_is_noticed():
    assert not read_text(b"a,b\n1,2\n", "any.csv").apostrophes
    assert read_text(b"a,b\n1,'2\n", "any.csv").apostrophes


# ---------------------------------------------------------------------------------------- encodings


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("key,name\n1,Renée €\n".encode("utf-16-le"), "utf-16"),
        ("key,name\n1,Renée €\n".encode("utf-16-be"), "utf-16"),
        ("key,name\n1,Renée €\n".encode("cp1252"), "cp1252"),
        ("key,name\n1,Renée €\n".encode(), "utf-8"),
        ("key,name\n1,Renée €\n".encode("utf-8-sig"), "utf-8 with BOM"),
    ],
)
@pytest.mark.parametrize("block", [1, 2, 3, 100])
def test_no_character_is_cut_at_the_border_of_a_block(content, encoding, block):
    (file,) = open_file(content, "any.csv", block)
    assert [row for table in file.blocks() for row in table.frame.rows()] == [("1", "Renée €")]
    assert file.dialect.encoding == encoding


def test_each_line_is_decoded_by_itself():
    """The byte 0x81 is none of Windows', and kept."""
    table = read_text(b"key,name\n1,Ren\xe9e\n2,Ren\xc3\xa9e\n3,\x81\n", "any.csv")
    assert table.frame["name"].to_list() == ["Renée", "Renée", "\x81"]
    assert table.dialect.encoding == "utf-8 and cp1252"


@pytest.mark.parametrize("block", [1, 20, 1000])
def test_inches_do_not_hide_where_a_cell_ends(block):
    """Three quotes before the line end in the second record: a count alone would cut it there."""
    content = b'key,caption\n1,5" x\n2,"two\nlines"\n3,"a,""b"\n4,7\n'
    (file,) = open_file(content, "any.csv", block)
    rows = [row for table in file.blocks() for row in table.frame.rows()]
    assert rows == [("1", '5" x'), ("2", "two\nlines"), ("3", 'a,"b'), ("4", "7")]


def test_what_is_found_far_down_is_said_of_the_file():
    (file,) = open_file(b"key,name\n" + b"1,x\n" * 20_000 + b"2,\xe9\n", "any.csv", 1000)
    assert file.dialect.encoding == "utf-8"
    assert list(file.blocks())[-1].dialect.encoding == "cp1252"
    assert file.dialect.encoding == "cp1252"


def test_a_nul_in_the_header_is_refused_with_its_row():
    with pytest.raises(UnreadableFileError, match=r"^any\.csv, row 1: a NUL byte .* header"):
        read_text(b"ke\x00y,name\n1,2\n", "any.csv")


# ------------------------------------------------------------------------------------------------


def test_a_file_is_read_again_from_the_start_and_says_how_far_it_is():
    content = b"key,name\n" + b"1,x\n" * 100
    (file,) = open_file(content, "any.csv", 40)
    first = next(iter(file.blocks()))
    assert 9 < file.done < file.size == len(content)
    assert sum(table.frame.height for table in file.blocks()) == 100
    assert file.done == file.size
    assert first.rows[0] == 2


def test_of_a_file_only_the_start_is_read_to_refuse_it(tmp_path):
    """Sixty-four gigabytes of nothing behind four bytes."""
    place = tmp_path / "huge.csv"
    with place.open("wb") as file:
        file.write(b"\x1f\x8b\x08\x00")
        file.truncate(64 * 1024**3)
    with pytest.raises(UnreadableFileError, match="this is a gzip archive"):
        open_file(place, "huge.csv")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"key,name\n1,%s\n" % (b"x" * 50_000_000), "row 2: this record is longer than 32 MB"),
        (b'key,name\n1,"%s"\n' % (b"x" * 50_000_000), "row 2: this record is longer than 32 MB"),
        (b"x" * 2_000_000, "row 1: the first line is longer than 1 MB"),
        (b",".join([b"x"] * 10_000), "the header has 10,000 columns, more than 4,096"),
        (b"key,name\n" + b'1,"x\n' * 200_000, "100,000 rows up to here do not fit"),
    ],
    ids=["cell", "quoted cell", "first line", "columns", "open quotes"],
)
@pytest.mark.timeout(5)
def test_what_is_longer_than_a_table_can_be_is_refused(content, sentence):
    with pytest.raises(UnreadableFileError, match=sentence):
        read_text(content, "any.csv")


@pytest.mark.timeout(5)
def test_a_line_of_a_million_characters_is_read():
    table = read_text(b"key,name\n1,%s\n2,y\n" % (b"x" * 1_000_000), "any.csv")
    assert table.frame["name"].str.len_bytes().to_list() == [1_000_000, 1]


# ------------------------------------------------------------------------- what is no table of text


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"BZh91AY&SY\x00", "a bzip2 archive"),
        (b"\xfd7zXZ\x00\x00", "an xz archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!\x1a\x07\x00", "a rar archive"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", r"a picture \(WebP\)"),
        (b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36", r"a picture \(BMP\)"),
        (b"II*\x00\x08\x00", r"a picture \(TIFF\)"),
        (b"\x7fELF\x02\x01", "a program"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "a program"),
        (b"SQLite format 3\x00", "a SQLite database"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        (b"<!DOCTYPE html>\n<p>Log in", r"a web page \(HTML\)"),
        (b"\n <html lang=en>", r"a web page \(HTML\)"),
        (b"<?xml version='1.0'?>", "XML"),
        (b'{"key": 1}', "JSON"),
        (b' [ {"key": 1}]', "JSON"),
    ],
)
def test_what_is_no_table_is_named_with_a_way_out(content, what):
    with pytest.raises(UnreadableFileError, match=rf"^any\.csv: this is {what}\. .+\.$"):
        open_file(content, "any.csv")


@pytest.mark.parametrize("text", ["BMI,weight\n1,2\n", "MZ,GIF\n1,2\n", "PK,id\n1,2\n"])
def test_a_table_may_start_with_letters_that_others_start_with(text):
    assert read_text(text.encode(), "any.csv").frame.rows() == [("1", "2")]


# --------------------------------------------------------------------------------------- properties

TEXT = st.text(st.sampled_from("ab ,;\"'\n\r\té₹1.-#\\"), max_size=6)
ROWS = st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=8)


@given(ROWS, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.integers(1, 60))
def test_blocks_of_any_size_give_what_the_whole_gives(rows, quoting, block):
    out = io.StringIO(newline="")
    csv.writer(out, quoting=quoting).writerows([("influencer_id", "date", "revenue"), *rows])
    content = out.getvalue().encode()
    whole = read_text(content, "any.csv")
    (file,) = open_file(content, "any.csv", block)
    parts = list(file.blocks())
    whole_frame = whole.frame.fill_null("")
    assert pl.concat([part.frame for part in parts]).fill_null("").equals(whole_frame)
    assert pl.concat([part.rows for part in parts]).equals(whole.rows)
    assert whole_frame.rows() == [row for row in rows if "".join(row).strip()]
    assert not whole.problems


DEVICES = (
    b"a", b"1", b",", b";", b"\t", b" ", b'"', b'""', b"'", b"\\", b"\n", b"\r\n", b"\r", b"\x00",
    b"\xff", b"\xfe", b"\xe9", b"\xc3\xa9", b"sep=;", b"date", b"PK\x03\x04", b"PAR1",
)  # fmt: skip
PIECES = st.sampled_from(DEVICES)


@given(
    st.one_of(st.binary(max_size=80), st.lists(PIECES, max_size=40).map(b"".join)),
    st.integers(1, 20),
    st.sampled_from(["any.csv", "any.xlsx"]),
)
@example(b"'\t'", 1, "any.csv")
@example(b"\x00", 1, "any.csv")
def test_any_bytes_are_read_or_refused_in_a_sentence(content, block, name):
    try:
        for file in open_file(content, name, block):
            assert list(file.blocks())
    except DashboardError as error:
        sentence = str(error)
    else:
        sentence = name
    assert sentence.startswith(name)


MENDABLE = st.sampled_from([piece for piece in DEVICES if b"K" not in piece])


@given(st.lists(st.tuples(st.integers(0, 200), MENDABLE), max_size=3))
def test_no_record_of_a_damaged_file_is_lost(damages):
    """Each of ten keys is found in the rows or in what was set aside, once."""
    body = bytearray(b"".join(b"K%d,2026-01-01,%d\n" % (key, key) for key in range(10)))
    for place, piece in damages:
        body[place % len(body) : place % len(body)] = piece
    table = read_text(b"influencer_id,date,revenue\n" + bytes(body), "any.csv")
    kept = [cell or "" for row in table.frame.rows() for cell in row]
    kept += [problem.original for problem in table.problems]
    assert "".join(kept).count("K") == 10
