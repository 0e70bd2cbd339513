"""What people of the company do with answers: give tags and take them away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User
from polku.surveys.models import Response, Survey, Tag, TaggedResponse

LONGEST_TAG = 60
MOST_TAGS = 200
_AT_ONCE = 500


def tag_responses(
    *, survey: Survey, responses: Sequence[int], name: str, actor: User | None
) -> tuple[Tag, list[int]]:
    """Give the tag to those of the responses that lack it, and say which these were.

    A tag is made where the workspace has none of that name. Atomic in pieces of 500; leaves one audit entry. Raises
    ValidationError for a name that is empty, too long or one too many.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_TAG or "\0" in name:
        raise ValidationError(_("A tag is a word or a few, of at most %d letters.") % LONGEST_TAG)
    workspace = survey.workspace
    with scope(workspace=workspace):
        tag = Tag.objects.filter(name__iexact=name).first()
        if tag is None:
            if Tag.objects.count() >= MOST_TAGS:
                raise ValidationError(_("There are %d tags already; use one of them.") % MOST_TAGS)
            tag, _made = Tag.objects.get_or_create(workspace=workspace, name=name)
        added: list[int] = []
        for chunk in _chunks(responses):
            with transaction.atomic():
                known = set(
                    TaggedResponse.objects.filter(tag=tag, response__in=chunk).values_list(
                        "response_id", flat=True
                    )
                )
                ours = Response.objects.filter(survey=survey, pk__in=chunk).values_list("pk", flat=True)
                new = [number for number in ours if number not in known]
                TaggedResponse.objects.bulk_create(
                    [
                        TaggedResponse(workspace=workspace, tag=tag, response_id=number, tagged_by=actor)
                        for number in new
                    ],
                    ignore_conflicts=True,  # somebody else gave it at the same moment
                )
                added += new
        if added:
            _record(survey, tag, actor, "tag.added", len(added))
        return tag, added


def untag_responses(*, survey: Survey, responses: Sequence[int], tag: Tag, actor: User | None) -> list[int]:
    """Take the tag from those of the responses that have it, and say which these were. Atomic in pieces of 500; leaves
    one audit entry. A tag that nobody has any more is gone from the lists, and comes back with its next use."""
    with scope(workspace=survey.workspace):
        removed: list[int] = []
        for chunk in _chunks(responses):
            with transaction.atomic():
                rows = TaggedResponse.objects.filter(tag=tag, response__survey=survey, response__in=chunk)
                removed += rows.values_list("response_id", flat=True)
                rows.delete()
        if removed:
            _record(survey, tag, actor, "tag.removed", len(removed))
        return removed


def _record(survey: Survey, tag: Tag, actor: User | None, action: str, answers: int) -> None:
    record_audit(
        workspace=survey.workspace,
        actor=actor,
        action=action,
        target=tag.name,
        survey=survey.key,
        answers=answers,
    )


def _chunks(numbers: Sequence[int]) -> Iterator[list[int]]:
    unique = list(dict.fromkeys(numbers))
    for first in range(0, len(unique), _AT_ONCE):
        yield unique[first : first + _AT_ONCE]
