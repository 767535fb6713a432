"""What an officer says about a household: 换户主, 分户, 并户, 搬迁; checked, shown before it is done, written to the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import PersonView, access_area, access_household
from models.areas import Area
from models.errors import Refused
from models.households.changing import (
    Hand,
    copy_assignments,
    current_members,
    merge,
    move_members,
    set_head,
    set_place,
)
from models.households.queries import Place, find_households, list_helpers, list_places
from models.households.tables import Household, Member
from models.pinyin import spell
from models.times import local_day

RIGHT = "assignment.write"
VERBS = ("head", "split", "merge", "move")
REASONS = ("asked", "checked", "mistake", "death")
HEAD_WORDS = ("户主", "本人")
LONGEST_NAME = 20


@dataclass(frozen=True)
class Plan:
    """What is to be done, as far as it has been said. `member_ids`: who goes along, the new head first."""

    verb: str
    household_id: int
    name: str = ""
    member_ids: tuple[int, ...] = ()
    into_id: int | None = None
    village_id: int | None = None
    area_id: int | None = None


@dataclass(frozen=True)
class Changed:
    """What was done to which household; `other_id`: the new one, or the one it is part of now."""

    verb: str
    household_id: int
    other_id: int | None = None


def access_change(session: Session, me: PersonView, household_id: int, day: date) -> Household:
    """A household that goes on and that the person may change. Raises Refused("household.not_yours", "change.over")."""
    access_household(session, me, household_id, RIGHT, day=day)
    household = session.get_one(Household, household_id)
    if household.status == "ended":
        raise Refused("change.over")
    return household


def list_candidates(session: Session, household_id: int) -> list[tuple[int, str]]:
    """(id, name) of the people who may be the new head: who lives there, without the head."""
    household = session.get_one(Household, household_id)
    members = current_members(session, [household_id])
    return [(member.id, member.name) for member in members if not _is_head(member, household)]


def _is_head(member: Member, household: Household) -> bool:
    if member.id_hash and household.head_id_hash:
        return member.id_hash == household.head_id_hash
    return member.name == household.head_name


def find_targets(session: Session, me: PersonView, household_id: int, words: str, day: date) -> tuple[Place, ...]:
    """Households that the one may be merged into, by a name, a number, a village. Raises Refused("change.no_such")."""
    found = find_households(session, me, words, day=day)
    targets = tuple(item for item in found.items if item.household_id != household_id)
    if not targets:
        raise Refused("change.no_such", words=words[:LONGEST_NAME])
    return targets


def list_villages(session: Session, me: PersonView) -> list[tuple[int, str]]:
    """(id, name) of the villages that the person's right reaches."""
    rows = session.execute(
        select(Area.id, Area.name, Area.path).where(Area.level == "village", Area.ended_on.is_(None)).order_by(Area.id)
    )
    paths = me.paths(RIGHT)
    return [(row.id, row.name) for row in rows if any(row.path.startswith(path) for path in paths)]


def list_groups(session: Session, village_id: int) -> list[tuple[int, str]]:
    rows = session.execute(
        select(Area.id, Area.name)
        .where(Area.parent_id == village_id, Area.level == "group", Area.ended_on.is_(None))
        .order_by(Area.id)
    )
    return [(row.id, row.name) for row in rows]


def access_place(session: Session, me: PersonView, area_id: int, level: str, parent_id: int | None = None) -> Area:
    """A village or a group to move to. Raises Refused("area.not_yours")."""
    access_area(session, me, area_id, RIGHT)
    area = session.get_one(Area, area_id)
    if area.level != level or (parent_id is not None and area.parent_id != parent_id):
        raise Refused("area.not_yours")
    return area


def check_plan(session: Session, me: PersonView, plan: Plan, *, now: datetime) -> Household:
    """Whether a whole plan may be carried out now; the household.

    Raises Refused: household.not_yours, change.over, change.same_head, change.not_a_member, change.same_household,
    change.same_place, area.not_yours.
    """
    day = local_day(now)
    household = access_change(session, me, plan.household_id, day)
    if plan.verb in ("head", "split"):
        _check_people(session, household, plan)
    elif plan.verb == "merge":
        if plan.into_id == plan.household_id:
            raise Refused("change.same_household")
        access_change(session, me, plan.into_id or 0, day)
    else:
        access_place(session, me, plan.village_id or 0, "village")
        if plan.area_id != plan.village_id:
            access_place(session, me, plan.area_id or 0, "group", plan.village_id)
        if household.area_id == plan.area_id:
            raise Refused("change.same_place")
    return household


