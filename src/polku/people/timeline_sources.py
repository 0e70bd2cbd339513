"""What rooms above tell the pages of people: touchpoints and words of journeys, names of sources.

Without them (a program that has no such room) things keep the names that the data came with.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from polku.accounts.models import Workspace


@dataclass(frozen=True)
class TouchpointLink:
    """A touchpoint by name, and the address that opens it on its map."""

    name: str
    address: str


@dataclass(frozen=True)
class Feeling:
    """What an answer feels like: 1 (very negative) … 5 (very positive), and the same in a word."""

    step: int
    word: str


FindTouchpoints = Callable[[Workspace, Collection[int]], Mapping[int, TouchpointLink]]
"""The workspace's touchpoints of these numbers; those that are gone are left out."""
NameSources = Callable[[Workspace], Mapping[str, str]]
"""What people call the sources, by the names that the store keeps."""
RateAnswer = Callable[[str, float, float, float], Feeling | None]
"""(metric, score, lowest, highest) → the feeling, None where the scale tells none."""

_touchpoints: FindTouchpoints = lambda workspace, numbers: {}  # noqa: E731
_channels: Mapping[str, Any] = {}
_metric: Callable[[str], str] = str
_feeling: RateAnswer = lambda metric, score, low, high: None  # noqa: E731
_sources: NameSources = lambda workspace: {}  # noqa: E731


def use_journeys(
    *,
    touchpoints: FindTouchpoints,
    channels: Mapping[str, Any],
    metric: Callable[[str], str],
    feeling: RateAnswer,
) -> None:
    """Called once, when the program starts. `channels` are those that have names, with the names."""
    global _touchpoints, _channels, _metric, _feeling
    _touchpoints, _channels, _metric, _feeling = touchpoints, channels, metric, feeling


def use_sources(names: NameSources) -> None:
    """Called once, when the program starts."""
    global _sources
    _sources = names


def touchpoints(workspace: Workspace, numbers: Collection[int]) -> Mapping[int, TouchpointLink]:
    return _touchpoints(workspace, numbers) if numbers else {}


def channel_names() -> Mapping[str, Any]:
    """Channels that have names, with the names."""
    return _channels


def channel_name(channel: str) -> str:
    return str(_channels.get(channel, channel))


def metric_name(metric: str) -> str:
    return _metric(metric)


def feeling(metric: str, score: float, low: float | None, high: float | None) -> Feeling | None:
    if low is None or high is None or not high > low:
        return None
    return _feeling(metric, score, low, high)


def source_names(workspace: Workspace) -> Mapping[str, str]:
    return _sources(workspace)
