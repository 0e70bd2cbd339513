"""One generated file through recognition and staging, its questions answered, held against its truth."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pyarrow.parquet as pq

from polku.capture.imports import ImportProblem, Staged, WrongUsage, stage
from polku.capture.imports.mapping import ColumnMapping, Inspection, Question
from polku.capture.imports.recognition import inspect
from tests.capture.imports.generated_files import HELSINKI, UNREADABLE, GeneratedFile

Result = Literal["right", "rejected", "refused", "wrong"]
_MOST_ROUNDS = 8
_KIND = {"order lines": "orders", "order steps": "orders"}
_ROLES = ("person", "order", "event", "time", "value", "score", "reason", "status")


@dataclass
class Outcome:
    """`right`: every row as it is meant; `rejected`: some rows are told as rejected, the others right; `refused`:
    nothing can be imported and somebody is told; `wrong`: something came in that the file does not say, or was left
    out, and nobody was told. `asked` are the questions on the way."""

    result: Result
    detail: str = ""
    asked: list[str] = field(default_factory=list)


class _Wrong(Exception):
    """The mapping or what came of it differs from the truth."""


def check(file: GeneratedFile) -> Outcome:
    """Recognise and stage the file in a folder of its own."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        path.write_bytes(file.content)
        asked: list[str] = []
        try:
            return _check(file, path, asked)
        except (ImportProblem, WrongUsage) as problem:
            return Outcome("refused", str(problem), asked)
        except _Wrong as wrong:
            return Outcome("wrong", str(wrong), asked)


def _check(file: GeneratedFile, path: Path, asked: list[str]) -> Outcome:
    answers: dict[str, str] = {}
    for _round in range(_MOST_ROUNDS):
        (inspection,) = inspect(path, timezone="Europe/Helsinki", answers=answers)
        if not inspection.questions:
            break
        for question in inspection.questions:
            key = f"{question.about}:{question.column}" if question.column else question.about
            answer = _answer(question, file)
            asked.append(key)
            if (
                key in answers
                or answer is None
                or answer not in [choice.value for choice in question.choices]
            ):
                return Outcome("refused", f"{key}: {answer!r} is no choice", asked)
            answers[key] = answer
    if inspection.questions or not inspection.mappings:
        return Outcome("refused", "no mapping", asked)
    if not file.readable:
        for mapping in inspection.mappings:
            if _has_foreign_letters(file, mapping) and _stage(path, mapping)[0].accepted:
                raise _Wrong(f"taken though it cannot be read: {_shown(inspection)}")
            _staged(file, path, mapping)
        return Outcome("refused", "every row", asked)
    kind = _KIND.get(file.table.kind, file.table.kind)
    if inspection.mappings[0].kind != kind:
        raise _Wrong(f"taken for {inspection.mappings[0].kind}")
    rejected = sum(_staged(file, path, mapping) for mapping in inspection.mappings)
    return Outcome("rejected" if rejected else "right", f"{rejected} rejected" if rejected else "", asked)


def _answer(question: Question, file: GeneratedFile) -> str | None:
    """What somebody who knows the file answers."""
    table = file.table
    match question.about:
        case "kind":
            return _KIND.get(table.kind, table.kind)
        case "header":
            return str(file.header_line)
        case "delimiter":
            return file.delimiter
        case "encoding":
            return "other" if file.encoding in ("cp850", "mac-roman") else question.choices[0].value
        case "month_first":
            if file.date.name.startswith("year first"):
                return "year"
            return "month" if file.date.day_first is False else "day"
        case "decimal":
            return file.mark()
        case "scale":
            metric, low, high = table.scale
            return f"{metric} {low}-{high}"
        case "lines":
            return "lines" if table.kind == "order lines" else "orders"
        case "role":
            role = {"id": "order"}.get(question.column, question.column)
            return table.name_of(role) or (table.name_of("email") if role == "person" else None) or ""
    return None


def _has_foreign_letters(file: GeneratedFile, mapping: ColumnMapping) -> bool:
    """Whether what would come in holds letters that the encoding spoils."""
    roles = [c.role for c in file.table.columns if c.name in mapping.options.columns() and c.role != "value"]
    said = [str(row[role]) for row in file.rows for role in roles]
    return file.encoding in UNREADABLE and not all(text.isascii() for text in [*said, *file.table.names()])


