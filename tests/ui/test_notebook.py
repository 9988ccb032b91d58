"""The dashboard in a cell of a real JupyterLab: live, with nothing asked of other machines."""

import json
import os
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.small import HOSTILE, PAYLOAD, write
from tests.ui.servers import free_port, running
from tests.ui.walking import bar

EXAMPLE = Path(__file__).parents[2] / "examples" / "dashboard.ipynb"
SOURCES = [cell.source for cell in nbformat.read(EXAMPLE, 4).cells if cell.cell_type == "code"]
QUIET = (
    "--no-browser",
    "--allow-root",
    "--expose-app-in-browser",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--IdentityProvider.token=",
    "--LabApp.extension_manager=readonly",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
)
OTHERS = {
    "hostile": ['from dashboard import App, load\n\nApp(load("../hostile"))'],
    "parts": [
        'from dashboard import App, charts, load; app = App(load("../data"))',
        "charts.RoasByPlatform(app)",
        'app.pages["Campaigns"]',
        "charts.KpiCards(app)",
    ],
}
"""Notebooks besides the example, by their cells."""
IS_READY = """() => {
  const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel
  return kernel?.connectionStatus === "connected" && kernel.status === "idle"
}"""
"""Whether a notebook is in front and its kernel waits for work."""
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}
# JupyterLab looks for settings and workspaces that a new user does not have, and says so.
ITS_OWN = r"/(api|lab/api|static)/|jupyterlab|vendors"


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """Where the server writes what it says, and its kernels too."""
    return tmp_path_factory.mktemp("log") / "lab"


@pytest.fixture(scope="module")
def lab(tmp_path_factory, log):
    """The address of a JupyterLab of its own, on the small world and the example notebook."""
    folder = tmp_path_factory.mktemp("lab")
    write(folder / "home" / "data")
    (folder / "home" / "examples").mkdir()
    shutil.copy(EXAMPLE, folder / "home" / "examples")
    write(folder / "home" / "hostile", **HOSTILE)
    for name, cells in OTHERS.items():
        book = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in cells],
            metadata=nbformat.read(EXAMPLE, 4).metadata,
        )
        nbformat.write(book, folder / "home" / "examples" / f"{name}.ipynb")
    settings = folder / "jupyterlab_settings_dir" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(NO_NEWS), "utf-8")
    port = free_port()
    command = [
        "jupyterlab",
        *QUIET,
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={folder / 'home'}",
    ]
    own = {
        name: str(folder / name.lower())
        for name in (
            "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
            "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR",
        )
    }  # fmt: skip
    own["PYTHONPATH"] = os.pathsep.join(filter(None, [str(EXAMPLE.parents[1]), *sys.path]))
    url = f"http://127.0.0.1:{port}/lab"
    with running(command, url, log, **own) as address:
        yield address


@pytest.fixture
def heard(lab, log):
    """What the server says during a test is printed at its end; pytest shows it if it failed."""
    before = len(log.read_text("utf-8"))
    yield
    sys.stdout.write(log.read_text("utf-8")[before:])


@pytest.fixture
def cell(page, guard, lab, heard, request):
    """The cell of the example that shows the dashboard, all cells run; the last one of another."""
    guard.expect(ITS_OWN)
    name = getattr(request, "param", "dashboard")
    at = SOURCES.index("app") if name == "dashboard" else -1
    # A workspace of its own: else what another test had open is opened too, and may be run.
    page.goto(f"{lab}/workspaces/{name}/tree/examples/{name}.ipynb")
    page.wait_for_function(IS_READY)
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    cells.last.wait_for()
    ran = page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")  # once all have
    assert ran, cells.all_inner_texts()
    cell = cells.nth(at)
    cell.scroll_into_view_if_needed()
    return cell


def kpi(cell, label):
    card = cell.locator("article.kpi", has=cell.page.get_by_role("heading", name=label, exact=True))
    return card.locator(".value")


def test_the_example_is_live_in_a_cell(cell, screenshot):
    """Both sold for 1,000; Asha on YouTube for 300, for which she was paid 100.

    The chart in a cell of its own follows.
    """
    expect(kpi(cell, "Revenue")).to_have_text("₹1,000")
    expect(kpi(cell, "Spend")).to_have_text("₹250")
    screenshot(cell.page, "notebook")
    cell.get_by_role("button", name="Platform").first.click()
    cell.get_by_role("checkbox", name="YouTube").check()
    expect(kpi(cell, "Revenue")).to_have_text("₹300")
    expect(kpi(cell, "Spend")).to_have_text("₹100")
    screenshot(cell.page, "notebook-filtered")
    chart = cell.page.locator(".jp-CodeCell").nth(SOURCES.index("charts.RoasByPlatform(app)"))
    expect(chart.get_by_text("Platform YouTube")).to_be_attached()
    cell.get_by_label("Page").select_option("Posts")
    expect(cell.locator(".tabulator-row").first).to_be_visible(timeout=60_000)
    screenshot(cell.page, "notebook-posts")


@pytest.mark.parametrize("cell", ["hostile"], indirect=True)
def test_text_from_data_never_runs_in_a_cell(cell):
    """A script in every column of text; each page is opened, at first faster than it is drawn."""
    expect(kpi(cell, "Revenue")).to_have_text("₹600")
    pages = cell.get_by_label("Page", exact=True)
    names = pages.locator("option").all_inner_texts()
    headings = cell.get_by_role("heading")
    for name in names:
        pages.select_option(name)
    expect(headings.filter(has_text="Rules for money")).to_be_visible(timeout=60_000)
    for name in names:
        before = headings.all_inner_texts()
        pages.select_option(name)
        expect(headings).not_to_have_text(before, timeout=60_000)
        expect(headings.first).to_be_visible(timeout=60_000)
    pages.select_option("Data")
    expect(headings.filter(has_text="The tables as read")).to_be_visible(timeout=60_000)
    expect(cell.get_by_text(PAYLOAD).first).to_be_attached(timeout=60_000)
    assert cell.page.evaluate("window.__ran") is None


@pytest.mark.parametrize("cell", ["parts"], indirect=True)
def test_a_chart_and_a_page_are_live_in_cells_of_their_own(cell, screenshot):
    """A click on YouTube's bar narrows what the other cells show: 300 of 1,000."""
    page = cell.page
    expect(kpi(cell, "Revenue")).to_have_text("₹1,000")
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    table = cells.nth(2).locator(".tabulator-row")
    expect(table).to_have_count(2)
    chart = cells.nth(1)
    chart.scroll_into_view_if_needed()
    assert page.evaluate("document.fonts.load('12px Inter').then(found => found.length)")
    canvas = chart.locator(".bk-Figure").first
    canvas.scroll_into_view_if_needed()
    page.mouse.click(*bar(canvas, "YouTube"))
    expect(kpi(cell, "Revenue")).to_have_text("₹300")
    expect(table).to_have_count(1)
    expect(chart.get_by_text("Platform YouTube")).to_be_attached()
    screenshot(page, "notebook-parts")
    chart.get_by_role("button", name="ROAS by platform as a table").click()
    expect(chart.get_by_role("rowheader", name="YouTube")).to_be_visible()
