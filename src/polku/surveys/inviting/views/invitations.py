"""Sending a survey by e-mail to people that somebody names, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.analytics import QueryError
from polku.eventstore.port import StoreError
from polku.messaging.domain import sender_of
from polku.messaging.models import Message
from polku.surveys.definition.questions import Definition
from polku.surveys.inviting import choosing, domain, words
from polku.surveys.inviting.choosing import Candidate, Chosen
from polku.surveys.inviting.counts import states_of
from polku.surveys.inviting.forms import InviteForm
from polku.surveys.inviting.tables import read_table
from polku.surveys.inviting.texts import mail_settings, make_email_link
from polku.surveys.inviting.views.shared import page, sentence
from polku.surveys.lookups import get_survey
from polku.surveys.models import Invitation, Survey
from polku.surveys.queries import published_definition

_PAGE = 50
_LIST_LASTS = 3_600  # seconds between looking at a list and sending to it
_State = Invitation.State


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@workspace_view("edit")
def email(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """Whom to ask; POST shows who would be and who not, and sends nothing."""
    found = get_survey(survey)
    definition = published_definition(found)
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
    )
    context: dict[str, Any] = {
        "form": form,
        "sender": sender_of(request.workspace),
        "sends_mail": settings.SENDS_MAIL,
        "can_send": definition is not None and found.state == Survey.State.OPEN,
    }
    if request.method == "POST" and definition is not None and form.is_valid():
        try:
            way, chosen = _chosen(request, found, definition, form)
        except (ValidationError, QueryError, StoreError) as error:
            form.add_error(None, sentence(error) if isinstance(error, ValidationError) else str(error))
        else:
            context |= _shown(found, way, chosen, form.cleaned_data["send_at"])
            return page(request, found, "surveys/collect_check.html", context)
    return page(request, found, "surveys/collect_email.html", context, 422 if form.errors else 200)


@require_POST
@never_cache
@workspace_view("edit")
def email_send(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """Ask those who were shown; who may not be asked meanwhile is left out again."""
    found = get_survey(survey)
    definition = published_definition(found)
    back = redirect("surveys:email", workspace=request.workspace.slug, survey=found.pk)
    try:
        kept = signing.loads(request.POST.get("list", ""), salt=_salt(found), max_age=_LIST_LASTS)
    except signing.BadSignature:
        messages.error(request, _("That took too long, or the list was another. Please choose again."))
        return back
    if definition is None or found.state != Survey.State.OPEN:
        messages.error(request, _("The survey is not open."))
        return back
    chosen = choosing.choose(found, definition, [Candidate(**each) for each in kept["people"]])
    send_at = datetime.fromisoformat(kept["send_at"]) if kept["send_at"] else timezone.now()
    link = make_email_link(found)
    rows = choosing.invitations_of(found, link, definition, chosen.candidates, send_at)
    count = domain.invite_list(survey=found, invitations=rows, actor=request.user, way=kept["way"])
    if count:
        messages.success(
            request,
            ngettext("%s person will be asked.", "%s people will be asked.", count) % count,
        )
    else:
        messages.error(request, _("Nobody was left to be asked."))
    return redirect("surveys:invitations", workspace=request.workspace.slug, survey=found.pk)


@require_safe
@never_cache
@workspace_view("act")
def invitations(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """The list; `state` in the query string. Of an anonymous survey nobody sees who answered."""
    found = get_survey(survey)
    counts = states_of(found)
    names = {
        "waiting": _("waiting"),
        "sent": _("sent, no answer yet"),
        "answered": _("answered"),
        "declined": _("want no more"),
        "bounced": _("not delivered"),
        "failed": _("failed"),
        "skipped": _("not sent"),
    }
    hidden = {"sent", "answered", "declined"} if found.is_anonymous else set()
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in names and chosen not in hidden else ""
    rows = Invitation.objects.filter(survey=found).order_by("-pk")
    if chosen == "answered":
        rows = rows.filter(is_answered=True)
    elif chosen:
        rows = rows.filter(state=chosen, is_answered=False)
    elif hidden:
        rows = rows.exclude(state__in=[_State.SENT, _State.DECLINED]).filter(is_answered=False)
    shown = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    context = {
        "counts": [(key, names[key], getattr(counts, key)) for key in names],
        "states": counts,
        "hidden": hidden,
        "chosen": chosen,
        "page": shown,
        "rows": [
            (
                each,
                names["answered" if each.is_answered else each.state],
                words.reason(each.why) if each.why else "",
            )
            for each in shown
        ],
        "sends_mail": settings.SENDS_MAIL,
        "has_no_server": Message.objects.filter(state=Message.State.QUEUED, why="no_server").exists(),
    }
    return page(request, found, "surveys/collect_invitations.html", context)


@require_POST
@workspace_view("edit")
def email_cancel(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """Send nothing of what still waits."""
    found = get_survey(survey)
    count = domain.cancel_waiting(survey=found, actor=request.user)
    messages.success(
        request,
        ngettext("%s invitation was taken back.", "%s invitations were taken back.", count) % count,
    )
    return redirect("surveys:invitations", workspace=request.workspace.slug, survey=found.pk)


def _chosen(
    request: WorkspaceRequest, survey: Survey, definition: Definition, form: InviteForm
) -> tuple[str, Chosen]:
    """(which way, who). Raises ValidationError, QueryError and StoreError."""
    data, mail = form.cleaned_data, mail_settings(survey)
    unused: tuple[str, ...] = ()
    if data["file"]:
        way, table = "file", read_table(data["file"].read(), data["file"].name)
        people, unused = choosing.of_table(table, definition=definition, settings=mail)
    elif data["segment"]:
        way = "segment"
        people = choosing.of_segment(request.workspace, data["segment"], definition=definition, settings=mail)
    else:
        way, people = "list", choosing.of_text(data["addresses"])
    return way, choosing.choose(survey, definition, people, unused_columns=unused)


def _shown(survey: Survey, way: str, chosen: Chosen, send_at: datetime | None) -> dict[str, Any]:
    people = [
        {name: value for name, value in vars(each).items() if value and name != "told_as"}
        for each in chosen.candidates
    ]
    kept = {"way": way, "send_at": send_at.isoformat() if send_at else "", "people": people}
    languages: dict[str, int] = {}
    for each in chosen.candidates:
        languages[each.language] = languages.get(each.language, 0) + 1
    return {
        "count": len(people),
        "left_out": [(words.left_out(each.why, each.count), each.examples) for each in chosen.left_out],
        "unused": chosen.unused_columns,
        "send_at": send_at,
        "list": signing.dumps(kept, salt=_salt(survey), compress=True),
    }


def _salt(survey: Survey) -> str:
    return f"polku.surveys.list.{survey.workspace_id}.{survey.pk}"
