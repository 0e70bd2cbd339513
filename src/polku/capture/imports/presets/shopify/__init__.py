"""Shopify: orders as the admin exports them. One row per order line; what is the order's stands on its first row."""

from __future__ import annotations

from collections.abc import Iterator

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.steps import wide
from polku.capture.imports.presets.table import Table

_STEPS = {
    "Created at": "Order Completed",
    "Paid at": "Order Paid",
    "Fulfilled at": "Order Shipped",
    "Cancelled at": "Order Cancelled",
}
_ORDER = (
    "Fulfillment Status", "Payment Method", "Shipping Method", "Discount Code", "Refunded Amount", "Currency",
    "Shipping City", "Shipping Country", "Location", "Tags",
)  # fmt: skip
_PERSON = ("Billing Name", "Phone", "Billing City", "Billing Zip", "Billing Country", "Accepts Marketing")


def _propose(table: Table) -> Iterator[Proposal]:
    name, email = table.column("Name"), table.column("Email")
    yield Proposal(
        "orders",
        ImportOptions(
            id=table.those("Name"),
            person=email,
            time=table.column("Created at"),
            value=table.column("Total"),
            status=table.column("Financial Status"),
            channel=table.column("Source"),
            properties=table.those(*_ORDER),
        ),
    )
    # The order and the step name an event: the time stands on every line of an order, but happened once.
    yield Proposal(
        "events", ImportOptions(person=email, order=name, id=table.those("Name"), wide=wide(table, _STEPS))
    )
    if email:
        people = ImportOptions(person=email, properties=table.those(*_PERSON), skip_empty=True)
        yield Proposal("people", people)


PRESET = Preset(
    key="shopify",
    name="Shopify",
    forms=(
        Form(
            signature=(
                ("Name",),
                ("Financial Status",),
                ("Created at",),
                ("Total",),
                ("Lineitem name",),
                ("Lineitem quantity",),
            ),
            propose=_propose,
        ),
    ),
)
