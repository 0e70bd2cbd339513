"""Properties and their values as people say them. Data keeps its own names; what is well known is translated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import pgettext

from polku.analytics.known_values import DEVICE_TYPES, TRAFFIC_CHANNELS
from polku.people import timeline_sources


def property_name(name: str) -> str:
    """`person.city` → "city", `order.status` → "order’s state"; one that is not known keeps the name it came with."""
    own = name.removeprefix("person.").removeprefix("order.")
    known = {
        "age": pgettext("property", "age"),
        "bought_days_ago": pgettext("property", "days since the last purchase"),
        "bought_for": pgettext("property", "purchases in all, in money"),
        "bought_times": pgettext("property", "number of purchases"),
        "browser": pgettext("property", "browser"),
        "campaign": pgettext("property", "campaign"),
        "category": pgettext("property", "category"),
        "channel": pgettext("property", "channel"),
        "city": pgettext("property", "city"),
        "country": pgettext("property", "country"),
        "coupon": pgettext("property", "discount code"),
        "currency": pgettext("property", "currency"),
        "customer": pgettext("property", "customer relationship"),
        "delivered": pgettext("property", "day of delivery"),
        "delivery": pgettext("property", "way of delivery"),
        "device": pgettext("property", "device"),
        "device_type": pgettext("property", "device"),
        "email": pgettext("property", "e-mail address"),
        "first_name": pgettext("property", "first name"),
        "firstName": pgettext("property", "first name"),
        "gender": pgettext("property", "gender"),
        "href": pgettext("property", "link"),
        "id": pgettext("property", "number"),
        "language": pgettext("property", "language"),
        "load_time": pgettext("property", "load time, ms"),
        "last_name": pgettext("property", "last name"),
        "lastName": pgettext("property", "last name"),
        "loyalty": pgettext("property", "loyal customer"),
        "name": pgettext("property", "name"),
        "on_time": pgettext("property", "delivery on time"),
        "order_id": pgettext("property", "order’s number"),
        "os": pgettext("property", "operating system"),
        "page_name": pgettext("property", "name of the page"),
        "payment": pgettext("property", "way of paying"),
        "payment_method": pgettext("property", "way of paying"),
        "phone": pgettext("property", "phone number"),
        "price": pgettext("property", "price"),
        "product": pgettext("property", "product"),
        "promised": pgettext("property", "promised day of delivery"),
        "quantity": pgettext("property", "quantity"),
        "query": pgettext("property", "search words"),
        "referrer": pgettext("property", "came from the site"),
        "region": pgettext("property", "region"),
        "results": pgettext("property", "results found"),
        "revenue": pgettext("property", "value of the order"),
        "shipping": pgettext("property", "cost of delivery"),
        "source": pgettext("property", "source"),
        "status": pgettext("property", "state"),
        "store": pgettext("property", "store"),
        "survey": pgettext("property", "survey"),
        "tax": pgettext("property", "tax"),
        "text": pgettext("property", "text"),
        "time": pgettext("property", "time"),
        "time_is_receipt": pgettext("property", "time is that of receipt"),
        "title": pgettext("property", "title of the page"),
        "total": pgettext("property", "value of the order"),
        "traffic_campaign": pgettext("property", "campaign of the visit"),
        "traffic_channel": pgettext("property", "channel of the visit"),
        "traffic_medium": pgettext("property", "medium of the visit"),
        "traffic_source": pgettext("property", "source of the visit"),
        "url": pgettext("property", "page address"),
        "value": pgettext("property", "value"),
    }
    called = known.get(own, own.replace("_", " "))
    return pgettext("property", "order’s %s") % called if name.startswith("order.") else called


def value_name(name: str, value: str) -> str:
    """A value of that property: truth as yes and no, the commonest languages by name; anything else as it came."""
    if value.lower() in ("true", "false"):
        return pgettext("property", "yes") if value.lower() == "true" else pgettext("property", "no")
    return str(_known_values(name).get(value.lower() if _is_language(name) else value, value))


def value_meant(name: str, said: str) -> str:
    """The value in the data that `value_name` calls `said` in the language in use; any other text as it is."""
    called = said.strip().lower()
    return next((value for value, word in _known_values(name).items() if str(word).lower() == called), said)


def _is_language(name: str) -> bool:
    return name.removeprefix("person.").removeprefix("order.") == "language"


def _known_values(name: str) -> Mapping[str, Any]:
    """Values of that property that have names, and the names."""
    if _is_language(name):
        return {
            "fi": pgettext("property", "Finnish"),
            "sv": pgettext("property", "Swedish"),
            "en": pgettext("property", "English"),
            "et": pgettext("property", "Estonian"),
            "ru": pgettext("property", "Russian"),
        }
    if name == "channel":
        return timeline_sources.channel_names()
    return {"device_type": DEVICE_TYPES, "traffic_channel": TRAFFIC_CHANNELS}.get(name, {})
