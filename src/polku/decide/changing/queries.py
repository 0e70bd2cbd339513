"""What really changed on a map, for pages, the Monday page and its e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from polku.accounts.models import Workspace
from polku.analytics import run
from polku.journeys.models import Journey

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    """A map against another period, after Benjamini–Hochberg over every figure that was tested.

    `clear` holds rows {"key", "touchpoint": {"id", "name"}, "stage", "figure", "metric", "scale", "before": {"value",
    "ci", "n"}, "after": {…}, "difference", "ci", "p", "since"}, the surest first and how many came last; a feeling
    that was read from the very answers of a clear score is not told twice. `unchanged` were tested without evidence
    of a change, `unchanged_rows` are they. `untested` are rows with `why` ("few", "not-before", "no-spread"). `range`
    and `compare` are {"from", "to"} in UTC.
    """

    clear: list[Record]
    unchanged: int
    unchanged_rows: list[Record]
    untested: list[Record]
    tested: int
    range: Record
    compare: Record
    data_as_of: str | None


def changes(
    workspace: Workspace,
    journey: Journey,
    *,
    range: Mapping[str, str | None] | None = None,
    compare: Mapping[str, str | None] | None = None,
) -> Changes:
    """What changed on the map of `journey`; by default the last 28 days with data against the 28 before.

    The same comparison as the map's, so figures agree to the last digit. Raises QueryError as `analytics.run` does.
    """
    query: dict[str, object] = {"kind": "changes", "journey": journey.pk}
    query |= {"range": range} if range else {}
    query |= {"compare": compare} if compare else {}
    found: dict[str, Any] = run(workspace, query)
    said = {row["touchpoint"]["id"] for row in found["clear"] if row["figure"] == "say"}
    return Changes(
        clear=[row for row in found["clear"] if not (row["repeats"] and row["touchpoint"]["id"] in said)],
        unchanged=len(found["unchanged"]),
        unchanged_rows=found["unchanged"],
        untested=found["untested"],
        tested=found["tested"],
        range=found["range"],
        compare=found["compare"],
        data_as_of=found["data_as_of"],
    )
