"""Card: a box with a title, one sentence that answers, small buttons, and a body."""

from __future__ import annotations

import panel as pn

from dashboard.views.markup import Markup, asset, joined, pane, show

_HEAD = Markup(
    '<div class="head"><h2>{title}</h2><div class="tools">{note}{buttons}</div></div>'
    '<p class="say">{sentence}</p>{aside}{state}'
)
_NOTE = Markup('<span class="note">{}</span>')
_BUTTON = Markup('<button type="button" data-{verb}="{value}" aria-label="{label}">{text}</button>')
_STATE = Markup('<div class="state {kind}"><p>{sentence}</p></div>')

NOTHING_BESIDE = Markup("")


class Card:
    """A box with a title, one sentence that answers, small buttons, and a body.

    ``panel`` is built once. The sentence and the state are patched; a state (``empty``,
    ``refused`` or ``broken``) stands in front of the body, which stays where it is, so that
    nothing jumps.
    """

    def __init__(self, title: str, name: str, *, note: str = "", export: bool = True) -> None:
        self.title, self.name, self.note = title, name, note
        self.sentence = ""
        self.state = ("", "")
        self._aside = Markup("")
        self._buttons = [self.button("export", name, "CSV", f"CSV of {title}")] if export else []
        self._head = pane(self._markup(), "card-head.css")
        self.panel = pn.Column(
            self._head,
            stylesheets=[asset("card.css")],
            sizing_mode="stretch_width",
            margin=0,
        )

    def add(self, body: pn.viewable.Viewable) -> None:
        """Put something below the head."""
        self.panel.append(body)

    @staticmethod
    def button(verb: str, value: str, text: str, label: str) -> Markup:
        """A small button; ``Actions`` hears it by its verb (``data-export``)."""
        return _BUTTON.format(verb=verb, value=value, text=text, label=label)

    def say(self, sentence: str, aside: Markup = NOTHING_BESIDE) -> None:
        """Show the answer in one sentence, with a legend or the like below it, and the body."""
        self.sentence, self._aside, self.state = sentence, aside, ("", "")
        show(self._head, self._markup())

    def stand(self, kind: str, sentence: str) -> None:
        """Show a sentence in place of the body: ``empty``, ``refused`` or ``broken``."""
        self.sentence, self.state = "", (kind, sentence)
        show(self._head, self._markup())

    def _markup(self) -> Markup:
        kind, reason = self.state
        return _HEAD.format(
            title=self.title,
            note=_NOTE.format(self.note) if self.note else "",
            buttons=joined(self._buttons),
            sentence=self.sentence or "\N{NO-BREAK SPACE}",
            aside=self._aside,
            state=_STATE.format(kind=kind, sentence=reason) if kind else "",
        )
