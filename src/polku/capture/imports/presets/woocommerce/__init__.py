"""WooCommerce: orders as its own report and its usual export extensions write them."""

from __future__ import annotations

from collections.abc import Iterator

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.steps import wide
from polku.capture.imports.presets.table import Table

_EMAIL = ("billing_email", "customer_email", "Email (Billing)")
_TIME = ("order_date", "date", "Order Date", "Date")
_STEPS = {
    "order_date": "Order Completed",
    "date": "Order Completed",
    "Order Date": "Order Completed",
    "paid_date": "Order Paid",
    "date_paid": "Order Paid",
    "Paid Date": "Order Paid",
    "completed_date": "Order Delivered",
    "date_completed": "Order Delivered",
    "Completed Date": "Order Delivered",
}
_ORDER = (
    "payment_method", "payment_method_title", "shipping_method", "order_currency", "currency", "coupons",
    "coupon_items", "customer_note", "Payment Method Title", "Shipping Method Title", "Coupon Code",
    "Order Refund Amount", "Customer type", "Items sold", "Coupon(s)", "Attribution",
)  # fmt: skip
_PERSON = (
    "billing_first_name", "billing_last_name", "billing_phone", "billing_city", "billing_postcode",
    "billing_country", "customer_id", "customer_user", "First Name (Billing)", "Last Name (Billing)",
    "Phone (Billing)", "City (Billing)", "Postcode (Billing)", "Country Code (Billing)",
)  # fmt: skip


def _propose(table: Table) -> Iterator[Proposal]:
    order = table.column("order_number", "order_id", "Order Number", "Order #")
    email = table.column(*_EMAIL)
    yield Proposal(
        "orders",
        ImportOptions(
            id=(str(order),),
            person=email,
            time=table.column(*_TIME),
            value=table.column("order_total", "Order Total Amount", "N. Revenue", "Net Sales"),
            status=table.column("status", "order_status", "Order Status"),
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
    key="woocommerce",
    name="WooCommerce",
    forms=(
        # The extensions Customer/Order/Coupon Export and Import Export Suite.
        Form(
            signature=(
                ("order_number", "order_id"),
                ("order_date", "date"),
                ("status", "order_status"),
                ("order_total",),
                ("billing_first_name", "billing_email"),
                ("payment_method", "payment_method_title"),
            ),
            propose=_propose,
        ),
        # The extension Advanced Order Export.
        Form(
            signature=(
                ("Order Number",),
                ("Order Status",),
                ("Order Date",),
                ("First Name (Billing)", "Email (Billing)"),
            ),
            propose=_propose,
        ),
        # WooCommerce's own report of orders.
        Form(
            signature=(("Date",), ("Order #",), ("N. Revenue (formatted)",), ("Status",), ("Customer type",)),
            propose=_propose,
        ),
    ),
)
