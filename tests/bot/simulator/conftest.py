"""A simulator with a clock that moves, a person, python-telegram-bot, and a bare HTTP client."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import telegram

from bot.simulator import Person, Simulator

Raw = Callable[..., Awaitable[dict[str, Any]]]


class MovedClock:
    """Stands at a Monday in November until a test moves it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def forward(self, **length: float) -> None:
        self.moment += timedelta(**length)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def sim(clock: MovedClock) -> AsyncIterator[Simulator]:
    simulator = Simulator(clock, webhook_pause=lambda attempt: 0)
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def bot(sim: Simulator) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(sim.token, base_url=sim.base_url, base_file_url=sim.base_file_url) as client:
        yield client


@pytest.fixture
async def li(sim: Simulator) -> Person:
    """Somebody who has started the bot."""
    person = sim.person("李强", phone="+8613800000001", username="liqiang")
    await person.start()
    sim.bot.updates.clear()
    return person


@pytest.fixture
async def raw(sim: Simulator) -> AsyncIterator[Raw]:
    """Calls a method with a JSON body and gives the whole answer, refusals included."""
    async with aiohttp.ClientSession() as session:

        async def call(method: str, **arguments: Any) -> dict[str, Any]:
            async with session.post(f"{sim.base_url}{sim.token}/{method}", json=arguments) as answer:
                body: dict[str, Any] = await answer.json()
                assert body["ok"] == (answer.status == 200)
                assert body["ok"] or body["error_code"] == answer.status
                return body

        yield call


async def refusal(call: Awaitable[dict[str, Any]]) -> str:
    """The description of an answer that must be a refusal."""
    body = await call
    assert not body["ok"]
    return str(body["description"])
