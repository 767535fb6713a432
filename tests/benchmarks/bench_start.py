"""Start and memory, beside a bare process that only imports the libraries we chose.

python -m tests.benchmarks.bench_start
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from datetime import date, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import Database
from bot.simulator.server import Simulator
from models.areas import ensure_area, find_township
from models.households import Household
from tests.benchmarks.figures import record
from tests.benchmarks.processes import OURS, our_environment, own_folder, polling, prepare, resident_mb

COMMAND = "python -m tests.benchmarks.bench_start"
IMPORTS = (
    "import aiohttp, aiohttp_socks, alembic.command, apscheduler.schedulers.asyncio, babel.messages.pofile, "
    "chinese_calendar, cryptography.hazmat.primitives.ciphers.aead, filetype, phonenumbers, PIL.Image, psycopg, "
    "pydantic_settings, python_calamine, rapidfuzz.fuzz, sqlalchemy.orm, stdnum.cn.ric, structlog, telegram, "
    "telegram.request, xlsxwriter, zoneinfo; "
    "print(int(open('/proc/self/statm').read().split()[1]) * 4096 / 1e6)"
)
NOT_AFTER_START = ("matplotlib", "pandas", "pypinyin", "holidays", "numpy", "scipy", "imagehash", "pillow_heif")


def bare() -> tuple[float, float]:
    """Seconds and MB of a process that imports the libraries and ends."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    return time.perf_counter() - began, float(done.stdout)


async def ours(households: int) -> tuple[float, float]:
    """Seconds to the first poll, and MB when idle a moment later."""

    async def fill(database: Database) -> None:
        await database.run(add_households, households, now=Clock().now())

    sim = Simulator()
    await sim.start()
    try:
        with own_folder() as config:
            await prepare(config, fill)
            began = time.perf_counter()
            async with polling(OURS, sim, our_environment(config, sim)) as pid:
                seconds = time.perf_counter() - began
                await asyncio.sleep(8)
                return seconds, resident_mb(pid)
    finally:
        await sim.stop()


def add_households(session: Session, count: int, *, now: datetime) -> None:
    village = ensure_area(session, find_township(session), "village", "青山村")
    rows = [
        {
            "village_id": village, "area_id": village, "head_name": f"户{n}", "kind": "general", "status": "active",
            "registered_on": date(2025, 1, 1), "created_at": now, "updated_at": now,
        }
        for n in range(count)
    ]  # fmt: skip
    for start in range(0, count, 10_000):
        session.execute(insert(Household), rows[start : start + 10_000])


def loaded_after_start() -> list[str]:
    """Which of the heavy libraries the running bot's modules have loaded."""
    code = f"import json, sys, bot.app, bot.__main__; print(json.dumps([m for m in {NOT_AFTER_START!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def main(rounds: int) -> None:
    twins, bots = [], []
    for _ in range(rounds):
        twins.append(bare())
        bots.append(asyncio.run(ours(269)))
    seconds = [statistics.median(pair[0] for pair in each) for each in (twins, bots)]
    memory = [statistics.median(pair[1] for pair in each) for each in (twins, bots)]
    print(
        f"imports {seconds[0]:.2f} s, {memory[0]:.0f} MB; start to first poll {seconds[1]:.2f} s, idle {memory[1]:.0f} MB"
    )
    start = seconds[1] / seconds[0]
    record("start to first poll against the imports", start, "x", "<= 2", start <= 2, COMMAND)
    idle = memory[1] / memory[0]
    record("idle memory with one township against the imports", idle, "x", "<= 1.3", idle <= 1.3, COMMAND)
    more = asyncio.run(ours(100_000))[1] - memory[1]
    record("more memory with 100,000 households", more, "MB", "<= 250", more <= 250, COMMAND)
    heavy = loaded_after_start()
    record("heavy libraries loaded after start", len(heavy), "libraries", "0", not heavy, COMMAND)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    main(parser.parse_args().rounds)
