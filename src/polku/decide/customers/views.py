"""The page of customers' value, its groups one by one, and what segments are worth."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.analytics import QueryError
from polku.analytics.money import money_note, money_terms
from polku.analytics.rfm import GROUPS, conditions_of
from polku.decide.customers import acquired, page, readings
from polku.decide.customers.choosing import MONTHS, PERCENTS, USUAL, Choice, read_choice
from polku.decide.customers.keeping import Kept, kept_customers
from polku.decide.customers.people import group_people
from polku.decide.customers.segments import value_of_segment
from polku.decide.customers.shown import shown_segment
from polku.decide.customers.single import models_of, rhythm_of_document
from polku.decide.customers.words import ADVICE, NAMES, rule_of
from polku.decide.tabs import tabs_of
from polku.eventstore.port import StoreError
from polku.people.domain import create_segment
from polku.people.models import Segment
from polku.people.rules import parse_rule
from polku.site.formats import Reader


@require_safe
@never_cache
@workspace_view("view")
def customers(request: WorkspaceRequest) -> HttpResponse:
    """`months` and `discount` in the query string. Never waits for a fit: shows what is kept, and asks for newer."""
    workspace, choice, reader = request.workspace, read_choice(request.GET), _reader(request)
    kept = kept_customers(workspace, choice)
    terms = money_terms(workspace)
    context: dict[str, Any] = {
        "tabs": tabs_of(workspace, "decide:customers"),
        "choice": choice,
        "months": MONTHS,
        "percents": PERCENTS,
        "is_newest": kept.is_newest,
        "money": money_note(workspace, terms, reader),
        "has_margin": terms is not None,
        "query": f"months={choice.months}&discount={choice.percent}",
    }
    if kept.document is not None:
        context |= _shown(request, kept, choice, reader)
    return render(request, "decide/customers/page.html", context)


def _shown(request: WorkspaceRequest, kept: Kept, choice: Choice, reader: Reader) -> dict[str, Any]:
    document = kept.document
    if document is None or document["problem"]:
        return {"is_counted": True, "problem": document and document["problem"]}
    if not document["clv"]["customers"] and not document["contracts"]:
        return {"is_counted": True, "is_empty": True}
    return {
        "is_counted": True,
        "page": page.build(request.workspace, document, choice, reader),
        "warnings": readings.cautions(document, choice, reader),
        "acquired": acquired.beside_value(request.workspace, document, choice, reader)
        if document["clv"]["model"]
        else None,
    }


@require_safe
@never_cache
@workspace_view("view")
def counted(request: WorkspaceRequest) -> HttpResponse:
    """What the page asks while something is counted: nothing, until there is a document of the newest data; then htmx
    is told to load the page anew."""
    kept = kept_customers(request.workspace, read_choice(request.GET))
    response = HttpResponse()
    if kept.document is not None and kept.is_newest:
        response["HX-Refresh"] = "true"
    return response


@require_safe
@never_cache
@workspace_view("act")
def group(request: WorkspaceRequest, group: str) -> HttpResponse:
    """The people of a group one by one, with what is expected of each; `page` in the query string."""
    if group not in GROUPS:
        raise Http404
    kept = kept_customers(request.workspace, USUAL)
    context: dict[str, Any] = {
        "tabs": tabs_of(request.workspace, "decide:customers"),
        "group": group,
        "name": NAMES[group],
        "advice": ADVICE[group],
    }
    if kept.document is not None and not kept.document["problem"]:
        models = models_of(kept.document)
        rhythm = rhythm_of_document(kept.document["clv"])
        number = _page_number(request)
        context["rule"] = rule_of(group, rhythm)
        context["has_margin"] = kept.document["has_margin"]
        try:
            context["found"] = group_people(
                request.workspace, group, rhythm, models, page=number, reader=_reader(request)
            )
        except StoreError as error:
            context["problem"] = str(error)
        if number > 1:
            context["newer"] = f"?page={number - 1}"
        if "found" in context and not context["found"].is_last:
            context["older"] = f"?page={number + 1}"
        context["page"] = number
    return render(request, "decide/customers/group.html", context)


@require_POST
@workspace_view("analyse")
def group_segment(request: WorkspaceRequest, group: str) -> HttpResponse:
    """Make a segment of the group, by the bounds of today."""
    if group not in GROUPS:
        raise Http404
    kept = kept_customers(request.workspace, USUAL, ask=False)
    back = redirect("decide:customers", workspace=request.workspace.slug)
    if kept.document is None or kept.document["problem"]:
        messages.warning(request, _("The customers are being counted; try again in a moment."))
        return back
    rule = {"where": conditions_of(group, rhythm_of_document(kept.document["clv"]))}
    # Everybody in the workspace reads the segment's name: it is written in the company's language.
    with override(request.workspace.language):
        name = _("Customers: %(group)s") % {"group": str(NAMES[group]).lower()}
    try:
        made = create_segment(workspace=request.workspace, name=name, rule=rule, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(back["Location"])
    messages.success(
        request, _("The segment “%s” is there; on the map you can look at it alone.") % made.name
    )
    return redirect("people:edit", workspace=request.workspace.slug, segment=made.pk)


@require_safe
@never_cache
@workspace_view("view")
def segment(request: WorkspaceRequest, segment: int) -> HttpResponse:
    """A part of a page: what the customers of a segment are worth."""
    found = get_object_or_404(Segment, pk=segment)
    workspace, reader = request.workspace, _reader(request)
    kept = kept_customers(workspace, USUAL)
    models = models_of(kept.document) if kept.document else None
    context: dict[str, Any] = {"address": request.get_full_path(), "is_counting": kept.document is None}
    try:
        value = value_of_segment(workspace, parse_rule(workspace, found.rule), models)
        context["shown"] = shown_segment(value, models, reader)
    except (QueryError, StoreError) as error:
        context["problem"] = str(error)
    return render(request, "decide/customers/segment_value.html", context)


def _reader(request: WorkspaceRequest) -> Reader:
    language = (get_language() or "fi")[:2]
    return Reader(language, request.workspace.currency, request.workspace.timezone)


def _page_number(request: WorkspaceRequest) -> int:
    text = request.GET.get("page", "")
    return min(max(int(text), 1), 10_000) if text.isascii() and text.isdigit() and len(text) < 8 else 1
