"""The survey is about to be shown to a visitor: whether it may, and with what it begins."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from django.utils import timezone
from django_scopes import scope

from polku.surveys.answering.counting import count_display
from polku.surveys.definition.logic import page_of
from polku.surveys.definition.piping import Known
from polku.surveys.definition.questions import Definition, from_data
from polku.surveys.definition.reading import cleaned
from polku.surveys.definition.wordings import in_language, metrics_of
from polku.surveys.links import link_token
from polku.surveys.models import SurveyLink, SurveyVersion
from polku.surveys.moments.fatigue import note_ask
from polku.surveys.onsite.callers import version_of
from polku.surveys.onsite.drawing import fits_on_card, step_of, theme_of
from polku.surveys.onsite.targeting import targeting_of
from polku.surveys.onsite.words import language_for, words_in

LongKey = Annotated[str, msgspec.Meta(max_length=300)]
Id = Annotated[str, msgspec.Meta(max_length=255)]
Address = Annotated[str, msgspec.Meta(max_length=2_000)]
Short = Annotated[str, msgspec.Meta(max_length=40)]


class Showing(msgspec.Struct):
    """What the widget sends before it shows a survey; `device` and `user` only with consent."""

    key: LongKey
    link: int
    language: Short = ""
    url: Address = ""
    device: Id = ""
    user: Id = ""


def shown_definition(
    link: SurveyLink, *, is_preview: bool, number: int | None = None
) -> tuple[SurveyVersion | None, Definition] | None:
    """The version that is asked; a preview of what was never published asks the draft. Needs the scope."""
    version = version_of(link.survey, number or None)
    if version is not None:
        return version, from_data(version.definition)
    return (None, from_data(link.survey.draft)) if is_preview else None


def show_survey(*, link: SurveyLink, showing: Showing, is_preview: bool) -> dict[str, Any]:
    """What the card begins with; `{"show": False}` where there is nothing to ask or the person was asked lately.

    Notes that the person is asked, in a transaction of its own, and counts the display; a preview leaves no trace.
    """
    with scope(workspace=link.workspace):
        found = shown_definition(link, is_preview=is_preview)
        if found is None or not found[1].questions:
            return {"show": False}
        version, definition = found
        if not is_preview:
            now = timezone.now()
            refusal = note_ask(
                workspace=link.workspace,
                ids=[each for each in (cleaned(showing.user), cleaned(showing.device)) if each],
                survey=link.survey,
                metrics=metrics_of(definition),
                at=now,
                not_within_days=targeting_of(link.settings).days,
            )
            if refusal is not None:
                return {"show": False}
            count_display(link, now)
    language = language_for(showing.language, definition.languages)
    known = Known(fields=link.fields)
    card: dict[str, Any] = {
        "show": True,
        "version": version.number if version else 0,
        "language": language,
        "title": in_language(definition.title, language),
        "intro": in_language(definition.intro, language),
        "theme": theme_of(definition),
        "words": words_in(language),
    }
    if fits_on_card(definition):
        first = page_of(definition, {}, known, None)
        card["step"] = step_of(definition, first, answers={}, known=known, language=language, number="")
    else:
        card["page"] = f"/s/{link_token(link.nonce)}?lang={language}"
    return card
