"""The pages of a survey as HTML. Nothing here reads or writes the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from csp.constants import NONCE, SELF
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from polku.surveys.answering.paging import Page
from polku.surveys.answering.shown import show
from polku.surveys.answering.speaking import NAMES, look_of
from polku.surveys.definition.logic import holds
from polku.surveys.definition.piping import NOTHING, Known, pipe
from polku.surveys.definition.questions import Answer, Definition, LongText, ShortText
from polku.surveys.definition.wordings import in_language


@dataclass
class Showing:
    """What one page shows. `hidden` are the fields that the form carries."""

    definition: Definition
    language: str
    answers: Mapping[str, Answer | None] = field(default_factory=dict)
    known: Known = NOTHING
    hidden: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    """Of the page without its query; the form goes there."""
    query: Mapping[str, str] = field(default_factory=dict)
    """What the links to other languages keep."""
    is_test: bool = False
    is_anonymous: bool = False
    company: str = ""
    seed: str = ""

    def words(self, text: Mapping[str, str]) -> str:
        return pipe(
            in_language(dict(text), self.language),
            definition=self.definition,
            answers=self.answers,
            known=self.known,
            language=self.language,
        )

    def context(self) -> dict[str, Any]:
        return {
            "language": self.language,
            "title": self.words(self.definition.title),
            "languages": [
                (code, NAMES[code], f"?{urlencode({**self.query, 'lang': code})}")
                for code in self.definition.languages
            ],
            "look": look_of(self.definition.theme),
            "hidden": self.hidden,
            "address": self.address,
            "is_test": self.is_test,
            "is_anonymous": self.is_anonymous,
            "company": self.company,
        }


def question_page(
    request: HttpRequest,
    showing: Showing,
    page: Page,
    *,
    problems: Mapping[str, str] | None = None,
    typed: Mapping[str, Sequence[str]] | None = None,
    is_confirming: bool = False,
    status: int = 200,
) -> HttpResponse:
    """A page of questions; `is_confirming` where an answer came with the address and waits for a click."""
    problems = problems or {}
    questions = {question.key: question for question in showing.definition.questions}
    with translation.override(showing.language):
        shown = [
            show(
                questions[key],
                definition=showing.definition,
                answers=showing.answers,
                known=showing.known,
                language=showing.language,
                typed=typed,
                problem=problems.get(key, ""),
                seed=showing.seed,
            )
            for key in page.keys
        ]
        context = {
            **showing.context(),
            "questions": shown,
            "page": page,
            "page_keys": ",".join(page.keys),
            "number": page.passed + 1,
            "percent": round(100 * page.passed / max(1, page.total)),
            "intro": showing.words(showing.definition.intro) if page.before is None else "",
            "problems": [question for question in shown if question.problem],
            "is_confirming": is_confirming,
            "may_be_last": page.is_last,
        }
        return _response(request, "surveys/answer.html", context, status)


def thanks_page(
    request: HttpRequest,
    showing: Showing,
    *,
    next_step: Mapping[str, object] | None,
    change: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """After the last answer. `next_step` holds what was chosen before on this page (wants_contact, contact,
    may_be_quoted, was_saved), None where nothing can be chosen; `change` leads back to the answers."""
    thanks, definition = showing.definition.thanks, showing.definition
    is_written = any(
        isinstance(question, ShortText | LongText) and showing.answers.get(question.key)
        for question in definition.questions
    )
    may_review = bool(thanks.review_url.startswith(("https://", "http://"))) and (
        thanks.review_if is None or holds(thanks.review_if, showing.answers, showing.known)
    )
    with translation.override(showing.language):
        context = {
            **showing.context(),
            "text": showing.words(thanks.text),
            "review_url": thanks.review_url if may_review else "",
            "review_label": showing.words(thanks.review_label),
            "asks_to_contact": next_step is not None and thanks.asks_to_contact and not showing.is_anonymous,
            "asks_to_quote": next_step is not None and thanks.asks_to_quote and is_written,
            "chosen": next_step or {},
            "change": change,
            "problem": problem,
        }
        return _response(request, "surveys/answer_thanks.html", context, status)


def message_page(
    request: HttpRequest, language: str, kind: str, *, status: int, title: str = ""
) -> HttpResponse:
    """A page that says in two sentences why there is nothing to answer. `kind` names them in the template."""
    with translation.override(language):
        context: dict[str, Any] = {
            "language": language,
            "kind": kind,
            "title": title,
            "look": None,
            "languages": [],
        }
        return _response(request, "surveys/answer_message.html", context, status)


def _response(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    if context["look"] is not None:
        context["nonce"] = str(request.csp_nonce)  # type: ignore[attr-defined]
    response = HttpResponse(render_to_string(template, context), status=status)
    if context["look"] is not None:
        response._csp_update = {"style-src": [SELF, NONCE]}  # type: ignore[attr-defined]
    response.headers["Content-Language"] = str(context["language"])
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
