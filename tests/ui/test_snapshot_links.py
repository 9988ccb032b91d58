"""A link into the one-file page: what it asks for and the file cannot show is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.dataset import load
from dashboard.export.snapshot import Sharing, write_snapshot
from dashboard.query import Where
from dashboard.settings import Settings
from tests import small
from tests.ui.guard import Visitors
from tests.ui.test_snapshot import opened

PAYLOAD = "<img src=x onerror=window.__ran=1>"
PERIOD = (
    "period was left out: it takes a first and a last day such as 2026-03-31, the first before the "
    "last."
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    output = tmp_path / "report.html"
    sharing = Sharing(pages=("overview", "campaigns"))
    write_snapshot(load(small.write(tmp_path / "data")), Where(), output, sharing=sharing)
    return output


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("platform=Nowhere", ["platform was left out: there is no 'Nowhere' in this file."]),
        ("brand=" + PAYLOAD, [f"brand was left out: there is no '{PAYLOAD}' in this file."]),
        ("by=century", ["step of time was left out: 'century' is none of auto, day, week, month."]),
        ("from=2026-02-30&to=2026-03-31", [PERIOD]),
        ("from=2026-01-05", [PERIOD]),
        ("from=2026-02-01&to=2026-01-01", [PERIOD]),
        ("from=never&to=", [PERIOD]),
        ("by=auto&from=2026-01-01&to=2026-01-31&platform=YouTube", []),
    ],
)  # fmt: skip
def test_what_a_link_cannot_have_is_said(
    file: Path, page: Page, asked: str, said: list[str]
) -> None:
    opened(page, file, f"#{asked}")
    expect(page.locator(".chips .left-out")).to_have_text([f"The link's {one}" for one in said])
    if said:
        expect(page.locator(".chips .none")).to_be_visible()
    assert page.evaluate("window.__ran") is None


def test_gross_margins_are_noted_above_the_page_and_on_numbers(tmp_path: Path, page: Page) -> None:
    output, settings = tmp_path / "report.html", Settings(margins={"Gritzo": 50})
    made, sharing = load(small.write(tmp_path / "data")), Sharing(pages=("campaigns",))
    write_snapshot(made, Where(), output, sharing=sharing, settings=settings)
    opened(page, output)
    expect(page.locator(".chips .note")).to_have_text("Gross margins: Gritzo 50 %.")
    written = page.evaluate(
        "roiSnapshot.csv(roiSnapshot.words.pages[0].views.find(view => view.numbers).id)"
    )
    assert "\n# Gross margins: Gritzo 50 %.\n" in written


def test_the_good_parts_of_a_link_are_kept_and_the_next_change_clears_what_was_said(
    file: Path, visitors: Visitors
) -> None:
    page = opened(visitors(), file, "#page=campaigns&platform=YouTube&platform=Nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("Campaigns")
    expect(page.locator(".chips li b")).to_have_text("YouTube")
    expect(page.locator(".chips .left-out")).to_have_count(1)
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator(".chips .left-out")).to_have_count(0)
