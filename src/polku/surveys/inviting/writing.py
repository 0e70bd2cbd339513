"""From an invitation to a message in the queue."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from polku.accounts.models import Workspace
from polku.messaging.domain import Sender, send_email, sender_of
from polku.surveys.definition.piping import Known
from polku.surveys.definition.questions import Definition
from polku.surveys.inviting.mail import Mail, write_mail
from polku.surveys.inviting.texts import MailSettings, mail_settings
from polku.surveys.models import Invitation, Survey
from polku.surveys.queries import published_definition

INVITATION, REMINDER = "survey.invitation", "survey.reminder"
"""Kinds of messages."""


class Writer:
    """Writes invitations of a workspace; what they share is read once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._sender: Sender | None = None
        self._surveys: dict[int, tuple[Definition, MailSettings]] = {}

    def settings_of(self, survey: Survey) -> MailSettings:
        return self._read(survey)[1]

    def put_in_queue(self, invitation: Invitation, kind: str, mail: Mail) -> None:
        """In the caller's transaction; `mail` was written before it, for that takes some milliseconds."""
        send_email(
            workspace=self._workspace,
            to=invitation.email,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            kind=kind,
            reference=str(invitation.pk),
            sender=self._sender,
            language=self.language_of(invitation, self.definition_of(invitation.survey)),
        )

    def definition_of(self, survey: Survey) -> Definition:
        return self._read(survey)[0]

    def mail(self, invitation: Invitation, kind: str) -> Mail:
        definition, settings = self._read(invitation.survey)
        if self._sender is None:
            self._sender = sender_of(self._workspace)
        return write_mail(
            definition=definition,
            settings=settings,
            sender=self._sender,
            language=self.language_of(invitation, definition),
            known=Known(
                fields={**invitation.link.fields, **invitation.fields},
                traits={str(name): str(value) for name, value in invitation.known.items()},
            ),
            is_anonymous=invitation.survey.is_anonymous,
            until=self._until(invitation, settings),
            is_reminder=kind == REMINDER,
        )

    @staticmethod
    def language_of(invitation: Invitation, definition: Definition) -> str:
        known = definition.languages
        return invitation.language if invitation.language in known else known[0]

    def _until(self, invitation: Invitation, settings: MailSettings) -> date:
        """The last whole day on which the link works."""
        ends = invitation.expires_at or timezone.now() + timedelta(days=settings.expiry_days)
        return ends.astimezone(ZoneInfo(self._workspace.timezone)).date() - timedelta(days=1)

    def _read(self, survey: Survey) -> tuple[Definition, MailSettings]:
        if survey.pk not in self._surveys:
            definition = published_definition(survey)
            if definition is None:
                raise LookupError(f"survey {survey.pk} was never published")
            self._surveys[survey.pk] = definition, mail_settings(survey)
        return self._surveys[survey.pk]
