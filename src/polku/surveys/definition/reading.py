"""What a form brought becomes an answer, or a sentence that says what is to be mended.

Fields: `q-KEY`; `q-KEY-other` for what was written beside "something else"; `q-KEY-ROW` for the rows of a matrix and
the options of a ranking (the place) and of shared-out points. What a form may never hold is refused as if it was not
there: only people are told what to mend.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.surveys.definition.questions import (
    Answer,
    AnyQuestion,
    Consent,
    Date,
    Email,
    LongText,
    Matrix,
    Multiple,
    Number,
    Points,
    Ranking,
    ShortText,
    Single,
    Statement,
    TaskSuccess,
)
from polku.surveys.definition.wordings import choices_of

LONGEST_TEXT = 5_000
LONGEST_OTHER = 200
_LONGEST_NUMBER = 40
_LONGEST_PLACE = 4
_DIGITS = re.compile(r"[-+−]?\d{1,15}(?:[.,]\d{1,9})?")
_NOT_SHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Form = Mapping[str, Sequence[str]]


class AnswerProblem(ValueError):
    """Its text is one sentence for the person who answers, in the active language."""


def field_of(question: AnyQuestion) -> str:
    return f"q-{question.key}"


def read_answer(question: AnyQuestion, form: Form, language: str) -> Answer | None:
    """The answer of one question, None where none was given. Raises AnswerProblem, also where one is required."""
    answer = _read(question, form, language)
    is_missing = answer is None or (isinstance(question, Consent) and answer is False)
    if question.required and is_missing:
        raise AnswerProblem(
            _("This cannot be left out.") if isinstance(question, Consent) else _required(question)
        )
    return answer


def read_other(question: AnyQuestion, form: Form, answer: Answer | None) -> str | None:
    """What was written beside "something else" where that was chosen; its key is `KEY.other`."""
    if not isinstance(question, Single | Multiple) or not question.other:
        return None
    chosen = answer if isinstance(answer, list) else [answer]
    if "other" not in chosen:
        return None
    return _text(form, f"{field_of(question)}-other", LONGEST_OTHER) or None


def cleaned(text: str) -> str:
    """Without what cannot be shown or kept; line ends as one letter."""
    return _NOT_SHOWN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _required(question: AnyQuestion) -> str:
    if choices_of(question, "en") and not isinstance(question, Ranking | Points):
        return (
            _("Choose one to go on.")
            if not isinstance(question, Multiple)
            else _("Choose at least one to go on.")
        )
    return _("This question needs an answer.")


def _read(question: AnyQuestion, form: Form, language: str) -> Answer | None:
    name = field_of(question)
    match question:
        case Statement():
            return None
        case Consent():
            return _one(form, name) not in {"", "0", "false"}
        case ShortText() | LongText():
            return _limited(form, name, question.most) or None
        case Email():
            return _email(_text(form, name, 1_000))
        case Date():
            return _date(form, name)
        case Number(is_scale=False):
            return _number(_one(form, name), question)
        case Single():
            return _chosen(question, [_one(form, name)], language)[0]
        case Multiple():
            return _several(question, form, language)
        case Matrix():
            return _matrix(question, form)
        case Ranking():
            return _ranking(question, form)
        case Points():
            return _points(question, form)
        case TaskSuccess():
            given = _one(form, name)
            return given if given in {"yes", "partly", "no"} else _none_or_wrong(given)
    given = _one(form, name)
    values = {str(value): value for value, _label in choices_of(question, language)}
    return values[given] if given in values else _none_or_wrong(given)


def _none_or_wrong(given: str) -> Answer | None:
    if not given:
        return None
    raise AnswerProblem(_("Choose one of the alternatives."))


def _one(form: Form, name: str) -> str:
    values = form.get(name) or ("",)
    return values[-1].strip() if len(values[-1]) <= LONGEST_TEXT * 4 else values[-1][: LONGEST_TEXT * 4]


def _text(form: Form, name: str, most: int) -> str:
    return cleaned(_one(form, name))[:most]


def _limited(form: Form, name: str, most: int) -> str:
    text, most = cleaned(_one(form, name)), min(most, LONGEST_TEXT)
    if len(text) > most:
        raise AnswerProblem(
            ngettext(
                "This is too long: at most %(most)d letter fits.",
                "This is too long: at most %(most)d letters fit.",
                most,
            )
            % {"most": most}
        )
    return text


def _email(text: str) -> str | None:
    if not text:
        return None
    try:
        validate_email(text)
    except ValidationError:
        raise AnswerProblem(_("This is no e-mail address. One looks like name@example.com.")) from None
    return text


def _date(form: Form, name: str) -> str | None:
    text = _text(form, name, 40)
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", text)
    try:
        day = date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError:
        raise AnswerProblem(_("This is no day. Write it like 31.12.2026.")) from None
    if not 1900 <= day.year <= 2200:
        raise AnswerProblem(_("The year must be between 1900 and 2200."))
    return day.isoformat()


def _number(text: str, question: Number) -> float | int | None:
    if not text:
        return None
    plain = text.replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    if len(text) > _LONGEST_NUMBER or not _DIGITS.fullmatch(plain):
        raise AnswerProblem(_("This is no number."))
    value = float(plain.replace("−", "-").replace(",", "."))
    if not math.isfinite(value):
        raise AnswerProblem(_("This is no number."))
    if question.low is not None and value < question.low:
        raise AnswerProblem(_("The number must be at least %(low)s.") % {"low": f"{question.low:g}"})
    if question.high is not None and value > question.high:
        raise AnswerProblem(_("The number may be at most %(high)s.") % {"high": f"{question.high:g}"})
    return int(value) if value.is_integer() else value


def _chosen(question: Single | Multiple, given: Sequence[str], language: str) -> list[str | None]:
    known = {str(value) for value, _label in choices_of(question, language)}
    for each in given:
        if each and each not in known:
            raise AnswerProblem(_("Choose one of the alternatives."))
    return [each or None for each in given]


def _several(question: Multiple, form: Form, language: str) -> list[str] | None:
    given = [each.strip() for each in form.get(field_of(question), ())][:200]
    chosen = list(dict.fromkeys(each for each in _chosen(question, given, language) if each))
    if "none" in chosen and question.none and len(chosen) > 1:
        raise AnswerProblem(_("“None of these” cannot be chosen together with others."))
    if question.most and len(chosen) > question.most:
        raise AnswerProblem(
            ngettext("Choose at most %(most)d.", "Choose at most %(most)d.", question.most)
            % {"most": question.most}
        )
    return chosen or None


def _matrix(question: Matrix, form: Form) -> dict[str, str] | None:
    columns = {column.key for column in question.columns}
    answer: dict[str, str] = {}
    for row in question.rows:
        given = _one(form, f"{field_of(question)}-{row.key}")
        if given and given not in columns:
            raise AnswerProblem(_("Choose one of the alternatives."))
        if given:
            answer[row.key] = given
    if question.required and answer and len(answer) < len(question.rows):
        raise AnswerProblem(_("Choose one on every row."))
    return answer or None


def _ranking(question: Ranking, form: Form) -> list[str] | None:
    places: dict[int, str] = {}
    for option in question.options:
        given = _one(form, f"{field_of(question)}-{option.key}")
        if not given:
            continue
        is_place = given.isascii() and given.isdigit() and len(given) <= _LONGEST_PLACE
        place = int(given) if is_place else 0
        if not 1 <= place <= len(question.options):
            raise AnswerProblem(_("Choose one of the alternatives."))
        if place in places:
            raise AnswerProblem(_("Two have the same place. Give each a place of its own."))
        places[place] = option.key
    if not places:
        return None
    if sorted(places) != list(range(1, len(places) + 1)):
        raise AnswerProblem(_("A place is left out: begin with 1, and leave no gaps."))
    return [places[place] for place in sorted(places)]


def _points(question: Points, form: Form) -> dict[str, int] | None:
    answer: dict[str, int] = {}
    is_given = False
    for option in question.options:
        given = _one(form, f"{field_of(question)}-{option.key}")
        is_given = is_given or bool(given)
        if given and not (given.isascii() and given.isdigit() and len(given) <= 6):
            raise AnswerProblem(_("Points are whole numbers from 0 up."))
        answer[option.key] = int(given or 0)
    total = sum(answer.values())
    if not is_given or (total == 0 and not question.required):
        return None
    if total != question.total:
        raise AnswerProblem(
            _("The points make %(total)d together; share out exactly %(wanted)d.")
            % {"total": total, "wanted": question.total}
        )
    return answer
