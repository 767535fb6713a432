"""A township whose bot runs as several nodes on one PostgreSQL; each may be killed, paused and woken at any time."""

import asyncio
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db import Database
from bot.sessions import Lease
from bot.simulator.server import Simulator
from models.outbox import Message
from models.photos.tables import Photo
from models.secrets import read_keyring, use_keyring
from tests.faults.killing import BotProcess, half_done
from tests.faults.process import FileClock
from tests.stories.township import Town

QUICK = Lease(silent=2.0, sure=1.2, speak=0.3, ask=0.3)
"""For tests: a paused node is given up after two seconds."""
FAILOVER_AT_MOST = 60.0


@dataclass(frozen=True)
class Blow:
    """What happens to a node so many seconds after an action: "kill" (and another takes its place), or "pause"; one
    that is paused wakes up after so many further actions."""

    what: str
    after: float
    node: int
    wakes_after: int = 1


@dataclass
class Failover:
    """One blow, what it left half done, and the seconds until the other nodes had done everything."""

    stop: int
    blow: Blow
    caught: str
    seconds: float


def left_undone(session: Session, *, now: datetime) -> str:
    """What somebody has still to do at this moment; "nothing" once all is done."""
    what = half_done(session)
    if what == "nothing" and session.scalar(select(Photo.id).where(Photo.state == "waiting").limit(1)):
        return "not fetched"
    if what != "not sent":
        return what
    due = select(func.count()).where(Message.state.in_(("pending", "retry")), Message.due_at <= now)
    return what if session.scalar(due) else "nothing"


class NodesTown(Town):
    """`blows` says, for each time that the story waits for the bot to come to rest, what happens meanwhile."""

    def __init__(
        self,
        folder: Path,
        start: datetime,
        database_url: str,
        *,
        nodes: int = 2,
        lease: Lease = QUICK,
        blows: Callable[[int], Blow | None] = lambda stop: None,
    ) -> None:
        super().__init__(folder, start, database_url)
        folder.mkdir(exist_ok=True)
        clock = FileClock(folder / "clock")
        clock.move_to(start)
        self.clock = clock  # type: ignore[assignment]
        self.sim = Simulator(clock=clock)
        self.blows = blows
        self.lease = lease
        self.count = nodes
        self.nodes: list[BotProcess] = []
        self.asleep: dict[int, tuple[BotProcess, int]] = {}
        self.failovers: list[Failover] = []
        self.stops = -1
        self._database: Database | None = None

    async def start_bot(self) -> None:
        while len(self.nodes) < self.count:
            await self._add_node()
        self.app = self.nodes[0]  # type: ignore[assignment]

    async def _add_node(self) -> None:
        node = BotProcess(self.folder, self.values(), self.lease)
        await node.opened()
        if self._database is None:
            use_keyring(read_keyring(self.folder / "key"))
            self._database = Database(self.database_url)
        node.database = self._database
        self.nodes.append(node)

    async def settle(self) -> None:
        self.stops += 1
        blow = self.blows(self.stops)
        for number in [number for number, (_, due) in self.asleep.items() if due <= self.stops]:
            await self._wake(number)
        if blow is None or len(self.nodes) < self.count:
            await self._rest()
            return
        await asyncio.sleep(blow.after)
        node = self.nodes.pop(blow.node)
        if blow.what == "kill":
            await node.kill()
        else:
            node.signal(signal.SIGSTOP)
            self.asleep[self.stops] = (node, self.stops + blow.wakes_after)
        began = time.monotonic()
        caught = await self._caught()
        self.app = self.nodes[0]  # type: ignore[assignment]
        await self._rest()
        self.failovers.append(Failover(self.stops, blow, caught, time.monotonic() - began))
        if blow.what == "kill":
            await self._add_node()

    async def _wake(self, number: int) -> None:
        """A node that was paused goes on exactly where it stood."""
        node, _ = self.asleep.pop(number)
        node.signal(signal.SIGCONT)
        self.nodes.append(node)

    async def _rest(self) -> None:
        """Everybody awake has come to rest and nothing is half done, whoever began it."""
        until = time.monotonic() + FAILOVER_AT_MOST
        while True:
            await self.sim.delivered(FAILOVER_AT_MOST)
            for node in self.nodes:
                await node.idle()
            if await self._caught() == "nothing":
                return
            if time.monotonic() > until:
                raise TimeoutError(f"{await self._caught()} after {FAILOVER_AT_MOST} s")
            await asyncio.sleep(0.05)

    async def _caught(self) -> str:
        assert self._database is not None
        return await self._database.read(left_undone, now=self.clock.now())

    async def stop_bot(self) -> None:
        for number in list(self.asleep):
            await self._wake(number)
        for node in self.nodes:
            await node.kill()
        self.nodes.clear()
        if self._database is not None:
            self._database.close()
