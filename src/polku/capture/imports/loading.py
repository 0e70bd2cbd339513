"""From a staged batch to the event store, in the process that owns it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.capture.imports.staged import Staged
from polku.eventstore.port import Loaded, Progress
from polku.eventstore.registry import hit_rules, store
from polku.journeys.domain import add_binding
from polku.journeys.models import Binding, Touchpoint
from polku.people.joining import join_by_accepted_keys


def load(workspace: Workspace, staged: Staged, *, progress: Progress | None = None) -> dict[str, Any]:
    """Load a batch; returns the result of `polku import`, counted in signals (orders, people).

    Side effects: one transaction of the store, touchpoint hits included; a batch that names a touchpoint may add a
    binding to it first. Then people are joined by the keys that somebody accepted. The same batch a second time adds
    nothing.
    """
    warnings = list(staged.warnings)
    if staged.touchpoint:
        warnings += _bind_touchpoint(workspace, staged.touchpoint, str(staged.metric))
    loaded = _load(workspace.key.hex, staged, progress)
    join_by_accepted_keys(workspace)
    return {
        "rows": staged.accepted + staged.rejected,
        "accepted": loaded.accepted,
        "known": loaded.known,
        "rejected": staged.rejected,
        "rejected_file": str(staged.rejected_file) if staged.rejected_file else None,
        "ties": staged.ties,
        "joined": loaded.joined,
        "warnings": warnings,
        "recognised": staged.recognised,
    }


def _load(key: str, staged: Staged, progress: Progress | None) -> Loaded:
    origin = f"import/{staged.kind}"
    if staged.kind == "people":
        return store().load_people(key, staged.batch, rules=hit_rules(key), origin=origin, progress=progress)
    if staged.kind == "orders":
        return store().load_orders(
            key, staged.batch, rules=hit_rules(key), lines=staged.lines, origin=origin, progress=progress
        )
    return store().load_signals(key, staged.batch, rules=hit_rules(key), origin=origin, progress=progress)


def _bind_touchpoint(workspace: Workspace, name: str, metric: str) -> list[str]:
    """Let answers with the property `touchpoint` = name belong to the touchpoints of that name; returns warnings."""
    with scope(workspace=workspace):
        touchpoints = {t.pk: t for t in Touchpoint.objects.select_related("stage__journey")}
        found = [t for t in touchpoints.values() if t.name.casefold() == name.casefold()]
        condition = {"property": "touchpoint", "op": "eq", "value": name}
        for touchpoint in found:
            bound = any(
                condition in binding.where and metric in binding.names
                for binding in touchpoint.bindings.filter(kind=Binding.Kind.SCORE)
            )
            if not bound:
                add_binding(touchpoint=touchpoint, kind=Binding.Kind.SCORE, names=[metric], where=[condition])
    if found:
        return []
    names = {t.name.casefold(): t.name for t in touchpoints.values()}
    near = get_close_matches(name.casefold(), names, n=1, cutoff=0.5)
    if near:
        return [
            _("No journey has a touchpoint “%(name)s”; the nearest is “%(near)s”. The answers keep the name.")
            % {"name": name, "near": names[near[0]]}
        ]
    return [_("No journey has a touchpoint “%s”. The answers keep the name.") % name]
