"""Enrichment of many messages at once: each distinct user agent, address and source is worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from polku.capture.enrichment.campaigns import Campaign, campaign_of, with_said
from polku.capture.enrichment.lookups import Lookups
from polku.capture.enrichment.scrubbing import scrub_url
from polku.capture.enrichment.sites import host_of
from polku.capture.enrichment.traffic import traffic_json, traffic_of
from polku.capture.enrichment.user_agents import Agent, agent_of, quick_agent_of

FRESH_AGENTS = 2_000
"""So many user agents never seen before are looked at closely in one batch (a tenth of a second); of the others only
what tells bots and devices apart."""


class Page(NamedTuple):
    """What an address says: itself without personal data, its host, and the campaign in it."""

    url: str
    host: str
    campaign: Campaign | None


class Visit(NamedTuple):
    """Where a message says that it was made: the page, the host that led there, and what was said of a campaign."""

    url: str | None
    referrer: str | None
    campaign: Mapping[str, str] | None


class Enricher:
    """Remembers what it has looked up, a bounded number of each; used by one thread at a time."""

    def __init__(self) -> None:
        self._agents: Lookups[str, Agent] = Lookups(
            agent_of, most=20_000, fresh=FRESH_AGENTS, quick=quick_agent_of
        )
        self._pages: Lookups[str, Page] = Lookups(_page, most=20_000)
        self._hosts: Lookups[str, str] = Lookups(host_of, most=20_000)
        self._traffic: Lookups[tuple[str, str, Campaign | None], str | None] = Lookups(_traffic, most=20_000)

    def agents(self, user_agents: Iterable[str]) -> dict[str, Agent]:
        return self._agents.answers(user_agents)

    def pages(self, visits: Sequence[Visit]) -> tuple[list[str | None], list[str | None]]:
        """By visit the page's address without personal data, and where it came from as the store keeps it (JSON)."""
        pages = self._pages.answers(visit.url for visit in visits if visit.url)
        hosts = self._hosts.answers(visit.referrer for visit in visits if visit.referrer)
        asked = [
            _sources(pages.get(url) if url else None, hosts[referrer] if referrer else "", campaign)
            for url, referrer, campaign in visits
        ]
        traffic = self._traffic.answers(key for key in asked if key is not None)
        return (
            [pages[url].url if url else None for url, _referrer, _campaign in visits],
            [None if key is None else traffic[key] for key in asked],
        )


def _page(url: str) -> Page:
    return Page(scrub_url(url), host_of(url), campaign_of(url))


def _sources(
    page: Page | None, referring: str, said: Mapping[str, str] | None
) -> tuple[str, str, Campaign | None] | None:
    campaign = page.campaign if page else None
    if said:
        campaign = with_said(campaign, said)
    host = page.host if page else ""
    return (host, referring, campaign) if host or referring or campaign else None


def _traffic(key: tuple[str, str, Campaign | None]) -> str | None:
    return traffic_json(traffic_of(*key))
