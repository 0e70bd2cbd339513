"""The common names of a web shop's events, for whoever adds them to the shop: when to send each, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class TradeEvent:
    name: str
    when: Any
    properties: tuple[str, ...]


_PRODUCT = ("product_id", "name", "price", "category")
TRADE_EVENTS = (
    TradeEvent("Product List Viewed", _("A page of a product group was opened."), ("category",)),
    TradeEvent(
        "Products Searched", _("The site was searched. The tracker sees most of it."), ("query", "results")
    ),
    TradeEvent("Product Viewed", _("A product’s page was opened."), _PRODUCT),
    TradeEvent("Product Added", _("A product went into the basket."), (*_PRODUCT, "quantity")),
    TradeEvent("Product Removed", _("A product was taken out of the basket."), ("product_id", "quantity")),
    TradeEvent("Cart Viewed", _("The basket was opened."), ("total",)),
    TradeEvent("Coupon Applied", _("A discount code was used."), ("coupon", "discount")),
    TradeEvent("Checkout Started", _("The checkout began."), ("total", "guest")),
    TradeEvent("Payment Info Entered", _("A way to pay was chosen."), ("payment_method", "shipping_method")),
    TradeEvent("Payment Failed", _("A payment did not succeed."), ("payment_method", "reason")),
    TradeEvent(
        "Order Completed",
        _("The order was made: on the page that thanks for it."),
        ("order_id", "total", "currency", "payment_method", "guest", "products"),
    ),
    TradeEvent("Order Updated", _("The order’s contents or state changed."), ("order_id", "total", "status")),
    TradeEvent("Order Cancelled", _("The order was cancelled."), ("order_id",)),
    TradeEvent("Order Refunded", _("Money was paid back."), ("order_id", "total")),
)
