"""What a preset is: how an export of one tool looks, and which imports it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from polku.capture.imports.mapping import ColumnMapping, Reading
from polku.capture.imports.options import ImportKind, ImportOptions
from polku.capture.imports.presets.table import Table

if TYPE_CHECKING:
    from polku.capture.imports.recognition.scales import Measure

Spellings = tuple[str, ...]
"""The names one column may have: of other versions of the tool and of its other languages."""


@dataclass(frozen=True)
class Proposal:
    """One import out of an export. `timezone` is that of times without a zone where the tool says which (UTC, say),
    None where it is the company's own. How days, months and decimals are written is told by the cells, or asked: the
    same tool writes them in as many ways as its users have languages.

    `measure` is how a question was measured, where that is in doubt and must be asked."""

    kind: ImportKind
    options: ImportOptions
    timezone: str | None = None
    measure: Measure | None = None


@dataclass(frozen=True)
class Form:
    """One form of a tool's exports.

    A part has this form when every entry of `signature` is among its columns, in one of its spellings, and `fits`
    agrees. The signature must hold what no other tool's export and no home-made file has together. `propose` gives
    the imports, the weightiest first; a form without proposals is not the tool's after all. `has_two_rows`
    says that the first row of the table is the second of its header.
    """

    signature: tuple[Spellings, ...]
    propose: Callable[[Table], Iterable[Proposal]]
    fits: Callable[[Table], bool] = lambda table: True
    has_two_rows: Callable[[Table], bool] = lambda table: False


@dataclass(frozen=True)
class Preset:
    """A tool whose exports are known. `key` is the folder's name, `name` the tool's own: it is not translated."""

    key: str
    name: str
    forms: tuple[Form, ...]

    def match(self, table: Table) -> Match | None:
        """The form with the longest signature that the table has, with what it proposes; None where it has none."""
        for form in sorted(self.forms, key=lambda form: -len(form.signature)):
            if not all(table.column(*spellings) for spellings in form.signature) or not form.fits(table):
                continue
            if is_two := form.has_two_rows(table):
                table = Table(table.header, table.rows[1:], parts=table.rows[0])
            proposals = tuple(form.propose(table))
            if proposals:
                return Match(self, proposals, len(form.signature), table.columns, 2 if is_two else 1)
        return None


@dataclass(frozen=True)
class Match:
    """A part that has the form of a tool's export. `weight` is the number of columns that told so, `columns` are
    the names that imports know all its columns by, `header_rows` is how many rows the header has."""

    preset: Preset
    proposals: tuple[Proposal, ...]
    weight: int
    columns: tuple[str, ...]
    header_rows: int = 1

    def mappings(self, reading: Reading, timezone: str) -> tuple[ColumnMapping, ...]:
        """The imports as they can be staged. `timezone` is the company's own."""
        return tuple(
            ColumnMapping(
                kind=proposal.kind,
                options=proposal.options,
                timezone=proposal.timezone or timezone,
                reading=replace(reading, header_rows=self.header_rows),
                preset=self.preset.key,
            )
            for proposal in self.proposals
        )
