"""The message itself: in every language, for every kind of first question, safe with whatever people write."""

from __future__ import annotations

import re
from datetime import date

import pytest

from polku.messaging.domain import Sender
from polku.surveys.definition.logic import next_question
from polku.surveys.definition.piping import Known
from polku.surveys.definition.questions import (
    Ces,
    Csat,
    LongText,
    Number,
    Option,
    Rule,
    Single,
    Smiley,
    Stars,
    Statement,
    TaskSuccess,
    Theme,
)
from polku.surveys.definition.questions import Test as When
from polku.surveys.definition.wordings import choices_of
from polku.surveys.inviting.mail import first_question, write_mail
from polku.surveys.inviting.texts import DEFAULTS, WORDS, MailSettings, MailTexts
from tests.surveys.inviting.conftest import definition

EVIL = '"><script>alert(1)</script>'
SENDER = Sender(name="Kävytär & pojat", email="a@kavytar.example", footer=f"Kävytär Oy\n{EVIL}")


def write(of=None, **changes):
    return write_mail(
        **{
            "definition": of or definition(languages=("fi", "sv", "en")),
            "settings": MailSettings(texts={}),
            "sender": SENDER,
            "language": "fi",
            "known": Known(traits={"first_name": "Maija"}),
            "is_anonymous": False,
            "until": date(2026, 12, 3),
            **changes,
        }
    )


def asking(question):
    return definition(questions=(question,))


@pytest.mark.parametrize(
    ("language", "until"), [("fi", "3.12.2026"), ("sv", "3 december 2026"), ("en", "3 December 2026")]
)
def test_all_of_it_is_in_the_readers_language(language, until):
    mail = write(language=language)
    usual, words = DEFAULTS[language], WORDS[language]
    assert mail.subject == usual.subject
    for part in (mail.text, mail.html):
        assert all(each in part for each in (words.choose, words.open, words.unsubscribe, until))
    assert f'<html lang="{language}">' in mail.html
    assert write(language=language, is_reminder=True).subject == usual.reminder_subject


@pytest.mark.parametrize(
    "question",
    [
        Csat(key="k"),
        Csat(key="k", scale=7),
        Ces(key="k"),
        Smiley(key="k"),
        TaskSuccess(key="k"),
        Stars(key="k", text={"fi": "Tähdet"}),
        Number(key="k", text={"fi": "?"}, low=0, high=5, is_scale=True),
        Single(key="k", text={"fi": "?"}, options=(Option("a", {"fi": "A"}), Option("b&b", {"fi": "B"})), other=True),
    ],
)  # fmt: skip
def test_every_answer_of_the_first_question_has_its_link(question):
    mail = write(asking(question))
    for value, _label in choices_of(question, "fi"):
        said = str(value).replace("&", "%26")
        assert f'href="{{{{link}}}}?q-k={said}"' in mail.html
        assert f"{{{{link}}}}?q-k={said}\n" in mail.text


@pytest.mark.parametrize(
    "question",
    [
        LongText(key="k", text={"fi": "Miksi?"}),
        Statement(key="k", text={"fi": "Tervetuloa"}),
        Single(key="k", text={"fi": "?"}, options=tuple(Option(f"o{n}", {"fi": str(n)}) for n in range(12))),
    ],
)
def test_other_first_questions_are_asked_on_the_page(question):
    mail = write(asking(question))
    assert "?q-" not in mail.html + mail.text
    assert 'href="{{link}}"' in mail.html


def test_the_first_question_is_the_one_that_this_person_meets():
    only_swedes = Rule(tests=(When(of="trait", name="kieli", op="eq", value="sv"),))
    of = definition(
        questions=(Smiley(key="ensin", show_if=only_swedes), Stars(key="sitten", text={"fi": "Tähdet"}))
    )
    for traits, key in (({}, "sitten"), ({"kieli": "sv"}, "ensin")):
        known = Known(traits=traits)
        assert next_question(of, {}, known, None) == key
        found = first_question(of, known, "fi")
        assert found is not None
        assert f"q-{key}=" in found.choices[0].address


def test_an_anonymous_survey_shows_nothing_of_who_reads():
    settings = MailSettings(texts={"fi": MailTexts(subject="Hei {trait.first_name|sinä}")})
    assert write(settings=settings).subject == "Hei Maija"
    mail = write(settings=settings, is_anonymous=True)
    assert mail.subject == "Hei sinä"
    assert "nimetön" in mail.text
    assert "Maija" not in mail.text + mail.html


def test_what_people_wrote_is_text_and_nothing_else():
    of = definition(
        questions=(Single(key="k", text={"fi": EVIL}, options=(Option("a", {"fi": EVIL}),)),),
        title={"fi": EVIL},
    )
    settings = MailSettings(texts={"fi": MailTexts(subject=EVIL, intro=f"{EVIL} {{trait.first_name}}")})
    mail = write(of, settings=settings, known=Known(traits={"first_name": EVIL}))
    assert "<script" not in mail.html
    assert mail.html.count("&lt;script&gt;") >= 6


def test_a_theme_is_readable_by_day_and_by_night():
    of = definition(theme=Theme(accent="#ffee00", background="#ffffff", ink="#222222"))
    mail = write(of)
    assert "#ffee00" not in re.sub(r"<style>.*?</style>", "", mail.html)
    assert "prefers-color-scheme:dark" in mail.html
    preview = write(of, is_preview=True)
    assert " style=" not in preview.html
    assert ".m-choice{" in preview.sheet
