"""A database that is not to be had for a while (a full disk, a lock, a lost connection): nothing stops for good."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.config import Config
from bot.db import Database
from tests.faults.month import START
from tests.stories.township import Town


class ShakyDatabase(Database):
    """Fails so many times when an action of a name is to be done."""

    failures: dict[str, int]

    async def run(self, action: Callable[..., Any], *args: Any, **named: Any) -> Any:
        name = getattr(action, "__name__", "")
        if self.failures.get(name, 0) > 0:
            self.failures[name] -= 1
            raise OSError("no space left on device")
        return await super().run(action, *args, **named)


class ShakyTown(Town):
    def make_app(self, config: Config) -> App:
        self.database = ShakyDatabase(config.database_url)
        self.database.failures = {}
        app = App(config, clock=self.clock, pacing=self.pacing(), database=self.database)
        app.inbox.again_after = app.sender.again_after = 0.01
        return app

    def fail(self, action: str, times: int) -> None:
        self.database.failures[action] = times


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[ShakyTown]:
    town = ShakyTown(tmp_path, START)
    await town.open()
    yield town
    await town.close()


async def test_what_cannot_be_stored_is_not_confirmed_and_comes_again(town: ShakyTown) -> None:
    helper = await town.person("何乐德", "helper")
    town.fail("store", 3)
    await helper.send("帮助")
    await town.settle()
    assert len(town.told(helper)) == 1


async def test_an_outcome_that_cannot_be_written_is_written_later_and_nothing_goes_twice(town: ShakyTown) -> None:
    helper = await town.person("何乐德", "helper")
    town.fail("settle", 3)
    await helper.send("帮助")
    await town.settle()
    await helper.send("帮助")
    await town.settle()
    assert len(town.told(helper)) == 2


async def test_an_update_that_cannot_be_handled_for_want_of_a_database_is_handled_later_and_in_order(
    town: ShakyTown,
) -> None:
    helper, other = await town.person("何乐德", "helper"), await town.person("张伟", "helper")
    town.fail("_act", 2)
    await helper.send("帮助")
    await town.settle()
    await helper.send("待办")
    await town.settle()
    assert town.told(helper) == []
    await other.send("帮助")
    await town.settle()
    assert len(town.told(other)) == 1
    await town.app.inbox.resume()
    await town.settle()
    first, second = town.told(helper)
    assert "记走访" in first
    assert "记走访" not in second


async def test_a_sender_that_could_not_claim_goes_on(town: ShakyTown) -> None:
    helper = await town.person("何乐德", "helper")
    town.fail("claim_some", 2)
    sending = asyncio.create_task(town.app.sender.run())
    await helper.send("帮助")
    await helper.hears("记走访")
    sending.cancel()


async def test_a_tap_stops_spinning_also_while_nothing_can_be_done_about_it(town: ShakyTown) -> None:
    helper = await town.person("何乐德", "helper")
    await helper.send("更多")
    await town.settle()
    town.fail("_act", 1)
    await helper.tap("怎么用")
    await town.settle()
    assert helper.unanswered == []
    await town.app.inbox.resume()
    await town.settle()
    assert "记走访" in helper.last.text
