"""One hit, and the message it becomes. What it is about is told by which parameters it has."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from polku.capture.details import Sentence, detail
from polku.capture.messages import Message
from polku.capture.protocols.contract import Candidate, Wrong
from polku.capture.protocols.matomo.queries import Parameters
from polku.capture.protocols.times import microseconds

_LARGEST = 1e12  # a larger number is no money, and would drown every sum


class Unsupported(Exception):
    """A hit without meaning for a customer's journey."""


def candidate(parameters: Parameters, raw: bytes, received: int) -> Candidate:
    """Raises Wrong or Unsupported."""
    if parameters.get("rec") != "1":
        raise Wrong("bad_field", detail(Sentence.NOT_ONE, name="rec"))
    message = Message(
        "event",
        _identity(parameters),
        "",
        _time(parameters, received),
        False,
        _text(parameters, "uid"),
        "user",
        _text(parameters, "cid") or _text(parameters, "_id"),
    )
    message.url = _text(parameters, "url")
    message.referrer = _text(parameters, "urlref")
    message.user_agent = _text(parameters, "ua")
    message.channel = "web"
    message.campaign = _campaign(parameters, message.url)
    properties: dict[str, Any] = {}
    for has, tell in _KINDS:
        if parameters.get(has):
            tell(parameters, message, properties)
            break
    else:
        _page_view(parameters, message, properties)
    _own_properties(parameters, properties)
    return Candidate(message, raw, None, properties)


def _unsupported(parameters: Parameters, message: Message, properties: dict[str, Any]) -> None:
    raise Unsupported


def _goal(parameters: Parameters, message: Message, properties: dict[str, Any]) -> None:
    message.value = _number(parameters, "revenue")
    if parameters["idgoal"] != "0":
        message.name = "Goal Reached"
        properties["goal"] = parameters["idgoal"]
        return
    products = _products(parameters)
    if products:
        properties["products"] = products
    for name, parameter in _AMOUNTS.items():
        amount = _number(parameters, parameter)
        if amount is not None:
            properties[name] = amount
    message.order = _text(parameters, "ec_id")
    if message.order is None:
        message.name = "Cart Updated"
        return
    message.name = "Order Completed"
    message.order_status = "completed"
    message.order_value = message.value


def _event(parameters: Parameters, message: Message, properties: dict[str, Any]) -> None:
    category, action = _text(parameters, "e_c"), _text(parameters, "e_a")
    if category is None or action is None:
        raise Wrong("missing_event", detail(Sentence.NEEDS_BOTH, one="e_c", other="e_a"))
    message.name = f"{category}: {action}"
    message.value = _number(parameters, "e_v")
    properties["event_category"] = category
    properties["event_action"] = action
    if name := _text(parameters, "e_n"):
        properties["event_name"] = name


def _search(parameters: Parameters, message: Message, properties: dict[str, Any]) -> None:
    message.name = "Products Searched"
    properties["query"] = parameters["search"].strip()
    if category := _text(parameters, "search_cat"):
        properties["category"] = category
    results = _number(parameters, "search_count")
    if results is not None:
        properties["results"] = int(results)


def _download(parameters: Parameters, message: Message, properties: dict[str, Any]) -> None:
    message.name = "File Downloaded"
    _link_of(parameters, "download", message, properties)


def _outlink(parameters: Parameters, message: Message, properties: dict[str, Any]) -> None:
    message.name = "Link Clicked"
    _link_of(parameters, "link", message, properties)


def _link_of(parameters: Parameters, name: str, message: Message, properties: dict[str, Any]) -> None:
    target = _text(parameters, name)
    if target is None:
        raise Wrong("bad_field", detail(Sentence.NO_ADDRESS, name=name))
    # Its query may name a person, and a file or a site is known without it.
    properties["href"] = target.partition("?")[0].partition("#")[0]
    # Matomo's own clients repeat the target as `url`, which is then not the page that the visitor is on.
    if message.url == target:
        message.url = None


def _page_view(parameters: Parameters, message: Message, properties: dict[str, Any]) -> None:
    title = _text(parameters, "action_name")
    if message.url is None and title is None:
        raise Wrong("missing_event", detail(Sentence.NOTHING_HAPPENED))
    message.name = "Page Viewed"
    if title is not None:
        properties["title"] = title
    for name, parameter in _PRODUCT.items():
        if value := _text(parameters, parameter):
            properties[name] = value
    price = _number(parameters, "_pkp")
    if price is not None:
        properties["price"] = price


