"""The whole dialogue of a visit against a bare echo of the library's defaults: CPU, throughput, latency.

Both bots are processes of their own, fed by the same simulator through HTTP with the same number of updates: three
taps (three updates) and one message with 确认 (two updates). Rounds are interleaved; medians are printed.

    python -m tests.benchmarks.bench_dialogue
"""

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import Database
from bot.simulator.persons import Person as Phone
from bot.simulator.server import Simulator
from models.people import Person
from tests.benchmarks.figures import record
from tests.benchmarks.processes import OURS, cpu_seconds, our_environment, own_folder, polling, prepare
from tests.stories.township import add_household, add_person

COMMAND = "python -m tests.benchmarks.bench_dialogue"
UPDATES_A_PERSON = 5
Dialogue = Callable[[Phone], Awaitable[list[float]]]
Bot = Callable[[Simulator, list[Phone]], AbstractAsyncContextManager[int]]


@dataclass
class Measured:
    cpu_ms: list[float] = field(default_factory=list)
    per_second: dict[int, list[float]] = field(default_factory=dict)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)


async def answered(phone: Phone, seen: int) -> None:
    """Waits until the bot wrote or edited something new on this phone."""
    chat = phone.chat
    while len(chat.arrivals) <= seen:
        chat.news.clear()
        await asyncio.wait_for(chat.news.wait(), 30)


async def step(phone: Phone, act: Callable[[], Awaitable[object]], times: list[float]) -> None:
    seen, began = len(phone.chat.arrivals), time.perf_counter()
    await act()
    await answered(phone, seen)
    times.append(time.perf_counter() - began)


async def our_dialogue(phone: Phone) -> list[float]:
    times: list[float] = []
    await step(phone, lambda: phone.send("记走访"), times)
    await step(phone, lambda: phone.tap(0), times)
    await step(phone, lambda: phone.tap("见到,没新情况"), times)
    await step(phone, lambda: phone.send("昨天去了乙户家,低保到账了,没啥事"), times)
    await step(phone, lambda: phone.send("确认"), times)
    return times


async def echo_dialogue(phone: Phone) -> list[float]:
    times: list[float] = []
    await step(phone, lambda: phone.send("记走访"), times)
    await step(phone, lambda: phone.tap(0), times)
    await step(phone, lambda: phone.tap(0), times)
    await step(phone, lambda: phone.send("昨天去了乙户家,低保到账了,没啥事"), times)
    await step(phone, lambda: phone.send("确认"), times)
    return times


async def crowd(phones: list[Phone], dialogue: Dialogue, in_flight: int) -> tuple[float, list[float]]:
    """All phones have their dialogue, so many at once; seconds it took and every step's latency."""
    room, times = asyncio.Semaphore(in_flight), []

    async def one(phone: Phone) -> None:
        async with room:
            times.extend(await dialogue(phone))

    began = time.perf_counter()
    await asyncio.gather(*(one(phone) for phone in phones))
    return time.perf_counter() - began, times


async def steady(phones: list[Phone], dialogue: Dialogue, per_second: float) -> list[float]:
    """Dialogues begin at a fixed rate, so that so many updates a second come in; latencies in seconds."""
    tasks, times = [], []
    for phone in phones:
        tasks.append(asyncio.create_task(dialogue(phone)))
        await asyncio.sleep(UPDATES_A_PERSON / per_second)
    for task in tasks:
        times.extend(await task)
    return times


@asynccontextmanager
async def our_bot(sim: Simulator, phones: list[Phone]) -> AsyncIterator[int]:
    async def seat_all(database: Database) -> None:
        for number, phone in enumerate(phones):
            await database.run(_seat, phone.id, number, now=Clock().now())

    with own_folder() as config:
        await prepare(config, seat_all)
        async with polling(OURS, sim, our_environment(config, sim)) as pid:
            yield pid


def _seat(session: Session, telegram_id: int, number: int, *, now: datetime) -> None:
    """A helper who joined, with two households."""
    person_id = add_person(session, f"帮扶{number}", "helper", "", f"1880{number:07d}", {}, now=now)
    person = session.get_one(Person, person_id)
    person.telegram_id, person.joined_at = telegram_id, now
    for head in ("甲户", "乙户"):
        add_household(session, head, f"帮扶{number}", "", "青山村", {}, now=now)


@asynccontextmanager
async def echo_bot(sim: Simulator, phones: list[Phone]) -> AsyncIterator[int]:
    command = [sys.executable, "-m", "tests.benchmarks.echo", sim.token, sim.base_url]
    async with polling(command, sim, dict(os.environ)) as pid:
        yield pid


async def round_of(bot: Bot, dialogue: Dialogue, people: int, into: Measured) -> None:
    """One round on a fresh process: 4 in flight, 64 in flight, then 100 updates a second."""
    sim = Simulator(remember=1000)
    await sim.start()
    phones = [sim.person(f"帮扶{n}", phone=f"+861880{n:07d}") for n in range(people * 3)]
    for phone in phones:
        phone.chat.started = True
    async with bot(sim, phones) as pid:
        before = cpu_seconds(pid)
        for part, in_flight in enumerate((4, 64)):
            seconds, _ = await crowd(phones[part * people : (part + 1) * people], dialogue, in_flight)
            into.per_second.setdefault(in_flight, []).append(people * UPDATES_A_PERSON / seconds)
        into.cpu_ms.append((cpu_seconds(pid) - before) * 1000 / (2 * people * UPDATES_A_PERSON))
        times = sorted(await steady(phones[2 * people :], dialogue, 100.0))
        into.p50_ms.append(times[len(times) // 2] * 1000)
        into.p99_ms.append(times[int(len(times) * 0.99)] * 1000)
    await sim.stop()


async def main(rounds: int, people: int) -> None:
    ours, echo = Measured(), Measured()
    for _ in range(rounds):
        await round_of(echo_bot, echo_dialogue, people, echo)
        await round_of(our_bot, our_dialogue, people, ours)
    median = statistics.median
    for name, measured in (("echo", echo), ("ours", ours)):
        speed = ", ".join(f"{n} in flight {median(v):.0f}/s" for n, v in measured.per_second.items())
        print(
            f"{name}: CPU {median(measured.cpu_ms):.2f} ms an update; {speed}; "
            f"p50 {median(measured.p50_ms):.1f} ms, p99 {median(measured.p99_ms):.1f} ms at 100/s"
        )
    cpu = median(ours.cpu_ms) / median(echo.cpu_ms)
    record("dialogue: CPU against a bare echo", cpu, "x", "<= 2.5, aim 1.5", cpu <= 2.5, COMMAND)
    kept = median(ours.per_second[64]) / median(ours.per_second[4])
    record("dialogue: throughput at 64 in flight against 4", kept, "x", ">= 0.9", kept >= 0.9, COMMAND)
    tail = median(ours.p99_ms) / median(echo.p99_ms)
    record("dialogue: p99 at 100/s against the echo's", tail, "x", "<= 3", tail <= 3, COMMAND)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=200)
    options = parser.parse_args()
    asyncio.run(main(options.rounds, options.people))
