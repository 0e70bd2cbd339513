"""The funnel of one unit, where signals of one instant compete for steps. Plain Python, for the few such units.

Each function takes the unit's rows in order of time: `times` in microseconds, `masks` with bit k set where
step k would take the row (0: none). It returns the moments of the steps of the earliest longest chain; see
`polku.eventstore.kernels.funnel_units` for what chains are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

Masks = tuple[int, ...]
"""The masks of the signals of one instant, sorted, without zeros."""

Chain = list[int]


def ordered_chain(times: Sequence[int], masks: Sequence[int], steps: int, window: int | None) -> Chain:
    """The chain of order "ordered"; empty without a step-1 signal.

    A chain that has more steps behind it can do whatever one with fewer can, so at each instant it goes as
    far as the signals there allow. From each start it jumps only to instants that take it further.
    """
    instants = _instants(times, masks)
    gains: list[list[int]] = [
        [place for place, (_, there) in enumerate(instants) if _advance(there, done, steps) > done]
        for done in range(steps)
    ]
    best: Chain = []
    for start in gains[0]:
        place, begins = start, instants[start][0]
        chain = [begins] * _advance(instants[start][1], 0, steps)
        while len(chain) < steps:
            later = bisect_right(gains[len(chain)], place)
            if later == len(gains[len(chain)]):
                break
            place = gains[len(chain)][later]
            moment, there = instants[place]
            if window is not None and moment - begins > window:
                break
            chain += [moment] * (_advance(there, len(chain), steps) - len(chain))
        if len(chain) > len(best):
            best = chain
        if len(best) == steps or window is None:
            break
    return best


def strict_chain(times: Sequence[int], masks: Sequence[int], steps: int, window: int | None) -> Chain:
    """The chain of order "strict"; empty without a step-1 signal.

    It takes at least one step at each instant that it passes. Going as far as possible at one instant may
    leave nothing to do at the next, so all lengths are followed.
    """
    instants = _instants(times, masks)
    best: Chain = []
    for start, (begins, there) in enumerate(instants):
        if not _advance(there, 0, steps):
            continue
        reachable = [{0}]  # by instant passed: how many steps may be done
        place = start
        while reachable[-1] and place < len(instants):
            moment, there = instants[place]
            if window is not None and moment - begins > window:
                break
            reachable.append(
                {
                    after
                    for done in reachable[-1]
                    for after in range(done + 1, _advance(there, done, steps) + 1)
                }
            )
            place += 1
        length = max(max(lengths, default=0) for lengths in reachable)
        if length > len(best):
            best = _earliest(instants[start:], reachable, length, steps)
        if len(best) == steps:
            break
    return best


def any_chain(times: Sequence[int], masks: Sequence[int], steps: int, window: int | None) -> Chain:
    """The chain of order "any": the moments at which one step more could be served; empty without any signal."""
    rows = [(moment, mask) for moment, mask in zip(times, masks, strict=True) if mask]
    best_start, best_size = 0, 0
    inside: Counter[int] = Counter()
    begins = ends = 0
    while begins < len(rows):
        while ends < len(rows) and (window is None or rows[ends][0] - rows[begins][0] <= window):
            inside[rows[ends][1]] += 1
            ends += 1
        # More signals of one mask than steps change nothing; capped counts repeat, and are worked out once.
        size = _served(tuple(sorted((mask, min(number, steps)) for mask, number in inside.items() if number)))
        if size > best_size:
            best_start, best_size = begins, size
        if best_size == steps or window is None:
            break
        inside[rows[begins][1]] -= 1
        begins += 1
    chain: Chain = []
    taken: dict[int, int] = {}
    for moment, mask in rows[best_start:]:
        if len(chain) == best_size:
            break
        if _take(mask, taken, set()):
            chain.append(moment)
    return chain


def _instants(times: Sequence[int], masks: Sequence[int]) -> list[tuple[int, Masks]]:
    grouped = groupby(zip(times, masks, strict=True), key=lambda row: row[0])
    return [(moment, tuple(sorted(mask for _, mask in rows if mask))) for moment, rows in grouped]


@lru_cache(maxsize=100_000)
def _advance(there: Masks, done: int, steps: int) -> int:
    """How many steps may be done after an instant with signals `there`, when `done` were before it."""
    taken: dict[int, int] = {}
    free = list(there)
    # Step by step: the signals serve steps done+1 … as long as each can have a signal of its own.
    while done < steps and _seat(done, free, taken, set()):
        done += 1
    return done


def _seat(step: int, signals: list[int], taken: dict[int, int], seen: set[int]) -> bool:
    """Give `step` a signal, moving others aside where needed (an augmenting path). `taken`: signal → step."""
    for number, mask in enumerate(signals):
        if mask >> step & 1 and number not in seen:
            seen.add(number)
            if number not in taken or _seat(taken[number], signals, taken, seen):
                taken[number] = step
                return True
    return False


@lru_cache(maxsize=100_000)
def _served(counted: tuple[tuple[int, int], ...]) -> int:
    """How many different steps signals can serve, given as (mask, number of signals)."""
    taken: dict[int, int] = {}
    return sum(_take(mask, taken, set()) for mask, number in counted for _ in range(number))


def _take(mask: int, taken: dict[int, int], seen: set[int]) -> bool:
    """Let one more signal serve a step, moving others aside where needed. `taken`: step → mask of its signal."""
    step = 0
    while mask >> step:
        if mask >> step & 1 and step not in seen:
            seen.add(step)
            if step not in taken or _take(taken[step], taken, seen):
                taken[step] = mask
                return True
        step += 1
    return False


def _earliest(instants: list[tuple[int, Masks]], reachable: list[set[int]], length: int, steps: int) -> Chain:
    """The strict chain of `length` steps that has each step as early as possible.

    `reachable[p]` are the numbers of steps that may be done before instant p. From the back, those are kept
    from which `length` can still be reached; from the front, each instant takes as many steps as it then may.
    """
    fits: list[set[int]] = [lengths & {length} for lengths in reachable]
    for place in range(len(reachable) - 2, -1, -1):
        there = instants[place][1]
        fits[place] |= {
            done
            for done in reachable[place]
            if any(done < after <= _advance(there, done, steps) for after in fits[place + 1])
        }
    chain: Chain = []
    place = 0
    while len(chain) < length:
        moment, there = instants[place]
        most = _advance(there, len(chain), steps)
        after = max(done for done in fits[place + 1] if len(chain) < done <= most)
        chain += [moment] * (after - len(chain))
        place += 1
    return chain
