"""The tutorial is followed: every command of it is run, and says what stands below it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TUTORIAL = ROOT / "docs" / "tutorials" / "from-spreadsheet-to-answer.md"


def commands() -> list[tuple[str, list[str]]]:
    """Each command with the lines that it should print, in their order."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", TUTORIAL.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def test_the_tutorial_does_what_it_says(tmp_path):
    shutil.copytree(ROOT / "docs" / "tutorials", tmp_path / "docs" / "tutorials")
    here = tmp_path / "bin"
    here.mkdir()
    (here / "dashboard").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dashboard "$@"\n')
    (here / "dashboard").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "120",
        "PYTHONIOENCODING": "utf-8",
    }
    assert len(commands()) > 10
    for command, expected in commands():
        done = subprocess.run(
            command,
            shell=True,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        said = done.stdout
        for line in expected:
            at = said.find(line.strip())
            assert at >= 0, f"$ {command}\nshould say: {line}\n{done.stdout}{done.stderr}"
            said = said[at + len(line.strip()) :]
