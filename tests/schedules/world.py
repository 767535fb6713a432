"""A small township for stories about duties: people, a household, a moved clock, an outbox that is always sent."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.access import PersonView, view
from models.areas import Area
from models.duties import Change, Duty
from models.households import Assignment, Household
from models.installation import set_fact
from models.notices import Notice
from models.outbox import Message
from models.people import Grant, Person
from models.rules import RuleParameters, seed_rule
from models.times import local_day
from models.visits import Visit
from models.visits.records import follow_up
from schedules.absences import next_run_at
from schedules.absences import run_some as run_absences
from schedules.digests import alert_some, gather_some
from schedules.ladders import report_some
from schedules.planning import plan_some
from schedules.reminders import remind_some
from schedules.visits import mind_unanswered, mind_unconfirmed

ZONE = ZoneInfo("Asia/Shanghai")
TICKS = (plan_some, run_absences, remind_some, report_some, mind_unconfirmed, mind_unanswered, alert_some, gather_some)


def at(day: str, clock: str = "12:00") -> datetime:
    """`at("11-10", "19:20")`: a moment of 2026 in local time."""
    return datetime.fromisoformat(f"2026-{day}T{clock}:00").replace(tzinfo=ZONE).astimezone(UTC)


@dataclass
class World:
    """`heard` lists every unsolicited message: (month-day, clock, person, kinds of its notices)."""

    session: Session
    now: datetime = datetime(2026, 10, 31, 1, tzinfo=UTC)
    people: dict[str, int] = field(default_factory=dict)
    areas: dict[str, int] = field(default_factory=dict)
    households: dict[str, int] = field(default_factory=dict)
    heard: list[tuple[str, str, str, tuple[str, ...]]] = field(default_factory=list)

    def copy(self, session: Session) -> "World":
        """The same township on a copy of its rows."""
        known = {name: dict(getattr(self, name)) for name in ("people", "areas", "households")}
        return replace(self, session=session, heard=list(self.heard), **known)

    def add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def area(self, name: str, level: str, parent: str | None = None) -> int:
        above = self.session.get_one(Area, self.areas[parent]) if parent else None
        area = self.add(Area(parent_id=above.id if above else None, level=level, name=name, path=""))
        area.path = f"{above.path if above else '/'}{area.id}/"
        self.areas[name] = area.id
        return area.id

    def person(self, name: str, role: str | None = None, area: str | None = None, *, joined: bool = True) -> int:
        number = 1000 + len(self.people)
        person = self.add(
            Person(
                name=name, telegram_id=number if joined else None, joined_at=self.now if joined else None,
                created_at=self.now,
            )
        )  # fmt: skip
        self.people[name] = person.id
        if role is not None and area is not None:
            self.grant(name, role, area)
        return person.id

    def grant(self, name: str, role: str, area: str) -> None:
        self.add(Grant(person_id=self.people[name], role=role, area_id=self.areas[area], starts_on=date(2026, 1, 1)))

    def household(self, name: str, village: str, **helpers: str) -> int:
        """`helpers`: first="…", second="…"."""
        place = self.areas[village]
        row = self.add(
            Household(
                head_name=name, number=name, village_id=place, area_id=place, registered_on=date(2026, 1, 1),
                created_at=self.now, updated_at=self.now,
            )
        )  # fmt: skip
        self.households[name] = row.id
        for position, helper in helpers.items():
            self.add(
                Assignment(household_id=row.id, person_id=self.people[helper], position=position, created_at=self.now)
            )
        return row.id

    def view(self, name: str) -> PersonView:
        return view(self.session, self.people[name], local_day(self.now))

    def duty(self, household: str = "李宁", period: str = "2026-11", cycle: int = 1) -> Duty:
        self.session.flush()
        self.session.expire_all()
        return self.session.scalars(
            select(Duty).where(
                Duty.household_id == self.households[household], Duty.period == period, Duty.cycle == cycle
            )
        ).one()

    def visit(
        self, by: str, day: str, household: str = "李宁", *, capacity: str = "helper", **more: Any
    ) -> tuple[Visit, list[Change]]:
        """A confirmed visit, typed now."""
        values = {"state": "confirmed", "kind": "routine", "outcome": "met", "logged_at": self.now, **more}
        visit = self.add(
            Visit(
                household_id=self.households[household], person_id=self.people[by], capacity=capacity,
                visited_on=date.fromisoformat(f"2026-{day}"), confirmed_at=self.now, **values,
            )
        )  # fmt: skip
        changes = follow_up(self.session, visit, now=self.now)
        self.session.commit()
        return visit, changes

    def withdraw(self, visit: Visit) -> list[Change]:
        visit.state, visit.withdrawn_at = "withdrawn", self.now
        changes = follow_up(self.session, visit, now=self.now)
        self.session.commit()
        return changes

    def go(self, day: str, clock: str = "23:00") -> "World":
        """Moves the clock from one planned moment to the next; a moment without work is skipped."""
        end = at(day, clock)
        self.tick()
        while (moment := self._next_moment()) <= end:
            self.now = moment
            self.tick()
        self.now = end
        return self.tick()

    def jump(self, day: str, clock: str = "12:00") -> "World":
        """Moves the clock in one leap, as after a downtime."""
        self.now = at(day, clock)
        return self.tick()

    def tick(self) -> "World":
        while any(tick(self.session, now=self.now) for tick in TICKS):
            pass
        self._send()
        return self

    def _next_moment(self) -> datetime:
        midnight = (self.now.astimezone(ZONE) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        duties = select(func.min(Duty.next_action_at)).where(Duty.state == "open", Duty.next_action_at > self.now)
        notices = select(func.min(Notice.due_at)).where(Notice.state == "waiting", Notice.due_at > self.now)
        absences = next_run_at(self.session, self.now)
        found = [midnight.astimezone(UTC), absences, self.session.scalar(duties), self.session.scalar(notices)]
        return min(moment for moment in found if moment is not None)

    def _send(self) -> None:
        names = {number: name for name, number in self.people.items()}
        pending = self.session.scalars(
            select(Message).where(Message.state == "pending", Message.lane != "answers").order_by(Message.id)
        ).all()
        local = self.now.astimezone(ZONE)
        for message in pending:
            kinds = self.session.scalars(
                select(Notice.kind).where(Notice.message_id == message.id).order_by(Notice.kind).distinct()
            )
            self.heard.append((f"{local:%m-%d}", f"{local:%H:%M}", names[message.recipient_id or 0], tuple(kinds)))
        sent = update(Message).where(Message.id.in_([message.id for message in pending]))
        self.session.execute(sent.values(state="sent", sent_at=self.now))
        self.session.commit()

    def days(self, name: str) -> list[str]:
        return [day for day, _, person, _ in self.heard if person == name]

    def kinds(self, name: str) -> list[tuple[str, tuple[str, ...]]]:
        return [(day, kinds) for day, _, person, kinds in self.heard if person == name]


def township(
    session: Session, day: str = "10-31", *, second: bool = True, parameters: RuleParameters | None = None
) -> World:
    """A township that goes live on a day: one village, one household 李宁 helped by 张伟 (and 王芳)."""
    world = World(session, at(day, "09:00"))
    world.area("县", "county")
    world.area("镇", "township", "县")
    world.area("青山村", "village", "镇")
    world.person("张伟", "helper", "镇")
    world.person("王芳", "helper", "镇")
    world.person("队长", "team_head", "青山村")
    world.person("专干", "officer", "镇")
    world.person("副镇长", "deputy", "镇")
    world.person("书记", "leader", "镇")
    world.household("李宁", "青山村", first="张伟", **({"second": "王芳"} if second else {}))
    set_fact(session, "live_since", day=f"2026-{day}")
    today = local_day(world.now)
    seed_rule(session, parameters or RuleParameters(), now=world.now, today=today)
    session.commit()
    return world


def township_on(session: Session, day: str, clock: str = "23:00") -> World:
    """The usual township as it is then: nobody visited, every message was sent."""
    return township(session).go(day, clock)
