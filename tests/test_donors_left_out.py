"""Products that campaigns are not to be compared with: chosen on the page, kept in the link."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard import App, address
from dashboard.dataset import load
from dashboard.incrementality import Work
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.views.donors import ComparedWith
from dashboard.views.incrementality import ChosenEstimate
from tests.incremental_world import Campaign, shop
from tests.small import HOSTILE, PAYLOAD, write
from tests.test_estimates_on_their_way import equal, finished
from tests.test_incrementality_page import an_estimate, explorer_with, unknown
from tests.viewed import markup_of


@pytest.fixture(scope="module")
def ledger():
    """One campaign for Product 0; the Products 1 to 4 say what would have come anyway."""
    return shop([Campaign(lift=0.6)]).ledger()


@pytest.fixture
def explorer(ledger, tmp_path):
    return Explorer(ledger.dataset, Settings(cache=str(tmp_path)))


def card_of(explorer):
    """The card with the first campaign in view chosen."""
    chosen = ChosenEstimate(explorer)
    card = ComparedWith(chosen)
    chosen.update(strict=True)
    card.update(strict=True)
    return card


def donors(explorer):
    (only,) = finished(explorer.work).found
    return set(only.diagnostics.donors)


def test_what_is_left_out_is_worked_out_anew_and_clearing_goes_back(explorer):
    explorer.estimate()
    first = finished(explorer.work).found
    assert donors(explorer) == {"Product 1", "Product 2", "Product 3", "Product 4"}
    card = card_of(explorer)
    card.pick.value = ["Product 4"]
    assert not explorer.work.is_over
    assert "without comparing them with Product 4: 0 of 1" in explorer.unestimated
    assert donors(explorer) == {"Product 1", "Product 2", "Product 3"}
    (without,) = explorer.estimates
    assert without.diagnostics.excluded == ("Product 4",)
    assert without.incremental_revenue != first[0].incremental_revenue
    explorer.donors_out = []
    assert explorer.work.is_over
    assert all(map(equal, explorer.work.found, first))


def test_what_the_settings_leave_out_stays_out(explorer):
    explorer.settings = replace(explorer.settings, excluded_donors=("Product 3",))
    explorer.donors_out = ["Product 4"]
    explorer.estimate()
    assert donors(explorer) == {"Product 1", "Product 2"}
    card = card_of(explorer)
    assert card.pick.options == ["Product 1", "Product 2", "Product 4"]
    assert card.card.sentence.endswith(
        "Left out by you, for all campaigns: Product 4. Left out by the settings: Product 3."
    )
    explorer.donors_out = []
    assert donors(explorer) == {"Product 1", "Product 2", "Product 4"}


def test_all_may_be_left_out_and_the_reason_says_so(explorer):
    explorer.donors_out = [f"Product {number}" for number in range(1, 5)]
    explorer.estimate()
    assert donors(explorer) == set()
    (only,) = explorer.estimates
    assert only.status == "not identifiable"
    assert any("you have taken out yourself" in reason for reason in only.reasons)
    card = card_of(explorer)
    assert card.pick.value == card.pick.options == explorer.donors_out
    assert card.card.sentence.startswith("No product is left to compare Launch with.")


def test_nobody_who_asked_for_no_estimate_gets_one(explorer):
    explorer.donors_out = ["Product 4"]
    assert explorer.work is None


def test_another_dataset_leaves_nothing_out(explorer):
    explorer.donors_out = ["Product 4"]
    explorer.use(shop([Campaign("Other")]).ledger().dataset)
    assert explorer.donors_out == []


# ---------------------------------------------------------------------------------------- the card


def test_the_card_offers_the_donors_of_the_campaign_and_what_is_left_out(tmp_path):
    explorer = explorer_with(tmp_path, done=False)
    (first, second) = explorer.ask(["revenue"], ["campaign"]).frame["campaign"].drop_nulls()[:2]
    explorer.work.end((an_estimate(first), unknown(second)))
    card = card_of(explorer)
    assert (card.pick.options, card.pick.value) == (["Creatine", "Oats"], [])
    assert card.card.sentence.startswith(
        f"Sales of Creatine and Oats say what would have come without {first}. Leave out"
    )
    explorer.donors_out = ["Whey"]
    explorer.remember("chosen-campaign", second)
    card = card_of(explorer)
    assert (card.pick.options, card.pick.value) == (["Whey"], ["Whey"])
    assert card.card.sentence == (
        f"No product is left to compare {second} with. Left out by you, for all campaigns: Whey."
    )


def test_while_it_is_worked_out_what_is_left_out_can_be_taken_back(tmp_path):
    explorer = explorer_with(tmp_path, done=False)
    explorer.donors_out = ["Oats"]
    card = card_of(explorer)
    assert card.card.state == ("", "")
    assert card.card.sentence.startswith(
        "What came because of campaigns is being worked out without comparing them with Oats: 1 of "
        "3 are through."
    )
    assert card.pick.options == ["Oats"]
    card.pick.value = []
    assert explorer.donors_out == []


def test_who_follows_is_right_even_if_refreshed_first(tmp_path):
    """What is out of sight is refreshed later: the choice of the campaign may be."""
    explorer = explorer_with(tmp_path, done=False)
    name = explorer.ask(["revenue"], ["campaign"]).frame["campaign"].drop_nulls()[0]
    chosen = ChosenEstimate(explorer)
    card = ComparedWith(chosen)
    chosen.update(strict=True)
    card.update(strict=True)
    explorer.work.end((an_estimate(name),))
    card.update(strict=True)
    assert card.pick.options == ["Creatine", "Oats"]


def test_where_nothing_is_known_or_compared_the_card_says_so(tmp_path):
    explorer = explorer_with(tmp_path, done=False)
    assert "is being worked out: 1 of 3" in card_of(explorer).card.state[1]
    explorer.work.end(())
    assert card_of(explorer).card.state == (
        "empty", "No campaign in view. Clear a filter to see more."
    )  # fmt: skip
    explorer.work = None
    assert card_of(explorer).card.state[1].endswith("is not worked out here.")
    explorer.work = Work()
    explorer.work.end(failed="It went wrong.")
    assert card_of(explorer).card.state == ("empty", "It went wrong.")
    assert card_of(explorer).pick.options == []


def test_a_hostile_name_stays_text(tmp_path):
    """Options are text by the control's own making; the sentence is markup, and escapes."""
    explorer = explorer_with(tmp_path, done=False, **HOSTILE)
    explorer.donors_out = [PAYLOAD]
    explorer.work.end(())
    card = card_of(explorer)
    assert card.pick.options == card.pick.value == [PAYLOAD]
    said = markup_of(card.panel)
    assert PAYLOAD not in said
    assert "&lt;img" in said
    link = address.written(explorer)
    assert address.read(link, explorer).donors_out == (PAYLOAD,)


