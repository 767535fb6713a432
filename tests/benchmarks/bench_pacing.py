"""Sending as fast as Telegram allows, against a server that enforces its limits, all in real time (seven minutes).

3,000 helpers' digests for 3,000 helpers, beside the library's own limiter and beside a loop that sleeps; urgent
messages and answers behind 5,000 digests that wait; 300 digests that come due at once and that nothing slows down.
Ours is the bot as it is run, with every tick, in a process of its own, like the twins; only its clock begins at a
Thursday's 19:20, so that nothing depends on the hour of the measurement.

    python -m tests.benchmarks.bench_pacing [--messages 3000] [--waiting 5000]
"""

import argparse
import asyncio
import importlib.util
import logging
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session
from telegram import Bot
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.app import App, run_for_ever
from bot.clock import MovedClock
from bot.config import Config, load_config
from bot.db import make_engine
from bot.logs import set_up_logs
from bot.setup import open_keyring, set_up_times
from bot.simulator.limits import Limits
from bot.simulator.persons import Person as Phone
from bot.simulator.server import Simulator
from models.duties import Duty
from models.notices import Notice, add_notices
from models.outbox import Message
from models.people import Grant, Person
from schedules.digests import gather_some
from schedules.reminders import remind_some
from tests.benchmarks.bench_dialogue import step
from tests.benchmarks.bench_planning import open_township, plan
from tests.benchmarks.figures import record
from tests.benchmarks.processes import our_environment, own_folder, polling

