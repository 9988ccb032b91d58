"""Questions, rows that come back mended, mappings and saved datasets, as a visitor meets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import small
from tests.ui.guard import Visitors
from tests.ui.servers import dashboard_serve
from tests.ui.test_serving import EXAMPLE
from tests.ui.test_upload import PAYLOAD, SERVED, folder, give, kpi, open_data, overview

AMBIGUOUS = small.POSTS.replace("2026-01-01", "01-06-2026").replace("2026-01-05", "05-06-2026")
"""1 and 5 June where the day stands first, 6 January and 6 May where the month does."""
WRONG = small.PAYOUTS + "1,order,50,2,lots,paid\n1,order,50,2,few,paid\n"
"""Two payouts more, without an amount: 250 is spent."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("data-page")
    saved = str(place / "saved")
    settings = {"DASHBOARD_SAVE_TO": saved, "DASHBOARD_UPLOAD_MEGABYTES": "60"}
    with dashboard_serve(EXAMPLE, place / "log", **settings) as url:
        yield url


@pytest.fixture(scope="module")
def served_with_a_fault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose own files hold a payout without an amount, and where nothing is saved."""
    place = tmp_path_factory.mktemp("fault")
    small.write(place / "served", payouts=small.PAYOUTS + "1,order,50,2,lots,paid\n")
    with dashboard_serve(place / "served", place / "log") as url:
        yield url


def use(page: Page) -> None:
    page.get_by_role("button", name="Use these answers").click()


def in_use(page: Page) -> None:
    """The files that were given are shown, to this session only."""
    expect(page.get_by_text("Only in this browser session")).to_be_visible()


def downloaded(page: Page, button: str, place: Path) -> Path:
    """The file that a button lets the browser save, under the name it was given."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    path = place / download.value.suggested_filename
    download.value.save_as(path)
    return path


# ------------------------------------------------------------------ questions


@pytest.mark.parametrize(
    ("answer", "first"), [("Day first", "2026-06-01"), ("Month first", "2026-01-06")]
)
def test_days_that_read_two_ways_are_asked(
    address: str, page: Page, tmp_path: Path, answer: str, first: str
) -> None:
    open_data(page, address)
    give(page, *folder(small.write(tmp_path, posts=AMBIGUOUS)))
    form = page.get_by_role("form", name="Questions about the files")
    expect(form.get_by_role("group", name="date could be day first or month first")).to_be_visible()
    expect(form.get_by_role("radio", name="Day first")).to_be_checked()
    expect(page.get_by_text("40,883 rows read")).to_be_visible()
    form.get_by_role("radio", name=answer).check()
    use(page)
    in_use(page)
    expect(form.get_by_role("button")).to_have_count(0)
    page.get_by_role("combobox", name="Table").select_option("posts")
    expect(page.get_by_role("gridcell", name=first, exact=True)).to_be_visible()


def test_a_missing_column_is_asked_and_must_be_chosen(
    address: str, page: Page, tmp_path: Path
) -> None:
    """None of seven headers reads like it; without a choice nothing is sent. 250 is spent."""
    payouts = small.PAYOUTS.replace("total_payout", "given away")
    payouts = payouts.replace("status", "status,a,b,c,d,e,f")
    payouts = payouts.replace("paid", "paid,7,7,7,7,7,7").replace("pending", "pending,7,7,7,7,7,7")
    open_data(page, address)
    give(page, *folder(small.write(tmp_path, payouts=payouts)))
    box = page.get_by_role("combobox", name="payouts need the column")
    use(page)
    expect(page.get_by_role("alert").filter(has_text="has no answer yet")).to_be_visible()
    expect(box).to_be_focused()
    box.select_option("given away")
    use(page)
    in_use(page)
    expect(page.get_by_role("button", name="Choose files")).to_be_focused()
    overview(page)
    assert kpi(page, "Spend") == "₹250"


def test_questions_are_answered_by_keyboard_alone(address: str, page: Page, tmp_path: Path) -> None:
    open_data(page, address)
    give(page, *folder(small.write(tmp_path, posts=AMBIGUOUS)))
    page.get_by_role("radio", name="Day first").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Month first")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Use these answers")).to_be_focused()
    page.keyboard.press("Enter")
    in_use(page)
    expect(page.get_by_text("date is read month first, as was answered.")).to_be_visible()


def test_starting_over_forgets_files_and_questions(
    address: str, page: Page, tmp_path: Path
) -> None:
    open_data(page, address)
    give(page, *folder(small.write(tmp_path, posts=AMBIGUOUS)))
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_role("button", name="Use these answers")).to_have_count(0)
    expect(page.get_by_role("list", name="Files that arrived")).to_have_count(0)
    overview(page)
    expect(page.locator("article.kpi .value").first).to_have_text(SERVED)


