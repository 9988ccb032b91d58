"""The notebook: a story whose every cell answers, and what a cell shows of one page or chart."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import polars as pl
import pytest
from panel.io.state import set_curdoc

from dashboard import METRICS, App, answer, charts
from dashboard.dataset import Dataset, load
from dashboard.errors import UnknownNameError, UnknownValueError
from dashboard.ledger import build
from dashboard.pages import PAGES, Page
from dashboard.state import Explorer
from dashboard.views.chart import Chart
from tests.small import HOSTILE, PAYLOAD, SCRIPT, write

EXAMPLE = Path(__file__).parents[1] / "examples" / "dashboard.ipynb"
BELA_DEAR = "influencer_id,basis,total_payout,status\n1,order,100,paid\n2,post,1000,pending\n"
"""Asha 300 for 100; Bela 700 for 1,000, which are still owed."""


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return load(write(tmp_path / "data"))


def value_of(source: str, names: dict[str, Any]) -> Any:
    """Run a cell; what its last line is worth."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, EXAMPLE.name, "exec"), names)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), EXAMPLE.name, "eval"), names)


# ------------------------------------------------------------------------------- the example


def test_the_example_is_a_notebook_without_output() -> None:
    book = nbformat.read(EXAMPLE, 4)
    nbformat.validate(book)
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    assert len(cells) > 8
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)


def test_every_cell_of_the_example_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """See tests/small.py, Bela being paid 1,000: 1,000 came back for 1,100; she is 300 short."""
    write(tmp_path / "data", payouts=BELA_DEAR)
    (tmp_path / "examples").mkdir()
    monkeypatch.chdir(tmp_path / "examples")
    sources = [c.source for c in nbformat.read(EXAMPLE, 4).cells if c.cell_type == "code"]
    names: dict[str, Any] = {}
    shown = [value_of(source, names) for source in sources]
    assert not [source for source, value in zip(sources, shown, strict=True) if value is None]
    frames = [value for value in shown if isinstance(value, pl.DataFrame)]
    totals, platforms, poor, brand, owed = frames
    assert totals.rows() == [(1000.0, 1100.0, 1000 / 1100, 4, 550.0)]
    assert platforms["platform"].to_list() == ["YouTube", "Instagram"]
    assert poor.rows() == [("Bela", "Instagram", 1000.0, 700.0, 0.7, -300.0)]
    assert brand.height == 0  # Whey was sold on Instagram only
    assert owed.select("influencer", "total_payout").rows() == [("Bela", 1000.0)]
    assert [type(value).__name__ for value in shown if hasattr(value, "explorer")] == [
        "RoasByPlatform",
        "App",
    ]
    assert Path("report.pdf").read_bytes().startswith(b"%PDF-")
    assert "<!DOCTYPE html>" in Path("report.html").read_text("utf-8")
    assert "₹1,000 from 4 orders for ₹1,100" in shown[-1]


# ------------------------------------------------------------------------------- a question


def test_an_answer_is_asked_of_a_dataset_in_few_words(dataset: Dataset) -> None:
    """ROAS 700 / 150 and 300 / 100; Gritzo 500 for 250."""
    assert answer(dataset, "roas").item() == 4.0
    assert answer(dataset, METRICS["roas"]).item() == 4.0
    assert answer(dataset, ["roas"], by=["platform"]).rows() == [
        ("Instagram", 700 / 150),
        ("YouTube", 3.0),
    ]
    gritzo = {"brand": "gritzo"}
    assert answer(dataset, ["revenue", "roas"], where=gritzo).rows() == [(500.0, 2.0)]
    both = {"brand": ["Gritzo"], "platform": ["YouTube"]}
    assert answer(build(dataset), "revenue", "platform", both).rows() == [("YouTube", 300.0)]


def test_a_value_that_does_not_exist_is_refused(dataset: Dataset) -> None:
    with pytest.raises(UnknownValueError, match="Gritzo"):
        answer(dataset, "roas", where={"brand": "Gritzzo"})
    with pytest.raises(UnknownNameError, match="brand"):
        answer(dataset, "roas", where={"brnd": "Gritzo"})


# ------------------------------------------------------------------------------- pages and charts


def test_a_page_is_found_by_its_title_or_its_name(dataset: Dataset) -> None:
    pages = App(dataset).pages
    assert pages["campaigns"] is pages["Campaigns"]
    assert list(pages) == [page.title for page in PAGES]
    with pytest.raises(UnknownNameError, match=r"There is no page .Campains.\. .*Campaigns"):
        pages["Campains"]


def html_of(shown: Any) -> str:
    data, _ = shown._repr_mimebundle_()
    html: str = data["text/html"]
    return html


def outside(html: str) -> list[str]:
    """What a browser would fetch from other machines for it."""
    return re.findall(r"(?:src|href|url)\s*[=(:]\s*[\"']?\s*(https?://[^\s\"')]+)", html)


@pytest.mark.parametrize("name", ["Overview", "Campaigns", "Influencers", "Definitions"])
def test_a_page_is_shown_alone(dataset: Dataset, name: str) -> None:
    html = html_of(App(dataset, strict=True).pages[name])
    assert "font/woff2;base64" in html
    assert outside(html) == []
    assert len(re.findall("No filters: everything is in view", html)) == 1


