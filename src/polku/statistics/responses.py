"""How many of those who were asked answered, by the names of AAPOR's Standard Definitions."""

from __future__ import annotations

from dataclasses import dataclass

from polku.statistics.checks import whole
from polku.statistics.estimate import Estimate
from polku.statistics.proportions import wilson

DISPOSITIONS = {
    "I": "complete",
    "P": "partial",
    "R": "refusal",
    "NC": "non_contact",
    "O": "other",
    "UH": "unknown_household",
    "UO": "unknown_other",
}
"""AAPOR's letters and the words that may be written in their place."""


@dataclass(frozen=True, kw_only=True)
class ResponseRate:
    """Response rates of an invited sample, shares 0–1 with Wilson's interval; `n` is everybody who was asked.

    `rr1` counts complete answers only, `rr2` partial ones too. Both have everybody in the denominator, those of whom
    nothing is known included: they are the lowest rates that AAPOR defines.
    """

    rr1: Estimate
    rr2: Estimate

    @property
    def n(self) -> int:
        return self.rr1.n


def response_rate(*, confidence: float = 0.95, **dispositions: int) -> ResponseRate:
    """RR1 = I / ((I + P) + (R + NC + O) + (UH + UO)), and RR2 with I + P on top.

    `dispositions` are numbers of sampled people by AAPOR's letters or the words in `DISPOSITIONS`; what is left out is
    0: complete and partial interviews, refusals, non-contacts, others who were eligible, and those of whom it is not
    known whether they are (household, other). For invited samples only: an open link has no sample.

    ValueError for an unknown name, one given twice, a number that is negative or not whole, and where nobody was
    asked.

    Source: AAPOR (2023), Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys.
    """
    letters = {word: letter for letter, word in DISPOSITIONS.items()}
    counts = dict.fromkeys(DISPOSITIONS, 0)
    given: set[str] = set()
    for name, number in dispositions.items():
        letter = letters.get(name, name)
        if letter not in counts:
            known = ", ".join(f"{letter} or {word}" for letter, word in DISPOSITIONS.items())
            raise ValueError(f"there is no disposition {name!r}; known are {known}")
        if letter in given:
            raise ValueError(f"{letter} ({DISPOSITIONS[letter]}) is given twice")
        given.add(letter)
        counts[letter] = whole(name, number)
    n = sum(counts.values())
    if n == 0:
        raise ValueError("nobody was asked: at least one disposition must be above 0")
    complete, answered = counts["I"], counts["I"] + counts["P"]
    return ResponseRate(
        rr1=wilson(successes=complete, n=n, confidence=confidence),
        rr2=wilson(successes=answered, n=n, confidence=confidence),
    )


def participation(*, completes: int, displays: int, confidence: float = 0.95) -> Estimate:
    """Completes of displays (0–1) with Wilson's interval: what open links, popups and tablets have in place of a
    response rate. ValueError unless 0 ≤ completes ≤ displays and displays ≥ 1."""
    return wilson(
        successes=whole("completes", completes), n=whole("displays", displays), confidence=confidence
    )


def completion(*, completes: int, starts: int, confidence: float = 0.95) -> Estimate:
    """Completes of those who began (0–1) with Wilson's interval. ValueError unless 0 ≤ completes ≤ starts and
    starts ≥ 1."""
    return wilson(successes=whole("completes", completes), n=whole("starts", starts), confidence=confidence)
