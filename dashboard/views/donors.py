"""Donors: with which products a campaign is compared, and leaving some of them out."""

from __future__ import annotations

import param

from dashboard.formats import listing
from dashboard.incrementality import Estimate
from dashboard.views.controls import Pick
from dashboard.views.incrementality import NO_CAMPAIGN, ChosenEstimate, stand
from dashboard.views.view import CardView

NOTHING = "It is compared with no product, so there is nothing to leave out."
WHEN = (
    "Leave out a product whose sales campaigns move though none of them sells it: everything is "
    "then worked out anew without it."
)


class ComparedWith(CardView):
    """Which products say what would have come anyway, and which are not to?

    What is left out here holds for every campaign, in this session and in its link; what the
    settings leave out stays out.
    """

    title = "Compared with"
    estimated = True
    export = False

    def __init__(self, chosen: ChosenEstimate) -> None:
        super().__init__(chosen.focus)
        self.chosen, self.own = chosen, chosen.focus.explorer
        self.pick = Pick(
            label="Leave out", nothing="None", sizing_mode="stretch_width", margin=(0, 0, 10, 0)
        )
        self.pick.param.watch(self._picked, "value")
        self.card.add(self.pick)

    def refresh(self) -> None:
        """Offer the products that the chosen campaign is compared with, and those left out."""
        one, out = self.chosen.estimate, list(self.own.donors_out)
        used = list(one.diagnostics.donors) if one else []
        self.pick.param.update(options=sorted({*used, *out}), value=out)
        if used or out:
            self.card.say(" ".join(filter(None, [self._compared(one), self._left_out()])))
        else:
            stand(self, NOTHING if one else NO_CAMPAIGN)

    def _compared(self, one: Estimate | None) -> str:
        if one is None:
            return self.explorer.unestimated or NO_CAMPAIGN
        donors = one.diagnostics.donors
        if not donors:
            return f"No product is left to compare {one.campaign} with."
        return f"Sales of {listing(donors)} say what would have come without {one.campaign}."

    def _left_out(self) -> str:
        out, always = self.own.donors_out, self.own.settings.excluded_donors
        said = f"Left out by you, for all campaigns: {listing(out)}." if out else WHEN
        kept = f" Left out by the settings: {listing(always)}." if always else ""
        return f"{said}{kept}"

    def _picked(self, event: param.parameterized.Event) -> None:
        if list(event.new) != list(self.own.donors_out):
            self.own.donors_out = list(event.new)
