"""Keys on the page of joins: proposed, accepted, declined, taken back; nothing joins that nobody accepted."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime

import pyarrow as pa
import pytest
from django.test import Client
from django_scopes import scope

from polku.accounts.models import AuditEntry
from polku.eventstore.joining_keys import JoiningKey
from polku.eventstore.port import ORDER_BATCH, SIGNAL_BATCH
from polku.people import joining
from polku.people.models import JoinRule

BASE = "/w/testikauppa/joins/"
KEY = JoiningKey("order", "email")
FIELDS = {"carrier": "order", "property": "email", "origin": "", "kind": "0"}


def orders(numbers: range) -> pa.Table:
    rows = [
        {
            "message_id": f"{100 + number:032x}",
            "order": f"T{number}",
            "person": f"K-{number}",
            "time": datetime(2026, 3, 1, 12),
            "value": 20.0,
            "properties": json.dumps({"email": f"asiakas{number}@example.com"}),
        }
        for number in numbers
    ]
    return pa.Table.from_pylist(rows, schema=ORDER_BATCH)


def contacts(numbers: range) -> pa.Table:
    rows = [
        {
            "message_id": f"{number:032x}",
            "kind": 3,
            "name": "toimitus",
            "time": datetime(2026, 3, 2, 12),
            "person": f"asiakas{number}@example.com",
        }
        for number in numbers
    ]
    return pa.Table.from_pylist(rows, schema=SIGNAL_BATCH)


@pytest.fixture
def data(store, workspace):
    store.load_orders(workspace.key.hex, orders(range(6)), rules=[], origin="import/orders")
    store.load_signals(workspace.key.hex, contacts(range(4)), rules=[], origin="import/contacts")
    return workspace


def people(store, workspace) -> int:
    return store.state(workspace.key.hex).people


def token(response) -> str:
    found = re.search(r'name="token" value="([^"]+)"', html.unescape(response.content.decode()))
    assert found is not None
    return found.group(1)


def test_a_key_is_proposed_and_joins_nobody_by_itself(owner_client, data, store):
    page = owner_client.get(BASE, {"range": "all"})
    shown = page.context["keys"]
    assert [(each.key, each.joins) for each in shown.proposed] == [(KEY, 4)]
    assert shown.proposed[0].examples[0].other == "asiakas0@example.com"
    assert people(store, data) == 10
    assert joining.join_by_accepted_keys(data) == 0
    assert not joining.is_decided(data)
    store.join_by_key(data.key.hex, KEY, rules=[])
    assert not joining.is_decided(data)  # not looked up again by every page


def test_accepting_joins_now_and_after_each_import_and_can_be_taken_back(owner_client, data, store):
    response = owner_client.post(BASE + "keys/accept/", FIELDS, follow=True)
    assert people(store, data) == 6
    assert joining.is_decided(data)
    shown = response.context["keys"]
    assert (len(shown.proposed), [each.key for each in shown.accepted]) == (0, [KEY])
    store.load_signals(data.key.hex, contacts(range(4, 6)), rules=[], origin="import/contacts")
    assert people(store, data) == 8
    assert joining.join_by_accepted_keys(data) == 2
    assert people(store, data) == 6
    owner_client.post(BASE + "keys/restore/", {"token": token(response)})
    assert people(store, data) == 10, (
        "the four stand alone again; the two of the later import stay as they are"
    )
    with scope(workspace=data):
        assert not JoinRule.objects.exists()
        verbs = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert verbs == ["join_rule.created", "join_rule.deleted"]


def test_a_declined_key_is_proposed_no_more_until_it_is_asked_for(owner_client, data, store):
    response = owner_client.post(BASE + "keys/decline/", FIELDS, follow=True)
    shown = response.context["keys"]
    assert (len(shown.proposed), [each.key for each in shown.declined]) == (0, [KEY])
    assert joining.join_by_accepted_keys(data) == 0
    owner_client.post(BASE + "keys/restore/", {"token": token(response)})
    assert len(owner_client.get(BASE).context["keys"].proposed) == 1
    owner_client.post(BASE + "keys/decline/", FIELDS)
    owner_client.post(BASE + "keys/stop/", FIELDS)
    assert len(owner_client.get(BASE).context["keys"].proposed) == 1
    assert people(store, data) == 10


def test_a_viewer_sees_counts_but_neither_ids_nor_buttons(data, teammate):
    client = Client()
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    text = client.get(BASE, {"range": "all"}).content.decode()
    assert "asiakas0@example.com" not in text
    assert "keys/accept" not in text
    assert client.post(BASE + "keys/accept/", FIELDS).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"carrier": "table"},
        {"property": "city"},
        {"property": "e" * 256},
        {"property": "email\0"},
        {"origin": "o" * 81, "carrier": "signal"},
        {"kind": "9"},
        {"kind": "x"},
        {"carrier": ""},
    ],
)
@pytest.mark.parametrize("what", ["accept", "decline"])
def test_what_is_no_key_is_refused(owner_client, data, store, wrong, what):
    response = owner_client.post(f"{BASE}keys/{what}/", FIELDS | wrong, follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    with scope(workspace=data):
        assert not JoinRule.objects.exists()


def test_a_property_of_any_name_is_a_parameter(owner_client, data, store):
    response = owner_client.post(BASE + "keys/accept/", FIELDS | {"property": "email\"'); DROP TABLE x; --"})
    assert response.status_code == 302
    assert people(store, data) == 10
