"""What a part could become: for each kind of import, the mapping its columns allow, and the doubts in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from polku.capture.imports.options import ImportKind, ImportOptions
from polku.capture.imports.questions import TEXT, question_text
from polku.capture.imports.recognition import money
from polku.capture.imports.recognition.building import Proposal, Proposed, finish, options_of, other, unit_of
from polku.capture.imports.recognition.columns import Column
from polku.capture.imports.recognition.roles import Pick, Roles
from polku.capture.imports.recognition.scales import Measure, measure_of, parse
from polku.capture.imports.recognition.values import item_columns, value_of
from polku.capture.imports.recognition.words import POSSIBLE, PRECISE, USUAL, weight

_MOST_METRICS = 12
_MANY_SCORES = 4
"""Columns of scores from which on a table is taken as the answers to a survey; fewer are of a touchpoint each."""
_MOST_QUESTIONS = 100


def kinds_of(columns: list[Column]) -> list[tuple[int, ImportKind]]:
    """The kinds that the columns speak for, the surest first, by points."""
    roles = Roles(columns)
    event, score = roles.word("event"), _score_columns(roles)
    order, ticket, reason = roles.word("order"), roles.word("ticket"), roles.word("reason", least=POSSIBLE)
    person, address = roles.person()
    dated = bool(roles.unread()) or any(column.meaning in ("time", "day") for column in columns)
    unit = bool(person.column or order.column or ticket.column)
    points: dict[ImportKind, int] = {}
    if score and dated:
        points["scores"] = 11 if weight(score[0], "score") == PRECISE else 5
    if dated and reason.column and (ticket.column or reason.weight >= USUAL):
        points["contacts"] = (
            5 if ticket.weight == PRECISE else 2 if ticket.column else 0
        ) + 2 * reason.weight
    steps = len(roles.steps()) > 1
    if order.column:
        value = max((sure for _column, sure, _sort in roles.amount()), default=0)
        status = roles.word("status").weight
        points["orders"] = (3 if order.weight == PRECISE else 1) + (4 if value else 0) + min(status, 2)
        points["orders"] += 2 if steps else 0
    if event.column and dated and unit:
        points["events"] = 8 if event.weight == PRECISE else 5
    elif steps and unit:
        points["events"] = 6 if ticket.weight == PRECISE and "contacts" not in points else 3
    if "scores" in points and len(score) >= _MANY_SCORES:
        points["answers"] = points["scores"] + 3
    points |= money.points_of(roles)
    if person.column or address:
        points["people"] = 2 if dated else 5
    return sorted(((sure, kind) for kind, sure in points.items()), reverse=True)


def propose(kind: ImportKind, columns: list[Column], answers: Mapping[str, str]) -> Proposed:
    """The imports of a kind. `answers` hold `role:ROLE`, `scale:COLUMN` and `lines`."""
    roles = Roles(
        columns,
        answers={
            key.removeprefix("role:"): value for key, value in answers.items() if key.startswith("role:")
        },
    )
    build: dict[ImportKind, Callable[[Roles, Mapping[str, str]], Proposed]] = {
        "events": _events,
        "scores": _scores,
        "orders": _orders,
        "contacts": _contacts,
        "people": _people,
        "answers": _answers,
        "contracts": money.contracts,
        "refunds": money.refunds,
        "spend": money.spend,
    }
    return build[kind](roles, answers)


def _events(roles: Roles, answers: Mapping[str, str]) -> Proposed:
    event = roles.word("event", ask=True)
    person, address = roles.person()
    order = roles.word("order")
    unit = unit_of(roles, person, order, ("ticket", "session"))
    steps = roles.steps()
    if not event.column and len(steps) > 1 and "event" not in roles.answers:
        wide = _wide(steps)
        options = options_of(roles, used=(*steps,), person=unit, order=order.column, wide=wide)
        return finish(roles, [("events", options)], unit or order.column, (), address)
    time = roles.time("event")
    amount = [column.name for column, sure, _sort in roles.amount() if sure > 1]
    value = roles.pick("value", ((column, 1) for column in roles.columns if amount == [column.name]))
    options = options_of(
        roles,
        person=unit,
        order=order.column,
        event=event.column,
        time=time.column,
        session=other(roles.word("session").column, unit),
        value=value.column,
    )
    lacking = tuple(role for role, pick in (("event", event), ("time", time)) if not pick.column)
    return finish(roles, [("events", options)], unit or order.column, lacking, address)


def _scores(roles: Roles, answers: Mapping[str, str]) -> Proposed:
    names = _score_columns(roles)
    if roles.answers.get("score"):
        names = [roles.answers["score"]]
    person, address = roles.person()
    order = roles.word("order")
    response = roles.word("response").column
    unit = unit_of(roles, person, order, ("response",))
    time = roles.time("answer")
    comments = roles.comments(names)
    proposed: list[Proposal] = []
    scales: dict[str, Measure] = {}
    for name in names[:_MOST_METRICS]:
        column = roles.named(name)
        measure = measure_of(column, named=name == roles.answers.get("score")) if column else None
        given = parse(answers.get(f"scale:{name}", ""))
        if measure is None and given is None:
            continue
        if given is None and measure and not measure.sure:
            scales[name] = measure
        metric, low, high = given or (measure.metric, measure.low, measure.high)  # type: ignore[union-attr]
        options = options_of(
            roles,
            used=[*names, *comments[: len(names)]],
            person=unit,
            order=order.column,
            time=time.column,
            score=name,
            comment=comments[len(proposed)] if len(proposed) < len(comments) else "",
            row=response if response != unit else "",
            metric=metric,
            scale=(float(low), float(high)),
            touchpoint=name if len(names) > 1 else None,
        )
        proposed.append(("scores", options))
    lacking = (*(() if proposed else ("score",)), *(() if time.column else ("time",)))
    found = finish(roles, proposed, unit or order.column, lacking, address)
    found.scales = scales
    return found


def _answers(roles: Roles, answers: Mapping[str, str]) -> Proposed:
    """All questions at once: a score for each column of scores, and the words beside them."""
    person, address = roles.person()
    order = roles.word("order")
    response = roles.word("response").column
    unit = unit_of(roles, person, order, ("response",))
    time = roles.time("answer")
    names = _score_columns(roles)[:_MOST_QUESTIONS]
    measures = {name: measure for name in names if (measure := _measure(roles, name)) is not None}
    alike = _alike(measures)
    questions: list[str] = []
    for name, measure in measures.items():
        asked = next((first for first, group in alike.items() if name in group), name)
        given = parse(answers.get(f"scale:{name}", "")) or parse(answers.get(f"scale:{asked}", ""))
        metric, low, high = given or (measure.metric, measure.low, measure.high)
        questions.append(question_text(name, metric, (float(low), float(high))))
    scored = bool(questions)
    words = [name for name in roles.comments(names) if name not in (unit, order.column)][:_MOST_QUESTIONS]
    questions += [question_text(name, TEXT) for name in words]
    options = options_of(
        roles,
        used=[*names, *words],
        person=unit,
        order=order.column,
        time=time.column,
        row=response if response != unit else "",
        questions=tuple(questions),
    )
    lacking = (*(() if scored else ("score",)), *(() if time.column else ("time",)))
    found = finish(roles, [("answers", options)], unit or order.column, lacking, address)
    open_groups = {first: group for first, group in alike.items() if f"scale:{first}" not in answers}
    found.scales = {
        first: _common([measures[name] for name in group]) for first, group in open_groups.items()
    }
    found.alike = {first: len(group) - 1 for first, group in open_groups.items()}
    return found


def _measure(roles: Roles, name: str) -> Measure | None:
    column = roles.named(name)
    return measure_of(column) if column else None


def _alike(measures: Mapping[str, Measure]) -> dict[str, list[str]]:
    """Columns whose scale nothing tells, by the first of those that are likely on the same: one question is asked of
    all of them, because dozens nobody would answer."""
    groups: dict[object, list[str]] = {}
    for name, measure in measures.items():
        if not measure.sure:
            groups.setdefault((measure.metric, measure.low, measure.high), []).append(name)
    return {group[0]: group for group in groups.values()}


def _common(measures: list[Measure]) -> Measure:
    """The measure with the choices that all of them allow."""
    first = measures[0]
    choices = tuple(each for each in first.choices if all(each in other.choices for other in measures))
    return replace(first, choices=choices)


def _contacts(roles: Roles, answers: Mapping[str, str]) -> Proposed:
    reason = roles.word("reason", least=POSSIBLE, ask=True)
    person, address = roles.person()
    order = roles.word("order")
    ticket = roles.word("ticket").column
    unit = unit_of(roles, person, order, ("ticket", "phone"))
    time = roles.time("contact")
    text = roles.pick(
        "text",
        (
            (column, max(weight(column.name, "text"), weight(column.name, "comment") - 1))
            for column in roles.columns
            if column.meaning in ("text", "choice") and column.name != reason.column
        ),
    )
    options = options_of(
        roles,
        person=unit,
        order=order.column,
        time=time.column,
        reason=reason.column,
        text=text.column,
        row=ticket if ticket != unit else "",
    )
    lacking = tuple(role for role, pick in (("reason", reason), ("time", time)) if not pick.column)
    return finish(roles, [("contacts", options)], unit or order.column, lacking, address)


def _orders(roles: Roles, answers: Mapping[str, str]) -> Proposed:
    order = roles.word("order", ask=True)
    if "id" in roles.answers:
        order = Pick(roles.answers["id"], 9)
    person, address = roles.person()
    time = roles.time("order", needed=False)
    promised, delivered = roles.promised(), roles.delivered()
    proposed = Proposed()
    value, lines, ask_lines = value_of(roles, order.column, answers)
    proposed.lines = ask_lines
    status = roles.word("status").column
    fields: dict[str, Any] = {
        "person": person.column,
        "time": time.column,
        "value": value,
        "status": status,
        "promised": promised.column,
        "delivered": delivered.column if promised.column else "",
    }
    steps = roles.steps()
    item = item_columns(roles) if lines else ()
    options = options_of(roles, used=(*steps, *item), id=(order.column,), lines=lines, **fields)
    imports: list[Proposal] = [("orders", options)]
    if len(steps) > 1 and not lines:
        wide = ImportOptions(order=order.column, wide=_wide(steps), person=person.column or None)
        imports.append(("events", wide))
    found = finish(roles, imports, order.column, () if order.column else ("id",), address)
    if not time.column and "time" not in roles.answers and roles.unread():
        found.unread = tuple(roles.unread())
        found.imports = []
    if "time" in found.doubts and not _needs(found.doubts["time"], roles):
        del found.doubts["time"]
    found.lines = ask_lines
    return found


def _people(roles: Roles, answers: Mapping[str, str]) -> Proposed:
    person, address = roles.person()
    aliases = (address,) if address else ()
    options = options_of(roles, person=person.column, aliases=aliases)
    options = replace(options, properties=(*roles.names(person.column), *options.properties))
    return Proposed([("people", options)] if person.column else [], () if person.column else ("person",))


# ---- parts of these ---------------------------------------------------------------------------------------------


def _may_be_scores(column: Column) -> bool:
    """Numbers; what is called a sum of money only where its name says that it is a score, as `value rating` does."""
    return column.meaning in ("number", "choice") or (
        column.meaning == "money" and weight(column.name, "score") == PRECISE
    )


def _score_columns(roles: Roles) -> list[str]:
    """Columns of numbers on a scale: those whose names are sure of it, else the one that could be."""
    able = [
        (column, measure, weight(column.name, "score"))
        for column in roles.columns
        if column.usable and _may_be_scores(column) and (measure := measure_of(column))
    ]
    sure = [c.name for c, measure, heavy in able if heavy == PRECISE or (heavy and measure.sure)]
    return sure or [c.name for c, _measure, heavy in able if heavy == USUAL]


def _wide(steps: list[str]) -> tuple[str, ...]:
    return tuple(f"{column}={step_name(column)}" for column in steps)


_DATE_WORDS = re.compile(
    r"[\s_\-]*(?:\(?(?:at|on|date|time|timestamp|datetime|pvm|päivä|päivämäärä|aika|aikaleima|ajankohta|klo)\)?)$",
    re.IGNORECASE,
)


def step_name(column: str) -> str:
    """What a column of times says was done: `order_approved_at` → `Order approved`."""
    name, before = column, ""
    while name != before:
        before, name = name, _DATE_WORDS.sub("", name)
    name = " ".join(name.replace("_", " ").split()) or column.strip()
    return name[:1].upper() + name[1:]


def _needs(rivals: tuple[str, ...], roles: Roles) -> bool:
    """Whether it matters which of several columns is the order's time: not where they never differ."""
    cells = [column.cells for name in rivals if (column := roles.named(name))]
    return any(other != cells[0] for other in cells[1:]) or len(cells) < 2
