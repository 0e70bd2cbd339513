"""Endpoints are made, changed and taken away, and news queued for them. Each write is a transaction with its audit
entry; the network is asked by `delivering`, never here."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.jobs.queue import enqueue
from polku.messaging.webhooks import registry, signing
from polku.messaging.webhooks.addresses import NotAllowed, target_of
from polku.messaging.webhooks.models import WebhookDelivery, WebhookEndpoint
from polku.messaging.webhooks.words import why_in_words

JOB = "webhooks.deliver"
MOST_ENDPOINTS = 20
OLD_SECRET_LASTS = timedelta(days=1)
_LARGEST = 256_000  # bytes of a body
_State = WebhookEndpoint.State


def send(*, workspace: Workspace, type: str, data: Mapping[str, Any]) -> None:
    """Queue `data` for each active endpoint that wants `type`, in the caller's transaction; see the room's `send`."""
    if not registry.is_known(type):
        raise ValueError(f"nobody registered the webhook type {type}")
    with scope(workspace=workspace):
        wanting = WebhookEndpoint.objects.filter(state=_State.ACTIVE, deleted_at=None)
        _queue(workspace, [each for each in wanting if type in each.types], type, data)


def send_test(*, endpoint: WebhookEndpoint, actor: User | None) -> WebhookDelivery:
    """Queue a test for an endpoint, whether it is active or not."""
    with scope(workspace=endpoint.workspace), transaction.atomic():
        data = {"workspace": endpoint.workspace.name, "text": _("This is a test from Polku.")}
        (made,) = _queue(endpoint.workspace, [endpoint], registry.TEST, data)
        _audit(endpoint, actor, "sent")
    return made


def _queue(
    workspace: Workspace, endpoints: Iterable[WebhookEndpoint], type: str, data: Mapping[str, Any]
) -> list[WebhookDelivery]:
    now = timezone.now()
    document = {"type": type, "timestamp": now.isoformat().replace("+00:00", "Z"), "data": data}
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if len(body.encode()) > _LARGEST:
        raise ValueError("the data of a webhook has more than 256 kB")
    made = [
        WebhookDelivery(
            workspace=workspace,
            endpoint=endpoint,
            number=f"msg_{secrets.token_hex(16)}",
            type=type,
            body=body,
            next_at=now,
            created_at=now,
        )
        for endpoint in endpoints
    ]
    if made:
        WebhookDelivery.objects.bulk_create(made)
        enqueue(kind=JOB, workspace_id=workspace.pk, payload={})
    return made


def create_endpoint(
    *, workspace: Workspace, url: str, types: Iterable[str], actor: User | None
) -> WebhookEndpoint:
    """A new endpoint, active at once. Raises ValidationError for an address that webhooks never go to."""
    wanted = _checked(url, types)
    with scope(workspace=workspace), transaction.atomic():
        if WebhookEndpoint.objects.filter(deleted_at=None).count() >= MOST_ENDPOINTS:
            raise ValidationError(_("There are %s webhooks already. Delete one first.") % MOST_ENDPOINTS)
        made = WebhookEndpoint.objects.create(
            workspace=workspace, url=url, types=wanted, nonce=signing.new_nonce(), created_by=actor
        )
        _audit(made, actor, "created")
    return made


def change_endpoint(*, endpoint: WebhookEndpoint, url: str, types: Iterable[str], actor: User | None) -> None:
    """Another address, other types. Raises ValidationError as `create_endpoint`."""
    wanted = _checked(url, types)
    with scope(workspace=endpoint.workspace), transaction.atomic():
        endpoint.url, endpoint.types = url, wanted
        endpoint.save(update_fields=["url", "types"])
        _audit(endpoint, actor, "updated")


def switch_endpoint(*, endpoint: WebhookEndpoint, on: bool, actor: User | None) -> None:
    """Switch it off, or on again whatever it was paused for. What waits for it when it is switched off is left."""
    with scope(workspace=endpoint.workspace), transaction.atomic():
        endpoint.state = _State.ACTIVE if on else _State.OFF
        endpoint.failures, endpoint.failing_since = 0, None
        endpoint.save(update_fields=["state", "failures", "failing_since"])
        if not on:
            leave_waiting(endpoint)
        _audit(endpoint, actor, "switched_on" if on else "switched_off")


def leave_waiting(endpoint: WebhookEndpoint) -> None:
    """Try nothing of what waits for the endpoint, in the caller's transaction; by hand it can be sent again."""
    WebhookDelivery.objects.filter(endpoint=endpoint, state=WebhookDelivery.State.QUEUED).update(
        state=WebhookDelivery.State.FAILED, why="off"
    )


def rotate_secret(*, endpoint: WebhookEndpoint, actor: User | None) -> datetime:
    """A new secret, by which everything is signed from now on; the old one signs as well for a day. Returns until
    when."""
    until = timezone.now() + OLD_SECRET_LASTS
    with scope(workspace=endpoint.workspace), transaction.atomic():
        endpoint.old_nonce, endpoint.old_until = endpoint.nonce, until
        endpoint.nonce = signing.new_nonce()
        endpoint.save(update_fields=["nonce", "old_nonce", "old_until"])
        _audit(endpoint, actor, "updated")
    return until


def delete_endpoint(*, endpoint: WebhookEndpoint, actor: User | None) -> dict[str, Any]:
    """Put it aside for a day; what `restore_endpoint` takes."""
    with scope(workspace=endpoint.workspace), transaction.atomic():
        endpoint.deleted_at = timezone.now()
        endpoint.save(update_fields=["deleted_at"])
        leave_waiting(endpoint)
        _audit(endpoint, actor, "deleted")
    return {"endpoint": endpoint.pk}


def restore_endpoint(
    *, workspace: Workspace, kept: Mapping[str, Any], actor: User | None
) -> WebhookEndpoint | None:
    """Bring it back as it was; None where it is gone for good or was back already."""
    with scope(workspace=workspace), transaction.atomic():
        found = WebhookEndpoint.objects.filter(pk=kept["endpoint"]).exclude(deleted_at=None).first()
        if found is not None:
            found.deleted_at = None
            found.save(update_fields=["deleted_at"])
            _audit(found, actor, "restored")
    return found


def redeliver(*, delivery: WebhookDelivery, actor: User | None) -> None:
    """Send the same news once more, under its number, so that a receiver who has it knows; with all its retries."""
    with scope(workspace=delivery.workspace), transaction.atomic():
        now = timezone.now()
        ended = (WebhookDelivery.State.DELIVERED, WebhookDelivery.State.FAILED)
        again = WebhookDelivery.objects.filter(pk=delivery.pk, state__in=ended).update(
            state=WebhookDelivery.State.QUEUED, attempts=0, why="", status=None, next_at=now
        )
        if again:
            enqueue(kind=JOB, workspace_id=delivery.workspace_id, payload={})
            _audit(delivery.endpoint, actor, "sent")


def _checked(url: str, types: Iterable[str]) -> list[str]:
    wanted = sorted({each for each in types if registry.is_known(each)})
    try:
        target_of(url)
    except NotAllowed as refusal:
        raise ValidationError({"url": why_in_words(refusal.why)}) from refusal
    if not wanted:
        raise ValidationError({"types": _("Choose at least one kind of news.")})
    return wanted


def _audit(endpoint: WebhookEndpoint, actor: User | None, verb: str) -> None:
    target = endpoint.url.partition("?")[0]  # a query may hold a password of the receiver's
    record_audit(workspace=endpoint.workspace, actor=actor, action=f"webhook.{verb}", target=target)
