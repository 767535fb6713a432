"""A person entered twice: found, compared, joined; history stays, what goes on moves, the account is kept."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access
from models.absences import Absence
from models.audit import AuditRow
from models.errors import Refused
from models.households import Assignment, Nickname
from models.notices import Notice
from models.people import Grant, Person
from models.people.merging import better_first, compare, list_twins, merge
from models.requests import Request, make_request
from models.times import local_day
from models.visits import Visit
from tests.schedules.world import World, township


def world_of(session: Session) -> World:
    """张伟 joined; 张伟二 is his second entry: never joined, of the same unit, with a household of its own."""
    world = township(session)
    world.person("张伟二", "helper", "镇", joined=False)
    world.household("陈桂花", "青山村", first="张伟二")
    for name in ("张伟", "张伟二"):
        person(world, name).unit, person(world, name).name = "水利局", "张伟"
    session.commit()
    return world.go("11-10", "12:00")


def person(world: World, name: str) -> Person:
    return world.session.get_one(Person, world.people[name])


def join(world: World, keep: str = "张伟", gone: str = "张伟二", by: str = "专干") -> None:
    merge(world.session, world.view(by), world.people[keep], world.people[gone], now=world.now)
    world.session.commit()


def test_the_same_name_and_unit_or_the_same_phone_are_pointed_out(session: Session) -> None:
    world = world_of(session)
    assert [(each.a, each.b, each.why) for each in list_twins(session, world.view("专干"))] == [
        ("张伟", "张伟", "name")
    ]
    person(world, "张伟二").unit = "林业局"
    session.flush()
    assert [each.why for each in list_twins(session, world.view("专干"))] == ["name"]  # helps in the same village
    person(world, "张伟二").name = "章伟"
    session.flush()
    assert list_twins(session, world.view("专干")) == []
    person(world, "张伟").phone_hash = person(world, "张伟二").phone_hash = "same"
    session.flush()
    assert [each.why for each in list_twins(session, world.view("专干"))] == ["phone"]


def test_the_joined_one_is_kept_unless_the_officer_says_otherwise(session: Session) -> None:
    world = world_of(session)
    pair = world.people["张伟"], world.people["张伟二"]
    assert better_first(session, *pair) == better_first(session, *reversed(pair)) == pair
    keep, gone = compare(session, world.view("专干"), *pair, local_day(world.now))
    assert (keep.households, gone.households, gone.joined_on) == (("李宁",), ("陈桂花",), None)


def test_what_goes_on_moves_and_history_stays(session: Session) -> None:
    world = world_of(session)
    gone = world.people["张伟二"]
    past = world.add(
        Assignment(
            household_id=world.households["李宁"], person_id=gone, position="second", ends_on=date(2026, 3, 1),
            starts_on=date(2026, 1, 1), created_at=world.now,
        )
    )  # fmt: skip
    visit, _ = world.visit("张伟二", "11-05", "陈桂花")
    world.add(Nickname(household_id=world.households["陈桂花"], person_id=gone, name="桂花婶", created_at=world.now))
    request = make_request(session, "other", person_id=gone, words="门牌不对", now=world.now)
    join(world)
    kept = world.people["张伟"]
    held = session.scalars(select(Assignment).where(Assignment.person_id == kept, Assignment.ends_on.is_(None)))
    assert {row.household_id for row in held} == set(world.households.values())
    assert (world.duty("陈桂花").person_id, world.duty("陈桂花").needed) == (kept, 2)
    assert session.get_one(Assignment, past.id).person_id == gone
    assert session.get_one(Visit, visit.id).person_id == gone
    assert session.scalars(select(Nickname.person_id)).all() == [kept]
    assert session.get_one(Request, request).person_id == kept
    assert (person(world, "张伟二").merged_into, person(world, "张伟二").ended_on) == (kept, date(2026, 11, 10))
    assert "person.merge" in session.scalars(select(AuditRow.action)).all()


def test_the_same_post_and_the_same_household_are_one(session: Session) -> None:
    world = world_of(session)
    world.add(
        Assignment(
            household_id=world.households["李宁"], person_id=world.people["张伟二"], position="cover", starts_on=date(2026, 11, 9), ends_on=date(2026, 11, 20),
            created_at=world.now,
        )
    )  # fmt: skip
    join(world)
    grants = session.scalars(
        select(Grant.role).where(Grant.person_id == world.people["张伟"], Grant.ends_on.is_(None))
    ).all()
    assert grants == ["helper"]
    assert len(world.view("张伟").grants) == 1


def test_the_account_of_the_joined_one_is_kept_whichever_row_goes_on(session: Session) -> None:
    world = world_of(session)
    account = person(world, "张伟").telegram_id
    join(world, keep="张伟二", gone="张伟")
    assert (person(world, "张伟二").telegram_id, person(world, "张伟").telegram_id) == (account, None)
    found = access.find_by_sender(session, account or 0, local_day(world.now))
    assert found is not None
    assert found.id == world.people["张伟二"]


def test_waiting_notices_and_absences_follow(session: Session) -> None:
    world = world_of(session)
    gone = world.people["张伟二"]
    world.add(
        Absence(
            person_id=gone, starts_on=date(2026, 11, 12), ends_on=date(2026, 11, 14), cover_state="none",
            created_at=world.now,
        )
    )  # fmt: skip
    world.add(
        Notice(
            recipient_id=gone, kind="handed_to", step="x", due_at=world.now + timedelta(hours=1),
            facts={"households": [], "other_id": None}, made_at=world.now,
        )
    )  # fmt: skip
    join(world)
    assert session.scalars(select(Absence.person_id)).all() == [world.people["张伟"]]
    assert session.scalars(select(Notice.recipient_id).where(Notice.kind == "handed_to")).all() == [
        world.people["张伟"]
    ]


def test_what_is_refused(session: Session) -> None:
    world = world_of(session)
    with pytest.raises(Refused, match="same"):
        join(world, "张伟", "张伟")
    world.area("外乡", "township", "县")
    world.person("外乡专干", "officer", "外乡")
    for by in ("外乡专干", "张伟", "副镇长"):
        with pytest.raises(Refused, match="not_yours"):
            join(world, by=by)
    join(world)
    with pytest.raises(Refused, match="not_yours"):
        join(world)
