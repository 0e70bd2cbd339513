"""The whole world put together: `simulate` gives the tables that a store of signals takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.simulation.after_purchase import write_answers, write_contacts, write_counter, write_orders
from polku.simulation.answering import answer
from polku.simulation.browsing import write_browsing
from polku.simulation.clock import Window, day_of
from polku.simulation.contacting import contact_us
from polku.simulation.fulfilment import fulfil, visit_loyalty_desk
from polku.simulation.ledger import Ledger, open_ledger, orders_table
from polku.simulation.population import Population, populate
from polku.simulation.registry import people_table
from polku.simulation.rows import Rows, signals_table
from polku.simulation.shopping import go_shopping
from polku.simulation.streams import stream
from polku.simulation.truths import Truths
from polku.simulation.wording import Writer, write_comments, write_questions

REGULARS = 17_900
"""People who come without the campaign, at scale 1."""


@dataclass(frozen=True)
class Simulation:
    """Arrow tables in the schemas of `schema` (equal to those of the event store's port), in order of time."""

    signals: pa.Table
    orders: pa.Table
    people: pa.Table


def simulate(*, today: date, truths: Truths | None = None, seed: int = 1, scale: float = 1.0) -> Simulation:
    """120 days of the shop, up to the morning of `today`.

    The same arguments give equal tables, byte for byte; a `today` a week later gives the same tables with all
    times a week later. Another weekday shows another 120 days of the same 18 weeks. `scale` multiplies the
    number of people. Raises ValueError for a scale that leaves nobody.
    """
    truths = truths or Truths()
    if round(REGULARS * scale) < 100:
        raise ValueError("scale is too small: at least 100 people must be left")
    window = Window.ending(today)
    newcomers = round(truths.instagram_visitors * scale)
    people = populate(stream(seed, "people"), round(REGULARS * scale) + newcomers, newcomers=newcomers)
    trips = go_shopping(seed, truths, people, newcomers=newcomers)
    orders = fulfil(seed, truths, trips, people)
    counter = visit_loyalty_desk(seed, trips, orders, people)
    contacts = contact_us(seed, truths, trips, orders, people)

    rows = Rows()
    write_browsing(rows, seed, trips, people)
    write_orders(rows, seed, orders, people)
    write_counter(rows, counter)
    writer = Writer(stream(seed, "words"))
    write_contacts(rows, seed, contacts, write_questions(writer, contacts, trips, people))
    for answers in answer(seed, truths, trips, orders, counter, contacts, people):
        write_answers(rows, answers, write_comments(writer, answers, trips, people), people)

    came_for_the_desk = counter.trip >= len(trips)
    began = np.concatenate([day_of(trips.start), day_of(counter.time[came_for_the_desk])])
    shown = rows.columns(window, began)
    ledger = open_ledger(trips, orders, counter, window, began)
    ids = stream(seed, "message ids")
    joined = _joined(people, ledger, shown)
    return Simulation(
        signals=signals_table(shown, window=window, population=people, orders=ledger.ids, rng=ids),
        orders=orders_table(ledger, window=window, people=people, rng=ids),
        people=people_table(people, joined, shown),
    )


def _joined(people: Population, ledger: Ledger, shown: dict[str, NDArray[Any]]) -> NDArray[np.bool_]:
    """(people, 6): which ids the shop knows to be one customer's."""
    known = people.account.copy()
    known[ledger.person[ledger.shown]] = True
    by_name = shown["identity"] != 1
    by_name &= ~np.isin(shown["identity"], (2, 3)) & (shown["person"] >= 0)
    known[shown["person"][by_name]] = True
    joined = np.zeros((len(people), 6), dtype=bool)
    joined[:, [0, 4, 5]] = known[:, None]
    joined[:, 1:4] = known[:, None] & people.signs_in
    bought = ledger.shown & (ledger.device >= 0)
    joined[ledger.person[bought], ledger.device[bought] + 1] = True
    return joined
