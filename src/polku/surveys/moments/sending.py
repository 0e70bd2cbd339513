"""Just before an invitation goes out: whether it still should, when, and by which ids its person is recognised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from polku.accounts.models import Workspace
from polku.eventstore.port import Condition, Selector, SignalKind
from polku.eventstore.registry import store
from polku.surveys.models import Invitation, Survey
from polku.surveys.moments.engine import LATEST, REFUSED, Outcome, Rule, postponed
from polku.surveys.moments.fatigue import ids_that_tell
from polku.surveys.moments.hours import microseconds, moment_of
from polku.surveys.moments.limits import Refusal
from polku.surveys.moments.people import Person, people_now


@dataclass(frozen=True)
class Word:
    """What is to be done with an invitation that is due.

    `skip` says why it is not sent (for `Invitation.why`), `later` when it is due instead. Where both are empty it is
    sent, unless `fatigue.note_ask(ids=…, not_within_days=…)` refuses.
    """

    ids: Sequence[str]
    not_within_days: int = 0
    skip: str = ""
    later: datetime | None = None


def words_before_sending(
    workspace: Workspace, invitations: Sequence[Invitation], *, now: datetime
) -> dict[int, Word]:
    """A word for each invitation by its primary key; `moment` and `survey` should be loaded. Asks the event store about
    people and orders, so not to be called inside a transaction."""
    numbers = {each.person_number for each in invitations if each.person_number is not None}
    people = people_now(workspace.key.hex, numbers)
    cancelled = cancelled_orders(
        workspace, {each.order for each in invitations if each.moment and each.order}
    )
    usual = ZoneInfo(workspace.timezone)
    return {
        each.pk: _word(each, people.get(each.person_number or -1), cancelled, usual, now)
        for each in invitations
    }


def reason_of(refusal: Refusal) -> str:
    """What `Invitation.why` says where a limit refused."""
    return REFUSED[refusal.why]


def cancelled_orders(workspace: Workspace, orders: Iterable[str]) -> frozenset[str]:
    """Those of the orders that are in a state which the workspace counts as cancelled or returned."""
    wanted, states = tuple(sorted(set(orders))), tuple(workspace.cancelled_states)
    if not wanted or not states:
        return frozenset()
    selector = Selector(
        kinds=(SignalKind.ORDER,),
        where=(Condition("order.id", "in", wanted), Condition("order.status", "in", states)),
    )
    rows = store().signals_between(
        workspace.key.hex, start=None, end=None, selectors=[selector], limit=len(wanted)
    )
    return frozenset(rows["order"].to_pylist())


def _word(
    invitation: Invitation, person: Person | None, cancelled: frozenset[str], usual: ZoneInfo, now: datetime
) -> Word:
    ids = ids_that_tell(
        person.ids if person else (),
        person.kinds if person else (),
        invitation.email.strip(),
        invitation.person,
    )
    moment = invitation.moment
    if moment is None:
        return Word(ids)
    survey = invitation.survey
    if not moment.is_active or moment.deleted_at or survey.deleted_at or survey.state != Survey.State.OPEN:
        return Word(ids, skip=Outcome.CLOSED)
    if microseconds(invitation.send_at) < microseconds(now) - LATEST:
        return Word(ids, skip=Outcome.TOO_LATE)
    if invitation.order in cancelled:
        return Word(ids, skip=Outcome.CANCELLED)
    rule = Rule(moment=moment.pk, hours_from=moment.hours_from, hours_to=moment.hours_to)
    later = postponed(rule, person.zone(usual) if person else usual, microseconds(now))
    return Word(ids, moment.not_within_days, later=None if later is None else moment_of(later))
