"""App: pages in our template when served, a plain layout in a notebook."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import panel as pn
import param
from bokeh.document import Document
from bokeh.models import ImportedStyleSheet
from panel.io.resources import CDN_DIST, LOCAL_DIST

from dashboard import address, theme
from dashboard.dataset import Dataset
from dashboard.errors import DashboardError
from dashboard.metrics import METRICS
from dashboard.pages import PAGES, Page
from dashboard.settings import Settings
from dashboard.state import STEPS, Explorer
from dashboard.tables import to_csv
from dashboard.views.actions import Actions
from dashboard.views.bookmarks import SavedViews
from dashboard.views.chart import Chart
from dashboard.views.choose import Choice
from dashboard.views.controls import FilterControls, bind
from dashboard.views.header import Header
from dashboard.views.markup import asset
from dashboard.views.saving import Saving
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
OFFERED: Mapping[str, tuple[str, ...]] = {"top-influencers": TOP_BY}
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
        with pn.config.set(design=Bare):
            built = (page(self.explorer, strict=strict) for page in PAGES)
            self.pages: dict[str, Page] = {page.title: page for page in built}
            self.controls = FilterControls(self.explorer)
            self.header = Header()
            self.actions = Actions(sizing_mode="fixed", width=0, height=0, margin=0)
            self.saved_views = SavedViews(self.explorer, self.settings, self._whole_link)
        self._not_opened = ""
        self._said_of_link: tuple[str, ...] = ()
        self._following = False
        self._saving = Saving(self.settings, self.explorer.saved)
        self._named = ""
        self._by_name = {page.name: page for page in self.pages.values()}
        self.param["page"].objects = list(self._by_name)
        for verb, handler in (
            ("export", self._export),
            ("picture", self._picture),
            ("table", self._turn),
            ("step", self._step),
            ("clear", self._clear),
            ("page", self._open),
            ("address", self._follow),
            ("visit", self._visit),
            ("idle", self._prepare),
        ):
            self.actions.on(verb, handler)
        self.explorer.param.watch(self._refresh, "revision")
        self.explorer.param.watch(self._offer, "version")
        self.explorer.param.watch(self._stand, "looks")
        self.param.watch(self._refresh, "page")

    # ------------------------------------------------------------------ what happens

    @property
    def shown(self) -> Page:
        """The page in view."""
        return self._by_name[self.page]

    def _refresh(self, *events: param.parameterized.Event) -> None:
        """Show the question as it stands; pages out of view follow when they are opened."""
        with pn.config.set(design=Bare), pn.io.hold():
            if events and events[0].name == "revision":
                self._said_of_link = ()  # it was said of what was looked at before
            self._tell_filters()
            if self.shown.refresh(put_off=bool(events) and _is_served()):
                pn.state.curdoc.add_next_tick_callback(self._catch_up)
            self._list_exports()
        if events:
            self.actions.say(self._announcement())
            self._stand()

    def _catch_up(self) -> None:
        """Refresh what may be later than the rest, which has been sent by now."""
        with pn.config.set(design=Bare), pn.io.hold():
            self.shown.refresh()

    def _tell_filters(self) -> None:
        """Say above the page what is filtered, what that leaves out, and what a link asked for."""
        said = [self._not_opened] if self._not_opened and self._shows_the_served else []
        sentences = (*said, *self._said_of_link, *self.explorer.coverage().sentences)
        self.header.narrow(self.explorer.where, sentences)

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
        self._said_of_link = (*found.notices, *gone)
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

    def _clear(self, name: str) -> None:
        """Clear one filter, or all where none is named."""
        names = self.explorer.filters.param
        if not name or name in names:
            self.explorer.filters.clear(*([name] if name else []))

    def _open(self, name: str) -> None:
        """Open a page, and say when it shows the question as it stands."""
        if name in self._by_name:
            self.page = name
            self.actions.fresh()

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

    def _prepare(self, _: str) -> None:
        """Draw one view more of the pages nobody has opened yet, while the visitor reads."""
        waiting = [page for page in self.pages.values() if not page.is_built]
        if waiting:
            with pn.config.set(design=Bare):
                waiting[0].prepare()
            self.actions.rest()

    # ------------------------------------------------------------------ taking numbers away

    def _list_exports(self) -> None:
        views = self.shown.views.values()
        self.header.offer(
            ("export", view.name, view.title) for view in views if view.numbers() is not None
        )

    def _export(self, name: str) -> None:
        """Save the numbers of one view of the page, as filtered."""
        view = self.shown.views.get(name)
        numbers = view.numbers() if view else None
        if view is None or numbers is None:
            return
        text = to_csv(numbers, [view.title, *self._printed_on(view)])
        self.actions.save(self._file(view, "csv"), text)

    def _picture(self, name: str) -> None:
        """Save the figure of a chart as a picture, as filtered."""
        view = self.shown.views.get(name)
        if isinstance(view, Chart) and view.figure is not None:
            self.actions.draw(self._file(view, "png"), view.picture(), self._printed_on(view))

    def _file(self, view: View, ending: str) -> str:
        until = self.explorer.dataset.data_until
        return f"{view.name}{f'-{until:%Y-%m-%d}' if until else ''}.{ending}"

    def _printed_on(self, view: View) -> list[str]:
        """What stands on everything that is taken away: the filters, and how fresh the data are."""
        return [f"{view.where.sentence()}.", self.explorer.dataset.stamp]

    # ------------------------------------------------------------------ how it is looked at

    def _turn(self, name: str) -> None:
        """Show the numbers of a chart in place of its figure, or the figure again."""
        view = self.shown.views.get(name)
        if isinstance(view, Chart):
            with pn.config.set(design=Bare), pn.io.hold():
                view.turn()

    def _step(self, step: str) -> None:
        """See courses over time by days, weeks or months."""
        if step in STEPS:
            self.explorer.step = step

    # ------------------------------------------------------------------ where it is shown

    def template(self) -> pn.template.Template:
        """Our page around the app, for a server."""
        _serve_styles_from_here()
        query = _query()
        self._open_saved(address.parts(query).get(SAVED, ""))
        self._open(address.parts(query).get("page", ""))
        self._offer()
        self._follow(query)
        self._refresh()
        self.actions.param.update(page=self.page, asked=query, address=self._link())
        template = pn.template.Template(asset("page.html"), design=Bare)
        for name, value in self._words().items():
            template.add_variable(name, value)
        for name, root in self._roots().items():
            template.add_panel(name, root)
        return template

    def servable(self, **options: Any) -> pn.template.Template:
        """Mark the template as what this session shows."""
        return self.template().servable(**options)

    def __panel__(self) -> pn.viewable.Viewable:
        """Return a plain layout, for a notebook: pages and filters without our page around them."""
        self._start()
        chooser = Choice.of("Page", [(p.name, p.title) for p in self.pages.values()], self.page)
        bind(chooser, self, "page", str, str)
        slot = pn.Column(self.shown.slot, sizing_mode="stretch_width", margin=0)
        self.param.watch(lambda _: slot.param.update(objects=[self.shown.slot]), "page")
        side = pn.Column(
            chooser, self.controls.first, self.controls.more, width=240, margin=(0, 16, 0, 0)
        )
        main = pn.Column(
            pn.Column(
                self.header.stamp,
                self.header.chips,
                sizing_mode="stretch_width",
                margin=(0, 0, 12, 0),
            ),
            slot,
            self.actions,
            sizing_mode="stretch_width",
            margin=0,
        )
        return pn.Row(
            side,
            main,
            css_classes=["influencer-roi"],
            stylesheets=[theme.css_variables_of_a_root(), asset("notebook.css")],
            sizing_mode="stretch_width",
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """Show it in a cell. What its browser needs for that comes first, and from this machine."""
        pn.extension("tabulator", inline=True)
        layout = self.__panel__()
        bundle = layout._repr_mimebundle_(include, exclude)
        for model, _ in layout._models.values():  # noqa: SLF001  # has no public name
            _write_styles_into(model.document)
        data, metadata = bundle
        return {**data, "text/html": _kept_in_script(data["text/html"])}, metadata

    def _start(self) -> None:
        self._offer()
        self._refresh()

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
            "variables": theme.css_variables(),
            "swap": dict(theme.SWAP),
            "shell_css": asset("shell.css"),
            "shell_js": asset("shell.js"),
        }


def _is_served() -> bool:
    """Whether there is a session of a server, which does one thing after the other."""
    document = pn.state.curdoc
    return document is not None and document.session_context is not None


def _query() -> str:
    """What the address of this session asks for, without its ``?``."""
    asked = pn.state.session_args or {}
    return urlencode([(n, v) for n, given in asked.items() for v in given])


def _serve_styles_from_here() -> None:
    """Have Panel name its own style sheets on this server.

    It does so when it writes the page. A session that is made for a page written before
    (``--warm``, ``--reuse-sessions``) is told nothing, and would send the browser to a network.
    """
    if pn.state.curdoc is not None:
        here = "/".join(part for part in (pn.state.rel_path, LOCAL_DIST) if part)
        pn.state.curdoc.template_variables.setdefault("dist_url", here)


def _kept_in_script(html: str) -> str:
    """Panel's HTML for a cell, where no text from data ends the script that it stands in.

    Panel writes the document into the script as it is: a ``</script>`` in a name would end it, and
    what follows would be HTML. The code around it holds neither tag nor comment.
    """
    head, opening, script = html.partition("<script")
    body, closing, rest = script.rpartition("</script>")
    return head + opening + _TAG.sub(r"\\u003c", body) + closing + rest


_TAG = re.compile(r"<(?=/?script|!--)", re.IGNORECASE)


def _write_styles_into(document: Document) -> None:
    """Have Panel write its own style sheets into a cell.

    It does so for what it shows at first. What is drawn later would fetch them from a network.
    """
    own = {address: ImportedStyleSheet(url=text) for address, text in _styles().items()}
    pn.state._stylesheets[document] = own  # noqa: SLF001  # where Panel looks them up


@cache
def _styles() -> dict[str, str]:
    """Panel's style sheets by address, each as an address that holds its text."""
    dist = Path(pn.__file__).parent / "dist"
    answer = {}
    for path in chain.from_iterable(dist.glob(pattern) for pattern in STYLES):
        text = base64.b64encode(path.read_bytes()).decode()
        for base in (CDN_DIST, LOCAL_DIST):
            answer[base + path.relative_to(dist).as_posix()] = f"data:text/css;base64,{text}"
    return answer


STYLES = ("css/*.css", "bundled/datatabulator/**/*.css", "bundled/font-awesome/css/all.min.css")
"""Those of Panel's that our panes and tables ask for."""


class Bare(pn.theme.Design):
    """No theme of Panel's: our colours reach into every pane, and nothing overrides them."""

    modifiers: dict[type, dict[str, Any]] = {}  # noqa: RUF012  # Panel reads it from the class
