"""The documents hold: links lead somewhere, buttons and settings are called so, commands answer."""

from __future__ import annotations

import ast
import re
import shlex
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner

from dashboard.cli.commands import app
from dashboard.metrics import METRICS
from dashboard.schema import DIMENSIONS
from dashboard.settings import NAMES, PREFIX, Settings, load_settings
from dashboard.tables import CHANGE, columns_of

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TASKS = sorted((ROOT / "docs" / "how-to").glob("*.md"))
OUTGROWN = "when-your-data-outgrows-your-laptop.md"
TOML = [
    (path, block)
    for path in PAGES
    if path.name != OUTGROWN  # it writes a mapping: tests/engines/test_how_to.py
    for block in re.findall(r"```toml\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
]


def named(path):
    return path.relative_to(ROOT).as_posix()


def prose(path):
    """A page without its blocks of code."""
    return re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)


def anchors(path):
    """What links can point at in a page: its headings, as GitHub names them."""
    heads = re.findall(r"(?m)^#+ (.+)$", prose(path))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def links(path):
    """Links and pictures of a page that lead to other files or places in them."""
    found = re.findall(r"\]\(<?([^)>\s]+)>?(?: \"[^\"]*\")?\)", prose(path))
    found += re.findall(r"<(?:img|a)\b[^>]*\b(?:src|href)=\"([^\"]+)\"", prose(path))
    return [one for one in found if not re.match(r"[a-z]+:", one)]


def texts(path):
    """The texts in a file of Python that a screen may show: all but its docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
    ]


@cache
def on_screen():
    """Every word that a screen can be made of, from the rooms that draw and name."""
    rooms = ("pages", "views", "metrics", "schema", "query")
    files = [path for room in rooms for path in (ROOT / "dashboard" / room).rglob("*.py")]
    files += [ROOT / "dashboard" / f"{name}.py" for name in ("tables", "festivals", "state")]
    assets = [
        path
        for path in (ROOT / "dashboard" / "assets").iterdir()
        if path.suffix in {".js", ".html"}
    ]
    changes = columns_of([f"{name}{CHANGE}" for name in METRICS])
    words = [text for path in files for text in texts(path)]
    return "\n".join([*words, *(a.read_text("utf-8") for a in assets), *(c.label for c in changes)])


def stands_on_screen(words):
    """Whether a label is there, as it is written and whole."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", on_screen()) is not None


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_link_and_picture_leads_somewhere(path):
    for link in links(path):
        place, _, anchor = unquote(link).partition("#")
        target = (path.parent / place).resolve() if place else path
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_links_are_found_where_there_are_any():
    assert "docs/images/overview-light-1440.png" in links(ROOT / "README.md")
    assert "LICENSE" in links(ROOT / "README.md")


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "docs" / "README.md"], ids=named)
def test_every_task_is_linked(path):
    linked = {(path.parent / link.partition("#")[0]).resolve() for link in links(path)}
    assert len(TASKS) >= 10
    assert linked.issuperset(TASKS)


@pytest.mark.parametrize("path", TASKS, ids=named)
def test_a_task_says_the_clicks_what_is_read_and_how_far_to_trust_it(path):
    heads = re.findall(r"(?m)^## (.+)$", path.read_text("utf-8"))
    # One has a table of them, and one is of commands alone.
    clicks = path.name in {"send-the-answer.md", OUTGROWN} or "Clicks" in heads
    assert clicks
    assert heads[-1] == "How far to trust it"
    assert any(head.startswith(("What you read", "What they read")) for head in heads)


@pytest.mark.parametrize("path", TASKS, ids=named)
def test_what_is_in_bold_stands_on_the_screen(path):
    """In these pages bold is a button, a title or a choice, as it is labelled."""
    bold = re.findall(r"\*\*(.+?)\*\*", " ".join(prose(path).split()))
    assert bold
    missing = [one for one in bold if not stands_on_screen(one.removesuffix(" →"))]
    assert not missing


def test_what_is_nowhere_on_the_screen_is_found_out():
    assert not stands_on_screen("Send by pigeon")
    assert not stands_on_screen("Copy the link to this vie")


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_variable_is_a_setting(path):
    for name in re.findall(rf"{PREFIX}([A-Z_]+)", path.read_text("utf-8")):
        assert name.casefold() in {*NAMES, "settings"}, name


@pytest.mark.parametrize("path", TASKS, ids=named)
def test_every_name_in_code_is_a_setting_a_metric_or_a_dimension(path):
    for name in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", prose(path)):
        assert name in {*NAMES, *METRICS, *DIMENSIONS}, name


@pytest.mark.parametrize(("path", "block"), TOML, ids=[named(path) for path, _ in TOML])
def test_settings_written_out_are_read(path, block, tmp_path):
    file = tmp_path / "dashboard.toml"
    file.write_text(block, "utf-8")
    assert load_settings(file, {}) != Settings()


def test_thresholds_are_all_told_with_what_they_usually_are():
    page = (ROOT / "docs" / "how-to" / "read-alerts.md").read_text("utf-8")
    told = dict(re.findall(r"(?m)^\| `(\w+)` \| ([\d.]+) \|", page))
    assert set(told) >= {name for name in NAMES if name.startswith("alert_")}
    assert told == {name: str(getattr(Settings(), name)) for name in told}


def commands(path):
    """Each command of a page's consoles, with the lines that stand below it."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line.strip())
    return found


@pytest.mark.parametrize("path", [path for path in TASKS if commands(path)], ids=named)
def test_commands_say_what_stands_below_them(path, tmp_path, monkeypatch):
    (tmp_path / "data").symlink_to(ROOT / "data", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    for command, expected in commands(path):
        program, *arguments = shlex.split(command)
        assert program == "dashboard"
        done = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert done.exit_code == 0, command
        said = done.stdout
        assert expected, command
        for line in expected:
            assert line in said, f"$ {command}\nshould say: {line}\n{done.stdout}"
            said = said[said.find(line) + len(line) :]
