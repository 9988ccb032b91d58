"""Gross margins: said per brand or product, kept in the link; profit becomes contribution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import param
import polars as pl
from panel.custom import JSComponent

from dashboard.errors import SettingsError
from dashboard.formats import listing, rupees_compact, times
from dashboard.query import View
from dashboard.query.margins import retold, typed
from dashboard.schema import FILTERS
from dashboard.settings import basis_points, folded, percent_typed
from dashboard.state import Explorer
from dashboard.views.markup import ASSETS, asset
from dashboard.views.view import CardView

MOST = 200
"""Products listed; settings can name any."""

NOTHING_SOLD = "Nothing was sold in this data, so there is nothing to set a margin for."
HERE = (
    "What is typed here is part of the link to what you see; a table [margins] in dashboard.toml "
    "sets it for everybody."
)


class MarginInputs(JSComponent):
    """A number for each brand and product; ``heard`` is called with what was typed."""

    brands = param.List(default=[], label="Brands", doc="name, percent, usual, words of each.")
    products = param.List(default=[], label="Products", doc="The same of each product.")
    said = param.String(default="", label="Said", doc="What came of the last change.")
    wrong = param.Boolean(default=False, label="Wrong", doc="Whether that was refused.")

    _esm: ClassVar[Any] = ASSETS / "margins.js"
    _stylesheets: ClassVar[list[str]] = [asset("drop.css"), asset("margins.css")]

    heard: Callable[[Any], None] | None = None

    def _handle_msg(self, data: Any) -> None:
        if self.heard is not None:
            self.heard(data)


class GrossMargins(CardView):
    """What share of revenue is left after the cost of the product?"""

    title = "Gross margin"
    export = False

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        self.own = explorer
        self.inputs = MarginInputs(sizing_mode="stretch_width", margin=0)
        self.inputs.heard = self.hear
        self.card.add(self.inputs)
        self._said, self._said_of = HERE, basis_points(explorer.margins)

    def refresh(self) -> None:
        """List what was sold, with the margins known."""
        view = self.explorer.view(*FILTERS, "period")
        sold = _sold(view)
        names = {name for at in ("brand", "product") for name in sold[at].drop_nulls()}
        if basis_points(self.own.margins) != self._said_of:  # set by a link since then
            self._said, self._said_of = HERE, basis_points(self.own.margins)
        self._names = {folded(name): name for name in names}
        self.inputs.param.update(
            brands=self._entries(sold, "brand"),
            products=self._entries(sold, "product") if sold.height and _apart(view) else [],
            said=self._said,
            wrong=False,
        )
        if sold.height:
            self.card.say(_sentence(view))
        else:
            self.card.stand("empty", NOTHING_SOLD)

    def hear(self, message: Any) -> None:
        """Set a margin, or forget it where nothing is typed; what is not listed is ignored."""
        match message:
            case {"name": str() as name, "percent": str() as text} if folded(name) in self._names:
                try:
                    points = typed(name, text)
                except SettingsError as error:
                    self.inputs.param.update(said=str(error), wrong=True)
                    return
                self._said = f"{_said(name, points)} {HERE}"
                known = retold(self.own.margins, {self._names[folded(name)]: points})
                self._said_of = basis_points(known)
                self.own.margins = known

    def _entries(self, sold: pl.DataFrame, kind: str) -> list[dict[str, str]]:
        """Brands or products, the largest revenue first, with what is set for each."""
        known = basis_points(self.own.margins)
        brand = pl.col("brand").first() if kind == "product" else pl.lit("")
        largest = (
            sold.filter(pl.col(kind).is_not_null())
            .group_by(kind)
            .agg(pl.col("revenue").sum(), usual=brand.fill_null(""))
            .sort("revenue", kind, descending=[True, False])
            .head(MOST)
        )
        brands = {folded(name) for name in sold["brand"].drop_nulls()} if kind == "product" else ()
        return [
            {
                "name": name,
                "percent": percent_typed(known.get(folded(name))),
                "usual": percent_typed(known.get(folded(usual))),
                "words": rupees_compact(revenue / 100) + " sold",
            }
            for name, revenue, usual in largest.iter_rows()
            if folded(name) not in brands
        ]


def _sold(view: View) -> pl.DataFrame:
    """``(I, 4)``: item, product, brand and revenue (paise) of everything sold."""
    sums = view.facts("sales").group_by("item").agg(pl.col("revenue").sum())
    return sums.join(view.ledger.items, on="item").select("item", "product", "brand", "revenue")


def _apart(view: View) -> bool:
    """Whether questions tell products apart; see ``engines.coarsening``."""
    return view.ledger.dataset.rolled.sold is None


def _said(name: str, points: int | None) -> str:
    if points is None:
        return f"The margin of {name} is forgotten."
    return f"{name}: {percent_typed(points)} %."


def _sentence(view: View) -> str:
    """What margins there are, what lacks one, and what follows from it."""
    unused = view.margins.unused(view.ledger.items)
    absent = view.margins.unused(view.ledger.products)
    also = f" Set, but not in this data: {listing(absent)}." if absent else ""
    if whole := [name for name in unused if name not in absent]:
        also += (
            f" Set for {listing(whole)}, which only what came because of campaigns follows: "
            "products are added up to brands here, so set it for the brand too."
        )
    if not view.margins or len(unused) == len(view.margins.by_name):
        return (
            "The percent of revenue that is left after the cost of the product. None is set: "
            f"profit is before product cost, and break-even ROAS is 1×.{also}"
        )
    if view.lacking:
        return (
            f"No gross margin is set for {listing(view.lacking)}: where they are in view, profit "
            f"stays before product cost.{also}"
        )
    even = times(view.ask(["break_even_roas"]).value("break_even_roas"))
    return (
        f"Everything sold has a gross margin: profit is contribution, and ROAS {even} breaks even "
        f"over all.{also}"
    )
