"""Answers with several questions: each filled cell of a sheet as a score or a comment, in the port's SIGNAL_BATCH.

A cell is known again as an answer of `import scores` is: by the columns of --id, else by all that is said of it, its
question among them. A cell that is filled in later adds one answer; all cells of a row have the same `response`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from polku.capture.imports.identity import as_text, content_digests, count_repeated, count_ties, message_ids
from polku.capture.imports.options import ImportOptions
from polku.capture.imports.properties import as_json
from polku.capture.imports.questions import TEXT, AskedQuestion
from polku.capture.imports.reasons import Reason
from polku.capture.imports.sheet import Sheet
from polku.capture.imports.signals import descends, repeated_warning, take, without_id
from polku.capture.imports.somebody import aliases_of_nobody
from polku.eventstore.port import SIGNAL_BATCH, SignalKind

COMMENT = "comment"
"""What answers in one's own words are called among the metrics."""
_PIECE = 200_000  # rows worked on at once
_RESPONSE = 16  # digits of what the answers of one row have in common
_ROLES = ("person", "order", "session", "channel", "url")


def write_answers(
    sheet: Sheet, options: ImportOptions, questions: Sequence[AskedQuestion], path: Path
) -> tuple[int, int]:
    """Write the answers of a sheet to Parquet. Returns (signals, ties)."""
    time = str(options.time)
    sheet.prepare_moments([time])
    times = sheet.times(time)
    if not options.nobody:
        sheet.reject(sheet.empty(options.person) & sheet.empty(options.order), Reason.NO_UNIT)
    if options.id:
        sheet.reject(without_id(sheet, options), Reason.NO_ID, options.id[0])
    cells = _cells(sheet, questions)
    silent = ~np.any([cell.filled | cell.bad for cell in cells], axis=0)
    if options.skip_empty:
        sheet.leave_out(silent)
    sheet.reject(silent, Reason.NO_ANSWER)
    sheet.reject(times.empty, Reason.NO_TIME, time)
    sheet.reject(times.bad, Reason.BAD_TIME, time)
    rows = np.flatnonzero(sheet.accepted)
    backwards = descends(sheet, times.utc[rows])
    with duckdb.connect(":memory:") as connection:
        writer = _Writer(connection, sheet, options, questions, cells, times.utc)
        return writer.write(rows[::-1] if backwards else rows, path, backwards=backwards)


@dataclass(frozen=True)
class _Cells:
    """One question's cells: which hold an answer, which something else, and the scores (NaN in texts)."""

    filled: NDArray[np.bool_]
    bad: NDArray[np.bool_]
    score: NDArray[np.float64]


def _cells(sheet: Sheet, questions: Sequence[AskedQuestion]) -> list[_Cells]:
    """The cells of each question. One that is no answer is rejected alone, and the others of its row stay."""
    found = []
    for question in questions:
        column = question.column
        if question.scale is None:
            spoken = pc.match_substring_regex(sheet.text(column), r"\S")
            filled = np.asarray(pc.fill_null(spoken, False).to_numpy(), dtype=np.bool_)
            nothing = np.zeros(sheet.size, dtype=np.bool_)
            found.append(_Cells(filled, nothing, np.full(sheet.size, np.nan)))
            continue
        score, bad = sheet.numbers_of_cells(column)
        sheet.rejections.add(bad & sheet.accepted, Reason.BAD_NUMBER, column)
        low, high = question.scale
        off = (score < low) | (score > high)
        sheet.rejections.add(off & sheet.accepted, Reason.OFF_SCALE, column)
        broken = ~np.isnan(score) & ~off & (score != np.floor(score)) & (question.metric != "recommend")
        sheet.rejections.add(broken & sheet.accepted, Reason.NOT_WHOLE, column)
        wrong = bad | off | broken
        found.append(_Cells(~np.isnan(score) & ~wrong, wrong, score))
    return found


