"""Card: a box with a title, one sentence that answers, small buttons, and a body."""

from __future__ import annotations

from collections.abc import Sequence

import panel as pn

from dashboard.metrics import METRICS, Metric
from dashboard.views.markup import Markup, asset, joined, pane, show

_HEAD = Markup(
    '<div class="head"><div class="title"><h2{hint}>{title}</h2>{tip}{note}</div>{controls}'
    '<div class="tools">{buttons}</div></div>'
    '<p class="say">{sentence}</p>{aside}{state}'
)
_HINT = Markup(' title="{}"')
_NOTE = Markup('<span class="note">{}</span>')
_BUTTON = Markup(
    '<button type="button" data-{verb}="{value}" aria-label="{label}" title="{label}">{text}'
    "</button>"
)
_TOGGLE = Markup(
    '<button type="button" data-{verb}="{value}" aria-label="{label}" title="{label}" '
    'aria-pressed="{pressed}">{text}</button>'
)
_TIP = Markup(
    '<details class="tip" name="tip"><summary aria-label="What {title} means">'
    '<span aria-hidden="true">?</span></summary><dl>{meanings}</dl></details>'
)
_MEANING = Markup("<dt>{label}</dt><dd>{definition}{formula}</dd>")
_FORMULA = Markup("<span>{label} = {formula}</span>")
_STATE = Markup('<div class="state {kind}"><p>{sentence}</p></div>')

NOTHING_BESIDE = Markup("")
STANDING = "standing"
"""The class of a card in which a state stands in front of the body."""
TABLE = Markup(
    '<svg viewBox="0 0 16 16" aria-hidden="true">'
    '<path d="M2 3.5h12v9H2zM2 6.5h12M2 9.5h12M7 6.5v6"/></svg>'
)
"""The sign for seeing numbers as a table."""


class Card:
    """A box with a title, one sentence that answers, small buttons, and a body.

    ``panel`` is built once. The sentence and the state are patched; a state (``empty``,
    ``refused`` or ``broken``) stands in front of the body, which stays where it is, so that
    nothing jumps. ``metrics`` are what the title speaks of: it says what they mean.
    ``tools`` are its buttons, ``controls`` stand beside them.
    """

    def __init__(
        self,
        title: str,
        name: str,
        *,
        note: str = "",
        export: bool = True,
        metrics: Sequence[str] = (),
    ) -> None:
        self.title, self.name, self.note, self.metrics = title, name, note, tuple(metrics)
        self.sentence = ""
        self.state = ("", "")
        self._aside = Markup("")
        self.controls = Markup("")
        self.tools = [self.button("export", name, "CSV", f"CSV of {title}")] if export else []
        self._head = pane(self._markup(), "card-head.css")
        self._head.css_classes = ["card-head"]
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

    @staticmethod
    def toggle(verb: str, value: str, text: str, label: str, *, pressed: bool) -> Markup:
        """The same for a button that stays pressed."""
        state = "true" if pressed else "false"
        return _TOGGLE.format(verb=verb, value=value, text=text, label=label, pressed=state)

    def say(self, sentence: str, aside: Markup = NOTHING_BESIDE) -> None:
        """Show the answer in one sentence, with a legend or the like below it, and the body."""
        self.sentence, self._aside, self.state = sentence, aside, ("", "")
        self.show()

    def stand(self, kind: str, sentence: str) -> None:
        """Show a sentence in place of the body: ``empty``, ``refused`` or ``broken``."""
        self.sentence, self.state = "", (kind, sentence)
        self.show()

    def show(self) -> None:
        """Show tools, controls or metrics as they are now."""
        show(self._head, self._markup())
        standing = [STANDING] if self.state[0] else []
        if self.panel.css_classes != standing:  # what is covered must not be reached by keyboard
            self.panel.css_classes = standing

    def _markup(self) -> Markup:
        kind, reason = self.state
        return _HEAD.format(
            title=self.title,
            hint=_HINT.format(_hint(self.metrics)) if self.metrics else "",
            tip=_tip(self.title, self.metrics),
            note=_NOTE.format(self.note) if self.note else "",
            controls=self.controls,
            buttons=joined(self.tools),
            sentence=self.sentence or "\N{NO-BREAK SPACE}",
            aside=self._aside,
            state=_STATE.format(kind=kind, sentence=reason) if kind else "",
        )


def _hint(metrics: Sequence[str]) -> str:
    """What metrics mean, for who rests the pointer on their name."""
    return "\n".join(f"{METRICS[name].label}: {METRICS[name].definition}" for name in metrics)


def _tip(title: str, metrics: Sequence[str]) -> Markup:
    """What metrics mean and how they are computed, for who asks."""
    if not metrics:
        return Markup("")
    meanings = [_meaning(METRICS[name]) for name in metrics]
    return _TIP.format(title=title, meanings=joined(meanings))


def _meaning(one: Metric) -> Markup:
    """A definition, and the formula of what is more than one total."""
    computed = one.formula.replace(" ", "_") not in one.measures
    formula = _FORMULA.format(label=one.label, formula=one.formula) if computed else ""
    return _MEANING.format(label=one.label, definition=one.definition, formula=formula)
