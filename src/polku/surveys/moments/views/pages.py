"""The moments of a survey, and the form of one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from polku.accounts.access import WorkspaceRequest, allows, workspace_view
from polku.accounts.views.forms import add_errors
from polku.analytics.explore.selecting import Choices
from polku.people.queries import suggestions
from polku.surveys.lookups import get_survey
from polku.surveys.models import Moment, Survey
from polku.surveys.moments import domain, queries, words
from polku.surveys.moments.fatigue import limits_of
from polku.surveys.moments.forms import MomentForm
from polku.surveys.moments.simulating import WEEKS
from polku.surveys.moments.triggers import selector_of
from polku.surveys.moments.views.lookups import choices_in, get_moment
from polku.surveys.tabs import tabs_of


@dataclass(frozen=True)
class Shown:
    """A moment on the page; `is_broken` where its trigger means nothing any more."""

    moment: Moment
    sentence: SafeString
    lately: queries.Lately
    is_broken: bool


@require_safe
@workspace_view("view")
def moments(request: WorkspaceRequest, survey: int) -> HttpResponse:
    found = get_survey(survey)
    rows = queries.moments_of(found)
    lately = queries.lately(rows)
    choices = choices_in(request.workspace)
    shown = [
        Shown(
            moment,
            words.sentence(moment, choices),
            lately[moment.pk],
            selector_of(moment, request.workspace) is None,
        )
        for moment in rows
    ]
    context = {
        "shown": shown,
        "days": queries.DAYS,
        "limits": words.limits_in_words(limits_of(request.workspace)),
        "may_edit": allows(request.membership.role, "edit"),
        "is_open": found.state == Survey.State.OPEN,
    }
    return render(request, "surveys/moments.html", _frame(found) | context)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def moment_create(request: WorkspaceRequest, survey: int) -> HttpResponse:
    return _form_page(request, get_survey(survey), None)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def moment_edit(request: WorkspaceRequest, survey: int, moment: int) -> HttpResponse:
    found = get_moment(survey, moment)
    return _form_page(request, found.survey, found)


def _form_page(request: WorkspaceRequest, survey: Survey, moment: Moment | None) -> HttpResponse:
    form = MomentForm(request.POST if request.method == "POST" else None, moment=moment)
    choices = choices_in(request.workspace)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (saved := _save(request, survey, moment, form, choices)):
            return saved
    trigger = form["trigger"].value() or ""
    context = {
        "form": form,
        "moment": moment,
        "trigger": trigger,
        "groups": choices.with_chosen(trigger if ":" in trigger else ""),
        "properties": suggestions(request.workspace).signal_properties,
        "weeks": WEEKS,
        "token": secrets.token_hex(16),
        "limits": words.limits_in_words(limits_of(request.workspace)),
    }
    return render(request, "surveys/moments_form.html", _frame(survey) | context, status=status)


def _save(
    request: WorkspaceRequest, survey: Survey, moment: Moment | None, form: MomentForm, choices: Choices
) -> HttpResponse | None:
    terms = form.terms()
    name = form.cleaned_data["name"] or default_name(terms, choices)
    try:
        if moment is None:
            moment = domain.create_moment(survey=survey, name=name, terms=terms, actor=request.user)
            if "switch_on" in request.POST:
                domain.switch_moment(moment=moment, is_on=True, actor=request.user)
                messages.success(request, _("“%s” is on: it asks from now on.") % moment.name)
            else:
                messages.success(
                    request, _("“%s” is saved. It asks nobody before it is switched on.") % moment.name
                )
        else:
            domain.update_moment(moment=moment, name=name, terms=terms, actor=request.user)
            messages.success(request, _("Saved."))
    except ValidationError as error:
        add_errors(form, error)
        return None
    return redirect("surveys:moments", workspace=request.workspace.slug, survey=survey.pk)


def default_name(terms: domain.Terms, choices: Choices) -> str:
    """“2 hours after Order Delivered”"""
    unsaved = Moment(
        trigger=terms.trigger, delay_minutes=terms.delay_minutes, delay_months=terms.delay_months
    )
    plain = strip_tags(str(words.when(unsaved, choices)))
    return plain if len(plain) <= domain.LONGEST_NAME else plain[: domain.LONGEST_NAME - 1] + "…"


def _frame(survey: Survey) -> dict[str, Any]:
    return {
        "survey": survey,
        "tabs": tabs_of(survey, "surveys:moments"),
        "sends_mail": settings.SENDS_MAIL,
    }
