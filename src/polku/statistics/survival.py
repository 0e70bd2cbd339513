"""How long it takes until something happens, when for some it has not happened yet."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polku.statistics.checks import z_of
from polku.statistics.estimate import Estimate


@dataclass(frozen=True)
class KaplanMeier:
    """A fitted survival curve; make one with `kaplan_meier`.

    `times` (shape (k,)) are the distinct times at which something happened, in the unit of the durations;
    `at_risk` and `events` count there. `curve` is the share still waiting just after each time,
    `hazard_variance` the running Greenwood sum Σ d/(r(r−d)). `n` is the number of units, `censored` how many
    of them were still waiting when last seen.
    """

    times: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]
    curve: NDArray[np.float64]
    hazard_variance: NDArray[np.float64]
    n: int
    censored: int

    def survival(self, t: float, *, confidence: float = 0.95) -> Estimate:
        """The share (0–1) for whom it has not happened by time `t`, events at `t` included.

        The interval is Greenwood's plain one, clipped to [0, 1]; it has no width where nothing or everything
        has happened. After the last observation the curve keeps its last value. ValueError for t < 0 or NaN.
        """
        if not t >= 0:
            raise ValueError(f"t must be at least 0, not {t!r}")
        place = int(np.searchsorted(self.times, t, side="right")) - 1
        value = float(self.curve[place]) if place >= 0 else 1.0
        variance = float(self.hazard_variance[place]) if place >= 0 and value > 0 else 0.0
        error = value * math.sqrt(variance)
        half = z_of(confidence) * error
        return Estimate(
            value=value,
            low=max(0.0, value - half),
            high=min(1.0, value + half),
            n=self.n,
            method="Kaplan–Meier, Greenwood",
            standard_error=error,
        )

    def incidence(self, t: float, *, confidence: float = 0.95) -> Estimate:
        """The share (0–1) for whom it has happened by `t`: 1 − survival, its interval mirrored."""
        waiting = self.survival(t, confidence=confidence)
        return Estimate(
            value=1 - waiting.value,
            low=1 - waiting.high,
            high=1 - waiting.low,
            n=waiting.n,
            method=waiting.method,
            standard_error=waiting.standard_error,
        )


def kaplan_meier(*, durations: ArrayLike, observed: ArrayLike) -> KaplanMeier:
    """Fit the Kaplan–Meier curve.

    `durations` (shape (n,), ≥ 0, any unit of time) run to the event or to the last sight of the unit;
    `observed` (shape (n,), bool) says which. A unit censored at the time of an event was still at risk then.
    ValueError for n = 0, unequal lengths, or durations that are negative or not finite.

    Source: Kaplan, E. L. & Meier, P. (1958), JASA 53, 457–481; variance: Greenwood, M. (1926).
    """
    lengths = np.asarray(durations, dtype=np.float64)
    happened = np.asarray(observed, dtype=bool)
    if lengths.ndim != 1 or lengths.shape != happened.shape:
        raise ValueError("durations and observed must have one dimension and the same length")
    if not lengths.size:
        raise ValueError("there are no units: n must be at least 1")
    if not np.isfinite(lengths).all() or (lengths < 0).any():
        raise ValueError("durations must be finite and at least 0")
    times, events = np.unique(lengths[happened], return_counts=True)
    at_risk = lengths.size - np.searchsorted(np.sort(lengths), times, side="left")
    survivors = at_risk - events
    curve = np.cumprod(survivors / at_risk, dtype=np.float64)
    # The last step may leave nobody; its term is infinite, and `survival` never reads it (the curve is 0
    # there).
    terms = np.divide(
        events, at_risk * survivors, out=np.full(times.size, np.inf), where=survivors > 0, casting="unsafe"
    )
    return KaplanMeier(
        times=times,
        at_risk=at_risk.astype(np.int64),
        events=events.astype(np.int64),
        curve=curve,
        hazard_variance=np.cumsum(terms),
        n=int(lengths.size),
        censored=int(lengths.size - happened.sum()),
    )


def incidence_at(
    *, t: float, waited: NDArray[np.int64], censored: NDArray[np.int64], confidence: float = 0.95
) -> Estimate:
    """`kaplan_meier(…).incidence(t)` of durations that are sorted already, without the curve.

    `waited` are the durations after which it happened, `censored` those of units last seen without it; both
    ascending, ≥ 0, in the unit of `t`. Between two units that go out of sight nothing but events happens, and both
    the product of (r − d)/r and the sum of d/(r(r − d)) = 1/(r − d) − 1/r fall together to their first and last
    terms. So the work grows with the number of censored units, not with that of events. ValueError for n = 0 or t < 0.
    """
    if not t >= 0:
        raise ValueError(f"t must be at least 0, not {t!r}")
    n = len(waited) + len(censored)
    if not n:
        raise ValueError("there are no units: n must be at least 1")
    happened = int(np.searchsorted(waited, t, side="right"))
    leaving = censored[: int(np.searchsorted(censored, t, side="left"))]
    # Who is last seen at the very time of an event was still at risk then.
    before = np.searchsorted(waited[:happened], leaving, side="right")
    begins, ends = np.append(0, before), np.append(before, happened)
    some = np.flatnonzero(ends > begins)
    gone = np.arange(len(leaving) + 1)[some]
    at_risk, left = n - begins[some] - gone, n - ends[some] - gone
    value = float(np.prod(left / at_risk))
    error = value * math.sqrt(float(np.sum(1 / left - 1 / at_risk))) if value > 0 else 0.0
    half = z_of(confidence) * error
    return Estimate(
        value=1 - value,
        low=1 - min(1.0, value + half),
        high=1 - max(0.0, value - half),
        n=n,
        method="Kaplan–Meier, Greenwood",
        standard_error=error,
    )
