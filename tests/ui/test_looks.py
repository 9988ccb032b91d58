"""Every page looks as reviewed, in both themes and three widths; `make screenshots-refresh`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.ui.guard import Visitors
from tests.ui.looks import (
    AMONG_OTHER_FONTS,
    BASELINES,
    FONTS,
    HEIGHTS,
    LOOKS,
    REFRESH,
    TOLERANCE,
    difference,
    fonts,
    name_of,
    taken,
)

MOST_BYTES = 3_500_000
"""All baselines together: a clone must stay small."""


@pytest.fixture
def differences() -> Path:
    """Where the pictures of differences go: $SCREENSHOTS, or a folder for temporary things."""
    folder = Path(os.environ.get("SCREENSHOTS") or tempfile.gettempdir()) / "looks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize(("title", "theme"), LOOKS)
def test_a_page_looks_as_reviewed(
    example: str, visitors: Visitors, differences: Path, title: str, theme: str
) -> None:
    same_fonts = fonts(visitors()) == FONTS.read_text("utf-8").strip()
    tolerance = TOLERANCE if same_fonts else AMONG_OTHER_FONTS
    faults = []
    for name, now in taken(visitors, example, title, theme).items():
        file = BASELINES / name
        if not file.exists():
            faults.append(f"{name} has no baseline yet.")
            continue
        share, marked = difference(Image.open(file), now)
        if share > tolerance:
            now.save(differences / name)
            marked.save(differences / f"difference-{name}")
            faults.append(
                f"{name}: {share:.2%} of it looks different, {tolerance:.1%} may. "
                f"It is red in {differences / f'difference-{name}'}."
            )
    if faults:
        way_out = f"If it is meant to look so: {REFRESH}, look, and commit what is in baselines."
        pytest.fail("\n".join([*faults, way_out]), pytrace=False)


def test_the_baselines_are_those_of_the_pages_and_small() -> None:
    files = {file.name: file.stat().st_size for file in BASELINES.glob("*.png")}
    assert set(files) == {name_of(*look, width) for look in LOOKS for width in HEIGHTS}
    assert sum(files.values()) <= MOST_BYTES


# ----------------------------------------------------------------------------- how it is compared


def drawn(
    *,
    card: tuple[int, int] = (40, 60),
    colour: str = "#dddddd",
    accent: str = "#0b6e5f",
    text: int = 0,
) -> Image.Image:
    """A page of 640 × 400: a card of 240 × 160 with rows of text, moved along by some pixels."""
    picture = Image.new("RGB", (640, 400), "white")
    pen = ImageDraw.Draw(picture)
    left, top = card
    pen.rectangle((left, top, left + 240, top + 160), fill=colour, outline="black")
    pen.rectangle((500, 20, 560, 50), fill=accent)
    for line in range(6):
        for at in range(12):
            x, y = left + 10 + at * 18 + text, top + 12 + line * 24
            pen.rectangle((x, y, x + 10, y + 7), outline="#555555")
    return picture


@pytest.mark.parametrize(
    ("other", "least"),
    [
        (drawn(card=(40, 100)), TOLERANCE),  # it moved by 40 pixels
        (drawn(colour="#ffc0c0"), AMONG_OTHER_FONTS),  # it has another colour
        (drawn(accent="#8a2be2"), TOLERANCE),  # a button is of another colour
        (Image.new("RGB", (640, 400), "white"), AMONG_OTHER_FONTS),  # it is gone
        (Image.new("RGB", (640, 401), "white"), 0.99),  # another size
    ],
)
def test_what_people_would_notice_differs(other: Image.Image, least: float) -> None:
    assert difference(drawn(), other)[0] > least


def test_letters_drawn_elsewhere_do_not_differ() -> None:
    assert difference(drawn(), drawn(text=2))[0] <= TOLERANCE


def test_the_same_does_not_differ() -> None:
    share, marked = difference(drawn(), drawn())
    assert share == 0
    assert marked.size == (640, 400)
