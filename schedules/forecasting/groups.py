"""Which households and duties a forecast is about, in groups of those that stand alike: one of each is played through.

Everything is read in a few statements, whatever the number of households.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from models.duties import Duty
from models.duties.recasting import Standing
from models.duties.rows import list_missed_before
from models.duties.telling import TOLD_KINDS
from models.households import Assignment, Household, current_assignments
from models.notices import TOLD, Notice
from models.outbox import Message
from models.recipients import hour_on, list_holders, load_recipients
from models.rules.dates import is_date_rule
from models.rules.moving import parts
from models.times import local_day, moment_at
from models.visits import Visit
from schedules.forecasting.playing import ALONE, OWNER, POSTS, SECOND, TAKER, Cast, InRow

YOUNG = timedelta(days=92)
"""An assignment older than this never holds a ladder back any more."""
FACTS = tuple(
    column.name
    for column in Duty.__table__.columns
    if column.name
    not in (
        "id", "subject", "household_id", "person_id", "village_id", "version", "opened_at", "taken_by", "reason_text",
    )
)  # fmt: skip
"""What a duty's steps follow from: two duties alike in these are told on the same days."""


@dataclass
class Members:
    """How many stand alike, and whom the numbers of `playing` stand for among them."""

    count: int = 0
    people: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    """By stand-in, the real people with how many of the group each is told about."""
    duties: list[int] = field(default_factory=list)

    def add(self, told: Iterable[tuple[int, int]]) -> None:
        self.count += 1
        for stand_in, person in told:
            self.people[stand_in][person] += 1


@dataclass(frozen=True)
class OpenGroup:
    """Open duties that stand alike. `facts` are their columns, `opened_on` the day they were made."""

    facts: tuple[Any, ...]
    opened_at: datetime
    standing: Standing
    cast: Cast
    members: Members
    in_row: InRow = ALONE

    def duty(self) -> Duty:
        """One of them as an object of its own."""
        values = dict(zip(FACTS, self.facts, strict=True))
        owner = OWNER if self.cast.owner else None
        taken = TAKER if values["taken_until"] else None
        household = None if is_date_rule(values["rule_code"]) else 1
        return Duty(household_id=household, person_id=owner, taken_by=taken, opened_at=self.opened_at, version=1, **values)


@dataclass(frozen=True)
class Home:
    """An active household and its helpers' ids. `began_on`: since when it is visited by the first of them."""

    kind: str
    village: int
    helper: int | None
    began_on: date
    second: int | None


class Township:
    """Everybody and every household, read once. `homes` by household id, `people` by person id."""

    def __init__(
        self,
        session: Session,
        places: Collection[int | None] = (),
        inside: Select[int] | None = None,
        *,
        owners: Collection[int | None] = (),
        now: datetime,
    ) -> None:
        """`places`: villages besides those with households, whose posts matter too; `owners`: people besides the helpers
        who owe something; `inside`: the villages whose households it is about, None: all."""
        self.session, self.now, self.today = session, now, local_day(now)
        self.homes = self._homes(true() if inside is None else Household.village_id.in_(inside))
        helpers = {person for home in self.homes.values() for person in (home.helper, home.second)}
        people = {each for each in (*helpers, *owners) if each}
        villages = {home.village for home in self.homes.values()} | {each for each in places if each}
        self._held = {who: list_holders(session, who, villages, self.today) for who in POSTS}
        people |= {person for held in self._held.values() for ids in held.values() for person in ids}
        self.people = {}
        for part in parts(people):
            self.people.update(load_recipients(session, part, self.today))
        self._waiting = self._unconfirmed()
        self._places = {village: self._place(village) for village in villages}

    def _homes(self, here: ColumnElement[bool]) -> dict[int, Home]:
        seconds = select(Assignment.household_id, Assignment.person_id).where(
            Assignment.position == "second", current_assignments(self.today)
        )
        second: dict[int, int] = {row[0]: row[1] for row in self.session.execute(seconds)}
        first = (
            (Assignment.household_id == Household.id)
            & (Assignment.position == "first")
            & current_assignments(self.today)
        )
        rows = self.session.execute(
            select(
                Household.id, Household.kind, Household.village_id, Assignment.person_id, Household.registered_on,
                Assignment.starts_on,
            )
            .outerjoin(Assignment, first)
            .where(Household.status == "active", Household.paused_at.is_(None), here)
        )  # fmt: skip
        return {
            row.id: Home(
                row.kind, row.village_id, row.person_id, max(row.registered_on, row.starts_on or row.registered_on),
                second.get(row.id),
            )
            for row in rows
        }  # fmt: skip

    def _unconfirmed(self) -> dict[int, date]:
        rows = self.session.execute(
            select(Visit.household_id, func.min(Visit.logged_at))
            .where(Visit.state == "unconfirmed")
            .group_by(Visit.household_id)
        )
        return {row[0]: local_day(row[1]) for row in rows}

    def _place(self, village: int) -> tuple[tuple[tuple[str, str], ...], list[tuple[int, int]]]:
        """The state of every post over a village, and who is reached in it."""
        states, told = [], []
        for who in POSTS:
            held = self._held[who].get(village, [])
            able = [each for each in held if each in self.people and self.people[each].reachable]
            states.append((who, "ok" if able else "mute" if held else ""))
            told += [(POSTS[who], each) for each in able]
        return tuple(states), told

    def state(self, person_id: int | None) -> str:
        """ok, mute (joined but not to be reached), absent (never joined), or nothing where there is nobody."""
        if person_id is None:
            return ""
        person = self.people.get(person_id)
        if person is None or not person.joined:
            return "absent"
        return "ok" if person.reachable else "mute"

    def cast(
        self, household_id: int, owner: int | None, village: int, second: int | None
    ) -> tuple[Cast, list[tuple[int, int]]]:
        """Who can be reached about a household, and who they really are."""
        home = self.homes.get(household_id)
        young = home.began_on if home is not None and self.today - home.began_on < YOUNG else None
        states, told = self._places.get(village) or self._place(village)
        cast = Cast(self.state(owner), second is not None, states, young, self._waiting.get(household_id))
        told = [each for each in told if each[1] != owner]
        if second is not None and self.state(second) == "ok":
            told.append((SECOND, second))
        if owner is not None and cast.owner == "ok":
            told.append((OWNER, owner))
        return cast, told


