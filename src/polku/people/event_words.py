"""Well-known events in words. Names are compared without case, and with spaces, hyphens and underscores alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class EventWords:
    """`plain` says what happened; `about` says it of a thing (%(thing)s), named by the first of `things` that the
    event's properties have."""

    plain: Any
    about: Any = None
    things: tuple[str, ...] = ()


_PRODUCT = ("product", "name", "product_name", "title", "products.0.name", "sku", "product_id")
_PAGE = ("page_name", "title", "screen_name")

_KNOWN = {
    "visit": EventWords(_("Came to the site")),
    "session start": EventWords(_("Came to the site")),
    "page viewed": EventWords(_("Viewed a page"), _("Viewed the page “%(thing)s”"), _PAGE),
    "page view": EventWords(_("Viewed a page"), _("Viewed the page “%(thing)s”"), _PAGE),
    "screen viewed": EventWords(_("Viewed a screen"), _("Viewed the screen “%(thing)s”"), _PAGE),
    "link clicked": EventWords(
        _("Followed a link out of the site"), _("Followed the link “%(thing)s”"), ("text", "href", "url")
    ),
    "file downloaded": EventWords(
        _("Downloaded a file"), _("Downloaded the file “%(thing)s”"), ("file", "text", "href", "url")
    ),
    "form submitted": EventWords(
        _("Sent a form"), _("Sent the form “%(thing)s”"), ("form_name", "form_id", "form")
    ),
    "page measured": EventWords(_("The page’s loading was measured")),
    "products searched": EventWords(
        _("Searched the site"), _("Searched for “%(thing)s”"), ("query", "search", "term")
    ),
    "site search": EventWords(
        _("Searched the site"), _("Searched for “%(thing)s”"), ("query", "search", "term")
    ),
    "search": EventWords(_("Searched the site"), _("Searched for “%(thing)s”"), ("query", "search", "term")),
    "product list viewed": EventWords(
        _("Browsed products"), _("Browsed products: %(thing)s"), ("category", "list")
    ),
    "category view": EventWords(
        _("Browsed products"), _("Browsed products: %(thing)s"), ("category", "list")
    ),
    "product viewed": EventWords(_("Viewed a product"), _("Viewed the product “%(thing)s”"), _PRODUCT),
    "product view": EventWords(_("Viewed a product"), _("Viewed the product “%(thing)s”"), _PRODUCT),
    "view item": EventWords(_("Viewed a product"), _("Viewed the product “%(thing)s”"), _PRODUCT),
    "product added": EventWords(
        _("Added a product to the basket"), _("Added “%(thing)s” to the basket"), _PRODUCT
    ),
    "add to cart": EventWords(
        _("Added a product to the basket"), _("Added “%(thing)s” to the basket"), _PRODUCT
    ),
    "product removed": EventWords(
        _("Removed a product from the basket"), _("Removed “%(thing)s” from the basket"), _PRODUCT
    ),
    "cart viewed": EventWords(_("Looked at the basket")),
    "cart view": EventWords(_("Looked at the basket")),
    "view cart": EventWords(_("Looked at the basket")),
    "shipping cost shown": EventWords(_("Saw the cost of delivery")),
    "coupon applied": EventWords(
        _("Used a discount code"), _("Used the discount code “%(thing)s”"), ("coupon", "coupon_name")
    ),
    "checkout started": EventWords(_("Went to the checkout")),
    "begin checkout": EventWords(_("Went to the checkout")),
    "payment page": EventWords(_("Came to the payment")),
    "payment info entered": EventWords(_("Gave the payment details")),
    "payment failed": EventWords(_("The payment failed")),
    "order placed": EventWords(_("Sent the order")),
    "order completed": EventWords(_("Sent the order")),
    "purchase": EventWords(_("Sent the order")),
    "order updated": EventWords(_("The order was changed")),
    "order cancelled": EventWords(_("The order was cancelled")),
    "order refunded": EventWords(_("The order was refunded")),
    "warehouse picked": EventWords(_("The warehouse picked the order")),
    "warehouse packed": EventWords(_("The warehouse packed the order")),
    "tracking email sent": EventWords(_("Was sent the tracking message")),
    "tracking email opened": EventWords(_("Opened the tracking message")),
    "tracking page": EventWords(_("Tracked the parcel")),
    "parcel delivered": EventWords(_("The parcel was delivered")),
    "parcel picked up": EventWords(_("Picked up the parcel")),
    "order picked up": EventWords(_("Picked up the order"), _("Picked up the order: %(thing)s"), ("store",)),
    "returns page": EventWords(_("Looked at the instructions for returns")),
    "return started": EventWords(_("Began a return")),
    "return posted": EventWords(_("Sent the return")),
    "return received": EventWords(_("The return arrived")),
    "month email sent": EventWords(_("Was sent the monthly message")),
    "month email opened": EventWords(_("Opened the monthly message")),
    "month email clicked": EventWords(_("Followed a link in the monthly message")),
    "email sent": EventWords(_("Was sent an e-mail"), _("Was sent the e-mail “%(thing)s”"), ("subject",)),
    "email opened": EventWords(_("Opened an e-mail"), _("Opened the e-mail “%(thing)s”"), ("subject",)),
    "support call": EventWords(_("Called customer service")),
    "support chat": EventWords(_("Chatted with customer service")),
    "support email": EventWords(_("Wrote to customer service")),
    "store advice": EventWords(
        _("Asked for advice in a store"), _("Asked for advice in the store: %(thing)s"), ("store",)
    ),
    "loyalty desk": EventWords(
        _("Visited the loyalty desk"), _("Visited the loyalty desk: %(thing)s"), ("store",)
    ),
    "login": EventWords(_("Signed in")),
    "signed in": EventWords(_("Signed in")),
    "logout": EventWords(_("Signed out")),
    "signed out": EventWords(_("Signed out")),
    "signed up": EventWords(_("Registered")),
    "sign up": EventWords(_("Registered")),
}


def event_sentence(name: str, properties: Mapping[str, Any]) -> str:
    """What happened, in the reader's language; an event that nobody knows keeps its own name."""
    plain = re.sub(r"[\s_-]+", " ", name).strip()
    words = _KNOWN.get(plain.casefold())
    if words is None:
        return plain[:1].upper() + plain[1:]
    for key in words.things if words.about else ():
        thing = _value(properties, key)
        if thing:
            return str(words.about) % {"thing": thing}
    return str(words.plain)


def _value(properties: Mapping[str, Any], key: str) -> str:
    """The property, also one inside another (`products.0.name`), as a short text."""
    found: Any = properties
    for part in key.split("."):
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return ""
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    text = " ".join(str(found).split())
    return text if len(text) <= 80 else f"{text[:79]}…"
