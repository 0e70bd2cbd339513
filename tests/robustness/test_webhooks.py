"""Webhooks that a hostile or a broken receiver gets: nothing of this network is reached, and nothing is lost."""

from __future__ import annotations

import logging
import random
import shutil
import socket
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from django.core.exceptions import ValidationError
from django_scopes import scope

from polku.messaging import webhooks
from polku.messaging.webhooks import client, delivering, domain, registry
from polku.messaging.webhooks.addresses import NotAllowed, is_public, target_of
from polku.messaging.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.lacking import lacking
from tests.messaging.receiver import receiver

pytestmark = [pytest.mark.robustness, pytest.mark.django_db]
TYPE = "test.changed"
INSIDE = (
    "127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
    "168.63.129.16", "0.1.2.3", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::",
    "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "::127.0.0.1", "2001:db8::1",
)  # fmt: skip


@pytest.fixture(autouse=True)
def known_type():
    registry.register_type(TYPE, "koe")
    yield
    registry._types.pop(TYPE)


@pytest.fixture
def own_network(settings):
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def endpoint_at(workspace, url):
    return domain.create_endpoint(workspace=workspace, url=url, types=[TYPE], actor=None)


def put_in(workspace, url):
    """An endpoint whose address nobody checked when it came in."""
    with scope(workspace=workspace):
        return WebhookEndpoint.objects.create(workspace=workspace, url=url, types=[TYPE], nonce="1" * 32)


def state_of(workspace, model):
    with scope(workspace=workspace):
        return model.objects.get()


# ---- E4: where they never go ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", INSIDE)
def test_no_number_of_a_private_network_is_public(number):
    assert not is_public(ip_address(number))


def test_numbers_of_the_internet_are_public():
    assert all(is_public(ip_address(number)) for number in ("1.1.1.1", "93.184.216.34", "2606:4700::1111"))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "https://", "https://user:pw@example.com/", "https://example.com:22/",
        "https://example.com:25/", "http://example.com/", "https://example.com/#x", "https://exa mple.com/",
        "https://example.com\\@127.0.0.1/", "https://example.com:x/", "https://[::1]/", "https://127.0.0.1/",
        "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest/meta-data/", "https://exämple.com/",
        "https://example.com/\r\nX: y", "https://" + "a" * 500, "https://[fe80::1%25eth0]/",
    ],
)  # fmt: skip
def test_no_endpoint_has_a_wrong_or_inner_address(workspace, url):
    with pytest.raises(ValidationError):
        endpoint_at(workspace, url)
    with pytest.raises(NotAllowed):
        target_of(url)


def test_inner_addresses_are_never_connected_to_however_they_are_written():
    with receiver() as server:
        for host in (
            "127.0.0.1",
            "localhost",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0",
            "[::1]",
            "[::ffff:7f00:1]",
        ):
            for scheme in ("http", "https"):
                attempt = client.post(f"{scheme}://{host}:{server.port}/", b"{}", {})
                assert attempt.status is None and attempt.why in ("http", "own_network"), (host, attempt)
        assert server.requests == []


def test_a_name_is_looked_up_once_and_what_it_says_later_is_not_asked(monkeypatch):
    """Rebinding: the first answer is harmless, the next would lead inside."""
    with receiver() as server:
        asked: list[str] = []

        def lookup(host, port, *rest, **more):
            asked.append(host)
            number = "192.0.2.7" if host == "both.example" else "127.0.0.1"
            numbers = ["1.1.1.1", number] if host == "both.example" else [number]
            numbers = ["203.0.113.9"] if len(asked) == 1 and host == "turns.example" else numbers
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in numbers]

        monkeypatch.setattr(socket, "getaddrinfo", lookup)
        assert client.post(f"https://inside.example:{server.port}/", b"", {}).why == "own_network"
        assert client.post("https://both.example/", b"", {}).why == "own_network"
        assert asked == ["inside.example", "both.example"]
        assert server.requests == []