def group_open(
    session: Session,
    duties: Select[Duty],
    town: Township,
    since: Callable[[date | None], date | None],
    in_row: Callable[[int], InRow] = lambda _: ALONE,
) -> list[OpenGroup]:
    """These open duties. `since`: what a quota needs to know of the day a household began; `in_row`: how a duty stands
    beside the household's others."""
    columns = [getattr(Duty, name) for name in FACTS]
    more = (Duty.id, Duty.household_id, Duty.person_id, Duty.village_id, Duty.opened_at)
    rows = session.execute(duties.with_only_columns(*more, *columns)).all()
    missed = _missed_before(
        session, [row.id for row in rows if row.next_action == "level" and row.level == row.in_row == 0]
    )
    at = FACTS.index("in_row")
    found: dict[Any, OpenGroup] = {}
    for row in rows:
        home = town.homes.get(row.household_id)
        kind, second = (home.kind, home.second) if home else ("general", None)
        owner = town.people.get(row.person_id)
        cast, told = town.cast(row.household_id, row.person_id, row.village_id, second)
        facts = tuple(row[len(more) :])
        beside = in_row(row.id)
        if row.id in missed and not any(beside.after):
            facts = (*facts[:at], 1, *facts[at + 1 :])
        to_come = owner is not None and hour_on(owner, town.today) > town.now
        standing = Standing(kind, since(home.began_on) if home else None, second is not None, to_come)
        opened_at = moment_at(local_day(row.opened_at))
        key = (_plain(facts), opened_at, standing, cast, beside)
        if key not in found:
            found[key] = OpenGroup(facts, opened_at, standing, cast, Members(), beside)
        found[key].members.add(told)
        found[key].members.duties.append(row.id)
    return list(found.values())


def _plain(facts: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(each if not isinstance(each, dict | list) else str(each) for each in facts)


def _missed_before(session: Session, ids: list[int]) -> Mapping[int, Duty]:
    found: dict[int, Duty] = {}
    for part in parts(ids):
        found.update(list_missed_before(session, session.scalars(select(Duty).where(Duty.id.in_(part))).all()))
    return found


def list_waiting(session: Session, code: str, inside: Select[int] | None) -> list[tuple[int, int, date]]:
    """What was noticed already in these villages (None: in all) and waits for its hour: (duty, recipient, day)."""
    here = true() if inside is None else Duty.village_id.in_(inside)
    rows = session.execute(
        select(Notice.duty_id, Notice.recipient_id, Notice.due_at)
        .join(Duty, Duty.id == Notice.duty_id)
        .where(Notice.state == "waiting", Duty.rule_code == code, Notice.form != "rider", here)
    )
    return [(row[0] or 0, row[1], local_day(row[2])) for row in rows]


def list_told_upward(session: Session, duty_ids: Collection[int]) -> set[int]:
    """Who was told of these duties upward: they hear how they ended (models.duties.settling)."""
    found: set[int] = set()
    for part in parts(duty_ids):
        found.update(
            session.scalars(
                select(Notice.recipient_id)
                .join(Message, Message.id == Notice.message_id)
                .where(Notice.duty_id.in_(part), Notice.kind.in_(TOLD_KINDS), Message.state.in_(TOLD))
                .distinct()
            )
        )
    return found
