"""Processes to measure: the bot as it is run, on its own disk, against a simulator; a bare twin beside it."""

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bot.clock import Clock
from bot.config import Config, build_config
from bot.db import Database
from bot.setup import open_keyring, set_up_database, set_up_times
from bot.simulator.server import Simulator

ROOT = Path(__file__).resolve().parents[2]
Prepare = Callable[[Database], Awaitable[None]]


@contextmanager
def own_folder() -> Iterator[Config]:
    """The settings of an installation in a folder of its own, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        values = {
            "database": {"url": f"sqlite:///{folder}/z.db"},
            "security": {"key_file": f"{folder}/key"},
            "photos": {"folder": f"{folder}/photos"},
        }
        yield build_config(values, home=Path(folder))


async def prepare(config: Config, fill: Prepare) -> None:
    """Makes the database as a first start would, and fills it."""
    set_up_times(config)
    keys = open_keyring(config)
    database = Database(config.database_url)
    database.open()
    await database.run(set_up_database, config, keys, now=Clock().now())
    await fill(database)
    database.close()


def our_environment(config: Config, sim: Simulator) -> dict[str, str]:
    settings = {
        "TELEGRAM__TOKEN": sim.token,
        "TELEGRAM__BASE_URL": sim.base_url,
        "TELEGRAM__BASE_FILE_URL": sim.base_file_url,
        "DATABASE__URL": config.database_url,
        "SECURITY__KEY_FILE": str(config.key_file),
        "PHOTOS__FOLDER": str(config.photo_folder),
        "SENDING__PER_SECOND": "1000",
        "LOGGING__LEVEL": "error",
    }
    return os.environ | {f"ZOUFANG_{name}": value for name, value in settings.items()}


OURS = [sys.executable, "-m", "bot", "run"]


@asynccontextmanager
async def polling(command: list[str], sim: Simulator, env: dict[str, str]) -> AsyncIterator[int]:
    """Starts a bot and gives its process id once it asks the simulator for updates; ends it afterwards."""
    env = env | {"PYTHONPATH": str(ROOT)}
    sim.bot.updates.watched.clear()
    process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: ASYNC220
    try:
        await asyncio.wait_for(sim.bot.updates.watched.wait(), 120)
        yield process.pid
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 20)


def cpu_seconds(pid: int) -> float:
    """User and system time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Memory a process holds now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
