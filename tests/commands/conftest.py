"""A fresh world for each test."""

from tests.engine.conftest import build, world

__all__ = ["build", "world"]
