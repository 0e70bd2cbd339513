from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from polku.accounts.domain import create_api_key
from polku.surveys import domain
from polku.surveys.definition.questions import from_data
from polku.surveys.onsite.domain import add_web_link
from polku.surveys.onsite.targeting import Targeting

SITE = "https://www.shop.example"
DEFINITION: dict[str, Any] = {
    "title": {"fi": "Miten meni?", "en": "How did it go?"},
    "languages": ["fi", "en"],
    "questions": [
        {"type": "nps", "key": "nps", "text": {}, "required": True},
        {
            "type": "long_text",
            "key": "why",
            "text": {"fi": "Miksi {answer.nps}?", "en": "Why {answer.nps}?"},
            "show_if": {"tests": [{"of": "answer", "name": "nps", "op": "lt", "value": 7}]},
        },
        {"type": "email", "key": "email", "text": {"fi": "Sähköposti", "en": "E-mail"}},
    ],
}


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def key(workspace):
    _row, text = create_api_key(workspace=workspace, kind="write", name="sivut", actor=None)
    return text


@pytest.fixture
def survey(workspace):
    made = domain.create_survey(
        workspace=workspace, definition=from_data(DEFINITION), name="Sivut", actor=None
    )
    domain.publish_survey(survey=made, actor=None)
    made.refresh_from_db()
    return made


@pytest.fixture
def link(survey):
    return add_web_link(
        survey=survey, name="Sivusto", targeting=Targeting(sites=["shop.example"]), actor=None
    )