def test_targets_are_large_enough(address: str, page: Page, tmp_path: Path) -> None:
    """24 px, each way, of whatever can be pressed or chosen."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_data(page, address)
    give(page, *folder(small.write(tmp_path, posts=AMBIGUOUS)))
    expect(page.get_by_role("button", name="Use these answers")).to_be_visible()
    form = page.get_by_role("form", name="Questions about the files")
    for target in [*form.get_by_role("button").all(), *form.locator("fieldset label").all()]:
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# ------------------------------------------------------------------ a mapping


def test_a_mapping_is_saved_and_given_again(
    address: str, page: Page, visitors: Visitors, tmp_path: Path
) -> None:
    """Month first, said once; another visitor gives the mapping and is not asked."""
    files = folder(small.write(tmp_path, posts=AMBIGUOUS))
    open_data(page, address)
    give(page, *files)
    page.get_by_role("radio", name="Month first").check()
    use(page)
    in_use(page)
    mapping = downloaded(page, "Save mapping", tmp_path)
    assert 'date = "month first"' in mapping.read_text("utf-8")
    other = visitors()
    open_data(other, address)
    give(other, *files, mapping)
    in_use(other)
    expect(other.get_by_text("mapping.toml is a mapping: 1 answer taken.")).to_be_visible()
    expect(other.get_by_text("date is read month first, as was answered.")).to_be_visible()


def test_a_mapping_that_cannot_be_meant_is_refused(
    address: str, page: Page, tmp_path: Path
) -> None:
    (tmp_path / "mapping.toml").write_text("[dats]\n")
    open_data(page, address)
    give(page, tmp_path / "mapping.toml")
    expect(page.get_by_text("was not taken: there is no section 'dats'")).to_be_visible()


# ------------------------------------------------------------------ rows that come back


def test_rows_come_back_mended_and_none_twice(address: str, page: Page, tmp_path: Path) -> None:
    """250 are spent; 100 come back, and again: 350. The third row is still wrong."""
    open_data(page, address)
    give(page, *folder(small.write(tmp_path, payouts=WRONG)))
    in_use(page)
    path = downloaded(page, "Download to mend: payouts.csv (2 rows)", tmp_path)
    assert path.name == "payouts - set aside.csv"
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    path.write_bytes(content.replace(b"lots", b"100"))
    give(page, path)
    expect(page.get_by_text("1 row came back, 1 is still set aside")).to_be_visible()
    expect(page.get_by_text("1 row could not be used.")).to_be_visible()
    overview(page)
    expect(page.locator("article.kpi .value").first).to_have_text("₹1,000")
    assert kpi(page, "Spend") == "₹350"
    page.get_by_role("link", name="Data", exact=True).click()
    give(page, path)
    expect(page.get_by_text("no row came back, 1 is still set aside")).to_be_visible()
    expect(page.get_by_text("1 had come back before")).to_be_visible()
    overview(page)
    assert kpi(page, "Spend") == "₹350"


def test_rows_of_the_served_data_come_back_for_this_session(
    served_with_a_fault: str, page: Page, visitors: Visitors, tmp_path: Path
) -> None:
    """The server's own files have a payout without an amount: mended, for one visitor alone."""
    open_data(page, served_with_a_fault)
    expect(page.get_by_role("heading", name="Saved datasets")).to_have_count(0)
    path = downloaded(page, "Download to mend: payouts.csv (1 row)", tmp_path)
    path.write_bytes(path.read_bytes().replace(b"lots", b"50"))
    give(page, path)
    in_use(page)
    expect(page.get_by_text("Nothing was set aside")).to_have_count(1)
    overview(page)
    assert kpi(page, "Spend") == "₹300"
    other = visitors()
    other.goto(served_with_a_fault)
    expect(other.locator("article.kpi").first).to_be_visible()
    assert kpi(other, "Spend") == "₹250"


# ------------------------------------------------------------------ progress


