"""The people sheet: grants by role and area."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.areas import Area
from models.errors import Refused
from models.imports import deciding
from models.imports.queries import list_faults
from models.people import Grant, Person
from tests.models.imports.sheets import NOW, bring_in, counts, officer, people_sheet, stage, write


def test_people_get_their_grants_by_role_and_area(session: Session, township_id: int) -> None:
    bring_in(
        session,
        township_id,
        people_sheet(
            ("甲一", "19700000001", "第一书记", "青山村"),
            ("乙二", "19700000002", "村支书", "青山村"),
            ("丙三", "19700000003", "信息员", "青山村"),
            ("丁四", "19700000004", "党委书记", "示例乡"),
            ("戊五", "19700000005", "单位联络人", "县残联"),
            ("己六", "19700000006", "县级督查", ""),
            ("庚七", "19700000007", "县级", ""),
        ),
    )
    rows = session.execute(
        select(Person.name, Grant.role, Grant.post, Area.name, Grant.unit, Grant.on_ladder)
        .join(Grant, Grant.person_id == Person.id)
        .join(Area, Area.id == Grant.area_id)
        .order_by(Person.id)
    )
    assert [tuple(row) for row in rows] == [
        ("甲一", "team_head", "第一书记", "青山村", None, True),
        ("乙二", "team_head", "村支书", "青山村", None, False),
        ("丙三", "clerk", "信息员", "青山村", None, True),
        ("丁四", "leader", "党委书记", "示例乡", None, True),
        ("戊五", "unit_contact", "单位联络人", "示例乡", "县残联", True),
        ("己六", "inspector", "县级督查", "示例乡", None, True),
        ("庚七", "county", "县级", "示例县", None, True),
    ]


def test_a_second_row_gives_a_second_grant_and_takes_none_away(session: Session, township_id: int) -> None:
    bring_in(session, township_id, people_sheet(("甲一", "19700000001", "信息员", "青山村")))
    seen = bring_in(session, township_id, people_sheet(("甲一", "19700000001", "信息员", "同心村")))
    assert seen.applied == 1
    roles = session.execute(select(Grant.role, Grant.ends_on)).all()
    assert [tuple(role) for role in roles] == [("clerk", None), ("clerk", None)]


def test_the_same_phone_under_another_name_is_asked_about(session: Session, township_id: int) -> None:
    bring_in(session, township_id, people_sheet(("甲一", "19700000001", "信息员", "青山村")))
    seen = stage(session, township_id, people_sheet(("甲乙", "19700000001", "信息员", "青山村")))
    assert counts(seen) == (0, 0, 0, 1, 0)
    person = session.scalars(select(Person)).one()
    with pytest.raises(Refused, match=r"import\.not_a_candidate"):
        deciding.decide(session, None, seen.id, 2, "new", now=NOW)
    deciding.decide(session, None, seen.id, 2, person.id, now=NOW)
    write(session, seen)
    assert (person.name, person.initials) == ("甲乙", "jy")


def test_an_officer_cannot_grant_outside_the_own_township(session: Session, township_id: int) -> None:
    me = officer(session, township_id)
    rows = people_sheet(("甲一", "19700000001", "县级", ""), ("乙二", "19700000002", "分管副职", "邻乡"))
    seen = stage(session, township_id, rows, me)
    assert [fault.code for fault in list_faults(session, seen.id)] == ["area_not_yours", "area_unknown"]
