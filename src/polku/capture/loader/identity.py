"""What messages say of who is who: links between ids, and traits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from polku.capture.messages import Message
from polku.eventstore.placeholders import is_placeholder
from polku.eventstore.streams import IdKind, LinkReason

# How devices number themselves: UUIDs, long hex, our tracker's and Matomo's ids.
_LIKE_A_DEVICE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,64}|\d+-\d+-\d+-\d+",
    re.IGNORECASE,
)


class Link(NamedTuple):
    alias: str
    alias_kind: str
    other: str
    other_kind: str
    reason: str


def owner(message: Message) -> tuple[str, str] | None:
    """The id that a message is about and its kind: the user, unless that is a placeholder where a device is known."""
    if message.user is not None and (message.device is None or not is_placeholder(message.user)):
        return message.user, message.user_kind
    return None if message.device is None else (message.device, message.device_kind)


def links(message: Message) -> Iterator[Link]:
    """The statements of a message that two ids are one person. That an event has both a user and a device is not
    among them: the store hears it from the event itself."""
    if message.kind == "alias":
        yield from _alias(message)
        return
    reason = LinkReason.IDENTIFY if message.kind == "identify" else LinkReason.EVENT
    about = owner(message)
    if about is None:
        return
    # The device comes last: whoever takes that merge back leaves the user with what else was said of them.
    for alias, kind in (
        (message.email, IdKind.EMAIL),
        (message.phone, IdKind.PHONE),
        (message.loyalty, IdKind.LOYALTY),
    ):
        if alias is not None and (alias, kind) != about:
            yield Link(alias, kind, *about, reason)
    if message.kind == "identify" and message.user is not None and message.device is not None:
        yield Link(message.device, message.device_kind, message.user, message.user_kind, reason)


def _alias(message: Message) -> Iterator[Link]:
    """`previous` may be a device or another user id; where nothing tells which, both are said, and only the one that
    the store knows has an effect."""
    user, previous = message.user, message.previous
    if user is None or previous is None or user == previous:
        return
    is_device = previous == message.device
    if is_device or _LIKE_A_DEVICE.fullmatch(previous):
        yield Link(previous, IdKind.DEVICE, user, message.user_kind, LinkReason.ALIAS)
    if not is_device:
        yield Link(previous, IdKind.USER, user, message.user_kind, LinkReason.ALIAS)
        if message.device is not None:
            yield Link(message.device, message.device_kind, user, message.user_kind, LinkReason.IDENTIFY)
