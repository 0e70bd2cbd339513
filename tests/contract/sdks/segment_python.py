"""segment-analytics-python against a server: `segment_python.py ADDRESS KEY all|retry|burst`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from segment.analytics.client import Client

address, key, what = sys.argv[1:]
errors: list[str] = []
client = Client(
    key, host=address, gzip=what == "retry", on_error=lambda error, items: errors.append(str(error))
)
WHEN = datetime(2024, 5, 1, 10, 0, 0, 250_000, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return WHEN + timedelta(seconds=seconds)


if what == "all":
    client.identify(
        "asiakas-1",
        {"email": "Maija@Example.fi", "name": "Maija Meikäläinen", "plan": "kulta"},
        anonymous_id="laite-1",
        timestamp=at(0),
        message_id="sp-1",
    )
    client.page(
        "asiakas-1",
        "Tuotteet",
        "Takki",
        {"url": "https://kauppa.example/takki", "title": "Talvitakki", "referrer": "https://kauppa.example/"},
        anonymous_id="laite-1",
        timestamp=at(1),
        message_id="sp-2",
    )
    client.screen("asiakas-1", None, "Kassa", {"step": 2}, timestamp=at(2), message_id="sp-3")
    client.track(
        "asiakas-1",
        "Order Completed",
        {
            "order_id": "T-1",
            "revenue": 49.9,
            "currency": "EUR",
            "payment_method": "MobilePay",
            "guest": False,
        },
        anonymous_id="laite-1",
        timestamp=at(3),
        message_id="sp-4",
    )
    client.group("asiakas-1", "yritys-1", {"name": "Yritys Oy"}, timestamp=at(4), message_id="sp-5")
    client.alias("vanha-1", "asiakas-1", timestamp=at(5), message_id="sp-6")
    for number in range(150):
        client.track(
            "asiakas-2",
            "Item Seen",
            {"number": number},
            timestamp=at(10 + number),
            message_id=f"sp-b-{number}",
        )
elif what == "retry":
    client.track("asiakas-1", "Tried Again", {"a": 1}, timestamp=at(0), message_id="sp-r")
else:
    for number in range(200):
        client.track(
            "asiakas-1", "Burst", {"number": number}, timestamp=at(number), message_id=f"sp-u-{number}"
        )
client.shutdown()
print("\n".join(errors), file=sys.stderr)
sys.exit(bool(errors))
