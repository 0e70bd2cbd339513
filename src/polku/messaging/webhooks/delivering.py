"""The job that delivers what is due: each delivery claimed first, posted outside of all transactions, then marked.

A receiver may get a delivery twice (the process dies between the receiver's answer and the mark), never none: its
number stays the same, and receivers pass over what they have.
"""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.accounts.models import Workspace
from polku.jobs.queue import Interrupted, enqueue, stop_sign
from polku.jobs.registry import Progress
from polku.messaging.webhooks import client, signing
from polku.messaging.webhooks.domain import JOB, leave_waiting
from polku.messaging.webhooks.models import WebhookDelivery, WebhookEndpoint

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
RUN = uuid.uuid4().hex
"""Of this process: what another run had claimed was left behind when it died."""
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400))
"""Between the attempts of a delivery: eight in a day and a half."""
_JITTER = 0.2
"""Pauses are up to so much longer, so that those who failed together do not come back together."""
PAUSED_AFTER = timedelta(days=3)
"""How long nothing at all may arrive before an endpoint is paused."""
_TURN = 60.0
_LONGEST_WAIT = timedelta(days=1)
_State = WebhookDelivery.State


def work(workspace_id: int, payload: dict[str, Any], progress: Progress) -> None:
    """The job's handler: deliver what is due, for at most a turn."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is not None and deliver_due(workspace):
        enqueue(kind=JOB, workspace_id=workspace_id, payload={})


def look_for_due(now: Clock = timezone.now) -> None:
    """Queue the job for every workspace with a delivery whose time has come, or that a dead run had in its hands."""
    with scopes_disabled():
        waiting = WebhookDelivery.objects.filter(state=_State.QUEUED, next_at__lte=now())
        left = WebhookDelivery.objects.filter(state=_State.SENDING).exclude(claimed_by=RUN)
        found = {*waiting.order_by().values_list("workspace_id", flat=True).distinct()}
        found |= {*left.order_by().values_list("workspace_id", flat=True).distinct()}
    for workspace_id in sorted(found):
        enqueue(kind=JOB, workspace_id=workspace_id, payload={})


def deliver_due(workspace: Workspace, *, now: Clock = timezone.now, turn: float = _TURN) -> bool:
    """Deliver what is due by `now` for `turn` seconds; whether that ended before the deliveries did."""
    is_told_to_stop = stop_sign()
    ends = time.monotonic() + turn
    with scope(workspace=workspace):
        # One thread works a lane, so whatever is claimed now is in nobody's hands: a run that died had it, or this one
        # failed before it could note what became of it.
        left = WebhookDelivery.objects.filter(state=_State.SENDING)
        left.update(state=_State.QUEUED, claimed_by="")
        while time.monotonic() < ends:
            if is_told_to_stop():
                raise Interrupted
            delivery = _claim(now())
            if delivery is None:
                return False
            _deliver(delivery, now)
    return True


def _claim(now: datetime) -> WebhookDelivery | None:
    due = WebhookDelivery.objects.filter(state=_State.QUEUED, next_at__lte=now).select_related("endpoint")
    for delivery in due.order_by("next_at", "pk")[:5]:
        won = WebhookDelivery.objects.filter(pk=delivery.pk, state=_State.QUEUED).update(
            state=_State.SENDING, claimed_by=RUN
        )
        if won:
            return delivery
    return None


def _deliver(delivery: WebhookDelivery, now: Clock) -> None:
    endpoint, at = delivery.endpoint, now()
    if endpoint.deleted_at is not None:
        _note(delivery, state=_State.FAILED, why=client.Why.OFF)
        return
    nonces = [endpoint.nonce]
    if endpoint.old_nonce and endpoint.old_until and at < endpoint.old_until:
        nonces.append(endpoint.old_nonce)
    body = delivery.body.encode()
    signed = signing.signed_headers(nonces, number=delivery.number, at=at, body=body)
    headers = {**signed, "Content-Type": "application/json", "User-Agent": "Polku", "Accept": "*/*"}
    attempt = client.post(endpoint.url, body, headers)
    told = {"status": attempt.status, "why": attempt.why, "attempts": delivery.attempts + 1, "tried_at": at}
    if attempt.is_delivered:
        with transaction.atomic():
            _note(delivery, state=_State.DELIVERED, **told)
            _of(endpoint).update(failures=0, failing_since=None)
        return
    # Neither the address nor what the receiver said: both may hold what is nobody's business.
    logger.info("the webhook delivery %s failed: %s %s", delivery.pk, attempt.why, attempt.status or "")
    with transaction.atomic():
        if attempt.why == client.Why.GONE:
            _note(delivery, state=_State.FAILED, **told)
            _switch_off(endpoint, WebhookEndpoint.State.GONE)
        elif delivery.attempts >= len(PAUSES):
            _note(delivery, state=_State.FAILED, **told)
            _note_failure(endpoint, at)
        else:
            pause = _pause(delivery.attempts, attempt.wait)
            _note(delivery, state=_State.QUEUED, next_at=at + pause, **told)
            _note_failure(endpoint, at)
            _let_others_wait(endpoint, at + min(pause, PAUSES[1]))


def _pause(attempts: int, wait: int | None) -> timedelta:
    pause = PAUSES[attempts] * (1 + random.random() * _JITTER)  # noqa: S311 - to spread, not to hide
    return max(pause, min(timedelta(seconds=wait or 0), _LONGEST_WAIT))


def _note(delivery: WebhookDelivery, **fields: Any) -> None:
    """What became of an attempt, unless the delivery was taken out of our hands meanwhile."""
    WebhookDelivery.objects.filter(pk=delivery.pk, claimed_by=RUN).update(claimed_by="", **fields)


def _note_failure(endpoint: WebhookEndpoint, at: datetime) -> None:
    """Count it, and pause an endpoint that has taken nothing for days. A test tells of one that is off already."""
    endpoint.refresh_from_db(fields=["failures", "failing_since", "state"])
    since = endpoint.failing_since or at
    _of(endpoint).update(failures=endpoint.failures + 1, failing_since=since)
    if endpoint.state == WebhookEndpoint.State.ACTIVE and at - since >= PAUSED_AFTER:
        _switch_off(endpoint, WebhookEndpoint.State.FAILING)


def _switch_off(endpoint: WebhookEndpoint, state: str) -> None:
    _of(endpoint).update(state=state)
    leave_waiting(endpoint)


def _let_others_wait(endpoint: WebhookEndpoint, until: datetime) -> None:
    """While an endpoint does not answer, one delivery finds out; the rest would only hold up other endpoints."""
    WebhookDelivery.objects.filter(endpoint=endpoint, state=_State.QUEUED, next_at__lt=until).update(
        next_at=until
    )


def _of(endpoint: WebhookEndpoint) -> Any:
    return WebhookEndpoint.objects.filter(pk=endpoint.pk)
