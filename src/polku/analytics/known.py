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
ORDER_FIELDS = frozenset(
    {"status", "value", "time", "promised", "delivered", "on_time", "id", "channel", "url"}
)

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
            _warn_unless_received(
                context, "event", name, gettext_lazy("The event “{name}” has never been received."), name=name
            )
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
    message = gettext_lazy("No signal, order or person has the property “{name}”.")
    context.warnings.append(_said(message, nearest(name, known), name=name))
    return False


def warn_of_metric(context: QueryContext, metric: str) -> None:
    """Warn where no answer to `metric` was ever received."""
    received = _received(context, "metric")
    if metric not in received:
        message = gettext_lazy("No answer to the metric “{name}” has ever been received.")
        suggestion = nearest(metric, received) or (min(received) if received else None)
        context.warnings.append(_said(message, suggestion, name=metric))


def _warn_of_values(context: QueryContext, condition: Condition) -> None:
    what = _VALUES_OF.get(condition.property)
    if what is None or condition.op not in ("eq", "in"):
        return
    wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    message = gettext_lazy("The property “{property}” never had the value “{name}”.")
    for value in wanted:
        if isinstance(value, str):
            _warn_unless_received(context, what, value, message, property=condition.property, name=value)


def _warn_unless_received(
    context: QueryContext, what: CatalogKind, word: str, message: Message, /, **parts: str
) -> None:
    received = _received(context, what)
    # A catalogue that reached its limit may lack the word without its being unknown.
    if word not in received and len(received) < _MOST:
        context.warnings.append(_said(message, nearest(word, received), **parts))


def _said(message: Message, suggestion: str | None, **parts: str) -> Message:
    """`message` with its parts filled in, and the suggestion behind it; translated only when it is read."""
    said = format_lazy(cast("str", message), **{name: values.shown(part) for name, part in parts.items()})
    if suggestion is None:
        return said
    hint = format_lazy(gettext_lazy("Did you mean “{suggestion}”?"), suggestion=suggestion)
    return format_lazy("{said} {hint}", said=said, hint=hint)


def _received(context: QueryContext, what: CatalogKind) -> frozenset[str]:
    return _catalog(context.key, context.state.version, what)


@lru_cache(maxsize=64)
def _catalog(workspace: str, version: int, what: CatalogKind) -> frozenset[str]:
    """All names of that kind that the workspace has received; the version is part of the key only."""
    return frozenset(entry.name for entry in open_store().catalog(workspace, what, limit=_MOST))
