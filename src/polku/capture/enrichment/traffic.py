"""Where a visit came from: channel, source, medium and campaign, from the referrer and the page's address."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from polku.capture.enrichment.campaigns import Campaign, ClickKind
from polku.capture.enrichment.referrers import Kind, Service, service_named, service_of
from polku.capture.enrichment.sites import site_of

CHANNELS = (
    "Direct",
    "Organic Search",
    "Paid Search",
    "Organic Social",
    "Paid Social",
    "Email",
    "Referral",
    "AI assistant",
    "Affiliate",
    "Display",
    "Other",
)


class Traffic(NamedTuple):
    channel: str
    source: str = ""
    medium: str = ""
    campaign: str = ""
    referrer: str = ""


_OF_SERVICE: dict[Kind, tuple[str, str]] = {
    "search": ("Organic Search", "organic"),
    "social": ("Organic Social", "social"),
    "email": ("Email", "email"),
    "ai": ("AI assistant", "ai"),
    "paid_search": ("Paid Search", "cpc"),
    "display": ("Display", "display"),
    "affiliate": ("Affiliate", "affiliate"),
}
_OF_CLICK: dict[ClickKind, tuple[str, str]] = {
    "paid_search": ("Paid Search", "cpc"),
    "paid_social": ("Paid Social", "cpc"),
    "social": ("Organic Social", "social"),
    "search": ("Organic Search", "organic"),
    "display": ("Display", "display"),
    "affiliate": ("Affiliate", "affiliate"),
    "email": ("Email", "email"),
}
# Of what people write as a medium, the first that fits.
_OF_MEDIUM = [
    (re.compile(pattern, re.IGNORECASE), channel)
    for pattern, channel in (
        (
            r"paid[ _-]?social|social[ _-]?(paid|ads?|cpc)|cpc[ _-]?social|some[ _-]?(mainonta|ads?)",
            "Paid Social",
        ),
        (r"paid[ _-]?search|search[ _-]?(paid|ads?)|sem|hakusanamainonta|hakumainonta", "Paid Search"),
        (
            r"display|banner|bannerit?|cpm|programmatic|expandable|interstitial|native|video[ _-]?ads?|mainosbanneri",
            "Display",
        ),
        (r"affiliates?|affiliate[ _-].*|kumppani(markkinointi)?|partners?", "Affiliate"),
        (
            r"e[ _-]?mail.*|.*e[ _-]?mail|newsletters?|mailing|automation|edm|uutiskirje|nyhetsbrev|s[aä]hk[oö]posti",
            "Email",
        ),
        (r"organic[ _-]?social|social([ _-](network|media|organic))?|some|sm", "Organic Social"),
        (r"organic([ _-]search)?|search|seo", "Organic Search"),
        (r"(ai|llm|chatbot|ai[ _-](assistant|chat|search))", "AI assistant"),
        (r"referral|referer|referrer|link", "Referral"),
        (r"direct|\(none\)|none", "Direct"),
    )
]
_PAID = re.compile(
    r"cp[acmv]?|cp[acmv]\W.*|ppc|paid.*|.*[ _-]?(cpc|ppc)|ads?|adwords|retargeting|remarketing|mainos|mainonta",
    re.IGNORECASE,
)

_NAMES = {
    "channel": "traffic_channel",
    "source": "traffic_source",
    "medium": "traffic_medium",
    "campaign": "traffic_campaign",
    "referrer": "referrer",
}


def traffic_of(here: str, referring: str, campaign: Campaign | None) -> Traffic | None:
    """Where a view of a page at host `here` came from, by the campaign first and the referring host then.

    `Direct` where a page was reached from nowhere that is known; None where nothing can be said: without a page, from
    a page of the same site, or back from paying or signing in elsewhere.
    """
    is_inside = bool(here and referring) and site_of(here) == site_of(referring)
    host = "" if is_inside else referring
    service = service_of(host) if host else None
    if campaign is not None:
        return _of_campaign(campaign, service, host)
    if service is not None:
        if service.kind == "passage":
            return None
        channel, medium = _OF_SERVICE[service.kind]
        return Traffic(channel, service.name, medium, "", host)
    if host:
        return Traffic("Referral", host.removeprefix("www."), "referral", "", host)
    return Traffic("Direct") if here and not is_inside else None


def traffic_json(traffic: Traffic | None) -> str | None:
    """The flat JSON object that the store keeps for a visit."""
    if traffic is None:
        return None
    said = {_NAMES[field]: value for field, value in traffic._asdict().items() if value}
    return msgspec.json.encode(said).decode()


def _of_campaign(campaign: Campaign, referring: Service | None, host: str) -> Traffic:
    """What the sender wrote counts most, then the id of a paid click, then the referrer, then any click."""
    if referring is not None and referring.kind == "passage":
        referring, host = None, ""
    named = service_named(campaign.source) if campaign.source else referring
    kind = named.kind if named else None
    click = campaign.click
    if campaign.medium:
        channel, medium = _channel_of_medium(campaign.medium, kind), campaign.medium.lower()
    elif click is not None and (kind is None or click.kind not in ("social", "search", "email")):
        channel, medium = _OF_CLICK[click.kind]
    elif kind is not None:
        channel, medium = _OF_SERVICE[kind]
    else:
        channel, medium = ("Referral" if host else "Other"), ""
    if campaign.source:
        source = named.name if named else campaign.source
    elif click is not None and (referring is None or click.kind not in ("social", "search", "email")):
        source = click.source
    else:
        source = referring.name if referring else host.removeprefix("www.")
    return Traffic(channel, source, medium, campaign.name, host)


def _channel_of_medium(medium: str, kind: Kind | None) -> str:
    for pattern, channel in _OF_MEDIUM:
        if pattern.fullmatch(medium):
            return channel
    if _PAID.fullmatch(medium):
        if kind == "social":
            return "Paid Social"
        return {"display": "Display", "affiliate": "Affiliate"}.get(kind or "", "Paid Search")
    return _OF_SERVICE[kind][0] if kind is not None else "Other"
