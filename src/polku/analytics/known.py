"""Words in a question that the workspace has never received: not errors, but worth a warning with a suggestion."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import cast

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from polku.analytics import values
from polku.analytics.context import Message, QueryContext
from polku.analytics.errors import nearest
from polku.eventstore.port import CatalogKind, Condition, Selector
from polku.eventstore.registry import store as open_store

SIGNAL_FIELDS = frozenset(
    {
        "kind",
        "name",
        "event",
        "metric",
        "reason",
        "channel",
        "url",
        "value",
        "score",
        "text",
        "session",
        "time",
    }
)
ORDER_FIELDS = frozenset({"status", "value", "time", "promised", "delivered", "on_time", "id"})

_VALUES_OF: dict[str, CatalogKind] = {
    "event": "event",
    "metric": "metric",
    "reason": "reason",
    "channel": "channel",
    "url": "url",
    "order.status": "status",
}
_MOST = 5_000


def warn_of_unknown(
    context: QueryContext, *, selectors: Iterable[Selector] = (), conditions: Iterable[Condition] = ()
) -> None:
    """Add a warning for each event, property or value that was never received, with the nearest one that was."""
    conditions = list(conditions)
    for selector in selectors:
        for name in selector.names:
            if name not in _received(context, "event"):
                _warn(context, gettext_lazy("The event “{name}” has never been received."), name, "event")
        conditions.extend(selector.where)
    for condition in conditions:
        if warn_of_property(context, condition.property):
            _warn_of_values(context, condition)


def warn_of_property(context: QueryContext, name: str) -> bool:
    """Whether `name` is a property that signals, orders or people have; where not, a warning says so."""
    if name in SIGNAL_FIELDS or (name.startswith("order.") and name[6:] in ORDER_FIELDS):
        return True
    received = _received(context, "property")
    if name in received:
        return True
    known = {*received, *SIGNAL_FIELDS, *(f"order.{field}" for field in ORDER_FIELDS)}
    _say(
        context,
        gettext_lazy("No signal, order or person has the property “{name}”."),
        name,
        nearest(name, known),
    )
    return False


def warn_of_metric(context: QueryContext, metric: str) -> None:
    """Warn where no answer to `metric` was ever received."""
    received = _received(context, "metric")
    if metric not in received:
        suggestion = nearest(metric, received) or (min(received) if received else None)
        _say(
            context,
            gettext_lazy("No answer to the metric “{name}” has ever been received."),
            metric,
            suggestion,
        )


def _warn_of_values(context: QueryContext, condition: Condition) -> None:
    what = _VALUES_OF.get(condition.property)
    if what is None or condition.op not in ("eq", "in"):
        return
    wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    received = _received(context, what)
    for value in wanted:
        # A catalogue that reached its limit may lack the value without its being unknown.
        if isinstance(value, str) and value not in received and len(received) < _MOST:
            message = format_lazy(
                gettext_lazy("The property “{property}” never had the value “{{name}}”."),
                property=condition.property,
            )
            _say(context, message, value, nearest(value, received))


def _warn(context: QueryContext, message: Message, name: str, what: CatalogKind) -> None:
    received = _received(context, what)
    if len(received) < _MOST:
        _say(context, message, name, nearest(name, received))


def _say(context: QueryContext, message: Message, name: str, suggestion: str | None) -> None:
    said: Message = format_lazy(cast("str", message), name=values.shown(name))
    if suggestion is not None:
        hint = format_lazy(gettext_lazy("Did you mean “{suggestion}”?"), suggestion=suggestion)
        said = format_lazy("{said} {hint}", said=said, hint=hint)
    context.warnings.append(said)


def _received(context: QueryContext, what: CatalogKind) -> frozenset[str]:
    return _catalog(context.key, context.state.version, what)


@lru_cache(maxsize=64)
def _catalog(workspace: str, version: int, what: CatalogKind) -> frozenset[str]:
    """All names of that kind that the workspace has received; the version is part of the key only."""
    return frozenset(entry.name for entry in open_store().catalog(workspace, what, limit=_MOST))
