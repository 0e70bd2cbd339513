"""What people make of a proposal before it becomes a map: their names, order and choice, as a form carries them.

Nothing is kept between two requests but the form itself. What a touchpoint catches is never taken from the form: it is
proposed anew, so that a form can neither grow old nor say what nobody proposed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from polku.journeys import limits
from polku.journeys.proposing.drafts import Draft
from polku.journeys.proposing.proposals import Proposal


class Posted(Protocol):
    """What a request sent: the last value of a name, and all of them."""

    def get(self, name: str, default: str = ...) -> str | None: ...
    def getlist(self, name: str) -> list[str]: ...


@dataclass
class Row:
    """A touchpoint on the form. `token` names it there."""

    token: str
    draft: Draft
    name: str
    stage: str
    is_taken: bool


@dataclass
class Choice:
    """The form as it stands: the map's name, stages as (key, name) and rows in order."""

    name: str
    stages: list[tuple[str, str]]
    rows: list[Row]

    def by_stage(self) -> list[tuple[str, str, list[Row]]]:
        """(key, name, rows) stage by stage."""
        return [(key, name, [row for row in self.rows if row.stage == key]) for key, name in self.stages]

    def move(self, token: str, by: int) -> None:
        """Move a row one place earlier (−1) or later (1); at the end of its stage it enters the neighbouring one."""
        row = next((row for row in self.rows if row.token == token), None)
        if row is None:
            return
        family = [each for each in self.rows if each.stage == row.stage]
        target = family.index(row) + by
        if 0 <= target < len(family):
            here, there = self.rows.index(row), self.rows.index(family[target])
            self.rows[here], self.rows[there] = self.rows[there], self.rows[here]
            return
        keys = [key for key, _name in self.stages]
        neighbour = keys.index(row.stage) + by
        if not 0 <= neighbour < len(keys):
            return
        row.stage = keys[neighbour]
        self.rows.remove(row)
        others = [at for at, each in enumerate(self.rows) if each.stage == row.stage]
        if by > 0:
            self.rows.insert(others[0] if others else len(self.rows), row)
        else:
            self.rows.insert(others[-1] + 1 if others else len(self.rows), row)

    def document(self) -> dict[str, Any]:
        """The map of the rows taken, as `journeys.domain` reads documents; stages without any are left out."""
        stages = [
            {"name": name, "touchpoints": [row.draft.document(row.name) for row in rows if row.is_taken]}
            for _key, name, rows in self.by_stage()
        ]
        return {"name": self.name, "stages": [stage for stage in stages if stage["touchpoints"]]}


def token_of(draft: Draft) -> str:
    """A short name of a draft that fits an address and a field of a form."""
    return hashlib.sha256(draft.key.encode()).hexdigest()[:12]


def first_choice(proposal: Proposal) -> Choice:
    """The proposal as it is."""
    rows = [Row(token_of(draft), draft, draft.name, draft.stage, draft.is_taken) for draft in proposal.drafts]
    return Choice(proposal.name, list(proposal.stages), rows)


def posted_choice(proposal: Proposal, posted: Posted) -> Choice:
    """The proposal with what people made of it. What the form does not know, or leaves without a name, stays as it
    was proposed; a draft that has come since stands at the end of its stage, not taken."""
    choice = first_choice(proposal)
    choice.name = _line(posted.get("name", ""), limits.JOURNEY_NAME) or choice.name
    choice.stages = [
        (key, _line(posted.get(f"stage-name-{key}", ""), limits.NAME) or name) for key, name in choice.stages
    ]
    keys = {key for key, _name in choice.stages}
    taken = set(posted.getlist("take"))
    asked = list(dict.fromkeys(posted.getlist("row")))
    for row in choice.rows:
        row.is_taken = row.token in taken
        row.name = _line(posted.get(f"name-{row.token}", ""), limits.NAME) or row.name
        stage = posted.get(f"stage-{row.token}", "")
        row.stage = stage if stage in keys else row.stage
    choice.rows = _in_the_order(choice.rows, {token: place for place, token in enumerate(asked)})
    return choice


def _in_the_order(rows: Sequence[Row], places: Mapping[str, int]) -> list[Row]:
    return sorted(rows, key=lambda row: places.get(row.token, len(places)))


def _line(text: str | None, longest: int) -> str:
    return " ".join((text or "").replace("\0", "").split())[:longest]
