"""What is written to the database, and only once."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.simulator.township import township
from bot.simulator.township_sheets import write_households, write_messy, write_people
from models.areas import Area
from models.audit import AuditRow
from models.households import Assignment, Household
from models.imports.queries import list_overloaded, list_rows
from models.people import Grant, Person
from models.secrets import keyed_hash
from models.times import local_day
from tests.models.imports.sheets import (
    LI,
    NOW,
    TODAY,
    WANG,
    bring_in,
    counts,
    get,
    helper_of,
    sample,
    sheet,
    stage,
    write,
)


def test_an_empty_start_takes_the_sheet_as_offices_send_it(session: Session, township_id: int, tmp_path: Any) -> None:
    town = township()
    seen = stage(session, township_id, sample(write_messy, town, tmp_path))
    assert counts(seen) == (269, 0, 0, 0, 4)
    assert seen.totals == (277,)
    after = write(session, seen)
    assert (after.state, after.applied, after.fault) == ("done", 269, 4)
    assert session.scalar(select(func.count(Household.id))) == 269
    assert session.scalar(select(func.sum(Household.people_count))) == 972
    levels = select(Area.level, func.count()).group_by(Area.level)
    assert sorted(map(tuple, session.execute(levels))) == [
        ("county", 1),
        ("group", 33),
        ("township", 1),
        ("village", 4),
    ]
    assert session.scalar(select(func.count(Person.id))) == 136


def test_on_the_loaded_township_the_messy_sheet_is_recognised(
    session: Session, township_id: int, tmp_path: Any
) -> None:
    town = township()
    assert counts(bring_in(session, township_id, sample(write_people, town, tmp_path)))[4] == 0
    first = bring_in(session, township_id, sample(write_households, town, tmp_path))
    assert first.applied == 269
    seen = stage(session, township_id, sample(write_messy, town, tmp_path))
    assert (seen.new, seen.recognised, seen.ask, seen.fault, seen.missing) == (0, 269, 0, 4, 0)
    assert 0 < seen.changed < 269
    assert {name for row in list_rows(session, seen.id, "changed", limit=300) for name in row.changes} == {
        "causes",
        "note",
    }
    assert counts(stage(session, township_id, sample(write_people, town, tmp_path)))[2] == 162
    assert list_overloaded(session, township_id) == []


def test_the_same_sheet_twice_changes_nothing_the_second_time(session: Session, township_id: int) -> None:
    roster = sheet([LI, WANG])
    assert counts(bring_in(session, township_id, roster)) == (0, 0, 0, 0, 0)
    audited = session.scalar(select(func.count(AuditRow.id)))
    seen = stage(session, township_id, roster)
    assert counts(seen) == (0, 0, 2, 0, 0)
    assert write(session, seen).applied == 0
    assert session.scalar(select(func.count(AuditRow.id)).where(AuditRow.action == "assignment.end")) == 0
    assert audited is not None


def test_a_household_keeps_all_that_the_sheet_says(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI | {"备注": "独居"}]))
    home = get(session, "1")
    assert (home.head_name, home.pinyin, home.initials) == ("李宁", "lining", "ln")
    assert (home.kind, home.cause, home.people_count, home.note) == ("low_income", "illness", 3, "独居")
    assert (home.phone, home.head_id) == ("+8619800000001", "999665197501243511")
    assert home.head_id_hash == keyed_hash("999665197501243511")
    assert session.get_one(Area, home.area_id).name == "4组"
    assert session.get_one(Area, home.area_id).path.startswith(session.get_one(Area, home.village_id).path)
    link = session.scalars(select(Assignment)).one()
    assert (link.starts_on, link.position) == (date(2025, 1, 1), "first")
    helper = session.get_one(Person, link.person_id)
    assert (helper.name, helper.unit, helper.phone, helper.pinyin) == ("吴祥", "县残联", "+8619900000105", "wuxiang")
    grant = session.scalars(select(Grant).where(Grant.person_id == helper.id)).one()
    assert (grant.role, grant.area_id, grant.starts_on) == ("helper", township_id, TODAY)


def test_an_assignment_without_a_day_counts_as_old(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([WANG]))
    assert session.scalars(select(Assignment.starts_on)).all() == [None]


def test_a_new_helper_ends_the_old_assignment_and_history_stays(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    later = NOW + timedelta(days=20)
    seen = stage(session, township_id, sheet([LI | {"帮扶责任人": "吴云", "责任人电话": "19900000101"}]))
    assert list_rows(session, seen.id, "changed")[0].changes == {"helper": ["吴祥", "吴云"]}
    write(session, seen, now=later)
    links = session.execute(
        select(Person.name, Assignment.starts_on, Assignment.ends_on, Assignment.reason)
        .join(Person, Person.id == Assignment.person_id)
        .order_by(Assignment.id)
    ).all()
    day = local_day(later)
    assert [tuple(link) for link in links] == [
        ("吴祥", date(2025, 1, 1), day, "import"),
        ("吴云", day, None, "import"),
    ]
    assert session.scalar(select(func.count(AuditRow.id)).where(AuditRow.action == "assignment.end")) == 1


def test_a_second_helper_comes_from_the_sheet_too(session: Session, township_id: int) -> None:
    rows = [LI | {"第二帮扶人": "吴云", "第二帮扶人电话": "19900000101"}, WANG]
    bring_in(session, township_id, sheet(rows))
    assert (helper_of(session, "1"), helper_of(session, "1", "second"), helper_of(session, "2")) == (
        "吴祥",
        "吴云",
        "吴云",
    )
    assert session.scalar(select(func.count(Person.id))) == 2


def test_a_helper_with_six_households_is_named(session: Session, township_id: int) -> None:
    rows = [LI | {"户编号": str(at), "身份证号": "", "户主姓名": f"李{chr(0x4E00 + at)}"} for at in range(6)]
    bring_in(session, township_id, sheet(rows))
    assert list_overloaded(session, township_id) == [("吴祥", 6)]
