"""Putting saved questions beside touchpoints."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.models import User
from polku.analytics.models import SavedQuestion
from polku.journeys.domain.writing import audit, writing
from polku.journeys.models import Touchpoint, TouchpointQuestion

MOST_QUESTIONS = 20


def put_question(*, question: SavedQuestion, touchpoint: int, actor: User | None = None) -> None:
    """Show the question beside the touchpoint; where it is there already nothing changes. Atomic; audited.

    Raises ValidationError for a touchpoint that is not of the question's workspace, or one question too many.
    """
    point = _find(question, touchpoint)
    with writing(point.stage.journey):
        shown = TouchpointQuestion.objects.filter(touchpoint=point)
        if shown.filter(question=question).exists():
            return
        if shown.count() >= MOST_QUESTIONS:
            raise ValidationError(_("A touchpoint shows at most %s questions.") % MOST_QUESTIONS)
        TouchpointQuestion.objects.create(workspace=question.workspace, touchpoint=point, question=question)
        audit(point.stage.journey, actor, "touchpoint.updated", point.name, question=question.pk)


def take_question(*, question: SavedQuestion, touchpoint: int, actor: User | None = None) -> None:
    """Show the question there no more. Atomic; audited. Raises ValidationError as `put_question`."""
    point = _find(question, touchpoint)
    with writing(point.stage.journey):
        gone, _rows = TouchpointQuestion.objects.filter(touchpoint=point, question=question).delete()
        if gone:
            audit(point.stage.journey, actor, "touchpoint.updated", point.name, question=question.pk)


def _find(question: SavedQuestion, touchpoint: int) -> Touchpoint:
    with scope(workspace=question.workspace):
        found = Touchpoint.objects.select_related("stage__journey__workspace").filter(pk=touchpoint).first()
    if found is None:
        raise ValidationError(_("The touchpoint has been deleted."))
    return found
