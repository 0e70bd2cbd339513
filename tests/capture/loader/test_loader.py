"""The loader's thread with a real inbox and a real store: order, places, fairness, troubles, and its end."""

from __future__ import annotations

import time

import pytest

from polku.capture.inbox import Inbox
from polku.capture.loader import Loader
from polku.capture.messages import RejectedMessage, encoder
from polku.eventstore.streams import InboxPlace

pytestmark = pytest.mark.contract


def names(store, key, limit=1000):
    """Names of the signals in order of arrival."""
    return store.recent(key, limit=limit)["name"].to_pylist()[::-1]


def test_what_lies_in_the_inbox_is_soon_in_the_store_with_its_place(
    key, store, inbox, put, load, make_envelope, make_event, wait_until
):
    put(make_envelope(make_event("A"), make_event("B")))
    loader = load()
    assert wait_until(lambda: store.state(key).signals == 2)
    put(make_envelope(make_event("C")))
    begun = time.monotonic()
    assert wait_until(lambda: store.state(key).signals == 3)
    assert time.monotonic() - begun < 5
    assert names(store, key) == ["A", "B", "C"]
    assert store.inbox_place(key) == InboxPlace(inbox.files()[-1], 2)
    assert wait_until(lambda: loader.lag() == 0)
    assert inbox.state().rows == 0


def test_a_second_loader_goes_on_where_the_first_ended(
    key, store, put, load, make_envelope, make_event, wait_until
):
    put(make_envelope(make_event("A", id="")))
    first = load()
    assert wait_until(lambda: store.state(key).signals == 1)
    assert first.stop(10)
    assert not first.is_alive()
    put(make_envelope(make_event("B", id="")))
    load()
    assert wait_until(lambda: store.state(key).signals == 2)
    time.sleep(1)
    assert names(store, key) == ["A", "B"]


def test_many_requests_are_loaded_in_order_and_each_once(
    key, store, put, load, make_envelope, make_event, wait_until
):
    for number in range(200):
        put(make_envelope(make_event(f"{2 * number}"), make_event(f"{2 * number + 1}")))
    load()
    assert wait_until(lambda: store.state(key).signals == 400)
    assert names(store, key) == [str(number) for number in range(400)]


def test_sealed_files_that_everybody_has_passed_are_deleted(
    store, tmp_path, make_envelope, make_event, wait_until
):
    keys = ["a" * 32, "b" * 32]
    for key in keys:
        store.create(key)
    inbox = Inbox(tmp_path / "small", file_bytes=1)  # every commit seals its file
    for number in range(3):
        inbox.put(keys[number % 2], encoder.encode(make_envelope(make_event(), workspace=keys[number % 2])))
    assert wait_until(lambda: len(inbox.files()) == 4)
    loader = Loader(inbox, store, lambda workspace: [], exists=lambda key: True)
    loader.start()
    assert wait_until(lambda: len(inbox.files()) == 1)
    assert [store.state(key).signals for key in keys] == [2, 1]
    assert loader.stop(10)
    inbox.close()


def test_a_flood_of_one_workspace_does_not_hold_up_another(
    key, keys, store, put, load, make_envelope, make_event, wait_until
):
    store.create(keys[1])
    for _request in range(60):
        put(make_envelope(*[make_event() for _event in range(1000)]))
    put(make_envelope(make_event(), workspace=keys[1]))
    load()
    assert wait_until(lambda: store.state(keys[1]).signals == 1)
    assert store.state(key).signals < 60_000
    assert wait_until(lambda: store.state(key).signals == 60_000, 60)


def test_pausing_stops_loading_and_lag_grows_until_it_goes_on(
    key, store, put, load, make_envelope, make_event, wait_until
):
    loader = load()
    assert loader.pause()
    now = time.time_ns() // 1000 - 3_000_000
    put(make_envelope(make_event("A"), received=now))
    time.sleep(1.2)
    assert store.state(key).signals == 0
    assert loader.is_alive()
    assert loader.state().is_paused
    assert 4 < loader.lag() < 10
    loader.resume()
    assert wait_until(lambda: store.state(key).signals == 1)
    assert wait_until(lambda: loader.lag() == 0)
    assert not loader.state().is_paused


def test_it_stops_at_once_also_while_paused_or_idle(load):
    idle, paused = load(), load()
    paused.pause()
    for loader in (idle, paused):
        begun = time.monotonic()
        assert loader.stop(5)
        assert time.monotonic() - begun < 2


