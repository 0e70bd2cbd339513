"""Events, scores and contacts: a sheet's rows, or the cells of a wide one, as the port's SIGNAL_BATCH."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from polku.capture.imports.identity import as_text, content_digests, count_repeated, count_ties, message_ids
from polku.capture.imports.options import ImportKind, ImportOptions
from polku.capture.imports.properties import as_json
from polku.capture.imports.reasons import Reason
from polku.capture.imports.sheet import Sheet
from polku.capture.imports.somebody import aliases_of_nobody
from polku.eventstore.port import SIGNAL_BATCH, SignalKind

_PIECE = 500_000  # rows worked on at once
REFUNDED = "Order Refunded"
_ROLES = ("person", "order", "session", "channel", "url")
_DICTIONARY = ["kind", "name", "channel", "session", "url", "score", "scale_low", "scale_high", "properties"]


@dataclass(frozen=True)
class Signals:
    """Signals in order of arrival: the sheet's row each comes from, its time, and what is only the signal's own.

    `name` is one text for all or the number of a name in `names`."""

    rows: NDArray[np.int64]
    time: NDArray[np.int64]
    names: list[str] | None  # None: the names are a column's
    name_index: NDArray[np.int16] | None = None


def write_signals(
    sheet: Sheet, kind: ImportKind, options: ImportOptions, wide: dict[str, str], path: Path
) -> tuple[int, int]:
    """Write the signals of a sheet to Parquet. `wide` is column → event. Returns (signals, ties)."""
    value = sheet.numbers(options.value) if options.value else None
    if kind == "refunds" and value is not None:
        value = _refunds(sheet, options, value)
    score = _scores(sheet, options) if kind == "scores" else None
    signals = _cells(sheet, options, wide) if wide else _rows(sheet, kind, options)
    writer = _Writer(sheet, kind, options, signals, value, score)
    connection = duckdb.connect(":memory:")
    try:
        return signals.rows.size, writer.write(connection, path)
    finally:
        connection.close()


# ---- which rows, in which order ---------------------------------------------------------------------------------


def _rows(sheet: Sheet, kind: ImportKind, options: ImportOptions) -> Signals:
    """One signal a row."""
    if options.skip_empty and kind in ("events", "contacts"):
        sheet.leave_out(sheet.empty(options.event if kind == "events" else options.reason))
    time_column = str(options.time)
    sheet.prepare_moments([time_column])
    times = sheet.times(time_column)
    if kind == "refunds":
        sheet.reject(sheet.empty(options.order), Reason.NO_ORDER, str(options.order))
    _reject_without_unit(sheet, options)
    if kind == "events":
        sheet.reject(sheet.empty(options.event), Reason.NO_NAME, str(options.event))
    if kind == "contacts":
        sheet.reject(sheet.empty(options.reason), Reason.NO_CONTACT_REASON, str(options.reason))
    _reject_without_id(sheet, options)
    sheet.reject(times.empty, Reason.NO_TIME, time_column)
    sheet.reject(times.bad, Reason.BAD_TIME, time_column)
    rows = np.flatnonzero(sheet.accepted)
    if descends(sheet, times.utc[rows]):
        rows = rows[::-1]
    names = {"scores": [str(options.metric)], "refunds": [REFUNDED]}.get(kind)
    return Signals(rows, times.utc[rows], names)


def _cells(sheet: Sheet, options: ImportOptions, wide: dict[str, str]) -> Signals:
    """One signal a filled cell: row by row, in the order in which the columns were named."""
    columns = list(wide)
    sheet.prepare_moments(columns)
    if options.skip_empty:
        sheet.leave_out(sheet.empty(options.person) & sheet.empty(options.order))
    times = [sheet.times(column) for column in columns]
    utc = np.stack([column.utc for column in times], axis=1)
    filled = np.stack([~column.empty for column in times], axis=1)
    homeless = sheet.empty(options.person) & sheet.empty(options.order) & sheet.accepted
    nameless = without_id(sheet, options) & sheet.accepted & ~homeless
    for number, column in enumerate(columns):
        at_fault = filled[:, number] & sheet.accepted
        sheet.rejections.add(at_fault & homeless, Reason.NO_UNIT, column)
        if options.id:
            sheet.rejections.add(at_fault & nameless, Reason.NO_ID, options.id[0])
        sheet.rejections.add(at_fault & ~homeless & ~nameless & times[number].bad, Reason.BAD_TIME, column)
        filled[:, number] &= ~times[number].bad
    filled &= (sheet.accepted & ~homeless & ~nameless)[:, None]
    flipped = descends(sheet, _first_time(utc, filled))
    rows, cells = np.nonzero(filled[::-1] if flipped else filled)
    if flipped:
        rows = sheet.size - 1 - rows
    names = list(dict.fromkeys(wide.values()))
    name_of = np.array([names.index(event) for event in wide.values()], dtype=np.int16)
    return Signals(rows, utc[rows, cells], names, name_of[cells])


def _first_time(utc: NDArray[np.int64], filled: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The time of the first filled cell of each row that has one."""
    some = filled.any(axis=1)
    return utc[some, filled[some].argmax(axis=1)]


