"""The page `/s/TOKEN` from the first question to the thanks, as a browser without scripts and cookies uses it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone
from django_scopes import scope

from polku.outbox.models import News
from polku.surveys.answering import counting
from polku.surveys.models import AnswerChange, Invitation, LinkDay, Survey, SurveyVersion
from tests.surveys.answering.conftest import AGENT, SIMPLE, Respondent, publish

pytestmark = pytest.mark.django_db

LOGIC = {
    "title": {"fi": "Kysely", "sv": "Enkät", "en": "Survey"},
    "languages": ["fi", "sv", "en"],
    "questions": [
        {"type": "short_text", "key": "name", "text": {"fi": "Nimi?", "sv": "Namn?", "en": "Name?"}},
        {
            "type": "csat",
            "key": "csat",
            "text": {},
            "skips": [
                {"rule": {"tests": [{"of": "answer", "name": "csat", "op": "ge", "value": 4}]}, "to": "end"}
            ],
        },
        {
            "type": "long_text",
            "key": "why",
            "text": {"en": "What went wrong, {answer.name|friend}, in {field.store|the shop}?"},
            "required": True,
        },
    ],
    "fields": ["store"],
}


def test_a_survey_is_answered_page_by_page(respondent, simple):
    page = respondent.open()
    assert page.status_code == 200
    assert page.cookies == {}
    assert re.findall(r'type="radio" name="q-nps" value="(\d+)"', respondent.html) == [
        str(number) for number in range(11)
    ]
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


def test_progress_counts_questions_and_not_what_is_only_to_be_read(workspace):
    definition = SIMPLE | {
        "questions": [
            {"type": "statement", "key": "hello", "text": {"en": "Hello"}},
            *SIMPLE["questions"],
            {"type": "statement", "key": "bye", "text": {"en": "Bye"}},
        ]
    }
    visitor = Respondent(publish(workspace, definition).address)
    visitor.open("?lang=en")
    visitor.send({})
    assert "Question 1 of 2" in visitor.html
    visitor.send({"q-nps": "9"})
    assert "Question 2 of 2" in visitor.html
    assert ">Continue<" in visitor.html
    visitor.send({})
    assert ">Send<" in visitor.html
    visitor.send({})
    assert "Thank you" in visitor.html


def test_looking_at_the_page_keeps_nothing(respondent, simple):
    for query in ("", "?q-nps=9", "?q-nps=9&go=on&page=nps", "?next-step=1&contact=1"):
        respondent.open(query)
        respondent.client.head(respondent.address + query)
    assert simple.responses() == []
    assert News.objects.count() == 0


def test_an_answer_in_the_address_is_only_marked(respondent, simple):
    respondent.open("?q-nps=9")
    assert re.search(r'name="q-nps" value="9" checked', respondent.html)
    assert "Valintasi on merkitty alle" in respondent.html
    respondent.send({"q-nps": "9"})
    assert simple.responses()[0].answers == {"nps": 9}


@pytest.mark.parametrize("given", ["11", "-1", "x", "9e0", "<script>", "9" * 5000])
def test_a_wrong_answer_in_the_address_is_passed_over(respondent, given):
    assert respondent.open(f"?q-nps={given}").status_code == 200
    assert "checked" not in respondent.html


def test_what_is_missing_is_said_beside_the_question(respondent, simple):
    respondent.open("?lang=en")
    page = respondent.send({})
    assert page.status_code == 422
    assert 'id="q-nps-problem">Choose one to go on.' in respondent.html
    assert 'href="#q-nps-question"' in respondent.html
    assert simple.responses() == []
    assert respondent.send({"q-nps": "0"}).status_code == 200
    assert simple.responses()[0].answers == {"nps": 0}


def test_whoever_comes_back_by_the_address_goes_on_where_they_were(respondent, simple):
    respondent.open()
    respondent.send({"q-nps": "3"})
    later = Respondent(respondent.address.partition("?")[0])
    later.open()
    assert "Miksi?" in later.html
    later.send({"q-why": "Hidas"}, **{"accept-language": "en"})
    assert [response.answers for response in simple.responses()] == [{"nps": 3, "why": "Hidas"}]


def test_people_of_one_link_never_meet_whatever_was_read_first(simple):
    """What a link leads to is remembered between requests; who answered through it is not."""
    from polku.surveys.answering import finding

    one, two, three = (Respondent(simple.address) for _each in range(3))
    for visitor in (one, two):
        visitor.open("?lang=en")
    finding.forget_links()
    one.send({"q-nps": "1"})
    finding.forget_links()
    Respondent(one.address).open()
    two.send({"q-nps": "2"})
    three.open("?lang=en")
    assert "checked" not in three.html
    three.send({"q-nps": "3"})
    two.send({"q-why": "two"})
    one.send({"q-why": "one"})
    assert [response.answers for response in simple.responses()] == [
        {"nps": 1, "why": "one"},
        {"nps": 2, "why": "two"},
        {"nps": 3},
    ]


def test_whoever_has_begun_goes_on_after_the_link_was_switched_off(respondent, simple):
    respondent.open("?lang=en")
    respondent.send({"q-nps": "3"})
    with scope(workspace=simple.survey.workspace):
        simple.survey.links.update(is_active=False)
    respondent.send({"q-why": "Slow"})
    assert "Thank you" in respondent.html
    assert respondent.client.get(simple.address).status_code == 404
    assert [response.answers for response in simple.responses()] == [{"nps": 3, "why": "Slow"}]


def test_going_back_keeps_what_was_typed_and_shows_what_was_answered(respondent, simple):
    respondent.open()
    respondent.send({"q-nps": "3"})
    respondent.send({"q-why": "Hidas", "go": "back"})
    assert re.search(r'name="q-nps" value="3" checked', respondent.html)
    assert simple.responses()[0].answers == {"nps": 3, "why": "Hidas"}
    assert simple.responses()[0].state == "partial"
    respondent.send({"q-nps": "4"})
    assert "Hidas</textarea>" in respondent.html


def test_the_same_form_sent_twice_is_one_answer(respondent, simple):
    respondent.open()
    form = respondent.hidden() | {"q-nps": "7"}
    for _each in range(3):
        assert respondent.client.post(respondent.address, form).status_code == 303
    assert [response.answers for response in simple.responses()] == [{"nps": 7}]


def test_logic_piping_and_hidden_fields_come_together(workspace):
    asked = publish(workspace, LOGIC)
    visitor = Respondent(asked.address)
    visitor.open("?lang=en&store=Oulu+1&secret=x")
    visitor.send({"q-name": "Mari <b>"})
    visitor.send({"q-csat": "2"})
    assert "What went wrong, Mari &lt;b&gt;, in Oulu 1?" in visitor.html
    visitor.send({"q-why": "Everything"})
    response = asked.responses()[0]
    assert response.state == "completed"
    assert response.fields == {"store": "Oulu 1"}
    happy = Respondent(asked.address)
    happy.open("?lang=en")
    happy.send({})
    happy.send({"q-csat": "5"})
    assert "Thank you" in happy.html
    assert asked.responses()[1].answers == {"csat": 5}


def test_a_required_question_cannot_be_jumped_over(workspace):
    asked = publish(workspace, LOGIC)
    visitor = Respondent(asked.address)
    visitor.open("?lang=en")
    visitor.send({"page": "csat", "q-csat": "1"})
    visitor.send({"page": "name", "q-name": "x"})
    assert asked.responses()[0].state == "partial"
    visitor.open("?at=why")
    assert visitor.send({"q-why": ""}).status_code == 422


@pytest.mark.parametrize(
    ("query", "header", "language", "word"),
    [
        ("", "sv-FI,sv;q=0.9", "sv", "Fortsätt"),
        ("", "de", "fi", "Jatka"),
        ("?lang=en", "sv", "en", "Continue"),
        ("?lang=xx", "", "fi", "Jatka"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_browsers(workspace, query, header, language, word):
    visitor = Respondent(publish(workspace, LOGIC).address)
    page = visitor.open(query, **{"accept-language": header})
    assert f'<html lang="{language}"' in visitor.html
    assert word in visitor.html
    assert page.headers["Content-Language"] == language


def test_the_switch_of_languages_keeps_the_place_and_the_fields(workspace):
    visitor = Respondent(publish(workspace, LOGIC).address)
    visitor.open("?lang=en&store=Oulu")
    assert 'href="?store=Oulu&amp;lang=sv"' in visitor.html
    visitor.send({})
    visitor.send({"q-csat": "1"})
    assert re.search(r'href="\?at=why&amp;lang=sv"', visitor.html)


def test_a_personal_link_is_one_answer_that_a_second_visit_corrects(simple):
    address = simple.invite(known={"first_name": "Mari"}, language="en", order="A-1")
    for score in ("9", "3"):
        visitor = Respondent(address)
        visitor.open(f"?q-nps={score}")
        visitor.send({"q-nps": score})
        visitor.send({})
        assert "Thank you" in visitor.html
    response = simple.responses()
    assert [each.answers for each in response] == [{"nps": 3}]
    assert (response[0].person, response[0].person_kind) == ("mari@example.com", "email")
    with scope(workspace=simple.survey.workspace):
        changes = AnswerChange.objects.all()
        assert [(each.question, each.before, each.after) for each in changes] == [("nps", 9, 3)]
        assert Invitation.objects.get().is_answered
    first, second = (row.payload for row in News.objects.order_by("pk"))
    assert [(each["score"], each["order"]) for each in first["signals"]] == [(9.0, "A-1")]
    assert [each["score"] for each in second["signals"]] == [3.0]
    assert first["signals"][0]["message_id"] in second["withdrawn"]
    assert second["signals"][0]["message_id"] not in second["withdrawn"]


def test_wrong_tokens_all_look_the_same(simple):
    client = Client(headers={"user-agent": AGENT})
    expired = simple.invite(expires_at=timezone.now() - dt.timedelta(days=1))
    off = simple.link_of("qr")
    with scope(workspace=simple.survey.workspace):
        simple.survey.links.filter(kind="qr").update(is_active=False)
    wrong = [expired, off, "/s/" + "x" * 32, "/s/r" + "0" * 32, "/s/short", "/s/%00" + "y" * 31]
    pages = [client.get(address) for address in wrong]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    posted = client.post(wrong[2], {"q-nps": "1"})
    assert (posted.status_code, posted.content) == (404, pages[0].content)


def test_an_address_with_many_wrong_tokens_waits_a_minute(simple, client):
    for number in range(30):
        assert client.get(f"/s/{number:032d}").status_code == 404
    refused = client.get(f"/s/{31:032d}")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert client.get(simple.address).status_code == 429
    assert client.get(simple.address, REMOTE_ADDR="198.51.100.7").status_code == 200


def test_a_closed_survey_says_so_and_keeps_nothing(respondent, simple):
    respondent.open()
    Survey.objects.model._base_manager.filter(pk=simple.survey.pk).update(state="closed")
    assert respondent.send({"q-nps": "9"}).status_code == 410
    assert "Tämä kysely on päättynyt" in respondent.html
    assert simple.responses() == []


def test_a_test_link_is_marked_and_never_told(simple):
    visitor = Respondent(simple.link_of("test"))
    visitor.open("?lang=en")
    assert "is not counted" in visitor.html
    visitor.send({"q-nps": "9"})
    visitor.send({})
    assert [(each.is_test, each.state) for each in simple.responses()] == [(True, "completed")]
    assert News.objects.count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"referer": "https://evil.example/page"},
    ],
)
def test_a_form_of_another_site_is_refused(respondent, simple, headers):
    respondent.open()
    assert respondent.send({"q-nps": "9"}, **headers).status_code == 403
    assert simple.responses() == []


@pytest.mark.parametrize("form", ["", "x", "0" * 32 + ".0:" + "a" * 43])
def test_a_form_that_was_never_shown_is_refused(respondent, simple, form):
    respondent.open()
    assert respondent.send({"q-nps": "9", "form": form}).status_code == 403
    other = publish(simple.survey.workspace, SIMPLE)
    elsewhere = Respondent(other.address)
    elsewhere.open()
    respondent.open()
    assert respondent.send({"q-nps": "9", "form": elsewhere.hidden()["form"]}).status_code == 403
    assert simple.responses() == []


def test_the_last_page_takes_a_wish_and_offers_the_review(workspace):
    definition = SIMPLE | {
        "thanks": {
            "text": {"en": "Thanks for the {answer.nps}"},
            "review_url": "https://example.com/review",
            "review_if": {"tests": [{"of": "answer", "name": "nps", "op": "ge", "value": 9}]},
            "asks_to_contact": True,
            "asks_to_quote": True,
        }
    }
    asked = publish(workspace, definition)
    visitor = Respondent(asked.address)
    visitor.open("?lang=en")
    visitor.send({"q-nps": "9"})
    visitor.send({"q-why": "Nice"})
    assert "Thanks for the 9" in visitor.html
    assert 'href="https://example.com/review"' in visitor.html
    wish = {"next-step": "1", "contact": "1", "quote": "1"}
    assert visitor.send(wish | {"contact-at": "nowhere"}).status_code == 422
    assert "Write an e-mail address or a phone number." in visitor.html
    visitor.send(wish | {"contact-at": "+358 40 123 4567"})
    assert "Your wish is kept." in visitor.html
    response = asked.responses()[0]
    assert (response.wants_contact, response.contact, response.may_be_quoted) == (
        True,
        "+358 40 123 4567",
        True,
    )


def test_displays_and_starts_are_counted(respondent, simple):
    counting.write_counts()  # those of other tests
    with scope(workspace=simple.survey.workspace):
        LinkDay.objects.all().delete()
    respondent.open()
    respondent.open()
    respondent.client.head(respondent.address)
    respondent.send({"q-nps": "5"})
    counting.write_counts()
    counting.write_counts()
    with scope(workspace=simple.survey.workspace):
        day = LinkDay.objects.get(link=simple.link)
    assert (day.displays, day.starts) == (2, 1)


def test_whoever_began_goes_on_with_the_version_they_saw(respondent, simple):
    respondent.open("?lang=en")
    respondent.send({"q-nps": "5"})
    new = SIMPLE | {"questions": [SIMPLE["questions"][0]]}
    with scope(workspace=simple.survey.workspace):
        SurveyVersion.objects.create(
            workspace=simple.survey.workspace, survey=simple.survey, number=2, definition=new
        )
    respondent.send({"q-why": "Old words"})
    fresh = Respondent(simple.address)
    fresh.open("?lang=en")
    fresh.send({"q-nps": "6"})
    assert "Thank you" in fresh.html
    assert [(each.version.number, each.answers) for each in simple.responses()] == [
        (1, {"nps": 5, "why": "Old words"}),
        (2, {"nps": 6}),
    ]


def test_a_page_from_before_a_new_version_brings_only_what_still_means_the_same(workspace):
    texts = [{"type": "long_text", "key": key, "text": {"fi": key, "en": key}} for key in ("why", "last")]
    before = [{"type": "csat", "key": "pay"}, {"type": "task_success", "key": "done"}, *texts]
    options = [{"key": key, "text": {"fi": key, "en": key}} for key in ("a", "b")]
    choice = {"type": "single", "key": "done", "text": {"fi": "?", "en": "?"}, "options": options}
    after = [{"type": "csat", "key": "pay", "scale": 7}, choice, *texts]
    asked = publish(workspace, SIMPLE | {"questions": before})
    visitor = Respondent(asked.address)
    visitor.open("?lang=en")
    opened, sent = asked.address, visitor.hidden()
    visitor.send({"q-pay": "5"})
    with scope(workspace=workspace):
        SurveyVersion.objects.create(
            workspace=workspace, survey=asked.survey, number=2, definition=SIMPLE | {"questions": after}
        )
    sent |= {"page": "pay,done,why,last", "q-pay": "7", "q-done": "a", "q-why": "Because", "q-last": ""}
    assert visitor.client.post(opened, sent).status_code == 303
    (kept,) = asked.responses()
    assert (kept.version.number, kept.answers) == (1, {"pay": 5, "why": "Because"})
