"""Names of people, signals as sentences, and the timeline by day and visit."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from polku.people.event_words import event_sentence
from polku.people.names import PersonName, name_person, read_traits
from polku.people.property_names import value_meant, value_name
from polku.people.sentences import sentence
from polku.people.timeline import build_days, flat_properties, path_of, read_properties
from polku.people.timeline_sources import TouchpointLink
from polku.site.formats import Reader

NB = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("traits", "ids", "expected"),
    [
        ({"name": " Maija  Meikäläinen "}, [("K-1", "file")], PersonName("Maija Meikäläinen")),
        (
            {"firstName": "Maija", "lastName": "M", "email": "m@x.fi"},
            [("K-1", "file")],
            PersonName("Maija M", "m@x.fi"),
        ),
        ({"first_name": "Maija"}, [("m@x.fi", "email")], PersonName("Maija", "m@x.fi")),
        ({"sukunimi": "Mäki", "etunimi": "Oona"}, [], PersonName("Oona Mäki")),
        ({}, [("ck-1", "device"), ("K-1", "user"), ("m@x.fi", "email")], PersonName("m@x.fi")),
        ({"name": 5, "email": ["x"]}, [("ck-1", "device"), ("K-1", "file")], PersonName("K-1")),
        ({}, [("ck-1234567890abcdef", "device")], PersonName("Visitor ck-123456789…")),
        ({}, [("day", "cookieless")], PersonName("Visitor day")),
    ],
)
def test_a_person_is_called_by_what_says_most(traits, ids, expected):
    with translation.override("en"):
        assert (
            name_person(traits, [alias for alias, _kind in ids], [kind for _alias, kind in ids]) == expected
        )


@pytest.mark.parametrize(
    "traits",
    [
        {"Nimi": "Aino Aalto"},
        {"Asiakkaan nimi": " Aino  Aalto"},
        {"customer_name": "Aino Aalto"},
        {"Etunimi": "Aino", "Sukunimi": "Aalto"},
        {"customerFirstName": "Aino", "Customer Last Name": "Aalto"},
    ],
)
def test_names_are_found_however_a_file_calls_them(traits):
    assert name_person(traits, ["a@example.fi"], ["email"]) == PersonName("Aino Aalto", "a@example.fi")


def test_somebody_known_by_an_order_alone():
    with translation.override("fi"):
        assert name_person({}, [], [], "T-5") == PersonName("Tilauksen T-5 tekijä")
        assert name_person({}, [], []) == PersonName("Tuntematon henkilö")


@pytest.mark.parametrize("text", [None, "", "[]", "{", "5", "[" * 5000])
def test_what_is_no_object_has_no_traits(text):
    assert read_traits(text) == {}
    assert read_properties(text) == {}


def row(**given):
    usual = dict.fromkeys(
        (
            "url",
            "channel",
            "value",
            "score",
            "scale_low",
            "scale_high",
            "text",
            "properties",
            "origin",
            "order",
        )
    )
    return usual | {
        "kind": 1, "name": "Page Viewed", "order_status": None, "alias": "K-1", "device": None, "visit": 1,
        "touchpoints": [], "time": dt.datetime(2026, 3, 2, 10, 0),
    } | given  # fmt: skip


@pytest.mark.parametrize(
    ("signal", "finnish", "english"),
    [
        (
            row(kind=2, name="nps", score=9.0, scale_low=0.0, scale_high=10.0),
            "Vastasi NPS-kyselyyn: 9",
            "Answered the NPS survey: 9",
        ),
        (
            row(kind=2, name="smiley", score=4.5),
            "Vastasi hymiökyselyyn: 4,5",
            "Answered the smiley survey: 4.5",
        ),
        (row(kind=2, name="ces"), "Vastasi kyselyyn: CES", "Answered a survey: CES"),
        (
            row(kind=4, value=89.9, order_status="delivered"),
            f"Tilasi 89,90{NB}€ (toimitettu)",
            "Ordered €89.90 (delivered)",
        ),
        (row(kind=4, order_status="Odottaa maksua"), "Tilasi (Odottaa maksua)", "Ordered (Odottaa maksua)"),
        (row(kind=3, name="Toimitus", channel="phone"), "Soitti: Toimitus", "Called: Toimitus"),
        (
            row(kind=3, name="", channel=None),
            "Otti yhteyttä asiakaspalveluun: syytä ei kerrottu",
            "Contacted customer service: no reason given",
        ),
        (row(kind=5, name="arvio"), "Kirjoitti kommentin", "Wrote a comment"),
        (
            row(name="Product Added", value=9.5, properties='{"name": "Kahvi 100 %"}'),
            f"Lisäsi ostoskoriin: Kahvi 100 %, 9,50{NB}€",
            "Added “Kahvi 100 %” to the basket, €9.50",
        ),
        (row(name="oma_tapahtuma"), "Oma tapahtuma", "Oma tapahtuma"),
    ],
)
def test_signals_as_sentences(signal, finnish, english):
    for language, expected in (("fi", finnish), ("en", english)):
        with translation.override(language):
            assert sentence(signal, read_properties(signal["properties"]), Reader(language)) == expected


@pytest.mark.parametrize(
    ("name", "properties", "expected"),
    [
        ("Page Viewed", {"title": "Teltat"}, "Viewed the page “Teltat”"),
        ("page_viewed", {"page_name": "Etusivu", "title": "Teltat"}, "Viewed the page “Etusivu”"),
        ("Page Viewed", {}, "Viewed a page"),
        ("PRODUCT-VIEWED", {"products": [{"name": "Teltta"}]}, "Viewed the product “Teltta”"),
        ("Products Searched", {"query": "  lumi \n kengät "}, "Searched for “lumi kengät”"),
        ("Products Searched", {"query": True}, "Searched the site"),
        ("Products Searched", {"query": "x" * 200}, f"Searched for “{'x' * 79}…”"),
        ("order_placed", {}, "Sent the order"),
        ("", {}, ""),
    ],
)
def test_well_known_events_are_said_in_words(name, properties, expected):
    with translation.override("en"):
        assert event_sentence(name, properties) == expected


def test_properties_for_people():
    with translation.override("fi"):
        assert flat_properties(
            {"browser": "Safari", "traffic_channel": "Email", "device_type": "phone", "is_new": True, "empty": None,
             "products": [{"name": "Teltta"}], "deep": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}}
        ) == [
            ("selain", "Safari"), ("käynnin kanava", "sähköposti"), ("laite", "puhelin"), ("is new", "kyllä"),
            ("products › 1 › name", "Teltta"), ("deep › a › b › c › d › e", "…"),
        ]  # fmt: skip
    assert len(flat_properties({f"p{number}": number for number in range(100)})) == 40


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (None, ""),
        ("https://www.kauppa.example/", "kauppa.example"),
        ("https://kauppa.example/tuotteet/teltta/?a=b#c", "/tuotteet/teltta"),
        ("http://[", "http://["),
    ],
)
def test_pages_are_named_within_their_site(url, expected):
    assert path_of(url) == expected


def days(rows, language="en", **more):
    given = {
        "reader": Reader(language),
        "today": dt.date(2026, 3, 2),
        "touchpoints": {},
        "sources": {},
    } | more
    with translation.override(language):
        return build_days(rows, **given)


def test_days_are_those_of_the_workspaces_clock():
    rows = [
        row(time=dt.datetime(2026, 3, 1, 22, 30), visit=1),
        row(time=dt.datetime(2026, 3, 1, 21, 30), visit=2),
        row(time=dt.datetime(2026, 2, 20, 12, 0), visit=3),
    ]
    assert [day.title for day in days(rows)] == [
        "Today, Monday 2 Mar 2026", "Yesterday, Sunday 1 Mar 2026", "Friday 20 Feb 2026",
    ]  # fmt: skip
    assert [day.title for day in days(rows, "fi")] == [
        "Tänään, maanantai 2.3.2026", "Eilen, sunnuntai 1.3.2026", "Perjantai 20.2.2026",
    ]  # fmt: skip
    assert days(rows, "fi")[0].visits[0].runs[0].shown[0].clock == f"klo{NB}0.30"


def test_what_a_visit_shares_is_said_once():
    about = '{"browser": "Safari", "device_type": "phone"}'
    first = (
        '{"browser": "Safari", "device_type": "phone", "traffic_channel": "Email", "traffic_source": "kirje"}'
    )
    rows = [
        row(time=dt.datetime(2026, 3, 2, 10, 20), url="https://x.example/b", channel="web", properties=about),
        row(time=dt.datetime(2026, 3, 2, 10, 5), url="https://x.example/a", channel="web", properties=first),
    ]
    ((visit,),) = [day.visits for day in days(rows)]
    assert visit.head == "Visit 12:05–12:20"
    assert visit.about == ["web", "phone", "Safari", "came from: e-mail, kirje"]
    assert [entry.note for entry in visit.runs[0].shown] == ["/b", "/a"]


def test_an_answer_alone_is_no_visit_and_keeps_its_words():
    given = row(
        kind=2, name="nps", score=2.0, scale_low=0.0, scale_high=10.0, text=" Myöhässä ", order="T-1",
        channel="email", origin="import/scores", touchpoints=[4, 5, 6],
    )  # fmt: skip
    links = {4: TouchpointLink("Toimitus", "/a"), 5: TouchpointLink("Toimitus", "/b")}
    ((visit,),) = [
        day.visits for day in days([given], touchpoints=links, sources={"import/scores": "Kysely"})
    ]
    (entry,) = visit.runs[0].shown
    assert (visit.head, entry.mark, entry.quote) == ("", "answer", "Myöhässä")
    assert (entry.feeling.step, entry.feeling.word) == (2, "negative")
    assert entry.touchpoints == [
        links[4]
    ]  # one name, however many journeys have it; what is gone is left out
    assert entry.note == "order T-1 · scale 0–10 · e-mail · Kysely"


def test_long_runs_of_events_are_folded_and_nothing_else_is():
    def at(minute, **more):
        return row(time=dt.datetime(2026, 3, 2, 10, minute), url="https://x.example/", **more)

    rows = (
        [at(59 - number) for number in range(9)] + [at(40, kind=2, name="nps", score=9.0)] + [at(30), at(29)]
    )
    ((visit,),) = [day.visits for day in days(rows)]
    assert [(len(run.shown), len(run.folded)) for run in visit.runs] == [(5, 4), (1, 0), (2, 0)]
    with translation.override("fi"):
        assert visit.runs[0].folded_words == "4 tapahtumaa lisää"


def test_values_are_found_by_what_people_call_them():
    with translation.override("fi"):
        assert value_meant("device_type", " Puhelin") == "phone"
        assert value_meant("person.language", "suomi") == "fi"
        assert value_meant("channel", "myymälä") == "store"
        assert value_name("channel", "store") == "myymälä"
        assert (value_meant("city", "puhelin"), value_meant("channel", "kioski")) == ("puhelin", "kioski")
