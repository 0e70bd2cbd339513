"""What the event store is told of each type of question."""

from __future__ import annotations

import datetime as dt
import secrets

import pytest
from django_scopes import scope

from polku.outbox.models import News
from polku.surveys.answering.domain import (
    begin_response,
    complete_response,
    hold_response,
    keep_answers,
    let_in_response,
    submit,
)
from polku.surveys.answering.telling import signals_of
from polku.surveys.models import AnswerChange
from tests.surveys.answering.conftest import publish

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 9, 1, 10, 30, tzinfo=dt.UTC)
SCORE, COMMENT = 2, 5
OPTIONS = [{"key": "a", "text": {"en": "A"}}, {"key": "b", "text": {"en": "B"}}]
COLUMNS = [{"key": f"c{value}", "text": {"en": str(value)}, "value": value} for value in (1, 2, 3)]


def question(type_, key, **more):
    return {"type": type_, "key": key, "text": {"en": key}, **more}


def survey(workspace, *questions, **more):
    definition = {"title": {"en": "T"}, "languages": ["en"], "questions": list(questions), **more}
    return publish(workspace, definition)


def answered(asked, answers, **more):
    return submit(
        link=asked.link, number=secrets.token_hex(16), answers=answers, at=AT, language="en", **more
    )


def told(response):
    with scope(workspace=response.workspace):
        return [
            (signal.kind, signal.name, signal.score, signal.scale_low, signal.scale_high, signal.text)
            for signal in signals_of(response)
        ]


@pytest.mark.parametrize(
    ("asked", "answer", "expected"),
    [
        (question("nps", "q"), 7, [(SCORE, "nps", 7.0, 0.0, 10.0, None)]),
        (question("csat", "q"), 5, [(SCORE, "csat", 5.0, 1.0, 5.0, None)]),
        (question("csat", "q", scale=7), 6, [(SCORE, "csat", 6.0, 1.0, 7.0, None)]),
        (question("ces", "q"), 2, [(SCORE, "ces", 2.0, 1.0, 7.0, None)]),
        (question("smiley", "q"), 4, [(SCORE, "smiley", 4.0, 1.0, 4.0, None)]),
        (question("task_success", "q"), "partly", [(SCORE, "task_success", 0.5, 0, 1, None)]),
        (question("stars", "q"), 3, [(SCORE, "stars", 3.0, 1.0, 5.0, None)]),
        (question("number", "q", low=1, high=9, is_scale=True), 4, [(SCORE, "number", 4.0, 1.0, 9.0, None)]),
        (question("number", "q"), 4, []),
        (question("single", "q", options=OPTIONS), "a", []),
        (question("short_text", "q"), "Hello", [(COMMENT, "q", None, None, None, "Hello")]),
        (
            question("matrix", "q", rows=OPTIONS, columns=COLUMNS),
            {"a": "c1", "b": "c3"},
            [(SCORE, "a", 1.0, 1.0, 3.0, None), (SCORE, "b", 3.0, 1.0, 3.0, None)],
        ),
        (question("matrix", "q", rows=OPTIONS, columns=OPTIONS), {"a": "a"}, []),
        (
            question("points", "q", options=OPTIONS),
            {"a": 30, "b": 70},
            [(SCORE, "a_weight", 30.0, 0, 100.0, None), (SCORE, "b_weight", 70.0, 0, 100.0, None)],
        ),
        (question("consent", "q"), True, []),
    ],
)
def test_each_type_of_question(workspace, asked, answer, expected):
    assert told(answered(survey(workspace, asked), {"q": answer})) == expected


def test_what_was_written_goes_with_the_score_before_it(workspace):
    asked = survey(
        workspace,
        question("long_text", "first"),
        question("nps", "nps"),
        question("long_text", "why"),
        question("short_text", "more"),
        question("csat", "csat"),
    )
    answers = {"first": "alone", "nps": 2, "why": "slow", "more": "cold", "csat": 1}
    assert told(answered(asked, answers)) == [
        (COMMENT, "first", None, None, None, "alone"),
        (SCORE, "nps", 2.0, 0.0, 10.0, "slow\n\ncold"),
        (SCORE, "csat", 1.0, 1.0, 5.0, None),
    ]


