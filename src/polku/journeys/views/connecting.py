"""Data connections proposed for the touchpoints of a map that have none yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from polku.accounts.models import Workspace
from polku.eventstore.port import StoreError
from polku.journeys import domain, queries
from polku.journeys.models import Journey, Touchpoint
from polku.journeys.proposing.choosing import token_of
from polku.journeys.proposing.connecting import match
from polku.journeys.proposing.drafts import Draft
from polku.journeys.proposing.proposals import propose
from polku.journeys.views.lookups import edit_view, get_journey, tell
from polku.journeys.views.proposing import connections_in_words, reader_of


@dataclass(frozen=True)
class Connection:
    """A touchpoint without data; `draft` is None where nothing received fits it."""

    touchpoint: Touchpoint
    stage: str
    draft: Draft | None
    token: str
    connections: list[str]
    people: str


@edit_view
def journey_connect(request: Any, journey: int) -> HttpResponse:
    """The proposals to tick; a post connects those ticked (`connect`: touchpoints' numbers)."""
    row = get_journey(journey)
    try:
        rows, left = connections_for(request.workspace, row)
    except StoreError as error:
        messages.error(request, str(error))
        return redirect("journeys:edit", workspace=request.workspace.slug, journey=row.pk)
    if request.method == "POST":
        chosen = set(request.POST.getlist("connect"))
        wanted = {
            each.touchpoint.pk: each.draft.bindings
            for each in rows
            if each.draft and str(each.touchpoint.pk) in chosen
        }
        try:
            count = domain.add_bindings(journey=row, bindings=wanted, actor=request.user)
        except ValidationError as error:
            tell(request, error)
        else:
            said = ngettext(
                "%(count)s touchpoint was connected. The figures follow in a moment.",
                "%(count)s touchpoints were connected. The figures follow in a moment.",
                count,
            )
            messages.success(request, said % {"count": count})
            return redirect("journeys:map", workspace=request.workspace.slug, journey=row.pk)
    context = {
        "journey": row,
        "fitting": [each for each in rows if each.draft],
        "lacking": [each for each in rows if not each.draft],
        "left": [(draft, reader_of(request.workspace).number(draft.people)) for draft in left],
        "has_data": bool(left or any(each.draft for each in rows)),
    }
    return render(request, "journeys/connect.html", context)


def connections_for(workspace: Workspace, journey: Journey) -> tuple[list[Connection], list[Draft]]:
    """Touchpoints that customers meet and that no data is connected to, with what fits them; and the drafts that no
    touchpoint of the map means. Raises StoreError."""
    proposal = propose(workspace)
    drafts = proposal.drafts if proposal else []
    reader = reader_of(workspace)
    stages = queries.journey_structure(journey)
    points: list[Any] = [point for stage in stages for point in stage.touchpoints.all()]
    found, left = match(points, drafts)
    names = {stage.pk: stage.name for stage in stages}
    rows = []
    for point in points:
        if point.is_backstage or point.binding_count:
            continue
        draft = found.get(point.pk)
        rows.append(
            Connection(
                touchpoint=point,
                stage=names[point.stage_id],
                draft=draft,
                token=token_of(draft) if draft else "",
                connections=connections_in_words(draft) if draft else [],
                people=reader.number(draft.people) if draft else "",
            )
        )
    return rows, left
