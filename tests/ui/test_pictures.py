"""The screenshots of the README, of the real thing: `make docs-images`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.ui.guard import Visitors
from tests.ui.servers import dashboard_serve
from tests.ui.test_serving import EXAMPLE

SHOTS = [
    ("overview", "Overview", 1440, "light"),
    ("overview", "Overview", 1440, "dark"),
    ("overview", "Overview", 390, "light"),
    ("influencers", "Influencers", 1440, "light"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dashboard_serve(EXAMPLE, tmp_path_factory.mktemp("pictures") / "log") as url:
        yield url


@pytest.mark.pictures
@pytest.mark.parametrize(("name", "title", "width", "theme"), SHOTS)
def test_the_page_is_fit_for_a_picture(
    address: str,
    visitors: Visitors,
    screenshot: Callable[..., None],
    name: str,
    title: str,
    width: int,
    theme: str,
) -> None:
    """Every figure is painted before the picture is taken."""
    page: Page = visitors(viewport={"width": width, "height": 900}, color_scheme=theme)
    page.goto(f"{address}?page={name}")
    section = page.get_by_role("region", name=title, exact=True).first
    expect(section.get_by_role("img").first).to_be_visible()
    expect(page.locator("[aria-busy=true]:visible")).to_have_count(0)
    page.wait_for_timeout(1000)
    screenshot(page, f"{name}-{theme}-{width}", whole=width < 500)
