"""The how-to from CSV to PostgreSQL to Spark: its own commands come to the same figures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg

from tests.engines.conftest import needed
from tests.engines.servers import find_java, find_postgres

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "when-your-data-outgrows-your-laptop.md"


def blocks(kind: str) -> list[str]:
    """The page's blocks of code of a kind."""
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def test_its_commands_come_to_the_same_figures(postgres, tmp_path):
    """Everything but the installing; the address is that of a server of this run."""
    needed(find_java)
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute("create database outgrown")
    postgres = f"{postgres.rpartition('/')[0]}/outgrown"
    (tmp_path / "shop.sql").write_text(*blocks("sql"))
    (tmp_path / "tables.toml").write_text(*blocks("toml"))
    here = [str(Path(sys.executable).parent), str(find_postgres()), os.environ["PATH"]]
    env = {**os.environ, "PATH": os.pathsep.join(here), "DATABASE_URL": postgres}
    said, told = [], ""
    for block in blocks("sh"):
        if block.startswith("pip "):
            continue
        ran = subprocess.run(
            ["sh", "-e"],
            input=block,
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"{block}\n{ran.stdout}\n{ran.stderr}"
        told += ran.stdout
        said += re.findall(r"^[\d.,]+\n", ran.stdout, re.MULTILINE)
    assert len(said) == 7
    assert len(set(said)) == 1
    assert "," in said[0]
    assert "more than the 500 there is room for" in told
    assert "4 of 5 files read, 1 unchanged since " in told
