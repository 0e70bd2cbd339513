"""Who got to a step of a funnel or dropped out before it, what they did next, and what they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast, get_args

import msgspec
import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from polku.analytics import values
from polku.analytics.cache import AnswerCache, Kept
from polku.analytics.context import Message, QueryContext
from polku.analytics.errors import QueryError
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.kinds.asked_funnel import FUNNEL_FIELDS, AskedFunnel, names_version, parse_funnel
from polku.analytics.shared import ENOUGH, over_represented
from polku.eventstore.behaviour import Group, Outcome, StepUnits
from polku.eventstore.port import SignalKind

OUTCOMES: tuple[str, ...] = get_args(Outcome)
MOST_PEOPLE = 1_000
_MOST_IDS = 20
_MOST_COMPARED = 20_000
"""People of each outcome whose properties are compared; of more, so many drawn at random tell as much."""
_LARGEST_OFFSET = 10_000_000
_EPOCH = datetime(1970, 1, 1)

_together = AnswerCache(8 * 2**20)
"""What was told of people as a group, so that turning the pages of their list does not work it out again."""


@dataclass(frozen=True)
class _Question:
    funnel: AskedFunnel
    step: int
    outcome: Outcome
    key: str | None


def people(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"total", "people": [{"person", "ids", "traits", "first_seen", "last_seen", "time"}], "next": [{"event",
    "kind", "count", "share", "median_seconds"}], "shared": [{"property", "value", "inside", "inside_share",
    "outside_share", "difference", "ci", "p_value", "p_adjusted", "clear"}], "tested", "groups": {"inside",
    "outside"}}.

    `total` counts units that reached the step ("reached"), or the one before it and not it ("dropped"); with a
    breakdown, those of its part `key`. `people` are the ones from `offset` on, newest last step first, of sessions
    and orders whose they are, each with at most 20 ids; empty for whoever may not see customers one by one. `time`
    is when their last step was. `next` is what followed first within the range, whatever else the question filters;
    `event` null is nothing. `shared` are values commoner among these people than among those with the other outcome
    (who dropped out once and got there another time counts as having got there), see `shared.over_represented`; of
    both only signals up to the step before are looked at, because what came later may be a consequence. "groups" says
    how many people of each outcome were compared: at most 20,000, drawn at random but always the same.
    """
    asked = _parse(context, query)
    limit = values.whole(query.get("limit", 100), least=0, most=MOST_PEOPLE, field="limit")
    offset = values.whole(query.get("offset", 0), least=0, most=_LARGEST_OFFSET, field="offset")
    found = _units(context, asked, asked.outcome)
    answer: Answer = {
        "step": asked.step,
        "name": asked.funnel.names[asked.step - 1],
        "outcome": asked.outcome,
        "total": found.total,
        "people": [],
        "rows_scanned": found.scanned,
    }
    if context.sees_people:
        answer["people"] = _one_by_one(context, found, slice(offset, offset + limit))
    else:
        context.warnings.append(
            gettext_lazy("Customers one by one are shown only to those who may see them.")
        )
    question = (context.key, context.state.version, repr((asked, context.scope)))
    together = _together.get(question, lambda: _as_a_group(context, asked, found))
    context.warnings.extend(together.warnings)
    return answer | msgspec.json.decode(together.body, type=dict[str, object])


def _parse(context: QueryContext, query: Mapping[str, object]) -> _Question:
    if "funnel" not in query:
        raise QueryError(_("Say in “funnel” which steps the question is about."), field="funnel")
    funnel = parse_funnel(
        context, values.mapping(query["funnel"], FUNNEL_FIELDS, field="funnel"), field="funnel"
    )
    outcome = cast(Outcome, values.choice(query.get("outcome", "dropped"), OUTCOMES, field="outcome"))
    steps = len(funnel.names)
    if outcome == "dropped" and steps == 1:
        raise QueryError(
            _("Nobody drops out of a funnel of one step; give another step, or ask for “reached”."),
            field="funnel.steps",
        )
    if "step" not in query:
        raise QueryError(_("“%(field)s” is missing.") % {"field": "step"}, field="step")
    step = values.whole(query["step"], least=2 if outcome == "dropped" else 1, most=steps, field="step")
    key = query.get("key")
    if key is not None and context.breakdown is None:
        raise QueryError(_("“key” names a part of a “breakdown”, which is missing."), field="key")
    return _Question(funnel, step, outcome, None if key is None else values.text(key, field="key"))


