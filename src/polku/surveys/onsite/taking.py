"""One step of the widget's card is answered: it is kept, and the next step follows.

Each request carries the fields of all steps so far, so that nothing is missing where an earlier one was lost, and the
number that the card gave the response when it opened: sent twice, it is one response.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from django.utils import timezone, translation
from django_scopes import scope

from polku.eventstore.streams import IdKind
from polku.surveys.answering.counting import count_start
from polku.surveys.answering.domain import Sender, submit
from polku.surveys.definition.logic import holds, met_answers, page_of, path
from polku.surveys.definition.piping import Known, pipe
from polku.surveys.definition.questions import Answer, Definition, Statement
from polku.surveys.definition.reading import AnswerProblem, cleaned, read_answer, read_other
from polku.surveys.definition.wordings import in_language
from polku.surveys.models import Response, SurveyLink, SurveyVersion
from polku.surveys.onsite.asking import Address, Id, LongKey, Short, shown_definition
from polku.surveys.onsite.drawing import step_of
from polku.surveys.onsite.words import language_for

Number = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
_Key = Annotated[str, msgspec.Meta(max_length=80)]
_Value = Annotated[str, msgspec.Meta(max_length=10_000)]
_Values = Annotated[list[_Value], msgspec.Meta(max_length=200)]
_Form = Annotated[dict[_Key, _Values], msgspec.Meta(max_length=500)]


class Answering(msgspec.Struct):
    key: LongKey
    link: int
    number: Number
    version: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    page: Annotated[list[_Key], msgspec.Meta(max_length=100)]
    form: _Form
    language: Short = ""
    url: Address = ""
    device: Id = ""
    user: Id = ""


class _Problem(Exception):
    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key, self.sentence = key, sentence


def take_step(
    *, link: SurveyLink, sent: Answering, is_preview: bool, sender: Sender
) -> tuple[int, dict[str, Any]]:
    """(status, what the card goes on with). Keeps the answers so far, completes the response with the last of them."""
    with scope(workspace=link.workspace):
        found = shown_definition(link, is_preview=is_preview, number=sent.version)
        if found is None:
            return 400, {"detail": "There is no such version."}
        version, definition = found
        language = language_for(sent.language, definition.languages)
        known = Known(fields=link.fields)
        try:
            with translation.override(language):
                answers = _read(definition, sent, language)
        except _Problem as problem:
            return 422, {"problem": {"key": problem.key, "text": problem.sentence}}
        following = _following(definition, answers, known, sent.page)
        if not is_preview:
            known_as = Response.objects.filter(number=sent.number).values_list("survey", flat=True).first()
            if known_as not in (None, link.survey_id):
                return 400, {"detail": "This number is that of an answer to another survey."}
            _keep(link, version, sent, answers, language, sender, is_complete=not following)
            if known_as is None:
                count_start(link, timezone.now())
    if following:
        step = step_of(
            definition, following, answers=answers, known=known, language=language, number=sent.number
        )
        return 200, {"step": step}
    return 200, {"thanks": _thanks(definition, answers, known, language)}


def _read(definition: Definition, sent: Answering, language: str) -> dict[str, Answer]:
    """All answers in the form. Only those of the step itself can be wrong: earlier ones have passed."""
    answers: dict[str, Answer] = {}
    for question in definition.questions:
        try:
            answer = read_answer(question, sent.form, language)
        except AnswerProblem as problem:
            if question.key in sent.page:
                raise _Problem(question.key, str(problem)) from None
            continue
        if answer is not None and (question.key in sent.page or f"q-{question.key}" in sent.form):
            answers[question.key] = answer
            if (other := read_other(question, sent.form, answer)) is not None:
                answers[f"{question.key}.other"] = other
    return answers


def _following(
    definition: Definition, answers: dict[str, Answer], known: Known, page: list[str]
) -> list[str]:
    """Keys of the next step; none at the end. Whoever skipped what is required is led back to it."""
    places = {question.key: place for place, question in enumerate(definition.questions)}
    last = max((key for key in page if key in places), key=places.__getitem__, default=None)
    following = page_of(definition, answers, known, last)
    if following:
        return following
    needed = {
        question.key
        for question in definition.questions
        if question.required and not isinstance(question, Statement)
    }
    return [key for key in path(definition, answers, known) if key in needed and key not in answers][:1]


def _keep(
    link: SurveyLink,
    version: SurveyVersion | None,
    sent: Answering,
    answers: dict[str, Answer],
    language: str,
    sender: Sender,
    *,
    is_complete: bool,
) -> None:
    user, device = cleaned(sent.user), cleaned(sent.device)
    submit(
        link=link,
        number=sent.number,
        version=version,
        answers=answers,
        at=timezone.now(),
        channel="web",
        language=language,
        person=user or device,
        person_kind=(IdKind.USER if user else IdKind.DEVICE if device else ""),
        url=cleaned(sent.url),
        sender=sender,
        is_complete=is_complete,
    )


def _thanks(
    definition: Definition, answers: dict[str, Answer], known: Known, language: str
) -> dict[str, str]:
    thanks = definition.thanks
    met = met_answers(definition, answers, known)
    leads_on = thanks.review_url.startswith(("https://", "http://")) and (
        thanks.review_if is None or holds(thanks.review_if, met, known)
    )
    text = pipe(
        in_language(thanks.text, language), definition=definition, answers=met, known=known, language=language
    )
    label = in_language(thanks.review_label, language)
    return {"text": text, "url": thanks.review_url if leads_on else "", "label": label or thanks.review_url}
