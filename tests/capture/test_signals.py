"""Rows become signals: who, what, when, how often, in which order."""

from __future__ import annotations

import csv
import json
from datetime import datetime

import pytest

from polku.capture.imports import WrongUsage, parse_scale
from polku.eventstore.port import SignalKind

EVENTS = {"person": "who", "event": "what", "time": "when"}
SCORES = {"person": "who", "score": "score", "time": "when", "comment": "said"}


def rejected_rows(staged) -> list[tuple[int, str, str]]:
    with staged.rejected_file.open(encoding="utf-8", newline="") as handle:
        return [(int(row["line"]), row["reason"], row["raw"]) for row in csv.DictReader(handle)]


def test_an_event_has_all_its_parts(understand):
    staged, rows = understand(
        "events",
        "who,order,session,what,when,channel,url,value,city,size\n"
        '007,A1,s1,purchase,2024-03-01 12:00,web,/thanks,"1 234,50 €",Turku,\n',
        **EVENTS,
        order="order",
        session="session",
        channel="channel",
        url="url",
        value="value",
        properties=("city", "size"),
    )
    (row,) = rows
    assert len(row.pop("message_id")) == 32
    assert row == {
        "kind": SignalKind.EVENT,
        "name": "purchase",
        "time": datetime(2024, 3, 1, 10, 0),
        "person": "007",
        "order": "A1",
        "session": "s1",
        "channel": "web",
        "url": "/thanks",
        "value": 1234.5,
        "score": None,
        "scale_low": None,
        "scale_high": None,
        "text": None,
        "properties": '{"city":"Turku"}',
    }
    assert staged.recognised["decimal"] == {"value": "comma"}


def test_ids_stay_text(understand):
    _staged, rows = understand(
        "events",
        "who,what,when\nNA,null,2024-03-01\n007,1e5,2024-03-01\n1e5,NaN,2024-03-01\n",
        **EVENTS,
    )
    assert [(row["person"], row["name"]) for row in rows] == [("NA", "null"), ("007", "1e5"), ("1e5", "NaN")]


def test_properties_keep_quotes_newlines_and_emoji(understand):
    text = 'he said "5\' 👍"\nand left\\'
    _staged, rows = understand(
        "events",
        f'who,what,when,"odd ""name"""\n1,a,2024-03-01,"{text.replace(chr(34), chr(34) * 2)}"\n',
        **EVENTS,
        properties=('odd "name"',),
    )
    assert json.loads(rows[0]["properties"]) == {'odd "name"': text}


def test_equal_rows_stay_and_are_known_again_in_any_order(understand):
    lines = ["1,a,2024-03-01 10:00", "1,a,2024-03-01 10:00", "2,b,2024-03-01 11:00", "1,a,2024-03-01 10:00"]
    ids = [
        [row["message_id"] for row in understand("events", "\n".join(["who,what,when", *order]), **EVENTS)[1]]
        for order in (lines, lines[::-1])
    ]
    assert len(set(ids[0])) == 4
    assert set(ids[0]) == set(ids[1])


def test_identity_is_of_parsed_values(understand):
    first = understand("events", "who,what,when\n 1 ,a,1.3.2024 klo 12.00\n", **EVENTS)[1]
    second = understand("events", "when;what;who\n2024-03-01T10:00:00Z;a;1\n", **EVENTS)[1]
    other = understand("events", "who,what,when\n1,a,2024-03-01T12:00:00Z\n", **EVENTS)[1]
    assert first[0]["message_id"] == second[0]["message_id"] != other[0]["message_id"]


def test_with_ids_the_rest_does_not_matter(understand):
    first = understand(
        "events", "n,who,what,when\n1,1,a,2024-03-01\n1,1,a,2024-03-01\n", **EVENTS, id=("n",)
    )[1]
    second = understand("events", "n,who,what,when\n1,2,b,2024-03-02\n", **EVENTS, id=("n",))[1]
    contact = understand(
        "contacts", "n,who,what,when\n1,2,b,2024-03-02\n", person="who", time="when", reason="what", id=("n",)
    )[1]
    assert {row["message_id"] for row in first} == {second[0]["message_id"]}
    assert contact[0]["message_id"] != second[0]["message_id"]


def test_the_same_answer_at_another_touchpoint_is_another_answer(understand):
    table = "who,when,checkout,delivery\n1,2024-03-01,4,4\n2,2024-03-01,5,1\n"

    def asked(column, touchpoint, **more):
        options = {"person": "who", "time": "when", "score": column, "metric": "csat", **more}
        _staged, rows = understand("scores", table, touchpoint=touchpoint, **options)
        return {row["message_id"] for row in rows}

    checkout = asked("checkout", "Checkout")
    assert asked("checkout", "checkout") == checkout
    assert not checkout & asked("delivery", "Delivery")
    assert not asked("checkout", "Checkout", id=("who",)) & asked("delivery", "Delivery", id=("who",))


