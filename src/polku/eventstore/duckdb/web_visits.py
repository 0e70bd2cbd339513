"""The visits of a stretch of time, as arrays from which every overview of the website is counted.

Reading them is the costly part, and does not depend on what the reader of the page clicks at; `web_store` keeps them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from polku.eventstore import cancelling
from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.batches import Integers
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.sequences import SESSION_GAP, in_order
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Scope, SignalKind
from polku.eventstore.streams import IdKind
from polku.eventstore.web import Dimension
from polku.eventstore.whole_numbers import narrow

Small = NDArray[np.int32]

_OF_PROPERTY: Mapping[str, Dimension] = {
    "traffic_channel": "channel",
    "traffic_source": "source",
    "traffic_campaign": "campaign",
    "device_type": "device",
    "browser": "browser",
}
_LOAD_TIME = "load_time"
# Without scheme, host, query and fragment; the front page is “/”.
_BEFORE_PATH = r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*"
_AFTER_PATH = r"[?#].*$"
_BATCH = 500_000
"""Signals read at once: addresses are long, and a page's number is all that is kept of them."""


@dataclass(frozen=True)
class Visits:
    """Visits in order of person and start; times in microseconds, codes point into `names` (−1: not known).

    `page_visit`, `page`: which visit saw which page, each pair once. `order_…`: all orders of the scope, `order_visit`
    −1 where none led to it. `search_…`: searches in visits; `found` is how much a search found, NaN where it does not
    say. `load`: mean load time of a visit's pages in milliseconds, NaN where none was measured.
    """

    person: NDArray[Any]
    start: Integers
    is_daily: NDArray[np.bool_]
    codes: Mapping[Dimension, Small]
    names: Mapping[Dimension, Sequence[str]]
    load: NDArray[np.float64]
    page_visit: Small
    page: Small
    order_visit: Integers
    order_person: NDArray[Any]
    order_value: NDArray[np.float64]
    order_status: NDArray[np.object_]
    contact_person: NDArray[Any]
    search_visit: Small
    search_query: Small
    search_found: NDArray[np.float64]
    queries: Sequence[str]
    scanned: int

    @property
    def size(self) -> int:
        """Bytes in memory, about."""
        arrays = [value for each in fields(self) if isinstance(value := getattr(self, each.name), np.ndarray)]
        texts = [*self.names.values(), self.queries]
        return (
            sum(array.nbytes for array in (*arrays, *self.codes.values()))
            + sum(len(text) + 60 for some in texts for text in some)
            + 64 * len(self.order_status)
        )


@dataclass(frozen=True)
class _Rows:
    """Signals in order of person, time and arrival. `page` is −1 where an event has no address or is not wanted."""

    person: NDArray[Any]
    time: Integers
    arrival: NDArray[Any]
    kind: NDArray[np.uint8]
    page: Small
    session: NDArray[Any]
    is_wanted: NDArray[np.bool_]
    is_search: NDArray[np.bool_]
    pages: Sequence[str]
    measured: Integers  # the rows that tell how long a page took to load
    load: NDArray[np.float64]


_NOTHING = np.empty(0, dtype=np.int64)
_NO_ROWS = _Rows(
    person=_NOTHING,
    time=_NOTHING,
    arrival=_NOTHING,
    kind=np.empty(0, dtype=np.uint8),
    page=np.empty(0, dtype=np.int32),
    session=_NOTHING,
    is_wanted=np.empty(0, dtype=bool),
    is_search=np.empty(0, dtype=bool),
    pages=(),
    measured=_NOTHING,
    load=np.empty(0),
)


