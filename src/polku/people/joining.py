"""Joining customers of different sources by a key: what is proposed, deciding about it, and what is joined since.

Nothing is ever joined by a key that nobody accepted. An accepted one joins again after each import.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import AuditEntry, User, Workspace
from polku.eventstore.joining_keys import JoiningKey, KeyExample, KeyFound, KeySort, sort_of
from polku.eventstore.port import StoreError
from polku.eventstore.registry import hit_rules, store
from polku.people import timeline_sources
from polku.people.models import JoinRule
from polku.people.sentences import kind_plural
from polku.site.formats import Reader

logger = logging.getLogger(__name__)
_SHOWN_EXAMPLES = 5
_NOT_ASKED_AGAIN = 600.0  # seconds
_asked_at: dict[str, float] = {}
"""When each workspace was last asked for keys by `is_decided`."""


@dataclass(frozen=True)
class ShownKey:
    """A key as the page shows it. `title` says what it is, `where` in what it stands; `examples` only for who may see
    customers one by one. `rule` is the decision about it, None before there is one."""

    key: JoiningKey
    title: str
    where: str
    sentence: str
    details: Sequence[str]
    examples: Sequence[KeyExample]
    joins: int
    rule: JoinRule | None


@dataclass(frozen=True)
class Keys:
    """`proposed` nobody decided about; `accepted` join now and after each import; `declined` are not proposed."""

    proposed: Sequence[ShownKey]
    accepted: Sequence[ShownKey]
    declined: Sequence[ShownKey]


# ---- reading ------------------------------------------------------------------------------------------------------


def keys(workspace: Workspace, reader: Reader, *, with_examples: bool) -> Keys:
    """What the data holds by which people could be joined. Raises StoreError where the question takes too long."""
    found = store().joining_keys(workspace.key.hex)
    with scope(workspace=workspace):
        rules = {_key_of(rule): rule for rule in JoinRule.objects.all()}
    names = timeline_sources.source_names(workspace)

    def shown(each: KeyFound) -> ShownKey:
        is_open = each.key not in rules
        wanted = with_examples and is_open and each.joins
        return ShownKey(
            key=each.key,
            title=_title(each.sort),
            where=_where(each.key, names),
            sentence=_sentence(each, reader),
            details=_details(each, reader),
            examples=store().joining_examples(workspace.key.hex, each.key, limit=_SHOWN_EXAMPLES)
            if wanted
            else (),
            joins=each.joins,
            rule=rules.get(each.key),
        )

    def of(state: str | None) -> list[ShownKey]:
        chosen = (each for each in found if (rules[each.key].state if each.key in rules else None) == state)
        return [shown(each) for each in chosen if state is not None or each.joins]

    return Keys(of(None), of(JoinRule.State.ACCEPTED), of(JoinRule.State.DECLINED))


def is_decided(workspace: Workspace) -> bool:
    """Whether somebody decided about a key, or two kinds of data are here and there is nothing to decide.

    Pages with the list of first steps ask this each time they are opened, and to look for keys reads all signals: where
    something was to decide, that is believed for some minutes.
    """
    with scope(workspace=workspace):
        if JoinRule.objects.exists():
            return True
    key = workspace.key.hex
    if len({state.origin for state in store().sources(key) if state.accepted}) < 2:
        return False
    now = time.monotonic()
    if now - _asked_at.get(key, -_NOT_ASKED_AGAIN) < _NOT_ASKED_AGAIN:
        return False
    _asked_at[key] = (
        now  # first, because a question that takes too long must not be asked by every page either
    )
    return not any(each.joins for each in store().joining_keys(key))


def _key_of(rule: JoinRule) -> JoiningKey:
    return JoiningKey(rule.carrier, rule.property, rule.origin, rule.kind)  # type: ignore[arg-type]


def _title(sort: KeySort) -> str:
    return {
        "email": _("E-mail address"),
        "phone": _("Phone number"),
        "loyalty": _("Loyalty card"),
        "customer": _("Customer number"),
        "order": _("Order number"),
    }[sort]


def _where(key: JoiningKey, names: Mapping[str, str]) -> str:
    if key.carrier == "order":
        return _("“%(property)s” of orders") % {"property": key.property}
    if key.carrier == "person":
        return _("“%(property)s” of customers") % {"property": key.property}
    source = names.get(key.origin, key.origin)
    whole = f"{kind_plural(key.kind)} ({source})" if source else kind_plural(key.kind)
    if key.carrier == "named_order":
        return _("the order that is named: %(source)s") % {"source": whole}
    return _("“%(property)s”: %(source)s") % {"property": key.property, "source": whole}


def _sentence(found: KeyFound, reader: Reader) -> str:
    if not found.joins:
        return _("Nobody new to join.")
    return ngettext(
        "%(joins)s customer would become one with the same customer elsewhere: %(share)s of %(carriers)s who have it.",
        "%(joins)s customers would become one with the same customer elsewhere: %(share)s of %(carriers)s who have it.",
        found.joins,
    ) % {
        "joins": reader.number(found.joins),
        "share": reader.percent(found.joins / found.carriers),
        "carriers": reader.number(found.carriers),
    }


def _details(found: KeyFound, reader: Reader) -> list[str]:
    said = []
    if found.already:
        said.append(_("%(count)s are known by it already") % {"count": reader.number(found.already)})
    if found.nobody:
        said.append(_("%(count)s are known to nobody else") % {"count": reader.number(found.nobody)})
    if found.doubtful:
        said.append(
            _("%(count)s are doubtful and stay apart: several share the value, or it leads to several")
            % {"count": reader.number(found.doubtful)}
        )
    return said


# ---- deciding -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decided:
    """`joined` people became one with another at `at`."""

    joined: int
    at: datetime | None


def accept_key(*, workspace: Workspace, key: JoiningKey, actor: User | None) -> Decided:
    """Join by the key, now and after each import.

    The rule is written first, with its audit entry, then one transaction of the store joins: a crash in between
    leaves an accepted key by which the next import joins, never people joined by a key that nobody finds. Raises
    ValueError for what is no key; StoreError where the store is busy: what was decided before holds again then.
    """
    _check(key)
    identifier = workspace.key.hex
    with scope(workspace=workspace):
        before = JoinRule.objects.filter(**asdict(key)).values_list("state", flat=True).first()
    entry = _decide(workspace, key, JoinRule.State.ACCEPTED, actor)
    try:
        joined, at = store().join_by_key(identifier, key, rules=hit_rules(identifier))
    except StoreError:
        if before is None:
            stop_key(workspace=workspace, key=key, actor=actor)
        elif before == JoinRule.State.DECLINED:
            decline_key(workspace=workspace, key=key, actor=actor)
        raise
    with scope(workspace=workspace):
        AuditEntry.objects.filter(pk=entry.pk).update(details={"joined": joined})
    return Decided(joined, at)


def decline_key(*, workspace: Workspace, key: JoiningKey, actor: User | None) -> None:
    """Propose the key no more. One transaction with its audit entry. Raises ValueError for what is no key."""
    _check(key)
    _decide(workspace, key, JoinRule.State.DECLINED, actor)


def stop_key(*, workspace: Workspace, key: JoiningKey, actor: User | None) -> None:
    """Decide nothing about the key any more: whom it joined stay one. One transaction with its audit entry."""
    with scope(workspace=workspace), transaction.atomic():
        gone, _by_model = JoinRule.objects.filter(**asdict(key)).delete()
        if gone:
            _audit(workspace, key, "deleted", actor)


def take_back_key(*, workspace: Workspace, key: JoiningKey, at: datetime, actor: User | None) -> int:
    """Undo `accept_key`: how many are people of their own again. One transaction of the store, then the rule's.

    Only those part whom the acceptance itself joined (`at`). Whom imports joined by the key since then stay one: each
    can be separated on their own page.
    """
    identifier = workspace.key.hex
    parted = store().part_again(identifier, at, rules=hit_rules(identifier))
    stop_key(workspace=workspace, key=key, actor=actor)
    return parted


def join_by_accepted_keys(workspace: Workspace) -> int:
    """Join whom accepted keys join by now; called after each import, which has succeeded already and must not fail
    by this. Returns how many people were joined."""
    with scope(workspace=workspace):
        rules = list(JoinRule.objects.filter(state=JoinRule.State.ACCEPTED))
    identifier, joined = workspace.key.hex, 0
    for rule in rules:
        try:
            joined += store().join_by_key(identifier, _key_of(rule), rules=hit_rules(identifier))[0]
        except StoreError:
            logger.warning("joining by an accepted key waits for the next import", exc_info=True)
    return joined


def describe_key(key: JoiningKey) -> str:
    """The key in a few words, for messages."""
    sort: KeySort = "order" if key.carrier == "named_order" else sort_of(key.property) or "customer"
    title = _title(sort)
    return f"{title} ({key.property})" if key.property else title


def _check(key: JoiningKey) -> None:
    if key.carrier != "named_order" and sort_of(key.property) is None:
        raise ValueError("this is no key")


def _decide(workspace: Workspace, key: JoiningKey, state: str, actor: User | None) -> AuditEntry:
    with scope(workspace=workspace), transaction.atomic():
        JoinRule.objects.update_or_create(
            workspace=workspace, **asdict(key), defaults={"state": state, "decided_by": actor}
        )
        return _audit(workspace, key, "created" if state == JoinRule.State.ACCEPTED else "dismissed", actor)


def _audit(workspace: Workspace, key: JoiningKey, verb: str, actor: User | None) -> AuditEntry:
    return record_audit(
        workspace=workspace, actor=actor, action=f"join_rule.{verb}", target=describe_key(key)
    )
