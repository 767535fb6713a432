"""A restart in every state a message can wait in."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from models.outbox import Message
from tests.stories.township import Town

pytestmark = pytest.mark.xdist_group("faults")
COMES = {
    "pending": [""], "retry": [""], "sending": ["【重发】"], "sent": [], "unknown": [], "dead": [], "cancelled": [],
    "suppressed": [],
}  # fmt: skip


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
