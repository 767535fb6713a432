"""What is measured, in a registry of its own. Labels are kinds and lanes, few and known; never a name or an id.

Most is counted where it happens. What stands in rows is read when somebody asks, at most every few seconds.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.process_collector import ProcessCollector

from models.findings import KINDS
from models.measures import Measures, Taking
from models.outbox import LANES
from schedules.delivery import Delivery, Outcome

SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 300, 900, 3600)
HOURS = (3600, 4 * 3600, 24 * 3600, 3 * 86400, 7 * 86400, 14 * 86400, 28 * 86400)
STEPS = (1, 2, 3, 4, 5, 6, 8, 12, 20)
LEVELS = 5
VISIT_ACTIONS = ("log_visit", "confirm_report", "confirm_all")
"""Actions that record a visit: what a person did since the one before were its steps."""
REMEMBERED = 5_000
BURDENS = ("1", "2", "3", "more")


class Metrics:
    """Counts at the edges; `text` gives everything as Prometheus reads it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._steps: OrderedDict[int, tuple[int, float]] = OrderedDict()
        self._count_edges()
        self._count_rows()

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(name, words, labels, namespace="zoufang", registry=self.registry)

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(name, words, labels, namespace="zoufang", registry=self.registry)

    def _histogram(self, name: str, words: str, *labels: str, buckets: Sequence[float] = SECONDS) -> Histogram:
        return Histogram(name, words, labels, namespace="zoufang", registry=self.registry, buckets=buckets)

    def _count_edges(self) -> None:
        self._lag = self._histogram("due_lag_seconds", "From due to accepted by the channel.", "lane")
        self._sends = self._counter("sends", "Sends by what became of them.", "lane", "outcome")
        self._repeats = self._counter("repeats", "Sends repeated after an unknown result.", "lane")
        self._pauses = self._counter("pause_seconds", "Seconds the channel asked the whole bot to wait.")
        self._updates = self._histogram("update_seconds", "Handling of one update.", "kind")
        self._visit_steps = self._histogram("visit_steps", "Updates of a person for one recorded visit.", buckets=STEPS)
        self._visit_seconds = self._histogram("visit_seconds", "Server time for one recorded visit.")
        self._ticks = self._histogram("tick_seconds", "One turn of a tick.", "tick")
        self._failures = self._counter("tick_failures", "Turns of a tick that failed.", "tick")
        self._jumps = self._counter("clock_jumps", "Times somebody set the wall clock by more than a minute.")
        self._taking = self._histogram(
            "taking_seconds", "From a level being told to the case being taken.", "level", buckets=HOURS
        )

    def _count_rows(self) -> None:
        self._waiting = self._gauge("outbox_rows", "Messages not yet sent.", "lane", "state")
        self._oldest = self._gauge("oldest_due_seconds", "How long the oldest due message waits.", "lane")
        self._unsent = self._gauge(
            "unsent_messages",
            "Unsolicited messages of today and yesterday that were not sent.",
            "lane",
            "state",
            "reason",
        )
        self._findings = self._gauge("findings", "Stuck work that is open.", "kind", "state")
        self._audit_age = self._gauge("audit_age_seconds", "Since the auditor last looked.")
        self._clean_age = self._gauge("audit_clean_age_seconds", "Since the auditor last found nothing.")
        self._unhandled = self._gauge("inbox_rows", "Updates stored and not yet handled.")
        self._unreachable = self._gauge("unreachable_people", "People who blocked the bot.")
        self._burden = self._gauge(
            "people_by_messages", "People by the unsolicited messages they got yesterday.", "messages"
        )
        self._week = self._gauge(
            "week_burden",
            "The last seven days: people, unsolicited messages, their median and most per person, times over the cap; "
            "visits, median steps and seconds of server time per visit.",
            "figure",
        )
        self._paused = self._gauge("paused_seconds", "Seconds until the bot may send again.")
        self._beat_age = self._gauge("beat_age_seconds", "Since any tick last moved.")
        self._tick_age = self._gauge("tick_age_seconds", "Since a tick last came to its end.", "tick")
        self._provisional = self._gauge("calendar_provisional", "1 while next year's holidays are not official.")
        self._held = self._gauge("clock_held", "1 while everything waits because the clock was set.")

    # -- at the edges -------------------------------------------------------------------------------------------------

    def sent(self, one: Delivery, outcome: Outcome, lag: float) -> None:
        """One send and what became of it; `lag` in seconds since it was due."""
        self._sends.labels(one.lane, outcome.result).inc()
        if outcome.result == "sent":
            self._lag.labels(one.lane).observe(max(0.0, lag))
        if one.again:
            self._repeats.labels(one.lane).inc()
        if outcome.retry_after:
            self._pauses.inc(outcome.retry_after)

    def handled(self, kind: str, sender: int, seconds: float, action: str) -> None:
        """One update, and the action it came to."""
        self._updates.labels(kind).observe(seconds)
        steps, spent = self._steps.pop(sender, (0, 0.0))
        if action in VISIT_ACTIONS:
            self._visit_steps.observe(steps + 1)
            self._visit_seconds.observe(spent + seconds)
            return
        self._steps[sender] = steps + 1, spent + seconds
        if len(self._steps) > REMEMBERED:
            self._steps.popitem(last=False)

    def ticked(self, tick: str, seconds: float, *, failed: bool) -> None:
        self._ticks.labels(tick).observe(seconds)
        if failed:
            self._failures.labels(tick).inc()

    def jumped(self) -> None:
        self._jumps.inc()

    def took(self, taking: Taking) -> None:
        self._taking.labels(str(min(taking.level, LEVELS))).observe(taking.seconds)

    # -- when somebody asks -------------------------------------------------------------------------------------------

    def state(
        self, *, beat_age: float, tick_ages: Mapping[str, float], paused: float, provisional: bool, held: bool
    ) -> None:
        """What the process knows of itself."""
        self._beat_age.set(beat_age)
        for tick, age in tick_ages.items():
            self._tick_age.labels(tick).set(age)
        self._paused.set(paused)
        self._provisional.set(provisional)
        self._held.set(held)

    def rows(self, found: Measures, now: float) -> None:
        """What stands in rows; `now` as seconds since 1970."""
        self._waiting.clear()
        for (lane, state), count in found.waiting.items():
            self._waiting.labels(lane, state).set(count)
        for lane in LANES:
            oldest = found.oldest.get(lane)
            self._oldest.labels(lane).set(max(0.0, now - oldest.timestamp()) if oldest else 0.0)
        self._unsent.clear()
        for (lane, state, reason), count in found.unsent.items():
            self._unsent.labels(lane, state, reason).set(count)
        for kind in KINDS:
            for state in ("found", "alarmed"):
                self._findings.labels(kind, state).set(found.findings.get((kind, state), 0))
        self._unhandled.set(found.unhandled)
        self._unreachable.set(found.unreachable)
        for gauge, moment in ((self._audit_age, found.audited_at), (self._clean_age, found.clean_at)):
            gauge.set(max(0.0, now - moment.timestamp()) if moment else float("nan"))
        self._spread(found.people_by_messages)
        for figure, number in found.week.items():
            self._week.labels(figure).set(number)

    def _spread(self, people: Mapping[int, int]) -> None:
        counts = dict.fromkeys(BURDENS, 0)
        for messages, count in people.items():
            counts[str(messages) if messages <= 3 else "more"] += count
        for label, count in counts.items():
            self._burden.labels(label).set(count)

    def text(self) -> tuple[bytes, str]:
        """Everything, and its content type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST
