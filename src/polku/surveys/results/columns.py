"""All answers of one survey in memory, as arrays; kept between pages and brought up to date by what changed.

The relational store is where answers are: this is only a way to count a hundred thousand of them while a page waits.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Count, Max, Q, TextField
from django.db.models.functions import Cast, Substr

from polku.surveys.honesty.flags import FLAGS
from polku.surveys.models import Response, Survey
from polku.surveys.results import encoding, texts
from polku.surveys.results.asked import Asked, Versions
from polku.surveys.results.encoding import Array, Coded

_CHUNK = 20_000
_MOST_BYTES = 96 * 2**20
_OVERLAP = timedelta(seconds=5)  # changes that were under way when it was looked last
_FLAGS_SCHEMA = pa.schema([("flags", pa.list_(pa.string()))])


@dataclass(frozen=True)
class Columns:
    """One row a response that is not only begun, by its primary key. `seen` is the UTC second of its completion, else
    of its last change; `words` what it says in texts, null where nothing. The bits of `flags` are places of FLAGS."""

    ids: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.bytes_]
    versions: npt.NDArray[np.int32]
    links: npt.NDArray[np.int64]
    seen: npt.NDArray[np.int64]
    is_complete: npt.NDArray[np.bool_]
    is_held: npt.NDArray[np.bool_]
    is_test: npt.NDArray[np.bool_]
    flags: npt.NDArray[np.int16]
    languages: Coded
    channels: Coded
    fields: dict[str, Coded]
    answers: dict[str, Array]
    words: pa.ChunkedArray

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def counts(self) -> npt.NDArray[np.bool_]:
        """The responses that figures are made of: neither tests nor held."""
        return ~(self.is_held | self.is_test)

    @property
    def size(self) -> int:
        """Bytes, about."""
        arrays = [getattr(self, each.name) for each in fields(self)]
        plain = [array.nbytes for array in (*arrays, *self.answers.values()) if hasattr(array, "nbytes")]
        return int(sum(plain)) + sum(
            c.codes.nbytes for c in (self.languages, self.channels, *self.fields.values())
        )


@dataclass(frozen=True)
class _Kept:
    columns: Columns
    state: tuple[object, ...]
    shape: tuple[object, ...]
    changed: Any


_kept: OrderedDict[int, _Kept] = OrderedDict()
_lock = threading.Lock()


def columns_of(survey: Survey, versions: Versions) -> Columns:
    """The survey's answers as they are now. Side effect: kept in this process for the next time."""
    with _lock:
        known = _kept.get(survey.pk)
    answered = Response.objects.filter(survey=survey).exclude(state=Response.State.STARTED)
    now = answered.aggregate(
        count=Count("pk"),
        last=Max("pk"),
        changed=Max("changed_at"),
        held=Count("pk", filter=Q(is_held=True)),
        tests=Count("pk", filter=Q(is_test=True)),
    )
    state = tuple(now.values())
    shape = (tuple(versions.numbers), tuple((asked.column, asked.question) for asked in versions.questions))
    if known is not None and (known.state, known.shape) == (state, shape):
        with _lock:
            if survey.pk in _kept:
                _kept.move_to_end(survey.pk)
        return known.columns
    columns = None
    if known is not None and known.shape == shape and known.changed is not None:
        since = known.changed - _OVERLAP
        columns = _followed(known.columns, _read(answered.filter(changed_at__gte=since), versions))
        # Rows that were deleted or let in without a change are seen by their number, and read anew.
        held, tests = int(columns.is_held.sum()), int(columns.is_test.sum())
        if (len(columns), held, tests) != (now["count"], now["held"], now["tests"]):
            columns = None
    if columns is None:
        columns = _read(answered, versions)
    _keep(survey.pk, _Kept(columns, state, shape, now["changed"]))
    return columns


def forget() -> None:
    """Drop what is kept."""
    with _lock:
        _kept.clear()


def _keep(survey: int, kept: _Kept) -> None:
    with _lock:
        _kept.pop(survey, None)
        _kept[survey] = kept
        while sum(each.columns.size for each in _kept.values()) > _MOST_BYTES and len(_kept) > 1:
            _kept.popitem(last=False)


def _read(rows: Any, versions: Versions) -> Columns:
    """Times and JSON come as text: making objects of them would take longer than everything else."""
    texted = rows.order_by("pk").annotate(
        answers_text=Cast("answers", TextField()),
        fields_text=Cast("fields", TextField()),
        flags_text=Cast("flags", TextField()),
        completed_text=Substr(Cast("completed_at", TextField()), 1, 19),
        changed_text=Substr(Cast("changed_at", TextField()), 1, 19),
    )
    parts: list[Columns] = []
    last = 0
    while True:
        chunk = list(
            texted.filter(pk__gt=last).values_list(
                "pk",
                "number",
                "version_id",
                "link_id",
                "completed_text",
                "changed_text",
                "state",
                "is_held",
                "is_test",
                "language",
                "channel",
                "answers_text",
                "fields_text",
                "flags_text",
            )[:_CHUNK]
        )
        if chunk or not parts:
            parts.append(_encoded(chunk, versions))
        if len(chunk) < _CHUNK:
            break
        last = chunk[-1][0]
    return _joined_all(parts)


def _encoded(chunk: list[tuple[Any, ...]], versions: Versions) -> Columns:
    """Each version's rows are read by its own questions: a key may have meant something else before."""
    parts = []
    for version in dict.fromkeys(row[2] for row in chunk):
        rows = [row for row in chunk if row[2] == version] if len(versions.numbers) > 1 else chunk
        parts.append(_encoded_version(rows, versions, versions.numbers.get(version, 0)))
    return _joined_all(parts) if parts else _encoded_version([], versions, 0)


