"""Colours and figure defaults, light and dark: the one place that knows how things look.

Figures are always drawn in the light colours. In the dark theme the browser exchanges each of them
for its dark twin (``SWAP``), which is why every colour must have a hex of its own.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Any

import panel as pn
from bokeh.core.properties import value
from bokeh.models import (
    Axis,
    CustomJSHover,
    CustomJSTickFormatter,
    GlyphRenderer,
    HoverTool,
)
from bokeh.plotting import figure as Figure  # noqa: N812  # Bokeh's class with a function's name

from dashboard.formats import JAVASCRIPT
from dashboard.metrics import Metric

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "bg": "#f6f7f9",
        "card": "#ffffff",
        "ink": "#17202b",
        "muted": "#5b6675",
        "line": "#e3e7ec",
        "control": "#7c8794",
        "accent": "#0b6e5f",
        "soft": "#e2f2ef",
        "blue": "#0072b2",
        "vermillion": "#d55e00",
        "vermillion-ink": "#ac4b00",
        "green": "#00785a",
        "purple": "#a34e86",
        "band": "#fdf0d9",
        "band-ink": "#8a5a00",
        "good": "#00704f",
        "bad": "#b3261e",
    }
)
"""The light theme's colours by what they are for; ``-ink`` is the shade that text may have."""

DARK: Mapping[str, str] = MappingProxyType(
    {
        "bg": "#0e141b",
        "card": "#161e28",
        "ink": "#e9eef4",
        "muted": "#9aa7b6",
        "line": "#263241",
        "control": "#74839a",
        "accent": "#4cc9b0",
        "soft": "#12332f",
        "blue": "#56b4e9",
        "vermillion": "#e69f00",
        "vermillion-ink": "#efb033",
        "green": "#36c79a",
        "purple": "#cc79a7",
        "band": "#2b2415",
        "band-ink": "#e8c27a",
        "good": "#5fd4a6",
        "bad": "#ff8a80",
    }
)
"""The dark theme's colours under the same names."""

FONT = (
    'Inter, "Inter stand-in", system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", '
    "sans-serif"
)
"""Our own font, served by us; what is on the machine where it is not there, or lacks a letter."""


class Bare(pn.theme.Design):
    """No theme of Panel's: our colours reach into every pane, and nothing overrides them."""

    modifiers: dict[type, dict[str, Any]] = {}  # noqa: RUF012  # Panel reads it from the class


@contextmanager
def bare() -> Iterator[None]:
    """Have what is made meanwhile be without a design of Panel's, whatever a notebook has chosen.

    ``pn.config.set`` would note and restore every setting of Panel: a millisecond each time.
    """
    before = pn.config.design
    pn.config.design = Bare
    try:
        yield
    finally:
        pn.config.design = before


_FONT_FILE = "assets/fonts/inter.woff2"


class Inter:
    """The font as a server finds it: Panel hands out the files that a class lists, and no other.

    scripts/font.sh makes the file; its licence stands beside it.
    """

    _resources: Mapping[str, Sequence[str]] = MappingProxyType({"font": (_FONT_FILE,)})


@cache
def font_faces(*, inline: bool = False) -> str:
    """The CSS that brings the font: from our own server, or ``inline`` for a file that has none.

    The address names the file's content, so a browser keeps it for years. Until it is there words
    stand in Arial or its likes, stretched to the same widths and heights: nothing jumps.
    """
    content = (Path(__file__).parent / _FONT_FILE).read_bytes()
    address = (
        f"components/{__name__}/{Inter.__name__}/_resources/font/{_FONT_FILE}"
        f"?v={blake2b(content, digest_size=6).hexdigest()}"
    )
    if inline:
        address = f"data:font/woff2;base64,{b64encode(content).decode()}"
    return _FONT_FACES.format(address=address)


