"""One event of Segment's specification, and the message it becomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from polku.capture.details import Sentence, detail
from polku.capture.messages import Message
from polku.capture.protocols.contract import Candidate, Wrong
from polku.capture.protocols.segment import vocabulary
from polku.capture.protocols.times import microseconds

OUR_TRACKER = "polku.js"


class Page(msgspec.Struct, gc=False):
    url: Any = None
    referrer: Any = None
    title: Any = None


class Library(msgspec.Struct, gc=False):
    name: Any = None


# What has no fields is written `[]` by languages that have one type for lists and objects.
Object: TypeAlias = dict[str, Any] | list[Any] | None


class Surroundings(msgspec.Struct, gc=False):
    """What the specification calls `context`. None of it is worth losing the event."""

    page: Page | list[Any] | str | None = None
    campaign: Any = None
    userAgent: Any = None
    library: Library | list[Any] | str | None = None
    locale: Any = None
    timezone: Any = None
    traits: Any = None


class Event(msgspec.Struct, gc=False):
    """Any of the six types. What is not named here is not kept."""

    type: str | None = None
    event: str | None = None
    name: str | None = None
    category: Any = None
    userId: str | int | None = None
    anonymousId: str | int | None = None
    previousId: str | int | None = None
    groupId: str | int | None = None
    messageId: str | int | None = None
    timestamp: Any = None
    originalTimestamp: Any = None
    sentAt: Any = None
    channel: Any = None
    properties: Object = None
    traits: Object = None
    context: Surroundings | list[Any] | None = None


def candidate(event: Event, raw: bytes | msgspec.Raw, *, kind: str | None, clock: int | None) -> Candidate:
    """`kind` is the type of an event that does not say its own; `clock` is what the sender's clock showed when it sent
    the request (microseconds), unless the event says it itself. Raises Wrong."""
    said = event.type or kind
    if not said:
        raise Wrong("missing_type", detail(Sentence.MISSING, name="type"))
    build = _BUILDERS.get(said)
    if build is None:
        raise Wrong("unknown_type", detail(Sentence.UNKNOWN_TYPE, said=said[:50], known=", ".join(_BUILDERS)))
    message = Message(
        "event",
        _id(event.messageId) or "",
        "",
        _time(event),
        False,
        _id(event.userId),
        "user",
        _id(event.anonymousId),
    )
    made = Candidate(message, raw, clock if event.sentAt is None else clock_of(event.sentAt))
    surroundings = surroundings_of(event)
    if type(surroundings.userAgent) is str:
        message.user_agent = surroundings.userAgent
    if type(surroundings.traits) is dict:
        vocabulary.add_contacts(message, surroundings.traits)
    build(event, made)
    return made


_NOWHERE = Surroundings()


def surroundings_of(event: Event) -> Surroundings:
    return event.context if type(event.context) is Surroundings else _NOWHERE


def _fields(value: Object, name: str) -> dict[str, Any]:
    """The fields of an object; none of an empty list. Raises Wrong for a list that holds something."""
    if type(value) is dict:
        return value
    if value:
        raise Wrong("bad_field", detail(Sentence.LIST_FOR_OBJECT, name=name))
    return {}


def _track(event: Event, made: Candidate) -> None:
    name = event.event.strip() if event.event else ""
    if not name:
        raise Wrong("missing_event", detail(Sentence.MISSING, name="event"))
    made.message.name = name
    properties = _fields(event.properties, "properties")
    _surroundings(event, made, properties)
    vocabulary.add_trade(made.message, properties)
    made.properties = properties


def _page(event: Event, made: Candidate) -> None:
    _view("Page Viewed", "page_name", event, made)
    if made.message.channel is None:
        made.message.channel = "web"


def _screen(event: Event, made: Candidate) -> None:
    _view("Screen Viewed", "screen_name", event, made)
    if made.message.channel is None:
        made.message.channel = "mobile"


def _view(name: str, named: str, event: Event, made: Candidate) -> None:
    made.message.name = name
    properties = _fields(event.properties, "properties")
    page = surroundings_of(event).page
    # The address is kept once, in a column of its own, where it is rid of personal data.
    url, referrer = properties.pop("url", None), properties.pop("referrer", None)
    properties.pop("path", None)
    properties.pop("search", None)
    own_name = properties.pop("name", None) or event.name
    if own_name:
        properties[named] = own_name
    if event.category and "category" not in properties:
        properties["category"] = event.category
    if type(page) is Page and page.title and "title" not in properties:
        properties["title"] = page.title
    _surroundings(event, made, properties)
    if type(url) is str and url:
        made.message.url = url
    if type(referrer) is str:
        made.message.referrer = referrer
    made.properties = properties


def _identify(event: Event, made: Candidate) -> None:
    made.message.kind = "identify"
    of_context = surroundings_of(event).traits
    traits = _fields(event.traits, "traits")
    made.traits = of_context | traits if type(of_context) is dict else traits
    vocabulary.add_contacts(made.message, traits)


def _group(event: Event, made: Candidate) -> None:
    group = _id(event.groupId)
    if group is None:
        raise Wrong("missing_id", detail(Sentence.MISSING, name="groupId"))
    made.message.kind = "identify"
    traits = _fields(event.traits, "traits")
    made.traits = {"group": group} | {f"group_{name}": value for name, value in traits.items()}


def _alias(event: Event, made: Candidate) -> None:
    message = made.message
    message.kind = "alias"
    message.previous = _id(event.previousId)
    if message.user is None or message.previous is None:
        raise Wrong("missing_id", detail(Sentence.NEEDS_BOTH, one="userId", other="previousId"))


_BUILDERS: dict[str, Callable[[Event, Candidate], None]] = {
    "track": _track,
    "page": _page,
    "screen": _screen,
    "identify": _identify,
    "group": _group,
    "alias": _alias,
}

_CHANNELS = {"web": "web", "browser": "web", "client": "web", "mobile": "mobile"}


def _surroundings(event: Event, made: Candidate, properties: dict[str, Any]) -> None:
    """Where and how it happened. A channel among the properties is what the company calls it, and wins."""
    message = made.message
    channel = properties.get("channel")
    if type(channel) is str and channel:
        message.channel = channel
        del properties["channel"]
    elif type(event.channel) is str:
        message.channel = _CHANNELS.get(event.channel)
    surroundings = surroundings_of(event)
    page = surroundings.page
    if type(page) is Page:
        if type(page.url) is str and page.url:
            message.url = page.url
            if message.channel is None:
                message.channel = "web"
        if type(page.referrer) is str:
            message.referrer = page.referrer
    if surroundings.campaign and type(surroundings.campaign) is dict:
        message.campaign = {
            name: value for name, value in surroundings.campaign.items() if type(value) is str and value
        }
    if surroundings.locale and "locale" not in properties:
        properties["locale"] = surroundings.locale
    if surroundings.timezone and "timezone" not in properties:
        properties["timezone"] = surroundings.timezone


def is_our_tracker(surroundings: Surroundings) -> bool:
    library = surroundings.library
    return type(library) is Library and library.name == OUR_TRACKER


def _id(value: str | int | None) -> str | None:
    if value is None:
        return None
    if type(value) is str:
        return value.strip() or None
    return str(value)


def _time(event: Event) -> int | None:
    said = event.timestamp if event.timestamp is not None else event.originalTimestamp
    if said is None:
        return None
    try:
        return microseconds(said)
    except ValueError:
        raise Wrong("bad_field", detail(Sentence.NO_TIME, name="timestamp")) from None


def clock_of(said: object) -> int | None:
    """`sentAt` in microseconds; a clock that cannot be read corrects nothing."""
    if said is None:
        return None
    try:
        return microseconds(said)
    except ValueError:
        return None