def read_visits(session: Session, scope: Scope, searches: Sequence[str]) -> Visits:
    """All visits of the scope."""
    rows = _rows(session, scope, searches)
    visit, first, last = _visits(rows)
    daily = session.integers(
        f"SELECT DISTINCT person FROM {session.db}.identity WHERE kind = '{IdKind.COOKIELESS}'"
    )[0]
    person, start = rows.person[first], rows.time[first]
    end = rows.time[last]
    cancelling.check()
    told = _tell(session, rows, first)
    at_page = np.flatnonzero(rows.page >= 0)
    pairs = sorted_once(visit[at_page].astype(np.int64) * max(1, len(rows.pages)) + rows.page[at_page])
    search_visit, search_query, search_found, queries = _searches(session, rows, visit)
    orders = _orders(session, rows)
    return Visits(
        person=person,
        start=start,
        is_daily=np.isin(person, daily),
        codes=told[0],
        names=told[1] | {"page": rows.pages},
        load=_loads(rows, visit, len(first)),
        page_visit=(pairs // max(1, len(rows.pages))).astype(np.int32),
        page=(pairs % max(1, len(rows.pages))).astype(np.int32),
        order_visit=_visit_of(person, start, end, orders[0], orders[1]),
        order_person=orders[0],
        order_value=orders[2],
        order_status=orders[3],
        contact_person=rows.person[rows.is_wanted & (rows.kind == SignalKind.CONTACT)],
        search_visit=search_visit,
        search_query=search_query,
        search_found=search_found,
        queries=queries,
        scanned=len(rows.person),
    )


def sorted_once(values: Integers) -> Integers:
    """Each value once, in order. NumPy's own `unique` hashes whole numbers, which took ten times as long."""
    ordered = np.sort(values)
    is_first = np.ones(len(ordered), dtype=bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]


def _rows(session: Session, scope: Scope, searches: Sequence[str]) -> _Rows:
    """Every signal of the range and segment in narrow columns, for what ends a session is any signal of its person."""
    terms = Terms(session.db, scope.timezone)
    wanted = f"({all_of(conditions.condition(terms, each) for each in scope.where)})"
    names = ", ".join(terms.parameter(name) for name in searches) or "''"
    where = [conditions.time_range(terms, scope)]
    if scope.segment is not None:
        where.append(conditions.segment(terms, scope.segment, scope))
    is_event = f"s.kind = {int(SignalKind.EVENT)}"
    # To look for the name in the text is far quicker than to look into every object.
    tells = f"{is_event} AND {wanted} AND contains(s.properties, '\"{_LOAD_TIME}\"')"
    pages: dict[str, int] = {}
    read: defaultdict[str, list[NDArray[Any]]] = defaultdict(list)
    count = 0
    for batch in session.batches(
        f"""SELECT s.person, epoch_us(s.time) AS time, s.arrival, s.kind,
            CASE WHEN s.session IS NULL THEN -1 ELSE CAST(hash(s.session) >> 1 AS BIGINT) END AS session,
            {wanted} AS wanted, {is_event} AND {wanted} AND s.name IN ({names}) AS searched,
            CASE WHEN {is_event} AND {wanted} THEN s.url END AS url,
            CASE WHEN {tells} THEN {terms.property(_LOAD_TIME).number()} END AS load
        FROM {terms.source()} WHERE {all_of(where)}""",
        terms.parameters,
        rows=_BATCH,
    ):
        cancelling.check()
        load = batch["load"].to_numpy(zero_copy_only=False)
        read["measured"].append(np.flatnonzero(load > 0) + count)
        read["load"].append(load[load > 0])
        read["page"].append(_pages(batch["url"], pages))
        for name in ("time", "kind", "wanted", "searched"):
            read[name].append(batch[name].to_numpy(zero_copy_only=False).copy())
        # Of ten million signals each byte counts.
        for name in ("person", "arrival"):
            read[name].append(narrow(batch[name].to_numpy()).copy())
        named = batch["session"].to_numpy()
        read["session"].append(named.astype(np.int64 if named.max(initial=-1) >= 0 else np.int8))
        count += batch.num_rows
    columns = {name: np.concatenate(read.pop(name)) for name in list(read)}
    if not count:
        return _NO_ROWS
    measured, load = columns.pop("measured"), columns.pop("load")
    cancelling.check()
    order = in_order(columns["person"], columns["time"], columns["arrival"])
    place = np.empty(count, dtype=np.int32)
    place[order] = np.arange(count, dtype=np.int32)
    measured = place[measured]
    del place
    # One after the other, so that no more than one column is here twice.
    ordered = {name: columns.pop(name)[order] for name in list(columns)}
    del order
    return _Rows(
        person=ordered["person"],
        time=ordered["time"],
        arrival=ordered["arrival"],
        kind=ordered["kind"],
        page=ordered["page"],
        session=ordered["session"],
        is_wanted=ordered["wanted"],
        is_search=ordered["searched"],
        pages=list(pages),
        measured=measured,
        load=load,
    )


def _pages(url: pa.Array, pages: dict[str, int]) -> Small:
    """The number of each row's page: its address without scheme, host, query and fragment. New ones go to `pages`."""
    encoded = url.dictionary_encode()
    paths = pc.replace_substring_regex(encoded.dictionary, _BEFORE_PATH, "")
    paths = pc.replace_substring_regex(paths, _AFTER_PATH, "")
    numbers = [pages.setdefault(path or "/", len(pages)) for path in paths.to_pylist()]
    of_row = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.array([*numbers, -1], dtype=np.int32)[of_row]


def _visits(rows: _Rows) -> tuple[Small, Integers, Integers]:
    """(the visit of each row or −1, by visit its first row with a page, and its last row), by person and start.

    A session that signals name is one of its person; what is left makes one until a gap of more than 30 minutes.
    """
    size = len(rows.person)
    number = np.empty(size, dtype=np.int32)  # there are never two billion rows in memory
    named = np.flatnonzero(rows.session >= 0)
    loose = np.flatnonzero(rows.session < 0) if len(named) else slice(None)
    person, time = rows.person[loose], rows.time[loose]
    breaks = np.ones(len(person), dtype=bool)
    breaks[1:] = (person[1:] != person[:-1]) | (time[1:] - time[:-1] > SESSION_GAP)
    number[loose] = np.cumsum(breaks, dtype=np.int32)
    del person, time
    if len(named):
        by_name = np.lexsort((rows.session[named], rows.person[named]))
        person, name = rows.person[named][by_name], rows.session[named][by_name]
        other = np.ones(len(named), dtype=bool)
        other[1:] = (person[1:] != person[:-1]) | (name[1:] != name[:-1])
        number[named[by_name]] = np.cumsum(other) + len(breaks)
    # Only sessions with a page are visits, and they are numbered by their first page.
    paged = np.flatnonzero(rows.page >= 0)
    sessions, first = _firsts(number[paged])
    first = paged[first]
    by_first = np.argsort(first, kind="stable")
    rank = np.empty(len(sessions), dtype=np.int32)
    rank[by_first] = np.arange(len(sessions))
    of_number = np.full(int(number.max(initial=0)) + 1, -1, dtype=np.int32)
    of_number[sessions] = rank
    visit = of_number[number]
    last = np.zeros(len(sessions), dtype=np.int64)
    inside = np.flatnonzero(visit >= 0)
    np.maximum.at(last, visit[inside], inside)
    return visit, first[by_first], last


def _firsts(values: NDArray[Any]) -> tuple[NDArray[Any], Integers]:
    """Each value once, in order, and where it comes first."""
    if np.any(values[1:] < values[:-1]):
        found = np.unique(values, return_index=True)
        return found[0], found[1]
    is_first = np.ones(len(values), dtype=bool)
    is_first[1:] = values[1:] != values[:-1]
    return values[is_first], np.flatnonzero(is_first)


def _tell(
    session: Session, rows: _Rows, first: Integers
) -> tuple[dict[Dimension, Small], dict[Dimension, Sequence[str]]]:
    """What the first page of each visit says of it: (codes, names)."""
    of_visit = {dimension: np.full(len(first), -1, dtype=np.int32) for dimension in _OF_PROPERTY.values()}
    names: dict[Dimension, dict[str, int]] = {dimension: {} for dimension in of_visit}
    for place, told in _properties(session, rows.arrival[first], tuple(_OF_PROPERTY)):
        for (dimension, of_each), texts in zip(of_visit.items(), told, strict=True):
            of_each[place] = _coded(texts, names[dimension])
    return of_visit, {dimension: list(known) for dimension, known in names.items()}


def _coded(texts: pa.Array, known: dict[str, int]) -> Small:
    """The number of each text, −1 for null. New ones go to `known`."""
    encoded = texts.dictionary_encode()
    numbers = [known.setdefault(text, len(known)) for text in encoded.dictionary.to_pylist()]
    of_row = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.array([*numbers, -1], dtype=np.int32)[of_row]


def _properties(
    session: Session, arrivals: NDArray[Any], names: Sequence[str]
) -> Iterator[tuple[Small, list[pa.Array]]]:
    """Part by part, as they are found: which of the `arrivals` some signals are, and their properties as texts. Empty
    texts are null. All of them at once, in order, would be the largest thing in memory."""
    terms = Terms(session.db)
    pointers = terms.parameter([f"/{name}" for name in names])
    places = np.arange(len(arrivals), dtype=np.int32)
    session.offer("asked", pa.table({"place": places, "arrival": arrivals}))
    for batch in session.batches(
        f"""SELECT place, {", ".join(f"nullif(told[{place}], '')" for place in range(1, len(names) + 1))}
        FROM (
            SELECT a.place, json_extract_string(s.properties, CAST({pointers} AS VARCHAR[])) AS told
            FROM {session.db}.signal AS s JOIN asked AS a ON a.arrival = s.arrival
        )""",
        terms.parameters,
        rows=_BATCH // 4,
    ):
        cancelling.check()
        place, *told = batch.columns
        yield place.to_numpy(), told
    session.withdraw("asked")


def _searches(
    session: Session, rows: _Rows, visit: Small
) -> tuple[Small, Small, NDArray[np.float64], list[str]]:
    """(visit, query, how much was found) of each search in a visit, and the queries."""
    at = np.flatnonzero(rows.is_search & (visit >= 0))
    query, found = np.full(len(at), -1, dtype=np.int32), np.full(len(at), np.nan)
    queries: dict[str, int] = {}
    for place, (words, results) in _properties(session, rows.arrival[at], ("query", "results")):
        query[place] = _coded(pc.utf8_lower(pc.utf8_trim_whitespace(words)), queries)
        found[place] = [_number(text) for text in results.to_pylist()]
    return visit[at], query, found, list(queries)


def _number(text: str | None) -> float:
    try:
        return float(text) if text is not None else np.nan
    except ValueError:
        return np.nan


def _loads(rows: _Rows, visit: Small, count: int) -> NDArray[np.float64]:
    """The mean of the load times that a visit's signals tell, in milliseconds; NaN where none does."""
    of_visit = visit[rows.measured]
    load, of_visit = rows.load[of_visit >= 0], of_visit[of_visit >= 0]
    times = np.bincount(of_visit, minlength=count)
    total = np.bincount(of_visit, weights=load, minlength=count)
    return np.divide(total, times, out=np.full(count, np.nan), where=times > 0)


def _orders(
    session: Session, rows: _Rows
) -> tuple[Integers, Integers, NDArray[np.float64], NDArray[np.object_]]:
    """(person, time, value or NaN, status or None) of each order that is wanted, in order of person and time."""
    at = np.flatnonzero(rows.is_wanted & (rows.kind == SignalKind.ORDER))
    session.offer("asked", pa.table({"place": np.arange(len(at)), "arrival": rows.arrival[at]}))
    found = session.table(
        f"""SELECT o.value, o.status FROM {session.db}.orders AS o JOIN asked AS a ON a.arrival = o.signal
        ORDER BY a.place"""
    )
    session.withdraw("asked")
    value = found["value"].to_numpy().astype(np.float64)
    status = np.array(found["status"].to_pylist(), dtype=object)
    return rows.person[at], rows.time[at], value, status


def _visit_of(
    visitor: Integers, start: Integers, end: Integers, person: Integers, time: Integers
) -> Integers:
    """The visit that began last before each order of its person and was not over for long, else −1."""
    if not len(visitor) or not len(person):
        return np.full(len(person), -1, dtype=np.int64)
    begun = np.lexsort(
        (
            np.repeat([0, 1], [len(visitor), len(person)]),
            np.concatenate([start, time]),
            np.concatenate([visitor, person]),
        )
    )
    is_visit = begun < len(visitor)
    latest = np.maximum.accumulate(np.where(is_visit, begun, -1))
    asked = ~is_visit
    found = np.full(len(person), -1, dtype=np.int64)
    candidate = latest[asked]
    order = begun[asked] - len(visitor)
    fits = candidate >= 0
    fits[fits] &= visitor[candidate[fits]] == person[order[fits]]
    fits[fits] &= time[order[fits]] - end[candidate[fits]] <= SESSION_GAP
    found[order[fits]] = candidate[fits]
    return found