COMMAND = "python -m tests.benchmarks.bench_pacing"
EVENING = datetime(2026, 11, 12, 11, 20, tzinfo=UTC)
"""19:20 in Shanghai, the helpers' hour, on the day of the month's first reminder."""
LIMIT = 30
UNLIMITED = 1000
EACH = 5
"""Households of a helper; the digest names them all."""
SHARES = (
    "INSERT INTO grants (person_id, role, area_id, on_ladder, starts_on) SELECT id, 'helper', 1, true, :day FROM people"
)
URGENT, ASKING, BEGIN, EVERY = 120, 60, timedelta(seconds=20), 0.5
Fill = Callable[[Session], object]
Twin = Callable[[str, str, list[int]], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Sent:
    """`used`: the part of the limit used between the first and the last tenth of the calls; `refused`: answers 429."""

    accepted: int
    used: float
    refused: int


@asynccontextmanager
async def our_bot(
    sim: Simulator, helpers: int, fill: Fill, *, start: datetime, per_second: int = LIMIT
) -> AsyncIterator[Config]:
    """The bot on a township whose helpers all owe reminders; its clock begins at `start`."""
    with own_folder() as config:
        _make_township(config, helpers, fill)
        env = our_environment(config, sim) | {"ZOUFANG_SENDING__PER_SECOND": str(per_second)}
        command = [sys.executable, "-m", "tests.benchmarks.bench_pacing", "--bot", start.isoformat()]
        async with polling(command, sim, env):
            yield config


def _make_township(config: Config, helpers: int, fill: Fill) -> None:
    set_up_times(config)
    open_keyring(config)
    assert config.database_file is not None
    engine = open_township(str(config.database_file.parent), config.database_file.stem, helpers * EACH)
    with Session(engine) as session:
        session.execute(text(SHARES), {"day": "2026-01-01"})
        for number, role in enumerate(("team_head", "officer", "deputy", "leader"), 1):
            person = Person(name=role, telegram_id=10**6 + number, joined_at=EVENING, created_at=EVENING)
            session.add(person)
            session.flush()
            session.add(Grant(person_id=person.id, role=role, area_id=1, starts_on=EVENING.date()))
        plan(session)
        _until_done(session, partial(remind_some, session, now=EVENING))
        fill(session)
        session.commit()
    engine.dispose()


def _until_done(session: Session, work: Callable[[], bool]) -> None:
    while work():
        session.commit()


def gather_all(session: Session) -> None:
    """Every helper's digest waits in the outbox."""
    _until_done(session, partial(gather_some, session, now=EVENING))


def gather_all_and_alert(session: Session) -> None:
    """And cases come up one after the other, for those whose digests wait longest."""
    gather_all(session)
    duties = session.execute(select(Duty.id, Duty.person_id).order_by(Duty.person_id.desc(), Duty.id))
    theirs = {row.person_id: row.id for row in duties}
    rows = [
        {"recipient_id": person, "duty_id": duty, "kind": "level", "form": "urgent", "step": "level:1",
         "facts": {"who": "second_helper", "level": 1}, "due_at": EVENING + BEGIN + timedelta(seconds=n * EVERY)}
        for n, (person, duty) in enumerate(list(theirs.items())[:URGENT])
    ]  # fmt: skip
    add_notices(session, rows, now=EVENING)


async def ours(messages: int) -> Sent:
    sim, _ = await _simulator(messages)
    async with our_bot(sim, messages, gather_all, start=EVENING):
        await _until_accepted(sim, messages)
    return await _measure(sim)


async def behind(waiting: int) -> tuple[list[float], list[float], Sent]:
    """Seconds of urgent messages from due to accepted, of answers from asked to seen, and how the limit was used."""
    sim, phones = await _simulator(waiting)
    asking = phones[-URGENT - ASKING : -URGENT]
    answers: list[float] = []
    async with our_bot(sim, waiting, gather_all_and_alert, start=EVENING) as config:
        await asyncio.sleep(BEGIN.total_seconds())
        for phone in asking:
            await step(phone, partial(phone.send, "帮助"), answers)
            await asyncio.sleep(URGENT * EVERY / ASKING)
        await asyncio.sleep(10)
        assert _accepted(sim) < waiting, "the digests were gone before the end"
        waits = _waits(config, "urgent")
    assert len(waits) == URGENT, f"{len(waits)} of {URGENT} urgent messages sent"
    return waits, answers, await _measure(sim)


async def at_once(many: int) -> list[float]:
    """Seconds from the hour at which all digests are due to the moment each is accepted, at a limit nobody meets; the bot makes them."""
    sim, _ = await _simulator(many, UNLIMITED)
    async with our_bot(sim, many, lambda session: None, start=EVENING - BEGIN, per_second=UNLIMITED) as config:
        await _until_accepted(sim, many)
        await asyncio.sleep(1)
        waits = _waits(config, "digests")
    await sim.stop()
    assert len(waits) == many, f"{len(waits)} of {many} digests sent"
    return waits


def _waits(config: Config, lane: str) -> list[float]:
    """From the moment the notice was due to the moment after its message was accepted."""
    engine = make_engine(config.database_url)
    with Session(engine) as session:
        rows = session.execute(
            select(Notice.due_at, Message.sent_at)
            .join(Message, Message.id == Notice.message_id)
            .where(Message.lane == lane, Message.state == "sent")
            .group_by(Message.id)
        ).all()
    engine.dispose()
    return [(row.sent_at - row.due_at).total_seconds() for row in rows if row.sent_at is not None]


async def the_library(token: str, base_url: str, chats: list[int]) -> None:
    """Its limiter as its documentation shows it, told to try refused messages again."""
    request = HTTPXRequest(connection_pool_size=256, pool_timeout=600)
    async with ExtBot(token, base_url, request=request, rate_limiter=AIORateLimiter(max_retries=100)) as bot:
        await asyncio.gather(*(bot.send_message(chat, "提醒") for chat in chats))


async def a_loop(token: str, base_url: str, chats: list[int]) -> None:
    """One after the other with a rest in between; who is refused waits as long as the server says."""
    async with Bot(token, base_url) as bot:
        for chat in chats:
            while True:
                try:
                    await bot.send_message(chat, "提醒")
                    break
                except RetryAfter as error:
                    wait = error.retry_after
                    await asyncio.sleep(wait if isinstance(wait, int) else wait.total_seconds())
            await asyncio.sleep(1 / LIMIT)


def twin_process(twin: Twin, token: str, base_url: str, chats: list[int]) -> None:
    """Until all is sent, or three times as long as the limit would need."""
    logging.disable()
    with suppress(TimeoutError):
        asyncio.run(asyncio.wait_for(twin(token, base_url, chats), len(chats) / LIMIT * 3))


async def beside(pool: ProcessPoolExecutor, twin: Twin, messages: int) -> Sent:
    sim, phones = await _simulator(messages)
    chats = [phone.id for phone in phones]
    await asyncio.get_running_loop().run_in_executor(pool, twin_process, twin, sim.token, sim.base_url, chats)
    return await _measure(sim)


async def _simulator(people: int, limit: int = LIMIT) -> tuple[Simulator, list[Phone]]:
    sim = Simulator(MovedClock(EVENING), Limits(overall_per_second=limit), remember=100_000)
    phones = [sim.person(f"帮扶{number}", id=number) for number in range(1, people + 1)]
    for phone in phones:
        phone.chat.started = True
    await sim.start()
    return sim, phones


def _accepted(sim: Simulator) -> int:
    return sum(call.method.lower() == "sendmessage" and call.status == 200 for call in sim.calls)


async def _until_accepted(sim: Simulator, many: int) -> None:
    """All of them, or as many as there are in four times the time the limit would need: a figure comes out anyway."""
    end = time.monotonic() + 60 + many / LIMIT * 4
    while _accepted(sim) < many and time.monotonic() < end:  # noqa: ASYNC110 - nothing to wait on
        await asyncio.sleep(0.2)


async def _measure(sim: Simulator) -> Sent:
    await sim.stop()
    calls = [call for call in sim.calls if call.method.lower() == "sendmessage"]
    middle = calls[len(calls) // 10 : len(calls) - len(calls) // 10]
    seconds = (middle[-1].at - middle[0].at).total_seconds()
    accepted = [sum(call.status == 200 for call in some) for some in (calls, middle[1:])]
    return Sent(accepted[0], accepted[1] / seconds / LIMIT, sum(call.status == 429 for call in calls))


def show(name: str, sent: Sent, *, ours: bool = True) -> None:
    goals = ("≥ 98", "0") if ours else ("beside ours", "beside ours")
    used, none = sent.used >= 0.98 or not ours, sent.refused == 0 or not ours
    record(f"pacing: used of {LIMIT}/s, {name}", sent.used * 100, "%", goals[0], used, COMMAND)
    record(
        f"pacing: refusals (429), {name}", sent.refused, f"beside {sent.accepted:,} accepted", goals[1], none, COMMAND
    )


def show_wait(name: str, seconds: list[float], percent: int, most: float) -> None:
    value = statistics.quantiles(seconds, n=100)[percent - 1]
    record(f"pacing: {name}, p{percent}", value, "s", f"≤ {most:g}", value <= most, COMMAND)


async def main(messages: int, waiting: int) -> None:
    show("ours", await ours(messages))
    unit = f"on {os.cpu_count()} cores"
    record("pacing: load of the machine meanwhile", os.getloadavg()[0], unit, "beside the others", True, COMMAND)
    urgent, answers, sent = await behind(waiting)
    show_wait(f"urgent behind {waiting:,} digests, due to accepted", urgent, 95, 10)
    show_wait(f"answers behind {waiting:,} digests, asked to seen", answers, 95, 3)
    show("with urgent messages and answers before the digests", sent)
    waits = await at_once(300)
    for percent, most in ((95, 3), (99, 10)):
        show_wait("300 digests due at once, not throttled", waits, percent, most)
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        twins = {"a loop that sleeps 1/30 s": a_loop}
        if importlib.util.find_spec("aiolimiter"):
            twins["the library's AIORateLimiter"] = the_library
        else:
            print("the library's AIORateLimiter is left out: it needs the package aiolimiter, which is not installed")
        sents = await asyncio.gather(*(beside(pool, twin, messages) for twin in twins.values()))
    for name, twin_sent in zip(twins, sents, strict=True):
        show(name, twin_sent, ours=False)


def run_bot(start: datetime) -> None:
    config = load_config()
    set_up_logs(config.logging.level, config.logging.format)
    asyncio.run(run_for_ever(App(config, clock=MovedClock(start))))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--waiting", type=int, default=5000)
    parser.add_argument("--bot", type=datetime.fromisoformat, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bot:
        run_bot(options.bot)
    else:
        asyncio.run(main(options.messages, options.waiting))
