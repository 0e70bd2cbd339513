"""Magento and Adobe Commerce: the grid of orders as it is exported."""

from __future__ import annotations

from collections.abc import Iterator

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.table import Table

_ORDER = (
    "Purchase Point", "Payment Method", "Shipping Information", "Customer Group", "Total Refunded", "Subtotal",
    "Shipping and Handling",
)  # fmt: skip


def _propose(table: Table) -> Iterator[Proposal]:
    email = table.column("Customer Email")
    yield Proposal(
        "orders",
        ImportOptions(
            id=table.those("ID"),
            person=email,
            time=table.column("Purchase Date"),
            value=table.column("Grand Total (Base)"),
            status=table.column("Status"),
            properties=table.those(*_ORDER),
        ),
    )
    if email:
        known = table.those("Customer Name", "Bill-to Name", "Customer Group")
        yield Proposal("people", ImportOptions(person=email, properties=known, skip_empty=True))


PRESET = Preset(
    key="magento",
    name="Magento / Adobe Commerce",
    forms=(
        Form(
            signature=(
                ("ID",),
                ("Purchase Point",),
                ("Purchase Date",),
                ("Bill-to Name",),
                ("Grand Total (Base)",),
            ),
            propose=_propose,
        ),
    ),
)
