"""MyCashflow: orders as its CSV export writes them, by its own identifiers."""

from __future__ import annotations

from collections.abc import Iterator

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.steps import wide
from polku.capture.imports.presets.table import Table

_STEPS = {
    "OrderDate": "Order Completed",
    "OrderCreatedAt": "Order Completed",
    "OrderPaidDate": "Order Paid",
    "OrderPaidAt": "Order Paid",
    "OrderShippedDate": "Order Shipped",
    "OrderShippedAt": "Order Shipped",
    "OrderCompletedAt": "Order Delivered",
}
_ORDER = (
    "OrderVersionID", "OrderPaymentMethod", "OrderShippingMethod", "OrderLanguage", "OrderCurrency", "OrderDiscount",
)  # fmt: skip
_PERSON = (
    "CustomerFirstName", "CustomerLastName", "CustomerPhone", "CustomerCity", "CustomerZipCode", "CustomerCountry",
    "CustomerLanguage", "CustomerCode", "CustomerID", "CustomerGroup",
)  # fmt: skip
_ID = ("OrderNumber", "OrderID")
_TIME = ("OrderDate", "OrderCreatedAt", "OrderTime")
_VALUE = ("OrderTotal", "OrderTotalPrice", "OrderSum", "OrderPrice")


def _propose(table: Table) -> Iterator[Proposal]:
    email = table.column("CustomerEmail", "OrderEmail")
    order = table.column(*_ID)
    yield Proposal(
        "orders",
        ImportOptions(
            id=(str(order),),
            person=email,
            time=table.column(*_TIME),
            value=table.column(*_VALUE),
            status=table.column("OrderStatus", "OrderState"),
            properties=table.those(*_ORDER),
        ),
    )
    steps = wide(table, _STEPS)
    if len(steps) > 1:
        yield Proposal("events", ImportOptions(person=email, order=order, id=(str(order),), wide=steps))
    if email:
        people = ImportOptions(person=email, properties=table.those(*_PERSON), skip_empty=True)
        yield Proposal("people", people)


PRESET = Preset(
    key="mycashflow",
    name="MyCashflow",
    forms=(
        Form(
            signature=(
                _ID,
                _TIME,
                _VALUE,
                ("CustomerEmail", "OrderEmail"),
                # What no other shop calls so: each storefront of a MyCashflow shop is a version.
                ("OrderVersionID", "CustomerVersionID", "VersionID", "CustomerCode", "CustomerLoginAllowed"),
            ),
            propose=_propose,
        ),
    ),
)
