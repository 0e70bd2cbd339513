"""Answers that are worked out once for each value and remembered, as many as memory allows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Lookups(Generic[Key, Value]):
    """Remembers the answers of `work` to between `most` and twice `most` values, those asked for last.

    With `quick`, at most `fresh` new values of one call are worked out; the others get the answer of `quick`, which is
    not remembered. So a flood of values never seen before costs a bounded time. Used by one thread at a time.
    """

    def __init__(
        self,
        work: Callable[[Key], Value],
        *,
        most: int,
        fresh: int | None = None,
        quick: Callable[[Key], Value] | None = None,
    ) -> None:
        self._work = work
        self._most = most
        self._fresh = fresh
        self._quick = quick or work
        # Two generations instead of a list of uses: what is asked for moves to the young one, the old one is dropped
        # when the young one is full. A lookup is then one or two questions to a dict.
        self._young: dict[Key, Value] = {}
        self._old: dict[Key, Value] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def answers(self, values: Iterable[Key]) -> dict[Key, Value]:
        """The answer to each of the distinct `values`."""
        found: dict[Key, Value] = {}
        left = self._fresh
        young = self._young
        for value in set(values):
            if value in young:
                found[value] = young[value]
            elif value in self._old:
                found[value] = self._keep(value, self._old[value])
            elif left == 0:
                found[value] = self._quick(value)
            else:
                found[value] = self._keep(value, self._work(value))
                left = None if left is None else left - 1
            young = self._young
        return found

    def answer(self, value: Key) -> Value:
        """The answer to one value."""
        if value in self._young:
            return self._young[value]
        return self._keep(value, self._old[value] if value in self._old else self._work(value))

    def _keep(self, value: Key, answer: Value) -> Value:
        if len(self._young) >= self._most:
            self._young, self._old = {}, self._young
        self._young[value] = answer
        return answer
