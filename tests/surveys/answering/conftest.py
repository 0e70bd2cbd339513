"""A published survey, its links, and people who fill in its forms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_scopes import scope

from polku.site.tokens import digest_of, new_token
from polku.surveys.definition.questions import Definition, from_data, to_data
from polku.surveys.links import add_link, link_token
from polku.surveys.models import Invitation, Response, Survey, SurveyLink, SurveyVersion

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

SIMPLE = {
    "title": {"fi": "Kysely", "en": "Survey"},
    "languages": ["fi", "en"],
    "questions": [
        {"type": "nps", "key": "nps", "text": {}, "required": True},
        {"type": "long_text", "key": "why", "text": {"fi": "Miksi?", "en": "Why?"}},
    ],
    "fields": ["store"],
}


@dataclass
class Published:
    """A survey that can be answered."""

    survey: Survey
    link: SurveyLink
    version: SurveyVersion

    @property
    def address(self) -> str:
        return f"/s/{link_token(self.link.nonce)}"

    def link_of(self, kind: str, **settings: Any) -> str:
        with scope(workspace=self.survey.workspace):
            link = add_link(survey=self.survey, kind=SurveyLink.Kind(kind), name=kind, **settings)
        return f"/s/{link_token(link.nonce)}"

    def invite(self, **settings: Any) -> str:
        token = new_token()
        with scope(workspace=self.survey.workspace):
            settings = {
                "person": "mari@example.com",
                "person_kind": "email",
                "email": "mari@example.com",
            } | settings
            Invitation.objects.create(
                workspace=self.survey.workspace,
                survey=self.survey,
                link=add_link(survey=self.survey, kind=SurveyLink.Kind.EMAIL, name="email"),
                digest=digest_of(token),
                state=Invitation.State.SENT,
                send_at=timezone.now(),
                **settings,
            )
        return f"/s/{token}"

    def responses(self) -> list[Response]:
        with scope(workspace=self.survey.workspace):
            return list(Response.objects.filter(survey=self.survey).order_by("pk"))


def publish(workspace: Any, definition: dict[str, Any] | Definition, **settings: Any) -> Published:
    data = definition if isinstance(definition, dict) else to_data(definition)
    from_data(data)
    with scope(workspace=workspace):
        survey = Survey.objects.create(
            workspace=workspace,
            key=f"survey-{Survey.objects.count() + 1}",
            name="Survey",
            state=Survey.State.OPEN,
            draft=data,
            **settings,
        )
        version = SurveyVersion.objects.create(workspace=workspace, survey=survey, number=1, definition=data)
        link = add_link(survey=survey, kind=SurveyLink.Kind.OPEN, name="Open link")
    return Published(survey, link, version)


@pytest.fixture
def simple(workspace):
    return publish(workspace, SIMPLE)


@pytest.fixture(autouse=True)
def nobody_came_before():
    from polku.site.wrong_tokens import wrong_tokens
    from polku.surveys.honesty.flags import repeats
    from polku.surveys.honesty.stuffing import stuffing

    wrong_tokens.forget()
    repeats.forget()
    stuffing.forget()


@dataclass
class Respondent:
    """A browser without cookies and scripts: reads a page's form and sends it."""

    address: str
    client: Client = field(
        default_factory=lambda: Client(headers={"user-agent": AGENT}, enforce_csrf_checks=True)
    )
    page: Any = None

    def open(self, query: str = "", **headers: str) -> Any:
        self.page = self.client.get(self.address + query, headers=headers)
        return self.page

    @property
    def html(self) -> str:
        return self.page.content.decode()

    def hidden(self) -> dict[str, str]:
        found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', self.html)
        return {unescape(name): unescape(value) for name, value in found}

    def send(self, answers: dict[str, Any], **headers: str) -> Any:
        """Fill in and send the form of the page; where it leads is the page then."""
        found = re.search(r'<form method="post" action="([^"]*)"', self.html)
        assert found is not None, self.html
        self.page = self.client.post(found[1], self.hidden() | answers, headers=headers)
        if self.page.status_code == 303:
            self.address = self.page.headers["Location"]
            self.page = self.client.get(self.address)
        return self.page


@pytest.fixture
def respondent(simple):
    return Respondent(simple.address)
