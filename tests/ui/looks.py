"""Pictures of every page, and how far two of them may be apart: ``python -m tests.ui.looks``.

Two pictures are compared twice. As from a distance: shrunk to cells of 16 pixels, blurred, and
counted are the cells of another colour. That sees what moved, came, went or changed its colour,
from a button on; not a digit, a sign or a label that lost its end. And from near: counted are the
cells of 8 pixels in which several pixels are of clearly another colour. That sees a digit and a
small badge, and not the shades at the edges of letters; nor what is below the first screen, moves,
or is a shade of the same colour.

Fonts are the machine's own: where they are not those of the baselines, letters and line breaks
differ though the layout is the same, so that only the distance can be compared, and more cells may.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.theme import FONT
from tests.ui.browser import FLAGS, find
from tests.ui.guard import Visitors, guarded
from tests.ui.walking import THEMES, TITLES, example_served, opened, settled

BASELINES = Path(__file__).with_name("baselines")
FONTS = BASELINES / "fonts.txt"
REFRESH = "make screenshots-refresh"
HEIGHTS = {1440: 900, 1024: 768, 390: 844}
"""The screens: their width and how high they are."""

LOOKS = [(title, theme) for title in TITLES for theme in THEMES]

COLOURS = 64
_LOOKS_AT_MOST = 20
CELL = 16
FAR = 20
"""Cells are of another colour when red, green or blue is this far off, of 255."""
TOLERANCE = 0.002
"""The share of cells that may be. The same look again has none, another accent half a hundredth."""
NEAR_CELL, CLEARLY, SEVERAL = 8, 64, 4
"""From near: the size of a cell, how far off a pixel is that differs, and how many it takes."""
AMONG_OTHER_FONTS = 0.12
"""The same where fonts differ: usually a hundredth is off, a table of one line less a tenth."""

_STILL = """
.stamp { opacity: 0 }
*, *::before, *::after { animation: none !important; transition: none !important }
"""
"""What differs from one look to the next: when the data were loaded, and what moves."""


def name_of(title: str, theme: str, width: int) -> str:
    """The file of a look."""
    return f"{title.lower().replace(' ', '-')}-{theme}-{width}.png"


def taken(visitors: Visitors, address: str, title: str, theme: str) -> dict[str, Image.Image]:
    """The first screen of a page at each width, as it comes to rest, by the name of its file."""
    pictures = {}
    page = visitors(color_scheme=theme)
    opened(page, address, title)
    page.add_style_tag(content=_STILL)
    for width, height in HEIGHTS.items():
        page.set_viewport_size({"width": width, "height": height})
        settled(page)
        pictures[name_of(title, theme, width)] = _still(page)
    page.close()
    return pictures


def _still(page: Page) -> Image.Image:
    """The screen once it is twice the same; with few colours, which is a fifth of the bytes."""
    before, now = b"", page.screenshot()
    for _ in range(_LOOKS_AT_MOST):
        if now == before:
            break
        page.wait_for_timeout(200)
        before, now = now, page.screenshot()
    picture = Image.open(io.BytesIO(now)).convert("RGB")
    return picture.quantize(COLOURS, dither=Image.Dither.NONE)


def fonts(page: Page) -> str:
    """What tells this machine's fonts from another's: how wide they set a line."""
    widths: list[float] = page.evaluate(_WIDTHS, FONT)
    return " ".join(f"{width:.1f}" for width in widths)


_WIDTHS = """family => {
  const pen = document.createElement("canvas").getContext("2d")
  return ["400", "600", "700"].map(weight => {
    pen.font = `${weight} 100px ${family}`
    return pen.measureText("₹2.5 L in all, 1,20,000 orders: ROAS 4.67×").width
  })
}"""


def difference(one: Image.Image, other: Image.Image) -> tuple[float, Image.Image]:
    """The share of cells that differ, and a picture in which they are red.

    Pictures of different sizes differ altogether.
    """
    if one.size != other.size:
        return 1.0, other
    apart = np.asarray(ImageChops.difference(_from_afar(one), _from_afar(other)))
    cells = apart.max(axis=2) > FAR
    mask = Image.fromarray(cells.astype(np.uint8) * 128).resize(other.size, Image.Resampling.BOX)
    marked = other.convert("RGB")
    marked.paste("red", mask=mask)
    return float(cells.mean()), marked


def changed_cells(one: Image.Image, other: Image.Image) -> list[tuple[int, int]]:
    """Where pictures differ from near: the left upper corners of cells; all, if sizes differ."""
    apart = np.asarray(
        ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
        if one.size == other.size
        else Image.new("RGB", other.size, "white")
    )
    clearly = apart.max(axis=2) > CLEARLY
    high, wide = (-(-size // NEAR_CELL) * NEAR_CELL for size in clearly.shape)
    padded = np.zeros((high, wide), bool)
    padded[: clearly.shape[0], : clearly.shape[1]] = clearly
    cells = padded.reshape(high // NEAR_CELL, NEAR_CELL, wide // NEAR_CELL, NEAR_CELL)
    down, across = np.nonzero(cells.sum(axis=(1, 3)) >= SEVERAL)
    return [(int(x) * NEAR_CELL, int(y) * NEAR_CELL) for y, x in zip(down, across, strict=True)]


def _from_afar(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    cells = (-(-width // CELL), -(-height // CELL))
    shrunk = picture.convert("RGB").resize(cells, Image.Resampling.BOX)
    return shrunk.filter(ImageFilter.GaussianBlur(1))


def refresh(browser: Browser) -> list[str]:
    """Take every look again; the names of those that are new or no longer what they were."""
    BASELINES.mkdir(exist_ok=True)
    changed: list[str] = []
    wanted: set[str] = set()
    with tempfile.TemporaryDirectory() as folder, example_served(Path(folder)) as address:
        with guarded(browser) as visitors:
            FONTS.write_text(fonts(visitors()) + "\n", encoding="utf-8")
        for title, theme in LOOKS:
            with guarded(browser) as visitors:
                pictures = taken(visitors, address, title, theme)
            wanted.update(pictures)
            for name, picture in pictures.items():
                file = BASELINES / name
                old = Image.open(file) if file.exists() else None
                if not old or difference(old, picture)[0] > 0 or changed_cells(old, picture):
                    picture.save(file, optimize=True)
                    changed.append(name)
    for file in BASELINES.glob("*.png"):
        if file.name not in wanted:
            file.unlink()
            changed.append(f"{file.name} (removed)")
    return changed


if __name__ == "__main__":
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        names = refresh(chromium)
        chromium.close()
    said = "\n".join(names) or "Every page looks as it did."
    sys.stdout.write(f"{said}\nLook at what changed before you commit it: {BASELINES}\n")
