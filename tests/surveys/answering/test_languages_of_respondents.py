"""Respondents read Finnish, Swedish or English, whole."""

from __future__ import annotations

import shutil

from babel.messages.pofile import read_po

from polku.site import messages

ROOM = messages.PACKAGE / "surveys"


def test_whatever_respondents_read_is_there_in_swedish(tmp_path):
    sources = [
        *(path for path in (ROOM / "answering").glob("*.py") if path.name != "registrations.py"),
        ROOM / "definition" / "reading.py",
        *(ROOM / "templates" / "surveys").glob("answer*.html"),
    ]
    for source in sources:
        target = tmp_path / "room" / source.relative_to(ROOM)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    found = messages.extract(tmp_path / "room")
    assert len(found) > 40
    with messages.path_of(ROOM, "sv").open("rb") as handle:
        swedish = read_po(handle, locale="sv")
    assert messages.untranslated(found, swedish) == []
