"""Who is one person: the store against a slow model, whatever comes in whatever order and batches."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polku.eventstore.duckdb.store import DuckDBStore
from tests.eventstore.identity_reference import Identities
from tests.eventstore.streaming import stream_batch
from tests.examples import examples

USERS = st.sampled_from(
    [("ann", "user"), ("bob", "user"), ("ann", "user"), ("undefined", "user"), ("a@x.fi", "email")]
)
DEVICES = st.sampled_from(
    [
        *((f"d{number}", "device") for number in (1, 2, 1, 2)),
        ("ann", "device"),
        ("-", "device"),
        ("day", "cookieless"),
    ]
)
NUMBERS = st.sampled_from([("b@x.fi", "email"), ("77", "loyalty"), ("77", "user"), ("12345678", "loyalty")])
IDS = st.one_of(USERS, DEVICES, NUMBERS)
EVENTS = st.tuples(st.just("event"), st.integers(0, 30), st.none() | USERS, st.none() | DEVICES).filter(
    lambda item: item[2] or item[3]
)
LINKS = st.tuples(st.just("link"), IDS, IDS, st.sampled_from(["identify", "identify", "alias"]))
UNMERGES = st.tuples(st.just("unmerge"), st.integers(0, 5))
ITEMS = st.lists(
    st.one_of(EVENTS, EVENTS, EVENTS, LINKS, LINKS, st.just(("cut",)), UNMERGES), min_size=10, max_size=50
)


@pytest.fixture(scope="module")
def open_store(tmp_path_factory):
    store = DuckDBStore(tmp_path_factory.mktemp("identity"))
    yield store
    store.close()


def load(store: DuckDBStore, key: str, items: list[tuple[Any, ...]]) -> None:
    events: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    for item in items:
        if item[0] == "event":
            _event, number, user, device = item
            event: dict[str, Any] = {"id": number, "name": str(number)}
            if user:
                event |= {"user": user[0], "user_kind": user[1]}
            if device:
                event |= {"device": device[0], "device_kind": device[1]}
            events.append(event)
        else:
            _link, (alias, kind), (other, other_kind), reason = item
            links.append(
                {"position": len(events), "alias": alias, "alias_kind": kind}
                | {"other": other, "other_kind": other_kind, "reason": reason}
            )
    store.load_stream(key, stream_batch(events, links=links), rules=[])


def rows(store: DuckDBStore, key: str, sql: str) -> list[tuple[Any, ...]]:
    with store._instance.glance(key) as session:
        return session.rows(sql.replace("{db}", session.db))


def people(store: DuckDBStore, key: str) -> set[tuple[Any, ...]]:
    events: dict[int, list[str]] = {}
    for person, name in rows(store, key, "SELECT person, name FROM {db}.signal"):
        events.setdefault(person, []).append(name)
    ids: dict[int, list[tuple[str, str, bool]]] = {}
    for person, *identity in rows(store, key, "SELECT person, alias, kind, is_shared FROM {db}.identity"):
        ids.setdefault(person, []).append(tuple(identity))
    assert events.keys() <= ids.keys()
    assert {person for (person,) in rows(store, key, "SELECT person FROM {db}.person")} == ids.keys()
    return {(tuple(sorted(ids[each])), tuple(sorted(events.get(each, [])))) for each in ids}


def check_what_always_holds(store: DuckDBStore, key: str) -> None:
    wrong = rows(
        store,
        key,
        """SELECT * FROM {db}.signal AS s JOIN {db}.identity AS i ON i.identity = s.identity
        WHERE i.person <> s.person""",
    )
    assert wrong == []
    assert rows(store, key, "SELECT person FROM {db}.person GROUP BY person HAVING count(*) > 1") == []
    gone = """SELECT m.number FROM {db}.merged AS m JOIN {db}.person AS p ON p.person = m.absorbed
        WHERE m.undone_at IS NULL"""
    assert rows(store, key, gone) == []


def tell(model: Identities, items: list[tuple[Any, ...]]) -> None:
    for item in items:
        if item[0] == "event":
            model.event(str(item[1]), *item[2:])
        else:
            model.link(model.find(*item[1]), model.find(*item[2]), item[3])


def undo(store: DuckDBStore, key: str, model: Identities, which: int) -> None:
    live = [number for number, (*_ids, live) in enumerate(model.merges) if live]
    if not live:
        return
    number = live[which % len(live)]
    (ids,) = rows(
        store,
        key,
        f"""SELECT one.alias, other.alias FROM {{db}}.merged AS m
        JOIN {{db}}.identity AS one ON one.identity = m.identity
        JOIN {{db}}.identity AS other ON other.identity = m.other WHERE m.number = {number + 1}""",
    )
    one, other, _live = model.merges[number]
    assert sorted(ids) == sorted([one.alias, other.alias])
    model.unmerge(number)
    back = store.unmerge(key, number + 1, rules=[])
    assert rows(store, key, f"SELECT count(*) FROM {{db}}.identity WHERE person = {back}") != [(0,)]


@given(items=ITEMS, together=st.booleans())
@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_people_are_what_the_model_says(open_store, items, together):
    key = uuid.uuid4().hex
    open_store.create(key)
    model = Identities()
    waiting: list[tuple[Any, ...]] = []
    for item in [*items, ("cut",)]:
        if item[0] in ("event", "link"):
            waiting.append(item)
        if item[0] in ("cut", "unmerge") or not together:
            load(open_store, key, waiting)
            tell(model, waiting)
            waiting.clear()
        if item[0] == "unmerge":
            undo(open_store, key, model, item[1])
            check_what_always_holds(open_store, key)
    assert people(open_store, key) == model.people()
    check_what_always_holds(open_store, key)
    if not together:
        refused = rows(open_store, key, "SELECT reason, alias, other FROM {db}.refused_link")
        assert {(reason, *sorted(pair)) for reason, *pair in refused} == model.refused
    open_store.drop(key)
