"""The funnel of one unit by brute force, written from the definition alone."""

from __future__ import annotations

from collections.abc import Iterator

Signal = tuple[int, int, int, bool]
"""(time, steps it would serve, exclusions it is, whether it is quiet)."""


def longest_chain(
    signals: list[Signal], steps: int, window: int | None, order: str, exclude: list[tuple[int, int]]
) -> list[int]:
    """The moments of the earliest of the longest chains, by trying every chain there is.

    An exclusion (after, before) counts from 1; with order "any" it holds between all steps.
    """

    def is_clear(done: int, start: int, end: int) -> bool:
        for time, serves, excluded, quiet in signals:
            if start < time < end:
                if order == "strict" and (serves or not quiet):
                    return False
                for number, (after, before) in enumerate(exclude):
                    if excluded >> number & 1 and (order == "any" or after <= done < before):
                        return False
        return True

    def chains(chain: list[int], served: set[int]) -> Iterator[list[int]]:
        moments = [signals[place][0] for place in chain]
        yield moments
        for place, (time, serves, _excluded, _quiet) in enumerate(signals):
            if place in chain:
                continue
            if chain:
                if time < moments[-1] or (window is not None and time - moments[0] > window):
                    continue
                if not is_clear(len(chain), moments[-1], time):
                    continue
            wanted = set(range(steps)) - served if order == "any" else {len(chain)} - {steps}
            for step in wanted:
                if serves >> step & 1:
                    yield from chains([*chain, place], served | {step})

    return min(chains([], set()), key=lambda moments: (-len(moments), moments))
