"""What a store of signals must be able to do, whatever database keeps them.

Everything above this room speaks in these plain objects; SQL and dialects stay below, in `duckdb/`.
Times are naive UTC in microseconds inside the store and in every table that crosses this port; `Scope.timezone`
says in which zone calendar days, weeks and months are cut. A workspace is named by its `key` (32 hex digits).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.eventstore.answers import AnswerRows
from polku.eventstore.arrivals import Arrivals
from polku.eventstore.behaviour import BehaviourQuestions
from polku.eventstore.bought import BuyersOneByOne
from polku.eventstore.live import LiveMaps
from polku.eventstore.loading import Loaded as Loaded
from polku.eventstore.loading import Loading
from polku.eventstore.persons import PeopleOneByOne
from polku.eventstore.received import ReceivedSignals
from polku.eventstore.sales import SalesQuestions
from polku.eventstore.streams import (
    InboxPlace,
    RejectedGroup,
    RejectedRow,
    SourceState,
    StreamBatch,
    StreamLoaded,
)
from polku.eventstore.upkeep import Upkeep
from polku.eventstore.web import WebQuestions


class SignalKind(IntEnum):
    EVENT = 1
    SCORE = 2
    CONTACT = 3
    ORDER = 4
    COMMENT = 5


Operator = Literal["eq", "ne", "in", "gt", "ge", "lt", "le", "contains", "exists"]
Unit = Literal["person", "session", "order"]
Interval = Literal["day", "week", "month"]
Measure = Literal["events", "persons", "sessions", "sum_value"]
Progress = Callable[[int, int], None]
"""Called with (done, total) as long work advances."""


# ---- what comes in: Arrow tables or Parquet files with exactly these columns --------------------------------

SIGNAL_BATCH = pa.schema(
    [
        pa.field("message_id", pa.string(), nullable=False),  # 32 hex digits; equal ids are one signal
        pa.field("kind", pa.uint8(), nullable=False),  # SignalKind, never ORDER: orders come as entities
        pa.field("name", pa.string(), nullable=False),  # event name, metric of a score, reason of a contact
        pa.field("time", pa.timestamp("us"), nullable=False),  # UTC
        pa.field("person", pa.string()),  # an id of the person; null: known through the order
        pa.field("order", pa.string()),  # an order's id
        pa.field("session", pa.string()),
        pa.field("channel", pa.string()),
        pa.field("url", pa.string()),
        pa.field("value", pa.float64()),  # of an event, in the workspace's currency
        pa.field("score", pa.float64()),
        pa.field("scale_low", pa.float64()),
        pa.field("scale_high", pa.float64()),
        pa.field("text", pa.string()),  # a comment or what was asked
        pa.field("properties", pa.string()),  # one JSON object, text values, or null
    ]
)
"""Rows in order of arrival. `person` or `order` must be there. A batch may leave out PERSON_KIND."""

PERSON_KIND = pa.field("person_kind", pa.string())
"""One more column that a batch of signals may have: of what sort (streams.IdKind) the id in `person` is. Where it is
null the store takes it as an id that came with a file, which does not say (IdKind.FILE)."""

ORDER_BATCH = pa.schema(
    [
        pa.field("message_id", pa.string(), nullable=False),  # of the row: content and occurrence
        pa.field("order", pa.string(), nullable=False),
        pa.field("person", pa.string()),
        pa.field("time", pa.timestamp("us")),
        pa.field("value", pa.float64()),
        pa.field("status", pa.string()),
        pa.field("promised", pa.date32()),  # calendar days in the workspace's time zone
        pa.field("delivered", pa.date32()),
        pa.field("channel", pa.string()),
        pa.field("url", pa.string()),
        pa.field("properties", pa.string()),
    ]
)
"""What is null leaves the order as it was; what is not null replaces it."""

PERSON_BATCH = pa.schema(
    [
        pa.field("person", pa.string(), nullable=False),
        pa.field("aliases", pa.list_(pa.string())),
        pa.field("properties", pa.string()),  # traits; what is not null replaces what was
    ]
)

Source: TypeAlias = pa.Table | Path


# ---- what is asked --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Condition:
    """`property op value`.

    A bare name is a property of the signal: its own properties first, then `kind`, `name`, `event`, `metric`,
    `reason`, `channel`, `url`, `value`, `score`, `text`, `session`, `time`. `order.NAME` and `person.NAME` are
    those of the joined order (`status`, `value`, `time`, `promised`, `delivered`, `on_time`, `id`, then its
    properties) and person. A number compares as a number, a date (YYYY-MM-DD) as a calendar day in the scope's
    zone, True and False with the texts true and false, other values as text. `exists` takes True or False.
    `ne` holds also where the property is absent.
    """

    property: str
    op: Operator
    value: object = None


@dataclass(frozen=True)
class Selector:
    """Some of the signals: of a kind, by name, page address (`*` is any text), channel, conditions, or by the
    touchpoint they hit. Parts that are None or empty do not restrict; all that are given must hold."""

    kinds: tuple[SignalKind, ...] = ()
    names: tuple[str, ...] = ()
    url: str | None = None
    channel: str | None = None
    touchpoint: int | None = None
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class SegmentRule:
    """People whose properties hold at the end of the range and who did, or did not do, something up to it.

    `bought` are conditions about `eventstore.bought.PROPERTIES`; orders in one of the states `void` are no purchases.
    """

    where: tuple[Condition, ...] = ()
    did: tuple[Selector, ...] = ()
    did_not: tuple[Selector, ...] = ()
    bought: tuple[Condition, ...] = ()
    void: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scope:
    """Which signals a question is about. `start` and `end` are naive UTC, half-open."""

    start: datetime | None = None
    end: datetime | None = None
    where: tuple[Condition, ...] = ()
    segment: SegmentRule | None = None
    timezone: str = "UTC"


@dataclass(frozen=True)
class HitRule:
    """Signals that `selector` takes belong to `touchpoint`."""

    touchpoint: int
    selector: Selector


@dataclass(frozen=True)
class StoreState:
    """`version` grows by each write; `data_as_of` is the newest signal's time (UTC), of those whose time
    has come; where none has, the first one's."""

    version: int
    data_as_of: datetime | None
    first_time: datetime | None
    signals: int
    people: int


