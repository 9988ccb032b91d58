"""The set-up files agree: what pyproject.toml declares, conda gets, and the lock pins."""

import re
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# Names that conda-forge spells in its own way.
CONDA_NAMES = {
    "ibis-postgres": "ibis-framework",
    "playwright-python": "playwright",
    "python-duckdb": "duckdb",
}


def declared():
    project = PROJECT["project"]
    lines = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    return {canonicalize_name(line.name): line.specifier for line in map(Requirement, lines)}


def in_conda():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    _, _, entries = text.partition("\ndependencies:\n")
    lines = (Requirement(entry) for entry in re.findall(r"(?m)^ +- ([^#:\n]+)", entries))
    return {
        canonicalize_name(CONDA_NAMES.get(line.name, line.name)): line.specifier for line in lines
    }


def pins():
    """Every pinned release with its hashes: [(name, version, [hash])]."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"(?m)^(?=[^\s#])", text)
    return [
        (*re.match(r"(\S+)==(\S+)", entry).groups(), re.findall(r"--hash=sha256:(\S+)", entry))
        for entry in entries
        if entry.strip()
    ]


def test_conda_gets_what_pyproject_declares():
    conda = in_conda()
    assert conda.pop("python") == PROJECT["project"]["requires-python"]
    conda.pop("pip")
    assert conda == declared()


def test_the_build_backend_comes_from_the_lock():
    required = map(Requirement, PROJECT["build-system"]["requires"])
    assert {line.name: line.specifier for line in required}.items() <= declared().items()


@pytest.mark.parametrize("name", sorted(declared()))
def test_the_lock_pins_what_is_declared(name):
    versions = [version for pinned, version, _ in pins() if pinned == name]
    assert versions
    assert all(Version(version) in declared()[name] for version in versions)


def test_every_pin_has_its_hashes():
    """With one pin for each release, so that every Python and every system gets the same."""
    names = [name for name, _, _ in pins()]
    assert len(names) > 100
    assert len(names) == len(set(names))
    for name, _, hashes in pins():
        assert hashes, name
        assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in hashes), name


@pytest.mark.parametrize(
    "place",
    [
        ".ci/run",
        ".pre-commit-config.yaml",
        "Makefile",
        "environment.yml",
        "pyproject.toml",
        "requirements.lock",
        "scripts/setup.sh",
    ],
)
def test_no_address_stands_in(place):
    assert "://" not in (ROOT / place).read_text(encoding="utf-8")


def test_make_data_is_the_command_that_the_dictionary_documents():
    (arguments,) = re.findall(r"(?m)^DATA_ARGS \?= (.+)$", (ROOT / "Makefile").read_text("utf-8"))
    assert f"--seed 7 {arguments}\n" in (ROOT / "data" / "README.md").read_text("utf-8")


def test_a_wheel_carries_everything(tmp_path):
    """Assets and the typing marker too, and nothing but the two packages."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    here = {
        path.relative_to(ROOT).as_posix()
        for package in ("dashboard", "data_gen")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "dashboard/py.typed" in here
    assert here == {name for name in names if ".dist-info/" not in name}
