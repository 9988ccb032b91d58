"""The one-file snapshot: whole, replaced in one step, and nothing in it from outside."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from dashboard.dataset import load
from dashboard.errors import PlaceError
from dashboard.export.snapshot import snapshot, write_snapshot
from dashboard.query import Where
from tests import small


def test_the_page_shows_the_answers_under_the_filters(tmp_path: Path) -> None:
    """YouTube is Asha: 300 came back for 100."""
    page = snapshot(load(small.write(tmp_path)), Where(platform=("YouTube",)))
    for text in ("₹300", "₹100", "3.00×", "Platform <b>YouTube</b>", "Data until 1 Feb 2026"):
        assert text in page


def test_nothing_is_fetched(tmp_path: Path) -> None:
    page = snapshot(load(small.write(tmp_path)), Where())
    assert not re.findall(r"<(?:script|img|iframe)[^>]+src=|<link[^>]+href=\"(?!data:)", page)
    assert "default-src 'none'" in page


def test_text_from_the_data_stays_text(tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    place = small.write(tmp_path, influencers=small.INFLUENCERS.replace("Asha", hostile))
    page = snapshot(load(place), Where(influencer=(hostile,)))
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert not re.search(r"(?<!\\u003C)<img src=x", page)


def test_a_file_is_replaced_only_when_told(tmp_path: Path) -> None:
    dataset, output = load(small.write(tmp_path / "data")), tmp_path / "report.html"
    output.write_text("mine")
    with pytest.raises(PlaceError, match=r"exists. Give another name, or --force"):
        write_snapshot(dataset, Where(), output)
    assert output.read_text() == "mine"
    size = write_snapshot(dataset, Where(), output, force=True)
    assert output.stat().st_size == size
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["report.html"]


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match="cannot be written: No such file or directory"):
        write_snapshot(load(small.write(tmp_path)), Where(), tmp_path / "none" / "report.html")


def test_a_period_without_rows_is_a_worded_page(tmp_path: Path) -> None:
    long_ago = Where(first=dt.date(2020, 1, 1), last=dt.date(2020, 1, 31))
    page = snapshot(load(small.write(tmp_path)), long_ago)
    assert "No rows under these filters" in page
    assert "1 Jan – 31 Jan 2020" in page
