"""What a column of scores measures, and on which scale: told by its name, or asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from polku.capture.imports.options import Metric
from polku.capture.imports.recognition.columns import Column
from polku.capture.imports.recognition.words import plain

_SCALE = re.compile(r"(?<!\d)(0|1|4)\s?(?:-|–|—|\.\.\.?|…|/)\s?(4|5|6|7|10|100)(?!\d)")
_ENDS = re.compile(r"(?<!\d)(0|1|4)\s?=\D.*?(?<!\d)(4|5|6|7|10|100)\s?=")
"""`1 = not at all, 5 = very`"""
_NAMED_NPS = re.compile(r"(?:.* )?nps(?: .*)?|nps.*|net promoter.*")
_RECOMMENDS = re.compile(r".*(?:suosittel|recommend|todennakoi).*")
_EFFORT = re.compile(r"(?:.* )?ces(?: .*)?|.*(?:helppo|vaivat|effort|easy|easi).*")
_FACES = re.compile(r".*(?:hymio|hymynaama|smiley|naama|face).*")
_USUAL = ((1, 4), (0, 5), (1, 5), (1, 7), (0, 10), (1, 10), (4, 10), (0, 100))


@dataclass(frozen=True)
class Measure:
    """`sure` where the name told the scale; else `choices` are what the cells allow, the likeliest first."""

    metric: Metric
    low: int
    high: int
    sure: bool
    choices: tuple[tuple[Metric, int, int], ...]


def measure_of(column: Column, *, named: bool = False) -> Measure | None:
    """The measure of a column of numbers; None where no scale holds its cells, or where they are but yes and no,
    unless somebody `named` the column as scores."""
    amounts = column.amounts
    if amounts is None:
        return None
    name = plain(column.name)
    fitting = [(low, high) for low, high in _USUAL if low <= amounts.low and amounts.high <= high]
    if not fitting or (not named and amounts.low == 0 and amounts.high <= 1):
        return None
    told = _SCALE.search(column.name[:1000]) or _ENDS.search(column.name[:1000])
    scale = (int(told[1]), int(told[2])) if told else None
    if scale and scale not in fitting:
        scale = None if not (scale[0] <= amounts.low and amounts.high <= scale[1]) else scale
    if _NAMED_NPS.fullmatch(name) and (0, 10) in fitting and scale in (None, (0, 10)):
        return Measure("nps", 0, 10, True, ())
    choices = tuple((_metric(name, low, high), low, high) for low, high in _ordered(fitting, name))
    if scale:
        return Measure(_metric(name, *scale), *scale, True, ())
    metric, low, high = choices[0]
    return Measure(metric, low, high, False, choices)


def parse(text: str) -> tuple[Metric, int, int] | None:
    """`csat 1-5` → (csat, 1, 5); None where it is no such text."""
    match = re.fullmatch(r"(nps|csat|ces|smiley|recommend) (\d{1,3})-(\d{1,3})", text)
    if match is None or int(match[2]) >= int(match[3]):
        return None
    return match[1], int(match[2]), int(match[3])  # type: ignore[return-value]


def _ordered(fitting: list[tuple[int, int]], name: str) -> list[tuple[int, int]]:
    likely: dict[tuple[int, int], int] = {(1, 5): 1}
    if _RECOMMENDS.fullmatch(name):
        likely = {(0, 10): 2, (1, 5): 1}
    elif _FACES.fullmatch(name):
        likely = {(1, 4): 2, (1, 5): 1}
    elif _EFFORT.fullmatch(name):
        likely = {(1, 7): 2, (1, 5): 1}
    elif "kouluarvosana" in name:
        likely = {(4, 10): 2}
    return sorted(fitting, key=lambda scale: (-likely.get(scale, 0), scale[1] - scale[0]))


def _metric(name: str, low: int, high: int) -> Metric:
    if _RECOMMENDS.fullmatch(name):
        return "nps" if (low, high) == (0, 10) else "recommend"
    if _EFFORT.fullmatch(name) and (low, high) == (1, 7):
        return "ces"
    if _FACES.fullmatch(name) and (low, high) == (1, 4):
        return "smiley"
    return "csat"
