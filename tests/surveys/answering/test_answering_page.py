"""The page `/s/TOKEN` from the first question to the thanks, as a browser without scripts and cookies uses it."""

from __future__ import annotations

import pytest

from polku.outbox.models import News

pytestmark = pytest.mark.django_db


def test_a_survey_is_answered_page_by_page(respondent, simple):
    page = respondent.open()
    assert page.status_code == 200
    assert respondent.html.count('type="radio" name="q-nps"') == 11
    assert simple.responses() == []
    respondent.send({"q-nps": "9"})
    assert "Miksi?" in respondent.html
    assert News.objects.count() == 0
    respondent.send({"q-why": "Hyvä palvelu"})
    assert "Kiitos" in respondent.html
    response = simple.responses()[0]
    assert response.state == "completed"
    assert response.answers == {"nps": 9, "why": "Hyvä palvelu"}
    news = News.objects.get().payload
    assert [(each["name"], each["score"], each["text"]) for each in news["signals"]] == [
        ("nps", 9.0, "Hyvä palvelu")
    ]
