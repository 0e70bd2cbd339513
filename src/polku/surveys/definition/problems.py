"""What is wrong with a survey, in sentences.

Drafts may have problems, but what is published has no blocking one.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from polku.site.formats import number
from polku.surveys.definition.logic_problems import logic_problems
from polku.surveys.definition.problem import Problem
from polku.surveys.definition.question_problems import question_problems
from polku.surveys.definition.questions import Definition
from polku.surveys.definition.soundness import unsound
from polku.surveys.definition.texts import is_missing, texts_of
from polku.surveys.definition.theme import LOWEST_CONTRAST, colours_of, contrast, readable

__all__ = ["LANGUAGE_NAMES", "Problem", "problems", "unsound"]

LANGUAGE_NAMES: dict[str, str | Promise] = {
    "fi": gettext_lazy("Finnish"),
    "sv": gettext_lazy("Swedish"),
    "en": gettext_lazy("English"),
}


def problems(definition: Definition, *, is_anonymous: bool = False) -> list[Problem]:
    """Everything that is wrong, the unsound first, then in the order of the survey. Never raises."""
    if found := unsound(definition):
        return found
    return [*_problems(definition, is_anonymous)]


def _problems(definition: Definition, is_anonymous: bool) -> Iterator[Problem]:
    if not definition.questions:
        yield Problem("questions", _("There is no question yet: add at least one."))
    yield from _missing_texts(definition)
    for index, question in enumerate(definition.questions):
        yield from question_problems(question, index, is_anonymous=is_anonymous)
    yield from logic_problems(definition)
    yield from _thanks(definition)
    yield from _theme(definition)


def _missing_texts(definition: Definition) -> Iterator[Problem]:
    for placed in texts_of(definition):
        key = "" if placed.question is None else definition.questions[placed.question].key
        missing = [language for language in definition.languages if is_missing(placed, language)]
        if missing:
            names = ", ".join(str(LANGUAGE_NAMES[language]) for language in missing)
            yield Problem(
                placed.place,
                _text_sentence(placed.place) % {"languages": names},
                is_blocking=placed.is_needed,
                question=key,
            )


def _text_sentence(place: str) -> str:
    if place == "title":
        return _("The title is missing in: %(languages)s.")
    if place == "intro":
        return _("The introduction is missing in: %(languages)s.")
    if place.startswith("thanks.review"):
        return _("The text of the review link is missing in: %(languages)s.")
    if place.startswith("thanks"):
        return _("The thanks are missing in: %(languages)s.")
    if ".options[" in place:
        return _("The text of an option is missing in: %(languages)s.")
    if ".rows[" in place:
        return _("The text of a row is missing in: %(languages)s.")
    if ".columns[" in place:
        return _("The text of a column is missing in: %(languages)s.")
    if place.endswith("].text"):
        return _("The text of the question is missing in: %(languages)s.")
    if place.endswith("].help"):
        return _("The help text is missing in: %(languages)s.")
    return _("Words of the question are missing in: %(languages)s.")


def _thanks(definition: Definition) -> Iterator[Problem]:
    if not (address := definition.thanks.review_url):
        return
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web or any(letter.isspace() for letter in address):
        yield Problem(
            "thanks.review_url",
            _("The address of the review page should begin with https:// and name a site."),
        )


def _theme(definition: Definition) -> Iterator[Problem]:
    theme, language = colours_of(definition.theme), get_language() or "fi"
    sentences = {
        "ink": _(
            "The text stands out from the background %(ratio)s : 1; at least %(needed)s is needed. "
            "%(better)s will do."
        ),
        "accent": _(
            "Buttons stand out from the background %(ratio)s : 1; at least %(needed)s is needed. "
            "%(better)s will do."
        ),
    }
    for name, sentence in sentences.items():
        colour, needed = getattr(theme, name), LOWEST_CONTRAST[name]
        ratio = contrast(colour, theme.background)
        if ratio < needed:
            told = {
                "ratio": number(ratio, language, 1),
                "needed": number(needed, language, 1),
                "better": readable(colour, theme.background, needed),
            }
            yield Problem(f"theme.{name}", sentence % told)
