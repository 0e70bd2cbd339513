"""Places for questions: never too many, always one for a light question, and everybody gets a turn."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

import pytest

from polku.eventstore.cancelling import Asking
from polku.eventstore.places import HEAVY_SECONDS, WAITING_OF_ONE, Places
from polku.eventstore.port import QuestionTooSlow


class Crowd:
    """Questions in threads: each waits for its place, says so, and keeps it until it is let go."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.began: list[str] = []
        self.leave: dict[str, threading.Event] = {}
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()

    def ask(self, name: str, workspace: str, *, by: str = "", heavy: bool = False) -> None:
        leave = self.leave[name] = threading.Event()

        def work() -> None:
            asked = Asking(by=by)
            with self.places.taken(workspace, name, asked, is_much=heavy, patience=10):
                with self._changed:
                    self.began.append(name)
                    self._changed.notify_all()
                leave.wait(10)

        before = len(self.places._waiting) + len(self.began)
        thread = threading.Thread(target=work)
        thread.start()
        self._threads.append(thread)
        deadline = time.monotonic() + 5
        while len(self.places._waiting) + len(self.began) == before and time.monotonic() < deadline:
            time.sleep(0.001)

    def end(self, name: str, *, then: int) -> None:
        """Let one go and wait until `then` have begun in all."""
        self.leave[name].set()
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.began) >= then, 5), self.began

    def close(self) -> None:
        for leave in self.leave.values():
            leave.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def crowd():
    made = Crowd(Places(2))
    yield made
    made.close()


def test_two_at_once_in_order(crowd):
    for name in "abcd":
        crowd.ask(name, "w")
    assert crowd.began == ["a", "b"]
    crowd.end("b", then=3)
    crowd.end("a", then=4)
    assert crowd.began == ["a", "b", "c", "d"]


def test_a_light_question_finds_a_place_beside_heavy_ones(crowd):
    for name in ("heavy 1", "heavy 2", "heavy 3"):
        crowd.ask(name, "w", heavy=True)
    assert crowd.began == ["heavy 1"]
    crowd.ask("light 1", "w")
    crowd.ask("light 2", "w")
    assert crowd.began == ["heavy 1", "light 1"]
    crowd.end("light 1", then=3)
    assert crowd.began[2:] == ["light 2"]
    crowd.end("heavy 1", then=4)
    assert crowd.began[3:] == ["heavy 2"]


def test_workspaces_take_turns(crowd):
    for number in range(5):
        crowd.ask(f"first {number}", "first", heavy=True)
    crowd.ask("other", "other", heavy=True)
    crowd.end("first 0", then=2)
    assert crowd.began == ["first 0", "other"]


def test_people_of_a_workspace_take_turns(crowd):
    for number in range(4):
        crowd.ask(f"a{number}", "w", by="a")
    for number in range(2):
        crowd.ask(f"b{number}", "w", by="b")
    crowd.end("a0", then=3)
    crowd.end("a1", then=4)
    assert crowd.began[2:] == ["b0", "a2"]


def test_what_took_long_is_heavy_next_time_and_light_again_when_it_is_quick():
    places = Places(2)
    asked = Asking()

    def ask(seconds: float) -> bool:
        """Whether it was let in beside a heavy one."""
        with ExitStack() as stack:
            stack.enter_context(places.taken("w", "heavy", asked, is_much=True, patience=1))
            try:
                with places.taken("w", "it", asked, is_much=False, patience=0):
                    time.sleep(seconds)
            except QuestionTooSlow:
                return False
            return True

    assert ask(HEAVY_SECONDS)
    assert not ask(0)
    with places.taken("w", "it", asked, is_much=False, patience=0):
        pass
    assert ask(0)


def test_patience_ends():
    places = Places(1)
    with places.taken("w", "a", Asking(), is_much=False, patience=0):
        started = time.monotonic()
        with pytest.raises(QuestionTooSlow), places.taken("w", "b", Asking(), is_much=False, patience=0.2):
            pass
        assert 0.15 < time.monotonic() - started < 2
    with places.taken("w", "b", Asking(), is_much=False, patience=0):
        pass


def test_nobody_lets_too_many_wait(crowd):
    for number in range(2 + WAITING_OF_ONE):
        crowd.ask(f"a{number}", "w", by="a")
    with (
        pytest.raises(QuestionTooSlow),
        crowd.places.taken("w", "x", Asking(by="a"), is_much=False, patience=10),
    ):
        pass
    crowd.ask("b", "w", by="b")
    crowd.end("a0", then=3)
    assert crowd.began[2:] == ["b"]


def test_nobody_lets_too_many_wait_in_several_workspaces(crowd):
    for number in range(2 + WAITING_OF_ONE):
        crowd.ask(f"a{number}", f"w{number % 3}", by="a")
    with (
        pytest.raises(QuestionTooSlow),
        crowd.places.taken("another", "x", Asking(by="a"), is_much=False, patience=10),
    ):
        pass
