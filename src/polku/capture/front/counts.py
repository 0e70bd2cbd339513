"""What the front door counts, as Prometheus reads it.

The request path adds to plain integers of one thread; they become metrics only when somebody asks, in another thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from polku.capture.inbox import Inbox
from polku.capture.messages import RejectedMessage

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_COMMIT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

disable_created_metrics()  # when a count began is when the process did


class Counts:
    """`requests` by (protocol, status); `dropped` and `rejected` by reason, in events."""

    def __init__(self) -> None:
        self.requests: dict[tuple[str, int], int] = {}
        self.accepted = 0
        self.rejected: dict[str, int] = {}
        self.dropped: dict[str, int] = {}
        self.registry = CollectorRegistry(auto_describe=False)
        self.commits = Histogram(
            "polku_inbox_commit_seconds",
            "How long a commit of the inbox took, fsync included.",
            buckets=_COMMIT_SECONDS,
            registry=self.registry,
        )

    def answered(self, protocol: str, status: int) -> None:
        key = (protocol, status)
        self.requests[key] = self.requests.get(key, 0) + 1

    def kept(self, accepted: int, rejected: Sequence[RejectedMessage], dropped: Mapping[str, int]) -> None:
        self.accepted += accepted
        for message in rejected:
            self.rejected[message.reason] = self.rejected.get(message.reason, 0) + 1
        for reason, number in dropped.items():
            self.dropped[reason] = self.dropped.get(reason, 0) + number

    def watch(self, inbox: Inbox, lag: Callable[[], float], *, loader_runs: Callable[[], bool]) -> None:
        """Tell of these too from now on; `lag` is in seconds."""
        self.registry.register(_Collector(self, inbox, lag, loader_runs))

    def text(self) -> bytes:
        """In Prometheus's text format."""
        return generate_latest(self.registry)


class _Collector:
    def __init__(
        self, counts: Counts, inbox: Inbox, lag: Callable[[], float], loader_runs: Callable[[], bool]
    ) -> None:
        self._counts, self._inbox, self._lag, self._loader_runs = counts, inbox, lag, loader_runs

    def collect(self) -> Iterable[Metric]:
        counts, state = self._counts, self._inbox.state()
        requests = CounterMetricFamily(
            "polku_capture_requests", "Requests to the capture addresses.", labels=["protocol", "status"]
        )
        for (protocol, status), number in sorted(dict(counts.requests).items()):
            requests.add_metric([protocol, str(status)], number)
        yield requests
        yield CounterMetricFamily(
            "polku_capture_events_accepted", "Events that are on disk in the inbox.", value=counts.accepted
        )
        yield _by_reason("polku_capture_events_rejected", "Events kept raw, to be mended.", counts.rejected)
        yield _by_reason("polku_capture_events_dropped", "Events dropped on purpose.", counts.dropped)
        for name, explanation, value in (
            ("polku_inbox_rows", "Requests in the inbox that the loader has not read.", state.rows),
            ("polku_inbox_bytes", "Size of the inbox's files.", state.bytes),
            ("polku_inbox_files", "Files of the inbox.", state.files),
            ("polku_inbox_waiting_requests", "Requests that wait for the disk.", state.waiting),
            ("polku_inbox_waiting_bytes", "Bytes that wait for the disk.", state.waiting_bytes),
            ("polku_inbox_healthy", "1 where the inbox takes requests.", int(state.problem is None)),
            ("polku_loader_lag_seconds", "Age of the oldest request that is not loaded.", self._lag()),
            ("polku_loader_running", "1 where the loader runs.", int(self._loader_runs())),
        ):
            yield GaugeMetricFamily(name, explanation, value=value)


def _by_reason(name: str, explanation: str, counted: dict[str, int]) -> CounterMetricFamily:
    family: Any = CounterMetricFamily(name, explanation, labels=["reason"])
    for reason, number in sorted(dict(counted).items()):
        family.add_metric([reason], number)
    return family
