"""The draft as its respondents would see it, in a frame of the designer.

It is the real answering page, with logic and piping, and nothing of it is kept: what was chosen travels in the form,
signed. Only this address may be framed, and only by pages of this server.
"""

from __future__ import annotations

from typing import Any

from csp.constants import SELF
from django.core import signing
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from polku.accounts.access import workspace_view
from polku.surveys.answering.paging import Page, page_at
from polku.surveys.answering.rendering import Showing, message_page, question_page, thanks_page
from polku.surveys.definition.editing import place_of
from polku.surveys.definition.logic import met_answers, next_question
from polku.surveys.definition.piping import Known
from polku.surveys.definition.questions import Answer, Definition, from_data
from polku.surveys.definition.reading import AnswerProblem, read_answer, read_other
from polku.surveys.lookups import get_survey
from polku.surveys.models import Survey

_SALT = "polku.surveys.preview"


@xframe_options_sameorigin
@workspace_view("view")
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: Any, survey: int) -> HttpResponse:
    """A page of the draft: `at` names a question, `thanks` the last page, `lang` the language."""
    row = get_survey(survey)
    response = _Preview(request, row).answer()
    response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]
    return response


class _Preview:
    def __init__(self, request: Any, row: Survey) -> None:
        self.request, self.row = request, row
        self.definition: Definition = from_data(row.draft)
        self.sent = request.POST if request.method == "POST" else request.GET
        wanted = self.sent.get("lang", "")
        self.language = wanted if wanted in self.definition.languages else self.definition.languages[0]
        self.known = Known()
        self.answers: dict[str, Answer | None] = self._kept()

    def answer(self) -> HttpResponse:
        if self.request.method == "POST" and "page" in self.sent:
            return self._take()
        if "thanks" in self.sent or "next-step" in self.sent:
            return self._thanks()
        return self._page(self.sent.get("at"))

    def _kept(self) -> dict[str, Answer | None]:
        try:
            return dict(signing.loads(self.request.POST.get("kept", ""), salt=_SALT))
        except signing.BadSignature:
            return {}

    def _showing(self) -> Showing:
        kept = signing.dumps(self.answers, salt=_SALT, compress=True)
        return Showing(
            definition=self.definition,
            language=self.language,
            answers=met_answers(self.definition, self.answers, self.known),
            known=self.known,
            hidden={"csrfmiddlewaretoken": get_token(self.request), "lang": self.language, "kept": kept},
            address=reverse(
                "surveys:preview", kwargs={"workspace": self.row.workspace.slug, "survey": self.row.pk}
            ),
            query={"at": self.sent["at"]} if "at" in self.sent else {},
            is_anonymous=self.row.is_anonymous,
            company=self.row.workspace.name,
            seed="preview",
        )

    def _page(self, at: str | None) -> HttpResponse:
        place = None if at is None else place_of(self.definition, at)
        page = page_at(self.definition, self.answers, self.known, at)
        if page is not None and at is not None and place is not None and at not in page.keys:
            # Somebody works on a question that these answers do not lead to.
            page = Page([at], None, place, len(self.definition.questions))
        if page is None:
            kind = "empty" if self.definition.questions else "unasked"
            return message_page(self.request, self.language, kind, status=200)
        return question_page(self.request, self._showing(), page)

    def _take(self) -> HttpResponse:
        keys = self.sent.get("page", "").split(",")
        questions = [question for question in self.definition.questions if question.key in keys]
        if not questions:
            return self._page(None)
        lists = {name: list(values) for name, values in self.sent.lists()}
        problems: dict[str, str] = {}
        with translation.override(self.language):
            for question in questions:
                try:
                    answer = read_answer(question, lists, self.language)
                except AnswerProblem as problem:
                    problems[question.key] = str(problem)
                    continue
                self.answers[question.key] = answer
                self.answers[f"{question.key}.other"] = read_other(question, lists, answer)
        page = page_at(self.definition, self.answers, self.known, questions[0].key)
        if self.sent.get("go") == "back":
            return self._page(page.before if page else None)
        if problems and page is not None:
            return question_page(
                self.request, self._showing(), page, problems=problems, typed=lists, status=422
            )
        following = next_question(self.definition, self.answers, self.known, questions[-1].key)
        return self._page(following) if following else self._thanks()

    def _thanks(self) -> HttpResponse:
        return thanks_page(self.request, self._showing(), next_step={})
