"""What happens to households: a new head, a part that lives for itself, two that are one, another village.

History stays with the household that keeps the number. The officer's words (models.households.changes) and imports
do the same things through these; each is within the caller's transaction and leaves a trail to take it back by.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import audit
from models.areas import Area
from models.duties.restoring import DUTY_FIELDS
from models.duties.settling import close
from models.duties.tables import Duty
from models.households.tables import Assignment, Household, Member, Nickname
from models.pinyin import spell
from models.secrets import keyed_hash
from models.times import local_day
from models.trails import Trail

MERGED, SPLIT = "merged", "split"


@dataclass
class Hand:
    """Who changes something and when; `facts` go into the audit log, `trail` remembers what was."""

    session: Session
    now: datetime
    person_id: int | None
    facts: dict[str, Any] = field(default_factory=dict)
    trail: Trail = field(default_factory=Trail)

    @property
    def today(self) -> date:
        return local_day(self.now)

    def record(self, action: str, household_id: int, **more: Any) -> None:
        audit.record(
            self.session, action, now=self.now, person_id=self.person_id, subject=f"household:{household_id}",
            **{**self.facts, **more},
        )  # fmt: skip


def set_head(hand: Hand, household: Household, name: str, id_number: str | None) -> None:
    """换户主: the number, its visits and its helpers stay. Without an ID the old head's is taken away: it is not the new
    head's."""
    hand.trail.keep(household, "head_name", "pinyin", "initials", "head_id", "head_id_hash")
    household.head_name = name
    household.pinyin, household.initials = spell(name)
    household.head_id = id_number
    household.head_id_hash = keyed_hash(id_number) if id_number else None
    household.updated_at = hand.now
    hand.record("household.head", household.id)


def set_place(hand: Hand, household: Household, village: Area, area: Area) -> None:
    """搬迁: open duties and whom they are reported to move along; closed ones stay where they were."""
    hand.trail.keep(household, "village_id", "area_id")
    moved = household.village_id != village.id
    household.village_id, household.area_id, household.updated_at = village.id, area.id, hand.now
    if moved:
        for duty in open_duties(hand.session, [household.id]):
            hand.trail.keep(duty, *DUTY_FIELDS)
            duty.village_id = village.id
    hand.record("household.move", household.id, area=area.id)


def merge(hand: Hand, gone: Household, into: Household) -> None:
    """并户: `gone` ends and points to `into`, who carries on. Its visits and duties stay readable where they are; its
    open duties are void, its assignments end, its people and the helpers' nicknames for it go along."""
    hand.trail.keep(gone, "status", "merged_into")
    hand.trail.keep(into, "last_met_on")
    gone.status, gone.merged_into = "ended", into.id
    gone.updated_at = into.updated_at = hand.now
    into.last_met_on = max(filter(None, (gone.last_met_on, into.last_met_on)), default=None)
    for duty in open_duties(hand.session, [gone.id]):
        hand.trail.keep(duty, *DUTY_FIELDS)
        close(hand.session, duty, "void", actor=hand.person_id, cause=MERGED, now=hand.now)
    end_assignments(hand, [gone.id], MERGED)
    move_members(hand, current_members(hand.session, [gone.id]), into.id)
    for nickname in hand.session.scalars(select(Nickname).where(Nickname.household_id == gone.id)):
        hand.trail.keep(nickname, "household_id")
        nickname.household_id = into.id
    hand.record("household.merge", gone.id, into=into.id)


def copy_assignments(hand: Hand, source_id: int, household_id: int) -> None:
    """分户: whoever helps the household it comes from helps the new one too, from today."""
    today = hand.today
    held = hand.session.scalars(
        select(Assignment).where(
            Assignment.household_id == source_id,
            Assignment.position.in_(("first", "second")),
            Assignment.ends_on.is_(None),
        )
    )
    for assignment in held.all():
        copy = Assignment(
            household_id=household_id, person_id=assignment.person_id, position=assignment.position, starts_on=today,
            reason=SPLIT, created_at=hand.now,
        )  # fmt: skip
        hand.session.add(copy)
        hand.session.flush()
        hand.trail.add(copy)


def end_assignments(hand: Hand, household_ids: Iterable[int], reason: str) -> None:
    """Ends what holds today or later; nobody is left out of the log."""
    today = hand.today
    held = hand.session.scalars(
        select(Assignment).where(
            Assignment.household_id.in_(list(household_ids)),
            or_(Assignment.ends_on.is_(None), Assignment.ends_on > today),
        )
    )
    for assignment in held.all():
        hand.trail.keep(assignment, "ends_on", "reason")
        assignment.ends_on, assignment.reason = today, reason
        hand.record("assignment.end", assignment.household_id, before=assignment.person_id, reason=reason)
    hand.session.flush()


def current_members(session: Session, household_ids: Iterable[int]) -> list[Member]:
    query = select(Member).where(Member.household_id.in_(list(household_ids)), Member.ended_on.is_(None))
    return list(session.scalars(query.order_by(Member.id)))


def move_members(hand: Hand, members: Iterable[Member], household_id: int) -> None:
    """People who live in another household now; where they lived stays written down."""
    for member in members:
        hand.trail.keep(member, "ended_on")
        member.ended_on = hand.today
        there = Member(
            household_id=household_id, number=member.number, name=member.name, id_number=member.id_number,
            id_hash=member.id_hash, away=member.away,
        )  # fmt: skip
        hand.session.add(there)
        hand.session.flush()
        hand.trail.add(there)


def open_duties(session: Session, household_ids: Iterable[int]) -> list[Duty]:
    query = select(Duty).where(Duty.household_id.in_(list(household_ids)), Duty.state == "open")
    return list(session.scalars(query.order_by(Duty.id)))