@pytest.mark.parametrize("name", charts.__all__)
def test_a_chart_is_shown_alone(dataset: Dataset, name: str) -> None:
    html = html_of(getattr(charts, name)(App(dataset)))
    assert "font/woff2;base64" in html
    assert outside(html) == []
    assert re.search(r'role=\\?"img\\?"|"role": ?"img"|kpi', html)


def test_every_chart_of_a_page_is_offered(dataset: Dataset) -> None:
    """But for those that follow what another card chooses."""
    app = App(dataset, strict=True)
    for page in app.pages.values():
        page.refresh()
    drawn = {
        type(view).__name__
        for page in app.pages.values()
        for view in page.views.values()
        if isinstance(view, Chart) and isinstance(view.explorer, Explorer)
    }
    assert drawn
    assert drawn <= set(charts.__all__)


def test_a_chart_asks_an_app_an_explorer_or_a_dataset(dataset: Dataset) -> None:
    app = App(dataset)
    assert charts.RoasByPlatform(app).explorer is app.explorer
    assert charts.TopInfluencers(app.explorer).explorer is app.explorer
    assert charts.Personas(dataset).explorer.dataset is dataset
    with pytest.raises(TypeError, match="asks an App, an Explorer or a dataset"):
        charts.Personas("data")


def shown_alone(
    what: Page | Chart, monkeypatch: pytest.MonkeyPatch
) -> tuple[Any, list[dict[str, Any]]]:
    """The layout that a cell is given, and what its buttons send to the browser."""
    from dashboard.views import cell

    kept: list[Any] = []
    bundle = cell.bundle
    monkeypatch.setattr(cell, "bundle", lambda layout, *_: (kept.append(layout), bundle(layout))[1])
    what._repr_mimebundle_()
    (layout,) = kept
    sent: list[dict[str, Any]] = []
    layout[-1]._send_msg = sent.append
    return layout, sent


def test_a_page_alone_follows_the_filters_of_its_app(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In all 1,000; Gritzo 500. Its own button opens the filter again, and its CSV is filtered."""
    app = App(dataset, strict=True)
    layout, sent = shown_alone(app.pages["Overview"], monkeypatch)
    chips, actions = layout[0], layout[-1]
    kpis = layout[1][0][0]
    assert "₹1,000" in kpis.object
    app.explorer.filters.brand = ["Gritzo"]
    assert "₹500" in kpis.object
    assert "Gritzo" in chips.object
    actions._handle_msg({"verb": "export", "value": "roas-by-platform"})
    assert sent[0]["save"]["text"].splitlines()[1:3] == ["YouTube,3", "Instagram,1.333333"]
    actions._handle_msg({"verb": "visit", "value": "platform=YouTube"})
    assert "₹300" in kpis.object
    actions._handle_msg({"verb": "clear", "value": ""})
    assert "₹1,000" in kpis.object


def test_what_is_shown_twice_is_live_twice(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell that is run again, or a page beside its app, takes nothing from the other."""
    app = App(dataset, strict=True)
    first, _ = shown_alone(app.pages["Overview"], monkeypatch)
    monkeypatch.undo()
    second, _ = shown_alone(app.pages["Overview"], monkeypatch)
    app.explorer.filters.brand = ["Gritzo"]
    assert "₹500" in first[1][0][0].object
    assert "₹500" in second[1][0][0].object
    figures = [one.object for layout in (first, second) for one in layout.select(is_figure)]
    assert len({figure.id for figure in figures}) == len(figures) > 2
    assert all(figure.document is not None for figure in figures)


def is_figure(one: Any) -> bool:
    return type(one).__name__ == "Bokeh"


def test_a_chart_alone_can_be_a_table_and_a_file(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = App(dataset, strict=True)
    layout, sent = shown_alone(charts.RoasByPlatform(app), monkeypatch)
    actions = layout[-1]
    actions._handle_msg({"verb": "table", "value": "roas-by-platform"})
    assert "<table>" in layout[1][-1].object
    actions._handle_msg({"verb": "picture", "value": "roas-by-platform"})
    assert sent[0]["draw"]["name"] == "roas-by-platform-2026-02-01.png"


def test_text_from_data_does_not_end_the_script_of_a_cell(tmp_path: Path) -> None:
    app = App(load(write(tmp_path, **HOSTILE)), strict=True)
    for html in (html_of(app.pages["Overview"]), html_of(charts.RevenueByBrand(app))):
        assert PAYLOAD in html or PAYLOAD.replace("<", "\\u003c") in html
        assert html.count("</script>") == html.count("<script")
        assert SCRIPT not in html


def test_a_change_heard_in_one_cell_reaches_the_others(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Panel looks for styles in the cell that spoke; they must not move from there."""
    app = App(dataset, strict=True)
    app._repr_mimebundle_()
    page, _ = shown_alone(app.pages["Campaigns"], monkeypatch)
    monkeypatch.undo()
    chart, _ = shown_alone(charts.RoasByPlatform(app), monkeypatch)
    documents = [next(iter(one._models.values()))[0].document for one in (page, chart)]
    for document, brand in zip(documents, ("Gritzo", "MuscleBlaze"), strict=True):
        with set_curdoc(document):
            app.explorer.filters.brand = [brand]
        assert brand in page[0].object
        assert brand in chart[0].object
        assert brand in app.header.chips.object
