"""Sources by name: `tracker/3` and the like, as the event store keeps them, and what people call their kinds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Any] = {
    "tracker": _("Web tracker"),
    "segment": _("SDK (Segment, RudderStack)"),
    "matomo": _("Matomo"),
    "import": _("File import"),
    "survey": _("Surveys of Polku"),
    "inbox": _("Unreadable requests"),
    "simulation": _("Simulated company"),
}
_FILES: dict[str, Any] = {
    "events": _("events from files"),
    "scores": _("answers from files"),
    "contacts": _("contacts from files"),
    "orders": _("orders from files"),
    "people": _("people from files"),
    "answers": _("answers with several questions from files"),
    "contracts": _("contracts from files"),
    "refunds": _("refunds from files"),
    "spend": _("marketing spend from files"),
}
_SIMULATED: dict[str, Any] = {
    "web": _("web shop (simulated)"),
    "letters": _("letters by e-mail (simulated)"),
    "stores": _("stores (simulated)"),
    "logistics": _("deliveries (simulated)"),
    "service": _("customer service (simulated)"),
    "surveys": _("surveys (simulated)"),
    "orders": _("order system (simulated)"),
    "people": _("customer register (simulated)"),
}
LIVE = frozenset({"tracker", "segment", "matomo"})
"""Kinds that send by themselves, so that their silence means something."""


@dataclass(frozen=True)
class Origin:
    """`name` is what the store calls the source: a kind, and after a slash the number of a write key or what a file
    held."""

    name: str

    @property
    def kind(self) -> str:
        return self.name.partition("/")[0]

    @property
    def detail(self) -> str:
        return self.name.partition("/")[2]

    @property
    def is_live(self) -> bool:
        return self.kind in LIVE

    @property
    def key(self) -> int | None:
        """The number of the write key by which a live source sends."""
        return int(self.detail) if self.is_live and self.detail.isdecimal() else None

    @property
    def kind_name(self) -> Any:
        return KINDS.get(self.kind, self.kind)

    @property
    def own_name(self) -> Any:
        """What the source is called where nobody named it and no key does."""
        named = {"import": _FILES, "simulation": _SIMULATED}.get(self.kind, {})
        if self.detail in named:
            return named[self.detail]
        return f"{self.kind_name} {self.detail}".strip()

    @property
    def slug(self) -> str:
        """As it stands in an address: `tracker-3`."""
        return self.name.replace("/", "-", 1)


class OriginConverter:
    """`<origin:origin>` in an address is the name of a source: `tracker-3` is `tracker/3`."""

    regex = "[a-z]+(?:-[a-z0-9_]{1,60})?"

    def to_python(self, value: str) -> str:
        return value.replace("-", "/", 1)

    def to_url(self, value: str) -> str:
        slug = Origin(value).slug
        if not re.fullmatch(self.regex, slug):
            raise ValueError(f"{value} is not the name of a source")
        return slug