_FONT_FACES = """\
@font-face {{ font-family: Inter; font-weight: 400 700; font-display: swap; \
src: url("{address}") format("woff2"); }}
@font-face {{ font-family: "Inter stand-in"; ascent-override: 90.49%; descent-override: 22.53%; \
line-gap-override: 0%; size-adjust: 107.06%; \
src: local("Arial"), local("Liberation Sans"), local("Helvetica"), local("Arimo"); }}
"""


def ramp(pale: str, full: str, steps: int) -> tuple[str, ...]:
    """Shades in equal steps from one hex colour to another, both included."""
    start, end = ([int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in (pale, full))
    return tuple(
        "#"
        + "".join(
            f"{round(a + (b - a) * step / (steps - 1)):02x}"
            for a, b in zip(start, end, strict=True)
        )
        for step in range(steps)
    )


RAMP_LIGHT = (*ramp("#e6f0f7", "#56a1cc", 6), *ramp(LIGHT["blue"], "#004f80", 3))
RAMP_DARK = (*ramp("#1d2c3a", "#3a7092", 6), *ramp(DARK["blue"], "#a4d8f7", 3))
"""A sequential ramp, weak to strong. It leaves out the shades on which no ink can be read."""

STEPS = len(RAMP_LIGHT)
STRONG = 6
"""The first shade of the ramp that wants words in the card's colour; those before want ink."""

SWAP: Mapping[str, str] = MappingProxyType(
    {
        **{LIGHT[name]: DARK[name] for name in LIGHT},
        **dict(zip(RAMP_LIGHT, RAMP_DARK, strict=True)),
    }
)
"""Each light colour's dark twin, for the browser."""

TIER_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "nano": "muted",
        "micro": "purple",
        "mid": "blue",
        "macro": "green",
        "celebrity": "ink",
    }
)
"""The colour of each tier, by its name among the colours; the dot's size tells it as well."""


def css_variables() -> str:
    """The served page's colours as CSS variables: light, and dark under ``data-theme``."""
    return (
        f":root {{ {_variables(LIGHT)} --shadow: {_SHADOW}; }}\n"
        f'html[data-theme="dark"] {{ {_variables(DARK)} --shadow: none; }}'
    )


def css_variables_of_a_root() -> str:
    """The same for a layout without our page around it, such as a notebook's cell."""
    return f":host {{ {_variables(LIGHT)} --shadow: {_SHADOW}; }}"


_SHADOW = "0 1px 2px rgba(16, 24, 40, .06)"

_PANEL = {
    "primary-color": "accent",
    "on-primary-color": "card",
    "background-color": "bg",
    "on-background-color": "ink",
    "surface-color": "card",
    "on-surface-color": "ink",
    "border-color": "line",
}
"""What Panel's own widgets call our colours."""


def _variables(colours: Mapping[str, str]) -> str:
    panels = {f"panel-{name}": colours[colour] for name, colour in _PANEL.items()}
    everything = {"font": FONT, **colours, **panels}
    return " ".join(f"--{name}: {value};" for name, value in everything.items())


def finish(figure: Figure, height: int) -> None:
    """Take off box, tools, axis lines and titles; leave hairlines and small muted ticks."""
    figure.update(
        height=height,
        sizing_mode="stretch_width",
        toolbar_location=None,
        output_backend="canvas",
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
        min_border_right=8,
        min_border_top=4,
    )
    figure.title.visible = False
    for axis in figure.select(Axis):
        axis.update(
            axis_label=None,
            axis_line_color=None,
            major_tick_line_color=None,
            minor_tick_line_color=None,
            major_label_text_color=LIGHT["muted"],
            major_label_text_font=FONT,
            major_label_text_font_size="11px",
        )
    figure.xgrid.grid_line_color = None
    figure.ygrid.grid_line_color = LIGHT["line"]
    # Left to find out for itself what is active, the browser would tell the server: nothing is.
    figure.toolbar.update(tools=[], active_drag=None, active_scroll=None)


