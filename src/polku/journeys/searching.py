"""What the search finds of journeys: the maps, their stages and touchpoints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from polku.journeys.models import Journey, Stage, Touchpoint
from polku.site import search
from polku.site.search import Hit, Page, Searcher, best_first, fits


def register() -> None:
    """Called once, when the program starts."""
    search.register(Searcher("journeys", _("Journeys"), "view", _journeys, order=20))
    search.register(Searcher("touchpoints", _("Touchpoints"), "view", _touchpoints, order=25))
    search.register_page(Page(_("New journey"), "journeys:create", "edit", "uusi polku template malli"))


def _journeys(workspace: Any, request: HttpRequest, text: str) -> Iterable[Hit]:
    """Without a text all maps: there are few, and they are what is opened most."""
    found = [
        Hit(journey.name, _map(workspace, journey.pk), str(journey.get_kind_display()))
        for journey in Journey.objects.all()
        if fits(text, journey.name)
    ]
    return best_first(found, text)


def _touchpoints(workspace: Any, request: HttpRequest, text: str) -> Iterable[Hit]:
    """Touchpoints by their own name, and stages by theirs."""
    if not text:
        return ()
    points = Touchpoint.objects.order_by("stage__journey__created_at", "stage__order_key", "order_key", "pk")
    rows = points.values_list("pk", "name", "stage__name", "stage__journey_id", "stage__journey__name")
    found = [
        Hit(name, f"{_map(workspace, journey)}?touchpoint={number}", f"{journey_name} · {stage}")
        for number, name, stage, journey, journey_name in rows
        if fits(text, name)
    ]
    stages = Stage.objects.values_list("name", "journey_id", "journey__name")
    found += [
        Hit(name, _map(workspace, journey), f"{journey_name} · {_('stage')}")
        for name, journey, journey_name in stages
        if fits(text, name)
    ]
    return best_first(found, text)


def _map(workspace: Any, journey: int) -> str:
    return reverse("journeys:map", args=[workspace.slug, journey])
