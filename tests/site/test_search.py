"""The search of everything: what is found, by whom, and where a searcher fails."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from django_scopes import scope

from polku.eventstore.registry import hit_rules
from polku.site import search
from polku.site.search import Hit, Searcher, best_first, fits
from tests.eventstore.streaming import stream_batch


@pytest.fixture
def journey(workspace, owner):
    from polku.journeys.domain import create_journey

    return create_journey(workspace=workspace, name="Ostopolku", template="four-phases", actor=owner)


@pytest.fixture
def maija(workspace, store):
    """A customer who has signed in."""
    noon = datetime(2026, 3, 1, 12)
    traits = {"name": "Maija Meikäläinen", "email": "maija@example.com"}
    store.load_stream(
        workspace.key.hex,
        stream_batch(
            [{"id": 1, "name": "Signed In", "device": "puhelin-0001", "user": "K-1", "time": noon}],
            traits=[{"alias": "K-1", "properties": json.dumps(traits)}],
            received=noon,
        ),
        rules=hit_rules(workspace.key.hex),
    )


def _titles(client, workspace, text: str, part: str = "") -> list[str]:
    answer = client.get(f"/w/{workspace.slug}/search/", {"q": text, "part": part})
    assert answer.status_code == 200
    return re.findall(r'class="search-title">(.*?)<', answer.content.decode())


def test_every_word_counts_whatever_the_case_and_the_dots():
    assert fits("KASSA lisä", "Lisäsi tuotteen", "kassalla")
    assert fits("lisasi", "Lisäsi")
    assert fits("", "anything")
    assert not fits("kassa kauppa", "Kassalla")


def test_titles_that_begin_so_come_first():
    hits = [Hit("Uusi maksu", "/1"), Hit("Ennakkomaksu", "/2"), Hit("Maksu", "/3")]
    assert [hit.title for hit in best_first(hits, "maksu")] == ["Maksu", "Uusi maksu", "Ennakkomaksu"]


def test_a_touchpoint_is_found_with_its_place(owner_client, workspace, journey):
    from polku.journeys.models import Touchpoint

    with scope(workspace=workspace):
        point = Touchpoint.objects.first()
    html = owner_client.get(f"/w/{workspace.slug}/search/", {"q": point.name.upper()}).content.decode()
    address = f"/w/{workspace.slug}/journeys/{journey.pk}/?touchpoint={point.pk}"
    assert f'<a class="search-hit" href="{address}">' in html
    assert "Ostopolku · " in html
    assert _titles(owner_client, workspace, "ostopol") == ["Ostopolku"]


def test_pages_and_words_are_found_in_the_readers_language(owner_client, workspace):
    owner_client.post("/language/", {"language": "en"})
    assert "How data joins" in _titles(owner_client, workspace, "joins")
    assert "Median" in _titles(owner_client, workspace, "median")
    assert "Install the tracker" in _titles(owner_client, workspace, "seuranta")


def test_without_a_text_it_leads_to_the_main_pages(owner_client, workspace, journey):
    found = _titles(owner_client, workspace, "")
    assert len(found) > 5
    assert "Ostopolku" in found


def test_customers_are_found_after_the_rest(owner_client, workspace, maija):
    assert _titles(owner_client, workspace, "maija", "quick") == []
    assert _titles(owner_client, workspace, "maija", "slow") == ["Maija Meikäläinen"]
    assert _titles(owner_client, workspace, "maija") == ["Maija Meikäläinen"]


def test_who_may_not_see_customers_does_not_find_them(client, teammate, workspace, maija):
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert _titles(client, workspace, "maija") == []
    assert _titles(client, workspace, "katselija") == []  # members are found by owners only


def test_another_workspaces_things_are_not_found(client, outsider, workspace, journey):
    client.force_login(outsider, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(f"/w/{workspace.slug}/search/", {"q": "ostopolku"}).status_code == 404
    answer = client.get("/w/toinen/search/", {"q": "ostopolku"})
    assert "search-hit" not in answer.content.decode()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\x00", "%_'\"\\", "\ud800", "a" * 5000])
def test_any_text_is_only_a_text(owner_client, workspace, text):
    answer = owner_client.get(f"/w/{workspace.slug}/search/", {"q": text.encode("utf-8", "surrogatepass")})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_a_searcher_in_trouble_says_so_and_leaves_the_others(owner_client, workspace, caplog):
    def fail(workspace, request, text):
        raise OSError("secret words")

    before = dict(search._searchers)
    search.register(Searcher("broken", "Broken", "view", fail, order=1))
    try:
        html = owner_client.get(f"/w/{workspace.slug}/search/", {"q": "median"}).content.decode()
    finally:
        search._searchers.clear()
        search._searchers.update(before)
    assert 'id="found-broken"' in html
    assert 'id="found-glossary"' in html
    assert "secret words" not in caplog.text
    assert "median" not in caplog.text


def test_single_keys_can_be_turned_off(owner_client, workspace):
    page = f"/w/{workspace.slug}/glossary/"
    assert 'data-keys="on"' in owner_client.get(page).content.decode()
    owner_client.post("/keys/", {"keys": "off", "next": page})
    assert 'data-keys="off"' in owner_client.get(page).content.decode()
    owner_client.post("/keys/", {"keys": "perhaps"})
    assert 'data-keys="off"' in owner_client.get(page).content.decode()
    assert owner_client.get("/keys/").status_code == 405
