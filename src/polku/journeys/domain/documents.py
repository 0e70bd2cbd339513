"""A map as one JSON document, to keep beside code, to copy between workspaces, to give to another tool.

    {"polku": "journey", "version": 1, "name", "kind", "purpose", "window_days", "reviewed_at", "stages": [
        {"name", "touchpoints": [
            {"name", "description", "channels", "moment_of_truth", "backstage", "assumed_feeling",
             "owner" (a member's e-mail address), "review_on", "bindings": [
                {"kind", "names", "url", "channel", "where"}]}]}]}

Only names, and a binding's kind, are required. What is exported and imported again is equal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.models import User, Workspace
from polku.journeys import limits, order_keys, values
from polku.journeys.domain.writing import audit
from polku.journeys.models import Binding, Journey, Stage, Touchpoint
from polku.journeys.rebuilding import request_rebuild

VERSION = 1


def export_journey(journey: Journey) -> dict[str, Any]:
    """The journey as a document; it holds no signal, and of people only the owners' e-mail addresses."""
    with scope(workspace=journey.workspace):
        stages = journey.stages.prefetch_related("touchpoints__bindings", "touchpoints__owner")
        return {
            "polku": "journey",
            "version": VERSION,
            "name": journey.name,
            "kind": journey.kind,
            "purpose": journey.purpose,
            "window_days": journey.window_days,
            "reviewed_at": _day(journey.reviewed_at),
            "stages": [
                {
                    "name": stage.name,
                    "touchpoints": [_touchpoint_document(point) for point in stage.touchpoints.all()],
                }
                for stage in stages
            ],
        }


def import_journey(*, workspace: Workspace, document: object, actor: User | None = None) -> Journey:
    """Make a new journey from a document.

    Raises ValidationError that names the place of the fault, and then nothing is made. An owner who is no member
    here is left out. Hits are rebuilt; atomic; one audit entry.
    """
    if not isinstance(document, Mapping) or document.get("polku") != "journey":
        raise ValidationError(_("This is not a journey: it should be an object with “polku”: “journey”."))
    _require_text(document)
    if document.get("version") != VERSION:
        raise ValidationError(
            _("version: this Polku reads version %(known)s, the document has %(version)s.")
            % {"known": VERSION, "version": document.get("version")}
        )
    content = {key: value for key, value in document.items() if key not in ("polku", "version")}
    return write_document(workspace=workspace, document=content, actor=actor, action="journey.imported")


def write_document(
    *,
    workspace: Workspace,
    document: Mapping[str, Any],
    actor: User | None,
    action: str,
    template: str = "",
) -> Journey:
    """Check the whole document, then write it in one transaction. See `import_journey`."""
    journey_fields = _read(document, "", _JOURNEY)
    stages = [_read(stage, f"stages[{i}]", _STAGE) for i, stage in enumerate(journey_fields.pop("stages"))]
    _limit(len(stages), limits.STAGES, _("A journey has at most %s stages."))
    total = 0
    for i, stage in enumerate(stages):
        stage["touchpoints"] = [
            _read_touchpoint(point, f"stages[{i}].touchpoints[{k}]")
            for k, point in enumerate(stage["touchpoints"])
        ]
        total += len(stage["touchpoints"])
    _limit(total, limits.TOUCHPOINTS, _("A journey has at most %s touchpoints."))
    with scope(workspace=workspace), transaction.atomic():
        if Journey.objects.count() >= limits.JOURNEYS:
            raise ValidationError(_("A workspace has at most %s journeys.") % limits.JOURNEYS, code="full")
        members = {
            membership.user.email.lower(): membership.user
            for membership in workspace.memberships.select_related("user")
        }
        journey = Journey.objects.create(workspace=workspace, template=template, **journey_fields)
        bound: list[int] = []
        for stage, key in zip(stages, order_keys.spread(len(stages)), strict=True):
            row = Stage.objects.create(
                workspace=workspace, journey=journey, name=stage["name"], order_key=key
            )
            bound += _write_touchpoints(row, stage["touchpoints"], members)
        request_rebuild(workspace=workspace, touchpoints=bound)
        audit(journey, actor, action, journey, **({"template": template} if template else {}))
    return journey


def _write_touchpoints(
    stage: Stage, documents: list[dict[str, Any]], members: Mapping[str, User]
) -> list[int]:
    """Write a stage's touchpoints and bindings; the numbers of those that have bindings."""
    bound = []
    for document, key in zip(documents, order_keys.spread(len(documents)), strict=True):
        bindings, owner = document.pop("bindings"), document.pop("owner")
        touchpoint = Touchpoint.objects.create(
            workspace=stage.workspace,
            stage=stage,
            order_key=key,
            owner=members.get(owner.lower()) if owner else None,
            **document,
        )
        Binding.objects.bulk_create(
            Binding(workspace=stage.workspace, touchpoint=touchpoint, **binding) for binding in bindings
        )
        if bindings:
            bound.append(touchpoint.pk)
    return bound


