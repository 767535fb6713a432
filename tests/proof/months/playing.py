"""Plays a life with the program's own actions and ticks, a database file and a Telegram that takes everything."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from bot.db import make_engine
from models.absences import Absence
from models.absences.actions import answer_cover, go_away
from models.access import view
from models.areas import Area
from models.duties import Duty, explain
from models.errors import Refused
from models.handovers import Plan
from models.handovers.actions import carry_out
from models.households import Assignment, Household
from models.households import actions as households
from models.installation import set_fact
from models.joining import note_blocked, note_reachable
from models.migrations import migrate
from models.notices import Notice
from models.outbox import Message
from models.people import Grant, Person
from models.requests.deciding import answer_request
from models.requests.tables import Request
from models.rules import RuleParameters, seed_rule
from models.times import local_day, use_times
from models.visits import Visit
from models.visits.actions import log_visit, undo_report
from schedules.absences import run_some as run_absences
from schedules.calendar import Calendar
from schedules.digests import alert_some, gather_some
from schedules.ladders import report_some
from schedules.planning import plan_some
from schedules.reminders import remind_some
from schedules.ticks import Work
from tests.proof.months.lives import DAY, EVENING, NIGHT, NOON, Act, Life

ZONE = ZoneInfo("Asia/Shanghai")
AT_MIDNIGHT = (plan_some, run_absences)
AT_NOON = (run_absences,)
"""Until then who was asked to stand in may answer."""
WHEN_DUE = (remind_some, report_some, alert_some, gather_some)
MOMENTS = (0, 5 * 60, 7 * 60 + 50, NOON, EVENING, 19 * 60 + 20, NIGHT)
"""Minutes of a day at which somebody does something or the program may have something to do."""
AT = dict.fromkeys(MOMENTS, (WHEN_DUE,)) | {0: (AT_MIDNIGHT,), NOON: (AT_NOON, WHEN_DUE)}
NEXT = select(
    select(func.min(Duty.next_action_at)).where(Duty.state == "open").scalar_subquery(),
    select(func.min(Notice.due_at)).where(Notice.state == "waiting").scalar_subquery(),
)
Line = tuple[date, str, str, int, str]
"""One line of a message that was sent: day, recipient, kind, household, month."""


@dataclass
class Played:
    """`lines` of all messages with their number, `told` in all; `refused` are the acts that were; `doubled`: messages of somebody who
    had one that day; `at_night`: those sent in quiet hours."""

    lines: Counter[Line] = field(default_factory=Counter)
    refused: list[Act] = field(default_factory=list)
    messages: int = 0
    told: int = 0
    commits: int = 0
    doubled: int = 0
    at_night: int = 0


class Town:
    def __init__(self, life: Life, path: Path) -> None:
        use_times(Calendar())
        self.life, self.played = life, Played()
        self.engine: Engine = make_engine(f"sqlite:///{path}")
        self.reading = self.engine.execution_options(read_only=True)
        with self.engine.begin() as connection:
            migrate(connection)
        with self.writing() as session:
            self.ids = settle_township(session, life, moment_of(life.first - DAY, NOON))

    def play(self) -> Played:
        acts = iter([*self.life.acts, Act(date.max, 0, "end", "")])
        act = next(acts)
        for number in range((self.life.last - self.life.first).days + 1):
            day = self.life.first + DAY * number
            for minute in MOMENTS:
                seconds = 0
                while (act.day, act.minute) == (day, minute):
                    self._do(act, moment_of(day, minute) + timedelta(seconds=seconds))
                    act, seconds = next(acts), seconds + 1
                now = moment_of(day, minute) + timedelta(seconds=seconds)
                for ticks in AT[minute]:
                    self._tick(now, ticks)
        self._read()
        self.engine.dispose()
        return self.played

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction, as the bot makes it."""
        self.played.commits += 1
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def _do(self, act: Act, now: datetime) -> None:
        try:
            with self.writing() as session:
                do_act(session, self.ids[act.who], act, now)
        except Refused:
            self.played.refused.append(act)

    def _tick(self, now: datetime, ticks: Sequence[Work]) -> None:
        """Does what is due; where nothing is, as at most moments, it costs a look."""
        if ticks is WHEN_DUE and not self._anything_due(now):
            return
        for tick in ticks:
            more = True
            while more:
                with self.writing() as session:
                    more = tick(session, now=now)
        if ticks is WHEN_DUE:
            self._send(now)

    def _send(self, now: datetime) -> None:
        with self.writing() as session:
            sent = update(Message).where(Message.state == "pending", Message.lane != "answers")
            session.execute(sent.values(state="sent", sent_at=now))

    def _anything_due(self, now: datetime) -> bool:
        with self.reading.connect() as connection:
            return any(moment is not None and moment <= now for moment in connection.execute(NEXT).one())

    def _read(self) -> None:
        names = {number: name for name, number in self.ids.items()}
        with Session(self.engine) as session:
            said = session.execute(
                select(Message.local_day, Message.recipient_id, Notice.kind, Duty.household_id, Duty.period)
                .join(Notice, Notice.message_id == Message.id)
                .outerjoin(Duty, Duty.id == Notice.duty_id)
                .where(Message.state == "sent")
            )
            self.played.lines = Counter((row[0], names[row[1]], row[2], row[3] or 0, row[4] or "") for row in said)
            self.played.told = self.played.lines.total()
            days: Counter[tuple[int | None, date | None, str]] = Counter()
            for row in session.execute(select(Message.recipient_id, Message.local_day, Message.lane, Message.sent_at)):
                days[row[0], row[1], row[2]] += 1
                self.played.at_night += not "07:30" <= row[3].astimezone(ZONE).strftime("%H:%M") < "21:30"
            self.played.messages = days.total()
            self.played.doubled = sum(number - 1 for (*_, lane), number in days.items() if lane == "digests")


