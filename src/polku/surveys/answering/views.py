"""The public page `/s/TOKEN`: one plain form a page, without scripts, cookies or sessions.

Looking at it never answers anything (GET writes nothing): a first answer in the address, as from an e-mail, is only
chosen beforehand. Sending the form keeps the page's answers and leads on to the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django_scopes import scope

from polku.site.clients import network_of
from polku.site.wrong_tokens import wrong_tokens
from polku.surveys.answering import form_tokens
from polku.surveys.answering.counting import count_display, count_start
from polku.surveys.answering.domain import AlreadyAnswered, Sender, take_next_step, take_page
from polku.surveys.answering.finding import Visit, find, resume_token
from polku.surveys.answering.paging import Page, page_at
from polku.surveys.answering.rendering import Showing, message_page, question_page, thanks_page
from polku.surveys.answering.speaking import language_of
from polku.surveys.definition.logic import met_answers
from polku.surveys.definition.questions import Answer, AnyQuestion, Definition
from polku.surveys.definition.reading import AnswerProblem, cleaned, field_of, read_answer, read_other
from polku.surveys.models import Response

_LONGEST_FIELD = 200
_NUMBER, _HONEYPOT = "form", "website"


@csrf_exempt  # decision 35: its own proof, which needs no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """One page of the survey that the token opens."""
    now = timezone.now()
    client = network_of(request.META.get("REMOTE_ADDR", ""))
    wait = wrong_tokens.wait(client)
    if wait:
        response = message_page(request, language_of(request, None), "too_many", status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    visit = find(token, now)
    if visit is None:
        wrong_tokens.note(client)
        return message_page(request, language_of(request, None), "not_found", status=404)
    with scope(workspace=visit.workspace), timezone.override(visit.workspace.timezone):
        page = _Answering(request, visit, now)
        return page.take() if request.method == "POST" else page.show()


class _Answering:
    def __init__(self, request: HttpRequest, visit: Visit, now: datetime) -> None:
        self.request, self.visit, self.now = request, visit, now
        sent: QueryDict = request.POST if request.method == "POST" else request.GET
        self.lists: dict[str, list[str]] = {
            name: [str(each) for each in values] for name, values in sent.lists()
        }
        self.sent = {name: values[-1] for name, values in self.lists.items() if values}
        self.definition: Definition = visit.definition
        self.form = form_tokens.read(visit.token, self.sent.get(_NUMBER, ""))
        if visit.survey.is_anonymous and visit.response is None and self.form is not None:
            visit.response = self._named_by_the_form()
        response = visit.response
        self.language = language_of(
            request,
            self.definition,
            self.sent.get("lang", ""),
            response.language if response else "",
            visit.invitation.language if visit.invitation else "",
        )
        self.fields = dict(response.fields) if response else self._fields()
        self.known = visit.known(self.fields)
        self.answers: dict[str, Answer | None] = dict(response.answers) if response else {}

    def _named_by_the_form(self) -> Response | None:
        """Of an anonymous survey only the form tells which answer somebody goes on with."""
        return (
            Response.objects.select_related("version")
            .defer("version__definition")
            .filter(survey=self.visit.survey, number=self.form.number if self.form else "")
            .first()
        )

    def _fields(self) -> dict[str, str]:
        visit = self.visit
        fields = {
            name: cleaned(self.sent[name])[:_LONGEST_FIELD]
            for name in self.definition.fields
            if name in self.sent and not visit.survey.is_anonymous
        }
        if visit.invitation and not visit.survey.is_anonymous:
            fields |= visit.invitation.fields
        return {
            name: str(value)
            for name, value in {**fields, **(visit.link.fields if visit.link else {})}.items()
        }

    @property
    def _is_completed(self) -> bool:
        response = self.visit.response
        return response is not None and response.state == Response.State.COMPLETED

    # Showing

    def show(self) -> HttpResponse:
        visit, response = self.visit, self.visit.response
        if (message := self._closed()) is not None:
            return message
        at = self.sent.get("at")
        chosen = self._chosen_in_the_address()
        may_change = not visit.survey.is_anonymous and (at is not None or bool(chosen))
        if response is not None and self._is_completed and not may_change:
            return self._thanks(response)
        self.answers = {**self.answers, **chosen}
        first = next(iter(chosen), None)
        page = page_at(self.definition, self.answers, self.known, at or first)
        if page is None:
            return message_page(self.request, self.language, "empty", status=200, title=self._title())
        if response is None and visit.link is not None and self.request.method == "GET" and at is None:
            count_display(visit.link, self.now)
        return question_page(self.request, self._showing(), page, is_confirming=bool(chosen))

    def _closed(self) -> HttpResponse | None:
        visit = self.visit
        if not visit.is_open and not visit.is_test:
            return message_page(self.request, self.language, "closed", status=410, title=self._title())
        is_used = visit.survey.is_anonymous and visit.invitation is not None and visit.invitation.is_answered
        if is_used and not self._is_completed:
            return message_page(self.request, self.language, "answered", status=200, title=self._title())
        return None

    def _chosen_in_the_address(self) -> dict[str, Answer | None]:
        """Answers that a link of a message brought, of the first question that it names. Nothing else happens."""
        for question in self.definition.questions:
            if field_of(question) in self.lists:
                try:
                    answer = read_answer(question, self.lists, self.language)
                except AnswerProblem:
                    return {}
                return {} if answer is None else {question.key: answer}
        return {}

    def _showing(self) -> Showing:
        visit = self.visit
        number = visit.response.number if visit.response else (self.form.number if self.form else "")
        form = form_tokens.make(visit.token, self.now.timestamp(), number)
        hidden = {_NUMBER: form, "lang": self.language}
        names = ("at", _NUMBER) if self.request.method != "POST" else ("at",)
        kept = {name: value for name, value in self.sent.items() if name in names}
        if visit.response is None and not visit.survey.is_anonymous:
            given = {name: self.fields[name] for name in self.definition.fields if name in self.fields}
            hidden |= given
            kept |= given
            kept |= {
                name: value
                for name, value in self.sent.items()
                if self.request.method != "POST" and name.startswith("q-") and len(value) < 100
            }
        return Showing(
            definition=self.definition,
            language=self.language,
            answers=met_answers(self.definition, self.answers, self.known),
            known=self.known,
            hidden=hidden,
            address=reverse("respond:survey", kwargs={"token": visit.token}),
            query=kept,
            is_test=visit.is_test,
            is_anonymous=visit.survey.is_anonymous,
            company=visit.workspace.name,
            seed=form.partition(".")[0],
        )

    def _title(self) -> str:
        return self._showing().words(self.definition.title)

    # Taking

    def take(self) -> HttpResponse:
        if not form_tokens.came_from_here(self.request) or self.form is None:
            return message_page(self.request, self.language, "refused", status=403)
        if (message := self._closed()) is not None:
            return message
        if "next-step" in self.sent:
            return self._take_next_step()
        page, response = self._page_sent(), self.visit.response
        if response and self._is_completed and self.visit.survey.is_anonymous:
            return self._thanks(response)
        if page is None:
            return self._lead_to(None)
        questions = [question for question in self.definition.questions if question.key in page.keys]
        answers, problems = self._read(questions)
        is_back = self.sent.get("go") == "back"
        if problems and not is_back:
            return question_page(
                self.request,
                self._showing(),
                page,
                problems=problems,
                typed=self.lists,
                status=422,
            )
        return self._keep(self.form, page, answers, is_back=is_back)

    def _page_sent(self) -> Page | None:
        keys = self.sent.get("page", "").split(",")
        known = [question.key for question in self.definition.questions if question.key in keys]
        if not known:
            return None
        at = page_at(self.definition, self.answers, self.known, known[0])
        if at is None:
            return None
        return replace(at, keys=known)

    def _read(self, questions: Sequence[AnyQuestion]) -> tuple[dict[str, Answer | None], dict[str, str]]:
        form = self.lists
        answers: dict[str, Answer | None] = {}
        problems: dict[str, str] = {}
        with translation.override(self.language):
            for question in questions:
                try:
                    answer = read_answer(question, form, self.language)
                except AnswerProblem as problem:
                    problems[question.key] = str(problem)
                    continue
                answers[question.key] = answer
                answers[f"{question.key}.other"] = read_other(question, form, answer)
        return answers, problems

    def _keep(
        self, form: form_tokens.Form, page: Page, answers: Mapping[str, Answer | None], *, is_back: bool
    ) -> HttpResponse:
        visit = self.visit
        seconds = self.now.timestamp() - form.shown
        sender = Sender(
            address=self.request.META.get("REMOTE_ADDR", ""),
            agent=self.request.headers.get("User-Agent", ""),
            honeypot=self.sent.get(_HONEYPOT, ""),
            sudden=seconds,
        )
        try:
            taken = take_page(
                visit=visit,
                number=visit.response.number if visit.response else form.number,
                answers=answers,
                last=page.keys[-1],
                language=self.language,
                fields=self.fields,
                seconds=seconds,
                sender=sender,
                at=self.now,
                may_complete=not is_back,
            )
        except AlreadyAnswered:
            return message_page(self.request, self.language, "answered", status=200, title=self._title())
        visit.response, self.answers = taken.response, dict(taken.response.answers)
        if taken.is_new and visit.link is not None:
            count_start(visit.link, self.now)
        if is_back:
            return self._lead_to(page.before)
        if taken.next_page:
            return self._lead_to(taken.next_page[0])
        if visit.survey.is_anonymous:
            return self._thanks(taken.response)  # no address leads to it from now on
        return self._lead_to(None)

    def _lead_to(self, key: str | None) -> HttpResponse:
        """To the page with this question, or to where this person is by now. A refreshed page sends nothing again."""
        visit, response = self.visit, self.visit.response
        query = {"lang": self.language} | ({"at": key} if key else {})
        token = visit.token
        if response is not None and visit.survey.is_anonymous:
            # Nothing in the store leads back to the answer: the address does, as long as it is not complete.
            query[_NUMBER] = form_tokens.make(token, self.now.timestamp(), response.number)
        elif response is not None and visit.invitation is None:
            token = resume_token(response.number)
        address = reverse("respond:survey", kwargs={"token": token})
        redirect = HttpResponseRedirect(f"{address}?{urlencode(query)}")
        redirect.status_code = 303
        redirect.headers["Cache-Control"] = "no-store"
        return redirect

    def _thanks(self, response: Response, *, problem: str = "", was_saved: bool = False) -> HttpResponse:
        is_anonymous = self.visit.survey.is_anonymous
        self.visit.response = response
        showing = self._showing()
        first = next(iter(page.keys) if (page := self._first_page()) else iter(()), "")
        change = "" if is_anonymous or not first else f"?{urlencode({'at': first, 'lang': self.language})}"
        chosen: dict[str, Any] = {
            "wants_contact": response.wants_contact or bool(problem),
            "contact": self.sent.get("contact-at", "") if problem else response.contact,
            "asks_where": self.visit.invitation is None or not self.visit.invitation.email,
            "may_be_quoted": response.may_be_quoted,
            "was_saved": was_saved or "saved" in self.request.GET,
        }
        return thanks_page(
            self.request,
            showing,
            next_step=chosen,
            change=change,
            problem=problem,
            status=422 if problem else 200,
        )

    def _first_page(self) -> Page | None:
        keys = [question.key for question in self.definition.questions]
        for key in keys:
            page = page_at(self.definition, self.answers, self.known, key)
            if page is not None and page.before is None:
                return page
        return None

    def _take_next_step(self) -> HttpResponse:
        response = self.visit.response
        if response is None:
            return self._lead_to(None)
        contact = cleaned(self.sent.get("contact-at", ""))[:254]
        wants = "contact" in self.sent
        if wants and (not self.visit.invitation or contact) and not _can_be_reached(contact):
            with translation.override(self.language):
                return self._thanks(response, problem=_("Write an e-mail address or a phone number."))
        take_next_step(
            response=response,
            wants_contact=wants,
            contact=contact,
            may_be_quoted="quote" in self.sent,
        )
        if self.visit.survey.is_anonymous:
            return self._thanks(response, was_saved=True)
        redirect = self._lead_to(None)
        redirect.headers["Location"] += "&saved=1"
        return redirect


def _can_be_reached(contact: str) -> bool:
    digits = sum(letter.isdigit() for letter in contact)
    if digits >= 5 and not set(contact) - set("0123456789+-() ./"):
        return True
    try:
        validate_email(contact)
    except ValidationError:
        return False
    return True
