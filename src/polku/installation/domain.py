"""What owners do with the server from its page."""

from __future__ import annotations

from django.db import transaction

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.installation import mail
from polku.installation.registrations import BACKUP
from polku.jobs.models import Job
from polku.jobs.queue import enqueue


def send_test_message(*, workspace: Workspace, actor: User) -> None:
    """Send a message to `actor`, with an audit entry. Raises MailProblem where it did not leave."""
    mail.send_test_message(to=actor.email)
    record_audit(workspace=workspace, actor=actor, action="test_message.sent", target=actor.email)


def ask_for_backup(*, workspace: Workspace, actor: User) -> None:
    """Have a backup of the whole installation made in the background; one that waits already is enough. One
    transaction with its audit entry."""
    if is_backup_under_way():
        return
    with transaction.atomic():
        enqueue(kind=BACKUP, workspace_id=workspace.pk, payload={})
        record_audit(workspace=workspace, actor=actor, action="backup.created", target=workspace.name)


def is_backup_under_way() -> bool:
    """Whether one that somebody asked for waits or is being made."""
    return Job.objects.filter(kind=BACKUP, state__in=[Job.State.WAITING, Job.State.RUNNING]).exists()
