"""Every page holds for every state, and what the pages say is what the hand works out.

The worlds are changes of tests/small.py: Asha 300 for 100, Bela 700 for 150.
"""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from pathlib import Path

import pytest

from dashboard.app import App
from dashboard.dataset import load
from dashboard.ingest.across import RULES as ACROSS
from dashboard.ingest.rules import rules_of
from dashboard.pages import PAGES
from dashboard.pages.overview import Overview
from dashboard.schema import TABLES
from dashboard.settings import Settings
from dashboard.state import Explorer, Focus
from dashboard.views.chart import Chart
from dashboard.views.focus import ChosenCampaign
from dashboard.views.poor import Threshold, poor, reason
from dashboard.views.top import OFFERED, TopInfluencers
from tests import small


def headers(text: str) -> str:
    return text.splitlines()[0] + "\n"


WORLDS = {
    "as it is": {},
    "no tracking rows": {"tracking_data": headers(small.TRACKING_DATA)},
    "no posts": {"posts": headers(small.POSTS)},
    "no payouts": {"payouts": headers(small.PAYOUTS)},
    "no influencers": {"influencers": headers(small.INFLUENCERS)},
    "nothing at all": {
        "influencers": headers(small.INFLUENCERS),
        "posts": headers(small.POSTS),
        "tracking_data": headers(small.TRACKING_DATA),
        "payouts": headers(small.PAYOUTS),
    },
    "all payouts zero": {
        "payouts": small.PAYOUTS.replace(",100,", ",0,").replace(",150,p", ",0,p")
    },
    "no optional columns": {
        "influencers": "influencer_id,name,platform\n1,Asha,YouTube\n2,Bela,Instagram\n",
        "posts": "influencer_id,date\n1,2026-01-01\n2,2026-01-05\n",
        "tracking_data": (
            "campaign,influencer_id,date,orders,revenue\nGritzo_Kids_1,1,2026-01-02,2,300\n"
        ),
        "payouts": "influencer_id,total_payout\n1,100\n",
    },
    "only returns": {"tracking_data": small.TRACKING_DATA.replace(",2,300", ",-2,-300")},
    "names that are markup": {
        "influencers": small.INFLUENCERS.replace("Asha", "<b onclick=alert(1)>").replace(
            "Fitness", "{{7*7}}"
        )
    },
}


@pytest.mark.parametrize("world", WORLDS)
def test_every_page_holds_in_every_world_and_under_any_filter(tmp_path: Path, world: str) -> None:
    app = App(load(small.write(tmp_path, **WORLDS[world])), strict=True)
    filters = app.explorer.filters
    for page in app.pages.values():
        page.refresh()
    for name in ("brand", "campaign", "platform", "influencer", "basis"):
        for value in filters.param[name].objects[:1]:
            filters.param.update({name: [value]})
            for page in app.pages.values():
                page.refresh()
            filters.clear()
    if filters.span:
        filters.period = (filters.span[1], filters.span[1])
        for page in app.pages.values():
            page.refresh()


def test_a_page_shows_what_has_no_answer_in_words(tmp_path: Path) -> None:
    """Under a basis filter revenue has no answer: the card says why, and spend stays."""
    app = App(load(small.write(tmp_path)), strict=True)
    app.explorer.filters.basis = ["post"]
    page = app.pages["Campaigns"]
    page.refresh()
    bars = page.views["revenue-by-brand"]
    assert isinstance(bars, Chart)
    kind, sentence = bars.card.state
    assert kind == "refused"
    assert "revenue is not recorded by it" in sentence


def test_pages_keep_their_figures(tmp_path: Path) -> None:
    app = App(load(small.write(tmp_path)), strict=True)
    for page in app.pages.values():
        page.refresh()
    charts = [v for p in app.pages.values() for v in p.views.values() if isinstance(v, Chart)]
    before = [chart.figure.id for chart in charts if chart.figure]
    app.explorer.filters.platform = ["YouTube"]
    for page in app.pages.values():
        page.refresh()
    assert [chart.figure.id for chart in charts if chart.figure] == before
    ranges = [r.id for chart in charts for r in (chart.figure.x_range, chart.figure.y_range)]
    assert len(set(ranges)) == len(ranges)


def test_every_page_has_a_question_and_names_that_differ() -> None:
    assert all(page.title and page.question and page.__doc__ for page in PAGES)
    assert len({page.title for page in PAGES}) == len(PAGES)


