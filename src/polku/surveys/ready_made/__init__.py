"""Ready-made surveys: one JSON file each, complete in every language that surveys can be asked in."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import msgspec
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from polku.surveys.definition.questions import Definition, Text, from_data
from polku.surveys.definition.wordings import in_language

_ORDER = (
    "nps",
    "after-purchase",
    "after-contact",
    "after-delivery",
    "after-return",
    "abandonment",
    "ces",
    "smiley",
    "expectation-gap",
    "top-of-mind",
    "value",
    "employee-pulse",
    "front-line-note",
)


@dataclass(frozen=True)
class ReadyMade:
    """`key` names it in commands. `is_anonymous` is what is advised, not what is forced."""

    key: str
    names: Text
    descriptions: Text
    definition: Definition
    is_anonymous: bool

    def name(self, language: str) -> str:
        return in_language(self.names, language)

    def description(self, language: str) -> str:
        return in_language(self.descriptions, language)

    def definition_for(self, language: str) -> Definition:
        """The survey, asked first of all in `language` where it has that."""
        languages = sorted(self.definition.languages, key=lambda code: code != language)
        return msgspec.structs.replace(self.definition, languages=tuple(languages))


@functools.cache
def ready_made_surveys() -> tuple[ReadyMade, ...]:
    """All of them, the most asked first."""
    return tuple(_read(key) for key in _ORDER)


def find_ready_made(key: str) -> ReadyMade:
    """Raises ValidationError that names the nearest."""
    for survey in ready_made_surveys():
        if survey.key == key:
            return survey
    near = get_close_matches(key, _ORDER, n=1, cutoff=0.4)
    if near:
        raise ValidationError(
            _("There is no template “%(key)s”; did you mean “%(near)s”?") % {"key": key, "near": near[0]}
        )
    raise ValidationError(
        _("There is no template “%(key)s”; there are %(known)s.") % {"key": key, "known": ", ".join(_ORDER)}
    )


def _read(key: str) -> ReadyMade:
    data = json.loads((Path(__file__).parent / f"{key}.json").read_text(encoding="utf-8"))
    return ReadyMade(
        key=key,
        names=data["name"],
        descriptions=data["description"],
        definition=from_data(data["definition"]),
        is_anonymous=data.get("anonymous", False),
    )
