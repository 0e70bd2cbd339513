"""The pages of paths, coming back and trends: what they say, list, export and survive."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest
from django.test import Client
from django_scopes import scope

from polku.analytics.models import Annotation
from polku.journeys.domain import add_binding, add_stage, add_touchpoint, create_journey

BASE = "/w/testikauppa/explore/"


@pytest.fixture
def events(shop):
    """40 look at a product on 2 March, 30 of them at the basket, 10 of these order; 20 are back a week later."""
    shop.events(
        *((f"p{n}", "Product Viewed", f"2026-03-02T10:{n:02d}", {"channel": "web"}) for n in range(40)),
        *((f"p{n}", "Cart Viewed", f"2026-03-02T11:{n:02d}", {"channel": "app"}) for n in range(30)),
        *(
            (f"p{n}", "Order Completed", f"2026-03-02T12:{n:02d}", {"channel": "web", "value": 100})
            for n in range(10)
        ),
        *((f"p{n}", "Product Viewed", f"2026-03-09T10:{n:02d}", {"channel": "web"}) for n in range(20)),
        ("late", "Product Viewed", "2026-03-25T10:00"),
    )
    return shop


@pytest.fixture
def member(owner) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(owner)
    return client


def shown(response) -> str:
    assert response.status_code == 200, response.status_code
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode())))


def rows(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_paths_say_where_people_go_on_to(events, member):
    page = f"{BASE}paths/?range=all&through=event&begin=event:Cart+Viewed"
    text = shown(member.get(page))
    assert (
        "30 people reached “Looked at the basket”. Next came mostly: “Sent the order” (33%) and “Viewed a product” "
        "(33%). For 33% the path ended there." in text
    )
    assert "Looked at the basket → Sent the order: 10 · 33%" in text
    assert "The commonest whole paths" not in text  # they are those of everybody
    table = rows(member.get(page.replace("paths/?", "paths/export/csv/?")))
    assert table[:3] == [
        ["Steps"],
        ["From", "To", "Times", "Of all steps", "Time between, median"],
        ["Looked at the basket", "Sent the order", "10", "0.3333333333333333", "3600.0"],
    ]


def test_paths_say_what_led_to_something(events, member):
    text = shown(member.get(f"{BASE}paths/?range=all&through=event&end=event:Order+Completed"))
    assert "10 people reached “Sent the order”. Just before it mostly: “Looked at the basket” (100%)." in text
    assert "2 steps before just before Leads to" in text


def test_paths_go_through_the_first_journeys_touchpoints_unless_asked_otherwise(events, member, workspace):
    assert 'value="event" selected' in member.get(f"{BASE}paths/").content.decode()
    with scope(workspace=workspace):
        journey = create_journey(workspace=workspace, name="Ostopolku")
        stage = add_stage(journey=journey, name="Osto")
        for name, event in (("Tuotesivu", "Product Viewed"), ("Kori", "Cart Viewed")):
            point = add_touchpoint(stage=stage, name=name)
            add_binding(touchpoint=point, kind="event", names=[event], rebuild=False)
            events.bind(point.pk, event)
    events.store.rebuild_hits(events.key, [rule.touchpoint for rule in events.rules], events.rules)
    response = member.get(f"{BASE}paths/?range=all")
    text = shown(response)
    assert "41 people took these paths. Most begin with “Tuotesivu” (100%)." in text
    assert "The commonest step is from “Tuotesivu” to “Kori”." in text
    assert "Tuotesivu → Kori → Tuotesivu 49% 20 people · 7.0 d" in text
    link = html.unescape(
        re.search(r'href="([^"]+begin=touchpoint[^"]+)"', response.content.decode()).group(1)
    )
    assert "people reached “Tuotesivu”" in shown(member.get(link))
    assert "touchpoint" in shown(member.get(f"{BASE}paths/?through=journey:999"))


def test_coming_back_as_a_sentence_a_table_of_shades_and_a_file(events, member):
    response = member.get(f"{BASE}retention/")
    text = shown(response)
    assert "50% of those who came for the first time came back the week after (probably 35–65%)." in text
    page = response.content.decode()
    assert '<td class="number heat-8" title="20 of 40, probably 35–65%">50%</td>' in page
    assert "2 Mar–8 Mar" in text and "All together" in text
    table = rows(member.get(f"{BASE}retention/export/csv/"))
    assert table[0] == ["All together"]
    assert table[2][:4] == ["1 wk", "40", "20", "0.5"]
    again = f"{BASE}retention/?start=event:Product+Viewed&back=event:Product+Viewed"
    assert "After the first “Viewed a product” 50% did it again the week after" in shown(member.get(again))


def test_a_trend_says_its_mean_and_marks_what_is_unfinished(events, member):
    page = f"{BASE}trend/?range=all&interval=week&select=event:Product+Viewed"
    text = shown(member.get(page))
    assert "“Viewed a product”: 20 a week on average. 61 in all." in text
    assert "What is outlined is not over yet" in text
    table = rows(member.get(page.replace("trend/?", "trend/export/csv/?")))
    assert table[1:] == [
        ["2026-03-02", "40", "yes"],
        ["2026-03-09", "20", "yes"],
        ["2026-03-16", "0", "yes"],
        ["2026-03-23", "1", "no"],
    ]
    begun = shown(member.get(page.replace("range=all", "range=custom&from=2026-03-02&to=2026-03-11")))
    assert "most 40" in begun and "least 40" in begun  # the second week, 20, is there only in part


def test_a_trend_in_parts_and_compared(events, member):
    parts = f"{BASE}trend/export/csv/?range=all&interval=week&measure=persons&breakdown=channel"
    assert rows(member.get(parts))[0] == ["Begins", "All events", "web", "app", "not known", "Finished"]
    # Nine days against the nine before, of which only the end holds something: too few are finished and known.
    compared = f"{BASE}trend/?range=custom&from=2026-03-09&to=2026-03-17&compare=previous"
    text = shown(member.get(compared))
    assert "There are too few finished periods to tell whether that is a change." in text
    assert "Previous period" in text


def test_what_happened_is_written_beside_the_trend_and_taken_away(events, member, workspace):
    state = "range=all&interval=day"
    added = member.post(
        f"{BASE}annotations/add/",
        {"on": "2026-03-05", "kind": "campaign", "text": "Kevätkampanja <b>", "state": state},
        follow=True,
    )
    assert added.redirect_chain == [(f"{BASE}trend/?range=all&interval=day#annotations", 302)]
    assert "5 Mar 2026 · campaign Kevätkampanja <b>" in shown(added)
    assert "<b>" not in added.content.decode()
    with scope(workspace=workspace):
        number = Annotation.objects.get().pk
    gone = member.post(f"{BASE}annotations/{number}/delete/", {"state": state}, follow=True)
    assert "“Kevätkampanja <b>” is deleted." in shown(gone)
    token = re.search(r'name="token" value="([^"]+)"', gone.content.decode()).group(1)
    back = member.post(f"{BASE}annotations/restore/", {"token": token}, follow=True)
    assert back.redirect_chain == [(f"{BASE}trend/?range=all&interval=day#annotations", 302)]
    assert "5 Mar 2026 · campaign Kevätkampanja" in shown(back)
    for wrong in ({"on": "tomorrow"}, {"text": ""}, {"kind": "party"}):
        bad = member.post(
            f"{BASE}annotations/add/",
            {"on": "2026-03-05", "kind": "other", "text": "x", **wrong},
            follow=True,
        )
        assert 'class="message' in bad.content.decode()
    assert "This can no longer be undone." in shown(
        member.post(f"{BASE}annotations/restore/", {"token": "x"}, follow=True)
    )
    with scope(workspace=workspace):
        assert Annotation.objects.count() == 1


@pytest.mark.parametrize("kind", ["paths", "retention", "trend"])
@pytest.mark.parametrize(
    "address",
    [
        "?select=event:&begin=x&end=touchpoint:0&start=touchpoint:99999999999999999999&back=%00",
        "?through=journey:abc&depth=99&unit=tribe&repeats=&every=year&interval=&measure=love",
        "?range=custom&from=2026-13-01&to=&compare=previous&breakdown=%00&segment=nobody",
        "?select=event:never&begin=event:never&start=event:never&range=7",
        "?compare=segment:x&range=all&begin=touchpoint:7&select=touchpoint:7&start=touchpoint:7",
    ],
)
def test_bad_addresses_are_said_and_break_nothing(events, member, kind, address):
    assert member.get(f"{BASE}{kind}/{address}").status_code == 200
    assert member.get(f"{BASE}{kind}/export/csv/{address}").status_code in (200, 302)


@pytest.mark.parametrize("kind", ["paths", "retention", "trend"])
def test_a_workspace_without_data_says_how_to_bring_it_in(member, kind):
    assert "There is no data to ask yet" in shown(member.get(f"{BASE}{kind}/"))


def test_centuries_are_drawn_by_month_and_only_where_data_may_lie(events, member):
    page = member.get(
        f"{BASE}trend/?range=custom&from=1970-01-01&to=2200-01-01&interval=day"
    ).content.decode()
    assert page.count("chart-bar") == 2 * 24  # wide and narrow, a bar a day from 2 to 25 March
    events.events(("old", "Product Viewed", "2019-01-01T10:00"))
    page = member.get(f"{BASE}trend/?range=all&interval=day")
    assert "too long to be shown so finely" in page.content.decode()
    assert page.content.decode().count("chart-bar") < 2 * 400