def moment_of(day: date, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZONE).astimezone(UTC)


def do_act(session: Session, person_id: int, act: Act, now: datetime) -> None:
    """What a person does, by the program's own action. Raises Refused."""
    _ACTIONS[act.what](session, person_id, act, now)


def _visit(session: Session, person_id: int, act: Act, now: datetime) -> None:
    log_visit(session, person_id, act.home, act.on, now=now)


def _undo(session: Session, person_id: int, act: Act, now: datetime) -> None:
    mine = (
        Visit.person_id == person_id, Visit.household_id == act.home, Visit.visited_on == act.on, Visit.outcome == "met",
    )  # fmt: skip
    draft = session.scalar(select(Visit.draft_id).where(*mine, Visit.state == "confirmed"))
    undo_report(session, person_id, draft or 0, now=now)


def _explain(session: Session, person_id: int, act: Act, now: datetime) -> None:
    about = (Duty.household_id == act.home, Duty.period == f"{act.on:%Y-%m}")
    duty = session.scalar(select(Duty.id).where(*about).order_by(Duty.cycle.desc()))
    explain(session, view(session, person_id, local_day(now)), duty or 0, reason="away", now=now)


def _die(session: Session, person_id: int, act: Act, now: datetime) -> None:
    log_visit(session, person_id, act.home, act.on, "deceased", now=now)


def _resume(session: Session, person_id: int, act: Act, now: datetime) -> None:
    households.resume(session, person_id, act.home, now=now)


def _end(session: Session, person_id: int, act: Act, now: datetime) -> None:
    households.end(session, person_id, act.home, now=now)


def _answer(session: Session, person_id: int, act: Act, now: datetime) -> None:
    waiting = (Request.kind == "explained", Request.household_id == act.home, Request.state == "open")
    request = session.scalars(select(Request).where(*waiting).order_by(Request.id)).first()
    if request is None:
        raise Refused("request.unknown")
    officer = view(session, person_id, local_day(now))
    answer_request(session, officer, request.id, request.version, agree=act.what == "agree", words="再去一次", now=now)


def _go_away(session: Session, person_id: int, act: Act, now: datetime) -> None:
    cover = session.scalar(select(Person.id).where(Person.name == act.taker))
    go_away(session, view(session, person_id, local_day(now)), act.on, act.until + DAY, cover, now=now)


def _cover(session: Session, person_id: int, act: Act, now: datetime) -> None:
    of = (Person.name == act.giver, Absence.cover_id == person_id, Absence.starts_on == act.on)
    absence = session.scalar(select(Absence.id).join(Person, Person.id == Absence.person_id).where(*of))
    cover = view(session, person_id, local_day(now))
    answer_cover(session, cover, absence or 0, agree=act.what == "cover", now=now)


def _hand(session: Session, person_id: int, act: Act, now: datetime) -> None:
    giver, taker = (session.scalar(select(Person.id).where(Person.name == name)) for name in (act.giver, act.taker))
    plan = Plan("hand", act.homes, giver, taker, "分工调整")
    carry_out(session, view(session, person_id, local_day(now)), plan, "assignment.write", now=now)


def _block(session: Session, person_id: int, act: Act, now: datetime) -> None:
    note_blocked(session, session.get_one(Person, person_id).telegram_id or 0, now=now)


def _unblock(session: Session, person_id: int, act: Act, now: datetime) -> None:
    note_reachable(session, session.get_one(Person, person_id).telegram_id or 0, now=now)


_ACTIONS: dict[str, Callable[[Session, int, Act, datetime], None]] = {
    "visit": _visit, "undo": _undo, "explain": _explain, "death": _die, "resume": _resume, "end": _end,
    "agree": _answer, "refuse": _answer, "away": _go_away, "cover": _cover, "decline": _cover, "hand": _hand,
    "block": _block, "unblock": _unblock,
}  # fmt: skip


def settle_township(session: Session, life: Life, now: datetime) -> dict[str, int]:
    """The township as it stands on the day before, when it goes live; the ids of its people by name."""

    def add(row: Any) -> Any:
        session.add(row)
        session.flush()
        return row

    def area(level: str, name: str, above: Area | None) -> Area:
        found: Area = add(Area(parent_id=above.id if above else None, level=level, name=name, path=""))
        found.path = f"{above.path if above else '/'}{found.id}/"
        return found

    township = area("township", "示例乡", area("county", "示例县", None))
    villages = {number: area("village", f"{number}村", township).id for number in {home.village for home in life.homes}}
    ids: dict[str, int] = {}
    for person in life.people.values():
        number = 1000 + len(ids) if person.joined else None
        row = add(Person(name=person.name, telegram_id=number, joined_at=now if person.joined else None, created_at=now))
        ids[person.name] = row.id
        place = villages[person.village or 0] if person.post == "team_head" else township.id
        session.add(Grant(person_id=row.id, role=person.post, area_id=place, starts_on=date(2020, 1, 1)))
    for home in life.homes:
        place = villages[home.village]
        session.add(
            Household(
                id=home.number, head_name=f"户{home.number}", number=str(home.number), village_id=place, area_id=place,
                registered_on=date(2020, 1, 1), created_at=now, updated_at=now,
            )
        )  # fmt: skip
        session.flush()
        for position, name in (("first", home.helper), ("second", home.second)):
            if name is not None:
                session.add(
                    Assignment(household_id=home.number, person_id=ids[name], position=position, created_at=now)
                )
    set_fact(session, "live_since", day=local_day(now).isoformat())
    seed_rule(session, RuleParameters(), now=now, today=local_day(now))
    return ids
