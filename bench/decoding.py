"""What decoding and the pipeline's steps cost, per event, for each protocol; processor time of one thread."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from urllib.parse import urlencode

RECEIVED = 1_800_000_000_000_000
PROMISED = 6.0  # microseconds per event in batches of 20
_PAGE = {
    "url": "https://kauppa.example/tuote/1?utm_source=kirje",
    "referrer": "https://www.google.com/",
    "title": "Talvitakki",
    "path": "/tuote/1",
    "search": "?utm_source=kirje",
}
_HIT = {
    "idsite": "pk_1",
    "rec": "1",
    "action_name": "Talvitakki",
    "url": _PAGE["url"],
    "_id": "0123456789abcdef",
    "rand": "123456",
    "h": "10",
    "m": "20",
    "s": "30",
    "res": "1920x1080",
    "pv_id": "a1B2c3",
    "send_image": "0",
}


def _event(number: int) -> dict[str, object]:
    return {
        "type": "track",
        "event": "Product Viewed",
        "userId": f"asiakas-{number}",
        "anonymousId": f"3f0f9e2c-2f2c-4a8e-9d0f-{number:012d}",
        "messageId": f"ajs-next-1700000000000-{number:012d}",
        "timestamp": "2027-01-15T07:59:59.512Z",
        "properties": {"product_id": "T-9", "name": "Talvitakki", "price": 129.9, "currency": "EUR"},
        "context": {
            "page": _PAGE,
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
            "locale": "fi-FI",
            "timezone": "Europe/Helsinki",
            "library": {"name": "analytics.js", "version": "npm:next-1.84.3"},
        },
        "integrations": {},
    }


def main() -> None:
    """Prints microseconds per event; the smallest of several rounds, because others use the machine too."""
    from polku.capture import pipeline
    from polku.capture.protocols import Request, find

    def cost(path: str, body: bytes, events: int) -> float:
        protocol = find("POST", path)
        assert protocol is not None
        request = Request("POST", path, b"", {}, body, RECEIVED)

        def once() -> None:
            decoded = protocol.decode(request)
            assert len(pipeline.run(decoded, received=RECEIVED)) == events

        return _smallest(once) / events

    for events in (1, 20, 100):
        batch = {"batch": [_event(number) for number in range(events)], "sentAt": "2027-01-15T08:00:00.000Z"}
        body = json.dumps(batch, separators=(",", ":")).encode()
        spent = cost("/v1/batch", body, events)
        ratio = f", {spent / PROMISED:.2f} of the {PROMISED:.0f} promised" if events == 20 else ""
        print(f"Segment, batches of {events}: {spent:.1f} µs per event of {len(body) // events} bytes{ratio}")
    print(f"Matomo, one hit: {cost('/matomo.php', urlencode(_HIT).encode(), 1):.1f} µs")
    hits = json.dumps(
        {"requests": ["?" + urlencode(_HIT | {"rand": str(number)}) for number in range(20)]}
    ).encode()
    print(f"Matomo, bulk of 20: {cost('/matomo.php', hits, 20):.1f} µs per hit")


def _smallest(once: Callable[[], None], rounds: int = 15, seconds: float = 0.05) -> float:
    """Microseconds that one call takes at best."""
    best = float("inf")
    for _ in range(rounds):
        calls, start = 0, time.thread_time()
        while (spent := time.thread_time() - start) < seconds:
            for _ in range(10):
                once()
            calls += 10
        best = min(best, spent / calls * 1e6)
    return best


if __name__ == "__main__":
    main()