def descends(sheet: Sheet, times: NDArray[np.int64]) -> bool:
    """Whether adjacent times mostly go down, so that the rows are to be taken from the last to the first.

    A bare majority decides, so that a file in no order and its reversed copy arrive alike; only a clear one is told
    as newest first.
    """
    steps = np.diff(times)
    down, up = int(np.count_nonzero(steps < 0)), int(np.count_nonzero(steps > 0))
    if down > 2 * up:
        sheet.recognised["newest_first"] = True
    return down > up


def _reject_without_unit(sheet: Sheet, options: ImportOptions) -> None:
    if not options.nobody:
        sheet.reject(sheet.empty(options.person) & sheet.empty(options.order), Reason.NO_UNIT)


def _reject_without_id(sheet: Sheet, options: ImportOptions) -> None:
    if options.id:
        sheet.reject(without_id(sheet, options), Reason.NO_ID, options.id[0])


def without_id(sheet: Sheet, options: ImportOptions) -> NDArray[np.bool_]:
    """Rows of which every column of --id is empty; none where no id is given."""
    if not options.id:
        return np.zeros(sheet.size, dtype=np.bool_)
    missing = np.ones(sheet.size, dtype=np.bool_)
    for column in options.id:
        missing &= sheet.empty(column)
    return missing


def _refunds(sheet: Sheet, options: ImportOptions, value: NDArray[np.float64]) -> NDArray[np.float64]:
    """What was given back, above zero: accounts write it with either sign. Nothing given back is no refund."""
    if options.skip_empty:
        sheet.leave_out(np.isnan(value) | (value == 0))
    sheet.reject(np.isnan(value) | (value == 0), Reason.NO_AMOUNT, str(options.value))
    if (value < 0).any() and (value > 0).any():
        sheet.warnings.append(
            _("Column “%s” has sums above and below zero. All were taken as money given back.")
            % options.value
        )
    return np.abs(value)


def _scores(sheet: Sheet, options: ImportOptions) -> NDArray[np.float64]:
    """Scores, NaN where only a comment was given; rows off the scale are rejected."""
    column = str(options.score)
    score = sheet.numbers(column)
    low, high = options.scale_of()
    silent = np.ones(sheet.size, dtype=np.bool_)
    if options.comment:
        spoken = pc.match_substring_regex(sheet.text(options.comment), r"\S")
        silent = ~np.asarray(pc.fill_null(spoken, False).to_numpy(), dtype=np.bool_)
    if options.skip_empty:
        sheet.leave_out(np.isnan(score) & silent)
    sheet.reject(np.isnan(score) & silent, Reason.NO_SCORE, column)
    sheet.reject((score < low) | (score > high), Reason.OFF_SCALE, column)
    if options.metric != "recommend":
        sheet.reject(~np.isnan(score) & (score != np.floor(score)), Reason.NOT_WHOLE, column)
    return score


# ---- writing ----------------------------------------------------------------------------------------------------


