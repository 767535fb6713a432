"""The watch over the process: a clock that is set, a beat that stops, what the supervisor and the heartbeat are told."""

import asyncio
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.app import App
from bot.clock import Beat, Clock, MovedClock
from bot.config import build_config
from bot.db import Database
from bot.metrics import Metrics
from bot.supervisor import Supervisor
from bot.ticking import Ticking
from bot.watch import ClockGuard, Watch
from models.installation import find_fact, set_fact
from models.outbox import Message, tell
from models.people import Person
from schedules.ticks import Tick
from tests.stories.township import Town

START = datetime(2026, 11, 2, 4, tzinfo=UTC)


# -- the clock ----------------------------------------------------------------------------------------------------------


def test_real_time_is_even() -> None:
    guard = ClockGuard(Clock())
    assert not guard.holds()
    assert guard.take_jump() == 0


def test_a_clock_moved_as_time_passes_is_even() -> None:
    clock = MovedClock(START, still=True)
    guard = ClockGuard(clock)
    clock.move(30 * 86400)
    assert not guard.holds()


@pytest.mark.parametrize("seconds", [61, -61, 3 * 86400, -3 * 86400])
def test_a_clock_that_is_set_holds_for_ten_minutes(seconds: int) -> None:
    clock = MovedClock(START, still=True)
    guard = ClockGuard(clock)
    clock.jump(seconds)
    assert guard.holds()
    assert guard.take_jump() == pytest.approx(seconds)
    assert guard.take_jump() == 0
    clock.move(599)
    assert guard.holds()
    clock.move(2)
    assert not guard.holds()


@pytest.mark.parametrize("seconds", [59, -59])
def test_a_small_correction_is_no_jump(seconds: int) -> None:
    clock = MovedClock(START, still=True)
    guard = ClockGuard(clock)
    clock.jump(seconds)
    assert not guard.holds()


def test_a_clock_set_back_again_holds_ten_minutes_more() -> None:
    clock = MovedClock(START, still=True)
    guard = ClockGuard(clock)
    clock.jump(86400)
    assert guard.holds()
    clock.move(300)
    clock.jump(-86400)
    assert guard.holds()
    clock.move(400)
    assert guard.holds()
    clock.move(201)
    assert not guard.holds()


BOTH = pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)


@BOTH
@pytest.mark.parametrize("days", [12, -3])
async def test_nothing_unsolicited_goes_by_a_clock_that_was_set(town: Town, days: int) -> None:
    """Set forward twelve days, the 12th of November with its reminders seems to be long past."""
    helper = await town.person("何乐德", "helper")
    await town.household("李宁", helper="何乐德")
    await town.go_to(date(2026, 11, 2), "12:00")
    town.told(helper)
    town.clock.jump(days * 86400)
    await town.settle()
    town.clock.move(300)
    await town.settle()
    assert town.told(helper) == []
    await helper.send("帮助")
    await town.settle()
    assert len(town.told(helper)) == 1
    town.clock.jump(-days * 86400)
    await town.settle()
    await town.wait(minutes=11)
    assert town.told(helper) == []
    await town.go_to(date(2026, 11, 12), "23:00")
    assert len(town.told(helper)) == 1


@BOTH
async def test_a_clock_that_stays_set_is_believed_after_ten_minutes(town: Town) -> None:
    helper = await town.person("何乐德", "helper")
    await town.household("李宁", helper="何乐德")
    await town.go_to(date(2026, 11, 2), "20:00")
    town.told(helper)
    town.clock.jump(10 * 86400)
    await town.settle()
    await town.wait(minutes=9)
    assert town.told(helper) == []
    await town.wait(minutes=2)
    assert len(town.told(helper)) == 1


def put_waiting(session: Session, *, now: datetime) -> None:
    person = session.scalars(select(Person)).one()
    for n, lane in enumerate(("answers", "digests")):
        tell(session, person=person, lane=lane, kind="menu.help", ids={}, key=f"x:{n}", now=now,
             due_at=now + timedelta(days=3))  # fmt: skip
    set_fact(session, "paused_until", at=(now + timedelta(minutes=5)).isoformat())


