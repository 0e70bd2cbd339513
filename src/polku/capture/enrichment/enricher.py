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

_MOST = 5_000
"""Answers of one sort that are kept at least. Twice as many may be: at worst, all texts of full length, some 150 MB."""


class Page(NamedTuple):
    """What an address says: itself without personal data, its host, and the campaign in it."""

    url: str | None
    host: str
    campaign: Campaign | None


_NOWHERE = Page(None, "", None)


class Enricher:
    """Remembers what it has looked up, a bounded number of each; used by one thread at a time."""

    def __init__(self) -> None:
        self._agents: Lookups[str, Agent] = Lookups(
            agent_of, most=_MOST, fresh=FRESH_AGENTS, quick=quick_agent_of
        )
        self._pages: Lookups[str, Page] = Lookups(_page, most=_MOST)
        self._hosts: Lookups[str, str] = Lookups(host_of, most=_MOST)
        self._sources: Lookups[tuple[str, str, Campaign | None], str | None] = Lookups(_source, most=_MOST)
        self._arrivals: Lookups[tuple[str | None, str | None], tuple[str | None, str | None]] = Lookups(
            self._arrival, most=2 * _MOST
        )

    def warm_up(self) -> None:
        """Read the lists and build the parsers (a sixth of a second), so that the first message need not wait."""
        self._agents.answer("Mozilla/5.0")
        self._sources.answer(("", "example.com", None))

    def agents(self, user_agents: Iterable[str]) -> dict[str, Agent]:
        return self._agents.answers(user_agents)

    def arrivals(
        self,
        urls: Sequence[str | None],
        referrers: Sequence[str | None],
        campaigns: Sequence[Mapping[str, str] | None],
    ) -> tuple[list[str | None], list[str | None]]:
        """Page addresses without personal data, and where each view came from as the store keeps it (JSON): by page,
        referrer, and what the sender said of a campaign."""
        # zip hands out one tuple again and again where nobody keeps it, so only distinct pairs take memory.
        known = self._arrivals.answers(zip(urls, referrers, strict=True))
        found = [known[pair] for pair in zip(urls, referrers, strict=True)]
        traffic = [arrival[1] for arrival in found]
        for row, said in enumerate(campaigns):
            if said:
                traffic[row] = self._arrival((urls[row], referrers[row]), said)[1]
        return [arrival[0] for arrival in found], traffic

    def _arrival(
        self, visit: tuple[str | None, str | None], said: Mapping[str, str] | None = None
    ) -> tuple[str | None, str | None]:
        url, referrer = visit
        page = self._pages.answer(url) if url else _NOWHERE
        campaign = with_said(page.campaign, said) if said else page.campaign
        referring = self._hosts.answer(referrer) if referrer else ""
        is_said = page.host or referring or campaign
        return page.url, self._sources.answer((page.host, referring, campaign)) if is_said else None


def _page(url: str) -> Page:
    return Page(scrub_url(url), host_of(url), campaign_of(url))


def _source(key: tuple[str, str, Campaign | None]) -> str | None:
    return traffic_json(traffic_of(*key))
