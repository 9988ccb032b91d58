"""Down from a campaign to one post, and back: each step is a link that anybody can open.

Gritzo_Kids_1 sold 500 through two creators: Asha's post earned 300, Bela's 200; of Bela's 150 all
stands on her one post. See tests/small.py.
"""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.small import POSTS, write
from tests.ui.servers import dashboard_serve
from tests.ui.walking import settled, waited

TWO_POSTS = POSTS + "2,Instagram,2026-01-04,https://example.com/3,Before it,500,10,5\n"
"""Bela's post of the fourth is not her latest: it is not what is shown unasked."""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with dashboard_serve(write(folder / "data", posts=TWO_POSTS), folder / "log") as url:
        yield url


def card(section: Locator, title: str) -> Locator:
    """The card of this title: the innermost column that holds its heading."""
    heading = section.page.get_by_role("heading", name=title, level=2, exact=True)
    return section.locator(".bk-panel-models-layout-Column", has=heading).last


def facts(section: Locator, title: str) -> dict[str, str]:
    """The figures of a card, by their labels."""
    there = card(section, title).locator("dl.facts > div")
    expect(there.first).to_be_visible()
    labels = there.locator("dt").all_text_contents()
    return dict(zip(labels, there.locator("dd").all_text_contents(), strict=True))


def cells(section: Locator, title: str, *columns: str) -> list[list[str]]:
    """Some columns of a table, row by row."""
    table = card(section, title).get_by_role("grid")
    heads = table.get_by_role("columnheader")
    expect(heads.first).to_be_visible()
    names = [" ".join(one.split()) for one in heads.all_inner_texts()]
    places = [names.index(name) for name in columns]
    rows = [row.locator(".tabulator-cell:visible").all_inner_texts() for row in body(table).all()]
    return [[row[at].strip() for at in places] for row in rows]


def body(table: Locator) -> Locator:
    """The rows of a table, without its head and its pages."""
    return table.locator(".tabulator-row")


def seen(section: Locator) -> dict[str, object]:
    """All that a step shows: the figures of what is chosen, and the tables beside it."""
    page = section.page
    names = [head for head in TABLES if page.get_by_role("heading", name=head, exact=True, level=2)
             .locator("visible=true").count()]  # fmt: skip
    shown = next(name for name in ONE if card(section, name).count())
    return {
        "page": page.get_by_role("heading", level=1).text_content(),
        "facts": facts(section, shown),
        **{name: card(section, name).locator(".tabulator-row").all_inner_texts() for name in names},
    }


ONE = ("One campaign", "One influencer", "One post")
TABLES = ("Campaigns", "Influencers", "Posts of this influencer", "Payouts of this influencer",
          "Posts")  # fmt: skip


class Walk:
    """Steps down, each with its address and what it shows."""

    def __init__(self, page: Page, address: str, title: str) -> None:
        self.page, self.steps = page, []
        page.goto(f"{address}?page={title.lower()}")
        self.section = waited(page, title)
        self._keep()

    def down(self, what: Locator, title: str, query: str) -> Locator:
        """Click, and come to a page under an address that ends so."""
        settled(self.page)  # a row that is drawn anew under the pointer does not hear it
        what.click()
        expect(self.page).to_have_url(re.compile(re.escape(query) + "$"))
        self.section = waited(self.page, title)
        self._keep()
        return self.section

    def _keep(self) -> None:
        self.steps.append((self.page.url, seen(self.section)))


CAMPAIGN, BELA, POST = "&campaign=Gritzo_Kids_1", "&influencer=Bela", "&chosen-post=2"


@pytest.fixture
def walk(page: Page, address: str) -> Walk:
    """From all campaigns down to one post."""
    made = Walk(page, address, "Campaigns")
    section = made.section
    assert facts(section, "One campaign")["ROAS"] == "2.00×"
    further = section.get_by_role("link", name="Its influencers")
    expect(further).to_have_attribute("href", f"?page=influencers{CAMPAIGN}")
    section = made.down(further, "Influencers", f"?page=influencers{CAMPAIGN}")
    assert cells(section, "Influencers", "Influencer", "Revenue", "Spend") == [
        ["Asha", "₹300.00", "₹100.00"],
        ["Bela", "₹200.00", "₹150.00"],
    ]
    bela = section.get_by_role("gridcell", name="Bela", exact=True).first
    section = made.down(bela, "Influencers", f"?page=influencers{CAMPAIGN}{BELA}")
    assert facts(section, "One influencer")["Revenue"] == "₹200"
    assert cells(section, "Posts of this influencer", "Published", "Caption") == [
        ["2026-01-05", "Second"],
        ["2026-01-04", "Before it"],
    ]
    assert cells(section, "Payouts of this influencer", "Payout", "Status") == [
        ["₹150.00", "pending"]
    ]
    posts = section.get_by_role("link", name="Their posts")
    expect(posts).to_have_attribute("href", f"?page=posts{CAMPAIGN}{BELA}")
    section = made.down(posts, "Posts", f"?page=posts{CAMPAIGN}{BELA}")
    assert facts(section, "One post")["Caption"] == "Second"
    other = section.get_by_role("gridcell", name="Before it", exact=True)
    section = made.down(other, "Posts", f"?page=posts{CAMPAIGN}{BELA}{POST}")
    assert facts(section, "One post") | {"Caption": "Before it", "Reach": "500"} == facts(
        section, "One post"
    )
    return made


def test_each_step_down_is_a_link_and_the_way_back_leads_up_again(walk: Walk, visitors):
    """Back, forward, by the post's own link, and for somebody else who opens an address."""
    page, last = walk.page, len(walk.steps) - 1
    ups = [(page.go_back, at) for at in reversed(range(last))]
    downs = [(page.go_forward, at) for at in range(1, last + 1)]
    for go, at in [*ups, *downs]:
        url, shown = walk.steps[at]
        go()
        expect(page).to_have_url(url)
        assert seen(waited(page, str(shown["page"]))) == shown
    other = visitors()
    for url, shown in walk.steps:
        other.goto(url)
        assert seen(waited(other, str(shown["page"]))) == shown
        assert other.url == url
    post = card(walk.section, "One post")
    expect(post.get_by_role("link", name="Gritzo_Kids_1")).to_have_attribute(
        "href", f"?page=campaigns{CAMPAIGN}{BELA}"
    )
    post.get_by_role("link", name="Bela").click()
    url, shown = walk.steps[2]
    expect(page).to_have_url(url)
    assert seen(waited(page, str(shown["page"]))) == shown


def test_a_link_clicked_with_control_opens_a_tab_and_leaves_this_one(page: Page, address: str):
    section = Walk(page, address, "Campaigns").section
    with page.context.expect_page() as opened:
        section.get_by_role("link", name="Its payouts").click(modifiers=["ControlOrMeta"])
    tab = opened.value
    tab.bring_to_front()
    waited(tab, "Payouts")
    assert tab.url.endswith(f"?page=payouts{CAMPAIGN}")
    page.bring_to_front()
    assert page.url.endswith("?page=campaigns")
    expect(page.get_by_role("heading", level=1)).to_have_text("Campaigns")
    expect(page.get_by_role("button", name="Clear Campaign")).to_have_count(0)
