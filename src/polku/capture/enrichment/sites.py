"""Hosts of addresses, and which of them are one site."""

from __future__ import annotations

import re

_HOST = re.compile(r"\s*[a-z][a-z0-9+.\-]*://(?:[^/?#@\s]*@)?(\[[^\]]*\]|[^/?#:\s]+)", re.IGNORECASE)
_BARE_HOST = re.compile(r"\s*(?://)?([a-z0-9\-]+(?:\.[a-z0-9\-]+)+)(?:[:/?#]|\s*$)", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Endings below which anybody may register: enough of the public list to tell sites apart without a file to renew.
_SECOND_LEVEL = _words("""
    ac asn co com edu gob gouv gov id info ltd me mil ne net nom or org plc sch web go gen in firm fin
""")
_SHARED = _words("""
    appspot.com azurewebsites.net blogspot.com cloudfront.net firebaseapp.com fly.dev github.io
    gitlab.io herokuapp.com myshopify.com netlify.app onrender.com pages.dev squarespace.com vercel.app
    web.app webflow.io wixsite.com wordpress.com workers.dev mycashflow.fi kotisivukone.com fi.net
    amazonaws.com substack.com tumblr.com
""")


def host_of(url: str) -> str:
    """The host of an address in small letters, without user, port and final dot; "" where there is none.

    An address without a scheme (`www.example.fi/a`) has one too, as senders write referrers.
    """
    found = _HOST.match(url) or _BARE_HOST.match(url)
    return found.group(1).lower().rstrip(".") if found else ""


def site_of(host: str) -> str:
    """What one owner has registered: `www.shop.example.co.uk` is `example.co.uk`; an IP address is itself."""
    labels = host.split(".")
    size = _ending_size(labels)
    if host.startswith("[") or labels[-1].isdigit() or size >= len(labels):
        return host
    return ".".join(labels[-size - 1 :])


def brand_and_prefix(host: str) -> tuple[str, ...]:
    """The labels of a host before its public ending: `mail.google.co.uk` is ("mail", "google")."""
    labels = host.split(".")
    return tuple(labels[: -_ending_size(labels)])


def _ending_size(labels: list[str]) -> int:
    if len(labels) >= 3:
        if ".".join(labels[-2:]) in _SHARED:
            return 2
        if len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
            return 2
    return 1
