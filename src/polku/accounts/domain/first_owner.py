"""The first owner of an installation, who comes by a link that works once."""

from __future__ import annotations

import hashlib
import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from polku.accounts.domain.users import create_user
from polku.accounts.domain.workspaces import create_workspace
from polku.accounts.models import OwnerLink, User, Workspace

_RANDOM_BYTES = 32
_LONGEST_TOKEN = 100


def is_without_users() -> bool:
    """Whether nobody is here yet, and so somebody may become the first owner."""
    return not User.objects.exists()


def create_owner_link() -> str:
    """The token of a new link, of 256 random bits; those made before work no more. One transaction.

    Raises ValidationError where somebody is here already: who has a link must never become an owner beside them.
    """
    token = secrets.token_urlsafe(_RANDOM_BYTES)
    with transaction.atomic():
        _check_nobody()
        OwnerLink.objects.all().delete()
        OwnerLink.objects.create(digest=_digest(token))
    return token


def is_owner_link(token: str) -> bool:
    """Whether the link still works. Looking at it does not use it."""
    return OwnerLink.objects.filter(digest=_digest(token)).exists() and is_without_users()


def create_first_owner(
    *, token: str, email: str, password: str, name: str = "", company: str, language: str = "fi"
) -> tuple[User, Workspace]:
    """Make the first user and, owned by them, the first workspace, named `company`; the link is used then.

    One transaction with its audit entries. Raises OwnerLink.DoesNotExist where the link is wrong or was used, also at
    the same moment, and ValidationError that names the field.
    """
    with transaction.atomic():
        used, _models = OwnerLink.objects.filter(digest=_digest(token)).delete()
        if not used:
            raise OwnerLink.DoesNotExist
        _check_nobody()
        try:
            user = create_user(email=email, name=name, password=password)
        except ValidationError as error:
            raise _at_fields(error, others="password") from error
        try:
            workspace, *_keys = create_workspace(name=company, language=language, owner=user)
        except ValidationError as error:
            raise _at_fields(error, name="company") from error
    return user, workspace


def _check_nobody() -> None:
    if not is_without_users():
        raise ValidationError(
            _("Somebody uses Polku here already; an owner adds others on the page of members.")
        )


def _at_fields(error: ValidationError, *, others: str = "", **renamed: str) -> ValidationError:
    """The error with fields renamed; what names no field is said of `others`."""
    if not hasattr(error, "error_dict"):
        return ValidationError({others: error.error_list}) if others else error
    return ValidationError({renamed.get(field, field): said for field, said in error.error_dict.items()})


def _digest(token: str) -> str:
    return hashlib.sha256(token[:_LONGEST_TOKEN].encode("utf-8", "surrogatepass")).hexdigest()
