"""Nobody is asked too often: limits per person and per metric, across all surveys and all ways to ask.

Whoever asks somebody (e-mail, the web widget, a moment) notes it here first, with every id by which the person is
known: who has one id of them in common is the same person. Only keyed digests of ids are kept, so that limits hold
without a list of who was asked. To decide and to note is one step: two who would ask at once cannot both pass.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_scopes import scope, scopes_disabled

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.eventstore.streams import IdKind
from polku.surveys.models import Ask, FatigueLimit, Survey
from polku.surveys.moments.hours import microseconds
from polku.surveys.moments.limits import ANY, DEFAULT_DAYS, MOST_DAYS, Asked, Limits, Refusal, refusal

MOST_IDS = 20
"""Ids of one person that are noted; those that say most come first."""
_KEPT = timedelta(days=MOST_DAYS + 35)
_CHUNK = 500
_BY_WORTH = (IdKind.EMAIL, IdKind.USER, IdKind.LOYALTY, IdKind.PHONE, IdKind.FILE, IdKind.DEVICE)


def may_ask(
    workspace: Workspace,
    ids: Iterable[str],
    metrics: Collection[str],
    at: datetime,
    *,
    not_within_days: int = 0,
) -> Refusal | None:
    """Whether the person with these ids may be asked at `at` what measures `metrics`; None lets them. Reads only: who
    then asks must still call `note_ask`, which decides."""
    return _decide(workspace, digests_of(workspace, ids), metrics, at, not_within_days)


def note_ask(
    *,
    workspace: Workspace,
    ids: Iterable[str],
    survey: Survey | None,
    metrics: Collection[str],
    at: datetime,
    not_within_days: int = 0,
) -> Refusal | None:
    """Note that the person is asked at `at`, unless a limit refuses it: then nothing is noted and the refusal returned.

    In the caller's transaction, or one of its own. From here to its end others of the workspace who call this wait, so
    call it near the end. Somebody without any id cannot be recognised: they are never refused and nothing is noted.
    """
    digests = digests_of(workspace, ids)
    if not digests:
        return None
    with transaction.atomic(), scope(workspace=workspace):
        _take_turn(workspace)
        found = _decide(workspace, digests, metrics, at, not_within_days)
        if found is None:
            Ask.objects.bulk_create(
                Ask(workspace=workspace, person=digest, survey=survey, metrics=sorted(metrics), at=at)
                for digest in digests
            )
    return found


def ids_that_tell(ids: Sequence[str], kinds: Sequence[str], *more: str) -> list[str]:
    """A person's ids as the event store lists them (with `kinds`), those that last first, at most MOST_IDS; `more` are
    others known of them, such as the address that is written to. What lives a day tells nothing."""
    ranks = {kind.value: rank for rank, kind in enumerate(_BY_WORTH)}
    known = sorted((ranks[kind], id_) for id_, kind in zip(ids, kinds, strict=True) if kind in ranks)
    return list(dict.fromkeys([*(id_ for id_ in more if id_), *(id_ for _rank, id_ in known)]))[:MOST_IDS]


def digests_of(workspace: Workspace, ids: Iterable[str]) -> list[str]:
    """128 bits in hex for each id, keyed by the server's secret and the workspace; of e-mail addresses case does not
    count."""
    plain = (id_.strip() for id_ in ids)
    said = dict.fromkeys(id_.casefold() if "@" in id_ else id_ for id_ in plain if id_)
    salt = f"polku.surveys.asked.{workspace.key.hex}"
    return [salted_hmac(salt, id_, algorithm="sha256").hexdigest()[:32] for id_ in said]


def limits_of(workspace: Workspace) -> dict[str, int]:
    """The workspace's limits: days by metric, ANY always among them."""
    with scope(workspace=workspace):
        return {ANY: DEFAULT_DAYS} | dict(FatigueLimit.objects.values_list("metric", "days"))


def set_limits(*, workspace: Workspace, limits: Limits, actor: User | None) -> None:
    """Replace the workspace's limits, with an audit entry where they change. Metrics with 0 days are left out."""
    wanted = {ANY: limits.get(ANY, DEFAULT_DAYS)} | {metric: days for metric, days in limits.items() if days}
    with transaction.atomic(), scope(workspace=workspace):
        _take_turn(workspace)
        before = limits_of(workspace)
        if before == wanted:
            return
        FatigueLimit.objects.exclude(metric__in=wanted).delete()
        for metric, days in wanted.items():
            FatigueLimit.objects.update_or_create(workspace=workspace, metric=metric, defaults={"days": days})
        record_audit(
            workspace=workspace,
            actor=actor,
            action="fatigue_limit.updated",
            target=workspace.name,
            before=before,
            after=wanted,
        )


def erase_asks(workspace: Workspace, ids: Collection[str]) -> int:
    """Delete every note that the person was asked; how many. Who is erased may be asked anew, as anybody unknown."""
    digests, erased = digests_of(workspace, ids), 0
    with scope(workspace=workspace):
        for start in range(0, len(digests), _CHUNK):
            erased += Ask.objects.filter(person__in=digests[start : start + _CHUNK]).delete()[0]
    return erased


def forget_old_asks() -> None:
    """Daily: delete what no limit can look back to any more, in chunks."""
    too_old = timezone.now() - _KEPT
    with scopes_disabled():
        while old := list(Ask.objects.filter(at__lt=too_old).values_list("pk", flat=True)[:_CHUNK]):
            Ask.objects.filter(pk__in=old).delete()


def _take_turn(workspace: Workspace) -> None:
    """From here to the end of the transaction nobody else decides in this workspace.

    PostgreSQL locks the row of the limit that every workspace has; on SQLite the transaction is alone from its
    beginning.
    """
    FatigueLimit.objects.get_or_create(workspace=workspace, metric=ANY, defaults={"days": DEFAULT_DAYS})
    FatigueLimit.objects.select_for_update().get(workspace=workspace, metric=ANY)


def _decide(
    workspace: Workspace, digests: Sequence[str], metrics: Collection[str], at: datetime, not_within_days: int
) -> Refusal | None:
    if not digests:
        return None
    with scope(workspace=workspace):
        limits = limits_of(workspace)
        furthest = at - timedelta(days=max(not_within_days, *limits.values()))
        rows = Ask.objects.filter(person__in=digests, at__gt=furthest).values_list("at", "metrics")
        asked = [Asked(microseconds(when), frozenset(measured)) for when, measured in rows]
    return refusal(limits, asked, metrics=metrics, at=microseconds(at), not_within_days=not_within_days)
