"""Colours can be exchanged without doubt, and can be told from what they stand on."""

import base64
import re
from itertools import chain

import polars as pl
import pytest
from bokeh.plotting import figure

from dashboard import theme
from dashboard.metrics import METRICS

THEMES = {"light": (theme.LIGHT, theme.RAMP_LIGHT), "dark": (theme.DARK, theme.RAMP_DARK)}


def luminance(colour):
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Contrast ratio as WCAG defines it, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def test_both_themes_name_the_same_colours():
    assert list(theme.LIGHT) == list(theme.DARK)
    assert len(theme.RAMP_LIGHT) == len(theme.RAMP_DARK) == theme.STEPS


def test_every_colour_has_a_hex_of_its_own():
    """Else the browser could not tell which dark colour a light one stands for, and back."""
    for colours, ramp in THEMES.values():
        assert len(set(colours.values())) == len(colours)
        assert set(ramp) & set(colours.values()) == {colours["blue"]}
    light, dark = (set(chain(colours.values(), ramp)) for colours, ramp in THEMES.values())
    assert not light & dark
    assert set(theme.SWAP) == light
    assert len(set(theme.SWAP.values())) == len(theme.SWAP)


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read(name):
    colours, _ = THEMES[name]
    texts = ("ink", "muted", "accent", "vermillion-ink", "good", "bad")
    pairs = [(text, ground) for text in texts for ground in ("card", "bg")]
    pairs += [("accent", "soft"), ("card", "accent"), ("band-ink", "band"), ("band-ink", "card")]
    for text, ground in pairs:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


@pytest.mark.parametrize("name", THEMES)
def test_marks_and_borders_can_be_seen(name):
    colours, _ = THEMES[name]
    for mark in ("blue", "vermillion", "green", "purple", "muted", "control", "accent"):
        assert contrast(colours[mark], colours["card"]) >= 3, mark


@pytest.mark.parametrize("name", THEMES)
def test_words_on_every_shade_of_the_ramp_can_be_read(name):
    colours, ramp = THEMES[name]
    for step, shade in enumerate(ramp):
        words = colours["card"] if step >= theme.STRONG else colours["ink"]
        assert contrast(words, shade) >= 4.5, step


@pytest.mark.parametrize("name", THEMES)
def test_the_ramp_goes_one_way(name):
    _, ramp = THEMES[name]
    steps = [luminance(shade) for shade in ramp]
    assert steps in (sorted(steps), sorted(steps, reverse=True))


def test_a_finished_figure_has_no_furniture():
    bare = figure(title="x", x_axis_label="x")
    theme.finish(bare, 200)
    assert bare.toolbar_location is None
    assert not bare.title.visible
    assert bare.outline_line_color is None
    assert bare.xaxis[0].axis_label is None
    assert bare.toolbar.tools == []


def test_a_hover_says_metrics_in_their_unit_and_never_runs_html():
    tool = theme.hover("@full", {"Tier": "tier", "ROAS": METRICS["roas"]}, [])
    assert "{safe}" not in tool.tooltips
    assert "@{roas}{custom}" in tool.tooltips
    assert "times(value, 2)" in tool.formatters["@{roas}"].code


def test_css_names_every_colour():
    css = theme.css_variables()
    for name in theme.LIGHT:
        assert len(re.findall(rf"--{name}: #", css)) == 2


def test_no_style_sheet_names_a_colour_of_its_own():
    """What is drawn follows the theme: colours stand in theme.py, as variables everywhere else."""
    from dashboard.views.markup import ASSETS

    known = pl.Series([*theme.LIGHT, "font", "shadow", "columns", "tall", "high"])
    for sheet in ASSETS.glob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.findall(r"#[0-9a-f]{3,6}\b", text), sheet.name
        used = set(re.findall(r"var\(--([a-z-]+)", text))
        assert used <= set(known), sheet.name


def test_the_font_is_ours_small_and_licensed():
    """It is asked from the server of the page, or stands in the file itself: nowhere else."""
    from dashboard.views.markup import ASSETS

    file = ASSETS / "fonts" / "inter.woff2"
    (address,) = re.findall(r'url\("([^"]*)"\)', theme.font_faces())
    path, _, version = address.partition("?v=")
    assert path == "components/dashboard.theme/Inter/_resources/font/assets/fonts/inter.woff2"
    assert version
    (inside,) = re.findall(
        r'url\("data:font/woff2;base64,([^"]*)"\)', theme.font_faces(inline=True)
    )
    assert base64.b64decode(inside) == file.read_bytes()
    assert file.stat().st_size <= 60_000
    assert "SIL OPEN FONT LICENSE" in (file.parent / "OFL.txt").read_text("utf-8")