def test_one_campaign_is_asked_about_alone(tmp_path: Path) -> None:
    """Gritzo: 300 + 200 for 250. Whey: 500, and nothing was paid for it."""
    explorer = Explorer(load(small.write(tmp_path)))
    chosen = ChosenCampaign(explorer)
    chosen.refresh()
    assert chosen.focus.options == ("Gritzo_Kids_1", "MuscleBlaze_Whey_1")
    assert chosen.focus.ask(["roas"]).value("roas") == 2.0
    assert "The money came back 2.00×" in chosen.card.sentence
    assert "50.0 %" in chosen.card.sentence
    chosen.choose("MuscleBlaze_Whey_1")
    assert chosen.focus.ask(["revenue"]).value("revenue") == 500.0
    assert "no spend in this view stands against it" in chosen.card.sentence
    chosen.choose("not a campaign")
    assert chosen.focus.value == "MuscleBlaze_Whey_1"


def test_a_focus_follows_the_filters(tmp_path: Path) -> None:
    """Under YouTube only Asha's 300 of Gritzo are left, and Whey is no longer offered."""
    explorer = Explorer(load(small.write(tmp_path)))
    focus = Focus(explorer, "campaign")
    focus.offer("revenue")
    explorer.filters.platform = ["YouTube"]
    focus.offer("revenue")
    assert focus.options == ("Gritzo_Kids_1",)
    assert focus.ask(["revenue"]).value("revenue") == 300.0


def test_poor_is_below_the_threshold_with_enough_orders_to_say_so(tmp_path: Path) -> None:
    """Asha: 300 for 100 is 3. Bela: 700 for 150 is 4.67; at 10× she is 800 short.

    1500 at her 350 an order would be 4.29 orders: enough to say so where 4 are asked, not for 5.
    """
    explorer = Explorer(load(small.write(tmp_path)))
    assert poor(explorer, Threshold(1.0, 1)).is_empty()
    rows = poor(explorer, Threshold(10.0, 4)).to_dicts()
    assert [(row["influencer"], row["short"], row["enough"]) for row in rows] == [
        ("Bela", 800.0, True),
        ("Asha", 700.0, True),
    ]
    assert not poor(explorer, Threshold(10.0, 5))["enough"][0]
    assert reason(rows[0]) == ("₹150 paid, ₹700 came back: 2 orders where 4 would give 10.00×.")


def test_the_threshold_starts_where_the_settings_say(tmp_path: Path) -> None:
    explorer = Explorer(load(small.write(tmp_path)), Settings(poor_roas=4.0, poor_orders=1))
    from dashboard.views.poor import PoorRoi

    view = PoorRoi(explorer)
    view.update(strict=True)
    assert "1 of 2 paid creators are below 4.00×, ₹100 short together." in view.card.sentence
    view.threshold.value = 5.0
    assert "2 of 2 paid creators are below 5.00×" in view.card.sentence


def test_top_is_by_the_metric_the_user_picks(tmp_path: Path) -> None:
    """Bela leads by revenue (700 to 300); by engagement rate Asha (10 % to 5 %)."""
    view = TopInfluencers(Explorer(load(small.write(tmp_path))))
    view.update(strict=True)
    assert view.card.sentence == "Bela leads with ₹700, ₹400 above Asha."
    view.choice.value = "engagement_rate"
    assert view.card.sentence == "Asha leads with 10.00 %, 5.00 points above Bela."
    assert "engagement_rate" in OFFERED


def test_a_cost_ranks_from_the_lowest(tmp_path: Path) -> None:
    """Asha: 100 for 100 engagements is 1.00; Bela: 150 for 100 is 1.50."""
    app = App(load(small.write(tmp_path)), strict=True)
    page = app.pages["Posts"]
    page.refresh()
    sentence = page.views["cost-per-engagement-by-tier"].card.sentence
    assert sentence == "Nano is lowest with ₹1, ₹0.50 below micro."


def test_what_has_no_name_is_in_no_bar_of_a_ratio_and_is_said(tmp_path: Path) -> None:
    """90 paid to a creator who sold nothing and published nothing carries no brand."""
    place = small.write(
        tmp_path,
        influencers=small.INFLUENCERS + "3,Chitra,Yoga,Female,900,X\n",
        payouts=small.PAYOUTS + "3,post,90,1,90,paid\n",
    )
    app = App(load(place), strict=True)
    page = app.pages["Campaigns"]
    page.refresh()
    bars = page.views["roas-by-brand"]
    assert bars.frame["brand"].to_list() == ["Gritzo", "MuscleBlaze"]
    assert "₹90 of spend has no brand and is in no bar." in bars.card.sentence


