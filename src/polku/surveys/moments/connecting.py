"""Answers that a moment brought belong to the touchpoint that it waits for, by a data connection that anybody sees."""

from __future__ import annotations

from polku.accounts.models import User
from polku.analytics import resolvers
from polku.journeys import domain as journeys
from polku.journeys.models import Binding, Touchpoint
from polku.surveys.models import Moment, SurveyLink

PROPERTY = "moment"
"""Of a signal: the number of the moment through whose link the answer came."""


def moment_properties(link: SurveyLink) -> dict[str, str]:
    """What signals tell of an answer through a moment's link: the moment, and what it was asked about."""
    moment = Moment.objects.select_related("workspace").filter(link=link).first()
    if moment is None:
        return {}
    touchpoint = touchpoint_of(moment)
    named = {"touchpoint": touchpoint.name} if touchpoint is not None else {}
    return {PROPERTY: str(moment.pk), **named}


def touchpoint_of(moment: Moment) -> Touchpoint | None:
    """The one whose signals it waits for; None where it waits for an event, or the touchpoint is gone."""
    reference = moment.trigger.get("touchpoint")
    if not isinstance(reference, (int, str)) or isinstance(reference, bool):
        return None
    found = resolvers.find_touchpoint(moment.workspace, reference)
    if found is None:
        return None
    return Touchpoint.objects.select_related("stage__journey__workspace").filter(pk=found.id).first()


def connect(*, moment: Moment, actor: User | None) -> None:
    """Connect the answers to the touchpoint, unless they are or the survey's own connection brings them there. In the
    caller's transaction. Raises ValidationError where the touchpoint has no room for another connection."""
    touchpoint = touchpoint_of(moment)
    if touchpoint is None or touchpoint.pk == moment.survey.touchpoint_id:
        return
    where = [
        {"property": "survey", "op": "eq", "value": moment.survey.key},
        {"property": PROPERTY, "op": "eq", "value": str(moment.pk)},
    ]
    rows = Binding.objects.filter(touchpoint=touchpoint, kind="score")
    if not any(row.where == where for row in rows):
        journeys.add_binding(touchpoint=touchpoint, kind="score", where=where, actor=actor)
