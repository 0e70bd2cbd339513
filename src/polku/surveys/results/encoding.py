"""Answers of many responses as arrays: one row a response, in a form that counting is quick on.

A hundred thousand answers to ten questions are some ten megabytes. They come from the database as JSON text and are
read by Arrow, by the schema of the version that was answered: making Python objects of them took four times as long.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pa_json

from polku.surveys.definition.questions import (
    AnyQuestion,
    Consent,
    Date,
    Email,
    LongText,
    Matrix,
    Multiple,
    Points,
    Ranking,
    ShortText,
    Single,
    TaskSuccess,
)
from polku.surveys.definition.wordings import TASK_POINTS, choices_of

Array = npt.NDArray[Any]

_BLOCK = 16 * 2**20
_WORDS = pa.list_(pa.string())


def option_keys(question: AnyQuestion) -> list[str]:
    """What can be chosen, `other` and `none` included, in order."""
    return [str(key) for key, _label in choices_of(question, "en")]


def other_of(question: AnyQuestion) -> str | None:
    """The name under which what was written beside “other” is kept."""
    return f"{question.key}.other" if isinstance(question, (Single, Multiple)) and question.other else None


def arrow_type(question: AnyQuestion) -> pa.DataType:
    """How the answers of the question are read."""
    match question:
        case Single() | Date() | TaskSuccess() | ShortText() | LongText() | Email():
            return pa.string()
        case Multiple() | Ranking():
            return _WORDS
        case Matrix():
            return pa.struct([(row.key, pa.string()) for row in question.rows])
        case Points():
            return pa.struct([(option.key, pa.float64()) for option in question.options])
        case Consent():
            return pa.bool_()
    return pa.float64()


def schema_of(questions: Sequence[AnyQuestion]) -> pa.Schema:
    """Of the answers of one version."""
    named: dict[str, pa.DataType] = {}
    for question in questions:
        named[question.key] = arrow_type(question)
        other = other_of(question)
        if other:
            named[other] = pa.string()
    return pa.schema(list(named.items()))


def read(texts: Sequence[str], schema: pa.Schema) -> pa.Table:
    """One row a JSON object; what the schema does not know is left out, and what does not fit it is no answer."""
    if not texts:
        return schema.empty_table()
    try:
        return _read("\n".join(texts), schema)
    except pa.ArrowInvalid:
        rows = [_fitting(msgspec.json.decode(text), schema) for text in texts]
        return pa.Table.from_pylist(rows, schema=schema)


def _read(lines: str, schema: pa.Schema) -> pa.Table:
    return pa_json.read_json(
        io.BytesIO(lines.encode()),
        read_options=pa_json.ReadOptions(block_size=_BLOCK),
        parse_options=pa_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
    ).combine_chunks()


def _fitting(row: Any, schema: pa.Schema) -> dict[str, Any]:
    fitting: dict[str, Any] = {}
    for field in schema:
        try:
            fitting[field.name] = pa.scalar(row.get(field.name), type=field.type).as_py()
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, AttributeError, TypeError):
            fitting[field.name] = None
    return fitting


def encode(question: AnyQuestion, answers: pa.Array) -> Array:
    """Answers of the question's Arrow type as an array whose first length is theirs.

    Numbers of every kind: float32, NaN where there is none · single: int16, the place among `option_keys`, −1 ·
    multiple: int16 by option, 1 chosen, 0 not, −1 in the whole row without an answer · matrix: int16 by row, the
    column's place, −1 · ranking: int16 by option, the rank from 1, 0 where it was left out, −1 without an answer ·
    points: float32 by option, NaN · date: float64, days since 1970, NaN · consent: int16, −1 without an answer · texts:
    int16, 1 where something was written, else −1.
    """
    match question:
        case Single():
            return _places(answers, option_keys(question))
        case Multiple():
            return several_of(answers, option_keys(question))
        case Ranking():
            return _several(answers, option_keys(question), lambda ranks: ranks)
        case Matrix():
            columns = [option.key for option in question.columns]
            parts = [_places(_part(answers, row.key), columns) for row in question.rows]
            return np.stack(parts, axis=1) if parts else np.empty((len(answers), 0), dtype=np.int16)
        case Points():
            return _shared_out(answers, [option.key for option in question.options])
        case Date():
            days = pc.strptime(answers, format="%Y-%m-%d", unit="s", error_is_null=True)
            seconds = days.cast(pa.int64()).cast(pa.float64(), safe=False)
            return _floats(pc.floor(pc.divide(seconds, 86_400.0)), np.float64)
        case Consent():
            return np.asarray(pc.fill_null(answers.cast(pa.int16()), -1), dtype=np.int16)
        case ShortText() | LongText() | Email():
            there = pc.fill_null(pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(answers)), 0), False)
            return np.where(np.asarray(there), 1, -1).astype(np.int16)
        case TaskSuccess():
            found = pc.index_in(answers, value_set=pa.array(list(TASK_POINTS)))
            return _floats(pc.take(pa.array(TASK_POINTS.values()), found), np.float32)
    return _floats(answers, np.float32)


def several_of(answers: pa.Array, keys: Sequence[str]) -> Array:
    """As the answers of a multiple choice among `keys`."""
    return _several(answers, keys, lambda ranks: np.ones_like(ranks))


def nothing(question: AnyQuestion, rows: int) -> Array:
    """The answers of people who were not asked."""
    return encode(question, pa.nulls(rows, arrow_type(question)))


def is_answered(array: Array) -> npt.NDArray[np.bool_]:
    """By row, whether there is an answer."""
    there = ~np.isnan(array) if array.dtype.kind == "f" else array >= 0
    return np.asarray(there if there.ndim == 1 else there.any(axis=1), dtype=bool)


@dataclass(frozen=True)
class Coded:
    """A text of each row as the place of its value in `values`; −1 where it has none."""

    values: tuple[str, ...]
    codes: npt.NDArray[np.int32]

    def joined(self, rows: npt.NDArray[np.bool_], more: Coded) -> Coded:
        """The chosen rows, then those of `more`."""
        values = tuple(dict.fromkeys((*self.values, *more.values)))
        places = np.array([values.index(value) for value in more.values] + [-1], dtype=np.int32)
        return Coded(values, np.concatenate([self.codes[rows], places[more.codes]]))


def coded(texts: pa.Array) -> Coded:
    """Null and "" are no value."""
    found = pc.if_else(pc.equal(texts, ""), pa.scalar(None, texts.type), texts).dictionary_encode()
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    codes = np.asarray(pc.fill_null(found.indices, -1), dtype=np.int32)
    return Coded(tuple(found.dictionary.to_pylist()), codes)


def _places(answers: pa.Array, keys: Sequence[str]) -> Array:
    found = pc.index_in(answers, value_set=pa.array(keys, pa.string()), skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1), dtype=np.int16)


def _part(answers: pa.Array, name: str) -> pa.Array:
    """A field of structs, null where the struct is."""
    part = pc.struct_field(answers, name)
    return pc.if_else(pc.is_valid(answers), part, pa.scalar(None, part.type))


def _several(answers: pa.Array, keys: Sequence[str], valued: Callable[[Array], Array]) -> Array:
    array = np.zeros((len(answers), len(keys)), dtype=np.int16)
    places = _places(answers.flatten(), keys)
    lengths = np.asarray(pc.fill_null(pc.list_value_length(answers), 0))
    rows = np.repeat(np.arange(len(answers)), lengths)
    ranks = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + 1
    known = places >= 0
    array[rows[known], places[known]] = valued(ranks[known])
    array[np.asarray(pc.is_null(answers))] = -1
    return array


def _shared_out(answers: pa.Array, keys: Sequence[str]) -> Array:
    """What was given no points got 0, where others got some."""
    if not keys:
        return np.empty((len(answers), 0), dtype=np.float32)
    array = np.stack([_floats(_part(answers, key), np.float32) for key in keys], axis=1)
    array[np.isnan(array) & ~np.isnan(array).all(axis=1, keepdims=True)] = 0
    return array


def _floats(answers: pa.Array, kind: Any) -> Array:
    return np.asarray(pc.fill_null(answers, np.nan), dtype=kind)
