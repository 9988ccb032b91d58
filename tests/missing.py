"""A part that a test needs and this machine lacks."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(words: str) -> NoReturn:
    """Skip the test by name; in CI, where every part must be there, fail it."""
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(words, pytrace=False)
    pytest.skip(words)
