"""The page of the website's overview: what it says in both languages, and what addresses make of it."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.http import QueryDict

from polku.analytics.web.choices import read_choices
from polku.analytics.web.latest import Latest
from tests.analytics.conftest import shop
from tests.eventstore.streaming import stream_batch

__all__ = ["shop"]
BASE = "/w/testikauppa/web/"


@pytest.fixture
def read(owner_client):
    def text(query: str = "", language: str = "en") -> str:
        owner_client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        response = owner_client.get(BASE + query)
        assert response.status_code == 200
        found = re.search(r"<main[ >].*</main>", response.content.decode(), re.DOTALL)
        assert found
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found.group())).split())

    return text


@pytest.fixture
def visits(shop):
    """Forty visits from two sources, half of them with an order, and a page whose name is an attack."""
    shop.events(
        *(
            (
                f"p{n}",
                "Products Searched",
                f"2026-03-{1 + n % 20:02d}T12:00",
                {
                    "url": f"https://x.example/sivu%20{n % 12}?a=1",
                    "properties": {
                        "traffic_channel": "Paid Search" if n % 2 else "Referral",
                        "traffic_source": "Google" if n % 2 else "<script>alert(1)</script>",
                        "device_type": "computer",
                        "load_time": "800",
                        "query": "teltta",
                        "results": str(n % 5),
                    },
                },
            )
            for n in range(40)
        )
    )
    shop.orders(
        *(
            {"order": f"t{n}", "person": f"p{n}", "time": f"2026-03-{1 + n % 20:02d}T12:10", "value": 50.0}
            for n in range(20)
        )
    )


def test_an_empty_workspace_is_told_what_to_do(read, store, workspace):
    assert "Install the tracker, and this page shows" in read()
    assert "Asenna seuranta, niin tämä sivu näyttää" in read("", "fi")


def test_the_page_says_everything_in_both_languages(read, visits):
    english = read().replace(" : show as the chart", "")
    for said in (
        "Visitors 40 different people",
        "Conversion 50.0% probably 35.2–64.8% 20 visits led to an order",
        "Sales €1.0k average order €50.00",
        "Searches that found nothing 20.0%",
        "Link on another site 20",
        "/sivu 0",
        "under 1 s 40 50.0%",
        "This is no proof that speed brings orders",
        "teltta 40 8",
        "0 visitors now",
    ):
        assert said in english, said
    finnish = read("", "fi")
    for said in (
        "50,0 % todennäköisesti 35,2–64,8 %",
        "Hakumainonta",
        "alle 1 s",
        "Tuloksettomat haut",
        "0 kävijää nyt",
    ):
        assert said in finnish.replace("\N{NO-BREAK SPACE}", " "), said
    assert not {"Visits", "Conversion", "Sources", "Load time"} & set(re.findall(r"\w+(?: \w+)?", finnish))


def test_what_is_clicked_filters_everything(owner_client, read, visits):
    text = read("?source=Google&range=all")
    assert "Source Google : take this filter away" in text
    assert "Visits 20 1.0 visits per visitor" in text.replace(" : show as the chart", "")
    page = owner_client.get(f"{BASE}?range=all").content.decode()
    assert "<script>alert(1)" not in page
    assert (
        "source=%3Cscript%3Ealert%281%29%3C%2Fscript%3E"
        in owner_client.get(f"{BASE}?sources=source").content.decode()
    )
    assert "No such visits" in read("?source=Google&channel=Referral")
    assert "not known" in read("?devices=browser&browser=")
    assert "Source not known where from" in read("?source=")
    assert "compared with" in read("?compare=previous")


@pytest.mark.parametrize(
    "query",
    [
        "?range=custom&from=x&to=2026-01-01",
        "?range=custom&from=2026-03-02&to=2026-03-01",
        "?range=9999&metric=x&sources=page&devices=&compare=maybe",
        "?segment=nobody%00",
        "?page=&source=%00&channel=" + "x" * 5000,
        "?range=custom&from=1970-01-01&to=2199-12-31&compare=previous",
    ],
)
def test_no_address_is_an_error(read, visits, query):
    assert "Website" in read(query)


def test_an_address_says_the_same_again(workspace, store):
    state = store.state(workspace.key.hex)
    for address in (
        "?",
        "?range=7&compare=previous&channel=Email&page=%2Fa%3Fb&browser=",
        "?range=custom&from=2026-01-01&to=2026-02-01&metric=revenue&sources=campaign&devices=browser",
    ):
        assert read_choices(QueryDict(address[1:]), workspace, state).address() == address


def test_who_is_there_now(owner_client, store, workspace):
    now = datetime.now(UTC).replace(tzinfo=None)
    event = {"url": "https://x.example/", "properties": "{}", "device": "a"}
    batch = stream_batch([{**event, "id": 1, "time": now - timedelta(minutes=1)}], received=now)
    store.load_stream(workspace.key.hex, batch, rules=[])
    owner_client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert owner_client.get(f"{BASE}now/").json() == {"text": "1 visitor now"}


def test_clicks_through_a_range_that_took_long_are_of_one_state(workspace, visits, shop):
    """New signals come all the time; a click must not read everything again for them. A while later it does."""
    slow, quick = Latest(long=0.0, times=1e6), Latest(long=60.0)
    query = {"kind": "overview", "range": None}
    assert (slow.ask(workspace, query)["visits"], quick.ask(workspace, query)["visits"]) == (40, 40)
    before = slow.state_for(workspace, None)
    shop.events(("new", "view", "2026-03-25T12:00", {"url": "https://x.example/"}))
    assert slow.ask(workspace, {**query, "only": {"page": "/"}})["visits"] == 0
    assert quick.ask(workspace, {**query, "only": {"page": "/"}})["visits"] == 1
    assert slow.state_for(workspace, None) == before
    assert slow.state_for(workspace, {"from": "2026-03-01"}).version == before.version + 1
    passing = Latest(long=0.0, longest=0.0)
    assert [passing.ask(workspace, query)["visits"] for _time in range(2)] == [41, 41]
    shop.events(("newer", "view", "2026-03-25T12:00", {"url": "https://x.example/"}))
    assert passing.ask(workspace, query)["visits"] == 42