def test_a_store_that_fails_is_tried_again_and_nothing_is_lost(
    key, store, put, load, make_envelope, make_event, wait_until, stubborn, refusal
):
    until = time.monotonic() + 2.5
    failing = stubborn(lambda workspace, batch: refusal() if time.monotonic() < until else None)
    for number in range(20):
        put(make_envelope(make_event(str(number))))
    loader = load(failing)
    assert wait_until(lambda: key in loader.state().troubles)
    assert wait_until(lambda: store.state(key).signals == 20)
    assert names(store, key) == [str(number) for number in range(20)]
    assert store.rejected(key) == []
    assert 2 <= failing.tries <= 12
    assert wait_until(lambda: loader.state().troubles == {})


def test_a_request_that_the_store_refuses_is_kept_raw_and_the_rest_is_loaded(
    key, store, put, load, make_envelope, make_event, wait_until, stubborn, refusal
):
    def refuses(workspace, batch):
        return refusal() if "Poison" in batch.events["name"].to_pylist() else None

    for number in range(10):
        put(make_envelope(make_event("Poison" if number == 4 else str(number))))
    load(stubborn(refuses))
    assert wait_until(lambda: store.state(key).signals == 9, 60)
    assert names(store, key) == [str(number) for number in range(10) if number != 4]
    (row,) = store.rejected(key)
    assert (row.reason, row.origin) == ("unreadable", "segment/1")
    assert row.detail.startswith("The event store refused this request. (")
    assert '"Poison"' in row.raw


def test_a_full_disk_never_turns_a_request_into_a_rejected_row(
    key, store, put, load, make_envelope, make_event, wait_until, stubborn, refusal
):
    class IOException(Exception):
        pass

    def refuses(workspace, batch):
        if time.monotonic() > until or not batch.events.num_rows:
            return None
        error = refusal()
        error.__cause__ = IOException("No space left on device")
        return error

    until = time.monotonic() + 6
    put(make_envelope(make_event("A")))
    failing = stubborn(refuses)
    loader = load(failing)
    assert wait_until(lambda: "No space left" in loader.state().troubles.get(key, ""))
    assert wait_until(lambda: store.state(key).signals == 1, 30)
    assert store.rejected(key) == []


def test_what_cannot_be_decoded_is_kept_raw_and_the_rest_is_loaded(
    key, store, put, load, make_envelope, make_event, wait_until
):
    put(make_envelope(make_event("A")))
    put(b"\xff\x00 no envelope")
    put(make_envelope(make_event("B")))
    load()
    assert wait_until(lambda: store.state(key).signals == 2)
    assert names(store, key) == ["A", "B"]
    (row,) = store.rejected(key)
    assert (row.reason, row.origin, row.raw) == ("unreadable", "inbox", "/wAgbm8gZW52ZWxvcGU=")
    assert row.detail.startswith("It is no request as the inbox keeps it. (")


def test_one_workspace_in_trouble_does_not_hold_up_another(
    key, keys, store, put, load, make_envelope, make_event, wait_until, stubborn, refusal
):
    store.create(keys[1])
    failing = stubborn(lambda workspace, batch: refusal() if workspace == key else None)
    put(make_envelope(make_event()))
    put(make_envelope(make_event(), workspace=keys[1]))
    loader = load(failing)
    assert wait_until(lambda: store.state(keys[1]).signals == 1)
    assert set(loader.state().troubles) == {key}
    assert store.state(key).signals == 0


def test_rows_of_a_workspace_that_is_no_more_are_passed_over(
    key, store, inbox, put, load, make_envelope, make_event, wait_until
):
    gone = "f" * 32
    put(make_envelope(make_event(), workspace=gone))
    put(make_envelope(make_event("A")))
    loader = load()
    assert wait_until(lambda: store.state(key).signals == 1)
    assert wait_until(lambda: loader.lag() == 0)
    assert loader.state().troubles == {}
    assert inbox.state().rows == 0


def test_a_workspace_without_a_store_that_exists_is_a_trouble(
    key, keys, store, put, load, make_envelope, make_event, wait_until
):
    put(make_envelope(make_event(), workspace=keys[2]))
    loader = load()
    assert wait_until(lambda: set(loader.state().troubles) == {keys[2]})
    store.create(keys[2])
    assert wait_until(lambda: store.state(keys[2]).signals == 1)


def test_requests_that_hold_only_drops_and_rejected_rows_are_passed_too(
    key, store, inbox, put, load, make_envelope, wait_until
):
    row = RejectedMessage("ab" * 16, "missing_event", "The field “event” is missing.", '{"type":"track"}')
    put(make_envelope(rejected=[row], dropped={"unsupported": 3}))
    load()
    assert wait_until(lambda: store.inbox_place(key) == InboxPlace(inbox.files()[-1], 1))
    (kept,) = store.rejected(key)
    assert (kept.id, kept.reason, kept.raw) == (row.id, row.reason, row.raw)
    (source,) = store.sources(key)
    assert (source.origin, source.accepted, source.dropped, source.rejected) == ("segment/1", 0, 3, 1)
