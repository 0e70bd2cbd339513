"""The way of a signal inside the server: decoding, steps, envelope; then enrichment, tables and the store.

Time is the processor's of the thread that does the work, so neither other threads nor other processes count. What
DuckDB works in that thread is told apart by timing its calls; what its own threads work is the rest of the process.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

EVENTS = 120_000
OF_A_REQUEST, OF_A_LOAD = 20, 15_000  # what gathers before a load at ten thousand a second
MICROSECONDS, EVENTS_A_SECOND = 20.0, 10_000
_LOADER = ("decoding the envelope", "enrichment and tables", "store")
KEY = "0123456789abcdef0123456789abcdef"
RECEIVED = 1_760_000_000_000_000

_PAGES = [
    "",
    "haku?q=teltta",
    "tuotteet/teltat",
    "tuote/{n}",
    "tuote/{n}?vari=sininen",
    "ostoskori",
    "kassa",
    "kassa/maksu",
]
_REFERRERS = [
    "",
    "",
    "https://www.google.com/",
    "https://m.facebook.com/",
    "https://www.retkilehti.fi/testit/teltat",
]
_CAMPAIGNS = ["", "", "", "utm_source=uutiskirje&utm_medium=email&utm_campaign=kesa", "gclid=Cj0KCQjw"]


def requests(events: int, seed: int = 1) -> Iterator[bytes]:
    """Batches as a shop's server library and browsers send them: pages, shop events, sign-ins; 20,000 visitors."""
    chance = np.random.default_rng(seed)
    visitors = chance.zipf(1.3, events) % 20_000
    agents = _user_agents()
    encode = msgspec.json.Encoder().encode
    for first in range(0, events, OF_A_REQUEST):
        batch = [
            _event(number, int(visitors[number]), chance, agents)
            for number in range(first, first + OF_A_REQUEST)
        ]
        yield encode({"batch": batch, "writeKey": "k" * 32})


def _user_agents() -> list[str]:
    chrome = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 {}Safari/537.36"
    computers = [chrome.format("Windows NT 10.0; Win64; x64", version, "") for version in range(90, 142)]
    phones = [
        chrome.format(f"Linux; Android {n % 8 + 8}; SM-G{n}", 100 + n % 40, "Mobile ") for n in range(150)
    ]
    return computers + phones