def _stage(path: Path, mapping: ColumnMapping) -> tuple[Staged, list[dict[str, Any]]]:
    """What staging gives, and its rows."""
    with TemporaryDirectory() as folder:
        staged = stage(
            mapping.kind,
            path,
            mapping.options,
            timezone=mapping.timezone,
            folder=Path(folder),
            rejected_folder=Path(folder),
            reading=mapping.reading,
            month_first=mapping.month_first,
            decimal=mapping.decimal,
        )
        return staged, pq.read_table(staged.batch).to_pylist()


def _staged(file: GeneratedFile, path: Path, mapping: ColumnMapping) -> int:
    """Stage one mapping and compare all of it; returns how many rows were rejected."""
    _compare_roles(file, mapping)
    staged, found = _stage(path, mapping)
    came = Counter(_came(row, mapping) for row in found)
    meant = Counter(entry for row in file.rows for entry in _meant(row, file, mapping))
    extra, missing = came - meant, meant - came
    if extra or missing.total() > staged.rejected:
        raise _Wrong(
            f"{mapping.kind}: came {_few(extra)}, meant {_few(missing)}, {staged.rejected} rejected; {mapping}"
        )
    return staged.rejected


def _compare_roles(file: GeneratedFile, mapping: ColumnMapping) -> None:
    table, options = file.table, mapping.options
    needed = {
        "orders": ("time", "value"),
        "events": ("time", "event") if not options.wide else (),
        "scores": ("time", "score"),
        "contacts": ("time", "reason"),
        "people": (),
    }[mapping.kind]
    for role in _ROLES:
        column = getattr(options, role)
        if column is None and (role not in needed or table.name_of(role) is None):
            continue
        fitting = (
            [table.name_of(role)] if role != "person" else [table.name_of("person"), table.name_of("email")]
        )
        if column not in fitting:
            raise _Wrong(f"{role} is {column}, not {fitting[0]}")
    if mapping.kind == "orders" and options.lines != (table.kind == "order lines"):
        once = len({row["order"] for row in file.rows}) == len(file.rows)
        if not once:
            raise _Wrong(f"lines is {options.lines}")
    if mapping.kind == "scores" and (options.metric, *(options.scale or ())) != table.scale:
        raise _Wrong(f"scale is {options.metric} {options.scale}, not {table.scale}")


def _meant(row: dict[str, Any], file: GeneratedFile, mapping: ColumnMapping) -> list[tuple[Any, ...]]:
    """What a row of the truth should become."""
    options = mapping.options

    def said(column: str | None) -> Any:
        role = next((c.role for c in file.table.columns if c.name == column), None)
        value = None if role is None else row[role]
        return _utc(value, file) if isinstance(value, datetime) else value

    if mapping.kind == "people":
        return [(said(options.person), tuple(said(alias) for alias in options.aliases))]
    if mapping.kind == "orders":
        return [
            (
                said(options.id[0]),
                said(options.person),
                said(options.time),
                said(options.value),
                said(options.status),
            )
        ]
    unit = (said(options.person), said(options.order))
    if options.wide:
        cells = [text.rpartition("=") for text in options.wide]
        return [
            (*unit, said(column), event, None) for column, _sign, event in cells if said(column) is not None
        ]
    name = str(options.metric) if mapping.kind == "scores" else said(options.event or options.reason)
    score = said(options.score)
    return [(*unit, said(options.time), name, None if score is None else float(score))]


def _came(row: dict[str, Any], mapping: ColumnMapping) -> tuple[Any, ...]:
    if mapping.kind == "people":
        return row["person"], tuple(row["aliases"] or ())
    time = row["time"].replace(tzinfo=UTC) if row["time"] else None
    if mapping.kind == "orders":
        return row["order"], row["person"], time, row["value"], row["status"]
    return row["person"], row["order"], time, row["name"], row["score"]


def _utc(value: datetime, file: GeneratedFile) -> datetime:
    return value.replace(tzinfo=HELSINKI).astimezone(UTC)


def _few(entries: Counter[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return list(entries)[:2]


def _shown(inspection: Inspection) -> str:
    return f"{inspection.mappings[0].kind} {inspection.mappings[0].options.roles()}"
