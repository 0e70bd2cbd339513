"""Who dropped out of a funnel: what they did next instead, what they share, and they themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from polku.accounts.access import allows
from polku.analytics import QueryError, resolvers, run
from polku.analytics.explore.asking import address_of
from polku.analytics.explore.funnel.steps import Step, count_words
from polku.analytics.explore.pages import Asked
from polku.eventstore.port import StoreError
from polku.site.formats import Reader

MOST_PEOPLE = 10
MOST_NEXT = 6
MOST_SHARED = 8
LEAST_NEXT = 0.005
"""What fewer did would stand there as 0 %."""


def who(asked: Asked, steps: Sequence[Step]) -> dict[str, Any] | None:
    """What the part of the page says; None where nobody is asked for. Asks a question of the kind "people"."""
    chosen = asked.form.chosen_who
    if chosen is None:
        return None
    number, outcome = chosen
    step = steps[number - 1]
    shown: dict[str, Any] = {
        "title": _("Dropped out before “%(step)s”") % {"step": step.name}
        if outcome == "dropped"
        else _("Came to “%(step)s”") % {"step": step.name},
        "closed": address_of(asked.request, asked.page, asked.form, who=None),
    }
    try:
        answer: dict[str, Any] = run(
            asked.workspace,
            _query(asked, number, outcome),
            sees_people=allows(asked.request.membership.role, "act"),
        )
    except (QueryError, StoreError) as error:
        return shown | {"problem": str(error)}
    reader = asked.reader
    return shown | {
        "reading": _reading(answer, asked.form["unit"].value(), reader),
        "next_title": _("What they did next instead") if outcome == "dropped" else _("What they did next"),
        "next": _next(answer, reader),
        "is_compared": number > 1,  # nobody drops out before the first step
        "shared": _shared(answer, reader),
        "shared_words": _("Commoner among them than among those who went on:")
        if outcome == "dropped"
        else _("Commoner among them than among those who dropped out:"),
        "tested": answer["tested"],
        "people": _people(answer, asked),
        "more": _("and %(number)s others") % {"number": reader.number(answer["total"] - MOST_PEOPLE)}
        if answer["total"] > MOST_PEOPLE
        else "",
    }


def _query(asked: Asked, number: int, outcome: str) -> dict[str, object]:
    query = asked.query
    return {
        "kind": "people",
        "funnel": {name: query[name] for name in ("steps", "window", "order", "exclude") if name in query},
        **{name: query[name] for name in ("range", "segment", "unit", "where") if name in query},
        "step": number,
        "outcome": outcome,
        "limit": MOST_PEOPLE,
    }


def _reading(answer: Mapping[str, Any], unit: str, reader: Reader) -> str:
    total = count_words(answer["total"], unit, reader)
    following = [row for row in answer["next"] if row["event"] is not None]
    nothing = next((row for row in answer["next"] if row["event"] is None), None)
    sentence = f"{total}."
    if nothing is not None and nothing["share"] >= 0.005:
        sentence += " " + _("%(share)s of them did nothing more in this period.") % {
            "share": reader.percent(nothing["share"])
        }
    if following:
        sentence += " " + _("The commonest next thing: %(event)s (%(share)s).") % {
            "event": _event(following[0]),
            "share": reader.percent(following[0]["share"]),
        }
    return sentence


def _next(answer: Mapping[str, Any], reader: Reader) -> list[dict[str, Any]]:
    following = [row for row in answer["next"] if row["event"] is not None and row["share"] >= LEAST_NEXT]
    nothing = [row for row in answer["next"] if row["event"] is None]
    return [
        {
            "name": _event(row) if row["event"] is not None else _("nothing in this period"),
            "is_nothing": row["event"] is None,
            "share": reader.percent(row["share"]),
            "width": f"{100 * row['share']:.1f}%",
        }
        for row in (*following[:MOST_NEXT], *nothing)
    ]


def _event(row: Mapping[str, Any]) -> str:
    if row["kind"] == "score":
        return _("answered a survey (%(name)s)") % {"name": row["event"]}
    if row["kind"] == "contact":
        return _("contacted us (%(name)s)") % {"name": row["event"]}
    return resolvers.words().event(row["event"])


def _shared(answer: Mapping[str, Any], reader: Reader) -> list[dict[str, str]]:
    words = resolvers.words()
    told: dict[str, dict[str, str]] = {}
    for row in answer["shared"]:
        # A thing known of people and of their signals alike is told once, by the larger difference.
        name = f"{_capital(words.property(row['property']))}: {words.value(row['property'], row['value'])}"
        if row["clear"] and name not in told:
            told[name] = {
                "name": name,
                "inside": reader.percent(row["inside_share"]),
                "outside": _("others %(share)s") % {"share": reader.percent(row["outside_share"])},
            }
    return list(told.values())[:MOST_SHARED]


def _people(answer: Mapping[str, Any], asked: Asked) -> list[dict[str, str]]:
    reader = asked.reader
    numbers = [row["person"] for row in answer["people"]]
    names = resolvers.names_of_people(asked.workspace, numbers) if numbers else {}
    shown = []
    for row in answer["people"]:
        moment = reader.local(dt.datetime.fromisoformat(row["time"]))
        shown.append(
            {
                "name": names.get(row["person"]) or _("Customer %s") % row["person"],
                "address": resolvers.person_address(asked.workspace, row["person"]),
                "when": f"{reader.day(moment.date())} {reader.clock(moment)}",
            }
        )
    return shown


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
