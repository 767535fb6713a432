"""换户主, 分户, 并户, 搬迁 by an officer's word: what is checked, what is written, what stays."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import PersonView, view
from models.areas import ensure_area, ensure_township, find_township
from models.audit import AuditRow
from models.duties import Duty
from models.errors import Refused
from models.households import Assignment, Household, Member, Nickname
from models.households.changes import Plan, carry_out, list_joined
from models.households.queries import get_card
from models.people import Person
from models.secrets import keyed_hash
from models.visits import Visit
from tests.models.imports.families import plan, rules_begin
from tests.stories.township import add_household, add_person

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 10)


@pytest.fixture
def officer(session: Session) -> PersonView:
    """The officer of a township with two helpers and two households."""
    ensure_township(session, "示例县", "示例乡")
    me = add_person(session, "朱发玉", "officer", "", "19600000001", {}, now=NOW)
    for number, name in enumerate(("吴祥", "吴云"), 2):
        add_person(session, name, "helper", "", f"1960000000{number}", {}, now=NOW)
    add_household(session, "李宁", "吴祥", "吴云", "青山村", {"number": "1"}, now=NOW)
    add_household(session, "王平", "吴云", "", "青山村", {"number": "2", "group": "2组"}, now=NOW)
    session.flush()
    return view(session, me, TODAY)


def home(session: Session, name: str) -> Household:
    return session.scalars(select(Household).where(Household.head_name == name)).one()


def member(session: Session, household: Household, name: str, secret: str = "", relation: str = "") -> int:
    row = Member(
        household_id=household.id, name=name, relation=relation or None, id_number=secret or None,
        id_hash=keyed_hash(secret) if secret else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def helpers(session: Session, household: Household) -> list[tuple[str, str]]:
    rows = session.execute(
        select(Person.name, Assignment.position)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.household_id == household.id, Assignment.ends_on.is_(None))
        .order_by(Assignment.position)
    )
    return [(row.name, row.position) for row in rows]


def logged(session: Session, action: str) -> list[tuple[str | None, int | None]]:
    rows = session.execute(select(AuditRow.subject, AuditRow.person_id).where(AuditRow.action == action))
    return [(row.subject, row.person_id) for row in rows]


def test_a_new_head_keeps_number_helpers_and_history(session: Session, officer: PersonView) -> None:
    li = home(session, "李宁")
    li.head_id, li.head_id_hash = "x", keyed_hash("x")
    member(session, li, "李宁", "x", "户主")
    son = member(session, li, "李强", "y", "长子")
    carry_out(session, officer, Plan("head", li.id, "李强", (son,)), now=NOW)
    assert (li.head_name, li.number, li.head_id_hash, li.initials) == ("李强", "1", keyed_hash("y"), "lq")
    assert helpers(session, li) == [("吴祥", "first"), ("吴云", "second")]
    assert dict(session.execute(select(Member.name, Member.relation)).all()) == {"李宁": None, "李强": "户主"}
    assert logged(session, "household.head") == [(f"household:{li.id}", officer.id)]


def test_a_head_by_name_alone_does_not_get_the_old_heads_id(session: Session, officer: PersonView) -> None:
    li = home(session, "李宁")
    li.head_id, li.head_id_hash = "x", keyed_hash("x")
    carry_out(session, officer, Plan("head", li.id, "李强"), now=NOW)
    assert (li.head_name, li.head_id, li.head_id_hash) == ("李强", None, None)


def test_a_part_that_leaves_has_the_same_helpers_from_today(session: Session, officer: PersonView) -> None:
    li = home(session, "李宁")
    son, wife = member(session, li, "李强", "y"), member(session, li, "赵兰")
    member(session, li, "王梅")
    carry_out(session, officer, Plan("split", li.id, "李强", (son, wife)), now=NOW)
    new = home(session, "李强")
    assert (new.village_id, new.area_id, new.registered_on, new.people_count) == (li.village_id, li.area_id, TODAY, 2)
    assert (new.head_id, new.head_id_hash, li.people_count) == ("y", keyed_hash("y"), 1)
    assert helpers(session, new) == [("吴祥", "first"), ("吴云", "second")]
    assert set(session.scalars(select(Assignment.starts_on).where(Assignment.household_id == new.id))) == {TODAY}
    living = select(Member.name).where(Member.ended_on.is_(None)).order_by(Member.id)
    assert list(session.scalars(living.where(Member.household_id == li.id))) == ["王梅"]
    assert list(session.scalars(living.where(Member.household_id == new.id))) == ["李强", "赵兰"]


def test_two_that_are_one_now(session: Session, officer: PersonView) -> None:
    li, wang = home(session, "李宁"), home(session, "王平")
    li.last_met_on, wang.last_met_on = date(2026, 11, 2), date(2026, 11, 8)
    helper = session.scalars(select(Person.id).where(Person.name == "吴云")).one()
    session.add(Nickname(household_id=wang.id, person_id=helper, name="歪叔", created_at=NOW))
    session.add(
        Visit(household_id=wang.id, person_id=helper, state="confirmed", visited_on=date(2026, 11, 8), logged_at=NOW)
    )
    session.flush()
    carry_out(session, officer, Plan("merge", wang.id, into_id=li.id), now=NOW)
    assert (wang.status, wang.merged_into, li.last_met_on) == ("ended", li.id, date(2026, 11, 8))
    assert (helpers(session, wang), helpers(session, li)) == ([], [("吴祥", "first"), ("吴云", "second")])
    assert session.scalars(select(Nickname.household_id)).one() == li.id
    assert [place.name for place in list_joined(session, li.id)] == ["王平"]
    assert len(logged(session, "assignment.end")) == 1
    # Its own helper, and who reads the one it is part of, still reads its visits.
    reader = session.scalars(select(Person.id).where(Person.name == "吴祥")).one()
    card = get_card(session, view(session, reader, TODAY), wang.id, day=TODAY)
    assert card.visits_total == 1
    with pytest.raises(Refused, match=r"change\.over"):
        carry_out(session, officer, Plan("merge", wang.id, into_id=li.id), now=NOW)


def test_another_village_takes_the_open_duties_along(session: Session, officer: PersonView) -> None:
    li = home(session, "李宁")
    rules_begin(session)
    plan(session)
    there = ensure_area(session, find_township(session), "village", "同心村")
    group = ensure_area(session, there, "group", "2组")
    carry_out(session, officer, Plan("move", li.id, village_id=there, area_id=group), now=NOW)
    assert (li.village_id, li.area_id) == (there, group)
    duties = dict(session.execute(select(Duty.household_id, Duty.village_id)).all())
    assert (duties[li.id], duties[home(session, "王平").id]) == (there, home(session, "王平").village_id)
    with pytest.raises(Refused, match=r"change\.same_place"):
        carry_out(session, officer, Plan("move", li.id, village_id=there, area_id=group), now=NOW)


def test_what_cannot_be_is_refused(session: Session, officer: PersonView) -> None:
    li, wang = home(session, "李宁"), home(session, "王平")
    stranger = member(session, wang, "王小")
    elsewhere = ensure_area(session, ensure_area(session, None, "township", "邻乡"), "village", "远山村")
    helper = view(session, session.scalars(select(Person.id).where(Person.name == "吴祥")).one(), TODAY)
    for wanted, code in (
        (Plan("head", li.id, "李宁"), "change.same_head"),
        (Plan("split", li.id, "王小", (stranger,)), "change.not_a_member"),
        (Plan("merge", li.id, into_id=li.id), "change.same_household"),
        (Plan("merge", li.id, into_id=999), "household.not_yours"),
        (Plan("move", li.id, village_id=elsewhere, area_id=elsewhere), "area.not_yours"),
        (Plan("move", li.id, village_id=wang.village_id, area_id=wang.village_id + 999), "area.not_yours"),
    ):
        with pytest.raises(Refused) as refused:
            carry_out(session, officer, wanted, now=NOW)
        assert refused.value.code == code, wanted
    with pytest.raises(Refused, match=r"household\.not_yours"):
        carry_out(session, helper, Plan("head", li.id, "李强"), now=NOW)