def _check_people(session: Session, household: Household, plan: Plan) -> None:
    if not plan.name or plan.name == household.head_name:
        raise Refused("change.same_head", name=household.head_name)
    known = {number for number, _ in list_candidates(session, household.id)}
    if not set(plan.member_ids) <= known:
        raise Refused("change.not_a_member")


def carry_out(session: Session, me: PersonView, plan: Plan, *, now: datetime, **facts: Any) -> Changed:
    """Does what was planned, in the caller's transaction; `facts` (ids and codes) go into the log. Raises as
    `check_plan`."""
    household = check_plan(session, me, plan, now=now)
    hand = Hand(session, now, me.id, facts)
    if plan.verb == "head":
        return _change_head(hand, household, plan)
    if plan.verb == "split":
        return _split_off(hand, household, plan)
    if plan.verb == "merge":
        into = session.get_one(Household, plan.into_id)
        merge(hand, household, into)
        return Changed("merge", household.id, into.id)
    village, area = session.get_one(Area, plan.village_id), session.get_one(Area, plan.area_id)
    set_place(hand, household, village, area)
    return Changed("move", household.id)


def _change_head(hand: Hand, household: Household, plan: Plan) -> Changed:
    members = _people(hand.session, plan.member_ids[:1])
    set_head(hand, household, plan.name, members[0].id_number if members else None)
    for member in current_members(hand.session, [household.id]):
        if member.relation in HEAD_WORDS:
            member.relation = None
    for member in members:
        member.relation = HEAD_WORDS[0]
    return Changed("head", household.id)


def _split_off(hand: Hand, household: Household, plan: Plan) -> Changed:
    """A household of its own in the same place, with the same helpers from today; its number comes with an import."""
    members = _people(hand.session, plan.member_ids)
    head = members[0] if members and members[0].name == plan.name else None
    pinyin, initials = spell(plan.name)
    new = Household(
        village_id=household.village_id, area_id=household.area_id, head_name=plan.name, pinyin=pinyin, initials=initials,
        head_id=head.id_number if head else None, head_id_hash=head.id_hash if head else None,
        people_count=max(1, len(members)), kind=household.kind, cause=household.cause, causes=household.causes,
        registered_on=hand.today, created_at=hand.now, updated_at=hand.now,
    )  # fmt: skip
    hand.session.add(new)
    hand.session.flush()
    move_members(hand, members, new.id)
    if household.people_count and members:
        household.people_count = max(1, household.people_count - len(members))
    copy_assignments(hand, household.id, new.id)
    hand.record("household.split", household.id, into=new.id)
    return Changed("split", household.id, new.id)


def _people(session: Session, ids: Sequence[int]) -> list[Member]:
    return [session.get_one(Member, number) for number in ids]


@dataclass(frozen=True)
class PlanView:
    """A plan in names, for the preview."""

    verb: str
    place: Place
    name: str
    along: tuple[str, ...]
    helpers: tuple[str, ...]
    into: Place | None
    village: str
    group: str


def view_plan(session: Session, plan: Plan, day: date) -> PlanView:
    ids = [number for number in (plan.household_id, plan.into_id) if number is not None]
    places = list_places(session, ids)
    village = session.get(Area, plan.village_id) if plan.village_id else None
    area = session.get(Area, plan.area_id) if plan.area_id else None
    return PlanView(
        verb=plan.verb,
        place=places[plan.household_id],
        name=plan.name,
        along=tuple(member.name for member in _people(session, plan.member_ids) if member.name != plan.name),
        helpers=tuple(name for _, name, _ in list_helpers(session, plan.household_id, day)),
        into=places.get(plan.into_id or 0),
        village=village.name if village else "",
        group=area.name if area and area.level == "group" else "",
    )


def list_joined(session: Session, household_id: int) -> list[Place]:
    """The households that are part of this one now (并户); their records stay where they were."""
    ids = session.scalars(
        select(Household.id).where(Household.merged_into == household_id).order_by(Household.id)
    ).all()
    return list(list_places(session, ids).values())


def find_successor(session: Session, household_id: int) -> Place | None:
    """The household that this one is part of now."""
    into = session.scalar(select(Household.merged_into).where(Household.id == household_id))
    return list_places(session, [into])[into] if into else None
