"""Scores of single questions: NPS, likelihood to recommend, CSAT, CES and smileys. They are never pooled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from polku.statistics.checks import on_scale, two_sided_p, whole, z_of
from polku.statistics.estimate import Estimate
from polku.statistics.proportions import wilson
from polku.statistics.resampling import bootstrap_blocks, bootstrap_mean

Counts = Mapping[int, int] | Mapping[float, int]
"""Answer → number of answers."""

CSAT_TOP_BOX = {5: 4, 7: 6}
"""The lowest satisfied answer of each scale that CSAT is defined on (1–5: 4 and 5; 1–7: 6 and 7)."""

CES_EASY = 5
"""The lowest agreeing answer of CES 2.0 (1–7: 5, 6 and 7)."""

SMILEY_POINTS = {1: 0.0, 2: 100 / 3, 3: 200 / 3, 4: 100.0}
"""What each face is worth; 4 is the happiest."""


def nps(*, promoters: int, passives: int, detractors: int, confidence: float = 0.95) -> Estimate:
    """The Net Promoter Score, 100·(P − D)/n in −100…100, with the adjusted Wald interval.

    Counts of the answers 9–10, 7–8 and 0–6 on the scale 0–10; other scales are `recommend`. The interval adds
    ¾ to P and D and 3 to n and is clamped to ±100; the value stays the plain score. `standard_error` is
    the unadjusted 100·√((p + d − (p − d)²)/n). ValueError for negative counts or n = 0.

    Source: Rocks, B. (2016), "Interval estimation for the Net Promoter Score", The American Statistician 70,
    365–372.
    """
    promoters, passives, detractors = (
        whole("promoters", promoters),
        whole("passives", passives),
        whole("detractors", detractors),
    )
    n = promoters + passives + detractors
    if n == 0:
        raise ValueError("there are no answers: n must be at least 1")
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    half = z_of(confidence) * math.sqrt((p + d - (p - d) ** 2) / (n + 3))
    score = (promoters - detractors) / n
    plain_variance = max(0.0, (promoters + detractors) / n - score**2)
    return Estimate(
        value=100 * score,
        low=max(-100.0, 100 * (p - d - half)),
        high=min(100.0, 100 * (p - d + half)),
        n=n,
        method="adjusted Wald",
        standard_error=100 * math.sqrt(plain_variance / n),
    )


def nps_sample_size(
    *, promoters: float, detractors: float, half_width: float, confidence: float = 0.95
) -> int:
    """How many answers give an NPS within ± `half_width` points, if the shares turn out as expected.

    `promoters` and `detractors` are shares (0–1, together at most 1), `half_width` is in points of NPS (above
    0). Uses the unadjusted standard error. ValueError for shares or a width outside those bounds.
    """
    if not (promoters >= 0 and detractors >= 0 and promoters + detractors <= 1):
        raise ValueError(
            "the shares of promoters and detractors must lie between 0 and 1, and so must their sum"
        )
    if not half_width > 0:
        raise ValueError(f"half_width must be above 0, not {half_width!r}")
    variance = promoters + detractors - (promoters - detractors) ** 2
    return max(1, math.ceil(variance * (100 * z_of(confidence) / half_width) ** 2))


def recommend(*, counts: Counts, scale: tuple[int, int] = (0, 10), confidence: float = 0.95) -> Estimate:
    """Likelihood to recommend on any scale: the mean, in points of that scale, with a bootstrap interval.

    `counts` maps answer → number; `scale` is (lowest, highest). A percentile bootstrap rather than a normal
    interval, because answers pile up at the top of the scale. ValueError for answers off the scale or n = 0.
    """
    low, high = whole("the scale's lowest answer", scale[0]), whole("the scale's highest answer", scale[1])
    if low >= high:
        raise ValueError(f"the scale must go from low to high, not {low}–{high}")
    return bootstrap_mean(counts=on_scale(counts, low, high), confidence=confidence)


def csat(*, counts: Counts, scale: int = 5, confidence: float = 0.95) -> Estimate:
    """Customer satisfaction: the share (0–1) of satisfied answers with Wilson's interval; `.mean` too.

    `counts` maps answer → number; `scale` is 5 (satisfied: 4–5) or 7 (satisfied: 6–7). ValueError for another
    scale, answers off it, or n = 0.
    """
    if scale not in CSAT_TOP_BOX:
        raise ValueError(f"CSAT is defined on the scales 1–5 and 1–7, not 1–{scale}")
    return _share_from(on_scale(counts, 1, scale), CSAT_TOP_BOX[scale], confidence)


def ces(*, counts: Counts, confidence: float = 0.95) -> Estimate:
    """Customer Effort Score 2.0: the share (0–1) that agrees it was easy, with Wilson's interval.

    `counts` maps answer (1–7, of which 5–7 agree) → number; `.mean` is the plain mean. Never
    for CES 1.0 (1–5, where low is good). ValueError for answers off the scale or n = 0.

    Source: CEB (2013), Customer Effort Score 2.0.
    """
    return _share_from(on_scale(counts, 1, 7), CES_EASY, confidence)


def smiley(*, counts: Counts, blocks: Sequence[Counts] | None = None, confidence: float = 0.95) -> Estimate:
    """The mean of four faces as 100, 66.67, 33.33 and 0 (4 is the happiest), with a bootstrap interval.

    `counts` maps face → number. Presses on one device in one hour resemble each other: give `blocks`, the
    counts of each device × hour, and whole blocks are resampled; they must add up to `counts`. ValueError for
    faces off 1–4, n = 0, or blocks that do not add up.
    """
    faces = on_scale(counts, 1, 4)
    mean_face = sum(face * number for face, number in faces.items()) / sum(faces.values())
    if blocks is None:
        points = {SMILEY_POINTS[face]: number for face, number in faces.items()}
        estimate = bootstrap_mean(counts=points, confidence=confidence)
    else:
        kept = [on_scale(block, 1, 4) for block in blocks if sum(block.values())]
        total = {face: sum(block.get(face, 0) for block in kept) for face in SMILEY_POINTS}
        if {face: number for face, number in total.items() if number} != faces:
            raise ValueError("the blocks do not add up to the counts")
        estimate = bootstrap_blocks(
            sums=[sum(SMILEY_POINTS[face] * number for face, number in block.items()) for block in kept],
            sizes=[sum(block.values()) for block in kept],
            confidence=confidence,
        )
    return replace(estimate, mean=mean_face)


def score_difference(*, before: Estimate, after: Estimate, confidence: float = 0.95) -> Estimate:
    """After minus before, of two independent estimates of one score, in its own unit.

    Δ ± z·√(SE₁² + SE₂²), with `.z` and `.p` of the two-sided normal test. Where neither estimate varies (all
    answers alike in both) that interval would have no width, which is untrue of any finite sample: then the
    two intervals are combined by square-and-add (MOVER) and z follows from the bound nearest to 0. ValueError
    where an estimate carries no standard error.

    Source of MOVER: Zou, G. Y. & Donner, A. (2008), Statistics in Medicine 27, 1693–1702.
    """
    if before.standard_error is None or after.standard_error is None:
        raise ValueError("both estimates must carry a standard error")
    quantile = z_of(confidence)
    difference = after.value - before.value
    error = math.hypot(before.standard_error, after.standard_error)
    if error > 0:
        low, high = difference - quantile * error, difference + quantile * error
        method = "normal"
    else:
        low = difference - math.hypot(after.value - after.low, before.high - before.value)
        high = difference + math.hypot(after.high - after.value, before.value - before.low)
        error = (difference - low if difference > 0 else high - difference) / quantile
        method = "square and add"
    z = difference / error if error > 0 else 0.0
    return Estimate(
        value=difference,
        low=low,
        high=high,
        n=before.n + after.n,
        method=method,
        standard_error=error,
        z=z,
        p=two_sided_p(z),
    )


def _share_from(counts: dict[int, int], lowest: int, confidence: float) -> Estimate:
    """The share of answers of at least `lowest`, with the mean beside it."""
    n = sum(counts.values())
    top = sum(number for answer, number in counts.items() if answer >= lowest)
    mean = sum(answer * number for answer, number in counts.items()) / n
    return replace(wilson(successes=top, n=n, confidence=confidence), mean=mean)
