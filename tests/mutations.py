"""Mutations: what befalls a file on its way from a spreadsheet to us, one function each."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

Bytes = Callable[[bytes, Random], bytes]
Rows = Callable[[list[list[str]], Random], None]

AMOUNTS = (
    "₹1,25,000|1.25 L|2 Cr|Rs. 500|$5|5 USD|1e400|1e5|-1e-400|NaN|inf|-Infinity|-5|−5|(500)|0|-0|"
    "1234567890123456789012345|9999999999999|10000000000000|10000000000001|99999999999999.99|"
    "0.005|0.015|1.005|2.675|.5|5.|1,5|1.234,56|1,234.56|12,34|1_000|+7|++7|0x10|१२३|1/2|50%|₹|-|"
    "--|1 000|1\xa0000|INR 5|5 INR|'-5|'=5|=5|1e|1e99|1e-99|0.1e20 cr|5k|5 lakhs|Rs|"
    "9223372036854775807|-9223372036854775808|92233720368547758.07|00012|"
    "1.0000000000000000000000000000000000001"
).split("|")
DAYS = (
    "2026-01-31|31-01-2026|01/31/2026|31/01/26|1/2/26|2026/1/2|20260131|45678|45678.5|"
    "31 Jan 2026|Jan 31, 2026|31-Jan-26|January 5, 2026|2026-02-30|0000-00-00|9999-12-31|"
    "10000-01-01|1899-12-30|0026-01-01|2026-01-31T10:00:00Z|2026-01-31 23:59:59.999999+05:30|"
    "soon|31.12.1999|2000-01-01|1999-12-31|2126-01-01|29/02/2025|29/02/2024|13/13/2026|12/12/12|"
    "00/00/0000|32/01/2026|-2026-01-01|2026-13-01|99999|30000|79999|29999|2026-01|2026|Q1 2026|"
    "today|2026-1-1|1-1-1|01-02-03|\uff12\uff10\uff12\uff16-01-01"
).split("|")
IDS = (
    "12.0|12|012| 12 |inf_001|INF001|INF-001|inf001|1|1.0|1.00|2.0|İ|ß|SS|nan|null|N/A|Total|"
    "TOTAL:|grand total|Sub-Total|influencer_id|id|0|-1|'1|=1+1|x1e5|1e5|\u200b1|\ufeff1|1\u0301|"
    "None|-"
).split("|")
FORMULAS = (
    "=1+1|=HYPERLINK(\"http://x\")|@SUM(A1)|+1|-1|\t=1|'=1|''=1|' =1|=cmd|'/C calc'!A0|<script>|"
    '{{7*7}}|a\r\nb|a\nb|a\rb|"|""|"a|a"b|a""b|,|;|\\|\\"|\\n|\'|\' \'|\x00|\x1a|\x1b[31m|'
    "\ud7ff|\ufdd0|\ufdd1|\U0010ffff|\u202e|\u2028|\x85|\x1c|\x0b|\x0c|sep=;|#|//|--|C:\\new|"
    "mailto:|javascript:alert(1)"
).split("|")
HEADERS = (
    "influencer_id|id|ID|date|orders|revenue|campaign|name|platform|total_payout|basis|status|"
    "reach|likes|comments|url|caption|post_id|user_id|brand|currency|set_aside_id|set_aside_in|0|"
    "1|column 1|column 2|Total Payout (INR)|infl_id|Influencer|revnue|order_date|date (2)|"
    '\x00given reach|at|row|value|rule|reason|file|table|cells|original|len|begun|\'=x|=x|"x"|'
    "a.b|a=b|[x]|é|日本|"
).split("|")
INVISIBLE = [
    b"\t",
    b"\n",
    b"\r",
    b"\r\n",
    b"\x00",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\n\n",
    b" ",
    b"\x1a",
]
LONG = 70_000


def naughty(corpora: Path) -> list[str]:
    """The big list of naughty strings, where it is here."""
    file = corpora / "csv" / "blns.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else []


def cut(content: bytes, lines: int) -> bytes:
    """The first lines of a file."""
    return b"".join(content.splitlines(keepends=True)[:lines])


# ------------------------------------------------------------------------------------------- bytes


def flip(content: bytes, rng: Random) -> bytes:
    """Change some bytes."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 3, 10))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def delete(content: bytes, rng: Random) -> bytes:
    """Take a slice out."""
    start, end = _slice(content, rng)
    return content[:start] + content[end:]


