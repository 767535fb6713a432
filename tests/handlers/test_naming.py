"""What is kept between messages: the same scope while nothing changed, a new one after any change, never too many."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from handlers.naming import Kept, read_scope
from handlers.reports import Known
from models import access, words
from models.access import PersonView
from models.areas import ensure_township
from models.households import Nickname
from models.naming import ensure_mark
from tests.stories.township import add_household, add_person

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
DAY = date(2026, 11, 10)


class Office:
    """Two people who answer for households; `read` is one process, other writers are others."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.kept = Kept()
        with Session(engine) as session, session.begin():
            ensure_township(session, "示例县", "示例乡")
            ensure_mark(session)
            self.officer = add_person(session, "刘专干", "officer", "", "19600000003", {}, now=NOW)
            self.helper = add_person(session, "张伟", "helper", "", "19600000001", {}, now=NOW)
            self.head = add_person(session, "王强", "team_head", "青山村", "19600000002", {}, now=NOW)
            self.household = add_household(session, "李宁", "张伟", "", "青山村", {}, now=NOW)

    def read(self, person_id: int = 0, *, day: date = DAY, **changed: object) -> Known:
        with Session(self.engine) as session:
            me: PersonView = replace(access.view(session, person_id or self.helper, day), **changed)  # type: ignore[arg-type]
            return read_scope(session, me, day, self.kept)

    def household_of(self, head: str, helper: str) -> None:
        with Session(self.engine) as session, session.begin():
            add_household(session, head, helper, "", "青山村", {}, now=NOW)


@pytest.fixture
def office(engine: Engine) -> Office:
    return Office(engine)


def test_nothing_is_built_again_while_nothing_changed(office: Office) -> None:
    assert office.read() is office.read()


def test_a_kept_scope_costs_one_query(office: Office) -> None:
    office.read()
    asked: list[str] = []
    with Session(office.engine) as session:
        me = access.view(session, office.helper, DAY)
        event.listen(office.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        read_scope(session, me, DAY, office.kept)
    assert len(asked) == 1


def test_a_household_that_came_is_known_in_the_next_message(office: Office) -> None:
    before = office.read(office.head)
    office.household_of("王芳", "张伟")
    assert set(office.read(office.head).names) - set(before.names) >= {"王芳"}


def test_a_word_of_the_officer_s_is_known_in_the_next_message(office: Office) -> None:
    assert "没落屋" not in office.read().words.kinds
    with Session(office.engine) as session, session.begin():
        words.add_word(session, office.officer, "没落屋", "not_home", now=NOW)
    assert office.read().words.kinds["没落屋"] == ("not_home",)


def test_a_nickname_is_its_owner_s_alone(office: Office) -> None:
    with Session(office.engine) as session, session.begin():
        session.add(Nickname(person_id=office.helper, household_id=office.household, name="歪叔", created_at=NOW))
    assert "歪叔" in office.read().names
    assert "歪叔" not in office.read(office.head).names


def test_another_day_or_other_grants_are_read_anew(office: Office) -> None:
    kept = office.read()
    assert office.read(day=date(2026, 11, 11)) is not kept
    assert len(office.read(grants=()).by_id) == 0


def test_what_was_not_used_for_long_is_let_go(office: Office) -> None:
    office.kept.most = 3
    first = office.read()
    office.read(office.head)
    assert office.kept.households <= 3
    assert office.read() is not first


def test_without_a_mark_nothing_is_kept(office: Office) -> None:
    with Session(office.engine) as session, session.begin():
        session.connection().exec_driver_sql("DELETE FROM installation WHERE name = 'naming'")
    assert office.read() is not office.read()
