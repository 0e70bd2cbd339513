"""Questions about a website: visits, where they came from, what they saw, searched for and bought. Part of the store's
port.

A *visit* is a session (as `sequences` cuts it by all signals of a person) in which the scope's `where` takes an event
that has a page's address. What is said of a visit — its traffic, device and browser — is what the first of these events
carries. An order belongs to the visit of its person that began last before it, unless more than 30 minutes passed since
that visit's last signal; an order in none of them is not the website's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol, get_args

if TYPE_CHECKING:
    from polku.eventstore.port import Interval, Scope

Dimension = Literal["channel", "source", "campaign", "page", "device", "browser"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
"""By what visits can be told apart. All but `page` give each visit one value, or None where none is known."""

LOAD_TIMES = (0.0, 1_000.0, 2_000.0, 3_000.0, 5_000.0)
"""Where the bands of load time begin, in milliseconds; the last one is open."""


@dataclass(frozen=True)
class WebQuestion:
    """`only` keeps visits of that channel, source … or that saw that page (None: of which it is not known).

    Orders in one of the states `void` count for nothing. `searches` are names of events that are a search of the site,
    with what was searched for in the property `query` and how much was found in `results`. `most` limits each list.
    """

    only: Mapping[Dimension, str | None] = field(default_factory=dict)
    void: frozenset[str] = frozenset()
    searches: tuple[str, ...] = ()
    interval: Interval = "day"
    most: int = 100


@dataclass(frozen=True)
class WebPoint:
    """One period of the scope's time zone; a visit and its orders belong to that in which it began.

    `visitors` are different people, `daily` the ids of visitors without cookies, which live a day at most.
    """

    start: date
    visits: int
    visitors: int
    daily: int
    converted: int
    revenue: float


@dataclass(frozen=True)
class WebRow:
    """Visits of one value; `converted` of them led to an order. Values of pages overlap."""

    name: str | None
    visits: int
    converted: int
    revenue: float


@dataclass(frozen=True)
class WebTerm:
    """What was searched for, in small letters: how often, and how often nothing was found."""

    query: str
    searches: int
    failed: int


@dataclass(frozen=True)
class WebOverview:
    """All of it for the visits that `only` keeps.

    `visitors` and `daily` as in WebPoint, over the whole scope: they must never be added up. `converted` visits led to
    an order; `orders` of the visits have the sum `revenue`, of `priced` of them the value is known. `all_orders` and
    `contacts` are those of the visitors, wherever they were made; without `only`, of everybody. Of `searches`
    `answered` said how much they found, `failed` of these nothing. `loads` is one row for each band of LOAD_TIMES:
    visits by the mean load time of their pages, and how many of them were converted.
    `distinct` says how many values there are by dimension, whereof the lists hold the most visited.
    """

    visits: int = 0
    visitors: int = 0
    daily: int = 0
    converted: int = 0
    orders: int = 0
    priced: int = 0
    revenue: float = 0.0
    all_orders: int = 0
    contacts: int = 0
    searches: int = 0
    answered: int = 0
    failed: int = 0
    points: tuple[WebPoint, ...] = ()
    lists: Mapping[Dimension, tuple[WebRow, ...]] = field(default_factory=dict)
    distinct: Mapping[Dimension, int] = field(default_factory=dict)
    terms: tuple[WebTerm, ...] = ()
    loads: tuple[tuple[int, int], ...] = ()
    scanned: int = 0


class WebQuestions(Protocol):
    """The part of the port that the overview of a website asks."""

    def web_overview(
        self, workspace: str, scope: Scope, question: WebQuestion, *, version: int | None = None
    ) -> WebOverview:
        """What visits the website had. With the `version` of a state had lately, an answer as of that state is good
        enough: clicks through the same range then need not read the signals again while new ones pour in.

        Raises QuestionTooSlow as every question does."""

    def visitors_since(self, workspace: str, since: datetime) -> int:
        """How many people sent an event with a page's address at `since` (naive UTC) or later. A small read, which
        waits behind no question."""
