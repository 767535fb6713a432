"""How long nobody is answered: two nodes on PostgreSQL, the one that sends killed or paused, with the lease as it ships;
and a start behind 100,000 open duties. Real processes, real seconds; what they answer comes over HTTP.
"""

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import Database
from bot.sessions import LEASE
from bot.simulator.server import Simulator
from models.times import local_day
from tests.benchmarks.bench_start import add_households
from tests.benchmarks.figures import record
from tests.benchmarks.processes import OURS, cpu_seconds, our_environment, own_folder, polling, prepare
from tests.faults.nodes import Blow, NodesTown
from tests.proof.databases import database, postgres

START = datetime(2026, 10, 31, 1, 0, tzinfo=UTC)
BLOWS = ("kill", "pause", "kill", "pause")
DUTIES = 100_000
FAILOVER, RESTART = 60.0, 5.0
COMMAND = "python -m tests.proof failover"


def prove(options: argparse.Namespace) -> bool:
    """Whether both are as quick as promised."""
    held = True
    with postgres() as server, database(server, "failover") as url:
        if url:
            for what, seconds in asyncio.run(_fail_over(url)).items():
                ok = max(seconds) <= FAILOVER
                held = held and ok
                name = f"failover: the sending node {what}, until the other has sent, longest of {len(seconds)}"
                record(name, max(seconds), "s", f"≤ {FAILOVER:.0f} s", ok, COMMAND, file="proof.json")
    (_, bare), (seconds, busy) = asyncio.run(_start_again(0)), asyncio.run(_start_again(DUTIES))
    name = f"restart to first send behind {DUTIES:,} open duties"
    unit = f"s, {busy:.1f} of them at work; a start with none works {bare:.1f} s"
    record(name, seconds, unit, f"≤ {RESTART:.0f} s", seconds <= RESTART, COMMAND, file="proof.json")
    return held and seconds <= RESTART


async def _fail_over(url: str) -> dict[str, list[float]]:
    """Seconds from each blow to the last answer. The first node is the one that polls and sends; one that was hit is
    the last afterwards, so that the next blow hits the sender again."""
    with tempfile.TemporaryDirectory() as folder:
        town = NodesTown(Path(folder), START, url, lease=LEASE)
        await town.open()
        helper = await town.person("何乐德", "helper")
        for what in BLOWS:
            town.blows = {town.stops + 1: Blow(what, 0.0, 0)}.get
            await helper.send("帮助")
            await town.settle()
            assert "记走访" in helper.text
            print(f"{what}: {town.failovers[-1].seconds:.1f} s, caught {town.failovers[-1].caught}", flush=True)
            await town.settle()
        await town.close()
    found: dict[str, list[float]] = {}
    for each in town.failovers:
        found.setdefault({"kill": "killed", "pause": "paused"}[each.blow.what], []).append(each.seconds)
    return found


async def _start_again(duties: int) -> tuple[float, float]:
    """Seconds from the process's start to the first message that arrives, and the processor's seconds in them: on a
    machine that others use too the one says little without the other."""

    async def fill(into: Database) -> None:
        await into.run(add_households, duties, now=Clock().now())
        await into.run(_add_duties, now=Clock().now())

    sim = Simulator()
    await sim.start()
    try:
        with own_folder() as config:
            await prepare(config, fill)
            phone = sim.person("张伟")
            await phone.start()
            began = time.perf_counter()
            async with polling(OURS, sim, our_environment(config, sim)) as pid:
                while not any(message.from_bot for message in phone.messages):  # noqa: ASYNC110 - somebody else writes
                    await asyncio.sleep(0.005)
                return time.perf_counter() - began, cpu_seconds(pid)
    finally:
        await sim.stop()


def _add_duties(session: Session, *, now: datetime) -> None:
    """An open duty for each household, next to be looked at tomorrow."""
    today = local_day(now)
    days = {name: today + timedelta(days=n) for name, n in (("due", 10), ("ends", 15), ("grace", 18))}
    session.execute(
        text(
            "INSERT INTO duties (rule_id, rule_code, subject, household_id, village_id, period, cycle, starts_on, due_on, "
            "ends_on, grace_ends_on, closes_at, needed, done, late, state, level, position, repeats, shift_days, "
            "next_action, next_action_at, version, opened_at) "
            "SELECT (SELECT min(id) FROM rules), 'R1', 'household:' || id, id, village_id, 'now', 1, :today, :due, :ends, "
            ":grace, :later, 2, 0, 0, 'open', 0, 0, 0, 0, 'watch', :later, 1, :now FROM households"
        ),
        {
            **{name: day.isoformat() for name, day in days.items()}, "today": today.isoformat(),
            "now": now.strftime(MOMENT), "later": (now + timedelta(days=1)).strftime(MOMENT),
        },
    )  # fmt: skip


MOMENT = "%Y-%m-%d %H:%M:%S.000000"
