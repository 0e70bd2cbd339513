"""From draft to version: what people answer from then on."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from polku.accounts.models import User
from polku.surveys.definition.problems import problems
from polku.surveys.definition.questions import from_data
from polku.surveys.domain.binding import bind
from polku.surveys.domain.writing import audit, writing
from polku.surveys.models import Survey, SurveyVersion


def publish_survey(*, survey: Survey, actor: User | None = None) -> SurveyVersion:
    """Open the survey with its draft as a new version, and connect its answers to its touchpoint.

    A draft that equals the newest version makes no new one; the survey is open then too. Raises ValidationError
    with a sentence for each problem that must be mended first; atomic; audited.
    """
    with writing(survey) as row:
        definition = from_data(row.draft)
        blocking = [
            problem.sentence
            for problem in problems(definition, is_anonymous=row.is_anonymous)
            if problem.is_blocking
        ]
        if blocking:
            raise ValidationError(blocking, code="problems")
        newest = row.versions.order_by("-number").first()
        if newest is None or newest.definition != row.draft:
            newest = SurveyVersion.objects.create(
                workspace=row.workspace,
                survey=row,
                number=(newest.number if newest else 0) + 1,
                definition=row.draft,
                published_by=actor,
            )
        row.state = Survey.State.OPEN
        row.save(update_fields=["state", "changed_at"])
        bind(survey=row, actor=actor)
        audit(row, actor, "published", version=newest.number)
    return newest