# ---- reading: each part of a document as (field of the model, how to clean it, what it is when absent) ---------

_REQUIRED = object()
_Part = tuple[str, Callable[[Any], Any], Any]


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValidationError(_("This must be a list."))
    return value


def _email(value: object) -> str | None:
    return None if value is None else values.clean_line(value, longest=254)


_JOURNEY: dict[str, _Part] = {
    "name": ("name", lambda value: values.clean_line(value, longest=limits.JOURNEY_NAME), _REQUIRED),
    "kind": ("kind", values.clean_kind, "as-is"),
    "purpose": ("purpose", values.clean_text, ""),
    "window_days": ("window_days", values.clean_window, 30),
    "reviewed_at": ("reviewed_at", values.clean_date, None),
    "stages": ("stages", _list, []),
}
_STAGE: dict[str, _Part] = {
    "name": ("name", values.clean_line, _REQUIRED),
    "touchpoints": ("touchpoints", _list, []),
}
_TOUCHPOINT: dict[str, _Part] = {
    "name": ("name", values.clean_line, _REQUIRED),
    "description": ("description", values.clean_text, ""),
    "channels": ("channels", values.clean_channels, []),
    "moment_of_truth": ("is_moment_of_truth", values.clean_flag, False),
    "backstage": ("is_backstage", values.clean_flag, False),
    "assumed_feeling": ("assumed_feeling", values.clean_feeling, None),
    "owner": ("owner", _email, None),
    "review_on": ("review_on", values.clean_date, None),
    "bindings": ("bindings", _list, []),
}
_BINDING_PARTS = ("kind", "names", "url", "channel", "where")


def _read_touchpoint(document: object, place: str) -> dict[str, Any]:
    fields = _read(document, place, _TOUCHPOINT)
    bindings = fields["bindings"]
    _limit(len(bindings), limits.BINDINGS, f"{place}: " + _("A touchpoint has at most %s data connections."))
    fields["bindings"] = [
        _read_binding(binding, f"{place}.bindings[{number}]") for number, binding in enumerate(bindings)
    ]
    return fields


def _read_binding(document: object, place: str) -> dict[str, Any]:
    parts = _object(document, place, _BINDING_PARTS)
    if "kind" not in parts:
        raise ValidationError(_("%s is missing.") % f"{place}.kind")
    try:
        return values.clean_binding(**parts)
    except ValidationError as error:
        where = next(iter(error.message_dict)) if hasattr(error, "error_dict") else "kind"
        raise ValidationError(f"{place}.{where}: {' '.join(error.messages)}") from error


def _read(document: object, place: str, parts: Mapping[str, _Part]) -> dict[str, Any]:
    given = _object(document, place, parts)
    dot = f"{place}." if place else ""
    fields = {}
    for key, (field, clean, default) in parts.items():
        if key not in given:
            if default is _REQUIRED:
                raise ValidationError(_("%s is missing.") % f"{dot}{key}")
            fields[field] = list(default) if isinstance(default, list) else default
            continue
        try:
            fields[field] = clean(given[key])
        except ValidationError as error:
            raise ValidationError(f"{dot}{key}: {' '.join(error.messages)}") from error
    return fields


def _object(document: object, place: str, known: Any) -> Mapping[str, Any]:
    if not isinstance(document, Mapping):
        raise ValidationError(_("%s: this must be an object.") % (place or _("The document")))
    dot = f"{place}." if place else ""
    for key in document:
        if key not in known:
            near = get_close_matches(str(key), list(known), n=1)
            hint = " " + _("Did you mean “%s”?") % near[0] if near else ""
            raise ValidationError(_("%s is not a known field.") % f"{dot}{key}" + hint)
    return document


def _require_text(document: object) -> None:
    """Half a character (a lone surrogate) can be written in JSON but kept nowhere."""
    try:
        json.dumps(document, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError as error:
        raise ValidationError(_("The document holds broken text (half of a character).")) from error


def _limit(count: int, most: int, message: str) -> None:
    if count > most:
        raise ValidationError(message % most, code="full")


def _touchpoint_document(touchpoint: Touchpoint) -> dict[str, Any]:
    return {
        "name": touchpoint.name,
        "description": touchpoint.description,
        "channels": touchpoint.channels,
        "moment_of_truth": touchpoint.is_moment_of_truth,
        "backstage": touchpoint.is_backstage,
        "assumed_feeling": touchpoint.assumed_feeling,
        "owner": touchpoint.owner.email if touchpoint.owner else None,
        "review_on": _day(touchpoint.review_on),
        "bindings": [
            {part: getattr(binding, part) for part in _BINDING_PARTS} for binding in touchpoint.bindings.all()
        ],
    }


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None
