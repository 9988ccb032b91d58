"""The import rule: a room imports only rooms to its left."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEFT = (
    "errors formats settings festivals schema ingest engines dataset ledger metrics query "
    "reconciliation incrementality planning alerts tables state address"
).split()
RIGHT = "theme views pages charts export shell app serving cli main".split()
ROOMS = LEFT + RIGHT
SCREEN = {"panel", "holoviews", "hvplot", "bokeh"}
NARROWER = {"metrics": {"schema", "formats", "errors"}}
INVENTED_WORLD = {"schema", "festivals", "errors"}


def offences(place: str, source: str) -> list[str]:
    """What the module at this place, "dashboard/ledger.py" say, imports or opens but must not."""
    package, *inside = Path(place).with_suffix("").parts
    room = inside[0]
    lazy = package == "dashboard" and room in {"__init__", "__main__"}
    if package == "data_gen":
        allowed = INVENTED_WORLD
    elif lazy:
        allowed = set(ROOMS)
    elif room in ROOMS:
        allowed = NARROWER.get(room, set(ROOMS[: ROOMS.index(room)])) | {room}
    else:
        return [f"{room} is not a room of ARCHITECTURE.md"]
    found = []
    for name in imported(ast.parse(source)):
        top, _, rest = name.partition(".")
        if top == "dashboard" and rest != "__version__" and rest.split(".")[0] not in allowed:
            found.append(name)
        if top == "data_gen" and package == "dashboard":
            found.append(name)
        if top in SCREEN and package == "dashboard" and room in LEFT:
            found.append(name)
    if package == "dashboard":
        found += [text for text in texts(ast.parse(source)) if re.search(r"(^|/)truth(/|$)", text)]
    return found


def imported(tree: ast.AST) -> list[str]:
    """Every imported name, lazily or not: `from dashboard import ledger` is "dashboard.ledger"."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def texts(tree: ast.AST) -> list[str]:
    """Every string of the code."""
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [value for value in constants if isinstance(value, str)]


MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for package in ("dashboard", "data_gen")
    for path in (ROOT / package).rglob("*.py")
)


@pytest.mark.parametrize("place", MODULES)
def test_a_room_imports_only_rooms_to_its_left(place):
    assert offences(place, (ROOT / place).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("dashboard/ledger.py", "from dashboard.metrics import METRICS"),
        ("dashboard/ledger.py", "from dashboard import metrics"),
        ("dashboard/ledger.py", "def build():\n    import dashboard.query"),
        ("dashboard/metrics.py", "from dashboard.ledger import build"),
        ("dashboard/ingest/csv.py", "import holoviews as hv"),
        ("dashboard/state.py", "from bokeh.models import ColumnDataSource"),
        ("dashboard/state.py", "from dashboard import load"),
        ("dashboard/app.py", "from data_gen import world"),
        ("dashboard/__init__.py", "import data_gen"),
        ("dashboard/dataset.py", "path = place / 'truth'"),
        ("dashboard/dataset.py", "path = 'data/truth/lift.csv'"),
        ("dashboard/utils.py", ""),
        ("data_gen/world.py", "from dashboard.ledger import build"),
    ],
)
def test_an_offence_is_found(place, source):
    assert offences(place, source)


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("dashboard/query.py", "from dashboard.metrics import METRICS\nimport polars as pl"),
        ("dashboard/views/kpi.py", "from dashboard.views.chart import Chart\nimport panel as pn"),
        ("dashboard/__init__.py", "def load():\n    from dashboard.dataset import load"),
        ("dashboard/cli.py", "from dashboard import __version__\n'the truth of it'"),
        ("data_gen/world.py", "from data_gen.names import names\nfrom dashboard import festivals"),
        ("data_gen/__main__.py", "folder = out / 'truth'"),
    ],
)
def test_what_is_allowed_passes(place, source):
    assert offences(place, source) == []