_KINDS: tuple[tuple[str, Callable[[Parameters, Message, dict[str, Any]], None]], ...] = (
    ("ping", _unsupported),  # the page is still open
    ("idgoal", _goal),
    ("e_c", _event),
    ("search", _search),
    ("download", _download),
    ("link", _outlink),
    ("c_n", _unsupported),  # a content block was shown
    ("ma_id", _unsupported),  # media
    ("cra", _unsupported),  # a script broke
    ("ca", _unsupported),  # anything else that is no page view
)
_AMOUNTS = {"subtotal": "ec_st", "tax": "ec_tx", "shipping": "ec_sh", "discount": "ec_dt"}
_PRODUCT = {"sku": "_pks", "product": "_pkn", "category": "_pkc"}
_ITEM = ("sku", "name", "category", "price", "quantity")


def _products(parameters: Parameters) -> list[dict[str, Any]]:
    """The items of an order or a cart. Raises Wrong where they cannot be read."""
    said = _text(parameters, "ec_items")
    if said is None:
        return []
    try:
        items = msgspec.json.decode(said)
    except (ValueError, RecursionError):
        items = None
    if not isinstance(items, list) or not all(isinstance(item, list) for item in items):
        raise Wrong("bad_field", detail(Sentence.NOT_A_LIST_OF_LISTS, name="ec_items"))
    return [dict(zip(_ITEM, item, strict=False)) for item in items]


def _own_properties(parameters: Parameters, properties: dict[str, Any]) -> None:
    """Custom dimensions, custom variables and the visitor's language."""
    for name, value in parameters.items():
        if name.startswith("dimension") and name[9:].isdecimal() and value:
            properties[name] = value
    for name in ("_cvar", "cvar"):
        if name in parameters:
            properties.update(_variables(parameters[name]))
    if language := _text(parameters, "lang"):
        properties["locale"] = language.partition(",")[0]


def _variables(said: str) -> dict[str, str]:
    """Custom variables: {"1": ["name", "value"]}. What is no such thing is left out."""
    try:
        pairs = msgspec.json.decode(said)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(pairs, dict):
        return {}
    return {
        pair[0]: pair[1]
        for pair in pairs.values()
        if isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(part, str) for part in pair)
        and pair[0]
    }


_MATOMO_CAMPAIGN = {
    "campaign": "name",
    "cpn": "name",
    "source": "source",
    "medium": "medium",
    "kwd": "term",
    "keyword": "term",
    "content": "content",
}


def _campaign(parameters: Parameters, url: str | None) -> dict[str, str] | None:
    """The campaign by Matomo's own parameters of the page's address; UTM is read later for all protocols."""
    campaign: dict[str, str] = {}
    if url is not None and ("mtm_" in url or "pk_" in url):
        for part in url.partition("?")[2].partition("#")[0].split("&"):
            parameter, _, value = part.partition("=")
            prefix, _, rest = parameter.partition("_")
            if prefix in ("mtm", "pk") and rest in _MATOMO_CAMPAIGN and value:
                campaign[_MATOMO_CAMPAIGN[rest]] = unquote_plus(value)
    if name := _text(parameters, "_rcn"):
        campaign.setdefault("name", name)
        if keyword := _text(parameters, "_rck"):
            campaign.setdefault("term", keyword)
    return campaign or None


# What a repeat of the same hit may say differently.
_PASSING = {"cdo", "send_image", "token_auth", "queuedtracking", "debug", "bots"}


def _identity(parameters: Parameters) -> str:
    """An order is one however often it is sent. Any other hit that can be told from equal ones is one by all it says;
    of the rest nobody knows, and each is one: ""."""
    if parameters.get("idgoal") == "0" and (order := _text(parameters, "ec_id")):
        return hashlib.blake2b(f"order\0{order}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    if "rand" not in parameters and "pv_id" not in parameters:
        return ""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(parameters):
        if name not in _PASSING:
            digest.update(f"{name}={parameters[name]}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _time(parameters: Parameters, received: int) -> int | None:
    """`cdt` is a time, `cdo` how many seconds ago it was; usually neither is there."""
    if said := _text(parameters, "cdt"):
        try:
            return microseconds(int(said) if said.isdecimal() and len(said) < 19 else said)
        except ValueError:
            raise Wrong("bad_field", detail(Sentence.NO_TIME, name="cdt")) from None
    ago = _number(parameters, "cdo")
    return None if ago is None else received - round(ago * 1_000_000)


def _text(parameters: Parameters, name: str) -> str | None:
    value = parameters.get(name)
    return value.strip() or None if value else None


def _number(parameters: Parameters, name: str) -> float | None:
    value = parameters.get(name)
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        raise Wrong("bad_field", detail(Sentence.NOT_A_NUMBER, name=name)) from None
    if not abs(number) <= _LARGEST:  # also nan
        raise Wrong("bad_field", detail(Sentence.NOT_A_NUMBER, name=name))
    return number
