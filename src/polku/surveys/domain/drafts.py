"""Changes to what is being edited. People answer the published version until the next one."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError

from polku.accounts.models import User
from polku.surveys.definition.problems import unsound
from polku.surveys.definition.questions import Definition, from_data, to_data
from polku.surveys.domain.writing import audit, writing
from polku.surveys.models import Survey


def change_draft(
    *,
    survey: Survey,
    change: Callable[[Definition], Definition],
    actor: User | None = None,
    part: str = "",
) -> Definition:
    """Put the draft through `change`, as it stands now: what somebody else changed beside it stays.

    `part` names what was changed, for the audit entry. Raises ValidationError where the outcome would be no survey
    (limits, keys), and then nothing changes; atomic; audited where something changed.
    """
    with writing(survey) as row:
        before = from_data(row.draft)
        after = change(before)
        if found := unsound(after):
            raise ValidationError([problem.sentence for problem in found[:5]])
        if after != before:
            row.draft = to_data(after)
            row.save(update_fields=["draft", "changed_at"])
            audit(row, actor, "updated", fields=["draft"], part=part)
    return after
