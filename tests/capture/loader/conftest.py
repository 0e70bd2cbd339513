"""A real inbox before a real store, and requests to put into it."""

from __future__ import annotations

import os
import time

import pytest

from polku.capture.inbox import Inbox
from polku.capture.loader import Loader
from polku.capture.messages import Envelope, Message, encoder
from polku.eventstore.port import StoreError

KEYS = ["0" * 31 + str(number) for number in range(1, 5)]
RECEIVED = 1_760_000_000_000_000  # 2025-10-09, microseconds


def envelope(*messages, workspace=KEYS[0], **changes):
    values = {
        "workspace": workspace,
        "origin": "segment/1",
        "protocol": "segment",
        "received": RECEIVED,
        "user_agent": "",
        "country": "",
        "messages": list(messages),
        "rejected": [],
        "dropped": {},
    }
    return Envelope(**{**values, **changes})


def event(name="Ostos", **fields):
    values = {"id": os.urandom(8).hex(), "time": RECEIVED, "user": "asiakas-1", **fields}
    return Message("event", name=name, **values)


@pytest.fixture
def make_envelope():
    return envelope


@pytest.fixture
def make_event():
    return event


@pytest.fixture
def keys():
    """Keys of workspaces, of which `key` has a store."""
    return KEYS


@pytest.fixture
def key(store):
    store.create(KEYS[0])
    return KEYS[0]


@pytest.fixture
def inbox(tmp_path):
    opened = Inbox(tmp_path / "inbox")
    yield opened
    opened.close()


@pytest.fixture
def put(inbox):
    """Put envelopes, or raw bytes of the first workspace, into the inbox."""

    def put_one(given, workspace=KEYS[0]):
        if isinstance(given, bytes):
            inbox.put(workspace, given)
        else:
            inbox.put(given.workspace, encoder.encode(given))

    return put_one


@pytest.fixture
def load(inbox, store):
    """Starts a loader; what is returned waits until everything is loaded. `exists` names the workspaces there are."""
    started = []

    def start(a_store=None, *, exists=tuple(KEYS)):
        loader = Loader(inbox, a_store or store, lambda workspace: [], exists=lambda key: key in exists)
        loader.start()
        started.append(loader)
        return loader

    yield start
    for loader in started:
        assert loader.stop(10)


def until(holds, seconds=15.0):
    """Wait until `holds` does, and say whether it did in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def wait_until():
    return until


class StubbornStore:
    """The real store, that refuses loads for a reason of the test's; it counts the tries."""

    def __init__(self, store, refuses):
        self._store = store
        self._refuses = refuses
        self.tries = 0

    def load_stream(self, workspace, batch, *, rules):
        self.tries += 1
        error = self._refuses(workspace, batch)
        if error is not None:
            raise error
        return self._store.load_stream(workspace, batch, rules=rules)

    def __getattr__(self, name):
        return getattr(self._store, name)


@pytest.fixture
def stubborn(store):
    return lambda refuses: StubbornStore(store, refuses)


@pytest.fixture
def refusal():
    return lambda: StoreError("The event store could not take this")
