"""A roster of 20,000 rows into an empty township: time, memory, and how long a tap waits meanwhile.

    python -m tests.benchmarks.bench_import
"""

import argparse
import asyncio
import resource
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import Database
from bot.importing import import_sheet
from bot.setup import open_keyring, set_up_database, set_up_times
from bot.simulator.township import township
from bot.simulator.township_sheets import write_households
from models.households import Household
from models.installation import set_fact
from tests.benchmarks.figures import record
from tests.benchmarks.processes import own_folder

COMMAND = "python -m tests.benchmarks.bench_import"


async def tap_all_the_while(database: Database, waits: list[float]) -> None:
    """A small action ten times a second, as taps are; how long each took."""
    while True:
        began = time.perf_counter()
        await database.run(set_fact, "tap", at=began)
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0.1)


def count_households(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Household)) or 0


async def main(rows: int) -> None:
    with own_folder() as config, tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "roster.xlsx"
        await asyncio.to_thread(write_households, township(1, villages=20, households=rows), sheet)
        set_up_times(config)
        keys = open_keyring(config)
        database = Database(config.database_url)
        database.open()
        now = Clock().now()
        await database.run(set_up_database, config, keys, now=now)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        waits: list[float] = []
        taps = asyncio.create_task(tap_all_the_while(database, waits))
        began = time.perf_counter()
        await import_sheet(database, sheet, now=now)
        seconds = time.perf_counter() - began
        taps.cancel()
        more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
        written = await database.read(count_households)
        database.close()
    assert written == rows, f"{written} of {rows} households written"
    waits.sort()
    record(f"import of {rows:,} rows", seconds, "s", "<= 30", seconds <= 30, COMMAND)
    record(f"memory for an import of {rows:,} rows", more, "MB", "<= 300", more <= 300, COMMAND)
    tail = waits[int(len(waits) * 0.99)]
    record("a tap during an import, p99", tail, "s", "<= 1", tail <= 1, COMMAND)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    asyncio.run(main(parser.parse_args().rows))