def test_reading_says_how_far_it_is(address: str, page: Page, tmp_path: Path) -> None:
    """30 MB of tracking rows: while they are read, the card says how many."""
    place = small.write(tmp_path)
    head = small.TRACKING_DATA.splitlines(keepends=True)[0]
    with (place / "tracking_data.csv").open("w") as file:
        file.write(head)
        many = "".join(
            f"influencer,Gritzo_Kids_1,1,u{at},Gritzo Kids,2026-01-02,2,300\n" for at in range(1000)
        )
        file.writelines([many] * (30_000_000 // len(many)))
    open_data(page, address)
    page.evaluate("""() => {
        window.__said = []
        const everywhere = node => [...node.querySelectorAll("*")].flatMap(
            one => [one, ...(one.shadowRoot ? everywhere(one.shadowRoot) : [])])
        const words = everywhere(document).find(one => one.matches("p.progress"))
        new MutationObserver(() => window.__said.push(words.textContent))
            .observe(words, {childList: true})
    }""")
    give(page, *folder(place))
    in_use(page)
    said = page.evaluate("window.__said")
    assert any(one.startswith("Sending tracking_data.csv") for one in said)
    assert any(
        one.startswith("Reading tracking_data.csv: ") and one.endswith(" rows") for one in said
    )


# ------------------------------------------------------------------ what is saved


def test_a_dataset_is_saved_and_opened_in_another_browser(
    address: str, page: Page, visitors: Visitors, tmp_path: Path
) -> None:
    """By its button, and by its link; both show 1,000 of revenue."""
    open_data(page, address)
    give(page, *folder(small.write(tmp_path)))
    expect(page.get_by_text("Save it below to share it.")).to_be_visible()
    page.get_by_role("button", name="Save as dataset").click()
    expect(page.get_by_text("Give it a title first.")).to_be_visible()
    page.get_by_role("textbox", name="Title").fill("Winter 2026")
    page.get_by_role("button", name="Save as dataset").click()
    expect(page.get_by_text("Saved as “Winter 2026”.")).to_be_visible()
    expect(page.get_by_text("Only in this browser session")).to_have_count(0)
    expect(page).to_have_url(re.compile("dataset=winter-2026-"))

    other = visitors()
    open_data(other, address)
    other.get_by_role("button", name="Open Winter 2026").click()
    expect(other.get_by_text("It is shown now, on every page.")).to_be_visible()
    overview(other)
    expect(other.locator("article.kpi .value").first).to_have_text("₹1,000")

    third = visitors()
    third.goto(page.url.replace("page=data", "page=overview"))
    expect(third.locator("article.kpi .value").first).to_have_text("₹1,000")
    third.get_by_role("link", name="Data", exact=True).click()
    third.get_by_role("button", name="Back to the example data served here").click()
    expect(third.get_by_text("40,883 rows read")).to_be_visible()
    expect(third).not_to_have_url(re.compile("dataset="))


def test_a_dataset_that_is_not_there_is_a_sentence(address: str, page: Page) -> None:
    page.goto(f"{address}?dataset=../{PAYLOAD}")
    expect(page.locator("article.kpi .value").first).to_have_text(SERVED)
    expect(page.get_by_text("There is no saved dataset")).to_be_visible()
    assert page.evaluate("window.__ran") is None


# ------------------------------------------------------------------ hostile text


def test_text_in_questions_lists_and_titles_never_runs(
    address: str, page: Page, tmp_path: Path
) -> None:
    """Markup as a file's name, a header that is asked about, a value, a campaign and a title."""
    rows = f"1,order,50,2,{PAYLOAD},paid\n"
    payouts = (small.PAYOUTS + rows).replace("total_payout", PAYLOAD)
    posts = AMBIGUOUS.replace("caption", f"{PAYLOAD} caption")
    tracking = small.TRACKING_DATA.replace("Gritzo_Kids_1", PAYLOAD)
    place = small.write(tmp_path, payouts=payouts, posts=posts, tracking_data=tracking)
    (place / "payouts.csv").rename(place / f"{PAYLOAD} payouts.csv")
    open_data(page, address)
    give(page, *folder(place))
    expect(page.get_by_role("radio", name=PAYLOAD).first).to_be_visible()
    page.get_by_role("radio", name=PAYLOAD).first.check()
    use(page)
    expect(page.get_by_role("group", name="day first or month first")).to_be_visible()
    use(page)
    in_use(page)
    expect(page.get_by_role("gridcell", name=PAYLOAD).first).to_be_visible()
    page.get_by_role("textbox", name="Title").fill(PAYLOAD)
    page.get_by_role("button", name="Save as dataset").click()
    expect(page.get_by_text(f"Saved as “{PAYLOAD}”")).to_be_visible()
    path = downloaded(page, f"Download to mend: {PAYLOAD} payouts.csv (1 row)", tmp_path)
    assert path.name == "img src x onerror window.__ran 1 payouts - set aside.csv"
    assert page.evaluate("window.__ran") is None
