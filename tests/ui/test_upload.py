"""A visitor brings their own four files: for their session only, and whatever is in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import small
from tests.ui.guard import Visitors
from tests.ui.servers import dashboard_serve
from tests.ui.test_serving import EXAMPLE
from tests.ui.walking import PATIENCE_MS, opened

PAYLOAD = "<img src=x onerror=window.__ran=1>"
SERVED = "₹14.18 L"
"""Revenue of the example data."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("upload") / "log"
    with dashboard_serve(EXAMPLE, log, DASHBOARD_UPLOAD_MEGABYTES="1") as url:
        yield url


def open_data(page: Page, address: str) -> None:
    opened(page, address, "Data")


def give(page: Page, *files: Path) -> None:
    page.get_by_label("Files of the four tables").set_input_files(files)


def folder(place: Path) -> list[Path]:
    return sorted(place.glob("*.csv"))


def kpi(page: Page, label: str) -> str:
    card = page.locator("article.kpi").filter(has=page.get_by_role("heading", name=label))
    return card.locator(".value").inner_text()


def overview(page: Page) -> None:
    page.get_by_role("link", name="Overview").click()
    expect(page.locator("article.kpi").first).to_be_visible()


def test_four_files_replace_the_data_of_this_session(
    address: str, page: Page, tmp_path: Path
) -> None:
    """1000 back for 250 is 4; on Gritzo 500 for 250 is 2. See tests/small.py."""
    open_data(page, address)
    give(page, *folder(small.write(tmp_path)))
    expect(
        page.get_by_text("tracking_data.csv is tracking_data: 4 rows read, 4 accepted.")
    ).to_be_visible()
    expect(page.get_by_text("Only in this browser session")).to_be_visible()
    expect(page.get_by_text("10 rows read, 0 rows set aside.")).to_be_visible()
    expect(page.get_by_text("Nothing was set aside")).to_be_visible()
    overview(page)
    expect(page.locator("article.kpi .value").first).to_have_text("₹1,000")
    assert kpi(page, "ROAS") == "4.00×"
    page.get_by_role("button", name="Brand").click()
    page.get_by_role("checkbox", name="Gritzo").check()
    expect(page.locator("article.kpi .value").first).to_have_text("₹500")
    assert kpi(page, "ROAS") == "2.00×"


def test_the_served_data_come_back(address: str, page: Page, tmp_path: Path) -> None:
    open_data(page, address)
    give(page, *folder(small.write(tmp_path)))
    page.get_by_role("button", name="Back to the example data served here").click()
    expect(page.get_by_text("Only in this browser session")).to_have_count(0)
    expect(page.get_by_text("40,883 rows read")).to_be_visible()
    overview(page)
    expect(page.locator("article.kpi .value").first).to_have_text(SERVED)


def test_files_may_come_one_by_one(address: str, page: Page, tmp_path: Path) -> None:
    """Three of four change nothing; the fourth completes them."""
    files = folder(small.write(tmp_path))
    open_data(page, address)
    give(page, *files[:3])
    expect(page.get_by_text("Still missing: tracking data.")).to_be_visible()
    give(page, files[3])
    expect(page.get_by_text("Only in this browser session")).to_be_visible()


def test_several_files_of_one_table_are_stacked(address: str, page: Page, tmp_path: Path) -> None:
    """Tracking in two files of two rows each: 4 rows in all."""
    place = small.write(tmp_path)
    lines = small.TRACKING_DATA.splitlines(keepends=True)
    (place / "tracking_data.csv").unlink()
    (place / "tracking_1.csv").write_text("".join([lines[0], *lines[1:3]]))
    (place / "tracking_2.csv").write_text("".join([lines[0], *lines[3:]]))
    open_data(page, address)
    give(page, *folder(place))
    expect(
        page.get_by_text("tracking_1.csv is tracking_data: 2 rows read, 2 accepted.")
    ).to_be_visible()
    overview(page)
    expect(page.locator("article.kpi .value").first).to_have_text("₹1,000")


def test_what_cannot_be_used_is_set_aside_and_shown(
    address: str, page: Page, tmp_path: Path
) -> None:
    """A payout without an amount stands in row 4 of its file."""
    place = small.write(tmp_path, payouts=small.PAYOUTS + "1,order,50,2,lots,paid\n")
    open_data(page, address)
    give(page, *folder(place))
    expect(
        page.get_by_text("payouts.csv is payouts: 3 rows read, 2 accepted, 1 set aside.")
    ).to_be_visible()
    expect(page.get_by_text("1 row could not be used.")).to_be_visible()
    expect(page.get_by_role("gridcell", name="total_payout should be an amount")).to_be_visible()


def test_a_file_that_is_none_is_refused_in_a_sentence(
    address: str, page: Page, tmp_path: Path
) -> None:
    picture = tmp_path / "posts.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    open_data(page, address)
    give(page, picture)
    expect(page.get_by_text("was not taken: this is a picture (PNG)")).to_be_visible()
    expect(page.get_by_text("What is shown has not changed.")).to_be_visible()


