"""What receives our webhooks: the library of the standard verifies them, during a rotation by both secrets."""

from __future__ import annotations

import json
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.utils import timezone
from django_scopes import scopes_disabled
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from polku.jobs import queue
from polku.messaging import webhooks
from polku.messaging.webhooks import domain, registry, signing
from polku.messaging.webhooks.models import WebhookEndpoint
from tests.messaging.receiver import receiver

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def test_the_library_verifies_ours_by_both_secrets_in_rotation(workspace, settings):
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
    registry.register_type("test.changed", "koe")
    with receiver() as server:
        endpoint = domain.create_endpoint(
            workspace=workspace, url=server.url, types=["test.changed"], actor=None
        )
        old = signing.secret_of(endpoint.nonce)
        domain.rotate_secret(endpoint=endpoint, actor=None)
        new = signing.secret_of(endpoint.nonce)
        webhooks.send(workspace=workspace, type="test.changed", data={"nimi": "Äänekoski", "arvo": 1.5})
        assert queue.work_off() == 1
        ((path, headers, body),) = server.requests
        assert path == "/hook?x=1"
        for secret in (old, new):
            assert Webhook(secret).verify(body.decode(), headers)["data"] == {
                "nimi": "Äänekoski",
                "arvo": 1.5,
            }
        with pytest.raises(WebhookVerificationError):
            Webhook(new).verify(body.decode().replace("1.5", "2.5"), headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(signing.secret_of("other")).verify(body.decode(), headers)
        document = json.loads(body)
        assert (document["type"], list(document)) == ("test.changed", ["type", "timestamp", "data"])

        with scopes_disabled():
            WebhookEndpoint.objects.update(old_until=timezone.now() - timedelta(seconds=1))
        webhooks.send(workspace=workspace, type="test.changed", data={})
        assert queue.work_off() == 1
        _path, headers, body = server.requests[1]
        Webhook(new).verify(body.decode(), headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(old).verify(body.decode(), headers)
    registry._types.pop("test.changed")
