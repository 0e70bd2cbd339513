"""What of an anonymous survey may be shown, so that nothing shown says what few people answered.

A group of fewer than k answers is hidden, and so is the next-smallest one where the hidden ones could be computed from
the total. That is not enough where answers are grouped in several ways: 23 answers through a link less the 20 in
Finnish are three people. So all groups that are shown anywhere are looked at together. What can be computed from their
figures are sums of groups and differences of such sums; a group is taken away as long as one of these is exactly a few
people's. Filters and exports show only groups that are left (docs/decisions/0039).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

K_SCORES = 5
"""Fewest answers of which a score is shown."""

K_DETAILS = 8
"""Fewest answers of which a distribution or comments are shown."""

Codes = npt.NDArray[np.int32]
"""The group of each answer, numbered from 0; every answer is in one."""

_EXACT = 1e-6
_AT_ONCE = 4_096


@dataclass(frozen=True)
class Shown:
    """What may be shown: `whole` is everybody together, `groups` the numbers of the groups by grouping."""

    whole: bool
    groups: Mapping[str, frozenset[int]]


def what_may_be_shown(
    groupings: Mapping[str, Codes],
    *,
    k: int,
    of: npt.NDArray[np.bool_] | None = None,
    within: Shown | None = None,
) -> Shown:
    """Which groups of at least `k` answers may be shown beside each other and beside everybody together.

    `groupings` come in order of importance: where two cannot stand beside each other, the later one loses groups. `of`
    says which answers count (all). `within` is what is shown of the same answers with a smaller k: nothing else may be
    shown with this one.
    """
    if of is not None:
        groupings = {name: codes[of] for name, codes in groupings.items()}
    n = next((len(codes) for codes in groupings.values()), 0)
    if n < k or (within is not None and not within.whole):
        return Shown(n >= k and within is None, {name: frozenset() for name in groupings})
    crossed = _Crossed(groupings, k)
    offered = {
        name: complemented(
            crossed.sizes[name], k=k, allowed=None if within is None else within.groups.get(name, frozenset())
        )
        for name in groupings
    }
    if not crossed.isolates(offered):
        return Shown(True, {name: frozenset(groups) for name, groups in offered.items()})
    shown: dict[str, list[int]] = {}
    for name, groups in offered.items():
        shown[name] = groups
        while crossed.isolates(shown):
            # The smallest group of the last grouping that shows any; with none left only everybody is shown.
            last = next(each for each in reversed(shown) if shown[each])
            sizes = crossed.sizes[last]
            shown[last] = sorted(shown[last], key=lambda group: -sizes[group])[:-1]
    return Shown(True, {name: frozenset(groups) for name, groups in shown.items()})


def complemented(
    sizes: npt.NDArray[np.int64] | Sequence[int], *, k: int, allowed: frozenset[int] | None = None
) -> list[int]:
    """The groups, of these sizes, that may be shown beside their total.

    Hidden are those below `k` (and those not `allowed`), then the next-smallest one after another while what is
    hidden is a single group or fewer than `k` answers together.
    """
    order = sorted((int(size), group) for group, size in enumerate(sizes) if size > 0)
    hidden = [
        (size, group) for size, group in order if size < k or (allowed is not None and group not in allowed)
    ]
    left = [each for each in order if each not in hidden]
    while hidden and left and (len(hidden) == 1 or sum(size for size, _group in hidden) < k):
        hidden.append(left.pop(0))
    return [group for _size, group in left]


class _Crossed:
    """The answers by all groupings at once. What is in one place of every grouping cannot be told apart."""

    def __init__(self, groupings: Mapping[str, Codes], k: int) -> None:
        self.k = k
        self.sizes = {name: np.bincount(codes) for name, codes in groupings.items()}
        cells = _cells([*groupings.values()])
        _numbers, firsts, self.weights = np.unique(cells, return_index=True, return_counts=True)
        self._places = {name: codes[firsts] for name, codes in groupings.items()}

    def isolates(self, shown: Mapping[str, Sequence[int]]) -> bool:
        """Whether a sum or difference of what is shown, together with everybody, is exactly one of the small groups of
        one grouping, of two of them crossed, or of all."""
        rows = [np.ones(len(self.weights), dtype=bool)]
        rows += [self._places[name] == group for name, groups in shown.items() for group in groups]
        if len(rows) == 1:
            return False
        weighted = np.stack(rows) * self.weights.astype(np.float64)
        values, vectors = np.linalg.eigh(weighted @ np.stack(rows).T.astype(np.float64))
        kept = values > values.max() * 1e-10
        # Coordinates on an orthonormal basis of all that can be computed: a target that has its whole length there
        # is one of these.
        onto = (vectors[:, kept] / np.sqrt(values[kept])).T
        names = [*shown]
        crossings: list[tuple[str, ...]] = [(name,) for name in names]
        crossings += combinations(names, 2)
        if len(names) > 2:
            crossings.append(tuple(names))
        return any(self._is_reached(crossing, onto, weighted) for crossing in crossings)

    def _is_reached(
        self, names: Sequence[str], onto: npt.NDArray[np.float64], weighted: npt.NDArray[np.float64]
    ) -> bool:
        where = _cells([self._places[name] for name in names])
        sizes = np.bincount(where, weights=self.weights)
        small = np.flatnonzero(sizes < self.k)
        number = np.full(len(sizes), -1)
        number[small] = np.arange(len(small))
        members = np.flatnonzero(number[where] >= 0)
        targets = number[where[members]]
        for first in range(0, len(small), _AT_ONCE):
            chunk = (targets >= first) & (targets < first + _AT_ONCE)
            count = min(_AT_ONCE, len(small) - first)
            shared = np.zeros((weighted.shape[0], count))
            np.add.at(shared.T, targets[chunk] - first, weighted[:, members[chunk]].T)
            lengths = np.square(onto @ shared).sum(axis=0)
            if (lengths > sizes[small[first : first + count]] * (1 - _EXACT)).any():
                return True
        return False


def _cells(codes: Sequence[npt.NDArray[np.int32]]) -> npt.NDArray[np.int64]:
    """Numbers that are the same where the codes are, from 0 on without a gap."""
    found = np.zeros(len(codes[0]), dtype=np.int64)
    for each in codes:
        _values, found = np.unique(found * (int(each.max()) + 1) + each, return_inverse=True)
    return found