def test_a_missing_column_changes_nothing(address: str, page: Page, tmp_path: Path) -> None:
    place = small.write(tmp_path, payouts="influencer_id,basis\n1,order\n")
    open_data(page, address)
    give(page, *folder(place))
    expect(page.get_by_text("payouts need the column 'total_payout'")).to_be_visible()
    overview(page)
    expect(page.locator("article.kpi .value").first).to_have_text(SERVED)


def test_more_than_the_cap_is_refused_on_the_server(
    address: str, page: Page, tmp_path: Path
) -> None:
    """The cap is 1 MB here; the browser sends one byte more."""
    large = tmp_path / "tracking_data.csv"
    large.write_bytes(b"a" * 1_000_001)
    open_data(page, address)
    give(page, large)
    expect(page.get_by_text("larger than 1 MB together")).to_be_visible()


def test_two_visitors_do_not_see_each_others_files(
    address: str, visitors: Visitors, tmp_path: Path
) -> None:
    """One sees 1,000, the other 2,000 (all revenue doubled), a third what is served."""
    first, second, third = visitors(), visitors(), visitors()
    doubled = small.TRACKING_DATA.replace(",300", ",600").replace(",200", ",400")
    doubled = doubled.replace(",1,500", ",1,1000")
    for page, place in (
        (first, small.write(tmp_path / "one")),
        (second, small.write(tmp_path / "two", tracking_data=doubled)),
    ):
        open_data(page, address)
        give(page, *folder(place))
        expect(page.get_by_text("Only in this browser session")).to_be_visible()
    third.goto(address)
    for page, revenue in ((first, "₹1,000"), (second, "₹2,000")):
        overview(page)
        expect(page.locator("article.kpi .value").first).to_have_text(revenue)
    expect(third.locator("article.kpi .value").first).to_have_text(SERVED)


def test_files_may_be_dropped(address: str, page: Page) -> None:
    """Dragged over the zone and let go, as a hand does."""
    open_data(page, address)
    bag = page.evaluate_handle(
        """files => {
            const bag = new DataTransfer()
            for (const [name, text] of files) bag.items.add(new File([text], name))
            return bag
        }""",
        list(small.FILES.items()),
    )
    zone = page.locator(".zone")
    zone.dispatch_event("dragover", {"dataTransfer": bag})
    zone.dispatch_event("drop", {"dataTransfer": bag})
    expect(page.get_by_text("Only in this browser session")).to_be_visible()
    expect(page.get_by_text("10 rows read, 0 rows set aside.")).to_be_visible()


def test_files_can_be_chosen_by_keyboard(address: str, page: Page, tmp_path: Path) -> None:
    open_data(page, address)
    with page.expect_file_chooser(timeout=PATIENCE_MS) as chooser:
        page.get_by_role("button", name="Choose files").press("Enter")
    chooser.value.set_files(folder(small.write(tmp_path)))
    expect(page.get_by_text("Only in this browser session")).to_be_visible()


def test_one_bad_file_costs_itself_alone(address: str, page: Page, tmp_path: Path) -> None:
    """Five files, one of them a picture: a question first; without it the other four are shown."""
    files = folder(small.write(tmp_path))
    picture = tmp_path / "payouts 2.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    open_data(page, address)
    give(page, *files, picture)
    expect(page.get_by_text("not every file could be taken")).to_be_visible()
    page.get_by_role("button", name="Go on without it").click()
    expect(page.get_by_text("Only in this browser session")).to_be_visible()
    expect(page.get_by_text("10 rows read, 0 rows set aside.")).to_be_visible()


def test_what_was_set_aside_can_be_taken_away(address: str, page: Page, tmp_path: Path) -> None:
    """As CSV, with its reason and what was written; a formula in it would not run."""
    place = small.write(tmp_path, payouts=small.PAYOUTS + "1,order,50,2,=1+1,paid\n")
    open_data(page, address)
    give(page, *folder(place))
    expect(page.get_by_text("1 row could not be used")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV of Rows set aside").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert text.splitlines()[1].startswith("payouts.csv,payouts,4,total_payout,'=1+1,")


def test_text_in_files_never_runs(address: str, page: Page, tmp_path: Path) -> None:
    """Markup as a name, a header, a cell, a reason and a file's name is shown as text."""
    place = small.write(
        tmp_path,
        influencers=small.INFLUENCERS.replace("Asha", PAYLOAD).replace("category", PAYLOAD),
        payouts=small.PAYOUTS + f"1,order,50,2,{PAYLOAD},paid\n",
        tracking_data=small.TRACKING_DATA.replace("Gritzo_Kids_1", PAYLOAD),
    )
    (place / "tracking_data.csv").rename(place / f"{PAYLOAD} tracking.csv")
    open_data(page, address)
    give(page, *folder(place))
    expect(page.get_by_text(f"{PAYLOAD} tracking.csv is tracking_data")).to_be_visible()
    expect(page.get_by_text(f"Kept, not analysed: {PAYLOAD}")).to_be_visible()
    expect(page.get_by_role("gridcell", name=PAYLOAD).first).to_be_visible()
    give(page, place / f"{PAYLOAD} tracking.csv")
    expect(page.get_by_text("Still missing")).to_be_visible()
    for link in page.get_by_role("navigation").get_by_role("link").all():
        link.click()
        page.wait_for_timeout(500)
    assert page.evaluate("window.__ran") is None