def ticks(unit: str) -> CustomJSTickFormatter:
    """Say an axis in a metric's unit: ``₹2.5 L``, ``1.5×``, ``40 %``, ``1,20,000``."""
    return CustomJSTickFormatter(code=f"{JAVASCRIPT} return {_TICKS.get(unit, 'plain(tick)')};")


_TICKS = {"₹": "rupeesTick(tick)", "×": "times(tick, tick % 1 ? 1 : 0)", "%": "percent(tick, 0)"}


def hover(
    title: str,
    rows: Mapping[str, str | Metric],
    renderers: Sequence[GlyphRenderer],
    *,
    formats: Mapping[str, str] = MappingProxyType({}),
    mode: str = "mouse",
) -> HoverTool:
    """A small card that follows the pointer.

    Parameters
    ----------
    title
        Its first line, with columns of the source as ``@{name}``.
    rows
        Label to column; a metric is the column of its name, said in full in its unit. Whatever a
        column holds is shown as text, never as HTML: Bokeh escapes every value that has no
        ``{safe}`` behind it.
    renderers
        What listens to the pointer.
    formats
        Bokeh's own formatters by ``@{column}``, such as ``datetime``.
    mode
        ``mouse`` (over the mark) or ``vline`` (anywhere above or below it).
    """
    metrics = [field for field in rows.values() if isinstance(field, Metric)]
    lines = "".join(
        _TOOLTIP_ROW.format(label=label, value=_placeholder(field)) for label, field in rows.items()
    )
    return HoverTool(
        tooltips=_TOOLTIP.format(title=title, rows=lines),
        formatters={**formats, **{f"@{{{one.name}}}": _said(one) for one in metrics}},
        mode=mode,
        renderers=list(renderers),
        line_policy="nearest",
        show_arrow=False,
    )


_TOOLTIP = (
    '<div style="margin:-6px;padding:8px 12px;max-width:320px;border:1px solid var(--line);'
    "border-radius:8px;background:var(--card);color:var(--ink);font:12.5px/1.5 var(--font);"
    'font-variant-numeric:tabular-nums">'
    '<div style="font-weight:600;overflow-wrap:anywhere">{title}</div>{rows}</div>'
)
_TOOLTIP_ROW = (
    '<div style="display:flex;justify-content:space-between;gap:16px">'
    '<span style="color:var(--muted)">{label}</span><span>{value}</span></div>'
)


def _placeholder(field: str | Metric) -> str:
    return f"@{{{field.name}}}{{custom}}" if isinstance(field, Metric) else f"@{{{field}}}"


def _said(metric: Metric) -> CustomJSHover:
    """The browser's twin of ``Metric.say``."""
    function = {"₹": "rupees", "×": "times", "%": "percent"}.get(metric.unit, "plain")
    return CustomJSHover(code=f"{JAVASCRIPT} return {function}(value, {metric.digits});")


def text(colour: str = "ink", *, bold: bool = False, size: int = 12) -> dict[str, Any]:
    """How words beside a picture look: keyword arguments of Bokeh's labels."""
    return {
        "text_color": LIGHT[colour],
        "text_font": FONT,
        "text_font_size": f"{size}px",
        "text_font_style": "bold" if bold else "normal",
    }


def axis_text(colour: str = "ink", *, bold: bool = False) -> dict[str, Any]:
    """The same for the names on an axis."""
    return {f"major_label_{key}": value for key, value in text(colour, bold=bold).items()}


def axis_label() -> dict[str, Any]:
    """The same for what an axis shows."""
    return {
        **{f"axis_label_{key}": value for key, value in text("muted", size=11).items()},
        "axis_label_standoff": 6,
    }


def mark_text(colour: str = "ink", *, bold: bool = False, size: int = 12) -> dict[str, Any]:
    """The same for words that are marks themselves, one for each row of a source."""
    return text(colour, bold=bold, size=size) | {"text_font": value(FONT)}
