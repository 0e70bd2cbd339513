"""The funnel of one unit, where signals of one instant compete for steps or a chain must keep clear of others.
Plain Python, for the few such units.

Each function takes the unit's rows in order of time: `times` in microseconds, `masks` with bit k set where
step k would take the row (0: none). It returns the moments of the steps of the earliest longest chain; see
`polku.eventstore.kernels.funnel_units` for what chains are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache, reduce
from itertools import groupby
from operator import or_

Masks = tuple[int, ...]
"""The masks of the signals of one instant, sorted, without zeros."""

Chain = list[int]
Instant = tuple[int, Masks, int]
"""A moment, the signals there, and the walls there."""

_FOREVER = 1 << 63
_NEVER = 1 << 65


def walled_chain(
    times: Sequence[int], masks: Sequence[int], walls: Sequence[int], steps: int, window: int | None
) -> Chain:
    """The chain whose steps come in order; empty without a step-1 signal.

    Where bit d of a row's `walls` is set, a chain with d steps done gets past the row's instant only by taking a step
    there. With all bits in every row the chain is strict. Time is linear in the rows.
    """
    instants = _instants(times, masks, walls)
    length = _longest(instants, steps, window)
    if not length:
        return []
    ends = _ends(instants, length)
    allowed = _FOREVER if window is None else window
    start = next(
        place
        for place, (moment, there, _wall) in enumerate(instants)
        if _end_by_a_step(moment, there, 0, length, ends[place + 1]) - moment <= allowed
    )
    begins = instants[start][0]
    chain: Chain = []
    for place in range(start, len(instants)):
        moment, there, _wall = instants[place]
        for done in range(min(_advance(there, len(chain), length), length), len(chain), -1):
            if (moment if done == length else ends[place + 1][done]) - begins <= allowed:
                chain += [moment] * (done - len(chain))
                break
        if len(chain) == length:
            break
    return chain


def _longest(instants: Sequence[Instant], steps: int, window: int | None) -> int:
    """How many steps the longest chain has. For each number of steps done, only the chain that began last matters."""
    begun: list[int | None] = [None] * (steps + 1)
    longest = 0
    for moment, there, wall in instants:
        arrived: list[int | None] = [None] * (steps + 1)
        if there:
            begun[0] = moment
            for done in range(steps):
                begins = begun[done]
                if begins is None or (window is not None and moment - begins > window):
                    continue
                for after in range(done + 1, _advance(there, done, steps) + 1):
                    best = arrived[after]
                    arrived[after] = begins if best is None or begins > best else best
                    longest = max(longest, after)
            if longest == steps:
                break
        for done in range(1, steps):
            begins, new = begun[done], arrived[done]
            if begins is None or wall >> done & 1 or (new is not None and new > begins):
                begun[done] = new
    return longest


def _ends(instants: Sequence[Instant], length: int) -> list[list[int]]:
    """For each instant and number of steps done before it: when the chain can have `length` steps at the earliest."""
    ends = [[_NEVER] * length]
    for moment, there, wall in reversed(instants):
        after = ends[-1]
        if not there:
            ends.append([_NEVER if done and wall >> done & 1 else after[done] for done in range(length)])
            continue
        ends.append(
            [
                min(
                    _end_by_a_step(moment, there, done, length, after),
                    _NEVER if done and wall >> done & 1 else after[done],
                )
                for done in range(length)
            ]
        )
    ends.reverse()
    return ends


def _end_by_a_step(moment: int, there: Masks, done: int, length: int, after: Sequence[int]) -> int:
    """As `_ends`, for a chain that takes a step at this instant."""
    furthest = _advance(there, done, length)
    if furthest == length:
        return moment
    return min(after[done + 1 : furthest + 1], default=_NEVER)


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


def walled_any_chain(
    times: Sequence[int], masks: Sequence[int], walls: Sequence[int], steps: int, window: int | None
) -> Chain:
    """As `any_chain`; a chain gets past an instant with a wall only by a signal there that serves a step of its own."""
    instants = _instants(times, masks, walls)
    best: Chain = []
    for start, (begins, there, _wall) in enumerate(instants):
        if not there:
            continue
        kept: dict[int, int] = {}  # step → place of the instant that it is kept for: the start, and each wall
        inside: list[int] = []
        size, last = 0, start
        for place in range(start, len(instants)):
            moment, there, wall = instants[place]
            if window is not None and moment - begins > window:
                break
            served = _served(_counted([*inside, *there], steps))
            inside += there
            if served > size:
                size, last = served, place
            if size == steps or ((wall or place == start) and not _keep(place, instants, kept)):
                break
        if size > len(best):
            best = _kept_chain(instants, start, last, size)
        if len(best) == steps:
            break
    return best


def _counted(masks: Sequence[int], steps: int) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((mask, min(number, steps)) for mask, number in Counter(masks).items()))


def _keep(place: int, instants: Sequence[Instant], kept: dict[int, int]) -> bool:
    """Keep a step for a signal of the instant `place`, moving others aside where needed."""

    def seat(who: int, seen: set[int]) -> bool:
        for step in _bits(_together(instants[who][1])):
            if step not in seen:
                seen.add(step)
                if step not in kept or seat(kept[step], seen):
                    kept[step] = who
                    return True
        return False

    return seat(place, set())


def _together(masks: Masks) -> int:
    return reduce(or_, masks, 0)


def _bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    return (step for step in range(mask.bit_length()) if mask >> step & 1)


def _kept_chain(instants: Sequence[Instant], start: int, last: int, size: int) -> Chain:
    """The earliest moments of `size` steps between two instants that pass each wall between by a step there.

    Signals that can serve steps of their own together form a matroid, so taking as many as possible at each instant,
    as long as each wall to come still finds a step, is best.
    """
    walls = [place for place in range(start + 1, last) if instants[place][2]]
    chosen: list[int] = []
    chain: Chain = []
    for place in range(start, last + 1):
        moment, there, _wall = instants[place]
        ahead = [_together(instants[wall][1]) for wall in walls if wall > place]
        for mask in there:
            wanted = [*chosen, mask, *ahead]
            if len(chain) < size and _served(_counted(wanted, size)) == len(wanted):
                chosen.append(mask)
                chain.append(moment)
    return chain


def _instants(times: Sequence[int], masks: Sequence[int], walls: Sequence[int]) -> list[Instant]:
    grouped = groupby(zip(times, masks, walls, strict=True), key=lambda row: row[0])
    instants = []
    for moment, rows in grouped:
        there, wall = [], 0
        for _moment, mask, stops in rows:
            wall |= stops
            if mask:
                there.append(mask)
        instants.append((moment, tuple(sorted(there)), wall))
    return instants


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
