"""The common names of shop events, and what they say of orders, money and people.

The names are those of Segment's e-commerce specification, which shops' plugins and RudderStack use too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polku.capture.messages import Message

ORDER_STATUS = {
    "Order Completed": "completed",
    "Order Updated": "",
    "Order Cancelled": "cancelled",
    "Order Refunded": "refunded",
}
"""What says something of the order itself: event → the state it leaves the order in, unless it names another."""

LARGEST_AMOUNT = 1e12
"""What is larger is no money, and would drown every sum."""

_SETS_VALUE = {"Order Completed", "Order Updated"}  # a refund's amount is not what the order is worth
_ORDER = ("order_id", "orderId")
_VALUE = ("revenue", "total", "value")
_EMAIL = ("email",)
_PHONE = ("phone",)
_LOYALTY = ("loyalty_number", "loyalty_id", "loyaltyNumber", "loyaltyId", "loyalty")
_CUSTOMER = ("customer_id", "customerId")


def add_trade(message: Message, properties: Mapping[str, Any]) -> None:
    """Money and orders, from the properties of a tracked event."""
    if not properties:
        return
    message.value = _number(properties, _VALUE)
    message.order = text(properties, _ORDER)
    state = ORDER_STATUS.get(message.name)
    if state is None or message.order is None:
        return
    message.order_status = text(properties, ("status",)) or state
    if message.name in _SETS_VALUE:
        message.order_value = message.value
    # A guest's order names its customer only here.
    if message.user is None:
        message.user = text(properties, _CUSTOMER)
    if message.email is None:
        message.email = text(properties, _EMAIL)


def add_contacts(message: Message, traits: Mapping[str, Any]) -> None:
    """The ids among traits that lead to a person."""
    message.email = text(traits, _EMAIL) or message.email
    message.phone = text(traits, _PHONE) or message.phone
    message.loyalty = text(traits, _LOYALTY) or message.loyalty


def text(values: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The first of `names` that holds a text or a whole number."""
    for name in names:
        value = values.get(name)
        if value is None:
            continue
        if type(value) is str:
            value = value.strip()
            if value:
                return value
        elif type(value) is int:
            return str(value)
    return None


def _number(values: Mapping[str, Any], names: tuple[str, ...]) -> float | None:
    """The first of `names` that holds an amount, also one written as text."""
    for name in names:
        value = values.get(name)
        if value is None or type(value) is bool:
            continue
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            continue
        if abs(number) <= LARGEST_AMOUNT:  # not so for nan
            return number
    return None
