"""What the server counts, for Prometheus: numbers only."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from rag.answer import Status

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counts of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "pullquote_requests", "Requests by route and status.", ("route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "pullquote_ask_seconds",
            "From a question to its answer, waiting included.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.waiting = Gauge("pullquote_waiting", "Questions that wait for their turn.", registry=self.registry)
        self.answers = Counter("pullquote_answers", "Answers by status.", ("status",), registry=self.registry)
        for status in Status:
            self.answers.labels(status.value)