def _units(context: QueryContext, asked: _Question, outcome: Outcome) -> StepUnits:
    return context.store.funnel_units(
        context.key, context.scope, asked.funnel.question, step=asked.step, outcome=outcome, key=asked.key
    )


def _one_by_one(context: QueryContext, found: StepUnits, page: slice) -> list[dict[str, object]]:
    numbers, times = found.person[page].tolist(), found.time[page].tolist()
    table = context.store.people(context.key, sorted(set(numbers))).to_pylist() if numbers else []
    known = {row["person"]: row for row in table}
    return [
        {
            "person": number,
            "ids": known[number]["ids"][:_MOST_IDS],
            "traits": _traits(known[number]["traits"]),
            "first_seen": _moment(known[number]["first_seen"]),
            "last_seen": _moment(known[number]["last_seen"]),
            "time": _moment(_EPOCH + timedelta(microseconds=time)),
        }
        for number, time in zip(numbers, times, strict=True)
        if number in known
    ]


def _next(context: QueryContext, found: StepUnits) -> list[dict[str, object]]:
    if not found.total:
        return []
    scope = replace(context.scope, where=(), segment=None)
    signals = context.store.next_signals(context.key, scope, found.person, found.time)
    return [
        {
            "event": signal.name,
            "kind": SignalKind(signal.kind).name.lower() if signal.kind else None,
            "count": signal.count,
            "share": signal.count / found.total,
            "median_seconds": None if signal.median is None else signal.median / 1e6,
        }
        for signal in signals
    ]


def _as_a_group(context: QueryContext, asked: _Question, found: StepUnits) -> Kept:
    """What is told of all of them together: the same on every page of the list."""
    shared, warnings = _shared(context, asked, found)
    return Kept(msgspec.json.encode({"next": _next(context, found), **shared}), warnings)


def _shared(context: QueryContext, asked: _Question, found: StepUnits) -> tuple[Answer, tuple[Message, ...]]:
    nothing: Answer = {"shared": [], "tested": 0, "groups": None}
    if asked.step == 1:  # nobody drops out before the first step, so there is nobody to compare with
        return nothing, ()
    others = _units(context, asked, "reached" if asked.outcome == "dropped" else "dropped")
    if asked.outcome == "dropped":
        inside, outside = _group(found, without=others.person), _group(others)
    else:
        inside, outside = _group(found), _group(others, without=found.person)
    if min(inside.person.size, outside.person.size) < ENOUGH:
        few = gettext_lazy("What people share is told from 30 people on, who got there and who did not.")
        return nothing, (few,)
    scope = replace(context.scope, where=(), segment=None)
    shares = context.store.property_shares(context.key, scope, inside, outside)
    told = over_represented(shares, inside=inside.person.size, outside=outside.person.size)
    groups = {"inside": inside.person.size, "outside": outside.person.size}
    return {"shared": told.rows, "tested": told.tested, "groups": groups}, ()


def _group(units: StepUnits, without: NDArray[np.int64] | None = None) -> Group:
    """The people of `units`, each up to where the ways parted; what came later may be a consequence."""
    newest = np.lexsort((-units.parting, units.person))
    people, first = np.unique(units.person[newest], return_index=True)
    until = units.parting[newest][first]
    chosen = np.arange(people.size)
    if without is not None:
        chosen = np.flatnonzero(~np.isin(people, without))
    if chosen.size > _MOST_COMPARED:
        chosen = np.random.default_rng(0).choice(chosen, _MOST_COMPARED, replace=False, shuffle=False)
    return Group(people[chosen], until[chosen])


def _traits(text: str | None) -> dict[str, object]:
    read = msgspec.json.decode(text) if text else {}
    return read if isinstance(read, dict) else {}


def _moment(time: datetime | None) -> str | None:
    return f"{time.isoformat()}Z" if time else None


def _version(context: QueryContext, query: Mapping[str, object]) -> str:
    """The touchpoints' names, and whether people may be named to whoever asks."""
    return f"{context.sees_people} {names_version(context, query.get('funnel'))}"


register(
    Kind(
        name="people",
        fields=("funnel", "step", "outcome", "key", "limit", "offset"),
        run=people,
        breakdown=True,
        units=True,
        version=_version,
    )
)