class _Writer:
    """Two passes over the rows in pieces: first which answers there are, then what they say."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        sheet: Sheet,
        options: ImportOptions,
        questions: Sequence[AskedQuestion],
        cells: Sequence[_Cells],
        utc: NDArray[np.int64],
    ) -> None:
        self._connection, self._sheet, self._options = connection, sheet, options
        self._questions, self._cells, self._utc = questions, cells, utc
        self._nobody: pa.Array | None = None

    def write(self, rows: NDArray[np.int64], path: Path, *, backwards: bool) -> tuple[int, int]:
        sheet, options = self._sheet, self._options
        if options.nobody:
            self._nobody = aliases_of_nobody(self._connection, sheet.raw, sheet.names, backwards=backwards)
        pieces = [rows[begin : begin + _PIECE] for begin in range(0, rows.size, _PIECE)]
        ids = content_digests(self._connection, self._identities(pieces), ["answers"])
        if options.id:
            sheet.warnings += repeated_warning(count_repeated(ids), options.id)
        else:
            ids = message_ids(ids)
        responses = self._responses(pieces)
        ties = count_ties(self._connection, (self._unit(piece) for piece in pieces))
        begin, began = 0, 0
        with pq.ParquetWriter(path, SIGNAL_BATCH, compression="lz4") as writer:
            for piece in pieces:
                of, asked = self._answers(piece)
                response = responses[began : began + piece.size]
                writer.write_table(self._batch(piece, of, asked, ids[begin : begin + of.size], response))
                begin, began = begin + of.size, began + piece.size
        return begin, ties

    def _answers(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(place in `rows`, number of the question) of each filled cell: row by row, in the order of questions."""
        of, asked = np.nonzero(np.stack([cells.filled[rows] for cells in self._cells], axis=1))
        return of, asked

    def _identities(self, pieces: Sequence[NDArray[np.int64]]) -> Iterator[pa.Table]:
        options = self._options
        for rows in pieces:
            of, asked = self._answers(rows)
            said: dict[str, pa.Array | pa.ChunkedArray] = {
                "question": self._of_questions([question.name for question in self._questions], asked),
                "metric": self._of_questions([question.metric for question in self._questions], asked),
            }
            picked = rows[of]
            if options.id:
                said |= {f"id{n}": take(self._sheet.text(name), picked) for n, name in enumerate(options.id)}
            else:
                said |= {
                    "time": pa.array(self._utc[picked]),
                    **{role: self._role(role, picked) for role in _ROLES},
                    "score": self._scores(picked, asked),
                    "text": self._texts(picked, asked),
                }
                for name in sorted(set(options.properties)):
                    said[f"property {name}"] = take(self._sheet.text(name), picked)
            yield pa.table(said)

    def _responses(self, pieces: Sequence[NDArray[np.int64]]) -> NDArray[np.bytes_]:
        """What the answers of a row have in common: it follows from the columns of --id, else from whose the row is,
        when it was, and its number among equal ones."""
        names = self._options.id
        if names:
            of_id = (
                pa.table({f"id{n}": take(self._sheet.text(name), rows) for n, name in enumerate(names)})
                for rows in pieces
            )
            return content_digests(self._connection, of_id, ["response"])
        return message_ids(content_digests(self._connection, map(self._unit, pieces), ["response"]))

    def _unit(self, rows: NDArray[np.int64]) -> pa.Table:
        unit = {role: self._role(role, rows) for role in ("person", "order")}
        return pa.table({**unit, "time": pa.array(self._utc[rows])})

    def _batch(
        self,
        rows: NDArray[np.int64],
        of: NDArray[np.int64],
        asked: NDArray[np.int64],
        ids: NDArray[np.bytes_],
        responses: NDArray[np.bytes_],
    ) -> pa.Table:
        picked = rows[of]
        scales = [question.scale for question in self._questions]
        is_text = [scale is None for scale in scales]
        kinds = [int(SignalKind.COMMENT if text else SignalKind.SCORE) for text in is_text]
        names = [COMMENT if question.metric == TEXT else question.metric for question in self._questions]
        columns = {
            "message_id": as_text(ids),
            "kind": pa.array(np.array(kinds, dtype=np.uint8)[asked]),
            "name": self._of_questions(names, asked),
            "time": pa.array(self._utc[picked]).cast(pa.timestamp("us")),
            **{role: self._role(role, picked) for role in _ROLES},
            "score": self._scores(picked, asked),
            "scale_low": self._of_scales([scale[0] if scale else None for scale in scales], asked),
            "scale_high": self._of_scales([scale[1] if scale else None for scale in scales], asked),
            "text": self._texts(picked, asked),
            "properties": self._properties(picked, asked, responses[of]),
        }
        arrays = [
            columns[field.name] if field.name in columns else pa.nulls(of.size, field.type)
            for field in SIGNAL_BATCH
        ]
        return pa.table(arrays, schema=SIGNAL_BATCH)

    def _properties(
        self, rows: NDArray[np.int64], asked: NDArray[np.int64], responses: NDArray[np.bytes_]
    ) -> pa.ChunkedArray:
        options = self._options
        said: dict[str, pa.Array | pa.ChunkedArray] = {
            name: take(self._sheet.text(name), rows) for name in options.properties
        }
        said |= {
            "question": self._of_questions([question.name for question in self._questions], asked),
            "response": pc.utf8_slice_codeunits(as_text(responses), 0, _RESPONSE),
        }
        constants: Mapping[str, str] = {"touchpoint": options.touchpoint} if options.touchpoint else {}
        return as_json(self._connection, pa.table(said), list(said), constants)

    def _role(self, role: str, rows: NDArray[np.int64]) -> pa.Array | pa.ChunkedArray:
        if role == "person" and self._nobody is not None:
            return self._nobody.take(pa.array(rows))
        column = getattr(self._options, role)
        return pa.nulls(rows.size, pa.string()) if column is None else take(self._sheet.text(column), rows)

    def _scores(self, rows: NDArray[np.int64], asked: NDArray[np.int64]) -> pa.Array:
        scores = np.full(rows.size, np.nan)
        for number, cells in enumerate(self._cells):
            mine = asked == number
            scores[mine] = cells.score[rows[mine]]
        return pa.array(scores, from_pandas=True)

    def _texts(self, rows: NDArray[np.int64], asked: NDArray[np.int64]) -> pa.Array | pa.ChunkedArray:
        texts: pa.Array | pa.ChunkedArray = pa.nulls(rows.size, pa.string())
        for number, question in enumerate(self._questions):
            if question.scale is None:
                mine = pa.array(asked == number)
                texts = pc.if_else(mine, take(self._sheet.text(question.column), rows), texts)
        return texts

    @staticmethod
    def _of_questions(names: Sequence[str], asked: NDArray[np.int64]) -> pa.Array:
        return pa.array(names, pa.string()).take(pa.array(asked, pa.int64()))

    @staticmethod
    def _of_scales(ends: Sequence[float | None], asked: NDArray[np.int64]) -> pa.Array:
        return pa.array(ends, pa.float64()).take(pa.array(asked, pa.int64()))
