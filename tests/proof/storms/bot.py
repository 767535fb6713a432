"""The bot as one thread of steps: each is one commit or one call to Telegram, and it may die before or after any.

Actions, ticks, claims and settlements are the program's own; the loop around them does what bot/sender.py does, one
message at a time, so that a seed plays the same again.
"""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, event, func, select
from sqlalchemy.orm import Session

from bot.db import make_engine
from handlers.screens import load_screens, read_facts, render
from models.duties import Duty
from models.errors import Refused
from models.installation import paused_until
from models.migrations import migrate
from models.notices import Notice
from models.outbox import Message
from models.people import Person
from models.times import after_quiet, local_day, use_times
from schedules import absences, delivery, digests, ladders, planning, reminders
from schedules.calendar import Calendar
from schedules.delivery import Outcome
from schedules.ticks import Work
from tests.proof.months.lives import DAY, NOON, Act, Life
from tests.proof.months.playing import do_act, moment_of, settle_township
from tests.proof.storms.telegram import Telegram

OF_A_DAY = (planning.plan_some, absences.run_some)
WHEN_DUE = (reminders.remind_some, ladders.report_some, digests.alert_some, digests.gather_some)
DEATHS = 0.004
"""How often it dies at one of the two sides of a step."""


class Died(Exception):
    """The process ended here; what was committed stays."""


class Bot:
    """`now` is the clock outside the process; a new life begins with `begin`, and has a connection of its own."""

    def __init__(self, url: str, life: Life, telegram: Telegram, chance: random.Random) -> None:
        use_times(Calendar())
        load_screens()
        self.engine = make_engine(url)
        self.telegram, self.chance = telegram, chance
        self.commits = self.deaths = self.lives = 0
        self.pause_ends: datetime | None = None
        self.began = self._wrote = False
        self._planned_on: date | None = None
        self._line: Connection | None = None
        event.listen(self.engine, "after_cursor_execute", self._note_write)
        with self.engine.begin() as connection:
            migrate(connection)
        with Session(self.engine) as session, session.begin():
            self.ids = settle_township(session, life, moment_of(life.first - DAY, NOON))
            self.chats = {row.id: row.telegram_id for row in session.scalars(select(Person))}
        self.now = moment_of(life.first, 0)

    @property
    def steps(self) -> int:
        return self.commits + self.telegram.calls

    def commit(self, work: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """One transaction; if it writes anything the bot may die before it is kept, or after."""
        self._wrote = False
        with self._session() as session, session.begin():
            found = work(session, *args, **named)
            session.flush()
            if self._wrote:
                self._perhaps_dies()
        if self._wrote:
            self.commits += 1
            self._perhaps_dies()
        return found

    def _session(self) -> Session:
        if self._line is None:
            self._line = self.engine.connect()
        return Session(self._line, expire_on_commit=False)

    def _note_write(self, _connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        self._wrote = self._wrote or (statement.startswith(("INSERT", "UPDATE", "DELETE")) and cursor.rowcount != 0)

    def _perhaps_dies(self) -> None:
        if self.chance.random() < DEATHS:
            self.deaths += 1
            raise Died

    def end(self) -> None:
        """The process is gone with all it knew; the database hears of it as of any that dies."""
        self.began, self._planned_on = False, None
        if self._line is not None:
            self._line.invalidate()
            self._line.close()
            self._line = None

    def begin(self) -> None:
        """A new process: what the one before was sending has an unknown result, and a pause lasts."""
        self.lives += 1
        self.pause_ends = self.commit(paused_until)
        for row in self.commit(_list_sending):
            self.telegram.unsure[row] += 1
        self.commit(delivery.recover, now=self.now)
        self.began = True

    def say(self, number: int, act: Act) -> None:
        """An update: its effect and its answer are one commit; the same update again does nothing more."""
        person_id = self.ids[act.who]
        self.commit(_take, number, person_id, self.chats[person_id], act, now=self.now)

    def work(self) -> None:
        """Does what is due now and sends what can be sent."""
        if not self.began:
            self.begin()
        today = local_day(self.now)
        if self._planned_on != today:
            self._tick(OF_A_DAY)
        if self._planned_on != today or any(each and each <= self.now for each in self.commit(_look)):
            self._tick(WHEN_DUE)
        self._planned_on = today
        while self.pause_ends is None or self.now >= self.pause_ends:
            claim = self.commit(
                delivery.claim_some, read_facts, now=self.now, node="one", limit=1, wait_until=after_quiet
            )
            for one in claim.deliveries:
                self._deliver(one)
            if not claim.deliveries:
                return

    def _tick(self, ticks: Sequence[Work]) -> None:
        for tick in ticks:
            while self.commit(tick, now=self.now):
                pass

    def _deliver(self, one: delivery.Delivery) -> None:
        reply = render(one.kind, one.values, one.locale or "zh_CN")
        text = f"【重发】{reply.text}" if one.again and one.edits is None else reply.text
        with self._session() as session:
            notices = frozenset(session.scalars(select(Notice.id).where(Notice.message_id == one.id)))
        self._perhaps_dies()
        result, wait, took = self.telegram.send(one.id, text, notices, self.now)
        self.now += took
        self._perhaps_dies()
        if result == "throttled":
            self.pause_ends = self.now + timedelta(seconds=wait)
        self.commit(delivery.settle, Outcome(one.id, result, message_id=one.id, retry_after=wait), now=self.now, node="one")
        self.telegram.closed_until = self.pause_ends  # noted: from here on also the next process knows it

    def next_at(self) -> datetime:
        """When something comes due of itself."""
        with self._session() as session:
            duty, notice, message = *_look(session), delivery.next_due_at(session)
        gathered = after_quiet(max(notice, self.now)) if notice else None
        found = [duty, gathered, message, self.pause_ends, moment_of(local_day(self.now) + DAY, 0)]
        return min(each for each in found if each and each > self.now)


def _list_sending(session: Session) -> list[int]:
    return list(session.scalars(select(Message.id).where(Message.state == "sending")))


def _take(session: Session, number: int, person_id: int, chat: int, act: Act, *, now: datetime) -> None:
    if session.scalar(select(Message.id).where(Message.key == f"a:{number}:0")) is not None:
        return
    with suppress(Refused), session.begin_nested():
        do_act(session, person_id, act, now)
    message = Message(
        chat=chat, recipient_id=person_id, lane="answers", rank=0, kind="menu.more", ids={}, key=f"a:{number}:0",
        made_at=now, due_at=now,
    )  # fmt: skip
    session.add(message)


def _look(session: Session) -> tuple[datetime | None, datetime | None]:
    """When the next duty and the next notice that waits come due."""
    duties = select(func.min(Duty.next_action_at)).where(Duty.state == "open").scalar_subquery()
    notices = select(func.min(Notice.due_at)).where(Notice.state == "waiting").scalar_subquery()
    first, second = session.execute(select(duties, notices)).one()
    return first, second
