"""Enrichment of many messages at once: the same answers as one by one, and floods that cost a bounded time."""

from __future__ import annotations

import json
import time

from polku.capture.enrichment.enricher import FRESH_AGENTS, Enricher

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/{}.0.0.0 Safari/537.36"


def test_addresses_and_traffic_of_many_views():
    urls = [
        "https://kauppa.fi/?gclid=1",
        None,
        "https://kauppa.fi/a?email=x",
        "https://kauppa.fi/a?email=x",
        None,
    ]
    referrers = ["https://www.google.fi/", "https://t.co/x", "https://kauppa.fi/", None, None]
    campaigns = [None, None, None, {"source": "kirje", "medium": "email"}, {}]
    scrubbed, traffic = Enricher().arrivals(urls, referrers, campaigns)
    assert scrubbed == [
        "https://kauppa.fi/",
        None,
        "https://kauppa.fi/a?email=***",
        "https://kauppa.fi/a?email=***",
        None,
    ]
    channels = [text and json.loads(text)["traffic_channel"] for text in traffic]
    assert channels == ["Paid Search", "Organic Social", None, "Email", None]


def test_what_one_sender_says_of_a_campaign_is_not_said_of_others():
    enricher, url = Enricher(), "https://kauppa.fi/"
    said = {"source": "kirje", "medium": "email"}
    _urls, traffic = enricher.arrivals([url, url, url], [None] * 3, [None, said, None])
    assert [json.loads(text or "")["traffic_channel"] for text in traffic] == ["Direct", "Email", "Direct"]


def test_no_views_at_all():
    assert Enricher().arrivals([], [], []) == ([], [])


def test_a_flood_of_new_user_agents_is_parsed_only_so_far_and_bots_are_found_all_the_same():
    enricher = Enricher()
    enricher.warm_up()
    flood = [CHROME.format(number) for number in range(3 * FRESH_AGENTS)]
    crawlers = [f"Mozilla/5.0 (compatible; Googlebot/2.{number})" for number in range(FRESH_AGENTS)]
    begun = time.thread_time()
    agents = enricher.agents([*flood, *crawlers])
    assert time.thread_time() - begun < 2  # measured: 0.1
    assert sum(agent.is_bot for agent in agents.values()) == FRESH_AGENTS
    assert all(agents[text].device_type == "computer" for text in flood)
    parsed = sum(agent.browser == "Chrome" for agent in agents.values())
    assert 0 < parsed <= FRESH_AGENTS
    again = enricher.agents(flood)
    assert sum(agent.browser == "Chrome" for agent in again.values()) >= parsed
