"""What the outbox tells comes to the store once, in order, and nothing is lost when a load fails."""

from __future__ import annotations

import hashlib
import threading
import time

import pytest

from polku.accounts.models import Workspace
from polku.capture.draining import Drain, Drainer, drain
from polku.eventstore.port import Scope, SignalKind
from polku.outbox import news
from polku.outbox.models import News

TIME = 1_760_000_000_000_000  # 2025-10-09, microseconds


def signal(answer, *, revision=1, metric="nps", score=9.0, **fields):
    values = {
        "message_id": hashlib.md5(f"{answer} {revision}".encode(), usedforsecurity=False).hexdigest(),
        "kind": SignalKind.SCORE,
        "name": metric,
        "time": TIME,
        "person": f"{answer}@example.fi",
        "person_kind": "email",
        "score": score,
        "scale_low": 0.0,
        "scale_high": 10.0,
        "properties": {"survey": "asiakaskysely"},
    }
    return news.Signal(**{**values, **fields})


def scores(store, workspace, metric="nps"):
    table = store.scores(workspace.key.hex, Scope(), metric, interval=None, group_by=[])
    return sorted((row["score"], row["n"]) for row in table.to_pylist())


def tell(workspace, *signals, withdrawn=()):
    news.tell(workspace_id=workspace.pk, origin="survey", signals=signals, withdrawn=withdrawn)


def test_what_is_told_comes_to_the_store_and_leaves_the_outbox(workspace, store):
    tell(workspace, signal("a", score=10.0, text="Hyvä", order="1001", channel="email"))
    tell(workspace, signal("b", score=3.0))
    assert drain() == 2
    assert scores(store, workspace) == [(3.0, 1), (10.0, 1)]
    assert News.objects.count() == 0
    (source,) = store.sources(workspace.key.hex)
    assert (source.origin, source.accepted) == ("survey", 2)


def test_what_is_brought_twice_is_stored_once(workspace, store):
    tell(workspace, signal("a"))
    kept = News.objects.get()
    drain()
    kept.save()  # as if the process had died between the load and the removal
    assert News.objects.count() == 1
    drain()
    assert scores(store, workspace) == [(9.0, 1)]
    assert News.objects.count() == 0


@pytest.mark.parametrize("drains_between", [True, False])
def test_a_correction_replaces_what_was_told_before(workspace, store, drains_between):
    first = signal("a", score=2.0)
    tell(workspace, first)
    if drains_between:
        drain()
    tell(workspace, signal("a", revision=2, score=8.0), withdrawn=[first.message_id])
    drain()
    assert scores(store, workspace) == [(8.0, 1)]


def test_what_cannot_be_loaded_waits_and_does_not_hold_up_the_rest(workspace, store):
    tell(workspace, signal("a", score=1.0))
    tell(workspace, signal("b", score=None, kind=300))
    tell(workspace, signal("c", score=5.0))
    drainer = Drainer()
    assert drainer.drain() == 2
    assert scores(store, workspace) == [(1.0, 1), (5.0, 1)]
    (left,) = News.objects.all()
    assert left.payload["signals"][0]["kind"] == 300
    # It is not tried with every new piece of news.
    tell(workspace, signal("d", score=6.0))
    assert drainer.drain() == 1
    assert scores(store, workspace) == [(1.0, 1), (5.0, 1), (6.0, 1)]
    # Mended, it is brought by whoever looks anew.
    left.payload["signals"][0].update(kind=int(SignalKind.SCORE), score=7.0)
    left.save()
    assert drain() == 1
    assert scores(store, workspace) == [(1.0, 1), (5.0, 1), (6.0, 1), (7.0, 1)]


def test_corrections_wait_for_what_they_take_back(workspace, store):
    """Else the first answer, brought at last, would stand beside the one that replaced it."""
    first, second, third = (
        signal("a", revision=revision, score=score) for revision, score in enumerate((1.0, 2.0, 3.0))
    )
    tell(workspace, first)
    broken = News.objects.get()
    broken.payload["signals"][0]["kind"] = 300
    broken.save()
    drainer = Drainer()
    assert drainer.drain() == 0
    tell(workspace, second, withdrawn=[first.message_id])
    assert drainer.drain() == 0
    tell(workspace, third, withdrawn=[second.message_id])
    tell(workspace, signal("b", score=9.0))
    assert drainer.drain() == 1
    assert scores(store, workspace) == [(9.0, 1)]
    broken.payload["signals"][0]["kind"] = int(SignalKind.SCORE)
    broken.save()
    for _ in range(100):
        if not News.objects.exists():
            break
        drainer.drain()
        time.sleep(0.05)
    assert scores(store, workspace) == [(3.0, 1), (9.0, 1)]


def test_workspaces_do_not_meet_and_what_one_left_behind_is_forgotten(workspace, store):
    other = Workspace.objects.create(name="Toinen", slug="toinen")
    store.create(other.key.hex)
    tell(workspace, signal("a", score=1.0))
    tell(other, signal("a", score=2.0))
    news.tell(workspace_id=other.pk + 1000, origin="survey", signals=[signal("z")])
    assert drain() == 2
    assert scores(store, workspace) == [(1.0, 1)]
    assert scores(store, other) == [(2.0, 1)]
    assert News.objects.count() == 0


def test_nothing_is_told_of_nothing(workspace):
    tell(workspace)
    assert News.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_thread_brings_what_is_told_by_itself(workspace, store):
    thread = Drain()
    thread.start()
    try:
        tell(workspace, signal("a", score=4.0))
        tick = threading.Event()
        for _ in range(200):
            if scores(store, workspace):
                break
            tick.wait(0.05)
        assert scores(store, workspace) == [(4.0, 1)]
    finally:
        thread.stop()
    assert not thread.is_alive()
