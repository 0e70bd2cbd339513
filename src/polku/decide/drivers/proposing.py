"""What to ask first: an outcome and drivers that the data has answers enough for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from polku.accounts.models import Workspace
from polku.analytics import QueryError, run
from polku.analytics.kinds.perceived_value import ITEMS
from polku.decide.drivers.choices import ON_TIME, Choice, Choices, asked_as
from polku.eventstore.port import StoreError, StoreState

_MOST = 8
"""Drivers tried at first: more are hard to read."""
_TRIES = 6
_OUTCOMES = ("nps", "recommend", "csat", "stars", "ces", "smiley", "number")
"""Metrics by how readily they are the outcome of the others of their survey."""

Proposed = tuple[str, tuple[str, ...]]
"""An outcome and drivers, as choices."""


def proposed(workspace: Workspace, state: StoreState, choices: Choices) -> Proposed | None:
    """The best there is: the questions of the survey with most answers (those of perceived value have a page of their
    own), else what was asked at touchpoints for what was asked anywhere. Drivers that few were asked are left out
    until the rest can be told. None without two questions."""
    candidates = tuple(_candidates(choices))
    return _first_told(workspace, workspace.key.hex, state.version, candidates) if candidates else None


def _candidates(choices: Choices) -> list[Proposed]:
    """By how much they promise."""
    found: list[tuple[int, Proposed]] = []
    asked = [choice for choice in choices.all if choice.responses and choice.question not in ITEMS]
    for outcome in asked:
        others = [choice for choice in asked if choice != outcome and choice.responses & outcome.responses]
        if len(others) > 1 and _rank(outcome) <= min(map(_rank, others)):
            others = others[:_MOST]
            found.append((len(others) * others[0].answers, (outcome.value, _values(others))))
    found.sort(key=lambda pair: -pair[0])
    proposals = [proposal for _weight, proposal in found]
    placed = [choice for choice in choices.all if choice.value.count("|") == 4 and choice.value.split("|")[3]]
    kept = choices.get(f"||||{ON_TIME}")
    for outcome in choices.all:
        parts = outcome.value.split("|")
        if len(parts) == 5 and not parts[1] and not parts[3] and parts[0] in _OUTCOMES:
            at = [choice for choice in placed if choice.metric != outcome.metric][: _MOST - 1]
            drivers = [*at, *([kept] if kept else [])]
            if drivers:
                proposals.append((outcome.value, _values(drivers)))
    return proposals


def _rank(choice: Choice) -> int:
    return _OUTCOMES.index(choice.metric) if choice.metric in _OUTCOMES else len(_OUTCOMES)


def _values(choices: Sequence[Choice]) -> tuple[str, ...]:
    return tuple(choice.value for choice in choices)


@lru_cache(maxsize=64)
def _first_told(workspace: Workspace, key: str, version: int, candidates: tuple[Proposed, ...]) -> Proposed:
    """The first candidate that can be told with two drivers or more, else with one, else the first as it is.
    `key` and `version` make the answer new for another store and after a load."""
    alone: Proposed | None = None
    for outcome, drivers in candidates[:4]:
        left = drivers
        for _try in range(_TRIES):
            answer = _ask(workspace, outcome, left)
            refused = answer.get("refused") if answer else {"reason": "failed"}
            if not refused and len(left) > 1:
                rare = _rare(answer)
                if len(left) - 1 < 2 or rare is None:
                    return outcome, left
                left = tuple(value for value in left if value != rare)
                continue
            if not refused:
                alone = alone or (outcome, left)
                break
            if answer is None or len(left) < 2:
                break
            costly = max(answer["drivers"], key=lambda row: row["without"])["name"]
            still = [value for value in left if value in refused["names"]] or [costly]
            left = tuple(value for value in left if value not in still)
            if not left:
                break
    return alone or candidates[0]


def _rare(answer: Mapping[str, Any] | None) -> str | None:
    """The driver without which there would be twice as many rows."""
    if answer is None:
        return None
    row = max(answer["drivers"], key=lambda row: row["without"])
    return str(row["name"]) if row["without"] >= 2 * answer["n"] else None


def _ask(workspace: Workspace, outcome: str, drivers: Sequence[str]) -> Mapping[str, Any] | None:
    """The answer about all data, with drivers called by their choice."""
    asked = {
        "kind": "drivers",
        "outcome": asked_as(outcome, outcome),
        "drivers": [asked_as(value, value) for value in drivers],
    }
    try:
        return run(workspace, asked)
    except (QueryError, StoreError):
        return None
