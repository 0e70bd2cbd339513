"""Events that mean the same in every web shop, found among those a workspace has received."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from polku.analytics.explore.selecting import EVENT, events_received

if TYPE_CHECKING:
    from polku.accounts.models import Workspace
    from polku.eventstore.port import StoreState

LISTS = ("product list viewed", "category view")
PRODUCT = ("product viewed", "product view", "view item", "tuote avattu")
SEARCH = ("products searched", "site search", "search")
BASKET = ("product added", "add to cart", "cart viewed", "view cart", "cart view")
CHECKOUT = ("checkout started", "begin checkout")
PAYMENT = ("payment info entered", "payment page", "add payment info")
ORDER = ("order completed", "purchase", "order placed")


class KnownEvents:
    """`known(ORDER)` is the choice (`event:Order Completed`) of the first of those names that was received, or ""."""

    def __init__(self, workspace: Workspace, state: StoreState) -> None:
        entries = reversed(events_received(workspace, state))  # of names alike, the commonest stands
        self._received = {_plain(entry.name): entry.name for entry in entries}

    def __call__(self, names: tuple[str, ...]) -> str:
        return next((EVENT + self._received[name] for name in names if name in self._received), "")


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()
