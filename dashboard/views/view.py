"""View: something on a page that asks once per change and shows the answer in place."""

from __future__ import annotations

import logging
import re
from abc import ABC, abstractmethod
from typing import Any

import panel as pn
import polars as pl

from dashboard import theme
from dashboard.dataset import Dataset
from dashboard.errors import QueryError
from dashboard.query import Where
from dashboard.state import Asking, Explorer
from dashboard.views.card import Card

log = logging.getLogger(__name__)

NO_ROWS = "No rows under these filters. Clear a filter to see more."
BROKEN = (
    "This part could not be shown. The rest of the page is not affected; the reason is in the log."
)


class View(ABC):
    """Something on a page that asks once per change and shows the answer in place.

    A derived class builds ``panel`` once, on first use, and changes only what is in it when
    ``refresh`` is called. ``title`` is its heading; its ``name``, by which buttons find it, is its
    class's name with dashes. ``later``: it may follow a change a moment after the other views,
    because its answer takes long. ``estimated``: it shows what came because of campaigns, which may
    be known later than all else.
    """

    title: str = ""
    later: bool = False
    estimated: bool = False

    def __init__(self, asked: Asking | Dataset | Any) -> None:
        self.explorer = asking(asked)

    @property
    def name(self) -> str:
        """``RoasByPlatform`` is called ``roas-by-platform``."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    @property
    def where(self) -> Where:
        """The question that its numbers answer."""
        return self.explorer.where

    @property
    @abstractmethod
    def panel(self) -> pn.viewable.Viewable:
        """What the page lays out; the same object every time."""

    @abstractmethod
    def refresh(self) -> None:
        """Ask again and show the answer in place."""

    @abstractmethod
    def refuse(self, sentence: str, *, broken: bool = False) -> None:
        """Show a sentence: the question has no answer, or (``broken``) we failed."""

    @property
    def has_numbers(self) -> bool:
        """Whether there are numbers to take away; asked with every change, so nothing is made."""
        return type(self).numbers is not View.numbers

    def numbers(self) -> pl.DataFrame | None:
        """The numbers shown, for export; None where there are none to take away."""
        return None

    def update(self, *, strict: bool = False) -> None:
        """Refresh; whatever goes wrong stays inside this view.

        A question that has no answer is said in its own words. Anything else is a bug of ours: it
        is logged, and the view says that it failed, while the page lives on. ``strict`` lets the
        bug through, for tests.
        """
        try:
            self.refresh()
        except QueryError as error:
            self.refuse(str(error))
        except Exception:
            if strict:
                raise
            log.exception("The view %s failed", self.name)
            self.refuse(BROKEN, broken=True)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """Show it in a cell of a notebook: drawn anew each time, and live from then on."""
        from dashboard.views import cell  # which knows charts, and so us

        with theme.bare():
            view = type(self)(self.explorer)
        layout = cell.shown(
            self.explorer.explorer, view.panel, lambda: {view.name: view}, view.update
        )
        return cell.bundle(layout, include, exclude)


def asking(asked: Asking | Dataset | Any) -> Asking:
    """Whom a view asks: an explorer, the explorer of an app, or a new one of a dataset.

    Raises
    ------
    TypeError
        It is none of these.
    """
    if isinstance(asked, Asking):
        return asked
    if isinstance(asked, Dataset):
        return Explorer(asked)
    found = getattr(asked, "explorer", None)
    if isinstance(found, Asking):
        return found
    raise TypeError(
        f"A view asks an App, an Explorer or a dataset, such as load('data'); this is of the type "
        f"{type(asked).__name__}."
    )


class CardView(View):
    """A view in a card: ``note`` beside its title, and with ``export`` a button for its numbers."""

    note: str = ""
    export: bool = True

    def __init__(self, explorer: Asking) -> None:
        super().__init__(explorer)
        self.card = Card(self.title, self.name, note=self.note, export=self.export)

    @property
    def panel(self) -> pn.viewable.Viewable:
        """The card."""
        return self.card.panel

    def refuse(self, sentence: str, *, broken: bool = False) -> None:
        """Show a sentence in place of what the card holds."""
        self.card.stand("broken" if broken else "refused", sentence)
