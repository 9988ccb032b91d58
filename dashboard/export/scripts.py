"""The scripts of a file: ours as one, and text that cannot leave the script it stands in."""

from __future__ import annotations

import re

from dashboard.formats import JAVASCRIPT
from dashboard.views.markup import asset


def page_js() -> str:
    """Our scripts as one, in which nothing is seen from outside but what they say themselves."""
    controls = {"pick": "pick.js", "period": "period.js", "choice": "choice.js"}
    wrapped = ",\n".join(
        f"{name}: (() => {{ {_EXPORT.sub('', asset(file))}\nreturn render }})()"
        for name, file in controls.items()
    )
    parts = (JAVASCRIPT, *map(asset, FILES))
    text = "\n".join((f"const roiControls = {{ {wrapped} }}", *parts))
    return in_script(f'(() => {{\n"use strict"\n{text}\n}})()')


FILES = (
    "words.js",
    "evaluator.js",
    "snapshot-question.js",
    "snapshot-cards.js",
    "snapshot-numbers.js",
    "snapshot-charts.js",
    "snapshot-kpis.js",
    "snapshot-tables.js",
    "snapshot-estimates.js",
    "snapshot-filters.js",
    "snapshot-address.js",
    "snapshot.js",
)
"""Our scripts in the order in which they stand; they see each other's names."""

_EXPORT = re.compile(r"^export ", re.MULTILINE)


def in_script(text: str) -> str:
    """Text that cannot end the script it stands in, nor begin a comment there."""
    return re.sub(r"<(?=/|!--|script)", r"\\u003c", text, flags=re.IGNORECASE)