def test_the_number_that_was_checked_is_the_one_connected_to(monkeypatch, own_network):
    with receiver() as server:
        asked: list[str] = []
        real = socket.getaddrinfo

        def lookup(host, port, *rest, **more):
            if host != "hook.example":
                return real(host, port, *rest, **more)
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        monkeypatch.setattr(socket, "getaddrinfo", lookup)
        assert client.post(f"http://hook.example:{server.port}/a", b"{}", {}).status == 200
        ((_path, headers, _body),) = server.requests
        assert asked == ["hook.example"]
        assert headers["host"] == f"hook.example:{server.port}"


def test_certificates_are_checked_for_the_name_that_was_asked_for(monkeypatch, own_network, tmp_path):
    if shutil.which("openssl") is None:
        lacking("openssl")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    made += ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=hook.example"]
    subprocess.run([*made, "-addext", "subjectAltName=DNS:hook.example"], check=True, capture_output=True)
    with receiver(certificate=certificate, key=key) as server:
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, port, *rest, **more: [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
            ],
        )
        ours, other = (f"https://{name}.example:{server.port}/" for name in ("hook", "other"))
        assert client.post(ours, b"{}", {}).why == "certificate"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert client.post(other, b"{}", {}).why == "certificate"
        assert client.post(ours, b"{}", {}).status == 200
        ((_path, headers, _body),) = server.requests
        assert headers["host"] == f"hook.example:{server.port}"


def test_redirects_are_not_followed(workspace, own_network):
    with receiver() as inner, receiver(lambda number: (307, {"Location": inner.url})) as server:
        attempt = client.post(server.url, b"{}", {})
        assert (attempt.status, attempt.why) == (307, "redirect")
        assert (len(server.requests), inner.requests) == (1, [])


def test_a_receiver_that_drips_is_left_in_time(own_network, monkeypatch):
    monkeypatch.setattr(client, "WHOLE_TIME", 0.5)
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        taken, _ = listening.accept()
        with taken:
            try:
                for letter in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50:
                    taken.sendall(bytes([letter]))
                    time.sleep(0.1)
            except OSError:
                pass

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    began = time.monotonic()
    attempt = client.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {})
    assert (attempt.status, attempt.why) == (None, "time")
    assert time.monotonic() - began < 2
    listening.close()
    thread.join(10)


# ---- E8: a receiver that is down, gone, or never comes back ------------------------------------------------------


def test_a_receiver_that_is_down_for_a_day_gets_it_with_growing_pauses(workspace, own_network):
    random.seed(7)
    clock = Clock()
    began = clock.now
    with receiver(lambda number: (503, {}) if clock.now - began < timedelta(days=1) else (204, {})) as server:
        endpoint_at(workspace, server.url)
        webhooks.send(workspace=workspace, type=TYPE, data={"n": 1})
        with scope(workspace=workspace):
            WebhookDelivery.objects.update(next_at=began, created_at=began)
        pauses = []
        for _round in range(20):
            delivering.deliver_due(workspace, now=clock)
            row = state_of(workspace, WebhookDelivery)
            if row.state == "delivered":
                break
            assert (row.state, row.status, row.why) == ("queued", 503, "status")
            pauses.append(row.next_at - clock.now)
            clock.now = row.next_at - timedelta(seconds=1)
            delivering.deliver_due(workspace, now=clock)  # too early
            clock.now = row.next_at
        assert row.state == "delivered"
        assert len(server.requests) == len(pauses) + 1 == row.attempts
        assert pauses == sorted(pauses)
        assert all(
            plan <= pause <= plan * 1.2 for plan, pause in zip(delivering.PAUSES, pauses, strict=False)
        )
        assert clock.now - began >= timedelta(days=1)
        ids = {headers["webhook-id"] for _path, headers, _body in server.requests}
        assert len(ids) == 1
        assert len({headers["webhook-timestamp"] for _path, headers, _body in server.requests}) > 5
    endpoint = state_of(workspace, WebhookEndpoint)
    assert (endpoint.state, endpoint.failures, endpoint.failing_since) == ("active", 0, None)


