"""What a browser says of itself: browser, operating system, sort of device, and whether it is a bot."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

import ua_parser_rs
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from ua_parser import BestAvailableResolver, Domain, Resolver, load_lazy_builtins

DeviceType = Literal["phone", "tablet", "computer", "other"]

LONGEST = 512
"""Characters of a user agent that are looked at; a real one is hardly half as long."""


class Agent(NamedTuple):
    """`browser` and `os` are families without a version, "" where they are not known.

    `is_library`: a bot that only calls itself by the name of a program library, as servers also do.
    """

    browser: str
    os: str
    device_type: DeviceType
    is_bot: bool
    is_library: bool = False


_LIBRARY = "http-library"  # as crawler-user-agents calls it
_BROWSERS = {
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "Chromium": "Chrome",
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Edge Mobile": "Edge",
    "Opera Mobile": "Opera",
    "Opera Mini": "Opera",
    "DuckDuckGo Mobile": "DuckDuckGo",
    "Yandex Browser": "Yandex",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "Other": "",
}
_SYSTEMS = {"Mac OS X": "macOS", "Other": ""}

_ELSEWHERE = re.compile(
    r"smart-?tv|hbbtv|google ?tv|apple ?tv|web0s|webos|tizen.{1,20}tv|bravia|netcast|viera|crkey|roku|"
    r"\baft[a-z0-9]+\b|playstation|xbox|nintendo|watch|quest|vr browser|tesla|automotive",
    re.IGNORECASE,
)
_TABLET = re.compile(
    r"ipad|tablet(?! pc)|playbook|silk/(?!.*mobile)|kindle|kf[a-z]{3,4}\b|android(?!.*mobile)|\bsm-[tx]\d",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"iphone|ipod|android|windows phone|mobile|blackberry|bb10|opera mini|symbian|series ?60|kaios|j2me|midp|dalvik",
    re.IGNORECASE,
)
_COMPUTER = re.compile(
    r"windows nt|windows;|win64|macintosh|mac os x|x11|linux|cros |freebsd|openbsd", re.IGNORECASE
)


def agent_of(user_agent: str) -> Agent:
    """What is known of a user agent. Takes some 10 µs, for whatever text at most about 50."""
    text = user_agent[:LONGEST]
    if bot := _bot(text):
        return bot
    parsed = _parser()(text, Domain.USER_AGENT | Domain.OS)
    browser = parsed.user_agent.family if parsed.user_agent else ""
    system = parsed.os.family if parsed.os else ""
    return Agent(
        _BROWSERS.get(browser, browser), _SYSTEMS.get(system, system), device_type_of(text), is_bot=False
    )


def quick_agent_of(user_agent: str) -> Agent:
    """As `agent_of`, without the browser and the system: a few microseconds."""
    text = user_agent[:LONGEST]
    return _bot(text) or Agent("", "", device_type_of(text), is_bot=False)


def is_bot(user_agent: str) -> bool:
    """Whether one of the patterns of crawler-user-agents is in it."""
    return _crawlers().extract(user_agent) is not None


def _bot(text: str) -> Agent | None:
    found = _crawlers().extract(text)
    return Agent("", "", "other", is_bot=True, is_library=found.family == _LIBRARY) if found else None


def device_type_of(user_agent: str) -> DeviceType:
    """An iPad that asks for desktop pages says that it is a Macintosh, and is taken for one."""
    if _ELSEWHERE.search(user_agent):
        return "other"
    if _TABLET.search(user_agent):
        return "tablet"
    if _PHONE.search(user_agent):
        return "phone"
    return "computer" if _COMPUTER.search(user_agent) else "other"


@cache
def _parser() -> Resolver:
    return BestAvailableResolver(load_lazy_builtins())


@cache
def _crawlers() -> ua_parser_rs.UserAgentExtractor:
    """All patterns in one automaton: ua-parser's engine finds by literals which few of the 1,500 are worth trying.

    Of those that fit the first is told, so libraries come last.
    """
    kinds = [(_LIBRARY in crawler["tags"], crawler["pattern"]) for crawler in CRAWLER_USER_AGENTS_DATA]
    return ua_parser_rs.UserAgentExtractor(
        (pattern, _LIBRARY if is_library else "bot", None, None, None, None)
        for is_library, pattern in sorted(kinds, key=lambda kind: kind[0])
    )
