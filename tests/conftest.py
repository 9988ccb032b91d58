"""What all tests share: how hard hypothesis tries, and where the corpora lie."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", max_examples=40, derandomize=True, **_COMMON)
settings.register_profile("search", max_examples=1000, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# What is worked out once is kept for one run of the tests, and nothing of it stays.
os.environ["DASHBOARD_CACHE"] = tempfile.mkdtemp(prefix="influencer-roi-")
atexit.register(shutil.rmtree, os.environ["DASHBOARD_CACHE"], ignore_errors=True)

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session", autouse=True)
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What commands keep of estimates stays with the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_CACHE", str(tmp_path_factory.mktemp("kept")))
        yield


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The real inputs that nobody here wrote."""
    folder = SHARED / "corpora"
    if not folder.is_dir():
        pytest.skip(f"The corpora are not on this machine: there is no folder {folder}.")
    return folder


@pytest.fixture(scope="session")
def reference() -> Path:
    """Public series with published answers."""
    folder = SHARED / "reference"
    if not folder.is_dir():
        pytest.skip(f"The reference series are not on this machine: there is no folder {folder}.")
    return folder
