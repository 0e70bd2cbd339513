"""Who reads the pages about sources, and the shop they are about."""

from __future__ import annotations

import re

import pytest

from polku.accounts import domain as accounts
from tests.capture.sources.shop import Shop


@pytest.fixture
def owner_client(owner_client):
    owner_client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return owner_client


@pytest.fixture
def shop(workspace, store):
    return Shop(workspace, store)


@pytest.fixture
def read(owner_client):
    """The text of a page as a reader sees it, in English."""

    def text_of(path: str, client=owner_client, language: str = "en", status: int = 200) -> str:
        answer = client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == status, path
        html = re.sub(r"(?s)<svg.*?</svg>", "", answer.content.decode())
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ")

    return text_of


@pytest.fixture
def analyst_client(client, workspace):
    from django.test import Client

    user = accounts.create_user(email="analyytikko@example.com")
    accounts.set_member(workspace=workspace, user=user, role="analyst", actor=None)
    made = Client()
    made.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


@pytest.fixture
def viewer_client(teammate):
    from django.test import Client

    made = Client()
    made.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made
