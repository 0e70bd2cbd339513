"""Changes to the rules that make signals belong to touchpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from polku.accounts.models import User
from polku.journeys import limits, values
from polku.journeys.domain.deletions import keep_and_delete
from polku.journeys.domain.writing import audit, save_changes, writing
from polku.journeys.models import Binding, Deletion, Journey, Touchpoint
from polku.journeys.rebuilding import request_rebuild


def add_binding(
    *,
    touchpoint: Touchpoint,
    kind: str,
    names: Sequence[str] = (),
    url: str = "",
    channel: str = "",
    where: Sequence[Mapping[str, Any]] = (),
    actor: User | None = None,
    rebuild: bool = True,
) -> Binding:
    """Let signals belong to a touchpoint: every part that is given must hold.

    With `rebuild` the touchpoint's hits are found again in the background; who adds many bindings in a row asks
    for it once at the end (`rebuilding.request_rebuild`). Raises ValidationError; atomic; audited.
    """
    fields = values.clean_binding(kind=kind, names=names, url=url, channel=channel, where=where)
    journey = touchpoint.stage.journey
    with writing(journey):
        if not Touchpoint.objects.filter(pk=touchpoint.pk).exists():
            raise ValidationError(_("The touchpoint “%s” has been deleted.") % touchpoint.name, code="gone")
        if touchpoint.bindings.count() >= limits.BINDINGS:
            raise ValidationError(
                _("A touchpoint has at most %s data connections.") % limits.BINDINGS, code="full"
            )
        binding = Binding.objects.create(workspace=journey.workspace, touchpoint=touchpoint, **fields)
        if rebuild:
            request_rebuild(workspace=journey.workspace, touchpoints=[touchpoint.pk])
        audit(journey, actor, "binding.added", touchpoint, binding=binding.pk, touchpoint=touchpoint.pk)
    return binding


def add_bindings(
    *, journey: Journey, bindings: Mapping[int, Sequence[Mapping[str, Any]]], actor: User | None = None
) -> int:
    """Connect several touchpoints of a journey at once: by their numbers, the parts of each connection.

    Touchpoints that are gone are passed over. Returns how many got a connection; their hits are rebuilt once.
    Raises ValidationError, and then nothing is connected; atomic; audited touchpoint by touchpoint.
    """
    with writing(journey):
        points = Touchpoint.objects.filter(stage__journey=journey, pk__in=list(bindings))
        connected = [point for point in points.select_related("stage__journey") if bindings[point.pk]]
        for point in connected:
            for parts in bindings[point.pk]:
                add_binding(touchpoint=point, actor=actor, rebuild=False, **parts)
        request_rebuild(workspace=journey.workspace, touchpoints=[point.pk for point in connected])
    return len(connected)


def update_binding(
    *, binding: Binding, actor: User | None = None, rebuild: bool = True, **changes: Any
) -> Binding:
    """Change kind, names, url, channel or where of a binding; the hits are rebuilt. Raises ValidationError;
    atomic; audited."""
    parts = {name: getattr(binding, name) for name in ("kind", "names", "url", "channel", "where")}
    fields = values.clean_binding(**{**parts, **changes})
    touchpoint = binding.touchpoint
    journey = touchpoint.stage.journey
    with writing(journey):
        if written := save_changes(binding, fields):
            if rebuild:
                request_rebuild(workspace=journey.workspace, touchpoints=[touchpoint.pk])
            audit(
                journey,
                actor,
                "binding.updated",
                touchpoint,
                binding=binding.pk,
                touchpoint=touchpoint.pk,
                fields=sorted(written),
            )
    return binding


def delete_binding(*, binding: Binding, actor: User | None = None) -> Deletion:
    """Delete a binding; the Deletion brings it back. The hits are rebuilt. Atomic; audited."""
    return keep_and_delete(
        binding, journey=binding.touchpoint.stage.journey, kind=Deletion.Kind.BINDING, actor=actor
    )