class _Writer:
    """Two passes over the signals in pieces: first who they are, then what they say."""

    def __init__(
        self,
        sheet: Sheet,
        kind: ImportKind,
        options: ImportOptions,
        signals: Signals,
        value: NDArray[np.float64] | None,
        score: NDArray[np.float64] | None,
    ) -> None:
        self._sheet = sheet
        self._kind = kind
        self._options = options
        self._signals = signals
        self._value = value
        self._score = score
        self._nobody: pa.Array | None = None

    def write(self, connection: duckdb.DuckDBPyConnection, path: Path) -> int:
        if self._options.nobody:
            rows = self._signals.rows
            backwards = bool(rows.size > 1 and rows[0] > rows[-1])
            self._nobody = aliases_of_nobody(
                connection, self._sheet.raw, self._sheet.names, backwards=backwards
            )
        ids = content_digests(connection, self._identities(), self._head())
        if self._options.id:
            self._sheet.warnings += repeated_warning(count_repeated(ids), self._options.id)
        else:
            ids = message_ids(ids)
        ties = count_ties(connection, (self._units(piece) for piece in self._pieces()))
        with pq.ParquetWriter(path, SIGNAL_BATCH, use_dictionary=_DICTIONARY, compression="lz4") as writer:
            for piece in self._pieces():
                writer.write_table(self._batch(connection, piece, ids[piece]))
        return ties

    def _pieces(self) -> Iterator[slice]:
        for begin in range(0, self._signals.rows.size, _PIECE):
            yield slice(begin, min(begin + _PIECE, self._signals.rows.size))

    def _head(self) -> list[str]:
        """What makes equal rows of two kinds of import different."""
        if self._kind != "scores":
            return [self._kind]
        # Two columns of one survey may be two touchpoints' answers: equal scores of one person are then two.
        touchpoint = self._options.touchpoint
        return ["scores", str(self._options.metric), *([touchpoint.casefold()] if touchpoint else [])]

    def _identities(self) -> Iterator[pa.Table]:
        """The columns that say who a signal is: those of --id, or (wide) unit, event and time, or all mapped."""
        options = self._options
        for piece in self._pieces():
            columns: dict[str, pa.ChunkedArray | pa.Array] = {}
            if options.id:
                columns |= {f"id{n}": self._text(column, piece) for n, column in enumerate(options.id)}
            if self._signals.name_index is not None:
                columns["name"] = self._name(piece)
            if not options.id:
                columns["time"] = pa.array(self._signals.time[piece])
                if self._signals.name_index is not None:
                    order = self._role("order", piece)
                    columns["order"] = order
                    columns["person"] = pc.if_else(
                        pc.is_valid(order), pa.scalar(None, pa.string()), self._role("person", piece)
                    )
                else:
                    columns |= self._content(piece)
            yield pa.table(columns)

    def _content(self, piece: slice) -> dict[str, pa.ChunkedArray | pa.Array]:
        """The parsed values of all mapped columns, in an order that does not depend on the command."""
        roles = {
            role: column
            for role, column in self._options.roles().items()
            if role not in ("time", "value", "score")
        }
        content: dict[str, pa.ChunkedArray | pa.Array] = {
            role: self._text(column, piece) for role, column in sorted(roles.items())
        }
        for name, numbers in (("value", self._value), ("score", self._score)):
            if numbers is not None:
                content[name] = self._number(numbers, piece)
        for column in sorted(set(self._options.properties)):
            content[f"property {column}"] = self._text(column, piece)
        return content

    def _units(self, piece: slice) -> pa.Table:
        return pa.table(
            {
                "person": self._role("person", piece),
                "order": self._role("order", piece),
                "time": pa.array(self._signals.time[piece]),
            }
        )

    def _batch(
        self, connection: duckdb.DuckDBPyConnection, piece: slice, ids: NDArray[np.bytes_]
    ) -> pa.Table:
        options = self._options
        size = ids.size
        low, high = options.scale_of() if self._score is not None else (None, None)
        score = self._number(self._score, piece) if self._score is not None else pa.nulls(size, pa.float64())
        has_score = pc.is_valid(score)
        columns = {
            "message_id": as_text(ids),
            "kind": self._kinds(has_score),
            "name": self._name(piece),
            "time": pa.array(self._signals.time[piece]).cast(pa.timestamp("us")),
            **{role: self._role(role, piece) for role in _ROLES},
            "value": self._number(self._value, piece)
            if self._value is not None
            else pa.nulls(size, pa.float64()),
            "score": score,
            "scale_low": pc.if_else(has_score, pa.scalar(low, pa.float64()), pa.scalar(None, pa.float64())),
            "scale_high": pc.if_else(has_score, pa.scalar(high, pa.float64()), pa.scalar(None, pa.float64())),
            "text": self._words(piece),
            "properties": self._properties(connection, piece),
        }
        return pa.table([columns[name] for name in SIGNAL_BATCH.names], schema=SIGNAL_BATCH)

    def _kinds(self, has_score: pa.Array) -> pa.Array:
        if self._kind == "scores":
            return pc.if_else(
                has_score,
                pa.scalar(int(SignalKind.SCORE), pa.uint8()),
                pa.scalar(int(SignalKind.COMMENT), pa.uint8()),
            )
        kind = SignalKind.CONTACT if self._kind == "contacts" else SignalKind.EVENT
        return pa.repeat(pa.scalar(int(kind), pa.uint8()), len(has_score))

    def _name(self, piece: slice) -> pa.ChunkedArray | pa.Array:
        signals = self._signals
        if signals.names is None:
            return self._text(str(self._options.reason or self._options.event), piece)
        if signals.name_index is None:
            return pa.repeat(pa.scalar(signals.names[0], pa.string()), signals.time[piece].size)
        return pa.array(signals.names, pa.string()).take(pa.array(signals.name_index[piece]))

    def _words(self, piece: slice) -> pa.ChunkedArray | pa.Array:
        column = self._options.comment or self._options.text
        if column is None:
            return pa.nulls(self._signals.time[piece].size, pa.string())
        words = self._text(column, piece)
        return pc.if_else(pc.match_substring_regex(words, r"\S"), words, pa.scalar(None, pa.string()))

    def _properties(self, connection: duckdb.DuckDBPyConnection, piece: slice) -> pa.ChunkedArray | pa.Array:
        options = self._options
        constants = {"touchpoint": options.touchpoint} if options.touchpoint else {}
        columns = {name: name for name in options.properties}
        if self._kind == "refunds" and options.reason:
            columns["reason"] = options.reason
        names = list(columns)
        if not names:
            document = json.dumps(constants, ensure_ascii=False) if constants else None
            return pa.repeat(pa.scalar(document, pa.string()), self._signals.time[piece].size)
        return as_json(
            connection,
            pa.table({name: self._text(column, piece) for name, column in columns.items()}),
            names,
            constants,
        )

    def _role(self, role: str, piece: slice) -> pa.ChunkedArray | pa.Array:
        if role == "person" and self._nobody is not None:
            return self._nobody.take(pa.array(self._signals.rows[piece]))
        column = getattr(self._options, role)
        if column is None:
            return pa.nulls(self._signals.time[piece].size, pa.string())
        return self._text(column, piece)

    def _text(self, column: str, piece: slice) -> pa.ChunkedArray | pa.Array:
        return take(self._sheet.text(column), self._signals.rows[piece])

    def _number(self, numbers: NDArray[np.float64], piece: slice) -> pa.Array:
        return pa.array(numbers[self._signals.rows[piece]], from_pandas=True)


def repeated_warning(count: int, columns: tuple[str, ...]) -> list[str]:
    """What to say of rows that have the id of another: an id that is none would let them vanish among those known."""
    if not count:
        return []
    return [
        ngettext(
            "%(count)s row has the id of an earlier row of the file (%(columns)s) and was taken as one.",
            "%(count)s rows have the id of an earlier row of the file (%(columns)s) and were taken as one.",
            count,
        )
        % {"count": count, "columns": ", ".join(columns)}
    ]


def take(column: pa.ChunkedArray, rows: NDArray[np.int64]) -> pa.ChunkedArray:
    """The cells of these rows; without copying where the rows follow each other."""
    if rows.size and rows[-1] - rows[0] == rows.size - 1 and (np.diff(rows) == 1).all():
        return column.slice(int(rows[0]), rows.size)
    return column.take(pa.array(rows))
