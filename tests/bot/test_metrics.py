"""What the bot measures: counted where it happens, read from rows where it stands in rows, about nobody by name."""

import asyncio
import re
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.clock import MovedClock
from bot.db import Database
from bot.metrics import Metrics
from bot.ticking import Ticking
from models.duties import Duty
from models.errors import Refused
from models.measures import Measures, Taking, list_taken, measure, newest_event
from models.outbox import Message
from models.people import Person
from schedules.delivery import Delivery, Outcome
from schedules.ticks import Tick
from tests.schedules.world import at, township
from tests.stories.township import Town

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
EMPTY = Measures({}, {}, {}, {}, 0, 0, None, None, None)


def values(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(metrics.text()[0].decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def value(metrics: Metrics, name: str, **labels: str) -> float:
    return values(metrics)[f"zoufang_{name}", tuple(sorted(labels.items()))]


def delivery(**more: Any) -> Delivery:
    known = {"id": 1, "chat": 7, "kind": "menu.help", "values": {}, "locale": None, "edits": None, "lane": "digests"}
    return Delivery(**{**known, "again": False, "due_at": NOW, **more})  # type: ignore[arg-type]


def test_nothing_is_registered_with_the_library_itself() -> None:
    before = len(list(REGISTRY.collect()))
    Metrics(), Metrics()
    assert len(list(REGISTRY.collect())) == before


def test_sends_are_counted_by_lane_and_outcome_with_their_lag() -> None:
    metrics = Metrics()
    metrics.sent(delivery(), Outcome(1, "sent"), 2.0)
    metrics.sent(delivery(again=True), Outcome(1, "sent"), 0.2)
    metrics.sent(delivery(lane="answers"), Outcome(1, "throttled", retry_after=30), 0.1)
    assert value(metrics, "sends_total", lane="digests", outcome="sent") == 2
    assert value(metrics, "sends_total", lane="answers", outcome="throttled") == 1
    assert value(metrics, "repeats_total", lane="digests") == 1
    assert value(metrics, "pause_seconds_total") == 30
    assert value(metrics, "due_lag_seconds_count", lane="digests") == 2
    assert value(metrics, "due_lag_seconds_bucket", lane="digests", le="0.3") == 1


def test_the_steps_of_a_visit_are_those_since_the_visit_before() -> None:
    metrics = Metrics()
    for action in ("", "keep_report", "confirm_report"):
        metrics.handled("text", 7, 0.5, action)
    metrics.handled("press", 7, 0.25, "log_visit")
    metrics.handled("text", 8, 0.25, "")
    assert value(metrics, "visit_steps_count") == 2
    assert value(metrics, "visit_steps_sum") == 4
    assert value(metrics, "visit_seconds_sum") == 1.75
    assert value(metrics, "update_seconds_count", kind="text") == 4


def test_only_so_many_people_are_remembered() -> None:
    metrics = Metrics()
    for sender in range(20_000):
        metrics.handled("text", sender, 0.0, "")
    assert len(metrics._steps) == 5_000


async def test_a_turn_that_is_done_again_is_counted_once(tmp_path: Path) -> None:
    """What it shared the commit with was refused."""
    database, metrics = Database(f"sqlite:///{tmp_path}/zoufang.db"), Metrics()
    database.open()
    begun, held = threading.Event(), threading.Event()
    turns: list[datetime] = []

    def count(_: Session, *, now: datetime) -> bool:
        turns.append(now)
        return False

    def refuse(_: Session) -> None:
        raise Refused("not.this")

    ticking = Ticking(
        database, MovedClock(NOW, still=True), metrics, held=lambda: False, worked=lambda: None, workers={},
        ticks=[Tick("count", 1, count)],
    )  # fmt: skip
    first = asyncio.create_task(database.run(lambda _: begun.set() or held.wait(5)))
    await asyncio.to_thread(begun.wait, 5)
    together = asyncio.gather(ticking.run_all(), database.run(refuse), return_exceptions=True)
    for _ in range(10):
        await asyncio.sleep(0)
    assert database._jobs.qsize() == 2
    held.set()
    await asyncio.gather(first, together)
    database.close()
    assert len(turns) == 2
    assert value(metrics, "tick_seconds_count", tick="count") == 1


def test_what_is_no_longer_in_the_rows_is_no_longer_shown() -> None:
    metrics = Metrics()
    some = Measures({("urgent", "retry"): 3}, {"urgent": NOW}, {("digests", "suppressed", "unreachable"): 2},
                    {("duty.overdue", "alarmed"): 1}, 4, 5, None, NOW, None, {1: 10, 2: 3, 9: 1})  # fmt: skip
    metrics.rows(some, NOW.timestamp() + 60)
    assert value(metrics, "outbox_rows", lane="urgent", state="retry") == 3
    assert value(metrics, "oldest_due_seconds", lane="urgent") == 60
    assert value(metrics, "unsent_messages", lane="digests", state="suppressed", reason="unreachable") == 2
    assert value(metrics, "findings", kind="duty.overdue", state="alarmed") == 1
    assert value(metrics, "audit_age_seconds") == 60
    assert [value(metrics, "people_by_messages", messages=each) for each in ("1", "2", "3", "more")] == [10, 3, 0, 1]
    metrics.rows(EMPTY, NOW.timestamp())
    assert not [name for name, _ in values(metrics) if name == "zoufang_outbox_rows"]
    assert value(metrics, "oldest_due_seconds", lane="urgent") == 0
    assert value(metrics, "findings", kind="duty.overdue", state="alarmed") == 0


def test_levels_are_bounded() -> None:
    metrics = Metrics()
    for level in range(100):
        metrics.took(Taking(level, 60.0))
    levels = {dict(labels)["level"] for name, labels in values(metrics) if name == "zoufang_taking_seconds_count"}
    assert levels == {"0", "1", "2", "3", "4", "5"}


def test_rows_are_measured_on_both_databases(session: Session) -> None:
    world = township(session).go("11-12", "19:00")
    before = newest_event(session)
    assert measure(session, now=world.now, yesterday=date(2026, 11, 11)).people_by_messages == {}
    world.go("11-13", "12:00")
    session.execute(update(Person).where(Person.name == "王芳").values(unreachable_at=world.now))
    for n, (lane, state, reason) in enumerate(
        (("answers", "retry", None), ("digests", "suppressed", "unreachable"), ("urgent", "dead", "refused: x"))
    ):
        world.add(
            Message(chat=7, lane=lane, rank=n, kind="x", ids={}, key=f"k{n}", state=state, reason=reason,
                    local_day=date(2026, 11, 13), made_at=world.now, due_at=world.now - timedelta(minutes=n))
        )  # fmt: skip
    found = measure(session, now=world.now, yesterday=date(2026, 11, 12))
    assert found.people_by_messages == {1: 1}
    assert found.waiting == {("answers", "retry"): 1}
    assert found.oldest == {"answers": world.now}
    assert found.unsent == {("digests", "suppressed", "unreachable"): 1, ("urgent", "dead", "refused"): 1}
    assert found.unreachable == 1
    upto, taken = list_taken(session, before)
    assert (upto, taken) == (newest_event(session), [])


def test_the_time_until_somebody_takes_a_case_is_counted_by_level(session: Session) -> None:
    from models.duties.cases import on_case

    world = township(session).go("12-14", "12:00")
    duty = world.duty()
    before = newest_event(session)
    level, told_at = duty.level, duty.level_at
    on_case(session, world.view("副镇长"), "take", duty.id, duty.version, now=world.now)
    session.commit()
    (taking,) = list_taken(session, before)[1]
    assert told_at is not None
    assert taking == Taking(level, (world.now - told_at).total_seconds())
    assert session.get_one(Duty, duty.id).taken_by == world.people["副镇长"]
    assert at("12-14", "12:00") == world.now


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_a_running_bot_measures_itself_and_names_nobody(town: Town) -> None:
    helper = await town.person("何乐德", "helper")
    await town.household("李宁", helper="何乐德")
    await town.go_to(date(2026, 11, 12), "23:00")
    await helper.send("李宁家今天去了")
    await town.settle()
    await helper.send("好")
    await town.settle()
    text, kind = await town.app.health.metrics()
    assert kind.startswith("text/plain")
    for name in ("何乐德", "李宁", "青山村", "19600000001"):
        assert name not in text.decode()
    metrics = town.app.metrics
    assert value(metrics, "sends_total", lane="digests", outcome="sent") == 1
    assert value(metrics, "visit_steps_count") == 1
    assert value(metrics, "visit_steps_sum") >= 2
    assert value(metrics, "tick_seconds_count", tick="audit") > 0
    series = [line for line in text.decode().splitlines() if not line.startswith("#")]
    assert len(series) < 800
    assert not [line for line in series if re.search(r'="\d{6,}"', line)]