def test_definitions_say_of_every_rule_for_rows_its_column_and_what_follows(tmp_path: Path) -> None:
    """Columns of which the same is said share a line, which must not lose one of them."""
    page = App(load(small.write(tmp_path)), strict=True).pages["Definitions"]
    page.refresh()
    words = unescape(str(page.views["row-rules"].words()))
    follows = {"quarantined": "Set aside", "emptied": "Emptied", "flagged": "Flagged"}
    row = re.compile(r'<th scope="row">(.*?)</th><td>(.*?)</td><td[^>]*>(.*?)</td></tr>')
    said: dict[str, set[tuple[str, str, str]]] = {}
    for section in words.split("<h3>")[1:]:
        said[section.partition(" ")[0]] = {
            (column, reason, then)
            for columns, reasons, then in row.findall(section)
            for column in columns.split(", ")
            for reason in re.findall("<p>(.*?)</p>", reasons)
        }
    for table in TABLES.values():
        for rule in rules_of(table, {one.name: one.name for one in table.columns}, dt.date.max):
            reason = rule.reason.removeprefix(f"{rule.column} ").capitalize()
            line = (rule.column, reason, follows[rule.then])
            assert any(
                (column, why.capitalize(), then) == line
                for column, why, then in said[table.name] | said["Every"]
            ), rule.name
    assert ("likes", "More likes than people reached", "Flagged") in said["posts"]
    twice = "Stands in another row, too; each may stand once"
    assert ("post_id", twice, "Set aside") in said["posts"]
    assert {reason.split(";")[0] for _, reason, _ in said["Every"]} == {
        "The header stands here once more",
        "This line sums up others, which would count twice",
    }
    assert all(
        any(reason.lower() == why.lower() for _, why, _ in said["Across"])
        for reason in ACROSS.values()
    )


def test_definitions_say_what_this_data_lacks(tmp_path: Path) -> None:
    app = App(load(small.write(tmp_path)), strict=True)
    page = app.pages["Definitions"]
    page.refresh()
    words = str(page.views["metric-definitions"].words())
    assert "Not available in this data: there is no column clicks in posts." in words
    assert "revenue ÷ spend" in words


def test_a_period_narrows_the_posts_and_payouts_in_view(tmp_path: Path) -> None:
    app = App(load(small.write(tmp_path)), strict=True)
    app.explorer.filters.period = (dt.date(2026, 1, 4), dt.date(2026, 1, 6))
    posts, payouts = app.pages["Posts"], app.pages["Payouts"]
    posts.refresh()
    payouts.refresh()
    assert posts.views["posts"].numbers()["influencer"].to_list() == ["Bela"]
    assert payouts.views["payouts"].numbers()["spend"].to_list() == [150.0]


def shown(page):
    """The names of the views that answer the question as it stands."""
    return {name for name, at in page._shown.items() if at[0] == page.explorer.revision}


def test_what_is_in_sight_is_answered_first_and_what_may_be_later_last(tmp_path):
    """Of the Overview's five rows the second and third are in sight, and then the rest follows."""
    explorer = Explorer(load(small.write(tmp_path)))
    page = Overview(explorer, strict=True)
    page.refresh(only_seen=True)  # a page is built whole
    assert page.is_fresh
    page.see(1, 2)
    explorer.filters.platform = ["YouTube"]
    assert not page.is_fresh
    page.refresh(only_seen=True)
    seen = {"revenue-and-spend", "movers", "roas-by-platform", "personas", "spend-against-revenue"}
    assert shown(page) == seen
    page.follow()
    assert shown(page) == {*seen, "kpi-cards"}
    page.follow()
    assert shown(page) == {*page.views} - {"alerts"}
    assert page.views["alerts"].later
    page.follow()
    assert page.is_fresh


def test_what_is_in_sight_need_not_be_there(tmp_path):
    """A message may name any rows; the page answers none at once then, and all of them after it."""
    explorer = Explorer(load(small.write(tmp_path)))
    page = Overview(explorer, strict=True)
    page.refresh()
    page.see(70, 99)
    explorer.filters.platform = ["YouTube"]
    page.refresh(only_seen=True)
    assert shown(page) == set()
    for _ in page.views:
        page.follow()
    assert page.is_fresh
