"""What the tests of moments share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation
from django_scopes import scope


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def shop(workspace) -> Iterator:
    """The workspace, in scope."""
    with scope(workspace=workspace):
        yield workspace
