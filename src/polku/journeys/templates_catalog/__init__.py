"""Ready-made journeys: one JSON file each, with its texts in every language of the product."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_ORDER = ("four-phases", "nine-stages")


@dataclass(frozen=True)
class JourneyTemplate:
    """`key` names it in commands; `content` is the file."""

    key: str
    content: dict[str, Any]

    def name(self, language: str) -> str:
        return str(self.content["name"][language])

    def description(self, language: str) -> str:
        return str(self.content["description"][language])

    def stages(self, language: str) -> list[dict[str, Any]]:
        """Stages as a journey document has them, with the texts of one language."""
        return [
            {
                "name": stage["name"][language],
                "touchpoints": [
                    {**touchpoint, "name": touchpoint["name"][language]}
                    for touchpoint in stage["touchpoints"]
                ],
            }
            for stage in self.content["stages"]
        ]


@functools.cache
def journey_templates() -> tuple[JourneyTemplate, ...]:
    """All templates, the simplest first."""
    folder = Path(__file__).parent
    return tuple(
        JourneyTemplate(key, json.loads((folder / f"{key}.json").read_text(encoding="utf-8")))
        for key in _ORDER
    )


def find_template(key: str) -> JourneyTemplate:
    """Raises ValidationError that names the nearest."""
    for template in journey_templates():
        if template.key == key:
            return template
    keys = [template.key for template in journey_templates()]
    near = get_close_matches(key, keys, n=1, cutoff=0.4)
    if near:
        raise ValidationError(
            _("There is no template “%(key)s”; did you mean “%(near)s”?") % {"key": key, "near": near[0]}
        )
    raise ValidationError(
        _("There is no template “%(key)s”; there are %(known)s.") % {"key": key, "known": ", ".join(keys)}
    )
