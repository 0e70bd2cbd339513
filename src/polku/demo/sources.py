"""The simulated company as systems of its own would send it: signals and the name of each source."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from polku.eventstore.port import SignalKind

PEOPLE, ORDERS = "simulation/people", "simulation/orders"
_WEB, _SERVICE, _SURVEYS = "simulation/web", "simulation/service", "simulation/surveys"
_BY_CHANNEL = {
    "email": "simulation/letters",
    "store": "simulation/stores",
    "delivery": "simulation/logistics",
    "post": "simulation/logistics",
    "": "simulation/logistics",
    "phone": _SERVICE,
    "chat": _SERVICE,
}
"""Which system sees an event in a channel; the web shop sees all the others. What has no channel is warehouse work."""
_BY_KIND = {SignalKind.SCORE: _SURVEYS, SignalKind.CONTACT: _SERVICE}


def by_source(signals: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """(source, its signals in their order), the source with most of them first."""
    by_channel = pc.index_in(pc.fill_null(signals["channel"], ""), value_set=pa.array(list(_BY_CHANNEL)))
    source = pc.fill_null(pa.array([*_BY_CHANNEL.values()]).take(by_channel.combine_chunks()), _WEB)
    for kind, name in _BY_KIND.items():
        source = pc.if_else(pc.equal(signals["kind"], kind).combine_chunks(), name, source)
    counts = sorted(pc.value_counts(source).to_pylist(), key=lambda each: -each["counts"])
    for name in (each["values"] for each in counts):
        yield name, signals.filter(pc.equal(source, name))
