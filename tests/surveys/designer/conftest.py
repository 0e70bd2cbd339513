"""What the tests of the designer share. Messages are compared in English, whatever the installation's language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def touchpoint(workspace):
    """The one touchpoint of a journey."""
    from polku.journeys import domain

    journey = domain.create_journey(workspace=workspace, name="Polku")
    return domain.add_touchpoint(stage=domain.add_stage(journey=journey, name="Osto"), name="Maksu")
