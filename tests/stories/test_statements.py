"""What each step of a visit's dialogue asks of the database: as many statements as were measured, however many households
there are. Whoever adds a query for each household of a list or each line of a report finds out here."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.simulator.persons import Person as Phone
from tests.stories.township import Town

NOT_COUNTED = ("BEGIN", "SAVEPOINT", "RELEASE")
MOST = {"list": 21, "household": 22, "met": 41, "words": 31, "confirm": 43}
"""Two more than measured: one more for each of three further households is too much."""
A_LINE = {"words": 3, "confirm": 15}
"""A line of a report is a record of its own: the right to log it, its duty, its version, its audit line."""


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Those executed meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(NOT_COUNTED):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


async def asked(town: Town, phone: Phone, *, says: str = "", taps: str | int = "") -> int:
    """The number of statements from what a person does until it is answered; the ticks are not part of it."""
    await town.settle()
    with statements(town.app.database.engine) as found:
        await (phone.send(says) if says else phone.tap(taps))
        await town.sim.delivered()
        await town.app.inbox.settled()
        await town.app.sender.settled()
    return len(found)


async def dialogue(town: Town, heads: list[str]) -> dict[str, int]:
    """Three taps about the first household, then one message about all others, while their duties run."""
    helper = await town.person("甲帮扶", "helper")
    for head in heads:
        await town.household(head, helper="甲帮扶")
    await town.go_to(date(2026, 11, 10))
    return {
        "list": await asked(town, helper, says="记走访"),
        "household": await asked(town, helper, taps=heads[0]),
        "met": await asked(town, helper, taps="见到,没新情况"),
        "words": await asked(town, helper, says=f"昨天去了{'、'.join(heads[1:])}家,都没啥事"),
        "confirm": await asked(town, helper, says="确认"),
    }


def bound(heads: int) -> dict[str, int]:
    """What a dialogue about so many households may ask: `MOST`, and for each further line of the report its own."""
    return {step: most + A_LINE.get(step, 0) * (heads - 2) for step, most in MOST.items()}


@pytest.mark.parametrize("heads", [["王大发", "李小芳"], ["赵铁柱", "孙二娘", "周桂英", "吴德才", "郑秀兰"]], ids=len)
async def test_a_step_asks_the_database_no_more_than_when_it_was_measured(town: Town, heads: list[str]) -> None:
    await town.go_to(date(2026, 11, 9))
    counted, most = await dialogue(town, heads), bound(len(heads))
    assert {step: n for step, n in counted.items() if n > most[step]} == {}
