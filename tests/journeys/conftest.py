"""What the tests of journeys share. Messages are compared in English, whatever the installation's language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.journeys.received import ORDERS, ROWS, orders, signals


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def received(workspace, store) -> str:
    """The store's key of a workspace that has received the signals of `received.py`."""
    key = workspace.key.hex
    store.load_orders(key, orders(ORDERS), rules=())
    store.load_signals(key, signals(ROWS), rules=())
    return key


@pytest.fixture
def touchpoint(workspace):
    """The one touchpoint of a journey."""
    from polku.journeys import domain

    journey = domain.create_journey(workspace=workspace, name="Polku")
    return domain.add_touchpoint(stage=domain.add_stage(journey=journey, name="Osto"), name="Maksu")
