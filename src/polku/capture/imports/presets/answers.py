"""What all survey tools have in common: one row per respondent, one column per question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.presets.persons import who
from polku.capture.imports.presets.preset import Proposal
from polku.capture.imports.presets.table import Table
from polku.capture.imports.recognition.cells import EMAIL
from polku.capture.imports.recognition.columns import Column, read_columns
from polku.capture.imports.recognition.scales import Measure, measure_of
from polku.capture.imports.recognition.words import PRECISE, weight

_MOSTLY = 0.8
_LONGEST_CHOICE = 60  # characters; what is longer is somebody's own words


def propose_answers(
    table: Table,
    *,
    time: str,
    about: Collection[str | None],
    response: str | None = None,
    email: str | None = None,
    properties: tuple[str, ...] = (),
    timezone: str | None = None,
) -> Iterator[Proposal]:
    """One import of scores for each question that was answered with a number, with the words that follow it.

    `about` are the columns that are the tool's own and no questions, `response` the one with the response's id, which
    must be unique in the world and not in one survey only. Questions that are answered with one of a few texts become
    properties of every answer. Where respondents are known, their id is joined to their e-mail address.
    """
    questions = [column for column in _questions(table) if column.name not in about]
    if email is None:
        email = next((column.name for column in questions if _is_email(column)), None)
    questions = [column for column in questions if column.name != email]
    order = next((c.name for c in questions if weight(c.name, "order") >= PRECISE), None)
    scores = _scores(table, [column for column in questions if column.name != order])
    if not scores:
        return
    person, joins = who(table, email, response)
    words = _words(questions, scores, order)
    told = {name for names in words.values() for name in names}
    choices = tuple(c.name for c in questions if c.name not in {*scores, *told, order} and _is_choice(c))
    touchpoints = _touchpoints(scores)
    for name, measure in scores.items():
        said = words.get(name, [])
        yield Proposal(
            "scores",
            ImportOptions(
                person=person,
                nobody=not person and not order,
                order=order,
                time=time,
                score=name,
                comment=said[0] if said else None,
                id=(response,) if response else (),
                properties=(*properties, *choices, *said[1:]),
                metric=measure.metric,
                scale=(float(measure.low), float(measure.high)),
                touchpoint=touchpoints.get(name),
                skip_empty=True,
            ),
            timezone=timezone,
            measure=None if measure.sure else measure,
        )
    if joins:
        yield joins


def _questions(table: Table) -> list[Column]:
    """The columns that can be imported, with the answers of the first rows."""
    return [column for column in read_columns(table.columns, table.rows) if column.usable]


def _scores(table: Table, questions: list[Column]) -> dict[str, Measure]:
    """Column → its measure, of the questions answered with whole numbers of a scale. Where some of them ask for a
    score in so many words, the others count something else."""
    numbers: dict[str, Measure] = {}
    asked: dict[str, Measure] = {}
    for column in questions:
        if column.amounts is None or not column.amounts.whole or (column.dates and not column.dates.bare):
            continue
        measure = measure_of(column)
        if measure is None:
            continue
        numbers[column.name] = measure
        if measure.sure or weight(column.name, "score") or column.name not in table.header:
            asked[column.name] = measure
    return asked or numbers


def _touchpoints(scores: Mapping[str, Measure]) -> dict[str, str]:
    """What answers of equal measure are told apart by: the part of the question they are about, else all of it."""
    metrics = Counter(measure.metric for measure in scores.values())
    alike = [name for name, measure in scores.items() if metrics[measure.metric] > 1 or not measure.sure]
    if len(scores) < 2:
        return {}
    parts = {name: name.rpartition(":")[2].strip() or name for name in alike}
    counts = Counter(parts.values())
    return {name: part if counts[part] == 1 else name for name, part in parts.items()}


def _words(questions: list[Column], scores: Collection[str], order: str | None) -> dict[str, list[str]]:
    """Score → the questions answered in people's own words that follow it; those above all scores go to the first."""
    found: dict[str, list[str]] = {}
    current = next(iter(scores))
    for column in questions:
        if column.name in scores:
            current = column.name
        elif column.name != order and column.filled and not _is_choice(column) and not column.amounts:
            found.setdefault(current, []).append(column.name)
    return found


def _is_choice(column: Column) -> bool:
    """Whether one of a few answers was chosen: background questions, mostly."""
    filled = [text for cell in column.cells if (text := cell.strip())]
    if weight(column.name, "comment") or any(len(text) > _LONGEST_CHOICE for text in filled):
        return False
    return 0 < len(set(filled)) <= len(filled) // 2


def _is_email(column: Column) -> bool:
    filled = [text for cell in column.cells if (text := cell.strip())]
    return bool(filled) and sum(bool(EMAIL.fullmatch(text)) for text in filled) >= _MOSTLY * len(filled)