def test_newest_first_arrives_in_reverse(understand):
    staged, rows = understand(
        "events",
        "who,what,when\n1,d,2024-03-02\n1,c,2024-03-01\n1,b,2024-03-01\n1,a,2024-02-01\n",
        **EVENTS,
    )
    assert [row["name"] for row in rows] == ["a", "b", "c", "d"]
    assert (staged.ties, staged.recognised["newest_first"]) == (2, True)


def test_an_id_that_comes_twice_is_told(understand):
    content = "row,who,what,when\n1,a,buy,2024-03-01\n2,a,buy,2024-03-01\n1,b,look,2024-03-02\n1,c,look,2024-03-03\n"
    staged, rows = understand("events", content, **EVENTS, id=("row",))
    assert len({row["message_id"] for row in rows}) == 2
    assert staged.warnings == [
        "2 rows have the id of an earlier row of the file (row) and were taken as one."
    ]


def test_a_wide_table_has_a_signal_a_cell(understand):
    staged, rows = understand(
        "events",
        "order,paid,sent=at,who\n1,2024-03-01 10:00,,p\n2,2024-03-01 11:00,2024-03-02,\n,,,\n"
        "3,soon,2024-03-03,\n,2024-03-04,,\n",
        order="order",
        person="who",
        wide=("paid=Paid", "sent=at=Sent = away"),
    )
    assert [(row["order"], row["name"], row["person"]) for row in rows] == [
        ("1", "Paid", "p"),
        ("2", "Paid", None),
        ("2", "Sent = away", None),
        ("3", "Sent = away", None),
    ]
    assert staged.accepted == 4
    assert rejected_rows(staged) == [
        (5, "“soon” in column “paid” is not a date and time that is understood", "3,soon,2024-03-03,"),
        (6, "neither person nor order", ",2024-03-04,,"),
    ]


def test_a_cell_filled_in_later_leaves_the_others_as_they_were(understand):
    options = {"order": "order", "person": "who", "wide": ("paid=Paid", "sent=Sent")}
    before = understand("events", "order,who,paid,sent\n1,,2024-03-01,\n", **options)[1]
    after = understand("events", "order,who,paid,sent\n1,p,2024-03-01,2024-03-02\n", **options)[1]
    assert before[0]["message_id"] == after[0]["message_id"] != after[1]["message_id"]


def test_scores_comments_and_what_is_neither(understand):
    staged, rows = understand(
        "scores",
        "who,score,when,said\n1,5,2024-03-01,\n2,\"4,0\",2024-03-01,Kiitos!\n3,,2024-03-01, vain kommentti \n"
        "4,,2024-03-01, \n5,6,2024-03-01,x\n6,0,2024-03-01,\n7,3.5,2024-03-01,\n8,good,2024-03-01,\n",
        **SCORES,
        metric="csat",
        touchpoint="Delivery",
    )  # fmt: skip
    assert [
        (row["kind"], row["name"], row["score"], row["scale_low"], row["scale_high"], row["text"])
        for row in rows
    ] == [
        (SignalKind.SCORE, "csat", 5, 1, 5, None),
        (SignalKind.SCORE, "csat", 4, 1, 5, "Kiitos!"),
        (SignalKind.COMMENT, "csat", None, None, None, " vain kommentti "),
    ]
    assert {row["properties"] for row in rows} == {'{"touchpoint": "Delivery"}'}
    assert staged.rejected == 5
    assert [(line, reason) for line, reason, _raw in rejected_rows(staged)] == [
        (5, "neither score nor comment"),
        (6, "the score “6” is outside the scale 1–5"),
        (7, "the score “0” is outside the scale 1–5"),
        (8, "“3.5” in column “score” is not a usable number"),
        (9, "“good” in column “score” is not a usable number"),
    ]


def test_half_scores_only_for_likelihood_to_recommend(understand):
    content = "who,score,when\n1,7.5,2024-03-01\n2,7,2024-03-01\n"
    options = {"person": "who", "score": "score", "time": "when"}
    nps = understand("scores", content, metric="nps", **options)
    recommend = understand("scores", content, metric="recommend", **options)
    assert rejected_rows(nps[0]) == [(2, "the score “7.5” is not a whole number", "1,7.5,2024-03-01")]
    assert [row["score"] for row in recommend[1]] == [7.5, 7]


