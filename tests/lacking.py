"""What a test needs of the machine beside the program itself."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacking(what: str) -> NoReturn:
    """Skip where the machine lacks something; continuous integration must have it, or it would prove nothing."""
    if os.environ.get("CI"):
        pytest.fail(f"continuous integration must have {what}")
    pytest.skip(f"needs {what}")
