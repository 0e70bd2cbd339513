"""The trigger engine: a year of a hundred thousand people with five surveys, every limit counted again afterwards."""

from __future__ import annotations

import time
from collections import Counter

from polku.surveys.moments.engine import Outcome, simulate
from tests.surveys.moments.year import END, KEY, LIMITS, broken_promises, refused_without_need, year

PEOPLE = 100_000
PROMISED = 60.0  # seconds


def main() -> None:
    world = year(PEOPLE)
    begun = time.perf_counter()
    settled = list(
        simulate(
            world.occasions(),
            limits=LIMITS,
            key=KEY,
            end=END + 40 * 86_400_000_000,
            cancelled=world.cancelled,
        )
    )
    took = time.perf_counter() - begun
    counts = Counter(one.outcome for one in settled)
    broken = broken_promises(world, settled)
    print(
        f"{PEOPLE:,} people, {len(settled):,} occasions, {counts[Outcome.ASKED]:,} asked: "
        f"{took:.1f} s, {took / PROMISED:.2f} of the {PROMISED:.0f} s promised "
        f"({took / len(settled) * 1e6:.1f} µs each)"
    )
    for outcome, count in counts.most_common():
        print(f"  {outcome:<14} {count:>9,}")
    print(f"promises broken: {sum(broken.values())}; refused without need: {refused_without_need(settled)}")
    if any(broken.values()) or took > PROMISED:
        raise SystemExit(1)