def _encoded_version(rows: list[tuple[Any, ...]], versions: Versions, version: int) -> Columns:
    columns = list(zip(*rows, strict=True)) if rows else [()] * 14
    ids, numbers, _version, link, completed, changed, state, held, test, language, channel = columns[:11]
    definition = versions.definitions.get(version)
    asked_then = [asked for asked in versions.questions if version in asked.versions]
    given = encoding.read(columns[11], encoding.schema_of(definition.questions if definition else ()))
    carried = encoding.read(columns[12], pa.schema([(name, pa.string()) for name in versions.fields]))
    flags = encoding.read([f'{{"flags":{each}}}' for each in columns[13]], _FLAGS_SCHEMA)
    encoded = {}
    for asked in versions.questions:
        if asked in asked_then and asked.key in given.column_names:
            encoded[asked.column] = encoding.encode(asked.question, _fitted(given, asked))
        else:
            encoded[asked.column] = encoding.nothing(asked.question, len(rows))
    names = [
        name for asked in asked_then for name in texts.names_of(asked.question) if name in given.column_names
    ]
    moments = [end or begun for end, begun in zip(completed, changed, strict=True)]
    return Columns(
        ids=np.array(ids, dtype=np.int64),
        numbers=np.array(numbers, dtype="S32"),
        versions=np.full(len(rows), version, dtype=np.int32),
        links=np.array([each or 0 for each in link], dtype=np.int64),
        seen=np.array(moments, dtype="datetime64[s]").astype(np.int64),
        is_complete=np.array([each == Response.State.COMPLETED for each in state], dtype=bool),
        is_held=np.array(held, dtype=bool),
        is_test=np.array(test, dtype=bool),
        flags=_bits(_array(given=flags, name="flags")),
        languages=encoding.coded(pa.array(language, pa.string())),
        channels=encoding.coded(pa.array(channel, pa.string())),
        fields={name: encoding.coded(_array(given=carried, name=name)) for name in versions.fields},
        answers=encoded,
        words=pa.chunked_array(
            [texts.searchable([_array(given=given, name=name) for name in names], len(rows))]
        ),
    )


def _array(*, given: pa.Table, name: str) -> pa.Array:
    column = given.column(name).combine_chunks()
    return column if isinstance(column, pa.Array) else pa.concat_arrays(column.chunks)


def _fitted(given: pa.Table, asked: Asked) -> pa.Array:
    """The answers in the type of the question as it was asked last, which may have rows or options more."""
    array, wanted = _array(given=given, name=asked.key), encoding.arrow_type(asked.question)
    if array.type == wanted or not pa.types.is_struct(wanted):
        return array
    known = {field.name for field in array.type}
    parts = [
        pc.struct_field(array, field.name) if field.name in known else pa.nulls(len(array), field.type)
        for field in wanted
    ]
    return pa.StructArray.from_arrays(parts, fields=list(wanted), mask=pc.is_null(array))


def _bits(flags: pa.Array) -> npt.NDArray[np.int16]:
    found = encoding.several_of(flags, FLAGS)
    return (np.maximum(found, 0) << np.arange(len(FLAGS), dtype=np.int16)).sum(axis=1).astype(np.int16)


def _followed(columns: Columns, changed: Columns) -> Columns:
    """With the rows of `changed` in place of those of the same keys."""
    if not len(changed):
        return columns
    return _joined(columns, ~np.isin(columns.ids, changed.ids), changed)


def _joined_all(parts: list[Columns]) -> Columns:
    joined = parts[0]
    for part in parts[1:]:
        joined = _joined(joined, np.ones(len(joined), dtype=bool), part)
    return joined


def _joined(columns: Columns, rows: npt.NDArray[np.bool_], more: Columns) -> Columns:
    changes: dict[str, Any] = {}
    for each in fields(Columns):
        one, other = getattr(columns, each.name), getattr(more, each.name)
        if isinstance(one, Coded):
            changes[each.name] = one.joined(rows, other)
        elif each.name == "fields":
            changes["fields"] = {name: one[name].joined(rows, other[name]) for name in one}
        elif each.name == "answers":
            changes["answers"] = {name: np.concatenate([one[name][rows], other[name]]) for name in one}
        elif each.name == "words":
            changes["words"] = pa.chunked_array(
                [*one.filter(pa.array(rows)).chunks, *other.chunks], type=pa.large_string()
            )
        else:
            changes[each.name] = np.concatenate([one[rows], other])
    joined = replace(columns, **changes)
    if len(joined.ids) < 2 or bool((np.diff(joined.ids) > 0).all()):
        return joined
    return _taken(joined, np.argsort(joined.ids))


def _taken(columns: Columns, order: npt.NDArray[np.int64]) -> Columns:
    changes: dict[str, Any] = {}
    for each in fields(Columns):
        one = getattr(columns, each.name)
        if isinstance(one, Coded):
            changes[each.name] = replace(one, codes=one.codes[order])
        elif each.name == "fields":
            changes["fields"] = {name: replace(c, codes=c.codes[order]) for name, c in one.items()}
        elif each.name == "answers":
            changes["answers"] = {name: array[order] for name, array in one.items()}
        elif each.name == "words":
            changes["words"] = one.take(pa.array(order))
        else:
            changes[each.name] = one[order]
    return replace(columns, **changes)
