"""What one group of people has in common that another has not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from polku.eventstore.behaviour import PropertyShare
from polku.statistics import benjamini_hochberg, two_proportions

ENOUGH = 30
"""Groups smaller than this are not compared."""

_LEAST_EXPECTED = 5.0  # in each cell, below which the test of two shares is not to be trusted
_MOST_TOLD = 20


@dataclass(frozen=True)
class Shared:
    """`rows` as `over_represented` describes them; so many values were `tested`."""

    rows: list[dict[str, object]]
    tested: int


def over_represented(shares: Iterable[PropertyShare], *, inside: int, outside: int) -> Shared:
    """The values that are commoner among the `inside` people of one group than among the `outside` of the other.

    Rows are {"property", "value", "inside" (number), "inside_share", "outside_share", "difference", "ci",
    "p_value", "p_adjusted", "clear"}: the ones that survive Benjamini–Hochberg over all values tested first, then
    by the size of the difference, 20 at most. A property told twice (of a signal and of its order or person) counts
    once. The interval is Newcombe's, of the single difference. Tested are
    values that enough people have and enough have not for the test to hold (5 expected in each cell), where both
    groups have at least 30 people.
    """
    if min(inside, outside) < ENOUGH:
        return Shared([], 0)
    tested = []
    for share in _once(shares):
        if _testable(share.inside + share.outside, inside, outside):
            difference = two_proportions(successes=(share.outside, share.inside), n=(outside, inside))
            tested.append((share, difference))
    p_values = [difference.p if difference.p is not None else 1.0 for _, difference in tested]
    found = benjamini_hochberg(p_values=p_values)
    rows: list[dict[str, object]] = [
        {
            "property": share.property,
            "value": share.value,
            "inside": share.inside,
            "inside_share": share.inside / inside,
            "outside_share": share.outside / outside,
            "difference": difference.value,
            "ci": [difference.low, difference.high],
            "p_value": p,
            "p_adjusted": float(adjusted),
            "clear": bool(clear),
        }
        for (share, difference), p, adjusted, clear in zip(
            tested, p_values, found.adjusted, found.clear, strict=True
        )
        if difference.value > 0
    ]
    rows.sort(key=lambda row: (not row["clear"], -_number(row["difference"])))
    return Shared(rows[:_MOST_TOLD], len(tested))


def _once(shares: Iterable[PropertyShare]) -> list[PropertyShare]:
    """Without those that only repeat another for the same people under `order.` or `person.`."""
    known: dict[tuple[str, str, int, int], PropertyShare] = {}
    for share in sorted(shares, key=lambda share: "." in share.property):
        name = share.property.removeprefix("order.").removeprefix("person.")
        known.setdefault((name, share.value, share.inside, share.outside), share)
    return list(known.values())


def _testable(have: int, inside: int, outside: int) -> bool:
    everyone = inside + outside
    return min(have, everyone - have) * min(inside, outside) / everyone >= _LEAST_EXPECTED


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
