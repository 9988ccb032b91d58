"""What came back for the money paid to influencers: four tables in, a live dashboard out.

In a notebook::

    from dashboard import load, App
    App(load("data"))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dashboard.app import App
    from dashboard.dataset import Dataset, load
    from dashboard.ledger import Ledger, build
    from dashboard.metrics import METRICS
    from dashboard.query import Where, answer

__version__ = "0.1.0"
__all__ = ["METRICS", "App", "Dataset", "Ledger", "Where", "__version__", "answer", "build", "load"]

_ROOMS = {
    "App": "app",
    "Dataset": "dataset",
    "load": "dataset",
    "Ledger": "ledger",
    "build": "ledger",
    "METRICS": "metrics",
    "Where": "query",
    "answer": "query",
}


def __getattr__(name: str) -> Any:
    """Open a room when one of its names is first used; a plain report loads no screen."""
    if name not in _ROOMS:
        raise AttributeError(f"module 'dashboard' has no attribute {name!r}")
    return getattr(import_module(f"dashboard.{_ROOMS[name]}"), name)
