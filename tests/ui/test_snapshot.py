"""The snapshot opens from disk with the network cut, in both themes, and its figures are drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.dataset import load
from dashboard.export.snapshot import write_snapshot
from dashboard.query import Where
from tests import small
from tests.ui.guard import Guard, Visitors


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_opens_without_a_network(
    tmp_path: Path,
    visitors: Visitors,
    guard: Guard,
    theme: str,
    screenshot: Callable[..., None],
) -> None:
    """Asha: 300 back for 100."""
    file = tmp_path / "report.html"
    write_snapshot(load(small.write(tmp_path / "data")), Where(platform=("YouTube",)), file)
    page: Page = visitors(color_scheme=theme)
    page.context.set_offline(True)
    page.goto(file.as_uri())
    expect(page.get_by_text("3.00×").first).to_be_visible()
    expect(page.get_by_text("₹300").first).to_be_visible()
    page.wait_for_function("Bokeh.documents.length && document.querySelectorAll('.figure').length")
    drawn = page.evaluate("Bokeh.documents.flatMap(d => d.roots()).length")
    assert drawn == page.locator(".figure").count() > 0
    assert all(request.startswith(("file:", "data:", "blob:")) for request in guard.requests)
    screenshot(page, f"snapshot-{theme}", whole=True)


def test_text_from_data_never_runs(tmp_path: Path, visitors: Visitors) -> None:
    """A script in every column of text, in the filters and in the file's name."""
    file = tmp_path / "a<img src=x onerror=window.__ran=1>.html"
    dataset = load(small.write(tmp_path / "data", **small.HOSTILE))
    write_snapshot(dataset, Where(brand=(small.PAYLOAD,)), file)
    page = visitors()
    page.goto(file.as_uri())
    page.wait_for_function("Bokeh.documents.length && document.querySelectorAll('.figure').length")
    expect(page.get_by_text(small.PAYLOAD).first).to_be_visible()
    for figure in page.locator(".figure").all():
        box = figure.bounding_box()
        if box and box["width"] > 100:
            figure.hover(position={"x": box["width"] * 0.5, "y": box["height"] * 0.4})
    assert page.evaluate("window.__ran") is None
