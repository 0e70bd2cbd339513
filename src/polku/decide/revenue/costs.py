"""What new customers cost, as it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from polku.decide.revenue.acquisition import Acquisition, SourceCost
from polku.decide.revenue.page import Cell
from polku.decide.revenue.words import SMALL
from polku.site.formats import Reader
from polku.statistics import Estimate


@dataclass(frozen=True)
class CostRow:
    """`verdict` sets the cost of a customer beside the margin of their first order."""

    name: str
    cells: Sequence[Cell]
    verdict: str
    tone: str


@dataclass(frozen=True)
class Costs:
    """`rows` of sources with spend, `free` of those without; `unmatched` are names of spend that no visit told."""

    has_spend: bool
    total: CostRow
    rows: Sequence[CostRow]
    free: Sequence[CostRow]
    unmatched: str
    has_margin: bool


def build_costs(found: Acquisition, reader: Reader) -> Costs:
    """What the page shows of `found`."""
    has_margin = any(row.first_margin is not None for row in found.rows)
    return Costs(
        has_spend=found.has_spend,
        total=_row(found.total, _("All sources with spend"), reader, has_margin),
        rows=[_row(row, _name(row), reader, has_margin) for row in found.rows if row.spend],
        free=[_row(row, _name(row), reader, has_margin) for row in found.rows if not row.spend],
        unmatched=", ".join(found.unmatched),
        has_margin=has_margin,
    )


def _name(row: SourceCost) -> str:
    return row.source if row.source is not None else _("not known where from")


def _row(row: SourceCost, name: str, reader: Reader, has_margin: bool) -> CostRow:
    verdict, tone = _verdict(row)
    return CostRow(
        name,
        [
            Cell("–" if row.spend is None else reader.money(row.spend)),
            Cell(reader.number(row.visitors)),
            _money(row.per_visitor, reader),
            Cell(reader.number(row.customers)),
            _money(row.per_customer, reader),
            *([_money(row.first_margin, reader)] if has_margin else []),
        ],
        verdict,
        tone,
    )


def _money(estimate: Estimate | None, reader: Reader) -> Cell:
    if estimate is None:
        return Cell("–")
    mark = "" if estimate.low == estimate.high else _cents((estimate.low, estimate.high), reader)
    return Cell(reader.price(estimate.value), mark, is_small=estimate.n < SMALL)


def _cents(ends: tuple[float, float], reader: Reader) -> str:
    """A visitor costs cents, so whole euros would say nothing."""
    if ends[1] >= 100:
        return reader.money_interval(ends)
    return reader.interval(ends, 2)


def _verdict(row: SourceCost) -> tuple[str, str]:
    if row.per_customer is None or row.first_margin is None:
        return "", ""
    if row.pays_back is None:
        return _("no clear difference from the first order’s margin"), ""
    if row.pays_back:
        return _("the first order’s margin covers the cost"), "good"
    return _("costs more than the first order’s margin"), "bad"
