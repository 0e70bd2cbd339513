"""What the tests of inviting share: a published survey, and a real mail server."""

from __future__ import annotations

import pytest

from polku.surveys import domain
from polku.surveys.definition.questions import Definition, LongText, Nps, Rule, Test, Thanks
from polku.surveys.models import Survey
from tests.messaging.conftest import rooms_mail

__all__ = ["definition", "rooms_mail"]


def definition(**changes) -> Definition:
    return Definition(
        **{
            "title": {"fi": "Miten meni?", "sv": "Hur gick det?", "en": "How did it go?"},
            "languages": ("fi", "sv"),
            "fields": ("store",),
            "questions": (
                Nps(key="suosittelu", about={"fi": "Kävytärtä", "sv": "Kävytär"}),
                LongText(
                    key="miksi",
                    text={"fi": "Miksi, {trait.first_name|ystävä}?", "sv": "Varför?"},
                    show_if=Rule(tests=(Test(of="answer", name="suosittelu", op="le", value=6),)),
                ),
            ),
            "thanks": Thanks(text={"fi": "Kiitos!", "sv": "Tack!"}),
            **changes,
        }
    )


@pytest.fixture
def survey(workspace, owner) -> Survey:
    made = domain.create_survey(workspace=workspace, definition=definition(), name="Suosittelu", actor=owner)
    domain.publish_survey(survey=made, actor=owner)
    made.refresh_from_db()
    return made