def test_a_signal_says_where_it_comes_from(workspace):
    asked = survey(
        workspace,
        question("nps", "nps"),
        question("single", "reason", options=OPTIONS),
        fields=["store"],
    )
    response = answered(
        asked,
        {"nps": 9, "reason": "b"},
        fields={"store": "Oulu", "survey": "forged", "unknown": "x"},
        person="c-1",
        person_kind="user",
        order="o-1",
        channel="web",
        url="https://shop.example/thanks",
    )
    with scope(workspace=workspace):
        signal = signals_of(response)[0]
    assert signal.properties == {
        "store": "Oulu",
        "answer.reason": "b",
        "survey": asked.survey.key,
        "question": "nps",
        "version": "1",
        "language": "en",
        "response": response.number,
        "link": "Open link",
    }
    assert (signal.person, signal.person_kind, signal.order) == ("c-1", "user", "o-1")
    assert (signal.channel, signal.url) == ("web", "https://shop.example/thanks")
    assert signal.time == int(AT.timestamp() * 1_000_000)


def test_an_address_that_joins_names_the_person(workspace):
    asked = survey(workspace, question("nps", "nps"), question("email", "mail", joins=True))
    response = answered(asked, {"nps": 9, "mail": "Mari@Example.com"})
    with scope(workspace=workspace):
        signal = signals_of(response)[0]
        nobody = signals_of(answered(asked, {"nps": 9}))[0]
    assert (signal.person, signal.person_kind) == ("mari@example.com", "email")
    assert nobody.person_kind == "cookieless"


def test_delivered_again_it_is_the_same_answer(workspace):
    asked = survey(workspace, question("nps", "nps"))
    number = secrets.token_hex(16)
    for _each in range(3):
        submit(link=asked.link, number=number, answers={"nps": 3}, at=AT)
    assert len(asked.responses()) == 1
    assert News.objects.count() == 1
    submit(link=asked.link, number=number, answers={"nps": 4}, at=AT)
    assert [each.answers for each in asked.responses()] == [{"nps": 4}]
    assert News.objects.count() == 2


def test_begun_kept_and_completed_one_after_another(workspace):
    asked = survey(workspace, question("nps", "nps"), question("short_text", "why"))
    response = begin_response(link=asked.link, language="en", channel="mobile", at=AT)
    response = keep_answers(response=response, answers={"nps": 3, "unknown": "x"}, at=AT)
    response = keep_answers(response=response, answers={"nps": 4, "why": "cold"}, at=AT)
    response = keep_answers(response=response, answers={"why": None}, at=AT)
    assert News.objects.count() == 0
    response = complete_response(response=response, at=AT)
    response = complete_response(response=response, at=AT)
    assert (response.answers, response.channel, News.objects.count()) == ({"nps": 4}, "mobile", 1)
    with scope(workspace=workspace):
        changes = AnswerChange.objects.values_list("question", "before", "after")
        assert list(changes) == [("nps", 3, 4), ("why", "cold", None)]


def test_a_held_answer_counts_when_it_is_let_in_and_can_be_taken_out(workspace, owner):
    asked = survey(workspace, question("nps", "nps"))
    response = answered(asked, {"nps": 3})
    response = hold_response(response=response, actor=owner)
    response = hold_response(response=response, actor=owner)
    response = let_in_response(response=response, actor=owner)
    response = let_in_response(response=response, actor=owner)
    first, taken_back, again = (row.payload for row in News.objects.order_by("pk"))
    ids = [each["message_id"] for each in first["signals"]]
    assert (taken_back["signals"], taken_back["withdrawn"]) == ([], ids)
    assert [each["score"] for each in again["signals"]] == [3.0]
    assert again["signals"][0]["message_id"] not in ids
