"""What the simulated website says of visits is what the front door would say of their landing pages."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from urllib.parse import urlsplit

import pytest

from polku.capture.enrichment.campaigns import campaign_of
from polku.capture.enrichment.traffic import traffic_json, traffic_of
from polku.simulation import Simulation, simulate
from polku.simulation.catalogue import SEARCHES


@pytest.fixture(scope="module")
def events() -> list[dict]:
    world: Simulation = simulate(today=date(2026, 11, 2), scale=0.1)
    return world.signals.filter(world.signals["kind"].to_numpy() == 1).to_pylist()


def test_a_visit_tells_its_campaign_as_the_front_door_would(events):
    seen = Counter()
    for event in events:
        if event["name"] != "visit" or "utm_" not in event["url"]:
            continue
        told = json.loads(event["properties"])
        parts = urlsplit(event["url"])
        expected = json.loads(traffic_json(traffic_of(parts.hostname, "", campaign_of(event["url"]))))
        assert {name: value for name, value in told.items() if name.startswith("traffic_")} == expected
        seen[expected["traffic_channel"]] += 1
    assert set(seen) == {"Paid Search", "Organic Social", "Email", "Paid Social"}


def test_every_page_says_by_what_device_it_was_seen_and_visits_how_fast_they_loaded(events):
    for event in events:
        if event["name"] in ("visit", "product_view", "cart_view", "payment_page"):
            told = json.loads(event["properties"])
            assert told["device_type"] in ("phone", "computer", "tablet")
            assert "traffic_channel" in told
            assert (event["name"] == "visit") == ("load_time" in told)
            assert event["name"] != "visit" or 100 < int(told["load_time"]) < 30_000


def test_a_search_finds_what_the_shop_has(events):
    searched = [json.loads(event["properties"]) for event in events if event["name"] == "site_search"]
    assert {(each["query"], int(each["results"])) for each in searched} == set(SEARCHES.items())
