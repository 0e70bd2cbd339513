"""Browsers, devices and bots: every instance of the crawler list, and browsers that are none."""

from __future__ import annotations

import gzip
import json
import random
import string
import time
from pathlib import Path

import pytest
from crawleruseragents import is_crawler

from polku.capture.enrichment.user_agents import Agent, agent_of, is_bot, quick_agent_of

ORDINARY = [
    line.split(" | ", 3)
    for line in (Path(__file__).parent / "ordinary_user_agents.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
PEOPLE = [user_agent for *_said, user_agent in ORDINARY]
TOLD = [line for line in ORDINARY if line[0] != "?"]


@pytest.mark.parametrize(("browser", "system", "device_type", "user_agent"), TOLD)
def test_browser_system_and_device(browser, system, device_type, user_agent):
    assert agent_of(user_agent) == Agent(browser, system, device_type, is_bot=False)


@pytest.mark.parametrize("user_agent", [*PEOPLE, ""])
def test_no_browser_of_people_is_called_a_bot(user_agent):
    assert is_bot(user_agent) is False


def test_at_least_99_in_100_instances_of_crawlers_are_recognised(real_data):
    with gzip.open(real_data / "fixtures" / "crawler-user-agents.json.gz") as file:
        instances = [instance for crawler in json.load(file) for instance in crawler["instances"]]
    missed = [instance for instance in instances if not agent_of(instance).is_bot]
    rate = 1 - len(missed) / len(instances)
    print(f"\ncrawlers recognised: {rate:.2%} of {len(instances)}; not: {missed}")
    assert len(instances) == 2123
    assert rate >= 0.99


def test_the_engine_says_the_same_as_the_package(real_data):
    with gzip.open(real_data / "fixtures" / "crawler-user-agents.json.gz") as file:
        instances = [instance for crawler in json.load(file) for instance in crawler["instances"]]
    chance = random.Random(5)
    noise = ["".join(chance.choices(string.printable, k=200)) for _ in range(200)]
    texts = [*instances[::10], *PEOPLE, *noise]
    assert [is_bot(text) for text in texts] == [is_crawler(text) for text in texts]


def test_a_quick_look_finds_the_same_bots_and_devices():
    for user_agent in [*PEOPLE, "Googlebot/2.1 (+http://www.google.com/bot.html)"]:
        whole, quick = agent_of(user_agent), quick_agent_of(user_agent)
        assert (quick.device_type, quick.is_bot) == (whole.device_type, whole.is_bot)


def test_a_user_agent_never_seen_before_costs_little():
    chance = random.Random(5)
    texts = ["Mozilla/5.0 " + "".join(chance.choices(string.printable, k=4000)) for _ in range(500)]
    agent_of("warm")
    begun = time.thread_time()
    for text in texts:
        agent_of(text)
    assert (time.thread_time() - begun) / len(texts) < 500e-6  # measured: some 45 µs


def test_libraries_of_programs_are_told_from_crawlers():
    assert agent_of("python-requests/2.32.3") == Agent("", "", "other", is_bot=True, is_library=True)
    assert agent_of("Mozilla/5.0 (compatible; bingbot/2.0) axios/1.7") == Agent("", "", "other", is_bot=True)
