"""Whom somebody wants to ask, and who of them will not be: looked at before anything is sent.

What is found here is a forecast: the same is looked up again when each message is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.eventstore.port import Scope
from polku.eventstore.registry import store
from polku.messaging.addresses import clean_address, masked
from polku.messaging.domain import suppressed_among
from polku.people.models import Segment
from polku.people.rules import parse_rule
from polku.surveys.definition.piping import pipes_in
from polku.surveys.definition.questions import Definition
from polku.surveys.definition.wordings import metrics_of
from polku.surveys.inviting.tables import MOST_ROWS, Table, columns_of
from polku.surveys.inviting.texts import DEFAULTS, MailSettings, texts_in
from polku.surveys.models import Ask, Invitation, Survey, SurveyLink
from polku.surveys.moments.fatigue import digests_of, limits_of
from polku.surveys.moments.hours import microseconds
from polku.surveys.moments.limits import Asked, refusal
from polku.surveys.moments.people import people_now

_BETWEEN = re.compile(r"[\s,;<>]+")
_CHUNK = 500
_LONGEST = 255
_SHOWN = 8


@dataclass
class Candidate:
    """Somebody who is to be asked; `told_as` is what stood in the list."""

    email: str
    told_as: str = ""
    language: str = ""
    order: str = ""
    person: str = ""
    person_kind: str = ""
    person_number: int | None = None
    known: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    ids: Sequence[str] = ()


@dataclass(frozen=True)
class LeftOut:
    """`why`: invalid, duplicate, invited, suppressed or fatigue; some of them as examples, masked."""

    why: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Chosen:
    candidates: list[Candidate]
    left_out: list[LeftOut]
    unused_columns: tuple[str, ...] = ()


def of_text(text: str) -> list[Candidate]:
    """Addresses as people paste them: on lines, between commas, with names before them in angle brackets."""
    found = []
    for line in text.replace("\0", "").splitlines():
        parts = [part for part in _BETWEEN.split(line) if part]
        # A line with an address among words is somebody's name and address; without one it is a mistake to show.
        addresses = [part for part in parts if "@" in part]
        found += [Candidate(email=part, told_as=part) for part in addresses or parts[:1]]
    if len(found) > MOST_ROWS:
        raise ValidationError(_("At most %s people at once.") % MOST_ROWS)
    return found


def of_table(
    table: Table, *, definition: Definition, settings: MailSettings
) -> tuple[list[Candidate], tuple[str, ...]]:
    """(people, names of columns that say nothing here). Raises ValidationError."""
    columns = columns_of(table, fields=definition.fields, traits=traits_told(definition, settings))

    def cell(row: Sequence[str], place: int | None) -> str:
        return row[place].replace("\0", "").strip()[:_LONGEST] if place is not None and row[place] else ""

    found = [
        Candidate(
            email=cell(row, columns.email),
            told_as=cell(row, columns.email) or _("line %s") % line,
            language=cell(row, columns.language)[:2].casefold(),
            order=cell(row, columns.order),
            known={name: said for name, place in columns.traits.items() if (said := cell(row, place))},
            fields={name: said for name, place in columns.fields.items() if (said := cell(row, place))},
        )
        for row, line in zip(table.rows, table.lines, strict=True)
    ]
    return found, columns.unused


def of_segment(
    workspace: Workspace, segment: Segment, *, definition: Definition, settings: MailSettings
) -> list[Candidate]:
    """Everybody in the segment now; without an e-mail address they are left out as invalid. Raises QueryError,
    StoreError, and ValidationError for too many."""
    key = workspace.key.hex
    taken = store().traits(
        key, Scope(segment=parse_rule(workspace, segment.rule), timezone=workspace.timezone)
    )
    numbers = taken["person"].to_pylist()
    if len(numbers) > MOST_ROWS:
        raise ValidationError(
            _("The segment has %(people)s people; at most %(most)s can be asked at once.")
            % {"people": len(numbers), "most": MOST_ROWS}
        )
    told = traits_told(definition, settings)
    found = []
    for number, person in people_now(key, numbers).items():
        person_id, kind = person.told_by
        found.append(
            Candidate(
                email=person.email,
                told_as=person.email or person.known_as,
                language=person.language(definition.languages),
                person=person_id,
                person_kind=kind,
                person_number=number,
                known=person.known(told),
                ids=person.fatigue_ids,
            )
        )
    return found


def traits_told(definition: Definition, settings: MailSettings) -> list[str]:
    """Traits that the message tells: no others are kept with an invitation."""
    texts = [text for language in DEFAULTS for text in vars(texts_in(settings, language)).values()]
    texts += [text for question in definition.questions for text in question.text.values()]
    return list(dict.fromkeys(name for text in texts for of, name in pipes_in(text) if of == "trait"))


def choose(
    survey: Survey,
    definition: Definition,
    candidates: Iterable[Candidate],
    *,
    unused_columns: tuple[str, ...] = (),
) -> Chosen:
    """Who will be asked, and who will not and why: each is told once, by the first reason."""
    workspace = survey.workspace
    left: dict[str, list[str]] = {}
    kept: dict[str, Candidate] = {}
    for each in candidates:
        address = clean_address(each.email)
        if address is None:
            left.setdefault("invalid", []).append(each.told_as)
        elif address in kept:
            left.setdefault("duplicate", []).append(masked(address))
        else:
            each.email = address
            kept[address] = each
    for why, addresses in (
        ("invited", _invited(survey, kept)),
        ("suppressed", suppressed_among(workspace, kept)),
    ):
        for address in addresses:
            if kept.pop(address, None) is not None:
                left.setdefault(why, []).append(masked(address))
    for address in _tired(workspace, definition, kept):
        del kept[address]
        left.setdefault("fatigue", []).append(masked(address))
    return Chosen(
        candidates=list(kept.values()),
        left_out=[
            LeftOut(why, len(left[why]), tuple(left[why][:_SHOWN]))
            for why in ("invalid", "duplicate", "invited", "suppressed", "fatigue")
            if why in left
        ],
        unused_columns=unused_columns,
    )


def invitations_of(
    survey: Survey, link: SurveyLink, definition: Definition, candidates: Iterable[Candidate], send_at: Any
) -> list[Invitation]:
    """To be kept by `domain.invite_list`."""
    return [
        Invitation(
            workspace=survey.workspace,
            survey=survey,
            link=link,
            email=each.email,
            language=each.language if each.language in definition.languages else "",
            order=each.order[:_LONGEST],
            person=each.person or each.email,
            person_kind=each.person_kind or "email",
            person_number=each.person_number,
            known=each.known,
            fields=each.fields,
            touchpoint_id=survey.touchpoint_id,
            send_at=send_at,
        )
        for each in candidates
    ]


def _invited(survey: Survey, kept: Mapping[str, Candidate]) -> set[str]:
    """Who was asked by this survey's link already, or waits to be."""
    addresses, found = list(kept), set[str]()
    states = [Invitation.State.WAITING, Invitation.State.SENT, Invitation.State.DECLINED]
    with scope(workspace=survey.workspace):
        for start in range(0, len(addresses), _CHUNK):
            rows = Invitation.objects.filter(
                survey=survey, state__in=states, email__in=addresses[start : start + _CHUNK]
            ).exclude(expires_at__lt=timezone.now())
            found.update(rows.values_list("email", flat=True))
    return found


def _tired(workspace: Workspace, definition: Definition, kept: Mapping[str, Candidate]) -> list[str]:
    """Whom a fatigue limit refuses now."""
    limits, metrics, now = limits_of(workspace), metrics_of(definition), microseconds(timezone.now())
    digests = {address: digests_of(workspace, [address, *each.ids]) for address, each in kept.items()}
    wanted = list(dict.fromkeys(digest for some in digests.values() for digest in some))
    asked: dict[str, list[Asked]] = {}
    with scope(workspace=workspace):
        for start in range(0, len(wanted), _CHUNK):
            rows = Ask.objects.filter(person__in=wanted[start : start + _CHUNK])
            for digest, at, measured in rows.values_list("person", "at", "metrics"):
                asked.setdefault(digest, []).append(Asked(microseconds(at), frozenset(measured)))
    if not asked:
        return []
    return [
        address
        for address, some in digests.items()
        if refusal(
            limits, [each for digest in some for each in asked.get(digest, ())], metrics=metrics, at=now
        )
    ]
