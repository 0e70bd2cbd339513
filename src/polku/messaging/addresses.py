"""E-mail addresses: one form of each, a digest by which they are known without being kept, a form to show."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.crypto import salted_hmac

from polku.accounts.models import Workspace

LONGEST = 254
_SALT = "polku.messaging.address"
_is_address = EmailValidator()


def clean_address(text: str) -> str | None:
    """The address in the one form in which all are compared; None where it is none."""
    address = text.strip().removeprefix("mailto:").strip("<>").lower()
    if not address or len(address) > LONGEST or "\0" in address:
        return None
    try:
        _is_address(address)
    except ValidationError:
        return None
    return address


def digest_of(workspace: Workspace, address: str) -> str:
    """64 hex digits; keyed by the server's secret and the workspace, so that lists cannot be compared or guessed."""
    return salted_hmac(_SALT + workspace.key.hex, address.strip().lower(), algorithm="sha256").hexdigest()


def masked(address: str) -> str:
    """`m…@example.com`: enough to recognise one's own customer, too little to write to."""
    name, _at, domain = address.strip().lower().rpartition("@")
    return f"{name[:1]}…@{domain}"
