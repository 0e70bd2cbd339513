"""Inboxes in folders of their own, each closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from polku.capture.inbox import Inbox


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Inbox]]:
    """Opens the inbox of the test's folder, as often as it is called, with the options given."""
    made: list[Inbox] = []

    def open_inbox(**options: Any) -> Inbox:
        made.append(Inbox(tmp_path / "inbox", **options))
        return made[-1]

    yield open_inbox
    for inbox in made:
        inbox.close()
