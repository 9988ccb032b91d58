"""Words stand in our own font: it comes from the server that the page came from, once."""

import re

from tests.small import write
from tests.ui.servers import dashboard_serve, panel_serve
from tests.ui.walking import waited

LISTEN = """
window.__written = new Set()
for (const kind of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
  const write = kind.prototype.fillText
  kind.prototype.fillText = function (...words) {
    window.__written.add(this.font)
    return write.apply(this, words)
  }
}
"""
"""Keeps the fonts in which figures write."""

PLACES = """() => {
  const large = "nav a, h1, header button, section.page, .bk-panel-models-layout-Column"
  return [...document.querySelectorAll(large)].filter(one => one.checkVisibility())
    .map(one => one.getBoundingClientRect()).map(one => [one.left, one.top])
}"""
"""Where the large things stand."""


def test_the_font_comes_from_here_and_is_kept_for_years(page, guard, tmp_path):
    page.add_init_script(LISTEN)
    for serve in (dashboard_serve, panel_serve):
        with serve(write(tmp_path / "data"), tmp_path / "log") as address:
            with page.expect_response(re.compile("woff2")) as found:
                page.goto(address)
            waited(page, "Overview")
            assert found.value.ok
            assert "max-age=315360000" in found.value.headers["cache-control"]
            assert page.evaluate("document.fonts.check('14px Inter')")
            written = page.evaluate("[...window.__written]")
            assert written
            assert all(re.search(r"px \"?Inter\b", font) for font in written)
            page.goto("about:blank")
    assert len([url for url in guard.requests if "woff2" in url]) == 2


def test_before_the_font_is_there_everything_stands_where_it_will(page, guard, visitors, tmp_path):
    """Without it, lines are as high and nearly as wide: what is below them stays in its place."""
    guard.expect("A network error occurred")  # Bokeh asks for the font as well
    with dashboard_serve(write(tmp_path / "data"), tmp_path / "log") as address:
        page.goto(address)
        waited(page, "Overview")
        other = visitors()
        other.route(re.compile("woff2"), lambda route: route.fulfill(status=200, body=b""))
        other.goto(address)
        waited(other, "Overview")
        states = "[...document.fonts].filter(one => one.family === 'Inter').map(one => one.status)"
        assert other.evaluate(states) == ["error"]
        with_it, without = (one.evaluate(PLACES) for one in (page, other))
    assert len(with_it) == len(without) > 10
    for (left, top), (x, y) in zip(with_it, without, strict=True):
        assert abs(top - y) <= 2
        assert abs(left - x) <= 12
