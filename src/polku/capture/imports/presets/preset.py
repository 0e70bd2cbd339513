"""What a preset is: how an export of one tool looks, and which imports it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from polku.capture.imports.mapping import ColumnMapping, Decimal, Reading
from polku.capture.imports.options import ImportKind, ImportOptions
from polku.capture.imports.presets.table import Table

Spellings = tuple[str, ...]
"""The names one column may have: of other versions of the tool and of its other languages."""


@dataclass(frozen=True)
class Proposal:
    """One import out of an export. `timezone` is that of times without a zone where the tool says which (UTC, say),
    None where it is the company's own; `month_first` and `decimal` hold what the tool's documentation settles."""

    kind: ImportKind
    options: ImportOptions
    timezone: str | None = None
    month_first: dict[str, bool] = field(default_factory=dict)
    decimal: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """One form of a tool's exports.

    A part has this form when every entry of `signature` is among its columns, in one of its spellings, and `fits`
    agrees. The signature must hold what no other tool's export and no home-made file has together. `propose` gives
    the imports, the weightiest first; a form without proposals is not the tool's after all.
    """

    signature: tuple[Spellings, ...]
    propose: Callable[[Table], Iterable[Proposal]]
    fits: Callable[[Table], bool] = lambda table: True


@dataclass(frozen=True)
class Preset:
    """A tool whose exports are known. `key` is the folder's name, `name` the tool's own: it is not translated."""

    key: str
    name: str
    forms: tuple[Form, ...]

    def match(self, table: Table) -> Match | None:
        """The form with the longest signature that the table has, with what it proposes; None where it has none."""
        for form in sorted(self.forms, key=lambda form: -len(form.signature)):
            if all(table.column(*spellings) for spellings in form.signature) and form.fits(table):
                proposals = tuple(form.propose(table))
                if proposals:
                    return Match(self, proposals, len(form.signature))
        return None


@dataclass(frozen=True)
class Match:
    """A part that has the form of a tool's export. `weight` is the number of columns that told so."""

    preset: Preset
    proposals: tuple[Proposal, ...]
    weight: int

    def mappings(self, reading: Reading, timezone: str) -> tuple[ColumnMapping, ...]:
        """The imports as they can be staged. `timezone` is the company's own."""
        return tuple(
            ColumnMapping(
                kind=proposal.kind,
                options=proposal.options,
                timezone=proposal.timezone or timezone,
                reading=replace(reading),
                month_first=dict(proposal.month_first),
                decimal=dict(proposal.decimal),
                preset=self.preset.key,
            )
            for proposal in self.proposals
        )
