"""What an import is proposed as, and the parts that all kinds of proposals have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from polku.capture.imports.options import ImportKind, ImportOptions
from polku.capture.imports.recognition.roles import Pick, Roles
from polku.capture.imports.recognition.scales import Measure

Proposal = tuple[ImportKind, ImportOptions]


@dataclass
class Proposed:
    """Imports of one kind. `lacking` are roles without which it cannot be; `doubts` roles with several columns that
    would do as well; `scales` the columns of scores whose scale nothing tells, `alike` how many others share the
    scale of each; `lines` whether to ask if rows are order lines, with what to suggest; `unread` columns that are
    called times but cannot be read as such, for want of which there is no import."""

    imports: list[Proposal] = field(default_factory=list)
    lacking: tuple[str, ...] = ()
    doubts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scales: dict[str, Measure] = field(default_factory=dict)
    alike: dict[str, int] = field(default_factory=dict)
    lines: str = ""
    unread: tuple[str, ...] = ()


def unit_of(roles: Roles, person: Pick, order: Pick, instead: tuple[str, ...] = ()) -> str:
    """Whose row it is; where neither person nor order tells, the case itself stands for somebody."""
    if person.column or order.column or "person" in roles.answers:
        return person.column
    return next((pick.column for role in instead if (pick := roles.word(role)).column), "")


def other(column: str, taken: str) -> str:
    """The column, unless it is taken."""
    return column if column != taken else ""


def options_of(
    roles: Roles,
    *,
    used: tuple[str, ...] | list[str] = (),
    row: str = "",
    keeps: bool = True,
    **given: Any,
) -> ImportOptions:
    """Options of what was found ("" is nothing); with channel, address and properties where the import `keeps` them."""
    fields = {name: value for name, value in given.items() if value not in ("", None, ())}
    if roles.nobody and not {"person", "order", "wide"} & fields.keys():
        fields["nobody"] = True
    if not keeps:
        return ImportOptions(**fields)
    for role in ("channel", "url"):
        column = roles.word(role).column
        if column and column not in fields.values():
            fields[role] = column
    if row and "id" not in fields:
        units = [str(fields[role]) for role in ("order", "person") if role in fields]
        if units and _is_unique(roles, (row, units[0])):
            fields["id"] = (row, units[0])
    taken = [*used, *(str(value) for value in fields.values() if isinstance(value, str)), *_flat(fields)]
    return ImportOptions(**fields, properties=roles.properties(taken))


def _flat(fields: Mapping[str, Any]) -> list[str]:
    return [name for role in ("id", "aliases") for name in fields.get(role, ()) if isinstance(name, str)]


def _is_unique(roles: Roles, names: tuple[str, ...]) -> bool:
    columns = [column for name in names if (column := roles.named(name))]
    keys = [
        tuple(cell.strip() for cell in row) for row in zip(*(column.cells for column in columns), strict=True)
    ]
    return all(any(key) for key in keys) and len(set(keys)) == len(keys)


def finish(
    roles: Roles, imports: list[Proposal], unit: str, lacking: tuple[str, ...], address: str
) -> Proposed:
    """With the people whom the same rows name: a number and an address on one row are one person, and what they are
    called is what people look for."""
    missing = (*lacking, *(() if unit or roles.nobody else ("person",)))
    if not missing and imports and imports[0][1].person:
        options = imports[0][1]
        person, aliases = str(options.person), (address,) if address else ()
        used = options.roles().values()
        of_products = options.lines or imports[0][0] == "events"
        is_somebody = person == roles.person()[0].column
        names = roles.names(person, of_products=of_products) if is_somebody else ()
        names = tuple(name for name in names if name not in used)
        if aliases or names:
            people = ImportOptions(person=person, aliases=aliases, properties=names)
            imports = [*imports, ("people", people)]
    doubts = {role: rivals for role, rivals in roles.doubts.items() if role not in roles.answers}
    unread = tuple(roles.unread()) if "time" in lacking and "time" not in doubts else ()
    return Proposed([] if missing else imports, missing, doubts, unread=unread)
