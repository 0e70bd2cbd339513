"""What of a person is erased here."""

from __future__ import annotations

from collections.abc import Collection

from django_scopes import scope

from polku.accounts.models import Workspace
from polku.messaging.addresses import clean_address, digest_of
from polku.messaging.models import Message

_CHUNK = 500


def erase_messages(workspace: Workspace, ids: Collection[str]) -> int:
    """Delete messages to any of the person's ids that is an e-mail address; how many. The suppression list stays: it is
    the person's own wish, and holds no address."""
    digests = [digest_of(workspace, address) for text in ids if (address := clean_address(text))]
    gone = 0
    with scope(workspace=workspace):
        for start in range(0, len(digests), _CHUNK):
            found = Message.objects.filter(recipient_digest__in=digests[start : start + _CHUNK])
            gone += found.delete()[0]
    return gone
