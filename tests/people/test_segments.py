"""Segments: their rules, their pages, and how questions find them."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime

import pyarrow as pa
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation
from django_scopes import scope

from polku.accounts import domain as accounts
from polku.accounts.models import AuditEntry
from polku.analytics import run
from polku.analytics.conditions import condition_of, in_words, row_of
from polku.eventstore.port import PERSON_BATCH, SIGNAL_BATCH
from polku.people import domain, queries
from polku.people.models import Segment

BASE = "/w/testikauppa/segments/"
OULU = {"where": [{"property": "city", "op": "eq", "value": "Oulu"}], "did": [], "did_not": []}


@pytest.fixture
def people(store, workspace):
    """Four people: a and b of Oulu, c of Turku, d of nowhere; a and c bought for 50, d returned something."""
    events = [("a", "visit"), ("b", "visit"), ("c", "visit"), ("a", "buy"), ("c", "buy"), ("d", "return")]
    rows = [
        {
            "message_id": f"{number:032x}",
            "kind": 1,
            "name": name,
            "time": datetime(2026, 3, 1, 12, number),
            "person": person,
            "channel": "mobile" if person == "a" else "web",
            "value": 50.0 if name == "buy" else None,
        }
        for number, (person, name) in enumerate(events)
    ]
    store.load_signals(workspace.key.hex, pa.Table.from_pylist(rows, schema=SIGNAL_BATCH), rules=[])
    traits = [("a", "Oulu"), ("b", "Oulu"), ("c", "Turku")]
    known = [
        {"person": person, "aliases": [], "properties": json.dumps({"city": city})} for person, city in traits
    ]
    store.load_people(workspace.key.hex, pa.Table.from_pylist(known, schema=PERSON_BATCH))


def rows(prefix: str, *rows: dict[str, str]) -> dict[str, str]:
    """What a browser sends for a formset."""
    sent = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        sent |= {f"{prefix}-{number}-{field}": value for field, value in row.items()}
    return sent


def form(name: str, where=(), deeds=()) -> dict[str, str]:
    return {"name": name, **rows("where", *where), **rows("deeds", *deeds)}


IN_OULU = {"property": "city", "op": "eq", "value": "Oulu"}
BOUGHT = {"part": "did", "event": "buy", "property": "value", "op": "ge", "value": "20,5"}
NOT_RETURNED = {"part": "did_not", "event": "return", "property": "", "op": "eq", "value": ""}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (OULU, 2),
        ({"did": [{"event": "buy"}]}, 2),
        ({"did_not": [{"event": "visit"}]}, 1),
        ({"did": [{"where": [{"property": "channel", "op": "eq", "value": "mobile"}]}]}, 1),
        (OULU | {"did": [{"event": "buy"}]}, 1),
    ],
)
def test_the_number_of_people_who_fit(people, workspace, rule, expected):
    found = queries.count_people(workspace, rule)
    assert (found.people, found.all_people) == (expected, 4)


def test_questions_find_a_segment_by_its_name(people, workspace):
    domain.create_segment(workspace=workspace, name="Oululaiset", rule=OULU)
    asked = {"kind": "trend", "measure": "persons", "interval": "day", "segment": "oululaiset"}
    answer = run(workspace, asked)
    assert [point["value"] for point in answer["points"]] == [2]
    assert answer["warnings"] == []
    assert run(workspace, asked | {"segment": "Oululaisest"})["warnings"] != []


def test_segments_of_another_workspace_are_not_found(people, workspace):
    elsewhere, *_ = accounts.create_workspace(name="Muualla")
    domain.create_segment(workspace=elsewhere, name="Oululaiset", rule=OULU)
    assert queries.find_segment(workspace, "Oululaiset") is None
    assert queries.segment_names(workspace) == []


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("", OULU),
        ("x" * 81, OULU),
        ("Tyhjä", {}),
        ("Tyhjä", {"where": []}),
        ("Väärä", {"where": [{"property": "city", "op": "equals", "value": "Oulu"}]}),
        ("Väärä", {"where": [{"property": "order.status", "op": "eq", "value": "x"}]}),
        ("Väärä", {"did": [{}]}),
        ("Väärä", {"who": []}),
        ("Väärä", {"did": [{"touchpoint": 12345}]}),
        ("Väärä", {"did": [{"event": "x"}] * 21}),
    ],
)
def test_a_segment_without_meaning_is_refused(workspace, name, rule):
    with pytest.raises(ValidationError):
        domain.create_segment(workspace=workspace, name=name, rule=rule)
    with scope(workspace=workspace):
        assert not Segment.objects.exists()


def test_names_are_unique_within_a_workspace(workspace, store):
    domain.create_segment(workspace=workspace, name="Oulu", rule=OULU)
    with pytest.raises(ValidationError):
        domain.create_segment(workspace=workspace, name=" Oulu ", rule=OULU)
    elsewhere, *_ = accounts.create_workspace(name="Muualla")
    assert domain.create_segment(workspace=elsewhere, name="Oulu", rule=OULU).workspace == elsewhere


@pytest.mark.parametrize(
    ("row", "condition"),
    [
        (IN_OULU, {"property": "city", "op": "eq", "value": "Oulu"}),
        (
            {"property": "city", "op": "in", "value": "Oulu, Turku,"},
            {"property": "city", "op": "in", "value": ["Oulu", "Turku"]},
        ),
        ({"property": "n", "op": "ge", "value": "1 234,5"}, {"property": "n", "op": "ge", "value": 1234.5}),
        ({"property": "n", "op": "lt", "value": "−3"}, {"property": "n", "op": "lt", "value": -3}),
        (
            {"property": "d", "op": "ge", "value": "2026-03-01"},
            {"property": "d", "op": "ge", "value": "2026-03-01"},
        ),
        ({"property": "n", "op": "ge", "value": "1e999"}, {"property": "n", "op": "ge", "value": "1e999"}),
        ({"property": "x", "op": "known", "value": ""}, {"property": "x", "op": "exists", "value": True}),
        ({"property": "x", "op": "unknown", "value": "y"}, {"property": "x", "op": "exists", "value": False}),
        ({"property": "id", "op": "eq", "value": "007"}, {"property": "id", "op": "eq", "value": "007"}),
        ({"property": "", "op": "eq", "value": "x"}, None),
    ],
)
def test_rows_become_conditions_and_come_back(row, condition):
    assert condition_of(row) == condition
    if condition is not None:
        assert condition_of(row_of(condition)) == condition


def test_an_empty_list_says_what_to_do_next(owner_client):
    assert f"{BASE}new/" in owner_client.get(BASE).content.decode()


def test_a_segment_is_made_and_changed_by_its_form(owner_client, people, workspace, owner):
    response = owner_client.post(
        f"{BASE}new/", form("Pohjoisen ostajat", [IN_OULU, {}], [BOUGHT, NOT_RETURNED])
    )
    assert (response.status_code, response["Location"]) == (302, BASE)
    with scope(workspace=workspace):
        segment = Segment.objects.get()
    assert segment.rule == {
        "where": [{"property": "city", "op": "eq", "value": "Oulu"}],
        "did": [{"event": "buy", "where": [{"property": "value", "op": "ge", "value": 20.5}]}],
        "did_not": [{"event": "return"}],
    }
    page = owner_client.get(f"{BASE}{segment.pk}/").content.decode()
    assert 'value="Oulu"' in page
    assert re.search(r"<strong>1 henkilö</strong>", page)
    owner_client.post(f"{BASE}{segment.pk}/", form("Oululaiset", [IN_OULU]))
    with scope(workspace=workspace):
        segment.refresh_from_db()
        assert list(AuditEntry.objects.order_by("pk").values_list("action", "actor")) == [
            ("segment.created", owner.pk),
            ("segment.updated", owner.pk),
        ]
    assert (segment.name, segment.rule) == ("Oululaiset", OULU)


@pytest.mark.parametrize(
    "sent",
    [
        form("", [IN_OULU]),
        form("Tyhjä"),
        form("Väärä", [{"property": "order.status", "op": "eq", "value": "x"}]),
        form("Väärä", [{"property": "city", "op": "sounds like", "value": "x"}]),
        form("Väärä", [{"property": "city", "op": "in", "value": ""}]),
        {"name": "Rikki", "where-TOTAL_FORMS": "x"},
        {"name": "Rikki"},
        form("Liikaa", [IN_OULU] * 60),
    ],
)
def test_a_wrong_form_is_shown_again_and_saves_nothing(owner_client, workspace, sent):
    response = owner_client.post(f"{BASE}new/", sent)
    assert response.status_code == 422
    assert b"errorlist" in response.content or b"callout warning" in response.content
    with scope(workspace=workspace):
        assert not Segment.objects.exists()


def test_the_count_follows_the_form_and_saves_nothing(owner_client, people, workspace):
    response = owner_client.get(f"{BASE}count/", form("", [IN_OULU]))
    assert "<strong>2 henkilöä</strong> 4 henkilöstä" in " ".join(response.content.decode().split())
    with scope(workspace=workspace):
        assert not Segment.objects.exists()
    for sent in (
        form(""),
        form("", [{"property": "x", "op": "?"}]),
        {},
        form("", [{"property": "order.id", "op": "eq"}]),
    ):
        assert owner_client.get(f"{BASE}count/", sent).status_code == 200


def test_the_form_suggests_what_has_been_received(owner_client, people):
    page = owner_client.get(f"{BASE}new/").content.decode()
    lists = dict(re.findall(r'<datalist id="([^"]+)">(.*?)</datalist>', page, flags=re.DOTALL))
    counted = ["bought_times", "bought_days_ago", "bought_for"]
    assert re.findall(r'value="([^"]+)"', lists["person-properties"]) == ["city", *counted]
    assert re.findall(r'value="([^"]+)"', lists["events"]) == ["visit", "buy", "return"]


def test_a_deleted_segment_comes_back_by_undo(owner_client, workspace):
    made = domain.create_segment(workspace=workspace, name="Oululaiset <b>", rule=OULU)
    page = owner_client.post(f"{BASE}{made.pk}/delete/", follow=True).content.decode()
    assert "Oululaiset &lt;b&gt;" in page
    with scope(workspace=workspace):
        assert not Segment.objects.exists()
    (token,) = re.findall(r'name="token" value="([^"]+)"', page)
    for _ in range(2):
        owner_client.post(f"{BASE}restore/", {"token": token})
    with scope(workspace=workspace):
        assert list(Segment.objects.values_list("name", "rule")) == [("Oululaiset <b>", OULU)]


def test_a_viewer_sees_segments_without_buttons(workspace, teammate):
    domain.create_segment(workspace=workspace, name="Oululaiset", rule=OULU)
    client = Client()
    client.force_login(teammate)
    page = client.get(BASE).content.decode()
    assert "Oululaiset" in page
    assert f"{BASE}new/" not in page
    assert "/delete/" not in page


def test_a_large_rule_can_be_undone_too(owner_client, workspace):
    """Messages travel in a cookie while they fit, and in the session when they do not."""
    rule = {"where": [{"property": f"p{number}", "op": "eq", "value": "ä" * 400} for number in range(20)]}
    made = domain.create_segment(workspace=workspace, name="Suuri", rule=rule)
    page = owner_client.post(f"{BASE}{made.pk}/delete/", follow=True).content.decode()
    (token,) = re.findall(r'name="token" value="([^"]+)"', page)
    owner_client.post(f"{BASE}restore/", {"token": token})
    with scope(workspace=workspace):
        assert Segment.objects.get().rule["where"] == rule["where"]


RICH = {
    "where": [
        {"property": "city", "op": "in", "value": ["Oulu", "Turku"]},
        {"property": "visits", "op": "eq", "value": 5},
        {"property": "area", "op": "in", "value": ["Pori, keskusta"]},
    ],
    "did": [
        {
            "event": "buy",
            "where": [
                {"property": "channel", "op": "eq", "value": "mobile"},
                {"property": "value", "op": "gt", "value": 10},
            ],
        },
        {"event": ["buy", "visit"]},
        {
            "event": "visit",
            "where": [{"property": name, "op": "exists", "value": True} for name in ("a", "b", "c")],
        },
    ],
    "did_not": [{"where": [{"property": "channel", "op": "eq", "value": "mobile"}]}],
}


def as_browser(page: str, **changes: str) -> dict[str, str]:
    """What a browser sends when the form is submitted as it stands, with `changes`."""
    (inner,) = re.findall(r'<form class="form segment-form".*?</form>', page, flags=re.DOTALL)
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", inner):
        given = {name: html.unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        if given["type"] != "checkbox" or " checked" in tag:
            sent[given["name"]] = given.get("value", "on" if given["type"] == "checkbox" else "")
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', inner, flags=re.DOTALL):
        chosen = re.findall(r'value="([^"]*)" selected', options) or re.findall(r'value="([^"]*)"', options)
        sent[name] = chosen[0]
    return sent | changes


def normal(rule) -> dict[str, list[str]]:
    return {part: sorted(map(str, rows)) for part, rows in rule.items()}


def test_saving_the_form_unchanged_loses_nothing(owner_client, workspace):
    made = domain.create_segment(workspace=workspace, name="Monipuolinen", rule=RICH)
    page = owner_client.get(f"{BASE}{made.pk}/").content.decode()
    assert owner_client.post(f"{BASE}{made.pk}/", as_browser(page)).status_code == 302
    with scope(workspace=workspace):
        made.refresh_from_db()
    assert normal(made.rule) == normal(RICH)


def test_what_rows_cannot_show_is_kept_until_it_is_unticked(owner_client, workspace):
    made = domain.create_segment(workspace=workspace, name="Monipuolinen", rule=RICH)
    page = owner_client.get(f"{BASE}{made.pk}/").content.decode()
    assert page.count('type="checkbox"') == 4
    sent = as_browser(page)
    for number in range(4):
        del sent[f"kept-{number}-keep"]
    owner_client.post(f"{BASE}{made.pk}/", sent)
    with scope(workspace=workspace):
        made.refresh_from_db()
    assert normal(made.rule) == normal(
        {"where": RICH["where"][:1], "did": RICH["did"][:1], "did_not": RICH["did_not"]}
    )


@pytest.mark.parametrize("content", ["{", "[]", "7", "null", '{"event": 7}', '{"property": "x"}', '"x"'])
def test_forged_further_conditions_are_refused(owner_client, workspace, content):
    for part in ("where", "did", "who"):
        sent = form("Väärä") | rows("kept", {"keep": "on", "part": part, "content": content})
        assert owner_client.post(f"{BASE}new/", sent).status_code == 422
        assert owner_client.get(f"{BASE}count/", sent).status_code == 200


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"property": "device", "op": "eq", "value": "puhelin"}, "laite on puhelin"),
        ({"property": "person.loyalty", "op": "eq", "value": True}, "kanta-asiakas: kyllä"),
        ({"property": "language", "op": "eq", "value": "sv"}, "kieli on ruotsi"),
        ({"property": "cart_size", "op": "ge", "value": 3}, "cart size on vähintään 3"),
    ],
)
def test_conditions_read_as_finnish(condition, words):
    with translation.override("fi"):
        assert in_words(condition) == words
