"""The live parts of the form of a data connection: names received, what a rule would catch, the rebuild."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from polku.accounts.models import Workspace
from polku.eventstore.port import CatalogEntry, CatalogKind, StoreError
from polku.eventstore.registry import store
from polku.journeys import queries
from polku.journeys.catching import CATALOG_OF, catch_of
from polku.journeys.forms.bindings import BindingForm, unsaved_binding
from polku.journeys.hit_rules import selector_of
from polku.journeys.models import Binding, Touchpoint
from polku.journeys.rebuilding import request_rebuild
from polku.journeys.views.lookups import edit_view, get_journey, get_touchpoint

_SHOWN = 30


@dataclass(frozen=True)
class NameChoice:
    """A name to tick. `signals` is None for one that has not been received."""

    name: str
    signals: int | None
    is_chosen: bool


@dataclass(frozen=True)
class NameChoices:
    """`has_more`: only the most frequent are shown."""

    kind: str
    search: str
    choices: list[NameChoice]
    has_more: bool


def name_choices(workspace: Workspace, kind: str, *, search: str, chosen: Sequence[str]) -> NameChoices:
    """Those chosen first, then those received that match `search`, then `search` itself where it is new."""
    found = store().catalog(workspace.key.hex, CATALOG_OF[kind], search=search, limit=_SHOWN + 1)
    counts = {entry.name: entry.signals for entry in found}
    choices = [NameChoice(name, counts.get(name), True) for name in chosen]
    choices += [
        NameChoice(entry.name, entry.signals, False) for entry in found[:_SHOWN] if entry.name not in chosen
    ]
    if search and search not in counts and search not in chosen:
        choices.append(NameChoice(search, None, False))
    return NameChoices(kind, search, choices, has_more=len(found) > _SHOWN)


def suggestions(workspace: Workspace, what: CatalogKind) -> list[CatalogEntry]:
    """The most frequent page addresses, channels or properties received."""
    return store().catalog(workspace.key.hex, what, limit=100)


@edit_view
def signal_names(request: Any, journey: int, touchpoint: int) -> HttpResponse:
    get_touchpoint(journey, touchpoint)
    kind = request.GET.get("kind", "")
    choices = name_choices(
        request.workspace,
        kind if kind in CATALOG_OF else Binding.Kind.EVENT,
        search=request.GET.get("search", "").strip()[:200],
        chosen=[name for name in request.GET.getlist("names")[:50] if name.strip()],
    )
    return render(request, "journeys/names.html", {"names": choices})


@edit_view
def preview(request: Any, journey: int, touchpoint: int) -> HttpResponse:
    """What the rule would catch as the form stands now. Nothing is saved."""
    row = get_touchpoint(journey, touchpoint)
    form = BindingForm(request.GET, binding=_blank(request, row))
    if not form.is_valid():
        problems = [str(problem) for problems in form.errors.values() for problem in problems]
        return render(request, "journeys/preview.html", {"problems": problems})
    try:
        catch = catch_of(
            request.workspace, form.fields_of_binding["kind"], selector_of(unsaved_binding(form))
        )
    except StoreError as error:
        return render(request, "journeys/preview.html", {"problems": [str(error)]})
    return render(request, "journeys/preview.html", {"catch": catch})


@edit_view
def rebuild(request: Any, journey: int) -> HttpResponse:
    """How far the rebuild of hits is; POST asks for another try after a failure."""
    row = get_journey(journey)
    if request.method == "POST":
        bound = queries.bindings_of(row).values_list("touchpoint_id", flat=True)
        request_rebuild(workspace=request.workspace, touchpoints=list(bound))
        if not request.htmx:
            return redirect("journeys:edit", workspace=request.workspace.slug, journey=row.pk)
    state = queries.rebuild_state(request.workspace)
    return render(request, "journeys/rebuild.html", {"journey": row, "rebuild": state, "was_going_on": True})


def _blank(request: Any, touchpoint: Touchpoint) -> Binding:
    kind = request.GET.get("kind", "")
    return Binding(kind=kind if kind in CATALOG_OF else Binding.Kind.EVENT, touchpoint=touchpoint)