def test_contacts(understand):
    staged, rows = understand(
        "contacts",
        "who,why,when,words\n1,late delivery,1.3.2024 klo 9.05,Missä paketti on?\n2,,1.3.2024,x\n",
        person="who",
        reason="why",
        time="when",
        text="words",
    )
    assert [(row["kind"], row["name"], row["text"], row["time"]) for row in rows] == [
        (SignalKind.CONTACT, "late delivery", "Missä paketti on?", datetime(2024, 3, 1, 7, 5))
    ]
    assert rejected_rows(staged) == [(3, "no reason of contact in column “why”", "2,,1.3.2024,x")]


def test_every_reason_of_an_event(understand):
    staged, rows = understand(
        "events",
        "who,what,when,value\n,a,2024-03-01,1\n1,,2024-03-01,1\n1,a,,1\n1,a,31.2.2024,1\n"
        "1,a,2024-03-01,much\n1,a\n1,a,2024-03-01,1\n",
        **EVENTS,
        value="value",
    )
    assert len(rows) == 1
    assert [(line, reason) for line, reason, _raw in rejected_rows(staged)] == [
        (2, "neither person nor order"),
        (3, "no event in column “what”"),
        (4, "no time in column “when”"),
        (5, "“31.2.2024” in column “when” is not a date and time that is understood"),
        (6, "“much” in column “value” is not a usable number"),
        (7, "the line has another number of fields than the header row"),
    ]


def test_clock_changes_are_warned_of_and_nothing_is_lost(understand):
    staged, rows = understand(
        "events",
        "who,what,when\n1,a,31.3.2024 klo 3.30\n1,b,27.10.2024 klo 3.30\n1,c,27.10.2024 klo 3.45\n",
        **EVENTS,
    )
    assert [row["time"] for row in rows] == [
        datetime(2024, 3, 31, 1, 30),
        datetime(2024, 10, 27, 0, 30),
        datetime(2024, 10, 27, 0, 45),
    ]
    assert staged.warnings == [
        "In column “when” 1 time does not exist in Europe/Helsinki, where clocks went forward; it was moved forward.",
        "In column “when” 2 times occur twice in Europe/Helsinki, where clocks went back; the first was taken.",
    ]


def test_a_time_in_the_future_is_taken_and_warned_of(understand):
    staged, rows = understand("events", "who,what,when\n1,a,2024-03-01\n1,b,2199-01-01\n", **EVENTS)
    assert len(rows) == 2
    assert staged.warnings == ["In column “when” 1 time is in the future (31 Dec 2198)."]


def test_columns_of_a_file_tell_each_other_the_order_of_day_and_month(understand):
    options = {"order": "order", "wide": ("a=A", "b=B")}
    told = understand("events", "order,a,b\n1,03/13/2024,03/04/2024\n", **options)
    assert [row["time"].month for row in told[1]] == [3, 3]
    assert told[0].warnings == []
    guessed = understand("events", "order,a,b\n1,,03/04/2024\n", **options)
    assert guessed[0].warnings == [
        "Nothing in column “b” tells day from month; its dates were read as DD/MM/YYYY."
    ]


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("events", {"event": "what", "time": "when"}, "--person, --order or both"),
        ("events", {"person": "who", "event": "what"}, "option --time is missing"),
        ("events", {**EVENTS, "wide": ("when=X",)}, "either --event and --time, or --wide"),
        ("events", {"person": "who", "wide": ("wen=X",)}, "no column “wen”. Nearest: “when”"),
        ("events", {"person": "who", "wide": ("when",)}, "not of the form COLUMN=EVENT"),
        ("events", {**EVENTS, "time": "wen"}, "no column “wen”. Nearest: “when”"),
        ("events", {**EVENTS, "time": "zzzzzz"}, "Its columns are: “who”, “what”, “when”"),
        ("scores", {**SCORES, "metric": "nps", "scale": (1, 5)}, "recommend"),
        ("scores", {**SCORES, "metric": "ces", "scale": (1, 5)}, "1–7"),
        ("orders", {"id": ("who", "what")}, "--id with the one column"),
        ("orders", {"id": ("who",), "delivered": "when"}, "--delivered needs --promised"),
    ],
)  # fmt: skip
def test_wrong_options_say_how_to_mend_them(understand, kind, options, message):
    with pytest.raises(WrongUsage) as caught:
        understand(kind, "who,what,when\n1,a,2024-03-01\n", **options)
    assert message in str(caught.value)


@pytest.mark.parametrize(("text", "scale"), [("1-5", (1, 5)), ("0–10", (0, 10)), (" -2 - 2 ", (-2, 2))])
def test_scales(text, scale):
    assert parse_scale(text) == scale


@pytest.mark.parametrize("text", ["5", "5-1", "a-b", "1-5-7"])
def test_scales_that_are_none(text):
    with pytest.raises(WrongUsage):
        parse_scale(text)
