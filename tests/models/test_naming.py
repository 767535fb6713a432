"""The mark that is another one after every change of what names something."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session

from models.areas import Area, ensure_township
from models.households import Assignment, Household, Member, Nickname
from models.naming import ensure_mark, find_mark
from models.people import Grant, Person
from models.words import Word
from tests.stories.township import add_household, add_person

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
DAY = date(2026, 11, 10)


@pytest.fixture
def town(engine: Engine) -> Engine:
    with Session(engine) as session, session.begin():
        ensure_township(session, "示例县", "示例乡")
        ensure_mark(session)
        add_person(session, "张伟", "helper", "", "19600000001", {}, now=NOW)
        add_household(session, "李宁", "张伟", "", "青山村", {}, now=NOW)
    return engine


def mark(engine: Engine) -> str:
    with Session(engine) as session:
        return find_mark(session)


def one(session: Session, table: type) -> int:
    return session.scalars(select(table.id)).first()  # type: ignore[attr-defined, no-any-return]


def household(session: Session) -> Household:
    return session.scalars(select(Household)).one()


CHANGES: dict[str, Callable[[Session], object]] = {
    "a new household": lambda s: add_household(s, "王芳", "", "", "青山村", {}, now=NOW),
    "a new head": lambda s: setattr(household(s), "head_name", "李小宁"),
    "a household that ended": lambda s: setattr(household(s), "status", "ended"),
    "a new member": lambda s: s.add(Member(household_id=one(s, Household), name="王秀英")),
    "a nickname": lambda s: s.add(
        Nickname(person_id=one(s, Person), household_id=one(s, Household), name="歪叔", created_at=NOW)
    ),
    "an assignment that ended": lambda s: setattr(s.scalars(select(Assignment)).one(), "ends_on", DAY),
    "a helper's name": lambda s: setattr(s.scalars(select(Person)).one(), "name", "张大伟"),
    "a village's name": lambda s: setattr(
        s.scalars(select(Area).where(Area.level == "village")).one(), "name", "绿水村"
    ),
    "a word of the officer's": lambda s: s.add(
        Word(area_id=one(s, Area), word="没落屋", meaning="not_home", added_at=NOW)
    ),
    "households written by a statement": lambda s: s.execute(update(Household).values(head_name="李小宁")),
    "members written by a statement": lambda s: s.execute(
        insert(Member), [{"household_id": one(s, Household), "name": "王秀英"}]
    ),
    "an assignment taken out": lambda s: s.delete(s.scalars(select(Assignment)).one()),
}
OTHERS: dict[str, Callable[[Session], object]] = {
    "a visit's day at the household": lambda s: setattr(household(s), "last_met_on", DAY),
    "somebody's language": lambda s: setattr(s.scalars(select(Person)).one(), "locale", "en"),
    "a grant": lambda s: s.add(Grant(person_id=one(s, Person), role="team_head", starts_on=DAY)),
    "the same name again": lambda s: setattr(household(s), "head_name", "李宁"),
    "nothing": lambda s: s.scalars(select(Household)).all(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_names_something_changes_the_mark(town: Engine, what: str) -> None:
    before = mark(town)
    with Session(town) as session, session.begin():
        CHANGES[what](session)
    assert mark(town) not in (before, "")


@pytest.mark.parametrize("what", OTHERS)
def test_anything_else_leaves_the_mark(town: Engine, what: str) -> None:
    before = mark(town)
    with Session(town) as session, session.begin():
        OTHERS[what](session)
    assert mark(town) == before


def test_a_change_in_a_savepoint_counts_and_one_that_is_undone_does_no_harm(town: Engine) -> None:
    before = mark(town)
    with Session(town) as session, session.begin(), session.begin_nested():
        household(session).head_name = "李小宁"
    changed = mark(town)
    assert changed != before
    with Session(town) as session:
        household(session).head_name = "李大宁"
        session.flush()
        session.rollback()
    assert mark(town) == changed


def test_an_installation_without_a_mark_has_none(session: Session) -> None:
    assert find_mark(session) == ""
