"""Answers with several questions: one score or comment for each filled cell."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from polku.capture.imports import WrongUsage
from polku.capture.imports.questions import parse_question, question_text
from polku.eventstore.port import SignalKind

FILE = "who,at,seat,food,nps,why\na,2024-03-01,4,5,9,nice\nb,2024-03-02,,2,,\n"
OPTIONS = {
    "person": "who",
    "time": "at",
    "questions": ("seat=csat", "food=csat:Ruoka", "nps=nps", "why=text"),
}


def cells(rows):
    found = []
    for row in rows:
        said = json.loads(row["properties"])
        found.append((row["person"], row["name"], said["question"], row["score"], row["text"]))
    return found


def test_every_filled_cell_is_an_answer_of_its_row(understand):
    staged, rows = understand("answers", FILE, timezone="UTC", **OPTIONS, touchpoint="Lento")
    assert cells(rows) == [
        ("a", "csat", "seat", 4.0, None),
        ("a", "csat", "Ruoka", 5.0, None),
        ("a", "nps", "nps", 9.0, None),
        ("a", "comment", "why", None, "nice"),
        ("b", "csat", "Ruoka", 2.0, None),
    ]
    assert [row["kind"] for row in rows] == [SignalKind.SCORE] * 3 + [SignalKind.COMMENT, SignalKind.SCORE]
    assert [(row["scale_low"], row["scale_high"]) for row in rows[:4]] == [
        (1, 5),
        (1, 5),
        (0, 10),
        (None, None),
    ]
    responses = [json.loads(row["properties"])["response"] for row in rows]
    assert len(set(responses[:4])) == 1
    assert responses[4] != responses[0]
    assert json.loads(rows[0]["properties"])["touchpoint"] == "Lento"
    assert rows[0]["time"] == datetime(2024, 3, 1)
    assert staged.metrics == ["csat", "nps", "comment"]


def test_a_cell_filled_in_later_adds_one_answer_of_the_same_response(understand):
    before = understand("answers", FILE, **OPTIONS)[1]
    after = understand("answers", FILE.replace("b,2024-03-02,,2", "b,2024-03-02,5,2"), **OPTIONS)[1]
    new = [row for row in after if row["message_id"] not in {row["message_id"] for row in before}]
    assert cells(new) == [("b", "csat", "seat", 5.0, None)]
    assert json.loads(new[0]["properties"])["response"] == json.loads(before[-1]["properties"])["response"]
    assert len(after) == len(before) + 1


def test_equal_responses_stay_apart_and_are_known_again_in_any_order(understand):
    rows = ["a,2024-03-01,4", "a,2024-03-01,4", "b,2024-03-02,4"]
    options = {"person": "who", "time": "at", "questions": ("seat",)}
    found = [
        understand("answers", "\n".join(["who,at,seat", *order]), **options)[1]
        for order in (rows, rows[::-1])
    ]
    ids = [{row["message_id"] for row in each} for each in found]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 3
    assert len({json.loads(row["properties"])["response"] for row in found[0]}) == 3


def test_with_ids_a_corrected_answer_is_the_same_one(understand):
    first = understand(
        "answers", "n,who,at,seat\n7,a,2024-03-01,4\n", **OPTIONS | {"questions": ("seat",)}, id=("n",)
    )
    other = understand(
        "answers", "n,who,at,seat\n7,b,2024-04-01,2\n", **OPTIONS | {"questions": ("seat",)}, id=("n",)
    )
    assert first[1][0]["message_id"] == other[1][0]["message_id"]
    assert first[1][0]["properties"] == other[1][0]["properties"]


def test_a_wrong_cell_is_rejected_alone(understand):
    staged, rows = understand(
        "answers",
        "who,at,seat,food\na,2024-03-01,9,5\nb,2024-03-01,good,4\nc,2024-03-01,2.5,3\nd,2024-03-01,,\n,2024-03-01,1,1\n"
        "f,x,1,1\n",
        person="who",
        time="at",
        questions=("seat", "food"),
    )
    assert cells(rows) == [
        ("a", "csat", "food", 5.0, None),
        ("b", "csat", "food", 4.0, None),
        ("c", "csat", "food", 3.0, None),
    ]
    told = [json.loads(line) for line in staged.rejected_file.with_suffix(".jsonl").read_text().splitlines()]
    assert [(row["code"], row["column"]) for row in told] == [
        ("off_scale", "seat"),
        ("bad_number", "seat"),
        ("not_whole", "seat"),
        ("no_answer", ""),
        ("no_unit", ""),
        ("bad_time", "at"),
    ]
    assert told[0]["reason"] == "the score “9” is outside the scale 1–5"


def test_nobody_in_particular_is_one_person_a_row(understand):
    _staged, rows = understand(
        "answers",
        "at,seat,food\n2024-03-01,4,5\n2024-03-01,3,5\n",
        time="at",
        nobody=True,
        questions=("seat", "food"),
    )
    people = [row["person"] for row in rows]
    assert people[0] == people[1] != people[2] == people[3]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Q1", ("Q1", "csat", (1, 7), "Q1")),
        ("Q1=csat", ("Q1", "csat", (1, 7), "Q1")),
        ("Q1=csat 0-10", ("Q1", "csat", (0, 10), "Q1")),
        ("Q1=nps", ("Q1", "nps", (0, 10), "Q1")),
        ("Q1=text:Miksi?", ("Q1", "text", None, "Miksi?")),
        (
            "1 = huono, 5 = hyvä: ruoka",
            ("1 = huono, 5 = hyvä: ruoka", "csat", (1, 7), "1 = huono, 5 = hyvä: ruoka"),
        ),
        ("a=b=recommend 1-5:N:M", ("a=b", "recommend", (1, 5), "N:M")),
    ],
)
def test_a_question_is_read(text, known):
    question = parse_question(text, (1, 7))
    assert (question.column, question.metric, question.scale, question.name) == known
    assert parse_question(question_text(*known)) == question


@pytest.mark.parametrize(
    "texts", [("seat=nps 1-5",), ("seat", "seat=csat"), ("seat=csat:X", "food=csat:X"), (), ("no",)]
)
def test_wrong_questions_are_wrong_usage(understand, texts):
    with pytest.raises(WrongUsage):
        understand("answers", FILE, person="who", time="at", questions=texts)
