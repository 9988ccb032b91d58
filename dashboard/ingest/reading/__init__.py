"""Any bytes to a table of text: what is refused, how the file is written, and its records."""

from __future__ import annotations

from dashboard.ingest.reading.files import open_file, read_text
from dashboard.ingest.reading.text import BLOCK, Dialect, Problem, TextFile, TextTable

__all__ = ["BLOCK", "Dialect", "Problem", "TextFile", "TextTable", "open_file", "read_text"]
