"""`polku message`: what mail servers bring back."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

import click
from django.utils.translation import gettext as _

from polku.cli.operations import Progress, operation
from polku.cli.runtime import call_owner, json_command
from polku.messaging.bounces.reading import LARGEST, Report, read_report
from polku.messaging.bounces.taking import keep_report


@operation("message_bounce")
def keep(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    return {"kept": keep_report(Report(**params))}


@click.group(help=_("Messages: what comes back of those that were sent."))
def message() -> None:
    """The group."""


@message.command(
    help=_(
        "Read one message that came back, from standard input: a mail server's pipe. What is no report of a message "
        "of ours is let pass, so that nothing of it bounces again."
    )
)
@json_command
def bounce() -> tuple[dict[str, Any], str]:
    report = read_report(sys.stdin.buffer.read(LARGEST + 1))
    result = call_owner("message_bounce", asdict(report)) if report else {"kept": "nothing"}
    words = {
        "hard": _("The address does not exist; nothing is sent to it any more."),
        "bounce": _("The message was not delivered."),
        "complaint": _("The receiver reported it as junk; nothing is sent to them any more."),
        "nothing": _("That is no report of a message of ours."),
    }
    return result, words[result["kept"]]