def test_what_failed_before_it_was_noted_is_sent_again(workspace, own_network):
    with receiver(lambda number: (204, {})) as server:
        endpoint_at(workspace, server.url)
        webhooks.send(workspace=workspace, type=TYPE, data={})
        with scope(workspace=workspace):
            WebhookDelivery.objects.update(state="sending", claimed_by=delivering.RUN)
        delivering.deliver_due(workspace)
        assert len(server.requests) == 1
    assert state_of(workspace, WebhookDelivery).state == "delivered"


def test_who_answers_gone_gets_nothing_more(workspace, own_network):
    with receiver(lambda number: (410, {})) as server:
        endpoint_at(workspace, server.url)
        for _each in range(3):
            webhooks.send(workspace=workspace, type=TYPE, data={})
        delivering.deliver_due(workspace)
        webhooks.send(workspace=workspace, type=TYPE, data={})
        delivering.deliver_due(workspace)
        assert len(server.requests) == 1
    assert state_of(workspace, WebhookEndpoint).state == "gone"
    with scope(workspace=workspace):
        told = WebhookDelivery.objects.order_by("pk").values_list("state", "why")
        assert list(told) == [("failed", "gone"), ("failed", "off"), ("failed", "off")]


def test_who_takes_nothing_for_days_is_paused_and_works_again_by_hand(workspace, own_network):
    clock = Clock()
    with receiver(lambda number: (500, {}) if number < 5 else (200, {})) as server:
        endpoint = endpoint_at(workspace, server.url)
        for day in range(4):
            clock.now += timedelta(days=day and 1)
            webhooks.send(workspace=workspace, type=TYPE, data={"day": day})
            with scope(workspace=workspace):
                WebhookDelivery.objects.filter(state="queued").exclude(attempts=0).delete()
                WebhookDelivery.objects.update(next_at=clock.now)
            delivering.deliver_due(workspace, now=clock)
        found = state_of(workspace, WebhookEndpoint)
        assert (found.state, len(server.requests)) == ("failing", 4)
        domain.switch_endpoint(endpoint=found, on=True, actor=None)
        with scope(workspace=workspace):
            last = WebhookDelivery.objects.select_related("endpoint", "workspace").order_by("pk").last()
        assert (last.state, last.why) == ("failed", "off")
        domain.redeliver(delivery=last, actor=None)
        delivering.deliver_due(workspace)
        assert len(server.requests) == 5
        assert server.requests[4][1]["webhook-id"] == last.number
    assert endpoint.pk == found.pk


def test_one_that_does_not_answer_holds_up_no_other(workspace, own_network):
    with receiver() as server, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        dead = put_in(workspace, f"http://127.0.0.1:{probe.getsockname()[1]}/")
        endpoint_at(workspace, server.url)
        for _each in range(4):
            webhooks.send(workspace=workspace, type=TYPE, data={})
        delivering.deliver_due(workspace)
        assert len(server.requests) == 4
        with scope(workspace=workspace):
            tried = dead.deliveries.filter(attempts=1, why="connection").count()
        assert tried == 1


def test_retry_after_is_heeded_within_reason(workspace, own_network):
    clock = Clock()
    with receiver(lambda number: (429, {"Retry-After": "900" if number == 1 else "999999"})) as server:
        endpoint_at(workspace, server.url)
        webhooks.send(workspace=workspace, type=TYPE, data={})
        with scope(workspace=workspace):
            WebhookDelivery.objects.update(next_at=clock.now)
        delivering.deliver_due(workspace, now=clock)
        assert state_of(workspace, WebhookDelivery).next_at - clock.now == timedelta(seconds=900)
        clock.now += timedelta(seconds=900)
        delivering.deliver_due(workspace, now=clock)
        assert state_of(workspace, WebhookDelivery).next_at - clock.now == timedelta(days=1)


def test_the_log_tells_neither_address_nor_content(workspace, own_network, caplog):
    with caplog.at_level(logging.DEBUG), receiver(lambda number: (500, {})) as server:
        endpoint_at(workspace, server.url.replace("x=1", "token=salaisuus"))
        webhooks.send(workspace=workspace, type=TYPE, data={"note": "maija@example.com"})
        delivering.deliver_due(workspace)
        assert len(server.requests) == 1
    assert "salaisuus" not in caplog.text
    assert "maija" not in caplog.text
    assert "failed: status 500" in caplog.text
