"""What a part could become: for each kind of import, the mapping its columns allow, and the doubts in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from polku.capture.imports.options import ImportKind, ImportOptions
from polku.capture.imports.recognition.columns import Column
from polku.capture.imports.recognition.roles import Pick, Roles
from polku.capture.imports.recognition.scales import Measure, measure_of, parse
from polku.capture.imports.recognition.values import item_columns, value_of
from polku.capture.imports.recognition.words import POSSIBLE, PRECISE, USUAL, weight

Proposal = tuple[ImportKind, ImportOptions]
_MOST_METRICS = 12


@dataclass
class Proposed:
    """Imports of one kind. `lacking` are roles without which it cannot be; `doubts` roles with several columns that
    would do as well; `scales` the columns of scores whose scale nothing tells; `lines` whether to ask if rows are
    order lines, with what to suggest; `unread` columns that are called times but cannot be read as such, for want of
    which there is no import."""

    imports: list[Proposal] = field(default_factory=list)
    lacking: tuple[str, ...] = ()
    doubts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scales: dict[str, Measure] = field(default_factory=dict)
    lines: str = ""
    unread: tuple[str, ...] = ()


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
    }
    return build[kind](roles, answers)


def _events(roles: Roles, answers: Mapping[str, str]) -> Proposed:
    event = roles.word("event", ask=True)
    person, address = roles.person()
    order = roles.word("order")
    unit = _unit(roles, person, order, ("ticket", "session"))
    steps = roles.steps()
    if not event.column and len(steps) > 1 and "event" not in roles.answers:
        wide = _wide(steps)
        options = _options(roles, used=(*steps,), person=unit, order=order.column, wide=wide)
        return _finish(roles, [("events", options)], unit or order.column, (), address)
    time = roles.time("event")
    amount = [column.name for column, sure, _sort in roles.amount() if sure > 1]
    value = roles.pick("value", ((column, 1) for column in roles.columns if amount == [column.name]))
    options = _options(
        roles,
        person=unit,
        order=order.column,
        event=event.column,
        time=time.column,
        session=_other(roles.word("session").column, unit),
        value=value.column,
    )
    lacking = tuple(role for role, pick in (("event", event), ("time", time)) if not pick.column)
    return _finish(roles, [("events", options)], unit or order.column, lacking, address)


def _scores(roles: Roles, answers: Mapping[str, str]) -> Proposed:
    names = _score_columns(roles)
    if roles.answers.get("score"):
        names = [roles.answers["score"]]
    person, address = roles.person()
    order = roles.word("order")
    response = roles.word("response").column
    unit = _unit(roles, person, order, ("response",))
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
        options = _options(
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
    found = _finish(roles, proposed, unit or order.column, lacking, address)
    found.scales = scales
    return found


def _contacts(roles: Roles, answers: Mapping[str, str]) -> Proposed:
    reason = roles.word("reason", least=POSSIBLE, ask=True)
    person, address = roles.person()
    order = roles.word("order")
    ticket = roles.word("ticket").column
    unit = _unit(roles, person, order, ("ticket", "phone"))
    time = roles.time("contact")
    text = roles.pick(
        "text",
        (
            (column, max(weight(column.name, "text"), weight(column.name, "comment") - 1))
            for column in roles.columns
            if column.meaning in ("text", "choice") and column.name != reason.column
        ),
    )
    options = _options(
        roles,
        person=unit,
        order=order.column,
        time=time.column,
        reason=reason.column,
        text=text.column,
        row=ticket if ticket != unit else "",
    )
    lacking = tuple(role for role, pick in (("reason", reason), ("time", time)) if not pick.column)
    return _finish(roles, [("contacts", options)], unit or order.column, lacking, address)


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
    options = _options(roles, used=(*steps, *item), id=(order.column,), lines=lines, **fields)
    imports: list[Proposal] = [("orders", options)]
    if len(steps) > 1 and not lines:
        wide = ImportOptions(order=order.column, wide=_wide(steps), person=person.column or None)
        imports.append(("events", wide))
    found = _finish(roles, imports, order.column, () if order.column else ("id",), address)
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
    options = _options(roles, person=person.column, aliases=aliases)
    options = replace(options, properties=(*roles.names(person.column), *options.properties))
    return Proposed([("people", options)] if person.column else [], () if person.column else ("person",))


# ---- parts of these ---------------------------------------------------------------------------------------------


def _score_columns(roles: Roles) -> list[str]:
    """Columns of numbers on a scale: those whose names are sure of it, else the one that could be."""
    able = [
        (column, measure, weight(column.name, "score"))
        for column in roles.columns
        if column.usable and column.meaning in ("number", "choice") and (measure := measure_of(column))
    ]
    sure = [c.name for c, measure, heavy in able if heavy == PRECISE or (heavy and measure.sure)]
    return sure or [c.name for c, _measure, heavy in able if heavy == USUAL]


def _unit(roles: Roles, person: Pick, order: Pick, instead: tuple[str, ...]) -> str:
    """Whose row it is; where neither person nor order tells, the case itself stands for somebody."""
    if person.column or order.column or "person" in roles.answers:
        return person.column
    return next((pick.column for role in instead if (pick := roles.word(role)).column), "")


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


def _other(column: str, taken: str) -> str:
    return column if column != taken else ""


def _options(
    roles: Roles, *, used: tuple[str, ...] | list[str] = (), row: str = "", **given: Any
) -> ImportOptions:
    """Options of what was found ("" is nothing), with channel, address and properties."""
    fields = {name: value for name, value in given.items() if value not in ("", None, ())}
    if roles.nobody and not {"person", "order", "wide"} & fields.keys():
        fields["nobody"] = True
    for role in ("channel", "url"):
        column = roles.word(role).column
        if column and column not in fields.values():
            fields[role] = column
    if row and "id" not in fields:
        units = [str(fields[role]) for role in ("order", "person") if role in fields]
        if units and _is_unique(roles, (row, units[0])):
            fields["id"] = (row, units[0])
    taken = [*used, *(str(value) for value in fields.values() if isinstance(value, str)), *_flat(fields)]
    return ImportOptions(**fields, properties=roles.properties(taken))


def _flat(fields: Mapping[str, Any]) -> list[str]:
    return [name for role in ("id", "aliases") for name in fields.get(role, ()) if isinstance(name, str)]


def _is_unique(roles: Roles, names: tuple[str, ...]) -> bool:
    columns = [column for name in names if (column := roles.named(name))]
    keys = [
        tuple(cell.strip() for cell in row) for row in zip(*(column.cells for column in columns), strict=True)
    ]
    return all(any(key) for key in keys) and len(set(keys)) == len(keys)


def _finish(
    roles: Roles, imports: list[Proposal], unit: str, lacking: tuple[str, ...], address: str
) -> Proposed:
    """With the people whom the same rows name: a number and an address on one row are one person, and what they are
    called is what people look for."""
    missing = (*lacking, *(() if unit or roles.nobody else ("person",)))
    if not missing and imports and imports[0][1].person:
        options = imports[0][1]
        person, aliases = str(options.person), (address,) if address else ()
        used = options.roles().values()
        of_products = options.lines or imports[0][0] == "events"
        is_somebody = person == roles.person()[0].column
        names = roles.names(person, of_products=of_products) if is_somebody else ()
        names = tuple(name for name in names if name not in used)
        if aliases or names:
            people = ImportOptions(person=person, aliases=aliases, properties=names)
            imports = [*imports, ("people", people)]
    doubts = {role: rivals for role, rivals in roles.doubts.items() if role not in roles.answers}
    unread = tuple(roles.unread()) if "time" in lacking and "time" not in doubts else ()
    return Proposed([] if missing else imports, missing, doubts, unread=unread)
