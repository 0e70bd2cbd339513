"""Who gets the e-mail of Monday: what members chose, and what holds for those who chose nothing."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django_scopes import scope, scopes_disabled

from polku.accounts.domain import record_audit
from polku.accounts.models import Membership, Role, User, Workspace
from polku.decide.models import MondayChoice
from polku.site.tokens import digest_of, new_nonce, token_of

SALT = "polku.decide.monday"
_LONGEST = 64


def wants(membership: Membership) -> bool:
    """Whether the member gets it: as they chose; owners of a real company's workspace without choosing."""
    with scope(workspace=membership.workspace):
        choice = MondayChoice.objects.filter(user=membership.user_id).first()
    return choice.is_wanted if choice else _by_default(membership)


def choose(*, workspace: Workspace, user: User, is_wanted: bool, actor: User | None) -> MondayChoice:
    """Keep what a member chose. One transaction with its audit entry where it is new."""
    with scope(workspace=workspace), transaction.atomic():
        choice, is_new = _row(workspace, user, is_wanted)
        if is_new or choice.is_wanted != is_wanted:
            choice.is_wanted = is_wanted
            choice.save(update_fields=["is_wanted", "changed_at"])
            verb = "switched_on" if is_wanted else "switched_off"
            record_audit(workspace=workspace, actor=actor, action=f"monday_email.{verb}", target=str(user))
    return choice


def ensure_links(workspace: Workspace, users: Iterable[User]) -> None:
    """Give each of those who get it by default a link that stops it; what somebody chose stays."""
    with scope(workspace=workspace):
        has_one = set(MondayChoice.objects.values_list("user_id", flat=True))
        for user in users:
            if user.pk not in has_one:
                _row(workspace, user, is_wanted=True)


def _row(workspace: Workspace, user: User, is_wanted: bool) -> tuple[MondayChoice, bool]:
    nonce = new_nonce()
    return MondayChoice.objects.get_or_create(
        workspace=workspace,
        user=user,
        defaults={"is_wanted": is_wanted, "nonce": nonce, "digest": digest_of(token_of(nonce, salt=SALT))},
    )


def account_part(request: HttpRequest) -> str:
    """The choice in each of the reader's workspaces, for the page of their account; "" where no e-mail is sent."""
    if not settings.SENDS_MAIL or not isinstance(request.user, User):
        return ""
    with scopes_disabled():
        memberships = list(
            Membership.objects.select_related("workspace")
            .filter(user=request.user)
            .order_by("workspace__name", "pk")
        )
    rows = [(membership.workspace, wants(membership)) for membership in memberships]
    return render_to_string("decide/monday/account.html", {"rows": rows}, request) if rows else ""


def readers_of(workspace: Workspace) -> list[User]:
    """Everybody who gets it, by number; two queries."""
    with scope(workspace=workspace):
        chosen = {row.user_id: row.is_wanted for row in MondayChoice.objects.all()}
        members = Membership.objects.select_related("user", "workspace").filter(user__is_active=True)
        return [
            member.user
            for member in members.order_by("user_id")
            if chosen.get(member.user_id, _by_default(member))
        ]


def find_choice(token: str) -> MondayChoice | None:
    """The choice whose link this is, of somebody who is still a member."""
    if not 0 < len(token) <= _LONGEST:
        return None
    with scopes_disabled():
        choice = (
            MondayChoice.objects.select_related("workspace", "user").filter(digest=digest_of(token)).first()
        )
        if choice and Membership.objects.filter(workspace=choice.workspace, user=choice.user).exists():
            return choice
    return None


def _by_default(membership: Membership) -> bool:
    return membership.role == Role.OWNER and not membership.workspace.is_simulated
