"""Every page looks as reviewed, in both themes and three widths; `make screenshots-refresh`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tests.ui.guard import Visitors
from tests.ui.looks import (
    AMONG_OTHER_FONTS,
    BASELINES,
    FONTS,
    HEIGHTS,
    LOOKS,
    REFRESH,
    TOLERANCE,
    changed_cells,
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
        near = changed_cells(Image.open(file), now) if same_fonts else []
        if near and share <= tolerance:
            now.save(differences / name)
            faults.append(f"{name}: {len(near)} small places differ, the first at {near[0]}.")
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


# --------------------------------------------------------------------------------- from near


def said(text: str, *, badge: str = "#0b6e5f", cut: int = 0) -> Image.Image:
    """A card with a figure of six letters or so, a label and a small badge, in real letters."""
    picture = Image.new("RGB", (640, 400), "white")
    pen = ImageDraw.Draw(picture)
    font, small = ImageFont.load_default(20), ImageFont.load_default(12)
    pen.text((40, 40), text, font=font, fill="#16202b")
    pen.text((40, 80), "New-customer cost of acquisition", font=small, fill="#56616d")
    if cut:
        end = 40 + round(small.getlength("New-customer cost of acquisition"))
        pen.rectangle((end - cut, 76, end + 4, 100), fill="white")
    pen.rectangle((300, 44, 324, 56), fill=badge)
    return picture.quantize(64, dither=Image.Dither.NONE)


@pytest.mark.parametrize(
    "other",
    [
        said("-4.67 L"),  # the last digit but one is another
        said("4.68 L"),  # the sign is gone
        said("-4.6 L"),  # a digit is missing
        said("-4.68 L", cut=20),  # a label is cut by 20 pixels
        said("-4.68 L", badge="#8a2be2"),  # a badge of 24 × 12 pixels has another accent
    ],
)
def test_what_is_small_and_matters_differs_from_near(other: Image.Image) -> None:
    """And not from afar, which is why both are looked at."""
    same = said("-4.68 L")
    assert changed_cells(same, other)
    assert difference(same, other)[0] <= 0.01


def test_edges_of_letters_do_not_differ_from_near() -> None:
    """A little softer, a shade lighter, and with another choice of 64 colours."""
    same = said("-4.68 L")
    full = same.convert("RGB")
    for other in (
        full.filter(ImageFilter.GaussianBlur(0.3)),
        full.point(lambda value: min(255, value + 12)),
        full.quantize(48, dither=Image.Dither.NONE),
    ):
        assert changed_cells(same, other) == []


def test_pictures_of_other_sizes_differ_from_near() -> None:
    assert changed_cells(said("1"), Image.new("RGB", (640, 401), "white"))
