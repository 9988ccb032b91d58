"""An invented world with a known truth, and the four tables drawn from it."""

from __future__ import annotations

from data_gen.invent import World, invent
from data_gen.plan import Plan

__all__ = ["Plan", "World", "invent"]
