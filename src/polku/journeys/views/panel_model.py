"""The panel of one touchpoint, as its template draws it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polku.journeys.models import Touchpoint


def panel(touchpoint: Touchpoint, page: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": touchpoint.name}
