"""Bytes as they were saved to UTF-8, so that the other rooms know one encoding only."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dashboard.errors import UnreadableFileError

_BOM = b"\xef\xbb\xbf"
_WINDOWS = "".join(
    bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(256)
)
"""windows-1252 as browsers read it: the five bytes that it leaves undefined are control codes."""

_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
"""How every character of UTF-8 starts that is not ASCII."""


@dataclass(frozen=True)
class Encoding:
    """How a file is encoded: its name in sentences, Python's codec if not UTF-8, its mark."""

    label: str
    codec: str = ""
    mark: int = 0


def encoding_of(head: bytes) -> Encoding:
    """Tell the encoding by the first bytes: a mark, or the zeros that UTF-16 has in every line."""
    if head.startswith(_BOM):
        return Encoding("utf-8 with BOM", mark=len(_BOM))
    if head.startswith(b"\xff\xfe"):
        return Encoding("utf-16", "utf-16-le", 2)
    if head.startswith(b"\xfe\xff"):
        return Encoding("utf-16", "utf-16-be", 2)
    if b"\x00" in head:
        even, odd = head[::2].count(b"\x00"), head[1::2].count(b"\x00")
        for codec, few, many in (("utf-16-le", even, odd), ("utf-16-be", odd, even)):
            if many > len(head) / 10 and few < many / 20:
                return Encoding("utf-16", codec)
    return Encoding("utf-8")


def repaired(block: bytes) -> tuple[bytes, str]:
    """Whole lines as UTF-8: one that is not, Windows wrote; and the encodings they came in.

    A file that two programs appended to has both, so each line is judged by itself.
    """
    try:
        block.decode()
    except UnicodeDecodeError:
        pass
    else:
        return block, "utf-8"
    if _MULTIBYTE.search(block) is None:
        return _from_windows(block), "cp1252"
    lines = block.splitlines(keepends=True)
    both = False
    for place, line in enumerate(lines):
        if line.isascii():
            continue
        try:
            line.decode()
        except UnicodeDecodeError:
            lines[place] = _from_windows(line)
        else:
            both = True
    return b"".join(lines), "utf-8 and cp1252" if both else "cp1252"


def _from_windows(text: bytes) -> bytes:
    return codecs.charmap_decode(text, "strict", _WINDOWS)[0].encode()


class Stream:
    """A file's bytes as UTF-8, whatever it was saved in; lines of cp1252 are left as they are.

    ``done`` counts the bytes that were taken from the file.
    """

    def __init__(self, file: BinaryIO, encoding: Encoding, name: str) -> None:
        self._file, self._name = file, name
        self._decoder = codecs.getincrementaldecoder(encoding.codec)() if encoding.codec else None
        file.seek(encoding.mark)
        self.done = encoding.mark
        self.ended = False

    def read(self, size: int) -> bytes:
        """About as many bytes of UTF-8; ``ended`` tells whether the file has no more."""
        taken = _read(self._file, size, self._name)
        self.ended = len(taken) < size
        self.done += len(taken)
        if self._decoder is None:
            return taken
        try:
            return self._decoder.decode(taken, final=self.ended).encode()
        except UnicodeDecodeError as error:
            raise UnreadableFileError(
                "this starts like UTF-16 but is not. Save it as CSV (UTF-8).", file=self._name
            ) from error


def _read(file: BinaryIO, size: int, name: str) -> bytes:
    try:
        return file.read(size)
    except OSError as error:
        raise _closed(name, error) from error


@contextmanager
def opened(source: Path | bytes, name: str) -> Iterator[BinaryIO]:
    """Open a file, or bytes that are here already, for reading."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    try:
        file = source.open("rb")
    except (OSError, ValueError) as error:
        raise _closed(name, error) from error
    with file:
        yield file


def head_of(source: Path | bytes, size: int, name: str) -> bytes:
    """The first bytes of a file."""
    with opened(source, name) as file:
        return _read(file, size, name)


def size_of(source: Path | bytes, name: str) -> int:
    """How many bytes a file has."""
    if isinstance(source, bytes):
        return len(source)
    try:
        return source.stat().st_size
    except (OSError, ValueError) as error:
        raise _closed(name, error) from error


def _closed(name: str, error: Exception) -> UnreadableFileError:
    """A file that cannot be opened; a path may also hold what no file name can."""
    why = (isinstance(error, OSError) and error.strerror) or error
    return UnreadableFileError(f"cannot be opened: {why}.", file=name)
