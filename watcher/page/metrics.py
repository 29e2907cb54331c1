"""Reports of steps, and the state of the store -> the numbers that a Prometheus server asks for."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from watcher.model import CaptureReport, Outcome, PollReport, StatusReport

# Seconds from an entry's publication to its alert: from a push to a feed that is asked once a day.
LAG = (2, 10, 30, 60, 300, 600, 1800, 3600, 6 * 3600, 24 * 3600)


class Metrics:
    """What this process did, counted as it happens; what the rows say is read when somebody asks."""

    def __init__(self, *, config: str) -> None:
        """config: the SHA-256 of the configuration in force."""
        self._registry = registry = CollectorRegistry()
        self._polls = Counter("watcher_polls", "Polls by result", ["result"], registry=registry)
        self._entries = Counter("watcher_entries", "Entries in polled feeds", ["seen"], registry=registry)
        self._matches = Counter("watcher_matches", "Matches found in entries", registry=registry)
        self._alerts = Counter("watcher_alerts", "Alerts raised", ["reason"], registry=registry)
        self._deliveries = Counter("watcher_deliveries", "Tries of deliveries", ["answer"], registry=registry)
        self._lag = Histogram("watcher_alert_lag_seconds", "From published to alerted", buckets=LAG, registry=registry)
        self._backlog = Gauge("watcher_due", "Rows that are due now", ["step"], registry=registry)
        self._feeds = Gauge("watcher_feeds", "Feeds by state", ["state"], registry=registry)
        self._outbox = Gauge("watcher_outbox", "Deliveries by state", ["state"], registry=registry)
        self._hubs = Gauge("watcher_subscriptions", "Subscriptions to hubs by state", ["state"], registry=registry)
        self._good = Gauge("watcher_config_good", "1 while the configuration on disk is in force", registry=registry)
        self._config = Gauge("watcher_config", "The configuration in force", ["sha256"], registry=registry)
        self._reload_good = Gauge("watcher_last_reload_good", "1 if the last reload was good", registry=registry)
        self._reload_good.set(1)  # what it started with
        self._reloaded_at = Gauge("watcher_last_reload_timestamp_seconds", "When that was", registry=registry)
        self._reloaded_at.set_to_current_time()
        self.in_force(config)

    def in_force(self, config: str) -> None:
        """Another configuration is in force from now on."""
        self._config.clear()
        self._config.labels(config).set(1)

    def reloaded(self, *, config: str, good: bool, at: float) -> None:
        """The configuration was read again. config: the SHA-256 of what is in force; at: Unix time."""
        self.in_force(config)
        self._reload_good.set(good)
        self._reloaded_at.set(at)

    def told(self, report: object) -> None:
        """Counts what a step came to."""
        if isinstance(report, PollReport):
            self._polls.labels(report.result).inc()
            self._entries.labels("new").inc(report.new)
            self._entries.labels("before").inc(report.seen)
            self._matches.inc(report.matches)
        elif isinstance(report, CaptureReport):
            for alert in report.alerts:
                self._alerts.labels(alert.reason).inc()
                published = alert.story.extraction.published
                if published is not None:
                    self._lag.observe(max((alert.raised - published).total_seconds(), 0))
        elif isinstance(report, Outcome):
            self._deliveries.labels(report.answer).inc()

    def text(self, status: StatusReport) -> bytes:
        """All numbers in Prometheus' text format."""
        for step, due in (
            ("poll", status.due_feeds),
            ("capture", status.due_captures),
            ("deliver", status.due_deliveries),
        ):
            self._backlog.labels(step).set(due)
        states: tuple[tuple[Gauge, Iterable[tuple[str, int]]], ...] = (
            (self._feeds, status.feeds.items()),
            (self._outbox, status.deliveries.items()),
            (self._hubs, status.subscriptions.items()),
        )
        for gauge, counts in states:
            gauge.clear()
            for state, number in counts:
                gauge.labels(state).set(number)
        self._good.set(status.config_fault is None)
        return generate_latest(self._registry)
