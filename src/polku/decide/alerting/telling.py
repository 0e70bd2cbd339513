"""Telling of alerts: one e-mail for all of an hour to each reader, and one webhook for each alert."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_scopes import scope

from polku.accounts.models import User, Workspace
from polku.decide.alerting import hooks
from polku.decide.alerting.choices import kept_choices, readers_of
from polku.decide.alerting.words import AlertWords, reader_of, words_of
from polku.decide.models import Alert, AlertChoices
from polku.messaging.domain import send_email
from polku.site.addresses import public_address
from polku.surveys.definition.questions import Theme
from polku.surveys.inviting.mail_looks import Looks, sheet

KIND = "alert"
COLLECTS = dt.timedelta(hours=1)
"""After an e-mail so long passes until the next one; what is found meanwhile comes in it together."""
MOST_SHOWN = 20


@dataclass(frozen=True)
class Mail:
    subject: str
    text: str
    html: str


def tell(workspace: Workspace, *, now: dt.datetime | None = None) -> int:
    """Put what has not been told of yet into the queues, once for each alert; how many alerts.

    Within an hour of the last e-mail it waits. Alerts are marked in the transaction of their messages.
    """
    now = now or timezone.now()
    with scope(workspace=workspace), timezone.override(workspace.timezone):
        choices = kept_choices(workspace)
        if choices.mailed_at is not None and now - choices.mailed_at < COLLECTS:
            return 0
        alerts = list(Alert.objects.filter(told_at=None).select_related("touchpoint", "journey"))
        if not alerts:
            return 0
        readers = readers_of(workspace)
        mails = compose_all(workspace, readers, alerts)
        news = [news_of(workspace, alert) for alert in alerts]
        with transaction.atomic():
            numbers = [alert.pk for alert in alerts]
            if Alert.objects.filter(pk__in=numbers, told_at=None).update(told_at=now) != len(numbers):
                transaction.set_rollback(True)
                return 0  # another tells of them
            AlertChoices.objects.filter(pk=choices.pk).update(mailed_at=now)
            for user in readers:
                _send(workspace, user, mails[user.language or workspace.language])
            for data in news:
                hooks.send(workspace=workspace, data=data)
    return len(alerts)


def send_test(workspace: Workspace, user: User) -> None:
    """A message that shows whether alerts arrive, with the newest alert as it would be told, or none."""
    with scope(workspace=workspace), timezone.override(workspace.timezone):
        alerts = list(Alert.objects.select_related("touchpoint", "journey")[:1])
        with translation.override(user.language or workspace.language):
            mail = compose(workspace, alerts, is_test=True)
        with transaction.atomic():
            _send(workspace, user, mail)


def compose_all(workspace: Workspace, readers: Sequence[User], alerts: Sequence[Alert]) -> dict[str, Mail]:
    """The message in each language that a reader reads."""
    mails = {}
    for language in sorted({user.language or workspace.language for user in readers}):
        with translation.override(language):
            mails[language] = compose(workspace, alerts)
    return mails


def compose(workspace: Workspace, alerts: Sequence[Alert], *, is_test: bool = False) -> Mail:
    """The message in the language in use. It names no customer."""
    reader, address, theme = reader_of(workspace), public_address(), Theme()
    rows = [words_of(alert, reader) for alert in alerts[:MOST_SHOWN]]
    subject = _subject(workspace, rows, len(alerts), is_test=is_test)
    context = {
        "rows": rows,
        "more": len(alerts) - len(rows),
        "unchanged": min((alert.unchanged for alert in alerts), default=0),
        "workspace": workspace,
        "address": address,
        "page": address + reverse("decide:alerts", args=[workspace.slug]),
        "settings": address + reverse("decide:alert-settings", args=[workspace.slug]),
        "is_test": is_test,
        "subject": subject,
        "language": translation.get_language(),
        "look": Looks(theme),
        "sheet": mark_safe(sheet(theme, has_looks=False)),  # noqa: S308  # ours
    }
    return Mail(
        subject=subject,
        text=render_to_string("decide/alerting/mail.txt", context).strip() + "\n",
        html=render_to_string("decide/alerting/mail.html", context),
    )


def news_of(workspace: Workspace, alert: Alert) -> Mapping[str, Any]:
    """What a webhook tells: figures in the figure's own unit, no customers."""
    path = reverse("journeys:map", args=[workspace.slug, alert.journey_id])
    return {
        "id": alert.pk,
        "journey": {"id": alert.journey_id, "name": alert.journey.name},
        "touchpoint": {"id": alert.touchpoint_id, "name": alert.touchpoint.name},
        "figure": alert.figure,
        "metric": alert.metric or None,
        "scale": alert.scale or None,
        "on": alert.on.isoformat(),
        "since": alert.since.isoformat(),
        **alert.change,
        "unchanged": alert.unchanged,
        "url": f"{public_address()}{path}?touchpoint={alert.touchpoint_id}",
    }


def _subject(workspace: Workspace, rows: Sequence[AlertWords], count: int, *, is_test: bool) -> str:
    if is_test:
        return _("%(company)s: a test message of alerts") % {"company": workspace.name}
    if count == 1:
        return f"{workspace.name}: {rows[0].headline}"
    return ngettext("%(company)s: %(n)s real change", "%(company)s: %(n)s real changes", count) % {
        "company": workspace.name,
        "n": count,
    }


def _send(workspace: Workspace, user: User, mail: Mail) -> None:
    language = user.language or workspace.language
    try:
        send_email(
            workspace=workspace,
            to=user.email,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            kind=KIND,
            reference=str(user.pk),
            language=language,
            can_unsubscribe=False,
        )
    except ValidationError:
        return  # an account whose name is no address gets none