def waiting(session: Session) -> list[datetime]:
    return list(session.scalars(select(Message.due_at).where(Message.state == "pending").order_by(Message.id)))


async def test_what_a_wrong_clock_dated_goes_when_the_clock_is_right_again(town: Town) -> None:
    helper = await town.person("何乐德", "helper")
    await town.app.database.run(put_waiting, now=town.clock.now())
    paused = (await town.app.database.read(find_fact, "paused_until") or {})["at"]
    town.clock.jump(-3 * 86400)
    await town.app.watch.look_at_clock()
    assert await town.app.database.read(waiting) == [town.clock.now()] * 2
    moved = (await town.app.database.read(find_fact, "paused_until") or {})["at"]
    assert datetime.fromisoformat(paused) - datetime.fromisoformat(moved) == timedelta(days=3)
    await town.settle()
    assert len(town.told(helper)) == 1
    await town.wait(minutes=11)
    assert len(town.told(helper)) == 1


async def test_a_new_process_goes_on_waiting(town: Town) -> None:
    town.clock.jump(86400)
    await town.settle()
    await town.stop_bot()
    await town.start_bot()
    assert 500 < town.app.watch.guard.seconds() <= 600
    await town.wait(minutes=11)
    await town.stop_bot()
    await town.start_bot()
    assert town.app.watch.guard.seconds() == 0


async def test_time_that_went_back_while_nothing_ran_is_noticed_at_the_start(town: Town) -> None:
    await town.settle()
    await town.stop_bot()
    town.clock.jump(-86400)
    await town.start_bot()
    assert town.app.watch.guard.holds()


async def test_the_auditor_raises_no_alarm_by_a_clock_that_was_set(town: Town) -> None:
    await town.person("何乐德", "helper")
    await town.household("李宁", helper="何乐德")
    await town.go_to(date(2026, 11, 2), "12:00")
    await town.app.database.run(lambda session: session.execute(text("UPDATE duties SET next_action = 'nonsense'")))
    town.clock.jump(86400 * 30)
    for _ in range(20):
        await town.settle()
        town.clock.move(20)
    found = await town.app.database.read(
        lambda session: session.scalar(text("SELECT count(*) FROM findings WHERE kind = 'duty.overdue'"))
    )
    assert found == 0


# -- the beat -----------------------------------------------------------------------------------------------------------


