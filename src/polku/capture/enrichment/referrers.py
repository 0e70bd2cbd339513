"""Which service a visitor came from: the list in `referrers.toml`, read once."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, cast

from polku.capture.enrichment.sites import brand_and_prefix

Kind = Literal["search", "social", "email", "ai", "paid_search", "display", "affiliate", "passage"]


class Service(NamedTuple):
    kind: Kind
    name: str


# Hosts that no list can hold: everybody's own webmail, and search pages of providers.
_WEBMAIL = re.compile(
    r"(?:web|e|w|my|light|up)?mail(?:er|box)?\d*[a-z]?|deref.*|messagerie\w*|mailbusiness|posti|sposti|webposti|owa|"
    r"outlook|roundcube|zimbra|horde|squirrelmail"
)
_SEARCH = re.compile(r"i?search|suche|recherche|ricerca|busca|szukaj")


def service_of(host: str) -> Service | None:
    """The service that owns `host` (in small letters), or None where the list has none."""
    listed = _listed()
    labels = host.split(".")
    prefix = brand_and_prefix(host)
    for start in range(len(labels)):
        found = listed.get(".".join(labels[start:]))
        if found is None and start < len(prefix):
            found = listed.get(".".join(prefix[start:]) + ".*")
        if found is not None:
            return found
    if len(prefix) >= 2 or (len(prefix) == 1 and prefix[0].startswith("deref-")):
        if _WEBMAIL.fullmatch(prefix[0]):
            return Service("email", host)
        if _SEARCH.fullmatch(prefix[0]):
            return Service("search", host)
    return None


def service_named(source: str) -> Service | None:
    """The service that a sender's `utm_source` means: its name, another name of it, or a host of it."""
    said = source.strip().casefold()
    found = _named().get(said) or (service_of(said.removeprefix("www.")) if "." in said else None)
    return found if found is not None and found.kind != "passage" else None


@cache
def _entries() -> list[tuple[Kind, str, list[str], list[str]]]:
    with (Path(__file__).parent / "referrers.toml").open("rb") as file:
        kinds = tomllib.load(file)
    return [
        (cast(Kind, kind), entry["name"], entry["hosts"], entry.get("also", []))
        for kind, entries in kinds.items()
        for entry in entries
    ]


@cache
def _listed() -> dict[str, Service]:
    return {host: Service(kind, name) for kind, name, hosts, _also in _entries() for host in hosts}


@cache
def _named() -> dict[str, Service]:
    named: dict[str, Service] = {}
    for kind, name, hosts, also in _entries():
        brands = [host.removesuffix(".*") for host in hosts if host.endswith(".*") and host.count(".") == 1]
        for said in (name.casefold(), *also, *brands):
            if kind != "passage":
                named.setdefault(said, Service(kind, name))
    return named
