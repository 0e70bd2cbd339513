"""Each minute: what arrived since the last look becomes invitations that wait for their time.

How far a moment has looked is kept in the transaction of the invitations that follow from it: a process killed at any
time leaves both or neither, and of two that look at once one finds that the other was there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.accounts.models import Workspace
from polku.eventstore.registry import store
from polku.jobs import queue
from polku.surveys.definition.piping import pipes_in
from polku.surveys.definition.questions import Definition, to_data
from polku.surveys.inviting.domain import invite_many
from polku.surveys.models import Invitation, Moment
from polku.surveys.moments import counting
from polku.surveys.moments.drawing import drawing_key
from polku.surveys.moments.engine import Occasion, Outcome, plan
from polku.surveys.moments.hours import microseconds, moment_of
from polku.surveys.moments.people import Person, people_of
from polku.surveys.moments.triggers import MOST_AT_ONCE, Watch, occasions, selectors_of, watch

JOB = "moments.look"
LANE = "moments"
_ROWS = 500
"""Signals in one step, and so invitations in one transaction at most, for one moment."""


def put_in_queue() -> None:
    """Every minute: have each workspace looked after with a moment that is on and has not seen all that arrived."""
    with scopes_disabled():
        moments = Moment.objects.filter(is_active=True, deleted_at=None).order_by("workspace_id")
        seen = list(moments.values_list("workspace_id", "workspace__key").annotate(up_to=Min("looked_up_to")))
    for number, key, up_to in seen:
        if store().newest_arrival(key.hex) > (up_to or 0):
            queue.enqueue(kind=JOB, workspace_id=number, payload={})


def work(workspace_id: int, payload: dict[str, Any], progress: Callable[[int, int], None]) -> None:
    """The job."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is not None:
        look(workspace, is_told_to_stop=queue.stop_sign())


def look(
    workspace: Workspace, *, now: datetime | None = None, is_told_to_stop: Callable[[], bool] = lambda: False
) -> int:
    """Look at everything that arrived; how many invitations were made. Atomic for each piece of it."""
    made = 0
    with scope(workspace=workspace):
        moments = list(
            Moment.objects.filter(is_active=True, deleted_at=None)
            .select_related("survey", "link")
            .order_by("pk")
        )
        for first in range(0, len(moments), MOST_AT_ONCE):
            made += _look_for(workspace, moments[first : first + MOST_AT_ONCE], now, is_told_to_stop)
    return made


def _look_for(
    workspace: Workspace,
    moments: Sequence[Moment],
    now: datetime | None,
    is_told_to_stop: Callable[[], bool],
) -> int:
    made, key = 0, workspace.key.hex
    newest = store().newest_arrival(key)
    watches = [watched for moment in moments if (watched := watch(moment, workspace))]
    selectors = selectors_of(watches, workspace)
    while not is_told_to_stop():
        after = min((moment.looked_up_to or 0 for moment in moments), default=newest)
        if after >= newest:
            break
        found = store().signals_after(key, after=after, selectors=selectors, limit=_ROWS)
        people = people_of(found.rows)
        usual = ZoneInfo(workspace.timezone)
        moment_now = now or timezone.now()
        piles = {moment.pk: _Pile() for moment in moments}
        for each, occasion in occasions(found.rows, watches, people, usual):
            if occasion.arrival > (each.moment.looked_up_to or 0):
                piles[each.moment.pk].add(each, occasion, workspace, moment_now)
        for moment in moments:
            made += _keep(workspace, moment, piles[moment.pk], people, found.last, moment_now)
        if found.last <= after:
            break
    return made


@dataclass
class _Pile:
    """What a step found for one moment: whom to invite (the newest occasion of each), and what became of the rest."""

    planned: dict[int, tuple[Watch, Occasion, int]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, each: Watch, occasion: Occasion, workspace: Workspace, now: datetime) -> None:
        decided = plan(each.rule, occasion, key=drawing_key(workspace), now=microseconds(now))
        if decided is None:
            return
        self.counts[counting.TRIGGERED] += 1
        if isinstance(decided, Outcome):
            self.counts[decided] += 1
            return
        before = self.planned.get(occasion.person)
        if before is not None:
            self.counts[Outcome.SUPERSEDED] += 1
        if before is None or before[1].at <= occasion.at:
            self.planned[occasion.person] = (each, occasion, decided)


def _keep(
    workspace: Workspace, moment: Moment, pile: _Pile, people: dict[int, Person], up_to: int, now: datetime
) -> int:
    """Keep a moment's step; how many were invited. Nothing is kept where another has looked, or the moment was changed,
    meanwhile."""
    before = moment.looked_up_to
    moment.looked_up_to = max(before or 0, up_to)
    with transaction.atomic():
        won = Moment.objects.filter(
            pk=moment.pk, looked_up_to=before, is_active=True, deleted_at=None
        ).update(looked_up_to=moment.looked_up_to, looked_at=now)
        if not won:
            return 0
        rows = _without_older(moment, pile, people)
        if rows:
            invite_many([_invitation(workspace, *row, people[row[1].person]) for row in rows])
        counting.add(workspace=workspace, moment=moment, counts=pile.counts, at=now)
    return len(rows)


def _without_older(
    moment: Moment, pile: _Pile, people: dict[int, Person]
) -> list[tuple[Watch, Occasion, int]]:
    """Let only the newest wait for each person: what waits and is older is skipped, what is planned and older left."""
    rows = dict(pile.planned)
    by_address = {people[number].email: number for number in rows}
    older: list[int] = []
    # What has a digest is leaving: its person counts as asked already.
    waiting = Invitation.objects.filter(moment=moment, state=Invitation.State.WAITING, digest=None)
    same = Q(person_number__in=rows) | Q(email__in=by_address)  # two may have become one person meanwhile
    for pk, number, email, happened_at in waiting.filter(same).values_list(
        "pk", "person_number", "email", "happened_at"
    ):
        person = number if number in rows else by_address.get(email)
        if person not in rows:
            continue
        if happened_at is not None and microseconds(happened_at) > rows[person][1].at:
            del rows[person]
            pile.counts[Outcome.SUPERSEDED] += 1
        else:
            older.append(pk)
    if older:
        waiting.filter(pk__in=older).update(state=Invitation.State.SKIPPED, why=Outcome.SUPERSEDED)
    return list(rows.values())


def _invitation(
    workspace: Workspace, each: Watch, occasion: Occasion, due: int, person: Person
) -> Invitation:
    moment, definition = each.moment, each.definition
    told_by, kind = person.told_by
    return Invitation(
        workspace=workspace,
        survey=moment.survey,
        link=moment.link,
        moment=moment,
        person=told_by,
        person_kind=kind,
        person_number=occasion.person,
        happened_at=moment_of(occasion.at),
        email=person.email,
        language=person.language(definition.languages),
        known=person.known(_traits_told(definition)),
        order=(occasion.order or "")[:255],
        touchpoint_id=each.selector.touchpoint or moment.survey.touchpoint_id,
        send_at=moment_of(due),
    )


def _traits_told(definition: Definition) -> list[str]:
    """Names of the traits that the survey tells or asks for in its logic: no others are kept with an invitation."""
    found: dict[str, None] = {}

    def read(data: object) -> None:
        if isinstance(data, str):
            found.update((name, None) for of, name in pipes_in(data) if of == "trait")
        elif isinstance(data, dict):
            if data.get("of") == "trait" and isinstance(data.get("name"), str):
                found[data["name"]] = None
            for part in data.values():
                read(part)
        elif isinstance(data, (list, tuple)):
            for part in data:
                read(part)

    read(to_data(definition))
    return list(found)
