"""Collects the strings to translate, room by room, into src/polku/ROOM/locale/fi/LC_MESSAGES/django.po.

`make messages` runs this; the test of translations uses the same extraction. Needs Babel, a development tool,
and not GNU gettext, so that it works the same on every machine.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

PACKAGE = Path(__file__).resolve().parent.parent
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_DATED = (b'"POT-Creation', b'"PO-Revision', b'"Report-Msgid', b'"Generated-By')


def rooms(package: Path = PACKAGE) -> list[Path]:
    return sorted(path for path in package.iterdir() if (path / "__init__.py").exists())


def extract(room: Path) -> Catalog:
    """Every string of the room's Python files and templates, as a catalogue without translations."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract as read

    catalogue = Catalog(locale="fi", project="Polku", charset="utf-8", fuzzy=False)
    for path in sorted(
        [*room.rglob("*.py"), *room.rglob("templates/**/*.html"), *room.rglob("templates/**/*.txt")]
    ):
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # Read as Python, where the indentation of a template would be an error.
            source = "\n".join(line.lstrip() for line in templatize(source).splitlines())
        for _line, message, _comments, context in read(
            "python", io.BytesIO(source.encode("utf-8")), keywords=_KEYWORDS, options={"encoding": "utf-8"}
        ):
            if message and (not isinstance(message, tuple) or message[0]):
                flags = ["python-format"] if "%" in str(message) and "%(" in str(message) else []
                catalogue.add(message, context=context, flags=flags)
    return catalogue


def path_of(room: Path, language: str = "fi") -> Path:
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def load(room: Path) -> Catalog:
    """The room's catalogue with its translations, or an empty one."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    path = path_of(room)
    if not path.exists():
        return Catalog(locale="fi", project="Polku", charset="utf-8", fuzzy=False)
    with path.open("rb") as handle:
        return read_po(handle, locale="fi")


def update(room: Path) -> tuple[int, int]:
    """Bring the room's file up to date with its sources; returns (strings, those not yet translated)."""
    from babel.messages.pofile import write_po

    found, catalogue = extract(room), load(room)
    if not len(found):
        return 0, 0
    catalogue.update(found, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    catalogue.header_comment = (
        "# Finnish translations of Polku. Vocabulary: the same word for the same thing on every page."
    )
    catalogue.copyright_holder = catalogue.last_translator = catalogue.language_team = "Polku"
    path = path_of(room)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=0, no_location=True, omit_header=False, sort_output=True)
    # The date would make two branches differ for no reason.
    lines = [line for line in buffer.getvalue().splitlines(True) if not line.startswith(_DATED)]
    path.write_bytes(b"".join(lines))
    return len(catalogue), len(untranslated(found, catalogue))


def untranslated(found: Catalog, catalogue: Catalog) -> list[str]:
    """The strings of `found` that `catalogue` lacks, has empty, or marks as fuzzy."""
    missing = []
    for message in found:
        if not message.id:
            continue
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        known = catalogue.get(key, message.context)
        texts = () if known is None else known.string if isinstance(known.string, tuple) else (known.string,)
        if known is None or known.fuzzy or not texts or not all(texts):
            missing.append(str(key))
    return missing


if __name__ == "__main__":
    for room in rooms():
        strings, missing = update(room)
        if strings:
            print(f"{room.name}: {strings} strings, {missing} to translate")
