"""Webhooks in the settings: made, tried, switched, renewed, deleted and brought back."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from django_scopes import scope

from polku.accounts import domain as accounts
from polku.messaging import webhooks
from polku.messaging.models import WebhookDelivery, WebhookEndpoint
from polku.messaging.webhooks import registry, signing, upkeep
from tests.undoing import undo_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(workspace, client):
    user = accounts.create_user(email="omistaja@example.com", name="Omistaja")
    user.language = "en"
    user.save()
    accounts.set_member(workspace=workspace, user=user, role="owner", actor=user)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    registry.register_type("test.changed", "A change")
    yield user
    registry._types.pop("test.changed")


def page(workspace, rest=""):
    return f"/w/{workspace.slug}/settings/webhooks/{rest}"


def only(workspace, model=WebhookEndpoint):
    with scope(workspace=workspace):
        return model.objects.get()


def make(client, workspace, url="https://receiver.example/hook"):
    return client.post(page(workspace), {"url": url, "types": ["test.changed"]})


def test_the_secret_is_shown_once_and_kept_nowhere(client, workspace, owner):
    shown = make(client, workspace).content.decode()
    made = only(workspace)
    secret = signing.secret_of(made.nonce)
    assert secret in shown
    with scope(workspace=workspace):
        assert secret.removeprefix("whsec_") not in str(WebhookEndpoint.objects.values().get())
    again = client.get(page(workspace, f"{made.pk}/")).content.decode()
    assert "whsec_" not in again
    assert "https://receiver.example/hook" in client.get(page(workspace)).content.decode()


def test_wrong_addresses_are_said_at_the_field(client, workspace, owner):
    for url in ("http://receiver.example/", "https://10.0.0.1/", "nothing", "https://a:b@x.example/"):
        answer = make(client, workspace, url)
        assert answer.status_code == 422
        assert "errorlist" in answer.content.decode()
    assert client.post(page(workspace), {"url": "https://a.example/"}).status_code == 422
    with scope(workspace=workspace):
        assert not WebhookEndpoint.objects.exists()


def test_a_new_secret_signs_beside_the_old_one(client, workspace, owner):
    make(client, workspace)
    before = only(workspace)
    shown = client.post(page(workspace, f"{before.pk}/secret/")).content.decode()
    after = only(workspace)
    assert signing.secret_of(after.nonce) in shown
    assert after.nonce != before.nonce == after.old_nonce
    assert after.old_until > timezone.now()


def test_tests_are_queued_logged_and_sent_again(client, workspace, owner):
    make(client, workspace)
    made = only(workspace)
    client.post(page(workspace, f"{made.pk}/test/"))
    delivery = only(workspace, WebhookDelivery)
    assert (delivery.type, delivery.state) == ("webhook.test", "queued")
    with scope(workspace=workspace):
        WebhookDelivery.objects.update(state="failed", why="status", status=500, attempts=8)
    shown = client.get(page(workspace, f"{made.pk}/")).content.decode()
    assert "The receiver answered with an error (500)." in shown
    assert delivery.body not in shown
    client.post(page(workspace, f"{made.pk}/deliveries/{delivery.pk}/again/"))
    again = only(workspace, WebhookDelivery)
    assert (again.state, again.attempts, again.number) == ("queued", 0, delivery.number)


def test_switched_off_it_gets_nothing_and_deleted_it_comes_back(client, workspace, owner):
    make(client, workspace)
    made = only(workspace)
    client.post(page(workspace, f"{made.pk}/switch/"), {"on": "0"})
    webhooks.send(workspace=workspace, type="test.changed", data={})
    with scope(workspace=workspace):
        assert not WebhookDelivery.objects.exists()
    client.post(page(workspace, f"{made.pk}/switch/"), {"on": "1"})
    webhooks.send(workspace=workspace, type="test.changed", data={})
    assert only(workspace, WebhookDelivery).state == "queued"
    deleted = client.post(page(workspace, f"{made.pk}/delete/"), follow=True)
    assert only(workspace, WebhookDelivery).why == "off"
    assert client.get(page(workspace, f"{made.pk}/")).status_code == 404
    client.post(page(workspace, "restore/"), {"token": undo_token(deleted)})
    assert only(workspace).deleted_at is None


def test_who_manages_hears_of_a_paused_one(client, workspace, owner):
    make(client, workspace)
    with scope(workspace=workspace):
        WebhookEndpoint.objects.update(state="failing")
    shown = client.get(page(workspace)).content.decode()
    assert re.search(r"1 webhook is paused", shown)


def test_unknown_types_and_too_much_data_are_faults(workspace, owner):
    with pytest.raises(ValueError, match="nobody registered"):
        webhooks.send(workspace=workspace, type="test.unknown", data={})
    with scope(workspace=workspace):
        WebhookEndpoint.objects.create(
            workspace=workspace, url="https://a.example/", types=["test.changed"], nonce="1"
        )
    with pytest.raises(ValueError, match="256 kB"):
        webhooks.send(workspace=workspace, type="test.changed", data={"x": "y" * 300_000})


def test_old_deliveries_and_deleted_endpoints_are_forgotten(workspace, owner):
    with scope(workspace=workspace):
        made = WebhookEndpoint.objects.create(
            workspace=workspace, url="https://a.example/", types=["test.changed"], nonce="1"
        )
        webhooks.send(workspace=workspace, type="test.changed", data={})
        WebhookDelivery.objects.update(state="delivered", created_at=timezone.now() - upkeep.KEPT * 2)
        upkeep.forget_old()
        assert not WebhookDelivery.objects.exists()
        webhooks.send(workspace=workspace, type="test.changed", data={})
        made.deleted_at = timezone.now() - upkeep.KEPT
        made.save()
        upkeep.forget_old()
        assert not WebhookEndpoint.objects.exists()
