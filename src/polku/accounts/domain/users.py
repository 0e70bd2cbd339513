"""Users: people who sign in."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from polku.accounts.domain.audit import record_audit
from polku.accounts.models import User
from polku.accounts.values import clean_choice, clean_line


def create_user(
    *, email: str, name: str = "", password: str | None = None, actor: User | None = None
) -> User:
    """Make a user; without a password nobody can sign in as them until a link has set one.

    One transaction with its audit entry. Raises ValidationError for an address that is no address or is taken
    (whatever its letters' case), and for a password that is too weak.
    """
    email = clean_email(email)
    if password is not None:
        validate_password(password, User(email=email, name=name))
    taken = ValidationError({"email": _("There is a user with the address %s already.") % email})
    if User.objects.filter(email__iexact=email).exists():
        raise taken
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email, password, name=clean_line(name, longest=120, required=False)
            )
            record_audit(workspace=None, actor=actor, action="user.created", target=email)
    except IntegrityError:
        raise taken from None
    return user


def set_password(*, user: User, password: str, actor: User | None = None) -> None:
    """Give the user a new password, which ends all of their sessions. One transaction with its audit entry.

    Raises ValidationError for a password that is too weak.
    """
    validate_password(password, user)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        record_audit(workspace=None, actor=actor, action="user.password_set", target=user.email)


def update_user(*, user: User, changes: Mapping[str, object]) -> None:
    """Change the user's own `name` and `language` ("" follows the browser). One transaction with its audit entry."""
    name = clean_line(changes.get("name", user.name), longest=120, required=False)
    language = clean_choice(changes.get("language", user.language), ["", "fi", "en"])
    changed = [
        field for field, value in (("name", name), ("language", language)) if getattr(user, field) != value
    ]
    if not changed:
        return
    user.name, user.language = name, language
    with transaction.atomic():
        user.save(update_fields=changed)
        record_audit(workspace=None, actor=user, action="user.updated", target=user.email, changed=changed)


def clean_email(value: str) -> str:
    """The address in lower case. Raises ValidationError that names the field."""
    email = value.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError({"email": _("“%s” is not an e-mail address.") % email[:100]}) from None
    if len(email) > 254:
        raise ValidationError({"email": _("The e-mail address is too long.")})
    return email
