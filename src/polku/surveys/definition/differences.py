"""What changed from one version of a survey to another, and what of it breaks the comparison of scores."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from django.utils.translation import gettext as _

from polku.surveys.definition.questions import AnyQuestion, Definition, Matrix
from polku.surveys.definition.texts import option_lists
from polku.surveys.definition.wordings import choices_of, ends_of, metric_of, scale_of, text_of


@dataclass(frozen=True)
class Difference:
    """One change. `question` is its question's key, empty where it is the survey's. `breaks_trend`: scores before
    and after were not asked with the same words, which is marked on their trend."""

    sentence: str
    question: str = ""
    breaks_trend: bool = False


def differences(before: Definition, after: Definition) -> list[Difference]:
    """In the order of the later survey, removed questions last."""
    old = {question.key: question for question in before.questions}
    new = {question.key: question for question in after.questions}
    found = _of_the_whole(before, after)
    for key, question in new.items():
        if key not in old:
            found.append(Difference(_("“%s” is new.") % _short(question, after), key))
        elif question != old[key]:
            found.extend(_of_question(old[key], question, before, after))
    for key, question in old.items():
        if key not in new:
            found.append(
                Difference(_("“%s” is no longer asked.") % _short(question, before), key, _is_score(question))
            )
    kept = [key for key in old if key in new]
    if kept != [key for key in new if key in old]:
        found.append(Difference(_("The questions come in another order.")))
    return found


def _of_the_whole(before: Definition, after: Definition) -> list[Difference]:
    found = []
    if before.title != after.title:
        found.append(Difference(_("The title changed.")))
    if before.intro != after.intro:
        found.append(Difference(_("The introduction changed.")))
    if set(before.languages) != set(after.languages):
        found.append(Difference(_("The languages are: %s.") % ", ".join(after.languages)))
    elif before.languages != after.languages:
        found.append(Difference(_("The first language is: %s.") % after.languages[0]))
    if before.pages != after.pages:
        found.append(
            Difference(
                _("Questions are asked one at a time.")
                if after.pages == "one"
                else _("Questions are asked together.")
            )
        )
    if before.fields != after.fields:
        found.append(Difference(_("The hidden fields changed.")))
    if before.theme != after.theme:
        found.append(Difference(_("The colours changed.")))
    if before.thanks != after.thanks:
        found.append(Difference(_("The thanks page changed.")))
    return found


def _of_question(
    old: AnyQuestion, new: AnyQuestion, before: Definition, after: Definition
) -> list[Difference]:
    name = _short(new, after)
    breaks = _is_score(old) and _words(old, before, after) != _words(new, before, after)
    found = []
    if type(old) is not type(new):
        return [Difference(_("“%s” is a question of another type.") % name, new.key, breaks)]
    if breaks:
        found.append(Difference(_("The wording of “%s” changed.") % name, new.key, breaks_trend=True))
    elif _texts(old) != _texts(new):
        found.append(Difference(_("Texts of “%s” changed.") % name, new.key))
    if (old.show_if, old.skips) != (new.show_if, new.skips):
        found.append(Difference(_("The logic of “%s” changed.") % name, new.key))
    if old.required != new.required:
        sentence = _("“%s” must be answered.") if new.required else _("“%s” may be left unanswered.")
        found.append(Difference(sentence % name, new.key))
    if not found:
        found.append(Difference(_("Details of “%s” changed.") % name, new.key))
    return found


def _is_score(question: AnyQuestion) -> bool:
    if isinstance(question, Matrix):
        return any(column.value is not None for column in question.columns)
    return metric_of(question) is not None


def _words(question: AnyQuestion, before: Definition, after: Definition) -> object:
    """What a respondent reads of a score question, in the languages that both versions have."""
    languages = [language for language in before.languages if language in after.languages]
    return (
        type(question),
        scale_of(question),
        [
            (text_of(question, language), choices_of(question, language), ends_of(question, language))
            for language in languages
        ],
        [
            (option.key, option.value, *(option.text.get(language, "") for language in languages))
            for _name, options in option_lists(question)
            for option in options
        ],
    )


def _texts(question: AnyQuestion) -> object:
    fields = msgspec.structs.asdict(question)
    return [value for name, value in fields.items() if isinstance(value, dict) or name in _OPTIONS]


_OPTIONS = ("options", "rows", "columns")


def _short(question: AnyQuestion, definition: Definition) -> str:
    text = text_of(question, definition.languages[0]) or question.key
    return text if len(text) <= 60 else text[:59].rstrip() + "…"
