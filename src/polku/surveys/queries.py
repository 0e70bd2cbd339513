"""What is read of surveys and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.surveys.definition.questions import Definition, from_data
from polku.surveys.links import link_token
from polku.surveys.models import Response, Survey, SurveyLink, SurveyVersion


def newest_version(survey: Survey) -> SurveyVersion | None:
    """What people answer now; None before the first publication."""
    return survey.versions.order_by("-number").first()


def published_definition(survey: Survey) -> Definition | None:
    version = newest_version(survey)
    return None if version is None else from_data(version.definition)


def link_of(survey: Survey, kind: SurveyLink.Kind) -> SurveyLink | None:
    """The survey's first link of the kind that is in use."""
    return survey.links.filter(kind=kind, deleted_at=None).order_by("pk").first()


def path_of(link: SurveyLink) -> str:
    """The path of an open link's survey."""
    return f"/s/{link_token(link.nonce)}"


def find_survey(*, workspace: Workspace, text: str) -> Survey:
    """The survey of that number, key or name. Raises ValidationError that names those there are."""
    rows = Survey.objects.filter(workspace=workspace, deleted_at=None).select_related("workspace")
    found = (
        rows.filter(key=text).first()
        or (rows.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 18 else None)
        or rows.filter(name__iexact=text).first()
    )
    if found is None:
        known = ", ".join(rows.order_by("key").values_list("key", flat=True)[:10])
        raise ValidationError(
            _("There is no survey “%(text)s”. There are: %(known)s.") % {"text": text, "known": known}
            if known
            else _("There is no survey yet; make one with: polku survey create --template nps")
        )
    return found


@dataclass(frozen=True)
class ListedSurvey:
    """A survey with what its row in the list says. Neither test answers nor held ones are counted, as in its
    results; of an anonymous survey the last answer's time is that of its calendar day."""

    survey: Survey
    answers: int
    last_answer: datetime | None
    has_unpublished_changes: bool


def list_surveys() -> Sequence[ListedSurvey]:
    """Of the workspace in whose scope this is called, the newest first. Three queries, whatever their number."""
    surveys = list(
        Survey.objects.filter(deleted_at=None).select_related("workspace", "touchpoint__stage__journey")
    )
    answered: dict[int, tuple[int, datetime]] = {
        number: (answers, last)
        for number, answers, last in Response.objects.filter(survey__in=surveys, is_test=False)
        .exclude(state=Response.State.STARTED)
        .order_by()
        .values("survey")
        .annotate(answers=Count("pk", filter=Q(is_held=False)), last=Max("changed_at"))
        .values_list("survey", "answers", "last")
    }
    newest: dict[int, SurveyVersion] = {}
    last = (
        SurveyVersion.objects.filter(survey__in=surveys).order_by().values("survey").annotate(last=Max("pk"))
    )
    for version in SurveyVersion.objects.filter(pk__in=last.values("last")):
        newest[version.survey_id] = version
    return [
        ListedSurvey(
            survey=survey,
            answers=answered[survey.pk][0] if survey.pk in answered else 0,
            last_answer=answered[survey.pk][1] if survey.pk in answered else None,
            has_unpublished_changes=survey.pk in newest and newest[survey.pk].definition != survey.draft,
        )
        for survey in surveys
    ]


def has_answers(survey: Survey) -> bool:
    return survey.responses.filter(~Q(state=Response.State.STARTED), is_test=False).exists()


COUNTED_ANSWERS = Count(
    "responses", filter=Q(responses__is_test=False) & ~Q(responses__state=Response.State.STARTED)
)
"""Annotates versions or surveys with how many answers they have."""
