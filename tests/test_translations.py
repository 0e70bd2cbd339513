"""Finnish is complete: every string has a translation, none is fuzzy, placeholders agree."""

from __future__ import annotations

import re

import pytest

from polku.site import messages

ROOMS = messages.rooms()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_string_of_the_room_is_translated(room):
    assert messages.untranslated(messages.extract(room), messages.load(room)) == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_translations_keep_the_placeholders(room):
    def holders(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", text))

    wrong = []
    for message in messages.load(room):
        if not message.id:
            continue
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        allowed = set().union(*map(holders, sources))
        # A singular may say "one" in words; nothing else may drop or invent a placeholder.
        wrong += [text for text in texts if not holders(text) <= allowed]
        if len(texts) == 1 and holders(texts[0]) != allowed:
            wrong.append(texts[0])
    assert wrong == []


def test_the_extraction_finds_strings_in_python_and_in_templates():
    found = messages.extract(messages.PACKAGE / "accounts")
    assert found.get("owner", context="role") is not None
    assert sum(len(messages.extract(room)) for room in ROOMS) > 200


def test_an_untranslated_string_is_noticed():
    from babel.messages.catalog import Catalog

    found, known = Catalog(locale="fi"), Catalog(locale="fi")
    for catalogue in (found, known):
        catalogue.add("Save")
        catalogue.add("Delete")
    known.get("Save").string = "Tallenna"
    assert messages.untranslated(found, known) == ["Delete"]


def test_a_string_has_one_translation_in_all_rooms():
    """Django merges the rooms' catalogues, so of two translations of one string only one would ever be shown."""
    found: dict[tuple[str | None, str], dict[str, str]] = {}
    for room in ROOMS:
        for message in messages.load(room):
            if message.id:
                found.setdefault((message.context, str(message.id)), {})[str(message.string)] = room.name
    assert {key: texts for key, texts in found.items() if len(texts) > 1} == {}
