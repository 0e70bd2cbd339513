"""Where people land: the start page, the choice between workspaces, the demo's door, the language."""

from __future__ import annotations

import pytest
from django.test import Client

from polku.accounts import domain
from polku.accounts.demo import DEMO_EMAIL
from polku.accounts.middleware import accepted_languages


def test_a_stranger_is_asked_to_sign_in(client, owner):
    assert client.get("/")["Location"] == "/accounts/login/"


def test_the_only_workspace_opens_at_once(owner_client):
    assert owner_client.get("/")["Location"] == "/w/testikauppa/"


def test_of_several_workspaces_the_last_one_opens(owner_client, owner, store):
    domain.create_workspace(name="Toinen kauppa", owner=owner)
    assert owner_client.get("/")["Location"] == "/w/"
    page = owner_client.get("/w/").content.decode()
    assert "Toinen kauppa" in page
    assert "Testikauppa" in page
    owner_client.get("/w/toinen-kauppa/settings/")
    assert owner_client.get("/")["Location"] == "/w/toinen-kauppa/"


def test_a_workspace_left_behind_does_not_open(owner_client, owner, workspace, teammate):
    owner_client.get("/w/testikauppa/settings/")
    domain.set_member(workspace=workspace, user=teammate, role="owner", actor=None)
    from django_scopes import scope

    with scope(workspace=workspace):
        domain.remove_member(membership=workspace.memberships.get(user=owner), actor=None)
    assert owner_client.get("/")["Location"] == "/w/"
    assert "polku workspace create" in owner_client.get("/w/").content.decode()


@pytest.fixture
def demo(workspace, settings):
    settings.DEMO_SIGN_IN = True
    user = domain.create_user(email=DEMO_EMAIL, name="Demo")
    domain.set_member(workspace=workspace, user=user, role="owner", actor=None)
    return user


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "localhost"])
def test_one_click_signs_in_to_the_demo(demo, host):
    client = Client(headers={"host": host})
    assert client.get("/")["Location"] == "/demo/"
    assert client.get("/demo/").status_code == 200
    assert client.get("/account/").status_code == 302
    assert client.post("/demo/")["Location"] == "/"
    assert client.get("/")["Location"] == "/w/testikauppa/"


@pytest.mark.parametrize(
    "request_parts",
    [
        {"headers": {"host": "localhost"}, "REMOTE_ADDR": "192.168.1.7"},
        {"headers": {"host": "polku.example.com"}},
        {"headers": {"host": "localhost", "x-forwarded-for": "203.0.113.5"}},
        {"headers": {"host": "localhost"}, "REMOTE_ADDR": ""},
    ],
)
def test_the_demo_opens_to_nobody_from_elsewhere(demo, settings, request_parts):
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(**request_parts)
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/").status_code == 404
    assert client.get("/")["Location"] == "/accounts/login/"


def test_the_demo_opens_only_where_it_is_switched_on(demo, settings):
    settings.DEMO_SIGN_IN = False
    client = Client(headers={"host": "localhost"})
    assert client.post("/demo/").status_code == 404


def test_the_demos_door_needs_the_csrf_token(demo):
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    assert client.post("/demo/").status_code == 403


def test_without_a_loaded_demo_the_door_says_how_to_load_it(db, settings):
    settings.DEMO_SIGN_IN = True
    client = Client(headers={"host": "localhost"})
    assert "polku demo" in client.get("/demo/").content.decode()
    assert client.post("/demo/").status_code == 200


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("en-GB,en;q=0.8,fi;q=0.9", ["en", "fi", "en"]),
        ("", [""]),
        ("*;q=0", []),
        ("fi;q=x, en;q=0.1", ["en"]),
    ],
)
def test_the_browsers_languages_are_read_by_weight(header, expected):
    assert accepted_languages(header) == expected


@pytest.mark.parametrize(
    ("cookie", "header", "expected"),
    [
        (None, "", "fi"),
        (None, "en-US,en;q=0.9", "en"),
        (None, "de,sv;q=0.5", "fi"),
        ("en", "fi", "en"),
        ("xx", "en", "en"),
    ],
)
def test_the_language_of_a_stranger(client, db, cookie, header, expected):
    if cookie:
        client.cookies["django_language"] = cookie
    response = client.get("/accounts/login/", headers={"accept-language": header} if header else {})
    assert response["Content-Language"] == expected
    assert f'<html lang="{expected}"' in response.content.decode()


def test_the_users_own_language_wins(client, owner):
    owner.language = "en"
    owner.save()
    client.force_login(owner)
    client.cookies["django_language"] = "fi"
    assert client.get("/account/")["Content-Language"] == "en"
