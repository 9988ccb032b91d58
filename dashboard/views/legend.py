"""Legend: what the marks of a figure are, beside it."""

from __future__ import annotations

from dashboard.views.markup import Markup, joined

DOT = Markup('<li><i style="background:var(--{colour})"></i>{name}</li>')
LINE = Markup('<li><i class="line" style="background:var(--{colour})"></i>{name}</li>')
BAND = Markup('<li><i class="wash" style="background:var(--{colour})"></i>{name}</li>')
DASH = Markup('<li><i class="dash"></i>{name}</li>')
_LEGEND = Markup('<ul class="legend">{}</ul>')


def legend(*marks: Markup) -> Markup:
    """Marks with their names, in this order."""
    return _LEGEND.format(joined(marks))
