"""The form of the inspection page, read: every value is checked against what was recognised of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from django.http import QueryDict

from polku.capture.domain.uploads import PartDecision
from polku.capture.imports.mapping import NOBODY, ColumnMapping, Inspection
from polku.capture.imports.options import ImportKind, ImportOptions, parse_scale
from polku.capture.imports.problems import WrongUsage
from polku.capture.imports.questions import parse_question, question_text
from polku.capture.models import UploadedPart
from polku.capture.uploads import decisions
from polku.capture.uploads.fields import ASKED, COLUMNS, MANY, METRICS, OF_SOMEBODY
from polku.capture.uploads.words import DELIMITERS, ENCODINGS

_LONGEST_TOUCHPOINT = 120
_LAST_LINE = 2_000_000_000
DATES, NUMBERS = ("time", "day"), ("number", "money")


def prefix_of(part: UploadedPart) -> str:
    return f"p{part.number}"


def read_decision(data: QueryDict, part: UploadedPart, timezone: str) -> PartDecision:
    """What the form says of one part; what it does not hold, or holds wrongly, stays as it was."""
    prefix, inspection = prefix_of(part), decisions.inspection_of(part)
    names = [column.name for column in inspection.columns]
    standing = decisions.decided(part, timezone)
    added = decisions.added_kinds(part)
    mappings = [
        (
            replace(each.mapping, options=_options(data, f"{prefix}-m{each.number}", each.mapping, names)),
            f"{prefix}-m{each.number}-chosen" in data,
        )
        for each in standing
    ]
    wanted, kind = data.get("add", "").partition(":")[::2]
    if wanted == prefix and kind in COLUMNS:
        added = [*added, cast(ImportKind, kind)]
        empty = ColumnMapping(kind=cast(ImportKind, kind), options=ImportOptions(), timezone=timezone)
        mappings.append((empty, True))
    return PartDecision(
        reading=_reading(data, prefix, part, inspection),
        answers=_answers(data, prefix, part, inspection),
        mappings=mappings,
        added=added,
        timezone=_timezone(data, prefix, standing, timezone),
        month_first=_month_first(data, prefix, inspection),
        decimal=_decimal(data, prefix, inspection),
    )


def _options(data: QueryDict, prefix: str, mapping: ColumnMapping, names: list[str]) -> ImportOptions:
    columns = set(names)
    options, given = mapping.options, cast(dict[str, Any], {})
    for role, _name in COLUMNS[mapping.kind]:
        value = data.get(f"{prefix}-{role}")
        if role == "person" and mapping.kind in OF_SOMEBODY and value in ("", NOBODY, *columns):
            given["nobody"] = value == NOBODY and NOBODY not in columns
            given["person"] = None if given["nobody"] else value or None
            continue
        if value is None or (value and value not in columns):
            continue
        if role == "id":
            given["id"] = (value,) if value else ()
        else:
            given[role] = value or None
    for name in many_of(mapping.kind):
        if f"{prefix}-{name}-shown" in data:
            given[name] = tuple(value for value in data.getlist(f"{prefix}-{name}") if value in columns)
    if given.get("nobody") and (given.get("order", options.order) or options.wide):
        given["nobody"] = False  # the order tells whose the row is
    if f"{prefix}-wide-shown" in data:
        given["wide"] = tuple(text for text in options.wide if text in data.getlist(f"{prefix}-wide"))
    if mapping.kind == "answers":
        given |= _question_options(data, prefix, options, names)
    if mapping.kind == "scores":
        given |= _score_options(data, prefix, options)
    if mapping.kind == "orders" and f"{prefix}-lines-shown" in data:
        given["lines"] = f"{prefix}-lines" in data
    return replace(options, **given)


def _score_options(data: QueryDict, prefix: str, options: ImportOptions) -> dict[str, Any]:
    given: dict[str, Any] = {}
    metric = data.get(f"{prefix}-metric", options.metric or "")
    if metric in METRICS:
        given["metric"] = metric
    try:
        text = data.get(f"{prefix}-scale", "").strip()
        given["scale"] = parse_scale(text) if text else None
    except WrongUsage:
        given["scale"] = (0.0, 0.0)  # shown as a scale that cannot be
    given["touchpoint"] = _touchpoint(data, prefix)
    return given


def _touchpoint(data: QueryDict, prefix: str) -> str | None:
    text = " ".join(data.get(f"{prefix}-touchpoint", "").replace("\0", "").split())
    return text[:_LONGEST_TOUCHPOINT] or None


def _question_options(
    data: QueryDict, prefix: str, options: ImportOptions, names: list[str]
) -> dict[str, Any]:
    """What each column was asked for: one of ASKED, "" for no question."""
    standing = {parse_question(text).column: text for text in options.questions}
    for number, name in enumerate(names):
        value = data.get(f"{prefix}-question{number}")
        if value == "":
            standing.pop(name, None)
        elif value in ASKED and value != asked_value(standing.get(name)):
            metric, _space, scale = value.partition(" ")
            standing[name] = question_text(name, metric, parse_scale(scale) if scale else None)
    ordered = sorted(standing, key=lambda name: names.index(name) if name in names else len(names))
    touchpoint = _touchpoint(data, prefix)
    return {"questions": tuple(standing[name] for name in ordered if name in names), "touchpoint": touchpoint}


def asked_value(text: str | None) -> str:
    """The key of ASKED that a question of the mapping has, or would have on a scale that ASKED lacks; "" for none."""
    if text is None:
        return ""
    question = parse_question(text)
    return (
        f"{question.metric} {question.scale[0]:g}-{question.scale[1]:g}"
        if question.scale
        else question.metric
    )


def many_of(kind: str) -> list[str]:
    """The fields of a kind that take several columns."""
    wanted = {"orders": ("properties",), "people": ("aliases", "properties"), "spend": ()}.get(
        kind, ("id", "properties")
    )
    return [name for name in MANY if name in wanted]


def _reading(
    data: QueryDict, prefix: str, part: UploadedPart, inspection: Inspection
) -> dict[str, str | int]:
    """What people said of how the part is read: only what differs from what was recognised, or was said before."""
    known = {
        "header_line": inspection.reading.header_line,
        "last_line": inspection.reading.last_line,
        "delimiter": inspection.reading.delimiter,
        "encoding": inspection.reading.encoding,
    }
    reading: dict[str, str | int] = {}
    for name, recognised in known.items():
        text = data.get(f"{prefix}-{name}")
        if text is None:
            if name in part.reading:
                reading[name] = part.reading[name]
            continue
        value = _reading_value(name, text.strip(" "))
        if value is not None and (value != recognised or part.reading.get(name) == value):
            reading[name] = value
    return reading


def _reading_value(name: str, text: str) -> str | int | None:
    if name == "delimiter":
        text = "\t" if text == "tab" else text
        return text if text in DELIMITERS else None
    if name == "encoding":
        return text if text in ENCODINGS else None
    return int(text) if text.isdecimal() and len(text) < 11 and 1 <= int(text) <= _LAST_LINE else None


def _answers(data: QueryDict, prefix: str, part: UploadedPart, inspection: Inspection) -> dict[str, str]:
    """Answers given before stay: what was settled is not asked again. A new one must be among the choices."""
    answers = dict(part.answers)
    for number, question in enumerate(inspection.questions):
        value = data.get(f"{prefix}-q{number}")  # the empty text is an answer, too: none of these
        if value is not None and value in {choice.value for choice in question.choices}:
            answers[decisions.key_of(question)] = value
    kind = data.get(f"{prefix}-kind", "")
    if kind in COLUMNS:
        answers["kind"] = kind
    return answers


def _timezone(data: QueryDict, prefix: str, standing: list[decisions.Decided], timezone: str) -> str:
    """The zone that was chosen; empty where the proposals' own is right."""
    name = data.get(f"{prefix}-timezone", "").strip()[:64]
    usual = standing[0].proposal.timezone if standing and standing[0].proposal else timezone
    return "" if name == usual else name


def _month_first(data: QueryDict, prefix: str, inspection: Inspection) -> Mapping[str, bool]:
    return {
        column.name: value == "month"
        for number, column in enumerate(inspection.columns)
        if column.meaning in DATES
        and (value := data.get(f"{prefix}-c{number}-order", "")) in ("day", "month")
    }


def _decimal(data: QueryDict, prefix: str, inspection: Inspection) -> Mapping[str, str]:
    return {
        column.name: value
        for number, column in enumerate(inspection.columns)
        if column.meaning in NUMBERS
        and (value := data.get(f"{prefix}-c{number}-decimal", "")) in ("comma", "point")
    }
