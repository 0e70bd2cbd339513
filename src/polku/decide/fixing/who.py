"""Who meets a pain: how many, what they did next, and, for whoever may see customers one by one, they themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.analytics import QueryError, resolvers, run
from polku.decide.fixing.reading import Listed, Record, range_of
from polku.eventstore.port import StoreError
from polku.site.formats import Reader

_MOST_PEOPLE = 10
_MOST_NEXT = 5
_LEAST_NEXT = 0.005
"""What fewer did would stand there as 0 %."""


@dataclass(frozen=True)
class Who:
    """`next` are (name, share, width of a bar); `people` (name, address, day of coming last), empty for whoever may not
    see them. `problem` says why there is no answer."""

    total: str = ""
    next: Sequence[tuple[str, str, str]] = ()
    people: Sequence[tuple[str, str, str]] = ()
    more: str = ""
    problem: str = ""


def who_meets(listed: Listed, row: Record, *, sees_people: bool) -> Who:
    """Those of the row's unit who came to its touchpoint in the list's period; asks a question of the kind "people"."""
    workspace, reader = listed.journey.workspace, listed.reader
    step: dict[str, Any] = {"touchpoint": row["touchpoint"]["id"]}
    if row["people"]:
        step["where"] = [row["people"]]
    query: dict[str, object] = {
        "kind": "people",
        "funnel": {"steps": [step]},
        "step": 1,
        "outcome": "reached",
        "limit": _MOST_PEOPLE,
    }
    if period := range_of(listed.document):
        query["range"] = period
    try:
        answer: dict[str, Any] = run(workspace, query, sees_people=sees_people)
    except (QueryError, StoreError) as error:
        return Who(problem=str(error))
    more = answer["total"] - len(answer["people"])
    return Who(
        total=ngettext("%(people)s person came here", "%(people)s people came here", answer["total"])
        % {"people": reader.number(answer["total"])},
        next=[_next(each, reader) for each in answer["next"][:_MOST_NEXT] if each["share"] >= _LEAST_NEXT],
        people=_people(listed, answer["people"]),
        more=_("and %(number)s others") % {"number": reader.number(more)}
        if answer["people"] and more
        else "",
    )


def _next(row: Record, reader: Reader) -> tuple[str, str, str]:
    name = row["event"] if row["event"] is not None else _("nothing any more")
    return name, reader.percent(row["share"]), f"{100 * row['share']:.1f}%"


def _people(listed: Listed, rows: Sequence[Record]) -> list[tuple[str, str, str]]:
    workspace, reader = listed.journey.workspace, listed.reader
    names = resolvers.names_of_people(workspace, [row["person"] for row in rows]) if rows else {}
    found = []
    for row in rows:
        moment = reader.local(dt.datetime.fromisoformat(row["time"]))
        found.append(
            (
                names.get(row["person"]) or _("Customer %s") % row["person"],
                resolvers.person_address(workspace, row["person"]),
                reader.day(moment.date(), year=True),
            )
        )
    return found
