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

EXAMPLE = Path(__file__).parents[2] / "examples" / "dashboard.ipynb"
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
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}
# JupyterLab looks for settings and workspaces that a new user does not have, and says so.
ITS_OWN = r"/(api|lab/api|static)/|jupyterlab|vendors"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab of its own, on the small world and the example notebook."""
    folder = tmp_path_factory.mktemp("lab")
    write(folder / "home" / "data")
    (folder / "home" / "examples").mkdir()
    shutil.copy(EXAMPLE, folder / "home" / "examples")
    write(folder / "home" / "hostile", **HOSTILE)
    shown = 'from dashboard import App, load\n\nApp(load("../hostile"))'
    hostile = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(shown)], metadata=nbformat.read(EXAMPLE, 4).metadata
    )
    nbformat.write(hostile, folder / "home" / "examples" / "hostile.ipynb")
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
    with running(command, url, folder / "log", **own) as address:
        yield address


@pytest.fixture
def cell(page, guard, lab, request):
    """The last cell of the example, or of another notebook, all cells run: the dashboard."""
    guard.expect(ITS_OWN)
    page.set_default_timeout(60_000)
    name = getattr(request, "param", "dashboard")
    # A workspace of its own: else what another test had open is opened too, and may be run.
    page.goto(f"{lab}/workspaces/{name}/tree/examples/{name}.ipynb")
    page.wait_for_function("window.jupyterapp")
    page.locator(".jp-Notebook .jp-CodeCell").last.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    cell = page.locator(".jp-Notebook .jp-CodeCell").last
    cell.scroll_into_view_if_needed()
    return cell


def kpi(cell, label):
    card = cell.locator("article.kpi", has=cell.page.get_by_role("heading", name=label, exact=True))
    return card.locator(".value")


def test_the_example_is_live_in_a_cell(cell, screenshot):
    """Both sold for 1,000; Asha on YouTube for 300, for which she was paid 100."""
    expect(kpi(cell, "Revenue")).to_have_text("₹1,000", timeout=60_000)
    expect(kpi(cell, "Spend")).to_have_text("₹250")
    screenshot(cell.page, "notebook")
    cell.get_by_role("button", name="Platform").first.click()
    cell.get_by_role("checkbox", name="YouTube").check()
    expect(kpi(cell, "Revenue")).to_have_text("₹300", timeout=60_000)
    expect(kpi(cell, "Spend")).to_have_text("₹100")
    screenshot(cell.page, "notebook-filtered")
    cell.get_by_label("Page").select_option("Posts")
    expect(cell.locator(".tabulator-row").first).to_be_visible(timeout=60_000)
    screenshot(cell.page, "notebook-posts")


@pytest.mark.parametrize("cell", ["hostile"], indirect=True)
def test_text_from_data_never_runs_in_a_cell(cell):
    """A script in every column of text; each page is opened."""
    expect(kpi(cell, "Revenue")).to_have_text("₹600", timeout=60_000)
    pages = cell.get_by_label("Page", exact=True)
    for name in pages.locator("option").all_inner_texts():
        pages.select_option(name)
        cell.page.wait_for_timeout(400)
    pages.select_option("Data")
    expect(cell.get_by_text(PAYLOAD).first).to_be_attached(timeout=60_000)
    assert cell.page.evaluate("window.__ran") is None
