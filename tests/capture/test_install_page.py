"""The page that installs the tracker: the code with a key of its own, and the events as they arrive."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from django.urls import reverse
from django_scopes import scope

from polku.accounts import domain as accounts
from polku.accounts.models import ApiKey, AuditEntry
from polku.capture.install.snippets import Choices, snippet
from polku.capture.models import CaptureSettings
from polku.capture.queries import utc_now
from polku.eventstore.streams import (
    STREAM_COUNTS,
    STREAM_EVENTS,
    STREAM_LINKS,
    STREAM_ORDERS,
    STREAM_REJECTED,
    STREAM_TRAITS,
    StreamBatch,
)


@pytest.fixture
def address(workspace):
    return reverse("capture:install", kwargs={"workspace": workspace.slug})


@pytest.fixture
def events_address(workspace):
    return reverse("capture:install_events", kwargs={"workspace": workspace.slug})


def arrive(store, workspace, *events, counts=(), rejected=()):
    """Load events (and counts of what was dropped) as the loader does."""
    now = utc_now()
    rows = [
        {
            "message_id": f"{number:032x}",
            "time": now - timedelta(seconds=len(events) - number),
            "device": "123-456",
            "device_kind": "device",
            "channel": "web",
            "url": "https://kauppa.example/teltat?koko=2",
            "properties": '{"device_type": "phone", "browser": "Safari", "query": "teltta"}',
            **event,
        }
        for number, event in enumerate(events)
    ]
    batch = StreamBatch(
        events=pa.Table.from_pylist(rows, schema=STREAM_EVENTS),
        links=STREAM_LINKS.empty_table(),
        traits=STREAM_TRAITS.empty_table(),
        orders=STREAM_ORDERS.empty_table(),
        rejected=pa.Table.from_pylist(list(rejected), schema=STREAM_REJECTED),
        counts=pa.Table.from_pylist(
            [{"hour": now.replace(minute=0, second=0, microsecond=0), **row} for row in counts],
            schema=STREAM_COUNTS,
        ),
        received=now,
    )
    store.load_stream(workspace.key.hex, batch, rules=[])


def code_of(response) -> str:
    found = re.search(r'<pre id="snippet"[^>]*><code>(.*?)</code>', response.content.decode(), re.DOTALL)
    return html.unescape(found.group(1)) if found else ""


def test_a_key_is_made_by_a_post_and_shown_once_within_the_code(owner_client, workspace, owner, address):
    response = owner_client.post(address, {"make": "1", "site": "www.kauppa.fi", "consent_by_tool": "on"})
    code = code_of(response)
    (text,) = re.findall(r'data-key="(pk_[\w-]{43})"', code)
    assert code == snippet("http://testserver", text, Choices(consent_by_tool=True))
    assert 'src="http://testserver/polku.js"' in code
    assert 'data-consent="given"' in code
    with scope(workspace=workspace):
        key = ApiKey.objects.get(name="www.kauppa.fi")
        assert (key.kind, key.created_by) == ("write", owner)
        assert AuditEntry.objects.filter(action="api_key.created", target="www.kauppa.fi").count() == 1
    assert accounts.find_api_key(text) == key
    assert text not in owner_client.get(address).content.decode()
    assert f"key={key.pk}&amp;seen=" in response.content.decode()


def test_looking_at_the_page_makes_nothing(owner_client, workspace, address):
    page = owner_client.get(address)
    assert code_of(page) == ""
    assert "pk_…" in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    with scope(workspace=workspace):
        assert ApiKey.objects.count() == 0


def test_a_key_that_exists_is_put_into_the_code(owner_client, workspace, owner, address):
    key, text = accounts.create_api_key(workspace=workspace, kind="write", name="Kauppa", actor=owner)
    response = owner_client.post(address, {"show": "1", "key": f" {text} ", "with_vitals": "on"})
    assert code_of(response) == snippet("http://testserver", text, Choices(with_vitals=True))
    assert f"key={key.pk}&amp;seen=" in response.content.decode()


@pytest.mark.parametrize("kind", ["secret", "revoked", "elsewhere", "unknown", "nonsense", ""])
def test_a_key_that_cannot_send_here_is_refused(owner_client, workspace, owner, outsider, address, kind):
    from polku.accounts.models import Workspace

    home = Workspace.objects.get(slug="toinen") if kind == "elsewhere" else workspace
    key, text = accounts.create_api_key(
        workspace=home, kind="secret" if kind == "secret" else "write", name="Avain", actor=owner
    )
    if kind == "revoked":
        accounts.revoke_api_key(key=key, actor=owner)
    given = {"unknown": "pk_" + "a" * 43, "nonsense": '"><script>', "": ""}.get(kind, text)
    response = owner_client.post(address, {"show": "1", "key": given})
    assert response.status_code == 422
    assert code_of(response) == ""
    assert 'class="errorlist"' in response.content.decode()
    assert "<script>" not in response.content.decode().replace("&lt;script&gt;", "")


def test_a_website_needs_a_name(owner_client, workspace, address):
    response = owner_client.post(address, {"make": "1", "site": " "})
    assert response.status_code == 422
    with scope(workspace=workspace):
        assert ApiKey.objects.count() == 0


def test_counting_without_cookies_is_a_choice_only_where_the_owner_allows_it(
    owner_client, workspace, address
):
    assert 'name="is_cookieless"' not in owner_client.get(address).content.decode()
    with scope(workspace=workspace):
        CaptureSettings.objects.create(workspace=workspace, is_cookieless=True)
    page = owner_client.get(address).content.decode()
    assert re.search(r'name="is_cookieless"[^>]* checked', page)
    made = owner_client.post(address, {"make": "1", "site": "a.fi", "is_cookieless": "on"})
    assert "data-cookieless" in code_of(made)


def test_no_events_is_said_with_what_to_do(owner_client, workspace, events_address, address):
    part = owner_client.get(events_address).content.decode()
    assert "Odotetaan ensimmäistä tapahtumaa…" in part
    assert "Avaa sivustosi toisessa ikkunassa" in part
    assert 'hx-trigger="every 2s"' in part
    assert "Odotetaan ensimmäistä tapahtumaa…" in owner_client.get(address).content.decode()


def test_events_are_shown_as_they_arrive(owner_client, workspace, store, events_address):
    arrive(
        store,
        workspace,
        {"name": "Products Searched", "origin": "tracker/7"},
        {"name": "Order Completed", "origin": "tracker/7", "user": "7431", "user_kind": "user"},
        {"name": "Page Viewed", "origin": "tracker/8", "device": "c", "device_kind": "cookieless"},
        {"name": "Elsewhere", "origin": "segment/9"},
    )
    part = owner_client.get(events_address).content.decode()
    rows = re.findall(r'<li class="live-event">(.*?)</li>', part, re.DOTALL)
    words = [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]
    assert [re.sub(r"^\d+\.\d\d\.\d\d ", "", text) for text in words] == [
        "Katsoi sivua Page Viewed /teltat · puhelin · Safari Kävijä ilman evästeitä kävijä",
        "Lähetti tilauksen Order Completed /teltat · puhelin · Safari 7431 asiakas",
        "Haki: ”teltta” Products Searched /teltat · puhelin · Safari 7431 asiakas",
    ]
    only = owner_client.get(events_address, {"key": "8"}).content.decode()
    assert re.findall(r"<code>([^<]+)</code>", only) == ["Page Viewed"]


def test_old_events_are_not_taken_for_new_ones(owner_client, workspace, store, events_address):
    arrive(store, workspace, {"name": "Page Viewed", "origin": "tracker/7", "time": datetime(2026, 3, 1, 12)})
    part = owner_client.get(events_address).content.decode()
    assert "Odotetaan seuraavaa tapahtumaa. Viimeisin: 1.3. 14.00.00." in part
    arrive(store, workspace, {"name": "Cart Viewed", "origin": "tracker/7", "message_id": "f" * 32})
    assert "Seuranta toimii. Viimeisin tapahtuma: " in owner_client.get(events_address).content.decode()


def test_nothing_new_is_no_answer_to_draw(owner_client, workspace, store, events_address):
    arrive(store, workspace, {"name": "Page Viewed", "origin": "tracker/7"})
    part = owner_client.get(events_address).content.decode()
    (token,) = re.findall(r"seen=([\d-]+)", part)
    assert owner_client.get(events_address, {"seen": token}).status_code == 204
    assert owner_client.get(events_address, {"seen": "0-0-0"}).status_code == 200


def test_what_was_left_out_lately_is_explained(owner_client, workspace, store, events_address):
    lost = {
        "id": "1" * 32,
        "received": datetime(2026, 1, 1),
        "origin": "tracker/7",
        "reason": "not_json",
        "detail": "",
        "raw": "{",
        "context": "{}",
    }
    counts = [
        {"origin": "tracker/7", "reason": "own_traffic", "count": 3},
        {"origin": "segment/9", "reason": "bot", "count": 5},
    ]
    arrive(store, workspace, {"name": "A", "origin": "tracker/7"}, counts=counts, rejected=[lost])
    part = html.unescape(owner_client.get(events_address).content.decode())
    assert re.findall(r'</strong> <span class="number">(\d+)</span>', part) == ["3"]
    assert "omista osoitteista" in part or "own addresses" in part
    assert "sources/tracker-7/" in part


@pytest.mark.parametrize("key", ["x", "-1", "9" * 30, "7'; DROP", "\x00", "١٢"])
def test_a_wrong_key_number_is_as_none(owner_client, workspace, store, events_address, key):
    assert owner_client.get(events_address, {"key": key}).status_code == 200


def test_texts_of_events_are_never_markup(owner_client, workspace, store, events_address):
    evil = '<img src=x onerror="alert(1)">'
    arrive(
        store,
        workspace,
        {
            "name": evil,
            "origin": "tracker/7",
            "url": f"https://a.fi/{evil}",
            "user": evil,
            "user_kind": "user",
        },
    )
    part = owner_client.get(events_address).content.decode()
    assert "<img" not in part
    assert part.count("&lt;img") >= 2


@pytest.mark.parametrize("name", ["install", "install_events"])
def test_a_viewer_may_not_install(client, teammate, workspace, name):
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse(f"capture:{name}", kwargs={"workspace": workspace.slug})).status_code == 403
