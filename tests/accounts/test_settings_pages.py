"""The pages of a workspace's settings, and of one's own account."""

from __future__ import annotations

import re
from datetime import datetime

import pyarrow as pa
import pytest
from django.test import Client
from django_scopes import scope

from polku.accounts import domain
from polku.accounts.models import ApiKey, AuditEntry, Membership, User
from polku.eventstore.port import ORDER_BATCH

BASE = "/w/testikauppa/settings/"


def member_number(workspace, user) -> int:
    with scope(workspace=workspace):
        return Membership.objects.get(user=user).pk


def undo_token(response) -> str:
    found = re.search(r'name="token" value="([^"]+)"', response.content.decode())
    assert found is not None
    return found.group(1)


NOW = datetime(2026, 3, 1, 12)
GENERAL = {"name": "Uusi nimi", "language": "en", "timezone": "Europe/Stockholm", "currency": "sek"}


def test_general_settings_are_saved(owner_client, workspace):
    response = owner_client.post(BASE, GENERAL)
    assert (response.status_code, response["Location"]) == (302, BASE)
    workspace.refresh_from_db()
    assert (workspace.name, workspace.language, workspace.timezone, workspace.currency) == (
        "Uusi nimi",
        "en",
        "Europe/Stockholm",
        "SEK",
    )


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"timezone": "Europe/Nowhere"}, {"currency": "E1R"}, {"language": "sv"}]
)
def test_a_wrong_setting_is_shown_at_its_field_and_changes_nothing(owner_client, workspace, wrong):
    response = owner_client.post(BASE, GENERAL | wrong)
    assert response.status_code == 422
    assert b'class="errorlist"' in response.content
    workspace.refresh_from_db()
    assert workspace.name == "Testikauppa"


def test_cancelled_states_are_chosen_from_those_received(owner_client, workspace, store):
    page = owner_client.get(BASE).content.decode()
    assert "cancelled_states" not in page
    rows = [
        {
            "message_id": f"{number:032x}",
            "order": str(number),
            "person": f"p{number}",
            "status": status,
            "time": NOW,
        }
        for number, status in enumerate(["delivered", "delivered", "peruttu"])
    ]
    store.load_orders(workspace.key.hex, pa.Table.from_pylist(rows, schema=ORDER_BATCH), rules=[])
    page = owner_client.get(BASE).content.decode()
    assert re.findall(r'name="cancelled_states" value="([^"]+)"', page) == ["delivered", "peruttu"]
    owner_client.post(BASE, GENERAL | {"cancelled_states": ["peruttu"]})
    workspace.refresh_from_db()
    assert workspace.cancelled_states == ["peruttu"]
    assert owner_client.post(BASE, GENERAL | {"cancelled_states": ["keksitty"]}).status_code == 422


def test_a_known_user_becomes_a_member_at_once(owner_client, workspace, outsider):
    response = owner_client.post(f"{BASE}members/", {"email": outsider.email, "role": "analyst"}, follow=True)
    assert "accounts/password/reset/key" not in response.content.decode()
    assert domain.set_member(workspace=workspace, user=outsider, role="analyst", actor=None).role == "analyst"
    with scope(workspace=workspace):
        assert Membership.objects.get(user=outsider).role == "analyst"


def test_a_new_user_gets_a_link_that_is_shown_once_and_sets_a_password_once(owner_client, workspace):
    response = owner_client.post(f"{BASE}members/", {"email": "uusi@example.com", "role": "viewer"})
    (link,) = re.findall(
        r'value="http://testserver(/accounts/password/reset/key/[^"]+)"', response.content.decode()
    )
    assert response["Cache-Control"].find("no-store") >= 0
    assert link not in owner_client.get(f"{BASE}members/").content.decode()
    stranger = Client()
    address = stranger.get(link)["Location"]
    stranger.post(address, {"password1": "uusi-salasana-77", "password2": "uusi-salasana-77"})
    assert User.objects.get(email="uusi@example.com").check_password("uusi-salasana-77")
    assert b'type="password"' not in Client().get(link, follow=True).content


def test_a_removed_member_comes_back_by_undo(owner_client, workspace, teammate):
    number = member_number(workspace, teammate)
    response = owner_client.post(f"{BASE}members/{number}/remove/", follow=True)
    with scope(workspace=workspace):
        assert not Membership.objects.filter(user=teammate).exists()
    owner_client.post(f"{BASE}members/restore/", {"token": undo_token(response)})
    with scope(workspace=workspace):
        assert Membership.objects.get(user=teammate).role == "viewer"


