"""What stands above every page: how fresh the data are, what is filtered, what to take away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dashboard.dataset import Dataset
from dashboard.query import Where
from dashboard.views.markup import Markup, joined, pane, show

_STAMP = Markup('<p class="stamp">{}</p>')
_CHIPS = Markup('<ul class="chips" aria-label="Filters in use">{}</ul>')
_CHIP = Markup(
    "<li>{label} <b>{words}</b>"
    '<button type="button" data-clear="{name}" aria-label="Clear {label}">✕</button></li>'
)
_ALL = Markup('<li class="all"><button type="button" data-clear="">Clear all</button></li>')
_LEFT_OUT = Markup('<p class="left-out">{}</p>')
_NOTE = Markup('<p class="note">{}</p>')
_NONE = Markup('<li class="none">No filters: everything is in view</li>')
_MENU = Markup(
    '<details class="menu tip"><summary>Export</summary>'
    '<div><button type="button" data-copy>Copy the link to this view</button>'
    "<h2>The whole dashboard, as filtered</h2>{whole}"
    "<h2>Numbers of this page, as filtered</h2>{parts}</div></details>"
)
_OF = Markup('<section style="display: var(--of-{page}, contents)">{items}</section>')
_BUSY = Markup('<p class="making" role="status">Making {} …</p>')
_ITEM = Markup('<button type="button" data-{verb}="{value}">{words}</button>')


class Header:
    """The freshness stamp, the chips and the export menu: three panes, patched in place."""

    def __init__(self) -> None:
        self.stamp = pane(Markup(""), "header.css")
        self.chips = pane(Markup(""), "header.css")
        self.export = pane(Markup(""), "header.css")

    def tell_of(self, dataset: Dataset) -> None:
        """Say how fresh the data are: until when, loaded when, which version, rows set aside."""
        show(self.stamp, _STAMP.format(dataset.stamp))

    def narrow(self, where: Where, left_out: Sequence[str] = (), note: str = "") -> None:
        """Show each filter in words, with a button that clears it, and what money it leaves out.

        A ``note`` is said quietly: nothing is wrong.
        """
        names = [*(["period"] if where.dated else []), *where.active]
        chips = [
            _CHIP.format(name=name, label=label, words=words)
            for name, (label, words) in zip(names, where.words(), strict=True)
        ]
        shown = _CHIPS.format(joined([*chips, _ALL] if chips else [_NONE]))
        notes = [_LEFT_OUT.format(sentence) for sentence in left_out]
        quiet = [_NOTE.format(note)] if note else []
        show(self.chips, joined([shown, *quiet, *notes]))

    def offer(
        self,
        whole: Iterable[tuple[str, str, str]],
        parts: Mapping[str, Iterable[tuple[str, str, str]]],
    ) -> None:
        """List what can be exported: verb and value of each button, and its words.

        ``parts`` are of pages; the browser shows those of the page in view, so that nothing need be
        sent when another is opened.
        """
        of_pages = [_OF.format(page=page, items=_items(items)) for page, items in parts.items()]
        show(self.export, _MENU.format(whole=_items(whole), parts=joined(of_pages)))

    def make(self, words: str) -> None:
        """Say that a file is being made, in place of the menu."""
        show(self.export, _BUSY.format(words))


def _items(items: Iterable[tuple[str, str, str]]) -> Markup:
    return joined(
        [_ITEM.format(verb=verb, value=value, words=words) for verb, value, words in items]
    )
