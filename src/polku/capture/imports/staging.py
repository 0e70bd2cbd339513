"""From a file to a batch that can be loaded: read, understood, written. Needs neither store nor database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from polku.capture.imports.answers import COMMENT, write_answers
from polku.capture.imports.contracts import thing_digits, write_contracts
from polku.capture.imports.dialect import missing_column
from polku.capture.imports.mapping import Reading
from polku.capture.imports.numbers import Decimal
from polku.capture.imports.options import ImportKind, ImportOptions, check_options
from polku.capture.imports.orders import write_orders
from polku.capture.imports.people import write_people
from polku.capture.imports.problems import WrongUsage
from polku.capture.imports.questions import AskedQuestion, parse_questions
from polku.capture.imports.rejected import collect, write_rejected
from polku.capture.imports.repeated import record_names, unfold
from polku.capture.imports.sheet import Sheet
from polku.capture.imports.signals import write_signals
from polku.capture.imports.somebody import columns_that_tell_apart
from polku.capture.imports.source import Source
from polku.capture.imports.spending import write_spend
from polku.capture.imports.staged import Staged
from polku.capture.imports.staging_file import RawTable
from polku.capture.imports.tables import columns_of, read_table
from polku.capture.imports.zones import zone_of
from polku.eventstore.port import Progress

_READING = 0.6  # of the work, by the time it takes


def stage(
    kind: ImportKind,
    file: Path,
    options: ImportOptions,
    *,
    timezone: str,
    folder: Path,
    rejected_folder: Path,
    progress: Progress | None = None,
    reading: Reading | None = None,
    month_first: Mapping[str, bool] | None = None,
    decimal: Mapping[str, Decimal] | None = None,
) -> Staged:
    """Read `file`, or the part of it that `reading` names, and leave a batch in `folder` (who made it removes it).

    What `reading` leaves open is recognised. `month_first` and `decimal` settle, by column, what the day and month
    of 01/02/2024 and the comma of 1,234 mean; where the column itself tells the former, it has the last word.

    Side effect: rejected rows are written to `rejected_folder`. Raises ImportProblem where the whole file cannot be
    taken, WrongUsage where the options fit neither it nor each other.
    """
    check_options(kind, options)
    zone_of(timezone)
    reading = reading or Reading()
    with Source(file, reading.part, folder=folder) as source:
        return _stage(
            kind, source, options, timezone, folder, rejected_folder, progress, reading, month_first, decimal
        )


def _stage(
    kind: ImportKind,
    source: Source,
    options: ImportOptions,
    timezone: str,
    folder: Path,
    rejected_folder: Path,
    progress: Progress | None,
    reading: Reading,
    month_first: Mapping[str, bool] | None,
    decimal: Mapping[str, Decimal] | None,
) -> Staged:
    questions = parse_questions(options.questions, options.scale)
    wanted = [*options.columns(), *(text.rpartition("=")[0] for text in options.wide), *questions]
    columns, layout = columns_of(source, wanted, reading)
    wide = _wide_columns(options.wide, columns, source.name)
    told = columns_that_tell_apart(columns) if options.nobody else []
    if unknown := next((column for column in questions if column not in columns), None):
        raise WrongUsage(missing_column(columns, unknown, source.name))
    names = list(dict.fromkeys([*options.columns(), *wide, *questions, *told]))
    records = record_names(names, options.repeated, columns)
    read = list(dict.fromkeys([*names, *(name for record in records for name in record if name)]))
    said = (question.column for question in questions.values() if question.scale is None)
    words = frozenset(column for column in (options.comment, options.text, *said) if column)
    table, recognised = read_table(
        source,
        layout,
        read,
        folder / "rows.arrow",
        verbatim=words,
        last_line=reading.last_line,
        progress=_scaled(progress, 0, _READING),
    )
    raw = unfold(table.open(), names, read, records, key=options.event) if records else table.open()
    sheet = Sheet(
        raw,
        names,
        timezone=timezone,
        delimiter=recognised.get("delimiter", ";" if source.form == "workbook" else ","),
        month_first=month_first,
        decimal=decimal,
    )
    sheet.warnings += _digit_warnings(table)
    batch = folder / "batch.parquet"
    accepted, ties = _write(sheet, kind, options, wide, list(questions.values()), batch)
    rejected = collect(raw, names, sheet.rejections, table.rejected)
    rejected_file = None
    if rejected:
        scales = {question.column: question.scale_name for question in questions.values()}
        if kind == "scores":
            scales[str(options.score)] = "–".join(f"{end:g}" for end in options.scale_of())
        rejected_file = write_rejected(
            rejected,
            source,
            raw,
            names,
            folder=rejected_folder,
            encoding="windows-1252" if recognised.get("encoding") == "windows-1252" else "utf-8",
            scales=scales,
            sheet=recognised.get("sheet"),
        )
    if not accepted and not rejected and not sheet.recognised.get("left_out"):
        sheet.warnings.append(_("The file has a header row but no rows."))
    if progress:
        progress(1000, 1000)
    return Staged(
        kind=kind,
        batch=batch,
        accepted=accepted,
        rejected=len(rejected),
        rejected_file=rejected_file,
        ties=ties,
        warnings=sheet.warnings,
        recognised=_with_timezone({**recognised, **sheet.recognised}, timezone),
        lines=options.lines,
        metrics=_metrics(options, questions.values()),
        touchpoint=options.touchpoint,
        thing_digits=thing_digits(options) if kind == "contracts" else 0,
    )


def _write(
    sheet: Sheet,
    kind: ImportKind,
    options: ImportOptions,
    wide: dict[str, str],
    questions: Sequence[AskedQuestion],
    batch: Path,
) -> tuple[int, int]:
    if kind == "orders":
        return write_orders(sheet, options, batch), 0
    if kind == "people":
        return write_people(sheet, options, batch), 0
    if kind == "contracts":
        return write_contracts(sheet, options, batch), 0
    if kind == "spend":
        return write_spend(sheet, options, batch), 0
    if kind == "answers":
        return write_answers(sheet, options, questions, batch)
    return write_signals(sheet, kind, options, wide, batch)


def _metrics(options: ImportOptions, questions: Iterable[AskedQuestion]) -> list[str]:
    """What the answers are called among the metrics."""
    if options.metric:
        return [options.metric]
    asked = (COMMENT if question.scale is None else question.metric for question in questions)
    return list(dict.fromkeys(asked))


def _wide_columns(wide: Sequence[str], columns: Sequence[str], file: str) -> dict[str, str]:
    """Column → event, of `COLUMN=EVENT` texts; both may hold an equals sign where the file's columns tell."""
    result: dict[str, str] = {}
    for text in wide:
        cuts = [place for place, letter in enumerate(text) if letter == "="]
        fitting = [place for place in cuts if text[:place] in columns and text[place + 1 :].strip()]
        if not cuts or (not fitting and not text[cuts[-1] + 1 :].strip()):
            raise WrongUsage(_("“%s” is not of the form COLUMN=EVENT, for example paid_at=Paid.") % text)
        if not fitting:
            raise WrongUsage(missing_column(columns, text[: cuts[0]], file))
        column = text[: fitting[0]]
        if column in result:
            raise WrongUsage(_("The column “%s” is named twice with --wide.") % column)
        result[column] = text[fitting[0] + 1 :].strip()
    return result


def _digit_warnings(table: RawTable) -> list[str]:
    return [
        _("Column “%s” holds numbers of over 15 digits, of which a workbook keeps only the first 15.")
        % column
        for column in sorted(table.beyond_digits)
    ]


def _with_timezone(recognised: Mapping[str, Any], timezone: str) -> dict[str, Any]:
    return {**recognised, "timezone": timezone}


def _scaled(progress: Progress | None, begin: float, end: float) -> Progress | None:
    """The same progress as a part of the whole, in thousandths."""
    if progress is None:
        return None

    def scaled(done: int, total: int) -> None:
        progress(int(1000 * (begin + (end - begin) * (done / total if total else 1))), 1000)

    return scaled