# ---------------------------------------------------------------------------------------- the link


def test_a_link_leaves_out_what_is_sold_here(explorer):
    explorer.donors_out = ["Product 4", "Product 2"]
    link = address.written(explorer)
    assert link == "donors-out=Product+4&donors-out=Product+2"
    other = Explorer(explorer.dataset)
    found = address.read("?donors-out=product+4&donors-out=Product+9&donors-out=PRODUCT+4", other)
    assert found.donors_out == ("Product 4",)
    (notice,) = found.notices
    assert notice.startswith("The link's excluded product was left out: nothing that is sold here")
    assert "'Product 9'" in notice
    before = other.revision
    address.follow(other, found)
    assert (other.donors_out, other.revision) == (["Product 4"], before + 1)
    address.follow(other, found)
    assert other.revision == before + 1
    address.follow(other, address.read("", other))
    assert other.donors_out == []


def test_the_address_follows_the_choice(tmp_path):
    app = App(load(write(tmp_path)), strict=True)
    sent = []
    app.actions._send_msg = sent.append
    app.template()
    sent.clear()
    product = app.explorer.ledger.items["product"].drop_nulls()[0]
    app.explorer.donors_out = [product]
    said = [message["address"] for message in sent if "address" in message]
    assert [address.parts(one) for one in said] == [{"donors-out": product}]
