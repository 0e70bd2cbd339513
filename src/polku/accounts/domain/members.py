"""Who belongs to a workspace, and in which role."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain.audit import record_audit
from polku.accounts.domain.users import clean_email, create_user
from polku.accounts.models import Membership, Role, User, Workspace
from polku.accounts.values import clean_choice


def set_member(*, workspace: Workspace, user: User, role: str, actor: User | None) -> Membership:
    """Make the user a member in this role, or change the role.

    One transaction with its audit entry. Raises ValidationError for an unknown role, and when the last owner
    would cease to be one.
    """
    role = clean_choice(role, Role.values)
    with scope(workspace=workspace), transaction.atomic():
        _lock(workspace)
        membership = Membership.objects.filter(user=user).first()
        if membership is None:
            membership = Membership.objects.create(workspace=workspace, user=user, role=role)
            action = "member.added"
        elif membership.role == role:
            return membership
        else:
            _keep_an_owner(membership)
            membership.role = role
            membership.save(update_fields=["role"])
            action = "member.role_changed"
        record_audit(workspace=workspace, actor=actor, action=action, target=user.email, role=role)
    return membership


def invite_member(
    *, workspace: Workspace, email: str, role: str, actor: User | None
) -> tuple[Membership, bool]:
    """Add the user with this address, making one without a password where there is none.

    Returns (membership, whether the user is new). One transaction with its audit entries. Raises
    ValidationError for a bad address, an unknown role, and somebody who is a member already.
    """
    email = clean_email(email)
    clean_choice(role, Role.values)
    with scope(workspace=workspace), transaction.atomic():
        user = User.objects.filter(email__iexact=email).first()
        is_new = user is None
        if user is None:
            user = create_user(email=email, actor=actor)
        elif Membership.objects.filter(user=user).exists():
            raise ValidationError({"email": _("%s is a member already.") % email})
        return set_member(workspace=workspace, user=user, role=role, actor=actor), is_new


def remove_member(*, membership: Membership, actor: User | None) -> None:
    """Take the member out; `restore_member` brings them back. One transaction with its audit entry.

    Raises ValidationError for the last owner.
    """
    workspace = membership.workspace
    with scope(workspace=workspace), transaction.atomic():
        _lock(workspace)
        membership.refresh_from_db(fields=["role"])
        _keep_an_owner(membership)
        Membership.objects.filter(pk=membership.pk).delete()
        record_audit(
            workspace=workspace,
            actor=actor,
            action="member.removed",
            target=membership.user.email,
            role=membership.role,
        )


def restore_member(*, workspace: Workspace, user: User, role: str, actor: User | None) -> None:
    """Undo a removal; who is a member again by then keeps the newer role. One transaction with its audit entry."""
    with scope(workspace=workspace), transaction.atomic():
        _lock(workspace)
        if not Membership.objects.filter(user=user).exists():
            set_member(workspace=workspace, user=user, role=role, actor=actor)


def _keep_an_owner(membership: Membership) -> None:
    if membership.role != Role.OWNER:
        return
    others = Membership.objects.filter(role=Role.OWNER, user__is_active=True).exclude(pk=membership.pk)
    if not others.exists():
        raise ValidationError(_("A workspace needs an owner: make somebody else an owner first."))


def _lock(workspace: Workspace) -> None:
    """Two owners who leave at the same moment must not both see the other stay."""
    Workspace.objects.select_for_update().get(pk=workspace.pk)
