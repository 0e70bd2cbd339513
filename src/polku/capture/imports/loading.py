"""From a staged batch to the event store, in the process that owns it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.capture.imports.loading_spend import load_spend
from polku.capture.imports.staged import Staged
from polku.eventstore.port import Loaded, Progress
from polku.eventstore.registry import hit_rules, store
from polku.journeys.domain import add_binding
from polku.journeys.models import Binding, Touchpoint
from polku.people.joining import join_by_accepted_keys


def load(workspace: Workspace, staged: Staged, *, progress: Progress | None = None) -> dict[str, Any]:
    """Load a batch; returns the result of `polku import`, counted in signals (orders, people).

    Side effects: one transaction of the store, touchpoint hits included; a batch that names a touchpoint may add
    bindings to it first. Then people are joined by the keys that somebody accepted. Spend is kept in the database
    (`analytics.spend`) and touches no store. The same batch a second time adds nothing.
    """
    warnings = list(staged.warnings)
    if staged.touchpoint:
        warnings += _bind_touchpoint(workspace, staged.touchpoint, staged.metrics)
    loaded = _load(workspace, staged, progress)
    if staged.kind != "spend":
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


def _load(workspace: Workspace, staged: Staged, progress: Progress | None) -> Loaded:
    if staged.kind == "spend":
        return load_spend(workspace, staged.batch, progress)
    key = workspace.key.hex
    origin = f"import/{staged.kind}"
    if staged.kind == "people":
        return store().load_people(key, staged.batch, rules=hit_rules(key), origin=origin, progress=progress)
    if staged.kind == "orders":
        return store().load_orders(
            key, staged.batch, rules=hit_rules(key), lines=staged.lines, origin=origin, progress=progress
        )
    return store().load_signals(
        key,
        staged.batch,
        rules=hit_rules(key),
        origin=origin,
        thing_digits=staged.thing_digits,
        progress=progress,
    )


def _bind_touchpoint(workspace: Workspace, name: str, metrics: Sequence[str]) -> list[str]:
    """Let answers with the property `touchpoint` = name belong to the touchpoints of that name; returns warnings."""
    with scope(workspace=workspace):
        touchpoints = {t.pk: t for t in Touchpoint.objects.select_related("stage__journey")}
        found = [t for t in touchpoints.values() if t.name.casefold() == name.casefold()]
        condition = {"property": "touchpoint", "op": "eq", "value": name}
        for touchpoint in found:
            bound = {
                metric
                for binding in touchpoint.bindings.filter(kind=Binding.Kind.SCORE)
                if condition in binding.where
                for metric in binding.names
            }
            if names := [metric for metric in metrics if metric not in bound]:
                add_binding(touchpoint=touchpoint, kind=Binding.Kind.SCORE, names=names, where=[condition])
    if found:
        return []
    known = {t.name.casefold(): t.name for t in touchpoints.values()}
    near = get_close_matches(name.casefold(), known, n=1, cutoff=0.5)
    if near:
        return [
            _("No journey has a touchpoint “%(name)s”; the nearest is “%(near)s”. The answers keep the name.")
            % {"name": name, "near": known[near[0]]}
        ]
    return [_("No journey has a touchpoint “%s”. The answers keep the name.") % name]
