"""What is no table of text, told by its first bytes: a sentence and a way out for each."""

from __future__ import annotations

import re

from dashboard.errors import UnreadableFileError

HEAD = 64 * 1024
"""Bytes from which a file is judged."""
ZIP = b"PK\x03\x04"
PARQUET = b"PAR1"

_SAVE = "Save it as CSV (UTF-8) or parquet and give that."
_UNPACK = "Unpack it and give the file inside."
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a rar archive", _UNPACK),
    (b"\x04\x22\x4d\x18", "an lz4 archive", _UNPACK),
    (b"PK\x05\x06", "an empty zip archive", _UNPACK),
    (b"\x89PNG", "a picture (PNG)", _SAVE),
    (b"\xff\xd8\xff", "a picture (JPEG)", _SAVE),
    (b"GIF8", "a picture (GIF)", _SAVE),
    (b"II*\x00", "a picture (TIFF)", _SAVE),
    (b"MM\x00*", "a picture (TIFF)", _SAVE),
    (b"%PDF", "a PDF", _SAVE),
    (b"{\\rtf", "a document (RTF)", _SAVE),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", _SAVE),
    (b"\x7fELF", "a program", _SAVE),
    (b"SQLite format 3\x00", "a SQLite database", _SAVE),
    (b"\x89HDF\r\n", "an HDF5 file", _SAVE),
    (b"ARROW1\x00", "an Arrow file", _SAVE),
    (b"Obj\x01", "an Avro file", _SAVE),
    (b"\xff\xfe\x00\x00", "text in UTF-32", _SAVE),
    (b"\x00\x00\xfe\xff", "text in UTF-32", _SAVE),
)
_PATTERNS: tuple[tuple[re.Pattern[bytes], str, str], ...] = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), what, way_out)
    for pattern, what, way_out in (
        (rb"BZh[1-9]1AY&SY", "a bzip2 archive", _UNPACK),
        (rb"RIFF.{4}WEBP", "a picture (WebP)", _SAVE),
        (rb"RIFF.{4}(WAVE|AVI )", "sound or film", _SAVE),
        (rb"\x00{2}.{2}ftyp", "a picture or film (MP4, HEIC)", _SAVE),
        (rb"BM.{4}\x00{4}", "a picture (BMP)", _SAVE),
        (rb"MZ.{0,64}\x00\x00", "a program", _SAVE),
        (rb".{257}ustar", "a tar archive", _UNPACK),
    )
)
_MARKUP: tuple[tuple[re.Pattern[bytes], str, str], ...] = tuple(
    (re.compile(rb"(\xef\xbb\xbf)?\s*(?:" + pattern + rb")", re.IGNORECASE), what, way_out)
    for pattern, what, way_out in (
        (
            rb"<(!doctype html|html|head|body|table)\b",
            "a web page (HTML)",
            "Perhaps a login page was saved instead of the file: download it again, as CSV.",
        ),
        (rb"<(\?xml|!--)", "XML", _SAVE),
        (rb"\{\s*(\}|\")|\[\s*[\[{]", "JSON", _SAVE),
    )
)
_MOST_NULS = 0.01
_MOST_CONTROLS = 0.05
_CONTROLS = bytes({*range(1, 9), *range(14, 27), *range(28, 32), 127})
"""Control bytes that no text needs; tabs, line ends and escape sequences are not among them."""


def refuse(head: bytes, name: str) -> None:
    """Refuse a file by its first bytes.

    Raises
    ------
    UnreadableFileError
        They are those of an archive, a picture or another thing that is not a table of text.
    """
    for signature, what, way_out in _SIGNATURES:
        if head.startswith(signature):
            raise UnreadableFileError(f"this is {what}. {way_out}", file=name)
    for pattern, what, way_out in (*_PATTERNS, *_MARKUP):
        if pattern.match(head):
            raise UnreadableFileError(f"this is {what}. {way_out}", file=name)


def refuse_zip(name: str) -> None:
    """Refuse a zip archive whose name does not say that it is a workbook."""
    _, dot, ending = name.rpartition(".")
    called = f" named {dot}{ending}" if dot and len(ending) < 9 else ""
    raise UnreadableFileError(
        f"this is an Excel workbook or a zip archive{called}: give a workbook its own ending "
        "(.xlsx), unpack an archive, or save the table as CSV (UTF-8).",
        file=name,
    )


def refuse_binary(head: bytes, name: str) -> None:
    """Refuse bytes that are no text, of which a stray NUL is no sign yet.

    Raises
    ------
    UnreadableFileError
        More than one byte in a hundred is NUL, or one in twenty another control byte.
    """
    few = 8
    nuls = head.count(b"\x00")
    if nuls > max(few, _MOST_NULS * len(head)):
        row = head[: head.index(b"\x00")].count(b"\n") + 1
        raise UnreadableFileError(
            "NUL bytes stand in the text; this is no table of text. "
            "Save it as CSV (UTF-8) and give that.",
            file=name,
            row=row,
        )
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > max(few, _MOST_CONTROLS * len(head)):
        first = next(place for place, byte in enumerate(head) if byte in _CONTROLS)
        raise UnreadableFileError(
            "control bytes stand in the text; this is no table of text. "
            "Save it as CSV (UTF-8) and give that.",
            file=name,
            row=head[:first].count(b"\n") + 1,
        )
