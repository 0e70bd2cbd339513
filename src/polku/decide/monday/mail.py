"""The e-mail of Monday: the same as the page, in the reader's language, once a Monday in the company's morning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_scopes import scope, scopes_disabled

from polku.accounts.models import User, Workspace
from polku.decide.acting.shown import reader_of
from polku.decide.models import MondayChoice, MondayMailing
from polku.decide.monday.choosing import SALT, ensure_links, readers_of
from polku.decide.monday.page import FIXES, Monday, journey_of, monday
from polku.jobs.queue import enqueue
from polku.jobs.registry import Progress
from polku.journeys.queries import has_connected_journey
from polku.messaging.domain import send_email
from polku.site.addresses import public_address
from polku.site.tokens import token_of
from polku.surveys.definition.questions import Theme
from polku.surveys.inviting.mail_looks import Looks, sheet

KIND = "monday"
JOB = "monday.email"
LANE = "deciding"
STOP_MARK = "{{monday_stop}}"
MORNING, EVENING = 7, 18
"""Hours of the company's Monday: earlier nobody reads it, and one who was off all day hears of it next week."""
_PATIENCE = 9
"""Until this hour the mail waits for a list of losses that is being counted."""


@dataclass(frozen=True)
class Mail:
    subject: str
    text: str
    html: str


def look_for_monday(now: dt.datetime | None = None) -> None:
    """Queue the job for every workspace where it is Monday morning and the e-mail has not been sent; `now` is aware."""
    if not settings.SENDS_MAIL:
        return
    now = now or timezone.now()
    for workspace in Workspace.objects.all():
        local = now.astimezone(ZoneInfo(workspace.timezone))
        if local.weekday() != 0 or not MORNING <= local.hour < EVENING:
            continue
        with scope(workspace=workspace):
            is_sent = MondayMailing.objects.filter(monday=local.date()).exists()
        if not is_sent:
            with transaction.atomic():
                enqueue(kind=JOB, workspace_id=workspace.pk, payload={"monday": local.date().isoformat()})


def work(workspace_id: int, payload: dict[str, Any], progress: Progress) -> None:
    """The job's handler; a Monday that is over when it runs is left."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    now = timezone.now()
    if workspace is None:
        return
    if now.astimezone(ZoneInfo(workspace.timezone)).date().isoformat() == payload["monday"]:
        send_monday(workspace, now)


def send_monday(workspace: Workspace, now: dt.datetime) -> int:
    """Put the e-mail of the Monday of `now` (aware) into the queue for everybody who wants it; how many.

    The mailing is written in the transaction of its messages: a second one of the same Monday finds it and does
    nothing. It waits for a while where the list of what to fix first is being counted.
    """
    local = now.astimezone(ZoneInfo(workspace.timezone))
    with scope(workspace=workspace), timezone.override(workspace.timezone):
        if MondayMailing.objects.filter(monday=local.date()).exists():
            return 0
        readers = readers_of(workspace)
        journey = journey_of(workspace) if has_connected_journey(workspace) else None
        mails: dict[str, Mail] = {}
        if journey is not None:
            for language in sorted({user.language or workspace.language for user in readers}):
                with translation.override(language):
                    shown = monday(journey, reader_of(workspace, language), now=now, may_wait=True)
                    if not shown.is_whole and local.hour < _PATIENCE:
                        return 0
                    mails[language] = compose(workspace, shown)
        ensure_links(workspace, readers)
        return _put(workspace, local.date(), readers if mails else [], mails)


def _put(workspace: Workspace, day: dt.date, readers: list[User], mails: Mapping[str, Mail]) -> int:
    try:
        with transaction.atomic():
            MondayMailing.objects.create(workspace=workspace, monday=day, recipients=len(readers))
            for user in readers:
                mail = mails[user.language or workspace.language]
                try:
                    send_email(
                        workspace=workspace,
                        to=user.email,
                        subject=mail.subject,
                        text=mail.text,
                        html=mail.html,
                        kind=KIND,
                        reference=str(user.pk),
                        language=user.language or workspace.language,
                        headers={
                            "List-Unsubscribe": f"<{STOP_MARK}>",
                            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                        },
                        can_unsubscribe=False,
                    )
                except ValidationError:
                    continue  # an account whose name is no address gets none
    except IntegrityError:
        return 0  # another has sent it meanwhile
    return len(readers)


def fill(workspace: Workspace, reference: str) -> Mapping[str, str] | None:
    """For `messaging.registry`: the link that stops it; None where the reader has stopped it or left meanwhile."""
    with scope(workspace=workspace):
        choice = MondayChoice.objects.filter(user_id=int(reference)).first()
    with scopes_disabled():
        is_member = workspace.memberships.filter(user_id=int(reference)).exists()
    if choice is None or not choice.is_wanted or not is_member:
        return None
    return {STOP_MARK: public_address() + stop_path(choice)}


def stop_path(choice: MondayChoice) -> str:
    return reverse("decide_public:monday-stop", args=[token_of(choice.nonce, salt=SALT)])


def compose(workspace: Workspace, shown: Monday) -> Mail:
    """The message in the language in use. It names no customer."""
    address = public_address()
    theme = Theme()
    context = {
        "monday": shown,
        "workspace": workspace,
        "fixes": shown.fix.priced[:FIXES],
        "more_fixes": max(0, len(shown.fix.priced) - FIXES),
        "address": address,
        "page": address + reverse("decide:monday", args=[workspace.slug]),
        "fix_page": address + reverse("decide:fix-first", args=[workspace.slug]),
        "map_page": address + reverse("journeys:map", args=[workspace.slug, shown.journey.pk]),
        "stop": STOP_MARK,
        "language": translation.get_language(),
        "look": Looks(theme),
        "sheet": mark_safe(sheet(theme, has_looks=False)),  # noqa: S308  # ours
    }
    return Mail(
        subject=_subject(workspace, shown),
        text=render_to_string("decide/monday/mail.txt", context).strip() + "\n",
        html=render_to_string("decide/monday/mail.html", {**context, "subject": _subject(workspace, shown)}),
    )


def _subject(workspace: Workspace, shown: Monday) -> str:
    clear = len(shown.live.changed.rows) + shown.live.changed.more if shown.live else 0
    what = (
        ngettext("%(n)s clear change", "%(n)s clear changes", clear) % {"n": clear}
        if clear
        else _("nothing clearly changed")
    )
    return _("%(company)s, Monday %(day)s: %(what)s") % {
        "company": workspace.name,
        "day": shown.today,
        "what": what,
    }
