"""A revoked key ends at once and works again when that is undone."""

from __future__ import annotations

import pytest
from django_scopes import scope

from polku.accounts import domain
from polku.accounts.models import ApiKey, AuditEntry
from tests.undoing import DAY, aged, undo_token

BASE = "/w/testikauppa/settings/keys/"
RESTORE = "accounts:api_key_restore"


@pytest.fixture
def key(workspace, owner):
    return domain.create_api_key(workspace=workspace, kind="secret", name="Raportti", actor=owner)


@pytest.fixture
def revoked(key, owner_client):
    """(text of a key, what its undo button posts)."""
    row, text = key
    response = owner_client.post(f"{BASE}{row.pk}/revoke/", follow=True)
    assert domain.find_api_key(text) is None
    return text, undo_token(response)


def _undo(client, token):
    return client.post(f"{BASE}restore/", {"token": token}, follow=True).content.decode()


def test_a_revoked_key_works_again_when_undone_once(revoked, owner_client, workspace, owner):
    text, token = revoked
    assert "toimii taas" in _undo(owner_client, token)
    assert domain.find_api_key(text) is not None
    assert "ei voi enää kumota" in _undo(owner_client, token)
    assert domain.find_api_key(text) is not None
    with scope(workspace=workspace):
        told = AuditEntry.objects.filter(action__startswith="api_key").order_by("pk")
        assert [(entry.action, entry.target, entry.actor) for entry in told] == [
            ("api_key.created", "Raportti", owner),
            ("api_key.revoked", "Raportti", owner),
            ("api_key.restored", "Raportti", owner),
        ]


def test_an_undo_does_not_take_back_a_later_revocation(revoked, owner_client, workspace, owner):
    text, token = revoked
    _undo(owner_client, token)
    with scope(workspace=workspace):
        domain.revoke_api_key(key=ApiKey.objects.get(), actor=owner)
    assert "ei voi enää kumota" in _undo(owner_client, token)
    assert domain.find_api_key(text) is None


@pytest.mark.parametrize(("seconds", "works"), [(DAY - 60, True), (DAY + 60, False)])
def test_an_undo_holds_for_a_day(revoked, owner_client, seconds, works):
    text, token = revoked
    page = _undo(owner_client, aged(token, seconds, restore=RESTORE))
    assert ("toimii taas" in page, "ei voi enää kumota" in page) == (works, not works)
    assert (domain.find_api_key(text) is not None) == works


def test_an_undo_belongs_to_its_workspace_and_to_owners(revoked, client, owner, workspace, store, teammate):
    text, token = revoked
    domain.create_workspace(name="Muualla", owner=owner)
    elsewhere = client.post("/w/muualla/settings/keys/restore/", {"token": token}, follow=True)
    assert "ei voi enää kumota" in elsewhere.content.decode()
    domain.set_member(workspace=workspace, user=teammate, role="editor", actor=owner)
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(f"{BASE}restore/", {"token": token}).status_code == 403
    assert domain.find_api_key(text) is None


def test_the_page_of_keys_keeps_the_readers_shortcuts(key, owner_client):
    assert 'data-keys="on"' in owner_client.get(BASE).content.decode()
