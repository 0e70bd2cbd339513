"""The words of a survey's messages: edited, looked at, tried out."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.domain import record_audit
from polku.accounts.views.forms import add_errors
from polku.messaging.domain import send_email, sender_of
from polku.site.addresses import address_for, public_address
from polku.surveys.definition.piping import Known
from polku.surveys.inviting.forms import MailForm
from polku.surveys.inviting.mail import Mail, write_mail
from polku.surveys.inviting.mail_looks import policy_hash
from polku.surveys.inviting.texts import mail_settings, set_mail_settings
from polku.surveys.inviting.views.shared import LANGUAGE_NAMES, definition_of, page
from polku.surveys.lookups import get_survey
from polku.surveys.models import Survey, SurveyLink
from polku.surveys.queries import path_of

TEST = "survey.test"
_TESTS, _WITHIN = 10, 600
"""Test messages that one person may have sent in so many seconds."""


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def mail_words(request: WorkspaceRequest, survey: int) -> HttpResponse:
    found = get_survey(survey)
    definition, kept = definition_of(found), mail_settings(found)
    form = MailForm(
        request.POST if request.method == "POST" else None, languages=definition.languages, settings=kept
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_mail_settings(survey=found, settings=form.settings(kept), actor=request.user)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("surveys:mail_words", workspace=request.workspace.slug, survey=found.pk)
    context = {
        "form": form,
        "groups": [(code, LANGUAGE_NAMES[code], fields) for code, fields in form.groups()],
        "sends_mail": settings.SENDS_MAIL,
    }
    return page(request, found, "surveys/collect_words.html", context, 422 if form.errors else 200)


@require_safe
@workspace_view("view")
def mail_preview(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """The message as it will look; `language` and `reminder` in the query string. Its links lead to the test link."""
    found = get_survey(survey)
    mail = _mail(request, found, base=address_for(request), is_preview=True)
    response = HttpResponse(mail.html)
    # The page's policy names exactly this sheet; the message itself carries its looks on each element.
    response._csp_update = {"style-src": [policy_hash(mail.sheet)]}  # type: ignore[attr-defined]
    return response


@require_POST
@workspace_view("edit")
def mail_test(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """Send the message to whoever asks, and to nobody else."""
    found = get_survey(survey)
    back = redirect("surveys:mail_words", workspace=request.workspace.slug, survey=found.pk)
    key = f"test-survey:{request.user.pk}"
    cache.add(key, 0, timeout=_WITHIN)
    if cache.incr(key) > _TESTS:
        messages.error(request, _("That was many messages; try again in ten minutes."))
        return back
    if not settings.SENDS_MAIL:
        messages.error(request, _("No mail server is set, so no message leaves."))
        return back
    mail = _mail(request, found, base=public_address(), is_preview=False)
    try:
        send_email(
            workspace=request.workspace,
            to=request.user.email,
            subject=_("[Test] %s") % mail.subject,
            text=mail.text,
            html=mail.html,
            kind=TEST,
            reference=str(found.pk),
            can_unsubscribe=False,
        )
    except ValidationError:
        messages.error(request, _("Your own e-mail address is none that a message could be sent to."))
        return back
    record_audit(
        workspace=request.workspace, actor=request.user, action="test_message.sent", target=found.name
    )
    messages.success(request, _("A message is on its way to %s.") % request.user.email)
    return back


def _mail(request: WorkspaceRequest, survey: Survey, *, base: str, is_preview: bool) -> Mail:
    definition, kept = definition_of(survey), mail_settings(survey)
    asked = request.GET.get("language") or request.POST.get("language", "")
    test = survey.links.filter(kind=SurveyLink.Kind.TEST, deleted_at=None).first()
    return write_mail(
        definition=definition,
        settings=kept,
        sender=sender_of(request.workspace),
        language=asked if asked in definition.languages else definition.languages[0],
        known=Known(),
        is_anonymous=survey.is_anonymous,
        until=timezone.localdate() + timedelta(days=kept.expiry_days - 1),
        is_reminder="1" in (request.GET.get("reminder"), request.POST.get("reminder")),
        link=base + path_of(test) if test else base,
        unsubscribe=base,
        is_preview=is_preview,
    )
