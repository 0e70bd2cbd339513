"""Shopify: orders as the admin exports them. One row per order line; what is the order's stands on its first row."""

from __future__ import annotations

from collections.abc import Iterator

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.table import Table

_STEPS = {
    "Created at": "Order Completed",
    "Paid at": "Order Paid",
    "Fulfilled at": "Order Shipped",
    "Cancelled at": "Order Cancelled",
}


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
            properties=table.those(
                "Fulfillment Status", "Payment Method", "Shipping Method", "Discount Code", "Refunded Amount",
                "Currency", "Shipping City", "Shipping Country", "Location", "Tags",
            ),
        ),
    )  # fmt: skip
    yield Proposal(
        "events",
        ImportOptions(
            person=email,
            order=name,
            id=table.those("Name"),
            wide=tuple(
                f"{column}={event}" for step, event in _STEPS.items() if (column := table.column(step))
            ),
        ),
    )
    if email:
        yield Proposal(
            "people",
            ImportOptions(
                person=email,
                properties=table.those(
                    "Billing Name",
                    "Phone",
                    "Billing City",
                    "Billing Zip",
                    "Billing Country",
                    "Accepts Marketing",
                ),
                skip_empty=True,
            ),
        )


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
