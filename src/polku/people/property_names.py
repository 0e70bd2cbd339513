"""Properties and their values as people say them. Data keeps its own names; what is well known is translated."""

from __future__ import annotations

from django.utils.translation import pgettext


def property_name(name: str) -> str:
    """`person.city` → "city", `order.status` → "order’s state"; one that is not known keeps the name it came with."""
    own = name.removeprefix("person.").removeprefix("order.")
    known = {
        "age": pgettext("property", "age"),
        "browser": pgettext("property", "browser"),
        "campaign": pgettext("property", "campaign"),
        "category": pgettext("property", "category"),
        "channel": pgettext("property", "channel"),
        "city": pgettext("property", "city"),
        "country": pgettext("property", "country"),
        "customer": pgettext("property", "customer relationship"),
        "device": pgettext("property", "device"),
        "gender": pgettext("property", "gender"),
        "language": pgettext("property", "language"),
        "loyalty": pgettext("property", "loyal customer"),
        "product": pgettext("property", "product"),
        "region": pgettext("property", "region"),
        "source": pgettext("property", "source"),
        "status": pgettext("property", "state"),
        "store": pgettext("property", "store"),
        "survey": pgettext("property", "survey"),
        "url": pgettext("property", "page address"),
        "value": pgettext("property", "value"),
    }
    called = known.get(own, own.replace("_", " "))
    return pgettext("property", "order’s %s") % called if name.startswith("order.") else called


def value_name(name: str, value: str) -> str:
    """A value of that property: truth as yes and no, the commonest languages by name; anything else as it came."""
    if value.lower() in ("true", "false"):
        return pgettext("property", "yes") if value.lower() == "true" else pgettext("property", "no")
    if name.removeprefix("person.").removeprefix("order.") == "language":
        languages = {
            "fi": pgettext("property", "Finnish"),
            "sv": pgettext("property", "Swedish"),
            "en": pgettext("property", "English"),
            "et": pgettext("property", "Estonian"),
            "ru": pgettext("property", "Russian"),
        }
        return languages.get(value.lower(), value)
    return value
