"""A published survey's answers belong to its touchpoint, by a data connection that anybody can see on the map."""

from __future__ import annotations

from typing import Any

from polku.accounts.models import User
from polku.journeys import domain as journeys
from polku.journeys.models import Binding, Touchpoint
from polku.surveys.models import Survey


def where_of(survey: Survey) -> list[dict[str, Any]]:
    """Which answers are the survey's."""
    return [{"property": "survey", "op": "eq", "value": survey.key}]


def bind(*, survey: Survey, actor: User | None) -> None:
    """Connect the survey's answers to its touchpoint, unless they are. In the caller's transaction.

    Raises ValidationError where the touchpoint has no room for another connection.
    """
    touchpoint = survey.touchpoint
    if touchpoint is not None and _binding_of(survey, touchpoint) is None:
        journeys.add_binding(touchpoint=touchpoint, kind="score", where=where_of(survey), actor=actor)


def unbind(*, survey: Survey, touchpoint: Touchpoint | None, actor: User | None) -> None:
    """Take the connection away from a touchpoint that the survey had. In the caller's transaction."""
    if touchpoint is not None and (binding := _binding_of(survey, touchpoint)) is not None:
        journeys.delete_binding(binding=binding, actor=actor)


def _binding_of(survey: Survey, touchpoint: Touchpoint) -> Binding | None:
    wanted = where_of(survey)
    rows = Binding.objects.select_related("touchpoint__stage__journey__workspace")
    return next(
        (row for row in rows.filter(touchpoint=touchpoint, kind="score") if row.where == wanted),
        None,
    )
