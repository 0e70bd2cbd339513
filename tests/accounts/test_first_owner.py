"""The first owner comes by a link that works once."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django_scopes import scope

from polku.accounts import domain
from polku.accounts.models import Membership, OwnerLink, User, Workspace

GIVEN = {
    "company": "Äänekosken Työkalu",
    "name": "Aino",
    "email": "Aino@Example.com",
    "password": "metsäpolku-42",
}


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def address(db, store) -> str:
    return f"/first/{domain.create_owner_link()}/"


def test_the_link_makes_an_owner_with_a_workspace_who_is_signed_in(client, address):
    assert client.get("/").content.decode().count("polku user link") == 1
    assert client.get(address).status_code == 200
    response = client.post(address, GIVEN, headers={"accept-language": "fi"})
    assert response["Location"] == "/w/aanekosken-tyokalu/start/"
    assert client.get(response["Location"]).status_code == 200
    user, workspace = User.objects.get(), Workspace.objects.get()
    assert (user.email, user.name, user.check_password("metsäpolku-42")) == ("aino@example.com", "Aino", True)
    with scope(workspace=workspace):
        assert list(Membership.objects.values_list("user", "role")) == [(user.pk, "owner")]


def test_wrong_older_and_used_links_are_the_same_404(client, address):
    newer = f"/first/{domain.create_owner_link()}/"
    pages = [client.get("/first/x/"), client.get(address)]
    client.post(newer, GIVEN)
    pages.append(Client().get(newer))
    assert [page.status_code for page in pages] == [404, 404, 404]
    assert len({re.sub(r'value="[^"]*"', "", page.content.decode()) for page in pages}) == 1
    assert Client().post(newer, GIVEN | {"email": "toinen@example.com"}).status_code == 404
    assert User.objects.count() == 1


def test_what_is_wrong_stands_at_its_field_and_the_link_still_works(client, address):
    for wrong in ({"password": "12345678901"}, {"email": "aino"}, {"company": " "}):
        response = client.post(address, GIVEN | wrong)
        assert response.status_code == 422
        (field,) = wrong
        assert field in response.context["form"].errors
    assert (User.objects.count(), Workspace.objects.count(), OwnerLink.objects.count()) == (0, 0, 1)
    assert client.post(address, GIVEN).status_code == 302


def test_where_somebody_is_already_there_is_no_link_and_an_old_one_works_no_more(client, address):
    domain.create_user(email="joku@example.com")
    with pytest.raises(ValidationError):
        domain.create_owner_link()
    assert client.get(address).status_code == 404
    assert client.post(address, GIVEN).status_code == 404
    assert client.get("/")["Location"] == "/accounts/login/"


def test_guessing_is_stopped(client, address):
    codes = [client.get(f"/first/{number}/").status_code for number in range(31)]
    assert codes == [404] * 30 + [429]