def _event(number: int, visitor: int, chance: np.random.Generator, agents: list[str]) -> dict[str, Any]:
    picked = chance.integers(0, 1 << 30, 5)
    path = _PAGES[picked[0] % len(_PAGES)].replace("{n}", str(picked[1] % 2_000))
    campaign = _CAMPAIGNS[picked[2] % len(_CAMPAIGNS)]
    url = f"https://www.retkikauppa.fi/{path}" + (
        ("&" if "?" in path else "?") + campaign if campaign else ""
    )
    made: dict[str, Any] = {
        "anonymousId": f"{visitor:08x}-1b2c-4d3e-8f40-{visitor * 7919:012x}",
        "messageId": f"ajs-next-1760000000-{number:012x}",
        "timestamp": _written(RECEIVED // 1000 + number // 10),  # ten thousand a second, in order
        "context": {
            "library": {"name": "analytics.js", "version": "npm:next-1.81.0"},
            "userAgent": agents[visitor % len(agents)],
            "locale": "fi-FI",
            "timezone": "Europe/Helsinki",
            "page": {
                "url": url,
                "path": f"/{path}",
                "referrer": _REFERRERS[picked[3] % len(_REFERRERS)],
                "title": "Retkikauppa",
            },
        },
    }
    if visitor % 5 == 0:
        made["userId"] = f"asiakas-{visitor}"
    kind = picked[4] % 20
    if kind < 10:
        return made | {"type": "page", "name": "Tuote", "properties": dict(made["context"]["page"])}
    if kind == 10 and visitor % 5 == 0:
        return made | {"type": "identify", "traits": {"email": f"a{visitor}@example.fi", "city": "Oulu"}}
    if kind == 11:
        order = {"order_id": f"T-{number}", "revenue": 129.9, "currency": "EUR", "payment_method": "paytrail"}
        return made | {"type": "track", "event": "Order Completed", "properties": order}
    seen = {
        "product_id": f"P{picked[1] % 2000}",
        "name": "Teltta",
        "price": 129.9,
        "currency": "EUR",
        "position": 3,
    }
    return made | {"type": "track", "event": "Product Viewed", "properties": seen}


def _written(milliseconds: int) -> str:
    return (
        datetime.fromtimestamp(milliseconds / 1000, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )


class Clock:
    """Seconds of this thread's processor by label."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def on(self, label: str) -> Iterator[None]:
        begun = time.thread_time()
        try:
            yield
        finally:
            self.seconds[label] = self.seconds.get(label, 0.0) + time.thread_time() - begun


def tell_duckdb_apart(clock: Clock) -> None:
    """Let the clock run under `duckdb` while this thread is inside one of the store's calls of it."""
    from polku.eventstore.duckdb.session import Session

    def timed(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            with clock.on("duckdb"):
                return method(*given, **named)

        return call

    for name in ("run", "rows", "table"):
        setattr(Session, name, timed(getattr(Session, name)))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.config.settings")
    with tempfile.TemporaryDirectory(prefix="polku-bench-pipeline-") as folder:
        os.environ["POLKU_HOME"] = folder
        import django

        django.setup()
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    clock = Clock()
    bodies = list(requests(EVENTS))
    payloads = _front(bodies, clock)
    wall, own_threads = _loader(folder, payloads, clock)
    size = sum(map(len, payloads)) / EVENTS
    print(
        f"{EVENTS:,} events in requests of {OF_A_REQUEST}, {sum(map(len, bodies)) / EVENTS:.0f} bytes each as JSON, "
        f"{size:.0f} in the inbox; loaded {OF_A_LOAD:,} at a time"
    )
    worked = own_threads + sum(clock.seconds[label] for label in _LOADER)
    duckdb = clock.seconds.pop("duckdb")
    clock.seconds[_LOADER[-1]] -= duckdb
    for label, seconds in clock.seconds.items():
        print(f"  {label:<28}{seconds / EVENTS * 1e6:6.2f} µs of Python an event")
    total = sum(clock.seconds.values()) / EVENTS * 1e6
    ratio = MICROSECONDS / total
    print(f"together {total:.1f} µs of Python an event; promised {MICROSECONDS:.0f}: ratio {ratio:.2f}")
    inside, beside = duckdb / EVENTS * 1e6, own_threads / EVENTS * 1e6
    print(f"DuckDB beside it: {inside:.1f} µs in the loader's thread, {beside:.1f} in threads of its own")
    for rate, of in ((EVENTS / wall, "by the clock"), (EVENTS / worked, "were the processor its own")):
        ratio = rate / EVENTS_A_SECOND
        print(f"loader {of}: {rate:,.0f} events/s; promised {EVENTS_A_SECOND:,}: ratio {ratio:.1f}")


def _front(bodies: list[bytes], clock: Clock) -> list[bytes]:
    """What the front door does with each request, up to the bytes that it puts into the inbox."""
    from polku.capture import pipeline, protocols
    from polku.capture.messages import Envelope, encoder
    from polku.capture.protocols import Request

    protocol = protocols.find("POST", "/v1/batch")
    assert protocol is not None
    payloads = []
    for body in bodies:
        with clock.on("decoding"):
            decoded = protocol.decode(Request("POST", "/v1/batch", b"", {}, body, RECEIVED))
        with clock.on("steps"):
            messages = pipeline.run(decoded, received=RECEIVED)
        with clock.on("envelope"):
            payloads.append(
                encoder.encode(
                    Envelope(
                        KEY,
                        "segment/1",
                        "segment",
                        RECEIVED,
                        "",
                        "FI",
                        messages,
                        decoded.rejected,
                        decoded.dropped,
                    )
                )
            )
    return payloads


def _loader(folder: Path, payloads: list[bytes], clock: Clock) -> tuple[float, float]:
    """(seconds on the wall, seconds of DuckDB's own threads) of loading all payloads."""
    from polku.capture.enrichment.enricher import Enricher
    from polku.capture.loader.reading import envelopes_of
    from polku.capture.loader.tables import build_batch
    from polku.eventstore.duckdb.store import DuckDBStore
    from polku.eventstore.port import HitRule, Selector
    from polku.eventstore.streams import InboxPlace

    rules = [
        HitRule(number, Selector(names=("Page Viewed",), url=f"https://www.retkikauppa.fi/{path}*"))
        for number, path in enumerate(["haku", "tuotteet", "tuote", "ostoskori", "kassa", "kassa/maksu"])
    ] + [HitRule(10, Selector(names=("Order Completed",))), HitRule(11, Selector(names=("Product Viewed",)))]
    store, enricher = DuckDBStore(folder / "events"), Enricher()
    enricher.warm_up()  # as the loader does when it starts
    store.create(KEY)
    tell_duckdb_apart(clock)
    received = datetime.fromtimestamp(RECEIVED / 1e6, UTC).replace(tzinfo=None)
    rows = list(enumerate(payloads, 1))
    step = OF_A_LOAD // OF_A_REQUEST
    begun, of_process, of_thread = time.perf_counter(), time.process_time(), time.thread_time()
    for first in range(0, len(rows), step):
        with clock.on(_LOADER[0]):
            envelopes, last = envelopes_of(rows[first : first + step], KEY, most_events=OF_A_LOAD)
        with clock.on(_LOADER[1]):
            batch = build_batch(envelopes, enricher, place=InboxPlace(1, last), received=received)
        with clock.on(_LOADER[2]):
            loaded = store.load_stream(KEY, batch, rules=rules)
            assert loaded.accepted == batch.events.num_rows
    wall = time.perf_counter() - begun
    own_threads = time.process_time() - of_process - (time.thread_time() - of_thread)
    store.close()
    return wall, own_threads
