"""The mailbox into which undeliverable messages come, looked into every few minutes."""

from __future__ import annotations

import imaplib
import logging
from typing import Any

from django.conf import settings

from polku.jobs.queue import Interrupted, enqueue, stop_sign
from polku.jobs.registry import Progress
from polku.messaging.bounces.reading import LARGEST
from polku.messaging.bounces.taking import take_report

logger = logging.getLogger(__name__)
JOB = "messages.mailbox"
_WAITS = 30  # seconds for each answer of the server
_AT_ONCE = 200
"""Messages that are read at one look; the rest at the next."""


def look_into_mailbox() -> None:
    """Queue a look where a mailbox is set."""
    if settings.MAIL_BOX is not None:
        enqueue(kind=JOB, workspace_id=0, payload={})


def work(workspace_id: int, payload: dict[str, Any], progress: Progress) -> None:
    """The job's handler. A mailbox that cannot be read is a line in the log; the next look comes by itself."""
    try:
        counts = read_mailbox()
    except (imaplib.IMAP4.error, OSError) as error:
        # The error's own words may hold the user's name.
        logger.warning("the mailbox of POLKU_MAIL_BOX cannot be read: %s", type(error).__name__)
        return
    if counts:
        logger.info("came back: %s", counts)


def read_mailbox() -> dict[str, int]:
    """Read what is unread, and mark it as read once it is kept; what it was and how many, as `take_report` says.

    Raises OSError and imaplib's errors. A message that is too large is marked as read without being read.
    """
    box = settings.MAIL_BOX
    if box is None:
        return {}
    counts: dict[str, int] = {}
    is_told_to_stop = stop_sign()
    opener = imaplib.IMAP4_SSL if box.ssl else imaplib.IMAP4
    with opener(box.host, box.port, timeout=_WAITS) as connection:
        connection.login(box.user, box.password)
        answer, _data = connection.select(_quoted(box.folder))
        if answer != "OK":
            raise imaplib.IMAP4.error("the folder cannot be opened")
        _answer, found = connection.uid("SEARCH", "UNSEEN")
        for uid in (found[0] or b"").split()[:_AT_ONCE]:
            if is_told_to_stop():
                raise Interrupted
            # PEEK leaves it unread, and one byte more than is taken tells what is too large.
            _answer, data = connection.uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{LARGEST + 1}>)")
            raw = next((part[1] for part in data if isinstance(part, tuple)), b"")
            what = take_report(raw)
            counts[what] = counts.get(what, 0) + 1
            connection.uid("STORE", uid.decode(), "+FLAGS", r"(\Seen)")
    return counts


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
