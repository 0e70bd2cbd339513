"""What an address says of the campaign that led to it: UTM parameters (and Matomo's), and ids of clicks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple
from urllib.parse import unquote_plus

from polku.capture.enrichment.personal import is_plain, looks_personal

ClickKind = Literal["paid_search", "paid_social", "social", "search", "display", "affiliate", "email"]


class Click(NamedTuple):
    kind: ClickKind
    source: str


class Campaign(NamedTuple):
    """`source`, `medium` and `name` as the sender wrote them, "" where not; `click` where an id of one is there."""

    source: str = ""
    medium: str = ""
    name: str = ""
    click: Click | None = None


LONGEST = 200

_CLICKS = {
    "gclid": Click("paid_search", "Google"),
    "gbraid": Click("paid_search", "Google"),
    "wbraid": Click("paid_search", "Google"),
    "dclid": Click("display", "Google"),
    "msclkid": Click("paid_search", "Bing"),
    "yclid": Click("paid_search", "Yandex"),
    "srsltid": Click("search", "Google"),  # free listings of Google's Merchant Center
    "fbclid": Click("social", "Facebook"),  # also on what nobody paid for
    "igshid": Click("social", "Instagram"),
    "igsh": Click("social", "Instagram"),
    "ttclid": Click("paid_social", "TikTok"),
    "twclid": Click("paid_social", "X"),
    "li_fat_id": Click("paid_social", "LinkedIn"),
    "rdt_cid": Click("paid_social", "Reddit"),
    "epik": Click("paid_social", "Pinterest"),
    "sccid": Click("paid_social", "Snapchat"),
    "obclid": Click("display", "Outbrain"),
    "dicbo": Click("display", "Outbrain"),
    "tblci": Click("display", "Taboola"),
    "irclickid": Click("affiliate", "Impact"),
    "awc": Click("affiliate", "Awin"),
    "tduid": Click("affiliate", "Tradedoubler"),
    "cjevent": Click("affiliate", "CJ"),
    "ransiteid": Click("affiliate", "Rakuten Advertising"),
    "mc_cid": Click("email", "Mailchimp"),
    "mc_eid": Click("email", "Mailchimp"),
    "_kx": Click("email", "Klaviyo"),
    "mkt_tok": Click("email", "Marketo"),
    "_hsenc": Click("email", "HubSpot"),
    "vero_id": Click("email", "Vero"),
    "ml_subscriber": Click("email", "MailerLite"),
    "dm_i": Click("email", "Dotdigital"),
}
_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_")
_FIELDS = {
    "source": "source",
    "medium": "medium",
    "campaign": "name",
    "cpn": "name",
    "name": "name",
}


def campaign_of(url: str) -> Campaign | None:
    """The campaign that a page's address tells of, or None. What looks like personal data is left out."""
    pairs = _pairs(url)
    if not pairs:
        return None
    fields = {"source": "", "medium": "", "name": ""}
    click: Click | None = None
    for name, value in pairs:
        known = _CLICKS.get(name)
        if known is not None:
            click = click or known
        elif name.startswith(_PREFIXES):
            field = _FIELDS.get(name.partition("_")[2])
            if field and not fields[field]:
                fields[field] = _text(unquote_plus(value))
    campaign = Campaign(**fields, click=click)
    return campaign if any(campaign) else None


def with_said(campaign: Campaign | None, said: Mapping[str, str]) -> Campaign | None:
    """The same with what the sender said of the campaign itself (`source`, `medium`, `name`), which counts more."""
    source, medium, name = (_text(said.get(field) or "") for field in ("source", "medium", "name"))
    found = campaign or Campaign()
    told = Campaign(source or found.source, medium or found.medium, name or found.name, found.click)
    return told if any(told) else None


def _pairs(url: str) -> list[tuple[str, str]]:
    """Names (in small letters) and encoded values of the query and of a query in the fragment."""
    _base, _mark, rest = url.partition("?")
    if not rest and "#" in url:
        rest = url.partition("#")[2]
    if "=" not in rest:
        return []
    found = []
    for pair in rest.replace("#", "&").replace("?", "&").split("&"):
        name, equals, value = pair.partition("=")
        if equals and value:
            found.append((name.lower(), value))
    return found


def _text(value: str) -> str:
    text = " ".join(value[:LONGEST].split())
    return text if is_plain(text) or not looks_personal(text) else ""
