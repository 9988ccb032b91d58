"""Hearing: of what a browser gathers while a kernel is busy, nothing is lost."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from bokeh.protocol import Protocol

from dashboard import App
from dashboard.dataset import load
from dashboard.views import cell
from dashboard.views.actions import Actions
from dashboard.views.choose import Choice
from tests.small import write


class Cell:
    """The app in a cell, without a browser: what one would say is handed to Panel's own ear."""

    def __init__(self, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
        kept: list[Any] = []
        bundle = cell.bundle
        monkeypatch.setattr(cell, "bundle", lambda at, *_: (kept.append(at), bundle(at))[1])
        app._repr_mimebundle_()
        (self.layout,) = kept
        ((self.ref, (_, self.browser)),) = self.layout._comms.items()
        (self.chooser,) = (one for one in self.layout.select(Choice) if one.label == "Page")
        (self.actions,) = self.layout.select(Actions)

    def model(self, component: Any) -> Any:
        """The model of a component."""
        return component._models[self.ref][0]

    def chosen(self, component: Any, value: str) -> dict[str, Any]:
        """What the browser says of a choice."""
        return changed(self.model(component).data.id, "value", value)

    def clicked(self, verb: str, value: str) -> dict[str, Any]:
        """What the browser says of a click on one of our buttons."""
        data = {"type": "map", "entries": [["verb", verb], ["value", value]]}
        entries = [["model", {"id": self.model(self.actions).id}], ["data", data]]
        values = {"type": "map", "entries": entries}
        event = {"type": "event", "name": "data_event", "values": values}
        return {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}

    def hear(self, *events: dict[str, Any]) -> None:
        """Hear one message."""
        header = Protocol()._messages["PATCH-DOC"].create_header()
        content = {"events": json.loads(json.dumps(events))}
        self.browser._on_msg(
            {"header": dict(header), "metadata": {}, "content": content, "_buffers": {}}
        )


def changed(model: str, name: str, value: Any) -> dict[str, Any]:
    return {"kind": "ModelChanged", "model": {"id": model}, "attr": name, "new": value}


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(load(write(tmp_path / "data")), strict=True)


@pytest.fixture
def shown(app: App, monkeypatch: pytest.MonkeyPatch) -> Cell:
    return Cell(app, monkeypatch)


def test_a_choice_is_heard(app: App, shown: Cell) -> None:
    shown.hear(shown.chosen(shown.chooser, "campaigns"))
    assert app.page == "campaigns"


def test_a_choice_is_heard_that_a_click_follows(app: App, shown: Cell) -> None:
    """The click is answered with a message to the browser, which took the choice along."""
    shown.hear(shown.chosen(shown.chooser, "campaigns"), shown.clicked("idle", ""))
    assert app.page == "campaigns"


def test_the_last_choice_holds(app: App, shown: Cell) -> None:
    """Whatever comes between the choices, and behind them."""
    compare = app.controls.comparison
    shown.hear(
        shown.chosen(shown.chooser, "campaigns"),
        shown.clicked("idle", ""),
        shown.chosen(compare, "year"),
        shown.chosen(shown.chooser, "posts"),
        shown.clicked("see", "0-1"),
        shown.chosen(shown.chooser, "definitions"),
        shown.clicked("idle", ""),
    )
    assert (app.page, app.explorer.comparison) == ("definitions", "year")
    assert app.pages["Definitions"].is_built


def test_a_choice_is_heard_beside_words_about_what_is_gone(app: App, shown: Cell) -> None:
    """The page that was left has grown or shrunk in the browser just before it went."""
    old = app.pages["Overview"].slot._models[shown.ref][0].id
    shown.hear(shown.chosen(shown.chooser, "campaigns"))
    shown.hear(changed(old, "visible", True), shown.chosen(shown.chooser, "posts"))
    assert app.page == "posts"


def test_what_becomes_known_waits_while_the_browser_is_answered(app: App, shown: Cell) -> None:
    """JupyterLab has a kernel hear its widgets in a thread beside the one that looks."""
    looked: list[bool] = []
    look = threading.Thread(target=lambda: (app._awaiting._look(), looked.append(True)))

    def answer(_: str) -> None:
        look.start()
        look.join(0.5)
        assert not looked

    shown.actions.on("slow", answer)
    shown.hear(shown.clicked("slow", ""))
    look.join()
    assert looked
