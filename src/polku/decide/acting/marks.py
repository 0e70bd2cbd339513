"""Actions on the map, where the pain is or was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.urls import reverse

from polku.decide.acting.shown import Shown, shown, today_in
from polku.journeys.acting import actions_of
from polku.journeys.acting_marks import Mark
from polku.journeys.models import Action, Journey, Touchpoint
from polku.site.formats import Reader

_ORDER = [Action.State.UNDER_WAY, Action.State.PLANNED, Action.State.DONE]


def marks_of(journey: Journey, reader: Reader) -> Mapping[int, tuple[Mark, ...]]:
    """By touchpoint: what is under way first, then what is planned, then what is done, the newest of each first. What
    was dropped is not shown. One query."""
    found: dict[int, list[Shown]] = defaultdict(list)
    today = today_in(journey.workspace)
    for action in actions_of(journey, [state.value for state in _ORDER]):
        found[action.opportunity.touchpoint_id].append(shown(action, reader, today))
    return {
        point: tuple(
            _mark(row)
            for row in sorted(rows, key=lambda row: (_ORDER.index(row.action.state), -row.action.pk))  # type: ignore[arg-type]
        )
        for point, rows in found.items()
    }


def new_address(touchpoint: Touchpoint) -> str:
    address = reverse("decide:action-new", args=[touchpoint.workspace.slug])
    return f"{address}?touchpoint={touchpoint.pk}"


def _mark(row: Shown) -> Mark:
    action, effect = row.action, row.effect
    owner = str(action.owner) if action.owner else ""
    note, tone, more = " · ".join(filter(None, [owner, row.due])), "", tuple[str, ...]()
    if effect is not None:
        note, tone = effect.short, effect.tone
        said = [f"{row.metric}: {effect.headline}".strip(": ") if effect.headline else row.metric]
        if effect.headline:
            change = f"{effect.change}, {effect.probably}, {effect.sizes}"
            said += [effect.verdict, change, effect.control, effect.grade_tells, effect.windows, effect.money]
        more = tuple(filter(None, said))
    return Mark(
        name=action.name,
        address=row.address,
        state=action.state,
        state_name=str(Action.State(action.state).label),
        note=note,
        tone=tone,
        more=more,
        is_overdue=row.is_overdue,
    )
