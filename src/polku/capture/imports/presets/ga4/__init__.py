"""Google Analytics 4: events as BigQuery holds them. What GA4's own pages download are sums and no events."""

from __future__ import annotations

from collections.abc import Iterator

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.table import Table
from polku.eventstore.placeholders import is_placeholder

_URL = ("page_location", "event_params_page_location", "page_url")
_ORDER = ("transaction_id", "ecommerce_transaction_id", "ecommerce.transaction_id")
_VALUE = (
    "purchase_revenue",
    "ecommerce_purchase_revenue",
    "ecommerce.purchase_revenue",
    "value",
    "event_value",
)
_CHANNEL = ("channel_group", "default_channel_group", "session_default_channel_group", "medium", "source")
_MORE = (
    "platform", "device_category", "device.category", "geo_country", "geo.country", "country", "campaign", "source",
    "medium", "page_title", "stream_id",
)  # fmt: skip


def _propose(table: Table) -> Iterator[Proposal]:
    user, device = table.column("user_id"), table.column("user_pseudo_id")
    # A device may have several users, so that neither id says of the other who it is.
    known = table.filled(user) == 1 and not _has_placeholders(table, user)
    order = table.column(*_ORDER)
    channel = table.column(*_CHANNEL)
    used = (channel, user if known else None)
    yield Proposal(
        "events",
        ImportOptions(
            person=user if known else device,
            event=table.column("event_name"),
            time=table.column("event_timestamp"),
            order=None if _has_placeholders(table, order) else order,
            value=table.column(*_VALUE),
            url=table.column(*_URL),
            channel=channel,
            properties=tuple(column for column in table.those("user_id", *_MORE) if column not in used),
        ),
        timezone="UTC",
    )


def _has_placeholders(table: Table, column: str | None) -> bool:
    """Whether `(not set)` stands where an id is missing: all such rows would be one person or order."""
    return any(is_placeholder(cell) for cell in table.cells(column))


PRESET = Preset(
    key="ga4",
    name="Google Analytics 4",
    forms=(Form(signature=(("event_name",), ("event_timestamp",), ("user_pseudo_id",)), propose=_propose),),
)
