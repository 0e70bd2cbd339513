"""What every change to a survey shares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User
from polku.surveys.definition import limits
from polku.surveys.models import Survey


@contextmanager
def writing(survey: Survey) -> Iterator[Survey]:
    """One transaction in which nobody else changes this survey, with the survey as it now stands.

    SQLite takes its one write lock when the transaction begins; other databases lock the survey's row. Raises
    ValidationError where the survey is gone.
    """
    with scope(workspace=survey.workspace), transaction.atomic():
        found = (
            Survey.objects.select_for_update(of=("self",))
            .select_related("workspace", "touchpoint__stage__journey__workspace")
            .filter(pk=survey.pk, deleted_at=None)
            .first()
        )
        if found is None:
            raise ValidationError(_("“%s” has been deleted.") % survey.name, code="gone")
        yield found


def audit(survey: Survey, actor: User | None, verb: str, **details: Any) -> None:
    """Note who did it; the entry names the survey and never an answer."""
    record_audit(
        workspace=survey.workspace,
        actor=actor,
        action=f"survey.{verb}",
        target=survey.name,
        survey=survey.pk,
        **details,
    )


def clean_name(name: object) -> str:
    """One line, at most 120 characters. Raises ValidationError."""
    text = " ".join(name.replace("\0", "").split()) if isinstance(name, str) else ""
    if not text:
        raise ValidationError({"name": _("Give a name.")})
    if len(text) > limits.NAME:
        raise ValidationError({"name": _("At most %s characters, please.") % limits.NAME})
    return text
