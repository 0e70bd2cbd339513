"""What can be set beside something else: answers to a metric or a question, at a touchpoint or anywhere; properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from polku.analytics import resolvers, values
from polku.analytics.context import QueryContext
from polku.analytics.errors import QueryError
from polku.analytics.known import warn_of_metric, warn_of_property
from polku.analytics.parsing import parse_touchpoint
from polku.eventstore.port import Condition, Selector, SignalKind

METRICS = ("nps", "csat", "ces", "smiley", "recommend")
_SCORE = (SignalKind.SCORE,)


@dataclass(frozen=True)
class Measure:
    """Answers to `metric` or to `question` (its key: the property `question` of answers, or their name), in `survey`
    (its key) and at `touchpoint` only if there is one; or the property `property_name` of each row. `name` is what
    it is called."""

    name: str
    metric: str = ""
    question: str = ""
    survey: str = ""
    touchpoint: int | None = None
    property_name: str = ""

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """Any of them takes an answer; none for a property."""
        if self.property_name:
            return ()
        where = (Condition("survey", "eq", self.survey),) if self.survey else ()
        if self.question:
            asked = Condition("question", "eq", self.question)
            names = (self.metric,) if self.metric else ()
            by_property = Selector(_SCORE, names, touchpoint=self.touchpoint, where=(asked, *where))
            # The rows of a matrix, and points shared out, have the names of what they say.
            by_name = Selector(_SCORE, (self.question,), touchpoint=self.touchpoint, where=where)
            return (by_property,) if self.metric else (by_property, by_name)
        return (Selector(_SCORE, (self.metric,), touchpoint=self.touchpoint, where=where),)


FIELDS = ("metric", "question", "survey", "touchpoint", "property", "name")


def read_measure(context: QueryContext, data: object, *, field: str) -> Measure:
    """A text (a metric's or a question's name), or an object with FIELDS. Raises QueryError."""
    if isinstance(data, str):
        word = values.text(data, field=field)
        if word not in METRICS:
            return Measure(word, question=word)
        warn_of_metric(context, word)
        return Measure(word, metric=word)
    given = values.mapping(data, FIELDS, field=field)
    metric, question, survey, found, called = (
        values.text(given[name], field=f"{field}.{name}") if name in given else ""
        for name in ("metric", "question", "survey", "property", "name")
    )
    if found:
        if metric or question or survey or "touchpoint" in given:
            raise QueryError(
                _("“%(field)s” is either a property or answers, not both.") % {"field": field}, field=field
            )
        warn_of_property(context, found)
        return Measure(called or found, property_name=found)
    if not metric and not question:
        raise QueryError(
            _("“%(field)s” needs a “metric”, a “question” or a “property”.") % {"field": field}, field=field
        )
    if metric:
        warn_of_metric(context, metric)
    touchpoint, at = _touchpoint(context, given, field)
    name = called or (f"{question or metric} · {at}" if at else question or metric)
    return Measure(name, metric, question, survey, touchpoint)


def _touchpoint(context: QueryContext, given: Mapping[str, object], field: str) -> tuple[int | None, str]:
    if "touchpoint" not in given:
        return None, ""
    number = parse_touchpoint(context.workspace, given["touchpoint"], field=f"{field}.touchpoint")
    found = resolvers.find_touchpoint(context.workspace, number)
    return number, found.name if found else str(number)
