"""What the pages of uploads show, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from polku.capture.imports.mapping import (
    NOBODY,
    Choice,
    ColumnMapping,
    Inspection,
    Question,
    RecognisedColumn,
)
from polku.capture.imports.options import DEFAULT_SCALES
from polku.capture.imports.questions import parse_question
from polku.capture.imports.recognition.asking import delimiter_name, nobody_name
from polku.capture.models import Upload, UploadedPart
from polku.capture.uploads import decisions, words
from polku.capture.uploads.fields import (
    ASKED,
    COLUMNS,
    KIND_EXPLANATIONS,
    KINDS,
    MANY,
    METRICS,
    OF_SOMEBODY,
    Lacking,
    lacking,
)
from polku.capture.uploads.forms import DATES, NUMBERS, asked_value, many_of, prefix_of

_SHOWN_ROWS = 8
_LONGEST_CELL = 200
_MOST_QUESTIONS = 200
_MAY_BE_ASKED = ("number", "choice", "text", "empty", "money")


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Field:
    """A choice of one column; `problem` says what is wrong with it."""

    name: str
    label: str
    options: list[Option]
    problem: str
    is_used: bool


@dataclass(frozen=True)
class Ticks:
    """A choice of several columns."""

    name: str
    label: str
    options: list[Option]
    count: int


@dataclass(frozen=True)
class MappingShown:
    prefix: str
    kind: str
    label: str
    explanation: str
    is_chosen: bool
    is_added: bool
    fields: list[Field]
    spare: list[Field]
    questions: list[Field]
    question_problem: str
    ticks: list[Ticks]
    wide: Ticks | None
    metrics: list[Option]
    metric_problem: str
    scale: str
    tells_scale: bool
    scale_problem: str
    usual_scale: str
    touchpoint: str
    lines: bool
    is_lacking: bool
    uses: list[tuple[str, str]]


@dataclass(frozen=True)
class QuestionShown:
    name: str
    text: str
    column: str
    options: list[Option]
    is_open: bool


@dataclass(frozen=True)
class ColumnShown:
    """A column of the preview: what it looks like, how it is written, and what becomes of it."""

    name: str
    meaning: str
    form: str
    uses: list[str]
    order_field: str
    orders: list[Option]
    decimal_field: str
    decimals: list[Option]


@dataclass(frozen=True)
class PartShown:
    prefix: str
    version: str
    name: str
    size: int | None
    preset: str
    notes: Sequence[str]
    is_remembered: bool
    questions: list[QuestionShown]
    mappings: list[MappingShown]
    addable: list[Option]
    columns: list[ColumnShown]
    rows: list[tuple[int, list[str]]]
    facts: list[tuple[str, str]]
    reading: Any
    delimiters: list[Option]
    encodings: list[Option]
    timezone: str
    is_text: bool


def part_shown(part: UploadedPart, upload: Upload, remembered: set[str], *, marks: bool) -> PartShown:
    """One part with its form. `marks`: say what is lacking beside each field, once somebody tried to import."""
    inspection = decisions.inspection_of(part)
    zone = upload.workspace.timezone
    standing = decisions.decided(part, zone)
    chosen = [each.mapping for each in standing if each.is_chosen]
    presets = {each.mapping.preset for each in standing if each.mapping.preset}
    names = words.preset_names() if presets else {}
    prefix = prefix_of(part)
    rows = [
        (line, [cell[:_LONGEST_CELL] for cell in row])
        for line, row in zip(inspection.row_lines[:_SHOWN_ROWS], inspection.rows, strict=False)
    ]
    timezone = standing[0].mapping.timezone if standing else zone
    return PartShown(
        prefix=prefix,
        version=decisions.version_of(part),
        name=words.part_name(inspection),
        size=inspection.size,
        preset=", ".join(sorted(names.get(key, key) for key in presets)),
        notes=inspection.notes,
        is_remembered=inspection.fingerprint in remembered,
        questions=_questions(part, inspection, prefix),
        mappings=[_mapping(each, inspection, prefix, marks=marks) for each in standing],
        addable=[Option(kind, str(label), False) for kind, label in KINDS.items()],
        columns=[
            _column(number, column, chosen, part, prefix) for number, column in enumerate(inspection.columns)
        ],
        rows=rows,
        facts=words.facts_of(inspection, timezone),
        reading=inspection.reading,
        delimiters=[
            Option(
                "tab" if mark == "\t" else mark, delimiter_name(mark), mark == inspection.reading.delimiter
            )
            for mark in words.DELIMITERS
        ],
        encodings=[
            Option(key, str(label), key == inspection.reading.encoding)
            for key, label in words.ENCODINGS.items()
        ],
        timezone=timezone,
        is_text=bool(inspection.reading.delimiter),
    )


def _questions(part: UploadedPart, inspection: Inspection, prefix: str) -> list[QuestionShown]:
    return [
        QuestionShown(
            name=f"{prefix}-q{number}",
            text=question.text,
            column=question.column,
            options=_choices(question, part.answers.get(decisions.key_of(question), "")),
            is_open=decisions.key_of(question) not in part.answers,
        )
        for number, question in enumerate(inspection.questions)
    ]


def _choices(question: Question, answered: str) -> list[Option]:
    """Nothing is ticked before somebody has: a suggestion is said, and not made."""

    def label(choice: Choice) -> str:
        if choice.value == question.suggested:
            return _("%s (more likely)") % choice.label
        return choice.label

    return [Option(choice.value, label(choice), choice.value == answered) for choice in question.choices]


def _mapping(each: decisions.Decided, inspection: Inspection, prefix: str, *, marks: bool) -> MappingShown:
    mapping, options = each.mapping, each.mapping.options
    names = [column.name for column in inspection.columns]
    own = f"{prefix}-m{each.number}"
    wrong: list[Lacking] = lacking(mapping.kind, options) if each.is_chosen else []
    problems = {lack.role: lack.text for lack in wrong} if marks or each.is_added else {}
    fields = [
        _field(own, role, str(label), _columns_for(mapping, role, names), _value(mapping, role), problems)
        for role, label in COLUMNS[mapping.kind]
        if not (options.wide and role in ("event", "time"))
    ]
    required = {lack.role for lack in wrong}
    is_near = {field.name for field in fields if field.is_used or field.name.rpartition("-")[2] in required}
    return MappingShown(
        prefix=own,
        kind=mapping.kind,
        label=_label(mapping),
        explanation=str(KIND_EXPLANATIONS[mapping.kind]),
        is_chosen=each.is_chosen,
        is_added=each.is_added,
        fields=[field for field in fields if field.name in is_near],
        spare=[field for field in fields if field.name not in is_near],
        questions=_question_fields(own, mapping, inspection),
        question_problem=problems.get("questions", ""),
        ticks=[_ticks(own, name, names, getattr(options, name)) for name in many_of(mapping.kind)],
        wide=_wide(own, each),
        metrics=[Option(key, str(label), key == options.metric) for key, label in METRICS.items()]
        if mapping.kind == "scores"
        else [],
        metric_problem=problems.get("metric", ""),
        scale=f"{options.scale[0]:g}–{options.scale[1]:g}" if options.scale else "",
        tells_scale=options.metric in ("csat", "recommend") and options.scale is not None,
        scale_problem=problems.get("scale", ""),
        usual_scale="–".join(f"{end:g}" for end in DEFAULT_SCALES.get(options.metric or "", (1, 5))),
        touchpoint=options.touchpoint or "",
        lines=options.lines,
        is_lacking=bool(wrong),
        uses=[
            (field.label, next(option.label for option in field.options if option.is_chosen))
            for field in fields
            if field.is_used
        ]
        + [
            (question.label, next(option.label for option in question.options if option.is_chosen))
            for question in _question_fields(own, mapping, inspection)
            if question.is_used
        ],
    )


def _question_fields(prefix: str, mapping: ColumnMapping, inspection: Inspection) -> list[Field]:
    """For each column that may hold answers what was asked in it; those asked first, in the order of the file."""
    if mapping.kind != "answers":
        return []
    asked = {parse_question(text).column: text for text in mapping.options.questions}
    taken = set(mapping.options.columns())
    fields = []
    for number, column in enumerate(inspection.columns[:_MOST_QUESTIONS]):
        value = asked_value(asked.get(column.name))
        if not value and (
            column.meaning not in _MAY_BE_ASKED or column.name in taken - {*mapping.options.properties}
        ):
            continue
        labels = {**ASKED, **({value: value} if value and value not in ASKED else {})}
        options = [Option("", _("no question"), not value)]
        options += [Option(key, str(label), key == value) for key, label in labels.items()]
        fields.append(Field(f"{prefix}-question{number}", column.name, options, "", bool(value)))
    return sorted(fields, key=lambda field: not field.is_used)


def _label(mapping: ColumnMapping) -> str:
    """A survey gives an import for each of its questions: the question tells which is which."""
    kind = str(KINDS[mapping.kind])
    return f"{kind}: {mapping.options.score}" if mapping.kind == "scores" and mapping.options.score else kind


def _value(mapping: ColumnMapping, role: str) -> str:
    if role == "id":
        return next(iter(mapping.options.id), "")
    if role == "person" and mapping.options.nobody:
        return NOBODY
    return str(getattr(mapping.options, role) or "")


def _columns_for(mapping: ColumnMapping, role: str, names: list[str]) -> list[tuple[str, str]]:
    """(value, label) of what can be chosen for the role."""
    found = [(name, name) for name in names]
    may_be_nobody = role == "person" and mapping.kind in OF_SOMEBODY and not mapping.options.wide
    return [*found, (NOBODY, nobody_name())] if may_be_nobody else found


def _field(
    prefix: str,
    role: str,
    label: str,
    columns: list[tuple[str, str]],
    value: str,
    problems: Mapping[str, str],
) -> Field:
    options = [Option("", _("not in the file"), not value)]
    options += [Option(key, name, key == value) for key, name in columns]
    return Field(f"{prefix}-{role}", label, options, problems.get(role, ""), bool(value))


def _ticks(prefix: str, name: str, names: list[str], chosen: tuple[str, ...]) -> Ticks:
    options = [Option(column, column, column in chosen) for column in names]
    return Ticks(f"{prefix}-{name}", str(MANY[name]), options, len(chosen))


def _wide(prefix: str, each: decisions.Decided) -> Ticks | None:
    """Each column of times and the event that it stands for; only those that were proposed can be chosen."""
    proposed = each.proposal.options.wide if each.proposal else ()
    if not proposed:
        return None
    kept = each.mapping.options.wide
    options = [Option(text, text.replace("=", " → ", 1), text in kept) for text in proposed]
    return Ticks(f"{prefix}-wide", _("Each of these columns is an event of its own"), options, len(kept))


def _column(
    number: int, column: RecognisedColumn, chosen: list[ColumnMapping], part: UploadedPart, prefix: str
) -> ColumnShown:
    order = part.edits.get("month_first", {}).get(column.name)
    decimal = part.edits.get("decimal", {}).get(column.name)
    return ColumnShown(
        name=column.name,
        meaning=str(words.MEANINGS.get(column.meaning, column.meaning)),
        form=words.form_of(column),
        uses=words.uses_of(column.name, chosen),
        order_field=f"{prefix}-c{number}-order" if column.meaning in DATES else "",
        orders=[
            Option("", _("as recognised"), order is None),
            Option("day", _("day first: 1.3. is the first of March"), order is False),
            Option("month", _("month first: 1/3 is the third of January"), order is True),
        ],
        decimal_field=f"{prefix}-c{number}-decimal" if column.meaning in NUMBERS else "",
        decimals=[
            Option("", _("as recognised"), decimal is None),
            Option("comma", _("decimal comma: 1 234,50"), decimal == "comma"),
            Option("point", _("decimal point: 1,234.50"), decimal == "point"),
        ],
    )