def insert(content: bytes, rng: Random) -> bytes:
    """Put what has a meaning somewhere, once or often."""
    what = rng.choice(rb"""" ' , ; | \ "" "," ,,, = """.split() + INVISIBLE)
    for _ in range(rng.choice((1, 1, 2, 9))):
        at = rng.randrange(len(content) + 1)
        content = content[:at] + what + content[at:]
    return content


def double(content: bytes, rng: Random) -> bytes:
    """Repeat a slice."""
    start, end = _slice(content, rng)
    return content[:end] + content[start:end] * rng.choice((1, 1, 2, 20)) + content[end:]


def truncate(content: bytes, rng: Random) -> bytes:
    """Lose the end, or the start."""
    at = rng.randrange(len(content) + 1)
    return content[:at] if rng.random() < 0.8 else content[at:]


def encode(content: bytes, rng: Random) -> bytes:
    """Save it in another encoding."""
    text = content.decode("utf-8", "replace")
    codec = rng.choice(
        ("utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-8-sig", "utf-32", "cp1252")
    )
    return (text + rng.choice(("", "é€\n"))).encode(codec, "replace")


def end_lines(content: bytes, rng: Random) -> bytes:
    """Write all or some line ends another way."""
    to = rng.choice(
        (b"\r", b"\r\n", b"\n\r", b"\r\r\n", b"\n\n", b"\x0b", b"\xe2\x80\xa8", b"\x85")
    )
    lines = content.splitlines()
    if rng.random() < 0.7:
        return to.join(lines) + rng.choice((to, b""))
    return b"".join(line + rng.choice((to, b"\n")) for line in lines)


def delimit(content: bytes, rng: Random) -> bytes:
    """Put another delimiter in place of every comma, or of some."""
    to = rng.choice((b";", b"\t", b"|", b"^", b"~", b":", b" ", b", ", b" ,", b",,"))
    return content.replace(b",", to, rng.choice((-1, -1, -1, 5, 30)))


def quote(content: bytes, rng: Random) -> bytes:
    """Quote every cell, in one way or another, or lose the quotes."""
    with_ = rng.choice((b'"', b"'", b"", b'\\"', b'""', b"\xe2\x80\x9c"))
    if not with_:
        return content.replace(b'"', b"")
    return b"\n".join(
        with_ + (with_ + b"," + with_).join(line.split(b",")) + with_
        for line in content.splitlines()
    )


def preamble(content: bytes, rng: Random) -> bytes:
    """Put lines above or below that are no rows."""
    lines = rng.choice(
        (
            b"Report of May\n",
            b"\n\n",
            b"sep=;\n",
            b"sep=,\n",
            b",,,\n,,\n",
            b'"Title, 2026",,\n\n',
            b"# a\n# b\n",
            b"a\tb\n",
            b"\xef\xbb\xbf",
            b"Exported: 2026-01-01\nBy: me\n",
        )
    )
    return lines + content if rng.random() < 0.7 else content + lines


def _slice(content: bytes, rng: Random) -> tuple[int, int]:
    start = rng.randrange(len(content) + 1)
    return start, min(len(content), start + rng.choice((1, 2, 10, 100, 1000)))


# ------------------------------------------------------------------------------------------- cells


def set_cells(rows: list[list[str]], rng: Random, words: Sequence[str]) -> None:
    """Write something in one cell, some cells, or all cells of a column."""
    width = max(map(len, rows))
    column = rng.randrange(width or 1)
    chosen = rows[1:] if rng.random() < 0.3 else rng.choices(rows, k=rng.choice((1, 1, 3)))
    one = rng.choice(words)
    same = rng.random() < 0.5
    for row in chosen:
        if column < len(row):
            row[column] = one if same else rng.choice(words)


