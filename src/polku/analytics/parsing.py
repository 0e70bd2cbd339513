"""From the JSON of a question to the plain objects that the event store takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast, get_args

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.analytics import resolvers, values
from polku.analytics.context import Breakdown, Message
from polku.analytics.errors import QueryError, nearest, unknown_word
from polku.analytics.ranges import parse_range
from polku.eventstore.port import Condition, Operator, Scope, SegmentRule, Selector, SignalKind, Unit

if TYPE_CHECKING:
    from polku.accounts.models import Workspace

OPERATORS: tuple[str, ...] = get_args(Operator)
UNITS: tuple[str, ...] = get_args(Unit)
ATTRIBUTIONS = ("first", "last")
SELECTOR_FIELDS = ("event", "touchpoint", "where")
MOST_CONDITIONS = 50
MOST_SELECTORS = 20
LARGEST_TOUCHPOINT = 2**63 - 1

NOBODY = SegmentRule(did=(Selector(touchpoint=0),))
"""A rule that holds for no person: touchpoints are numbered from 1."""


def parse_conditions(data: object, *, field: str) -> tuple[Condition, ...]:
    """[{"property", "op", "value"}] or null. Raises QueryError for an unknown operator or an unfit value."""
    if data is None:
        return ()
    rows = values.sequence(data, field=field, most=MOST_CONDITIONS)
    return tuple(_condition(row, field=f"{field}[{place}]") for place, row in enumerate(rows))


def parse_selector(
    workspace: Workspace, data: object, *, field: str, beside: tuple[str, ...] = ()
) -> Selector:
    """{"event": name | [names], "where": […]} or {"touchpoint": number or name, "where": […]}.

    With only `where`, signals of every kind are taken that satisfy it. Fields named in `beside` may stand beside
    these; they are the caller's to read. Raises QueryError for an unknown field or touchpoint; an event never
    received is not an error.
    """
    parts = values.mapping(data, (*SELECTOR_FIELDS, *beside), field=field)
    if not any(name in parts for name in SELECTOR_FIELDS):
        raise QueryError(
            _("“%(field)s” must say which signals: give “event”, “touchpoint” or “where”.")
            % {"field": field},
            field=field,
        )
    names: tuple[str, ...] = ()
    touchpoint: int | None = None
    if "event" in parts:
        names = values.texts(parts["event"], field=f"{field}.event")
    if "touchpoint" in parts:
        touchpoint = parse_touchpoint(workspace, parts["touchpoint"], field=f"{field}.touchpoint")
    return Selector(
        kinds=(SignalKind.EVENT,) if names else (),
        names=names,
        touchpoint=touchpoint,
        where=parse_conditions(parts.get("where"), field=f"{field}.where"),
    )


def parse_selectors(
    workspace: Workspace, data: object, *, field: str, most: int = MOST_SELECTORS
) -> tuple[Selector, ...]:
    """A list of selectors, or null."""
    if data is None:
        return ()
    rows = values.sequence(data, field=field, most=most)
    return tuple(parse_selector(workspace, row, field=f"{field}[{place}]") for place, row in enumerate(rows))


def parse_scope(workspace: Workspace, query: Mapping[str, object], *, warnings: list[Message]) -> Scope:
    """Which signals `query` is about: its `range`, `where` and `segment`.

    A segment that does not exist holds nobody; that is added to `warnings`, with the nearest name.
    """
    start, end = parse_range(query.get("range"), workspace.timezone)
    return Scope(
        start=start,
        end=end,
        where=parse_conditions(query.get("where"), field="where"),
        segment=_segment(workspace, query.get("segment"), field="segment", warnings=warnings),
        timezone=workspace.timezone,
    )


def parse_compare(
    workspace: Workspace, data: object, scope: Scope, *, segments: bool, warnings: list[Message]
) -> Scope:
    """What `scope` is compared with: the same question about a second range {"from", "to"}, with `segments` also
    about another segment {"segment": name}, or both."""
    parts = values.mapping(data, ("from", "to", "segment") if segments else ("from", "to"), field="compare")
    if "segment" in parts:
        rule = _segment(workspace, parts["segment"], field="compare.segment", warnings=warnings)
        scope = replace(scope, segment=rule)
    stretch = {name: parts[name] for name in ("from", "to") if name in parts}
    if stretch or "segment" not in parts:
        start, end = parse_range(stretch, workspace.timezone, field="compare")
        scope = replace(scope, start=start, end=end)
    return scope


def parse_unit(data: object) -> Unit:
    """person, session or order; null is person."""
    return "person" if data is None else cast(Unit, values.choice(data, UNITS, field="unit"))


def parse_breakdown(data: object) -> Breakdown | None:
    """{"property", "attribution"}; attribution is "first" (the default) or "last": whose value counts."""
    if data is None:
        return None
    parts = values.mapping(data, ("property", "attribution"), field="breakdown")
    if "property" not in parts:
        raise QueryError(_("“breakdown” must name a “property”."), field="breakdown.property")
    attribution = parts.get("attribution", "first")
    return Breakdown(
        property=values.text(parts["property"], field="breakdown.property"),
        attribution=values.choice(attribution, ATTRIBUTIONS, field="breakdown.attribution"),
    )


def _condition(data: object, *, field: str) -> Condition:
    parts = values.mapping(data, ("property", "op", "value"), field=field)
    for required in ("property", "op"):
        if required not in parts:
            raise QueryError(
                _("“%(field)s” lacks “%(required)s”.") % {"field": field, "required": required},
                field=f"{field}.{required}",
            )
    name = values.text(parts["property"], field=f"{field}.property")
    operator = cast(Operator, values.choice(parts["op"], OPERATORS, field=f"{field}.op"))
    place = f"{field}.value"
    given = parts.get("value")
    if operator == "exists":
        return Condition(name, operator, True if given is None else values.truth(given, field=place))
    if given is None:
        raise QueryError(
            _("“%(field)s” lacks “value”. To ask whether the property is there, use the operator “exists”.")
            % {"field": field},
            field=place,
        )
    if operator == "in":
        rows = values.sequence(given, field=place, most=values.MOST_NAMES)
        return Condition(
            name,
            operator,
            tuple(values.scalar(row, field=f"{place}[{number}]") for number, row in enumerate(rows)),
        )
    if operator == "contains":
        return Condition(name, operator, values.text(given, field=place))
    if isinstance(given, (list, tuple)):
        raise QueryError(
            _("“%(field)s” is a list; to compare with several values use the operator “in”.")
            % {"field": place},
            field=place,
            suggestion="in",
        )
    return Condition(name, operator, values.scalar(given, field=place))


def parse_touchpoint(workspace: Workspace, reference: object, *, field: str) -> int:
    """The number of the touchpoint that a number or a name means. Raises QueryError, with the nearest name."""
    if isinstance(reference, bool) or not isinstance(reference, (int, str)):
        raise QueryError(
            _("“%(field)s” must be the number or the name of a touchpoint, not “%(value)s”.")
            % {"field": field, "value": values.shown(reference)},
            field=field,
        )
    found = None
    if isinstance(reference, str) or 0 < reference <= LARGEST_TOUCHPOINT:
        found = resolvers.find_touchpoint(workspace, reference)
    if found is None:
        message = _("There is no touchpoint “%(value)s”.") % {"value": values.shown(reference)}
        if isinstance(reference, int):
            raise QueryError(message, field=field)
        raise unknown_word(message, reference, resolvers.touchpoint_names(workspace), field=field)
    return found.id


def _segment(
    workspace: Workspace, data: object, *, field: str, warnings: list[Message]
) -> SegmentRule | None:
    if data is None:
        return None
    name = values.text(data, field=field)
    found = resolvers.find_segment(workspace, name)
    if found is None:
        warnings.append(_unknown_segment(workspace, name))
        return NOBODY
    return found


def _unknown_segment(workspace: Workspace, name: str) -> Message:
    suggestion = nearest(name, resolvers.segment_names(workspace))
    if suggestion is None:
        return format_lazy(
            gettext_lazy("There is no segment “{name}”, so nobody belongs to it."), name=values.shown(name)
        )
    return format_lazy(
        gettext_lazy("There is no segment “{name}”, so nobody belongs to it. Did you mean “{suggestion}”?"),
        name=values.shown(name),
        suggestion=suggestion,
    )