def test_undo_is_of_its_own_workspace_only(owner_client, workspace, owner, teammate, store):
    elsewhere, *_keys = domain.create_workspace(name="Muualla", owner=owner)
    response = owner_client.post(f"{BASE}members/{member_number(workspace, teammate)}/remove/", follow=True)
    owner_client.post("/w/muualla/settings/members/restore/", {"token": undo_token(response)})
    with scope(workspace=elsewhere):
        assert Membership.objects.count() == 1


@pytest.mark.parametrize("token", ["", "x", "eyJ3b3Jrc3BhY2UiOjF9:1:1"])
def test_a_forged_undo_does_nothing(owner_client, workspace, token):
    response = owner_client.post(f"{BASE}members/restore/", {"token": token}, follow=True)
    assert response.status_code == 200
    with scope(workspace=workspace):
        assert Membership.objects.count() == 1


def test_the_last_owner_cannot_leave_and_is_told_why(owner_client, workspace, owner):
    number = member_number(workspace, owner)
    for action, sent in (("remove", {}), ("role", {"role": "viewer"})):
        response = owner_client.post(f"{BASE}members/{number}/{action}/", sent, follow=True)
        assert "message error" in response.content.decode()
    with scope(workspace=workspace):
        assert Membership.objects.get(user=owner).role == "owner"


def test_an_owner_who_steps_down_is_led_out_of_the_settings(owner_client, workspace, owner, teammate):
    domain.set_member(workspace=workspace, user=teammate, role="owner", actor=owner)
    response = owner_client.post(f"{BASE}members/{member_number(workspace, owner)}/role/", {"role": "viewer"})
    assert response["Location"] == "/"


def test_a_key_is_shown_once_and_revoked_after_asking(owner_client, workspace):
    response = owner_client.post(f"{BASE}keys/", {"name": "Raportti", "kind": "secret"})
    (text,) = re.findall(r'value="(sk_[^"]+)"', response.content.decode())
    assert "no-store" in response["Cache-Control"]
    assert text not in owner_client.get(f"{BASE}keys/").content.decode()
    with scope(workspace=workspace):
        number = ApiKey.objects.get().pk
    asked = owner_client.get(f"{BASE}keys/{number}/revoke/")
    assert "Raportti" in asked.content.decode()
    assert domain.find_api_key(text) is not None
    owner_client.post(f"{BASE}keys/{number}/revoke/")
    assert domain.find_api_key(text) is None


def test_the_audit_log_shows_who_did_what(owner_client, workspace, owner):
    assert "empty" in owner_client.get(f"{BASE}audit/").content.decode()
    owner_client.post(f"{BASE}keys/", {"name": "Raportti <b>", "kind": "secret"})
    page = owner_client.get(f"{BASE}audit/").content.decode()
    assert "rajapinta-avain: luotu" in page
    assert "Raportti &lt;b&gt;" in page
    assert str(owner) in page


def test_a_long_log_has_pages(owner_client, workspace, owner):
    with scope(workspace=workspace):
        AuditEntry.objects.bulk_create(
            AuditEntry(workspace=workspace, actor=owner, action="stage.moved", target=f"kohde {number:03}")
            for number in range(120)
        )
    first, last = (owner_client.get(f"{BASE}audit/?page={page}").content.decode() for page in (1, 3))
    assert (first.count("kohde "), last.count("kohde ")) == (50, 20)
    assert owner_client.get(f"{BASE}audit/?page=x").status_code == 200


def test_the_account_page_changes_name_and_language(owner_client, owner):
    owner_client.post("/account/", {"name": "Olli Omistaja", "language": "en"})
    owner.refresh_from_db()
    assert (owner.name, owner.language) == ("Olli Omistaja", "en")
    assert 'lang="en"' in owner_client.get("/account/").content.decode()


def test_the_members_page_asks_the_same_number_of_queries_however_many_there_are(
    owner_client, workspace, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    owner_client.get(f"{BASE}members/")
    counts = []
    for number in range(2):
        domain.invite_member(workspace=workspace, email=f"m{number}@example.com", role="viewer", actor=None)
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(f"{BASE}members/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
