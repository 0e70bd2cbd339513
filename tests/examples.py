"""How many generated cases a test goes through: all of them, or the few of `make check`."""

from __future__ import annotations

import os

IS_QUICK = os.environ.get("POLKU_TESTS") == "quick"


def examples(whole: int) -> int:
    """`whole`, but a tenth of it where only the quick run was asked for (POLKU_TESTS=quick)."""
    return max(5, whole // 10) if IS_QUICK else whole
