"""A restart in every state a message can wait in, and in every state of a duty that waits for somebody."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import view
from models.duties import Duty
from models.duties.cases import later, on_case
from models.duties.replanning import replan
from models.duties.wishes import wish
from models.households import Household
from models.outbox import Message
from models.people import Person
from models.times import local_day
from models.visits import Visit
from tests.stories.township import Town

pytestmark = pytest.mark.xdist_group("faults")
COMES = {
    "pending": [""], "retry": [""], "sending": ["【重发】"], "sent": [], "unknown": [], "dead": [], "cancelled": [],
    "suppressed": [],
}  # fmt: skip
WAITING = ("take", "hand", "snoozed", "paused", "wished", "unconfirmed")
"""Taken, handed over, put off, paused, explained and waiting for the officer, held by an unconfirmed report."""


def add(session: Session, chats: dict[str, int], later: int, *, now: datetime) -> None:
    for state, chat in chats.items():
        session.add(
            Message(
                chat=chat, lane="answers", rank=0, kind="menu.help", ids={}, key=f"a:{chat}:{later}", state=state,
                made_at=now, due_at=now + timedelta(minutes=later), claimed_at=now, claimed_by="one that died",
            )
        )  # fmt: skip


async def test_a_restart_sends_what_waits_and_nothing_else(town: Town) -> None:
    phones = {state: await town.person(state, "helper") for state in COMES}
    chats = {state: phone.id for state, phone in phones.items()}
    await town.app.database.run(add, chats, 0, now=town.clock.now())
    await town.app.database.run(add, {name: chats[name] for name in ("pending", "retry")}, 10, now=town.clock.now())
    await town.stop_bot()
    await town.start_bot()
    await town.settle()
    came = {state: ["【重发】" * text.startswith("【重发】") for text in town.told(phone)] for state, phone in phones.items()}
    assert came == COMES
    await town.stop_bot()
    await town.start_bot()
    await town.settle()
    assert [state for state, phone in phones.items() if town.told(phone)] == []
    await town.wait(minutes=11)
    assert [state for state, phone in phones.items() if town.told(phone)] == ["pending", "retry"]


def wait_in_every_state(session: Session, *, now: datetime) -> None:
    """November's duties of the households, each brought where its household's name says."""
    people = {row.name: view(session, row.id, local_day(now)) for row in session.scalars(select(Person))}
    helper, deputy = people["张伟"], people["赵明"]
    for duty, state in session.execute(select(Duty, Household.head_name).join(Household, Household.id == Duty.household_id)):
        if state in ("take", "hand"):
            on_case(session, deputy, state, duty.id, duty.version, now=now)
        elif state == "snoozed":
            later(session, deputy, duty, local_day(now) + timedelta(days=3), now=now)
        elif state == "paused":
            on_case(session, deputy, "extend", duty.id, duty.version, workdays=2, reason="road", words="塌方", now=now)
        elif state == "wished":
            wish(session, duty, helper.id, "away", None, now=now)
        else:
            duty.due_on = duty.ends_on = duty.grace_ends_on = local_day(now)
            replan(session, duty, now=now)
            session.add(
                Visit(
                    household_id=duty.household_id, person_id=helper.id, line=1, state="unconfirmed", outcome="met",
                    kind="routine", visited_on=local_day(now), logged_at=now,
                )
            )  # fmt: skip


def list_duties(session: Session) -> dict[str, tuple[object, ...]]:
    query = select(Duty, Household.head_name).join(Household, Household.id == Duty.household_id)
    columns = Duty.__table__.columns.keys()
    return {name: tuple(getattr(duty, column) for column in columns) for duty, name in session.execute(query)}


async def test_a_restart_leaves_every_waiting_duty_as_it_is(town: Town) -> None:
    phones = [await town.person(*who) for who in (("张伟", "helper"), ("朱发玉", "officer"), ("赵明", "deputy"))]
    phones.append(await town.person("王强", "team_head", village="青山村"))
    for state in WAITING:
        await town.household(state, helper="张伟")
    await town.go_to(date(2026, 11, 3), "10:00")
    await town.app.database.run(wait_in_every_state, now=town.clock.now())
    await town.go_to(date(2026, 11, 4), "20:00")
    for phone in phones:
        town.told(phone)
    before = await town.app.database.read(list_duties)
    await town.stop_bot()
    await town.start_bot()
    await town.settle()
    assert await town.app.database.read(list_duties) == before
    assert [text for phone in phones for text in town.told(phone)] == []
    await town.go_to(date(2026, 11, 12), "20:00")
    helper, _, deputy, head = ("".join(town.told(phone)) for phone in phones)
    assert ["take" in deputy, "snoozed" in deputy, "hand" in head, "unconfirmed" in head] == [True] * 4
    assert "wished" not in helper
    after = await town.app.database.read(list_duties)
    changed = {state for state in WAITING if after[state] != before[state]}
    assert changed == set(WAITING) - {"wished"}, "the officer has not answered yet"
