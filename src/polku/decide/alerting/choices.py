"""What is watched and who hears of it, as people chose it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.decide.models import AlertChoices, AlertReader
from polku.journeys.models import Journey

FIGURES = ("say", "continued", "contact", "promise")
"""What can be watched: scores and rates. How many came and what they bought follow seasons and campaigns."""


def choices_of(workspace: Workspace) -> AlertChoices:
    """Everything is watched until somebody chooses otherwise, and no row is there. Inside the workspace's scope."""
    found = AlertChoices.objects.filter(workspace=workspace).first()
    return found or AlertChoices(workspace=workspace, figures=list(FIGURES))


def kept_choices(workspace: Workspace) -> AlertChoices:
    """The same as a row, for those who write into it."""
    return AlertChoices.objects.get_or_create(workspace=workspace, defaults={"figures": list(FIGURES)})[0]


def journeys_watched(workspace: Workspace, choices: AlertChoices) -> list[Journey]:
    """Maps of the present state that were not left out."""
    found = Journey.objects.filter(workspace=workspace, kind=Journey.Kind.AS_IS).select_related("workspace")
    return [journey for journey in found if journey.pk not in choices.left_out]


def readers_of(workspace: Workspace) -> list[User]:
    """Members who get alerts by e-mail; who has left the workspace gets none."""
    with scope(workspace=workspace):
        chosen = list(AlertReader.objects.filter(workspace=workspace).values_list("user_id", flat=True))
    with scopes_disabled():
        members = workspace.memberships.filter(user_id__in=chosen, user__is_active=True)
        return [membership.user for membership in members.select_related("user").order_by("user_id")]


def choose_alerts(
    *,
    workspace: Workspace,
    figures: Collection[str],
    left_out: Sequence[Journey],
    readers: Sequence[User],
    actor: User | None,
) -> AlertChoices:
    """Choose which figures are watched, of which journeys not, and which members get an e-mail. One transaction."""
    kept = [figure for figure in FIGURES if figure in figures]
    if len(kept) != len(set(figures)):
        raise ValidationError({"figures": _("This cannot be watched.")})
    with scopes_disabled():
        members = set(workspace.memberships.values_list("user_id", flat=True))
    if any(user.pk not in members for user in readers):
        raise ValidationError({"readers": _("Only members can get alerts.")})
    with scope(workspace=workspace), transaction.atomic():
        choices = kept_choices(workspace)
        choices.figures, choices.left_out = kept, sorted(journey.pk for journey in left_out)
        # What was not watched for a while has days missing: the next look counts them.
        choices.counted_at = choices.looked_to = None
        choices.save(update_fields=["figures", "left_out", "counted_at", "looked_to"])
        AlertReader.objects.filter(workspace=workspace).exclude(user__in=readers).delete()
        for user in readers:
            AlertReader.objects.get_or_create(workspace=workspace, user=user)
        record_audit(
            workspace=workspace, actor=actor, action="alerts.updated", figures=kept, readers=len(readers)
        )
    return choices
