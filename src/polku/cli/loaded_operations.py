"""Loads every module that registers an operation."""

from __future__ import annotations

import importlib

MODULES = (
    "backups",
    "demo",
    "imports",
    "journeys",
    "loader",
    "messages",
    "query",
    "replay",
    "surveys",
    "users",
    "workspaces",
)


def load() -> None:
    for name in MODULES:
        importlib.import_module(f"polku.cli.{name}")
