"""What sort of id an identity is, as SQL over its row."""

from __future__ import annotations

from polku.eventstore.streams import IdKind

_COOKIES = (
    "ck-",
    "ck_",
    "cookie-",
    "cookie_",
    "anon-",
    "anon_",
    "visitor-",
    "visitor_",
    "device-",
    "device_",
)
_GOOGLE = r"(GA1\.[0-9]\.)?[0-9]{5,10}\.[0-9]{10}"
ANONYMOUS = f"('{IdKind.DEVICE}', '{IdKind.COOKIELESS}')"


def kind(row: str = "i") -> str:
    """The kind of the identity named `row`.

    A file does not say what its ids are. What looks like an e-mail address is taken for one, and what plainly is a
    browser's cookie (also Google Analytics' own) for a device, so that visitors do not pass for customers.
    """
    alias = f"{row}.alias"
    cookie = " OR ".join(f"starts_with({alias}, '{prefix}')" for prefix in _COOKIES)
    return f"""CASE
        WHEN {row}.kind <> '{IdKind.FILE}' THEN {row}.kind
        WHEN contains({alias}, '@') AND {alias} LIKE '%_@_%._%' THEN '{IdKind.EMAIL}'
        WHEN {cookie} OR (contains({alias}, '.') AND regexp_full_match({alias}, '{_GOOGLE}'))
            THEN '{IdKind.DEVICE}'
        ELSE '{IdKind.FILE}' END"""


def known_people(db: str) -> str:
    """A query of the people who have an id other than a device."""
    return f"SELECT i.person FROM {db}.identity AS i WHERE {kind()} NOT IN {ANONYMOUS}"


def named_people(db: str) -> str:
    """The same people, each once, with `is_bridged`: an e-mail address and another id are theirs."""
    return f"""SELECT person, count(DISTINCT kind = '{IdKind.EMAIL}') > 1 AS is_bridged
        FROM (SELECT i.person, {kind()} AS kind FROM {db}.identity AS i) WHERE kind NOT IN {ANONYMOUS}
        GROUP BY person"""
