"""The questions that recognition asks, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from polku.capture.imports.mapping import NOBODY, Choice, Question
from polku.capture.imports.options import ImportKind
from polku.capture.imports.parts import Sample
from polku.capture.imports.recognition.columns import Column
from polku.capture.imports.recognition.header import Header
from polku.capture.imports.recognition.scales import Measure

_SHORT_DATE = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{2,4})")
_MOST_CHOICES = 40


def header(sample: Sample, found: Header) -> Question:
    """Which row holds the names of the columns."""
    rows = found.others or tuple(
        n for n, row in enumerate(sample.rows[:10]) if any(cell.strip() for cell in row)
    )
    return Question(
        "header",
        _("Which row holds the names of the columns?")
        if found.row is not None
        else _("No row with the names of the columns was found. Which row is it?"),
        tuple(
            Choice(str(sample.lines[row]), _line(sample.lines[row], sample.rows[row]))
            for row in rows[:_MOST_CHOICES]
        ),
        suggested=str(sample.lines[found.row]) if found.row is not None else "",
    )


def delimiter(sample: Sample, rivals: Sequence[str]) -> Question:
    """What stands between the columns."""
    return Question(
        "delimiter",
        _("What stands between the columns?"),
        tuple(Choice(mark, delimiter_name(mark)) for mark in rivals),
        suggested=rivals[0],
    )


def delimiter_name(mark: str) -> str:
    """A delimiter in words."""
    return {
        ",": _("comma (,)"),
        ";": _("semicolon (;)"),
        "\t": _("tabulator"),
        "|": _("vertical bar (|)"),
    }.get(mark, mark)


def encoding(sample: Sample, word: str) -> Question:
    """Whether the letters are right as they were read."""
    return Question(
        "encoding",
        _("Is “%s” written as it should be?") % word,
        (
            Choice(str(sample.reading.encoding), _("Yes")),
            Choice("other", _("No, its letters are wrong")),
        ),
    )


def kind(kinds: Sequence[ImportKind], suggested: str) -> Question:
    """What the rows are."""
    return Question(
        "kind",
        _("What are the rows of this table?"),
        tuple(Choice(key, kind_name(key)) for key in kinds),
        suggested=suggested,
    )


def kind_name(key: ImportKind) -> str:
    """A kind of import in words."""
    return {
        "events": _("Events: what people did"),
        "scores": _("Answers to a survey"),
        "orders": pgettext("signals", "Orders"),
        "contacts": _("Contacts with customer service"),
        "people": _("Customers"),
        "answers": _("Answers to a survey with several questions"),
        "contracts": _("Contracts or subscriptions"),
        "refunds": _("Refunds of orders"),
        "spend": _("Marketing spend by day"),
    }[key]


def role(
    name: str,
    columns: Sequence[str],
    *,
    optional: bool = False,
    suggested: str = "",
    or_nobody: bool = False,
) -> Question:
    """Which column plays a role; `or_nobody`: the rows may be of nobody in particular."""
    choices = [Choice(column, column) for column in columns[:_MOST_CHOICES]]
    if optional:
        choices.append(Choice("", _("None of these")))
    if or_nobody:
        choices.append(Choice(NOBODY, nobody_name()))
    return Question("role", _role_question(name), tuple(choices), column=name, suggested=suggested)


def nobody_name() -> str:
    """That each row is a person of its own, in words."""
    return _("Nobody in particular: each row is a person of its own")


def _role_question(name: str) -> str:
    return {
        "time": _("Which column tells when it happened?"),
        "person": _("Which column tells who it was?"),
        "event": _("Which column tells what was done?"),
        "score": _("Which column holds the score?"),
        "reason": _("Which column tells why the customer made contact?"),
        "id": _("Which column holds the number of the order?"),
        "value": _("Which column holds the sum?"),
        "order": _("Which column holds the number of the order?"),
        "start": _("Which column tells when the contract started?"),
        "end": _("Which column tells when the contract ended?"),
        "day": _("Which column tells the day?"),
        "source": _("Which column tells where the money was spent?"),
        "amount": _("Which column tells how much was spent?"),
    }.get(name, _("Which column is it?"))


def month_first(column: Column, *, year: bool, contradicted: bool) -> Question:
    """Which number of a date is the day."""
    sample = _telling_date(column)
    first, second = _both_ways(sample)
    choices = [Choice("day", first), Choice("month", second)]
    if column.dates and column.dates.told:
        del choices[0 if column.dates.month_first else 1]
    if year:
        choices.append(Choice("year", _("The year stands first")))
    text = (
        _("The dates of column “%(column)s” disagree about day and month. What does %(date)s mean?")
        if contradicted
        else _("Nothing in column “%(column)s” tells day from month. What does %(date)s mean?")
    )
    return Question(
        "month_first", text % {"column": column.name, "date": sample}, tuple(choices), column=column.name
    )


def decimal(column: Column, suggested: str) -> Question:
    """Whether a comma or point is the decimal mark."""
    sample = next((cell.strip() for cell in column.cells if re.search(r"\d[.,]\d{3}(?!\d)", cell)), "")
    sample = sample or next((cell.strip() for cell in column.cells if re.search(r"\d[.,]\d", cell)), "")
    return Question(
        "decimal",
        _("What does %(number)s mean in column “%(column)s”?") % {"number": sample, "column": column.name},
        (
            Choice("comma", _("The comma is the decimal mark")),
            Choice("point", _("The point is the decimal mark")),
        ),
        column=column.name,
        suggested=suggested,
    )


def scale(column: str, measure: Measure, *, others: int = 0) -> Question:
    """On which scale was answered, in the column and as many others that are likely on the same."""
    text = _("On which scale were the answers of “%s” given?") % column
    if others:
        text = ngettext(
            "On which scale were the answers of “%(column)s” and of %(count)s other column like it given?",
            "On which scale were the answers of “%(column)s” and of %(count)s other columns like it given?",
            others,
        ) % {"column": column, "count": others}
    return Question(
        "scale",
        text,
        tuple(
            Choice(f"{metric} {low}-{high}", _measure_name(metric, low, high))
            for metric, low, high in measure.choices
        ),
        column=column,
        suggested=f"{measure.metric} {measure.low}-{measure.high}",
    )


def lines(suggested: str) -> Question:
    """Whether several rows of one order are its lines."""
    return Question(
        "lines",
        _("Some orders have several rows. What does the value on each row tell?"),
        (
            Choice("lines", _("The value of that row: the rows of an order are added up")),
            Choice("orders", _("The value of the whole order, said on each of its rows")),
        ),
        suggested=suggested,
    )


def _measure_name(metric: str, low: int, high: int) -> str:
    names = {
        "nps": _("NPS"),
        "recommend": _("Likelihood to recommend"),
        "csat": _("Satisfaction"),
        "ces": _("Effort (CES)"),
        "smiley": _("Smileys"),
    }
    return f"{names[metric]}, {low}–{high}"


def _line(number: int, cells: Sequence[str]) -> str:
    text = " · ".join(cell.strip() for cell in cells if cell.strip())
    return _("Row %(number)s: %(text)s") % {"number": number, "text": text[:100]}


def _telling_date(column: Column) -> str:
    """A date of the column whose day and month differ."""
    cells = [cell.strip() for cell in column.cells if cell.strip()]
    for cell in cells:
        match = _SHORT_DATE.match(cell)
        if match and match[1] != match[3]:
            return cell
    return cells[0] if cells else ""


def _both_ways(text: str) -> tuple[str, str]:
    match = _SHORT_DATE.match(text)
    if match is None:
        return _("The day stands first"), _("The month stands first")
    one, other, year = int(match[1]), int(match[3]), match[4]
    shown = _("day %(day)s, month %(month)s, year %(year)s")
    return (
        shown % {"day": one, "month": other, "year": year},
        shown % {"day": other, "month": one, "year": year},
    )
