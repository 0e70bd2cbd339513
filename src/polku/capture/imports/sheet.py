"""A staged file while it is understood: its columns typed, its rows accepted or rejected, what there is to tell."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from polku.capture.imports.moments import INVALID, Moments, read_moments
from polku.capture.imports.numbers import Decimal, Numbers, read_numbers
from polku.capture.imports.reasons import Reason
from polku.capture.imports.zones import clock_for
from polku.site.formats import day

_DAY = 86_400_000_000
_CLOCKS_DIFFER = 86_400
"""Seconds by which a time may lie ahead of this machine's clock and still be called now."""


@dataclass(frozen=True)
class Times:
    """UTC microseconds (INVALID where there is none), and which cells are empty or no time."""

    utc: NDArray[np.int64]
    empty: NDArray[np.bool_]
    bad: NDArray[np.bool_]


@dataclass
class Rejections:
    """Rows that cannot be taken: each with its reason and the column at fault (by name, "" for none)."""

    rows: list[NDArray[np.int64]] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)

    def add(self, mask: NDArray[np.bool_], reason: Reason, column: str = "") -> None:
        rows = np.flatnonzero(mask)
        if rows.size:
            self.rows.append(rows)
            self.reasons.append(reason)
            self.columns.append(column)


class Sheet:
    """`raw` has the columns of RawTable, `names` the file's names of its c0, c1 …; `timezone` is that of local
    times. `month_first` and `decimal` hold what is settled of columns that may not tell it themselves."""

    def __init__(
        self,
        raw: pa.Table,
        names: Sequence[str],
        *,
        timezone: str,
        delimiter: str = ",",
        month_first: Mapping[str, bool] | None = None,
        decimal: Mapping[str, Decimal] | None = None,
    ) -> None:
        self.raw = raw
        self.size = raw.num_rows
        self.timezone = timezone
        self.rejections = Rejections()
        self.warnings: list[str] = []
        self.recognised: dict[str, Any] = {}
        self._names = list(names)
        self._delimiter = delimiter
        self._month_first = month_first or {}
        self._decimal = decimal or {}
        self._moments: dict[str, Moments] = {}
        self._accepted = np.ones(self.size, dtype=np.bool_)

    # ---- rows ------------------------------------------------------------------------------------------------

    @property
    def accepted(self) -> NDArray[np.bool_]:
        """Rows not rejected so far."""
        return self._accepted

    def reject(self, mask: NDArray[np.bool_], reason: Reason, column: str = "") -> None:
        """Reject these rows where they are not rejected yet."""
        mask = mask & self._accepted
        self.rejections.add(mask, reason, column)
        self._accepted &= ~mask

    def leave_out(self, mask: NDArray[np.bool_]) -> None:
        """Take these rows no further where they are not rejected yet, but not as a fault; they are counted."""
        mask = mask & self._accepted
        left_out = int(np.count_nonzero(mask))
        if left_out:
            self.recognised["left_out"] = self.recognised.get("left_out", 0) + left_out
        self._accepted &= ~mask

    # ---- columns ---------------------------------------------------------------------------------------------

    def text(self, column: str) -> pa.ChunkedArray:
        return self.raw.column(self._names.index(column))

    @property
    def names(self) -> list[str]:
        """What the raw columns c0, c1 … are called."""
        return self._names

    def empty(self, column: str | None) -> NDArray[np.bool_]:
        """Which cells hold nothing; all where no column is given."""
        if column is None:
            return np.ones(self.size, dtype=np.bool_)
        return np.asarray(pc.is_null(self.text(column)).to_numpy(), dtype=np.bool_)

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Numbers, NaN where empty; rows that hold something else are rejected."""
        numbers, invalid = self.numbers_of_cells(column)
        self.reject(invalid, Reason.BAD_NUMBER, column)
        return numbers

    def numbers_of_cells(self, column: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """(numbers, NaN where there is none; which cells hold something else)."""
        mark = f"n{self._names.index(column)}"
        numbers: Numbers = read_numbers(
            self.text(column),
            delimiter=self._delimiter,
            decimal=self._decimal.get(column),
            typed=self.raw.column(mark) if mark in self.raw.column_names else None,
        )
        if numbers.decimal:
            self.recognised.setdefault("decimal", {})[column] = numbers.decimal
        if numbers.guessed:
            self.warnings.append(
                _("In column “%(column)s” the comma was taken as a decimal comma; nothing in the file tells.")
                % {"column": column}
                if numbers.decimal == "comma"
                else _(
                    "In column “%(column)s” the comma was taken as a separator of thousands; nothing tells."
                )
                % {"column": column}
            )
        return numbers.value, numbers.invalid

    def prepare_moments(self, columns: Sequence[str]) -> None:
        """Read these columns of dates together: one that tells the order of day and month tells it for all whose
        order is not settled."""
        read = {
            column: read_moments(self.text(column), month_first=self._month_first.get(column))
            for column in dict.fromkeys(columns)
        }
        told = {moments.month_first for moments in read.values() if moments.ambiguity == "told"}
        for column, moments in read.items():
            if moments.ambiguity == "assumed" and len(told) == 1:
                moments = read_moments(self.text(column), month_first=next(iter(told)))
            self._moments[column] = moments
            if moments.form:
                self.recognised.setdefault("dates", {})[column] = moments.form
            if moments.ambiguity in ("assumed", "contradicted"):
                self.warnings.append(_order_warning(column, moments))

    def times(self, column: str) -> Times:
        """Points in time of a prepared column. Times of the local clock become UTC; what the clock skipped or
        repeated is counted in the warnings."""
        moments = self._moments[column]
        known = moments.wall != INVALID
        utc = moments.wall.copy()
        local = known & ~moments.zoned
        if local.any():
            wall = moments.wall if local.all() else moments.wall[local]
            changed, missing, repeated = clock_for(self.timezone, wall).to_utc(wall)
            utc[local] = changed
            self._warn_of_clock(column, int(missing.sum()), int(repeated.sum()))
        self._warn_of_the_future(column, utc[known])
        return Times(utc, moments.empty, ~known & ~moments.empty)

    def days(self, column: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """(days since 1970 on the local calendar, which cells hold one) of a prepared column; rows that hold
        something else are rejected."""
        moments = self._moments[column]
        known = moments.wall != INVALID
        wall = np.where(known, moments.wall, 0)
        zoned = moments.zoned & known
        if zoned.any():
            utc = wall[zoned]
            wall[zoned] = clock_for(self.timezone, utc).to_local(utc)
        self.reject(~known & ~moments.empty, Reason.BAD_TIME, column)
        return wall // _DAY, known

    def _warn_of_the_future(self, column: str, utc: NDArray[np.int64]) -> None:
        """A mistyped year would make the data look current until then, so it must not come in unnoticed."""
        ahead = utc > int((time.time() + _CLOCKS_DIFFER) * 1e6)
        count = int(np.count_nonzero(ahead))
        if count:
            latest = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(utc.max()))
            self.warnings.append(
                ngettext(
                    "In column “%(column)s” %(count)s time is in the future (%(latest)s).",
                    "In column “%(column)s” %(count)s times are in the future (the latest %(latest)s).",
                    count,
                )
                % {
                    "column": column,
                    "count": count,
                    "latest": day(latest, (get_language() or "fi")[:2], year=True),
                }
            )

    def _warn_of_clock(self, column: str, missing: int, repeated: int) -> None:
        shown = {"column": column, "zone": self.timezone}
        if missing:
            self.warnings.append(
                ngettext(
                    "In column “%(column)s” %(count)s time does not exist in %(zone)s, where clocks went forward; "
                    "it was moved forward.",
                    "In column “%(column)s” %(count)s times do not exist in %(zone)s, where clocks went forward; "
                    "they were moved forward.",
                    missing,
                )
                % {**shown, "count": missing}
            )
        if repeated:
            self.warnings.append(
                ngettext(
                    "In column “%(column)s” %(count)s time occurs twice in %(zone)s, where clocks went back; "
                    "the first was taken.",
                    "In column “%(column)s” %(count)s times occur twice in %(zone)s, where clocks went back; "
                    "the first was taken.",
                    repeated,
                )
                % {**shown, "count": repeated}
            )


def _order_warning(column: str, moments: Moments) -> str:
    shown = {"column": column, "form": moments.form}
    if moments.ambiguity == "contradicted":
        return (
            _("The dates of column “%(column)s” disagree about day and month; they were read as %(form)s.")
            % shown
        )
    return _("Nothing in column “%(column)s” tells day from month; its dates were read as %(form)s.") % shown
