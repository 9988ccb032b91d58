"""Words at the ends of bars are whole, however narrow their card."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.ui.walking import opened, settled

WORDS = """() => {
  const found = []
  const walk = view => {
    const figure = view.model
    if (figure.type === "Figure") {
      const canvas = view.canvas_view.el.getBoundingClientRect()
      for (const renderer of figure.renderers) {
        const glyph = renderer.glyph
        if (glyph?.type !== "Text" || glyph.text.field !== "label") continue
        const ctx = document.createElement("canvas").getContext("2d")
        const rows = renderer.data_source.data
        const font = [glyph.text_font_style, glyph.text_font_size, glyph.text_font]
        ctx.font = font.map(one => one.value ?? one).join(" ")
        rows.label.forEach((label, i) => {
          const at = view.frame.x_scale.compute(rows.at[i]) + 6
          const end = at + ctx.measureText(label).width
          found.push([figure.name, label, end, canvas.width, renderer.level])
        })
      }
    }
    for (const child of view.child_views ?? []) walk(child)
  }
  for (const root of Bokeh.index.roots) walk(root)
  return found
}"""
"""Of each label its chart and words, where it ends and where its picture does, and its level."""


@pytest.mark.parametrize("width", [390, 1024])
@pytest.mark.parametrize("title", ["Overview", "Campaigns", "Influencers", "Posts"])
def test_values_at_the_ends_of_bars_are_whole(
    page: Page, example: str, title: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 2400})
    opened(page, example, title)
    settled(page)
    labels = page.evaluate(WORDS)
    assert labels
    for chart, words, end, most, level in labels:
        assert end <= most, (chart, words)
        assert level == "annotation"  # else it is cut off where the bars end
