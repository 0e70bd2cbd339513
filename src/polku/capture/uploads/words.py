"""What was recognised, in plain words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from polku.capture.imports.mapping import ColumnMapping, Inspection, RecognisedColumn
from polku.capture.imports.questions import parse_question
from polku.capture.imports.recognition.asking import delimiter_name
from polku.capture.uploads.fields import COLUMNS, KINDS
from polku.site.formats import number

MEANINGS: dict[str, Any] = {
    "time": gettext_lazy("Day and time"),
    "day": gettext_lazy("Day"),
    "number": gettext_lazy("Number"),
    "money": gettext_lazy("Sum of money"),
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Phone number"),
    "order": gettext_lazy("Order number"),
    "person": gettext_lazy("Customer’s id"),
    "loyalty": gettext_lazy("Loyalty number"),
    "url": gettext_lazy("Page address"),
    "choice": gettext_lazy("One of a few choices"),
    "text": gettext_lazy("Text"),
    "empty": gettext_lazy("Empty"),
}
DELIMITERS = (";", ",", "\t", "|")
ENCODINGS: dict[str, Any] = {
    "utf-8": gettext_lazy("UTF-8 (usual)"),
    "windows-1252": gettext_lazy("Windows-1252 (older Windows)"),
    "utf-16": gettext_lazy("UTF-16"),
}


def form_of(column: RecognisedColumn) -> str:
    """How the column's cells are written, by an example of its own: `1.3.2024 klo 9.05`."""
    if column.meaning in ("time", "day") and column.samples:
        return _("written like %s") % column.samples[0]
    if column.decimal == "comma":
        return _("decimal comma")
    if column.decimal == "point":
        return _("decimal point")
    return ""


def facts_of(inspection: Inspection, timezone: str) -> list[tuple[str, str]]:
    """How the part was read: (what, how), in the order in which people would look."""
    reading = inspection.reading
    facts: list[tuple[str, str]] = []
    if reading.header_line is not None:
        facts.append((_("header"), _("row %s") % reading.header_line))
    if reading.last_line is not None:
        facts.append((_("last row"), str(reading.last_line)))
    if reading.delimiter:
        facts.append((_("between the columns"), delimiter_name(reading.delimiter)))
    if reading.encoding:
        facts.append((_("letters"), str(ENCODINGS.get(reading.encoding, reading.encoding))))
    facts.append((_("time zone"), timezone))
    if inspection.newest_first:
        facts.append((_("order of rows"), _("newest first")))
    return facts


def size_words(size: int) -> str:
    """`31 kt`, `1,2 Mt`; in English `31 kB`, `1.2 MB`."""
    language = (get_language() or "fi")[:2]
    if size < 1_000_000:
        return _("%s kB") % number(max(1, round(size / 1000)), language)
    return _("%s MB") % number(size / 1e6, language, 1 if size < 100_000_000 else 0)


def uses_of(column: str, mappings: list[ColumnMapping]) -> list[str]:
    """What a column becomes: `Tilaukset, Asiakkaiden tiedot: Asiakas`, or `Summa` where all imports are of one kind.

    A role that several imports share is said once.
    """
    kinds_of: dict[str, list[str]] = {}
    is_one = len({mapping.kind for mapping in mappings}) == 1
    for mapping in mappings:
        options = mapping.options
        names = dict(COLUMNS[mapping.kind])
        roles = [str(names[role]) for role in names if role != "id" and getattr(options, role) == column]
        if mapping.kind == "orders" and column in options.id:
            roles.append(str(names["id"]))
        elif column in options.id:
            roles.append(_("names the row"))
        if column in options.aliases:
            roles.append(_("another id of the customer"))
        if column in options.properties:
            roles.append(_("additional detail"))
        if any(parse_question(text).column == column for text in options.questions):
            roles.append(_("question"))
        roles += [_("time of “%s”") % event for event in _wide_events(column, options.wide)]
        for role in roles:
            kinds_of.setdefault(role, []).append(str(KINDS[mapping.kind]))
    if is_one:
        return list(kinds_of)
    return [f"{', '.join(dict.fromkeys(kinds))}: {role}" for role, kinds in kinds_of.items()]


def _wide_events(column: str, wide: tuple[str, ...]) -> list[str]:
    return [text[len(column) + 1 :] for text in wide if text.startswith(f"{column}=")]


def part_name(inspection: Inspection) -> str:
    """What the part is called within its file; empty where the file is its only part."""
    reading = inspection.reading
    return " · ".join(name for name in (reading.part, reading.sheet) if name)


def preset_names() -> dict[str, str]:
    """Key → name of the tools whose exports are known."""
    from polku.capture.imports.presets import presets

    return {preset.key: preset.name for preset in presets()}