@dataclass(frozen=True)
class SequenceRows:
    """Signals of units in order: unit, then time, then arrival; all arrays have the same length.

    `unit` numbers the units (dense or not); `mask` has bit k set where the signal is taken by selector k;
    `time` is microseconds since 1970 (UTC); `key` is the breakdown's value or None (empty without one).
    """

    unit: NDArray[np.int64]
    time: NDArray[np.int64]
    mask: NDArray[np.int64]
    key: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    scanned: int = 0


@dataclass(frozen=True)
class CatalogEntry:
    """A name received: of an event, a page address, a contact reason, a channel, a metric, an order state."""

    name: str
    signals: int
    people: int
    last: datetime | None


@dataclass(frozen=True)
class TrendPart:
    """A trend of the signals whose property has the value `key` (None: they lack it), or of all the rest."""

    key: str | None
    points: list[tuple[datetime, float]]
    is_others: bool = False


@dataclass(frozen=True)
class Preview:
    """What selectors would catch in a scope: counts, and a few signals as {"time", "name", "url", "channel",
    "text", "person"} with newest first."""

    signals: int
    people: int
    examples: list[dict[str, object]]


CatalogKind = Literal["event", "url", "reason", "channel", "metric", "status", "property"]


class EventStore(
    AnswerRows,
    Arrivals,
    BehaviourQuestions,
    BuyersOneByOne,
    LiveMaps,
    Loading,
    PeopleOneByOne,
    ReceivedSignals,
    SalesQuestions,
    Upkeep,
    WebQuestions,
    Protocol,
):
    """One workspace's signals never meet another's: `workspace` is the first argument of everything."""

    # life of a workspace
    def create(self, workspace: str) -> None: ...
    def drop(self, workspace: str) -> None: ...
    def state(self, workspace: str) -> StoreState: ...
    def close(self) -> None: ...

    # reads
    def catalog(
        self, workspace: str, what: CatalogKind, *, search: str = "", limit: int = 200
    ) -> list[CatalogEntry]: ...
    def preview(self, workspace: str, selectors: Sequence[Selector], scope: Scope) -> Preview: ...
    def trend(
        self, workspace: str, scope: Scope, selector: Selector, interval: Interval, measure: Measure
    ) -> list[tuple[datetime, float]]:
        """(start of the period in local time, value), only periods that hold something, in order."""

    def trend_parts(
        self,
        workspace: str,
        scope: Scope,
        selector: Selector,
        interval: Interval,
        measure: Measure,
        breakdown: str,
        most: int,
    ) -> list[TrendPart]:
        """The trend by values of the property `breakdown`: the `most` values with most over the whole scope, the
        largest first and equal ones by name, then the rest together if there are more."""

    def scores(
        self,
        workspace: str,
        scope: Scope,
        metric: str,
        *,
        interval: Interval | None,
        group_by: Sequence[str],
    ) -> pa.Table:
        """Counts of answers: columns g0, g1 … (text; `touchpoint` gives the touchpoint's number as int64),
        `start` (local, null without interval), `named`, `score`, `scale_low`, `scale_high`, `n`.

        Grouped by touchpoint, an answer at two of them counts at each. One that no map holds has a null number
        and in `named` the touchpoint that it came with; without such a name it is left out."""

    def hits(self, workspace: str, scope: Scope, touchpoints: Sequence[int]) -> pa.Table:
        """Columns `touchpoint`, `signal` (arrival number), `person` (int64), `time` (timestamp), `kind`,
        `name`, `score`, `scale_low`, `scale_high`, `order` (int64, null), ordered by touchpoint, person, time,
        arrival."""

    def orders(self, workspace: str, scope: Scope) -> pa.Table:
        """Orders that have a time in the scope, and with a scope that restricts nothing all of them, those
        without a time first: `order` (int64), `id`, `person`, `time` (or null), `value`, `status`, `promised`,
        `delivered` (days), `on_time` (bool or null)."""

    def comments(
        self, workspace: str, scope: Scope, touchpoint: int, *, limit: int = 50, search: str = ""
    ) -> pa.Table:
        """What customers said at the touchpoint, newest first: `time`, `text`, `kind`, `name`, `score`,
        `scale_low`, `scale_high`, `channel`, `person`."""

    def people(self, workspace: str, people: Sequence[int]) -> pa.Table:
        """`person`, `ids`, `kinds` (IdKind; lists of text), `traits` (JSON text), `first_seen`, `last_seen`."""

    def traits(self, workspace: str, scope: Scope) -> pa.Table:
        """Every person with a signal in scope: `person`, `traits` (JSON text, may be null)."""

    # the front door
    def load_stream(self, workspace: str, batch: StreamBatch, *, rules: Sequence[HitRule]) -> StreamLoaded:
        """Load the batch and its place in the inbox in one transaction. A batch whose place the store has passed
        changes nothing. Links are applied before the events are given to people."""

    def inbox_place(self, workspace: str) -> InboxPlace: ...
    def sources(self, workspace: str) -> list[SourceState]:
        """By newest receipt, imports included."""

    def source_counts(self, workspace: str, since: datetime) -> pa.Table:
        """Columns `origin`, `hour` (UTC), `reason`, `count` from the hour of `since` on, in order of hours."""

    def rejected(
        self,
        workspace: str,
        *,
        origin: str | None = None,
        reason: str | None = None,
        ids: Sequence[str] | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[RejectedRow]:
        """Rows kept raw, newest first. Ids that are not 32 hex digits are of no row."""

    def rejected_groups(self, workspace: str) -> list[RejectedGroup]:
        """How many rows are kept raw, by source and reason, the most first."""

    def mend_rejected(self, workspace: str, changes: Sequence[tuple[str, str]]) -> int:
        """Replace the raw text of rejected rows by (id, text); how many there were."""

    def forget_rejected(self, workspace: str, ids: Sequence[str]) -> int:
        """Delete rejected rows for good; how many there were."""

    def put_aside_rejected(self, workspace: str, ids: Sequence[str], *, at: datetime) -> int:
        """Take waiting rows out of sight, and out of every other method, but for erasing people; how many there were.
        One that is sent again waits again."""

    def restore_rejected(self, workspace: str, *, put_aside_at: datetime) -> int:
        """Let what was put aside at that moment (naive UTC) wait again; how many rows there were still."""

    def forget_put_aside(self, workspace: str, *, before: datetime) -> int:
        """Delete for good what was put aside before that moment (naive UTC); how many rows there were."""

    def recent(self, workspace: str, *, origin: str | None = None, limit: int = 20) -> pa.Table:
        """The signals that arrived last, newest first: `arrival`, `time`, `kind`, `name`, `url`, `channel`,
        `value`, `properties`, `origin`, `person`."""


class StoreError(Exception):
    """A person can mend this; the message says how."""


class QuestionTooSlow(StoreError):
    """A question was stopped, at its time limit or with the server; the same may be answered later."""


class HitRules(Protocol):
    def __call__(self, workspace: str, /) -> Sequence[HitRule]: ...
