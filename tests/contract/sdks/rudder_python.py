"""rudder-sdk-python against a server: `rudder_python.py ADDRESS KEY all|retry`. Its bodies are gzipped by default."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from rudderstack.analytics.client import Client

address, key, what = sys.argv[1:]
errors: list[str] = []
client = Client(key, host=address, on_error=lambda error, items: errors.append(str(error)))
WHEN = datetime(2024, 5, 1, 10, 0, 0, 250_000, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return WHEN + timedelta(seconds=seconds)


if what == "all":
    client.identify(
        "asiakas-1",
        {"email": "Maija@Example.fi", "phone": "+358 40 123 4567", "plan": "kulta"},
        anonymous_id="laite-1",
        timestamp=at(0),
        message_id="rp-1",
    )
    client.page(
        "asiakas-1",
        "Tuotteet",
        "Takki",
        {"url": "https://kauppa.example/takki", "title": "Talvitakki"},
        anonymous_id="laite-1",
        timestamp=at(1),
        message_id="rp-2",
    )
    client.screen("asiakas-1", None, "Kassa", {"step": 2}, timestamp=at(2), message_id="rp-3")
    client.track(
        "asiakas-1",
        "Order Completed",
        {"order_id": "T-1", "total": "49.90", "products": [{"sku": "T-9", "quantity": 2}]},
        timestamp=at(3),
        message_id="rp-4",
    )
    client.group("asiakas-1", "yritys-1", {"name": "Yritys Oy"}, timestamp=at(4), message_id="rp-5")
    client.alias("vanha-1", "asiakas-1", timestamp=at(5), message_id="rp-6")
    for number in range(150):
        client.track(
            "asiakas-2",
            "Item Seen",
            {"number": number},
            timestamp=at(10 + number),
            message_id=f"rp-b-{number}",
        )
else:
    client.track("asiakas-1", "Tried Again", {"a": 1}, timestamp=at(0), message_id="rp-r")
client.shutdown()
print("\n".join(errors), file=sys.stderr)
sys.exit(bool(errors))
