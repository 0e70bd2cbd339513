"""From the JSON of a funnel to the question that the event store takes, for every kind that asks about one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from django.utils.translation import gettext as _

from polku.analytics import resolvers, values
from polku.analytics.context import QueryContext
from polku.analytics.errors import QueryError
from polku.analytics.known import warn_of_property, warn_of_unknown
from polku.analytics.parsing import MOST_SELECTORS, parse_selector, parse_selectors
from polku.analytics.ranges import parse_window
from polku.eventstore.behaviour import ORDERS, Exclusion, FunnelQuestion, Order
from polku.eventstore.port import Selector

FUNNEL_FIELDS = ("steps", "window", "order", "exclude")
MOST_EXCLUSIONS = 10


@dataclass(frozen=True)
class AskedFunnel:
    """A funnel as the store takes it, and what its steps are called."""

    question: FunnelQuestion
    names: tuple[str, ...]


def parse_funnel(context: QueryContext, data: Mapping[str, object], *, field: str = "") -> AskedFunnel:
    """The funnel in `data`, which holds no other fields than `FUNNEL_FIELDS` and stands at `field`.

    Unit and breakdown are those of `context`, whose warnings name what was never received. Raises QueryError.
    """
    at = f"{field}." if field else ""
    steps = parse_selectors(context.workspace, data.get("steps"), field=f"{at}steps", most=MOST_SELECTORS)
    if not steps:
        raise QueryError(_("A funnel needs at least one step in “steps”."), field=f"{at}steps")
    window = parse_window(data.get("window"), field=f"{at}window")
    order = cast(Order, values.choice(data.get("order", "ordered"), ORDERS, field=f"{at}order"))
    exclude = _exclusions(context, data.get("exclude", ()), len(steps), order, field=f"{at}exclude")
    warn_of_unknown(context, selectors=[*steps, *(each.selector for each in exclude)])
    breakdown = context.breakdown
    if breakdown:
        warn_of_property(context, breakdown.property)
    question = FunnelQuestion(
        steps=steps,
        order=order,
        window=None if window is None else window // timedelta(microseconds=1),
        unit=context.unit,
        exclude=exclude,
        breakdown=breakdown.property if breakdown else None,
        attribution="last" if breakdown and breakdown.attribution == "last" else "first",
    )
    return AskedFunnel(question, tuple(step_name(context, step) for step in steps))


def step_name(context: QueryContext, step: Selector) -> str:
    """What a step is called: its touchpoint, its events, or the conditions it is made of."""
    parts = []
    if step.touchpoint is not None:
        found = resolvers.find_touchpoint(context.workspace, step.touchpoint)
        parts.append(found.name if found else str(step.touchpoint))
    if step.names:
        parts.append(" / ".join(step.names))
    if not parts:
        parts = [f"{row.property} {row.op} {row.value}" for row in step.where]
    return ", ".join(parts)


def names_version(context: QueryContext, data: object) -> str:
    """What the names of a funnel's steps depend on beside the funnel in `data`: the touchpoints' names."""
    steps = data.get("steps") if isinstance(data, Mapping) else None
    rows = steps if isinstance(steps, (list, tuple)) else ()
    asked = any(isinstance(step, Mapping) and "touchpoint" in step for step in rows)
    return repr(resolvers.touchpoint_names(context.workspace)) if asked else ""


def _exclusions(
    context: QueryContext, data: object, steps: int, order: Order, *, field: str
) -> tuple[Exclusion, ...]:
    rows = values.sequence(data, field=field, most=MOST_EXCLUSIONS)
    if not rows:
        return ()
    if order == "any":
        raise QueryError(
            _(
                "Steps in any order have no between, so nothing can be excluded there; ask for order “ordered”."
            ),
            field=field,
            suggestion="ordered",
        )
    if steps < 2:
        raise QueryError(_("Nothing lies between the steps of a funnel that has one step."), field=field)
    return tuple(_exclusion(context, row, steps, field=f"{field}[{place}]") for place, row in enumerate(rows))


def _exclusion(context: QueryContext, row: object, steps: int, *, field: str) -> Exclusion:
    selector = parse_selector(context.workspace, row, field=field, beside=("between",))
    between = cast("Mapping[str, object]", row).get("between")
    if between is None:
        return Exclusion(selector, 1, steps)
    place = f"{field}.between"
    ends = values.sequence(between, field=place, most=2)
    if len(ends) != 2:
        raise QueryError(
            _("“%(field)s” must be two numbers of steps, such as [1, 2].") % {"field": place}, field=place
        )
    after = values.whole(ends[0], least=1, most=steps - 1, field=f"{place}[0]")
    return Exclusion(selector, after, values.whole(ends[1], least=after + 1, most=steps, field=f"{place}[1]"))
