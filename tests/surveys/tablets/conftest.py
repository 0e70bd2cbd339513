from __future__ import annotations

import pytest
from django.core.cache import cache

from polku.site.wrong_tokens import wrong_tokens
from polku.surveys import domain
from polku.surveys.definition.questions import from_data
from polku.surveys.tablets.domain import add_tablet, make_code, pair_tablet

DEFINITION = {
    "title": {"fi": "Ovella", "en": "At the door"},
    "languages": ["fi", "en"],
    "questions": [
        {"type": "smiley", "key": "smiley", "text": {}},
        {
            "type": "multiple",
            "key": "why",
            "text": {"fi": "Mikä harmitti?", "en": "What went wrong?"},
            "show_if": {"tests": [{"of": "answer", "name": "smiley", "op": "le", "value": 2}]},
            "options": [
                {"key": "queue", "text": {"fi": "Jono", "en": "The queue"}},
                {"key": "stock", "text": {"fi": "Puuttui", "en": "Out of stock"}},
            ],
        },
        {"type": "short_text", "key": "more", "text": {"fi": "Kerro lisää", "en": "Tell more"}},
    ],
}


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()
    wrong_tokens.forget()


def make_survey(workspace, *, is_anonymous=False, definition=DEFINITION):
    made = domain.create_survey(
        workspace=workspace,
        definition=from_data(definition),
        name="Ovella",
        actor=None,
        is_anonymous=is_anonymous,
    )
    domain.publish_survey(survey=made, actor=None)
    made.refresh_from_db()
    return made


def make_paired(survey, name="Tampere, ovi"):
    """(tablet, token)"""
    tablet = add_tablet(survey=survey, name=name, actor=None)
    paired = pair_tablet(code=make_code(tablet=tablet, actor=None))
    assert paired is not None
    return paired


@pytest.fixture
def survey(workspace):
    return make_survey(workspace)


@pytest.fixture
def paired(survey):
    return make_paired(survey)
