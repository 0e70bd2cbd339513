"""A key that is accepted while the server dies or the store fails: people are never joined without a rule."""

from __future__ import annotations

import json
from datetime import datetime

import pyarrow as pa
import pytest
from django_scopes import scope

from polku.accounts.models import AuditEntry
from polku.eventstore.joining_keys import JoiningKey
from polku.eventstore.port import ORDER_BATCH, SIGNAL_BATCH, StoreError
from polku.eventstore.registry import use_store
from polku.people import joining
from polku.people.models import JoinRule

KEY = JoiningKey("order", "email")


class Ending:
    """A store that ends when it is to join: the process dies, or the disk fails."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def join_by_key(self, *_asked: object, **_more: object) -> None:
        raise self._error


@pytest.fixture
def data(store, workspace):
    order = {
        "message_id": f"{1:032x}",
        "order": "T1",
        "person": "K-1",
        "time": datetime(2026, 3, 1, 12),
        "properties": json.dumps({"email": "aino@example.com"}),
    }
    contact = {"message_id": f"{2:032x}", "kind": 3, "name": "toimitus", "time": datetime(2026, 3, 2, 12)}
    contact["person"] = "aino@example.com"
    key = workspace.key.hex
    store.load_orders(
        key, pa.Table.from_pylist([order], schema=ORDER_BATCH), rules=[], origin="import/orders"
    )
    store.load_signals(
        key, pa.Table.from_pylist([contact], schema=SIGNAL_BATCH), rules=[], origin="import/contacts"
    )
    assert store.state(key).people == 2
    return workspace


def rules(workspace) -> list[str]:
    with scope(workspace=workspace):
        return list(JoinRule.objects.values_list("state", flat=True))


def told(workspace) -> list[tuple[str, dict[str, int]]]:
    with scope(workspace=workspace):
        found = AuditEntry.objects.filter(action__startswith="join_rule").order_by("pk")
        return [(entry.action, entry.details) for entry in found]


def test_who_dies_before_joining_leaves_a_rule_by_which_the_next_import_joins(data, store, owner):
    use_store(Ending(SystemExit()))
    with pytest.raises(SystemExit):
        joining.accept_key(workspace=data, key=KEY, actor=owner)
    use_store(store)
    assert rules(data) == ["accepted"]
    assert store.state(data.key.hex).people == 2
    assert joining.join_by_accepted_keys(data) == 1
    assert store.state(data.key.hex).people == 1


@pytest.mark.parametrize("before", [[], ["declined"], ["accepted"]])
def test_where_the_store_fails_what_was_decided_before_holds_again(data, store, owner, before):
    if before == ["declined"]:
        joining.decline_key(workspace=data, key=KEY, actor=owner)
    if before == ["accepted"]:
        joining.accept_key(workspace=data, key=KEY, actor=owner)
    use_store(Ending(StoreError("The disk is full.")))
    with pytest.raises(StoreError):
        joining.accept_key(workspace=data, key=KEY, actor=owner)
    assert rules(data) == before


def test_the_audit_log_tells_how_many_were_joined(data, owner):
    assert joining.accept_key(workspace=data, key=KEY, actor=owner).joined == 1
    assert told(data) == [("join_rule.created", {"joined": 1})]
