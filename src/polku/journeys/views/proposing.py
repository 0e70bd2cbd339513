"""A map proposed from what was received: people accept, rename, drop and move, look at examples, and make it theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.models import Workspace
from polku.analytics import resolvers
from polku.eventstore.port import Scope, StoreError
from polku.eventstore.registry import store
from polku.journeys import domain
from polku.journeys.catching import counts_in_words, examples_of, words_of
from polku.journeys.display_names import channel_name
from polku.journeys.models import Binding, Journey
from polku.journeys.proposing.choosing import Choice, Row, first_choice, posted_choice, token_of
from polku.journeys.proposing.drafts import Draft
from polku.journeys.proposing.leaving_out import LeftOut, Why
from polku.journeys.proposing.proposals import Proposal, propose
from polku.journeys.views.lookups import edit_view, tell
from polku.site.formats import Reader


@dataclass(frozen=True)
class DraftRow:
    """A touchpoint of the form with what is said about it."""

    row: Row
    channels: str
    connections: list[str]
    people: str
    last: str
    is_first: bool
    is_last: bool


@edit_view
def journey_propose(request: Any) -> HttpResponse:
    """The proposal as a form. A post with `create` makes the map; any other only draws what was chosen so far."""
    try:
        proposal = propose(request.workspace)
    except StoreError as error:
        messages.error(request, str(error))
        return redirect("journeys:list", workspace=request.workspace.slug)
    if proposal is None:
        return render(request, "journeys/propose_empty.html", {})
    proposal = replace(proposal, name=_free_name(proposal.name))
    if request.method != "POST":
        return _page(request, first_choice(proposal), proposal.left_out)
    choice = posted_choice(proposal, request.POST)
    for field, by in (("earlier", -1), ("later", 1)):
        choice.move(request.POST.get(field, ""), by)
    if "create" in request.POST:
        try:
            journey = domain.create_proposed_journey(
                workspace=request.workspace, document=choice.document(), actor=request.user
            )
        except ValidationError as error:
            tell(request, error)
        else:
            messages.success(request, _("The map is ready. Its figures follow in a moment."))
            return redirect("journeys:map", workspace=request.workspace.slug, journey=journey.pk)
    return _page(request, choice, proposal.left_out)


@require_safe
@never_cache
@edit_view
def proposal_preview(request: Any) -> HttpResponse:
    """What one proposed touchpoint would catch (?draft=…): counts by connection and the newest signals."""
    if "draft" not in request.GET:
        return redirect("journeys:propose", workspace=request.workspace.slug)
    proposal = propose(request.workspace)
    draft = _find(proposal, request.GET.get("draft", ""))
    context = {"draft": draft, **preview_of(request.workspace, draft)}
    template = "journeys/parts/draft_preview.html" if request.htmx else "journeys/propose_preview.html"
    return render(request, template, context)


def preview_of(workspace: Workspace, draft: Draft) -> dict[str, Any]:
    """`connections`: (words, counts) of each; `examples`: the newest signals of all of them."""
    selectors = draft.selectors()
    whole = Scope(timezone=workspace.timezone)
    key = workspace.key.hex
    counted = store().count_each(key, [[selector] for selector in selectors], whole)
    bindings = [Binding(**binding) for binding in draft.bindings]
    return {
        "connections": [
            (words_of(binding), counts_in_words(binding.kind, count))
            for binding, count in zip(bindings, counted, strict=True)
        ],
        "examples": examples_of(store().preview(key, selectors, whole), workspace),
    }


def reader_of(workspace: Workspace) -> Reader:
    return Reader((get_language() or "fi")[:2], workspace.currency, workspace.timezone)


def connections_in_words(draft: Draft) -> list[str]:
    """What the draft is connected to, one line for each connection."""
    return [words_of(Binding(**binding)) for binding in draft.bindings]


def _find(proposal: Proposal | None, token: str) -> Draft:
    for draft in proposal.drafts if proposal else ():
        if token_of(draft) == token:
            return draft
    raise Http404


def _free_name(name: str) -> str:
    """The name, with a number where the workspace has a map of that name already."""
    taken = set(Journey.objects.filter(name__startswith=name).values_list("name", flat=True))
    if name not in taken:
        return name
    return next(numbered for number in count(2) if (numbered := f"{name} {number}") not in taken)


def _reasons(left_out: list[LeftOut], reader: Reader) -> list[tuple[str, list[tuple[str, str]]]]:
    """(why, [(name, how many)]) of what the proposal does not hold."""
    said = {
        Why.PASSED: _(
            "States that orders pass through. Only the newest state of an order is known, so the touchpoint would show "
            "those who are there still and not all who came by."
        ),
        Why.UNKNOWN: _("States whose name tells no touchpoint."),
        Why.TOLD: _("States of which events tell already."),
        Why.TECHNICAL: _("Technical events: they tell that somebody did something, but not where."),
        Why.RARE: _("So few people come to these that a figure would say little."),
        Why.MANY: _("Events whose name was not recognised and that are less common than those chosen."),
    }
    return [
        (
            text,
            [
                (
                    each.name if each.is_state else resolvers.words().event(each.name),
                    reader.number(each.signals),
                )
                for each in left_out
                if each.why is why
            ],
        )
        for why, text in said.items()
        if any(each.why is why for each in left_out)
    ]


def _page(request: Any, choice: Choice, left_out: list[LeftOut]) -> HttpResponse:
    reader = reader_of(request.workspace)
    stages = choice.by_stage()
    context = {
        "choice": choice,
        "stages": [
            (
                key,
                name,
                [
                    _row(
                        row,
                        reader,
                        is_first=key == stages[0][0] and row is rows[0],
                        is_last=key == stages[-1][0] and row is rows[-1],
                    )
                    for row in rows
                ],
            )
            for key, name, rows in stages
        ],
        "taken": sum(row.is_taken for row in choice.rows),
        "offered": len(choice.rows),
        "left_out": _reasons(left_out, reader),
        "left_count": len(left_out),
    }
    return render(request, "journeys/propose.html", context)


def _row(row: Row, reader: Reader, *, is_first: bool, is_last: bool) -> DraftRow:
    draft = row.draft
    return DraftRow(
        row=row,
        channels=", ".join(channel_name(channel) for channel in draft.channels),
        connections=connections_in_words(draft),
        people=reader.number(draft.people),
        last=reader.day(reader.local(draft.last).date(), year=True) if draft.last else "",
        is_first=is_first,
        is_last=is_last,
    )
