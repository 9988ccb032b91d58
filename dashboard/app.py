"""App: pages in our template when served, a plain layout in a notebook."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import panel as pn
import param

from dashboard import address
from dashboard.dataset import Dataset
from dashboard.errors import DashboardError
from dashboard.export.making import Making
from dashboard.export.taking import FORMS
from dashboard.metrics import METRICS
from dashboard.pages import PAGES, Page
from dashboard.pages.catching_up import CatchingUp
from dashboard.pages.menu import Pages
from dashboard.settings import Settings
from dashboard.shell import Shell, asked_for, serve_styles_from_here
from dashboard.state import Explorer
from dashboard.theme import bare
from dashboard.views import cell
from dashboard.views.actions import Actions
from dashboard.views.awaiting import Awaiting
from dashboard.views.bookmarks import SavedViews
from dashboard.views.budget import OFFERED as PLANNED
from dashboard.views.choose import Choice
from dashboard.views.controls import FilterControls, bind
from dashboard.views.header import Header
from dashboard.views.poor import OFFERED as POOR_BELOW
from dashboard.views.saving import Saving
from dashboard.views.session import is_served
from dashboard.views.tools import Tools
from dashboard.views.top import OFFERED as TOP_BY
from dashboard.views.view import View

log = logging.getLogger(__name__)

SERVED_INSTEAD = "What is served here is shown."
SAVED, ONLY_HERE = "dataset", "only-here"
"""What a link calls a saved dataset, and the version of one that lives in one session only."""
GONE = (
    "This link was made for uploaded data that lived in one browser session and are not here. Ask "
    "for the files, or for a link to a saved dataset."
)
ANSWERED_MS = 10
"""So much later the page has been answered, for it is written without a pause."""

OFFERED: Mapping[str, address.Numbers | address.Words] = {
    "top-influencers": TOP_BY,
    "poor-roi": POOR_BELOW,
    **PLANNED,
}
"""What a link can tell views to do, by their names."""


class App(pn.viewable.Viewer):
    """The dashboard of one visitor: one explorer, asked by all pages.

    In a notebook it shows itself; ``template()`` puts it into our page for a server. ``strict``
    lets a bug in a view through instead of showing a card that says so.
    """

    page = param.Selector(
        default="overview", objects=["overview"], label="Page", doc="The page in view."
    )

    def __init__(
        self, dataset: Dataset, *, settings: Settings | None = None, strict: bool = False
    ) -> None:
        super().__init__()
        self.settings = settings or Settings()
        self.explorer = Explorer(dataset, self.settings)
        with bare():
            built = (page(self.explorer, strict=strict) for page in PAGES)
            self.pages = Pages((page.title, page) for page in built)
            self.controls = FilterControls(self.explorer)
            self.header = Header()
            self.actions = Actions(sizing_mode="fixed", width=0, height=0, margin=0)
            self.saved_views = SavedViews(self.explorer, self.settings, self._whole_link)
        self._is_drawn = self._has_arrived = self._has_begun = self._has_shell = False
        self._awaiting = Awaiting(self.explorer)
        self._not_opened = ""
        self._said: tuple[str, ...] = ()
        self._following = False
        self._saving = Saving(self.settings, self.explorer.saved)
        self._named = ""
        self._by_name = {page.name: page for page in self.pages.values()}
        self.param["page"].objects = list(self._by_name)
        for verb, handler in (
            ("page", self._open),
            ("address", self._follow),
            ("visit", self._visit),
        ):
            self.actions.on(verb, handler)
        Tools(self.actions, self.explorer, lambda: self.shown.views, self._finished)
        self._catching_up = CatchingUp(self.actions, self.pages.values(), lambda: self.shown)
        self._making = Making(
            self.actions, self.explorer, changed=self._list_exports, tell=self._tell
        )
        self.explorer.param.watch(self._refresh, "revision")
        self.explorer.param.watch(self._fill_in, "estimated")
        self.explorer.param.watch(self._offer, "version")
        self.explorer.param.watch(self._stand, "looks")
        self.explorer.param.watch(self._await, "donors_out")
        self.param.watch(self._refresh, "page")

    # ------------------------------------------------------------------ what happens

    @property
    def shown(self) -> Page:
        """The page in view."""
        return self._by_name[self.page]

    def _refresh(self, *events: param.parameterized.Event) -> None:
        """Show the question as it stands; pages out of view follow when they are opened."""
        if not self._has_begun:
            return
        with bare(), pn.io.hold():
            if events and events[0].name == "revision":
                self._said = ()  # it was said of what was looked at before
            elif events:
                self.shown.see_top()
            self._tell_filters()
            self.shown.refresh(only_seen=bool(events) and is_served())
            self._list_exports()
            if events:
                self._stand()
                self.actions.say(self._announcement())
                self._catching_up.tell(changed=events[0].name == "revision")

    def _fill_in(self, _: param.parameterized.Event) -> None:
        """Show what is known by now of what came because of campaigns, where it is in sight."""
        if not self._has_begun:
            return
        with bare(), pn.io.hold():
            self.shown.refresh(only_seen=is_served())
            self._catching_up.tell()

    def _await(self, *_: param.parameterized.Event) -> None:
        """Wait for what is worked out anew, and show by then that it is."""
        self._stand()
        if self._has_begun:
            self._awaiting.begin()

    def _tell_filters(self) -> None:
        """Say above the page what is filtered and left out, and what a link asked for or told."""
        said = [self._not_opened] if self._not_opened and self._shows_the_served else []
        sentences = (*said, *self._said, *self.explorer.coverage().sentences)
        note = address.margins_told(self.explorer)
        self.header.narrow(self.explorer.where, sentences, note)

    def _stand(self, *_: param.parameterized.Event) -> None:
        """Put what is looked at into the address, which is a link to it."""
        if self._saving.id_of(self.explorer.dataset) != self._named:
            self._offer_views()
        if not self._following:
            self.actions.stand(self._link())

    def _link(self) -> str:
        """The query of a link to what is looked at, behind its page."""
        link = address.written(self.explorer)
        saved = self._saving.id_of(self.explorer.dataset)
        if saved:
            return "&".join(filter(None, [f"{SAVED}={saved}", link]))
        if self._shows_the_served:
            return link
        return "&".join(filter(None, [link, f"{ONLY_HERE}={self.explorer.dataset.version}"]))

    def _whole_link(self) -> str:
        """The query of a link to what is looked at, its page included."""
        first = next(iter(self._by_name))
        page = urlencode({"page": self.page}) if self.page != first else ""
        return "&".join(filter(None, [page, self._link()]))

    def _visit(self, query: str) -> None:
        """Follow a link where there is no address to hold it: in a notebook."""
        self._follow(query)
        self._open(address.parts(query).get("page", ""))

    def _follow(self, query: str) -> None:
        """Look at what a link asks for; what it cannot have is said above the page."""
        asked = address.parts(query)
        self._following = True
        try:
            self._open_saved(asked.get(SAVED, ""))
            found = address.read(query, self.explorer, OFFERED)
            address.follow(self.explorer, found)
        finally:
            self._following = False
        only = asked.get(ONLY_HERE, "")
        gone = [GONE] if only and only != self.explorer.dataset.version else []
        self._said = (*found.notices, *gone)
        self._tell_filters()
        self.actions.stand(self._link(), corrected=True)

    @property
    def _shows_the_served(self) -> bool:
        return self.explorer.dataset is self.explorer.served

    def _offer(self, *_: param.parameterized.Event) -> None:
        """Another dataset: other choices, another stamp."""
        with pn.io.hold():
            self.controls.offer()
            self.header.tell_of(self.explorer.dataset)
            self._offer_views()
        if self._has_begun:
            self._awaiting.begin()

    def _offer_views(self) -> None:
        """List the saved views of the dataset, which may just have been saved itself."""
        self._named = self._saving.id_of(self.explorer.dataset)
        place = self.explorer.dataset.place
        if self._named:
            place = str(self._saving.shelf.place / self._named)
        self.saved_views.offer(place, session_only=not self._named and not self._shows_the_served)

    def _announcement(self) -> str:
        """What changed, for those who do not see it."""
        revenue = self.explorer.ask(("revenue",)).value("revenue")
        said = METRICS["revenue"].say(revenue, compact=True)
        return f"{self.shown.title}: revenue {said}. {self.explorer.where.sentence()}."

    def _open(self, name: str) -> None:
        """Open a page, and say when it shows the question as it stands."""
        if name not in self._by_name:
            return
        is_other = name != self.page
        self.page = name
        if self._has_begun and not is_other:
            self._catching_up.tell()

    def _open_saved(self, name: str) -> None:
        """Show the saved dataset of a link, or what is served where a link names none.

        One that does not open is said, and what is shown stays.
        """
        if name == self._saving.id_of(self.explorer.dataset):
            return
        if not name:
            self.explorer.use(self.explorer.served)
            return
        try:
            self.explorer.use(self._saving.open(name))
        except DashboardError as error:
            self._not_opened = f"{error} {SERVED_INSTEAD}"
        except Exception:  # a bug of ours in one dataset must not keep what is served from showing
            log.exception("A saved dataset could not be opened")
            self._not_opened = f"This saved dataset could not be opened. {SERVED_INSTEAD}"

    # ------------------------------------------------------------------ taking numbers away

    def _list_exports(self) -> None:
        if self._making.words:
            self.header.make(self._making.words)
            return
        pages = self.pages.values() if self._has_shell else [self.shown]
        self.header.offer(
            (("take", name, form.words) for name, form in FORMS.items()),
            {
                page.name: [
                    ("export", view.name, view.title)
                    for view in page.views.values()
                    if view.has_numbers
                ]
                for page in pages
                if page.is_built
            },
        )

    def _tell(self, sentence: str) -> None:
        """Say something above the page, until the question changes."""
        self._said = (sentence,)
        self._tell_filters()

    def _finished(self) -> Mapping[str, View]:
        """The views of the page, each as the question stands: nothing old is taken away."""
        with bare():
            self.shown.refresh()
        return self.shown.views

    # ------------------------------------------------------------------ where it is shown

    def template(self) -> pn.template.Template:
        """Our page around the app, for a server.

        A served page is answered before anything is drawn: the server draws while the browser
        fetches its scripts.
        """
        serve_styles_from_here()
        self._has_shell = True
        query = asked_for()
        self._open_saved(address.parts(query).get(SAVED, ""))
        self._open(address.parts(query).get("page", ""))
        self._offer()
        self._follow(query)
        if is_served():  # only now it is known with which products campaigns are compared
            self.explorer.estimate()
            self._awaiting.note()
        self.actions.param.update(page=self.page, asked=query, address=self._link())
        shell = Shell(self._words(), self._roots())
        if is_served():
            pn.state.onload(self._arrive)
            pn.state.curdoc.add_timeout_callback(self._begin, ANSWERED_MS)
        else:
            self._begin()
        return shell

    def servable(self, **options: Any) -> pn.template.Template:
        """Mark the template as what this session shows."""
        return self.template().servable(**options)

    def __panel__(self) -> pn.viewable.Viewable:
        """Return a plain layout, for a notebook: pages and filters without our page around them."""
        self._offer()
        self._begin()
        chooser = Choice.of("Page", [(p.name, p.title) for p in self.pages.values()], self.page)
        bind(chooser, self, "page", str, str)
        slot = pn.Column(self.shown.slot, sizing_mode="stretch_width", margin=0)
        self.param.watch(lambda _: slot.param.update(objects=[self.shown.slot]), "page")
        chosen = (chooser, self.controls.first, self.controls.more)
        return cell.beside(chosen, self.header, slot, self.actions)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """Show it in a cell of a notebook."""
        self.explorer.estimate()
        self._awaiting.note()
        return cell.bundle(self.__panel__(), include, exclude)

    def _begin(self) -> None:
        """Draw the first page; for a served one a view at a time, for others are waiting too."""
        if is_served():
            with bare():
                more = self.shown.prepare()
            if more:
                pn.state.curdoc.add_next_tick_callback(self._begin)
                return
        self._is_drawn = True
        if self._has_arrived or not is_served():
            self._show_first()

    def _arrive(self) -> None:
        """Hear that the browser has the document.

        Until then nothing in it changes: Panel drops what is changed while it is on its way.
        """
        self._has_arrived = True
        if self._is_drawn and not self._has_begun:
            self._show_first()

    def _show_first(self) -> None:
        self._has_begun = True
        self._refresh()
        self._awaiting.begin()
        self.actions.ready = self.page

    def _roots(self) -> dict[str, pn.viewable.Viewable]:
        """What the template embeds, by name."""
        return {
            "filters": self.controls.first,
            "more": self.controls.more,
            "stamp": self.header.stamp,
            "chips": self.header.chips,
            "export": self.header.export,
            "views": self.saved_views.menu,
            "actions": self.actions,
            **{f"page_{page.name}": page.slot for page in self.pages.values()},
        }

    def _words(self) -> dict[str, Any]:
        """What the template writes itself."""
        pages = [
            {"name": p.name, "title": p.title, "question": p.question} for p in self.pages.values()
        ]
        return {
            "pages": pages,
            "app_title": self.settings.title,
        }
