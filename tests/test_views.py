"""Key figures and the header; what goes wrong in a view stays inside, and text is only text."""

import datetime as dt
import logging

import pytest

from dashboard.dataset import load
from dashboard.errors import QueryError
from dashboard.state import Explorer
from dashboard.views.bars import RevenueByCampaign
from dashboard.views.header import Header
from dashboard.views.kpis import Kpi, KpiCards, sparkline
from dashboard.views.markup import Markup, pane
from dashboard.views.movers import Movers
from dashboard.views.quality import DataQuality
from dashboard.views.view import View
from tests.small import TRACKING_DATA, write
from tests.viewed import CHARTS, PAYLOAD, explorer_of, markup_of, shown


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return load(write(tmp_path_factory.mktemp("data")))


@pytest.fixture
def explorer(dataset):
    return Explorer(dataset)


def test_key_figures_are_those_of_the_small_world(explorer):
    text = markup_of(shown(KpiCards(explorer)).panel)
    for expected in ("₹1,000", "₹250", "4.00×", "25.0 %", "4 orders", "above break-even"):
        assert expected in text
    assert "₹125" in text  # two new customers for 250


def test_key_figures_say_why_one_is_missing(tmp_path):
    tracking = (
        "source,campaign,influencer_id,user_id,product,date,orders,revenue\n"
        "influencer,C,1,u1,Gritzo Kids,2026-01-02,2,300\n"
    )
    payouts = "influencer_id,basis,total_payout\n1,order,100\n"
    view = shown(KpiCards(explorer_of(tmp_path, tracking_data=tracking, payouts=payouts)))
    text = markup_of(view.panel)
    assert "no customer appears twice" in text
    assert "there is no column status in payouts" in text


def test_rows_without_a_customer_are_said_beside_new_customers(tmp_path):
    """Of three attributed order rows one names no customer."""
    view = shown(
        KpiCards(Explorer(load(write(tmp_path, tracking_data=TRACKING_DATA.replace(",u2,", ",,")))))
    )
    assert "1 new customer; 33.3 % of order rows name no customer" in markup_of(view.panel)


def test_a_sparkline_skips_what_is_undefined():
    assert sparkline([None, 1.0]) == ""
    assert str(sparkline([1.0, None, 3.0])).count(",") == 2


def test_movers_rank_by_profit(explorer):
    """Bela 700 − 150 = 550, Asha 300 − 100 = 200."""
    view = shown(Movers(explorer))
    assert view.card.sentence == "The best 2 of 2 earn ₹750 before product cost."
    text = markup_of(view.panel)
    assert text.index("Bela") < text.index("Asha")


def test_data_quality_says_what_is_left_out(explorer):
    """Bela's post is paid for Gritzo on the post's day; nothing of it is undated."""
    view = shown(DataQuality(explorer))
    assert "10" in markup_of(view.panel)
    assert view.card.sentence == "All spend under these filters could be placed."


def test_header_words_filters_and_lets_each_be_cleared(explorer):
    header = Header()
    explorer.filters.param.update(
        brand=["Gritzo"], period=(dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    )
    header.narrow(explorer.where)
    text = header.chips.object
    assert 'data-clear="period"' in text
    assert 'data-clear="brand"' in text
    assert "1 – 31 Jan 2026" in text or "1 Jan – 31 Jan 2026" in text


# ------------------------------------------------------------------- what goes wrong stays inside


class Broken(View):
    """Fails as told."""

    error: Exception = ValueError("a bug")
    panel = None
    said = ""

    def refresh(self):
        raise self.error

    def refuse(self, sentence, *, broken=False):
        self.said = f"{broken}: {sentence}"


def test_a_bug_is_logged_and_said_and_strict_lets_it_through(explorer, caplog):
    view = Broken(explorer)
    with caplog.at_level(logging.ERROR):
        view.update()
    assert view.said.startswith("True: This part could not be shown")
    assert "a bug" in caplog.text
    with pytest.raises(ValueError, match="a bug"):
        view.update(strict=True)


def test_a_question_without_an_answer_is_said_in_its_words_strict_or_not(explorer):
    view = Broken(explorer)
    view.error = QueryError("Ask differently.")
    view.update(strict=True)
    assert view.said == "False: Ask differently."


def test_a_refused_metric_is_a_state_of_its_own(explorer):
    """Revenue is not recorded by basis."""
    chart = shown(RevenueByCampaign(explorer), basis=["order"])
    kind, sentence = chart.card.state
    assert kind == "refused"
    assert "Revenue cannot be filtered by payout basis" in sentence


# ------------------------------------------------------------------------------ text is only text


def test_a_pane_refuses_what_nobody_escaped():
    with pytest.raises(TypeError, match="Markup is expected"):
        pane("<b>plain</b>")


def test_text_from_data_is_escaped_in_every_pane(tmp_path):
    evil = PAYLOAD.replace("=", "&#61;")
    influencers = (
        "influencer_id,name,category,gender,follower_count,platform\n"
        f"1,{PAYLOAD},{PAYLOAD},{PAYLOAD},5000,{PAYLOAD}\n"
    )
    explorer = explorer_of(tmp_path, influencers=influencers)
    for kind in (KpiCards, Movers, DataQuality, *CHARTS):
        assert "<img" not in markup_of(shown(kind(explorer)).panel), (kind, evil)


def test_a_card_of_numbers_escapes_all_its_words():
    view = KpiCards.__new__(KpiCards)
    view._pane = pane(Markup(""))
    view._show([Kpi(PAYLOAD, PAYLOAD, PAYLOAD, PAYLOAD)])
    assert "<img" not in view._pane.object