def set_header(rows: list[list[str]], rng: Random) -> None:
    """Call a column something else."""
    if rows[0]:
        header = rng.choice((*HEADERS, *rows[0]))
        at = rng.randrange(len(rows[0]))
        rows[0][at] = rng.choice((header, header.upper(), f" {header} ", header + "s", ""))


def drop_column(rows: list[list[str]], rng: Random) -> None:
    """Lose a column."""
    at = rng.randrange(max(1, len(rows[0])))
    for row in rows:
        del row[at : at + 1]


def add_column(rows: list[list[str]], rng: Random) -> None:
    """Gain one."""
    at, word = rng.randrange(len(rows[0]) + 1), rng.choice((*AMOUNTS, *DAYS, *IDS, ""))
    for row in rows:
        row.insert(at, word)
    rows[0][at] = rng.choice(HEADERS)


def swap_rows(rows: list[list[str]], rng: Random) -> None:
    """Put the header again, rows twice, blank rows, or no rows."""
    at = rng.randrange(len(rows) + 1)
    what = rng.randrange(5)
    if what == 0:
        rows.insert(at, list(rows[0]))
    elif what == 1:
        rows.insert(at, list(rng.choice(rows)))
    elif what == 2:
        rows.insert(at, [""] * rng.choice((0, 1, len(rows[0]))))
    elif what == 3:
        del rows[rng.choice((0, 1, at)) :]
    else:
        del rows[0]


def total_row(rows: list[list[str]], rng: Random) -> None:
    """Sum up at the end."""
    row = [""] * len(rows[0])
    if row:
        row[rng.choice((0, rng.randrange(len(row))))] = rng.choice(
            ("Total", "TOTAL", "Grand total:")
        )
    rows.append(row)


def ragged(rows: list[list[str]], rng: Random) -> None:
    """Give a row more cells or fewer."""
    row = rng.choice(rows)
    if rng.random() < 0.5:
        row += [rng.choice(("", "surplus", " "))] * rng.choice((1, 2, 50))
    else:
        del row[rng.randrange(len(row) + 1) :]


def long_cell(rows: list[list[str]], rng: Random) -> None:
    """Write a very long cell."""
    set_cells(
        rows, rng, [rng.choice(("x", "9", '"', "é", ",", " ", "1,")) * rng.choice((300, LONG))]
    )


BYTES: tuple[Bytes, ...] = (
    flip,
    delete,
    insert,
    insert,
    double,
    truncate,
    encode,
    end_lines,
    delimit,
    quote,
    preamble,
)
ROWS: tuple[Rows, ...] = (
    set_header,
    set_header,
    drop_column,
    add_column,
    swap_rows,
    total_row,
    ragged,
)
WORDS = (AMOUNTS, DAYS, IDS, FORMULAS, ("",))


def mutated(content: bytes, rng: Random, other: bytes = b"", more: Sequence[str] = ()) -> bytes:
    """The file after one to four mishaps; ``other`` may be spliced in, ``more`` be its cells."""
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4))):
        what = rng.random()
        if what < 0.4:
            content = rng.choice(BYTES)(content or b"\n", rng)
        elif what < 0.45:
            content = (
                content[: rng.randrange(len(content) + 1)] + other[rng.randrange(len(other) + 1) :]
            )
        else:
            content = in_rows(content, rng, more)
    return content


def in_rows(content: bytes, rng: Random, more: Sequence[str] = ()) -> bytes:
    """The file with other cells."""
    rows = as_rows(content)
    what = rng.random()
    if what < 0.5:
        set_cells(rows, rng, rng.choice((*WORDS, more) if more else WORDS))
    elif what < 0.52:
        long_cell(rows, rng)
    else:
        rng.choice(ROWS)(rows, rng)
    return as_text(rows, rng.choice(("\n", "\n", "\r\n"))).encode("utf-8", "replace")


def as_rows(content: bytes) -> list[list[str]]:
    """The cells of a file, more or less."""
    lines = content.decode("utf-8", "replace").replace("\x00", "").splitlines()
    return list(csv.reader(lines)) or [[""]]


def as_text(rows: list[list[str]], line_end: str = "\n") -> str:
    """A file of these cells."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=line_end).writerows(rows)
    return out.getvalue()
