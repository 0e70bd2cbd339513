"""A small picture of a template: its stages as rules, its touchpoints as dots below them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from polku.journeys.templates_catalog import journey_templates

_STAGE_WIDTH, _GAP, _DOT_STEP = 30, 4, 10


@dataclass(frozen=True)
class StagePicture:
    """One stage in the picture's own units: the rule from `x` over `width`, and (x, y, is_backstage) of dots."""

    x: int
    width: int
    dots: list[tuple[int, int, bool]]


@dataclass(frozen=True)
class TemplateCard:
    """A template to choose: texts in one language and its picture."""

    key: str
    name: str
    description: str
    stages: list[str]
    touchpoint_count: int
    picture: list[StagePicture]
    width: int
    height: int
    is_chosen: bool


def template_cards(language: str, *, chosen: str | None = None) -> list[TemplateCard]:
    """A card for every template; `chosen` marks the one whose key it is."""
    cards = []
    for template in journey_templates():
        code = language[:2] if language[:2] in template.content["name"] else "fi"
        stages = template.stages(code)
        picture = [_stage(number, stage) for number, stage in enumerate(stages)]
        cards.append(
            TemplateCard(
                key=template.key,
                name=template.name(code),
                description=template.description(code),
                stages=[stage["name"] for stage in stages],
                touchpoint_count=sum(len(stage["touchpoints"]) for stage in stages),
                picture=picture,
                width=len(stages) * (_STAGE_WIDTH + _GAP) - _GAP,
                height=14 + _DOT_STEP * max(len(stage["touchpoints"]) for stage in stages),
                is_chosen=template.key == chosen,
            )
        )
    return cards


def _stage(number: int, stage: dict[str, Any]) -> StagePicture:
    x = number * (_STAGE_WIDTH + _GAP)
    dots = [
        (x + 5, 14 + row * _DOT_STEP, bool(touchpoint.get("backstage")))
        for row, touchpoint in enumerate(stage["touchpoints"])
    ]
    return StagePicture(x=x, width=_STAGE_WIDTH, dots=dots)