class Hands:
    """Real time in one's own hands."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


class Bench:
    """A watch over ticks that count themselves. `told`: what the supervisor hears."""

    def __init__(self, folder: Path, *ticks: Tick, supervisor: Supervisor | None = None) -> None:
        self.database = Database(f"sqlite:///{folder}/zoufang.db")
        self.hands = Hands()
        clock = MovedClock(START, still=True)
        self.ended = 0
        metrics = Metrics()
        self.watch = Watch(self.database, clock, metrics, supervisor=supervisor or Supervisor(), end=self._end)
        self.ticking = self.watch.ticking = Ticking(
            self.database, clock, metrics, held=lambda: False, worked=lambda: None, workers={}, ticks=ticks,
            monotonic=self.hands,
        )  # fmt: skip

    def _end(self) -> None:
        self.ended += 1


class Counted:
    def __init__(self) -> None:
        self.calls = 0
        self.called = asyncio.Event()

    def tick(self) -> Tick:
        loop = asyncio.get_running_loop()

        def work(session: Session, *, now: datetime) -> bool:
            self.calls += 1
            loop.call_soon_threadsafe(self.called.set)
            return False

        return Tick("count", 0.05, work)


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.setblocking(False)
        yield line


def heard(line: socket.socket) -> list[str]:
    lines = []
    while True:
        try:
            lines.append(line.recv(1000).decode())
        except BlockingIOError:
            return lines


async def test_a_beat_that_stopped_begins_anew_where_nobody_starts_the_bot_again(tmp_path: Path) -> None:
    counted = Counted()
    bench = Bench(tmp_path, counted.tick())
    bench.database.open()
    bench.ticking.start()
    await asyncio.wait_for(counted.called.wait(), 5)
    # As the library does after an error of its own: it says it runs and calls nobody any more.
    bench.ticking._beat._scheduler._stop_timer()
    bench.hands.at += 31
    counted.called.clear()
    await bench.watch.look()
    await asyncio.wait_for(counted.called.wait(), 5)
    assert bench.ticking.age() < 1
    assert bench.ended == 0
    await bench.ticking.stop()
    bench.database.close()


async def test_a_tick_that_hangs_is_cut_off_and_the_others_go_on() -> None:
    counted, hangs = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        if not hangs.is_set():
            hangs.set()
            await asyncio.Event().wait()

    async def count() -> None:
        counted.set()

    beat = Beat({"hang": (0.01, hang), "count": (0.01, count)})
    beat.start()
    await asyncio.wait_for(hangs.wait(), 5)
    counted.clear()
    await beat.restart()
    await asyncio.wait_for(counted.wait(), 5)
    await asyncio.wait_for(beat.stop(), 5)


async def test_under_a_supervisor_the_process_ends(tmp_path: Path, listening: socket.socket) -> None:
    bench = Bench(tmp_path, supervisor=Supervisor(str(tmp_path / "notify")))
    bench.database.open()
    bench.ticking.start()
    bench.watch.ready()
    await bench.watch.look()
    assert heard(listening) == ["READY=1", "WATCHDOG=1"]
    bench.hands.at += 29
    await bench.watch.look()
    assert (heard(listening), bench.ended) == (["WATCHDOG=1"], 0)
    bench.hands.at += 2
    await bench.watch.look()
    assert (heard(listening), bench.ended) == ([], 1)
    bench.watch.stopping()
    assert heard(listening) == ["STOPPING=1"]
    await bench.ticking.stop()
    bench.database.close()


def test_a_supervisor_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    Supervisor(str(tmp_path / "nobody")).tell("READY=1")
    assert not Supervisor().present


def test_the_supervisor_is_known_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "@zoufang")
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    found = Supervisor.from_environment()
    assert (found.present, found.watchdog_seconds) == (True, 60)


# -- the heartbeat ------------------------------------------------------------------------------------------------------


async def test_the_heartbeat_goes_out_only_while_nothing_is_stuck(tmp_path: Path) -> None:
    calls = []

    async def ping(request: web.Request) -> web.Response:
        calls.append(request.path)
        return web.Response()

    application = web.Application()
    application.router.add_get("/ping", ping)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"{site.name}/ping"
    database = Database(f"sqlite:///{tmp_path}/zoufang.db")
    database.open()
    clock = MovedClock(START, still=True)
    watch = Watch(database, clock, Metrics(), heartbeat_url=url, supervisor=Supervisor())
    await watch._beat_heart()
    assert calls == []
    await database.run(set_fact, "audit", at=clock.now().isoformat(), clean_at=clock.now().isoformat())
    await watch._beat_heart()
    await watch._beat_heart()
    assert calls == ["/ping"]
    clock.move(600)
    watch._beaten_at = float("-inf")
    await watch._beat_heart()
    assert calls == ["/ping"]
    database.close()
    await runner.cleanup()


async def test_the_bot_says_that_it_is_ready_and_that_it_stops(
    town: Town, tmp_path: Path, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.stop_bot()
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    town.app = App(build_config(town.values(), home=town.folder), clock=town.clock, pacing=town.pacing())
    await town.app.open()
    assert "READY=1" in heard(listening)
    await town.app.close()
    assert "STOPPING=1" in heard(listening)
    monkeypatch.delenv("NOTIFY_SOCKET")
    await town.start_bot()
