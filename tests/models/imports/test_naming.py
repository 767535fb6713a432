"""Names of villages, of the township, of helpers: known by rule where only the writing differs, asked where they are
merely similar, a fault where nobody can tell."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.areas import Area, ensure_area, ensure_township
from models.errors import Refused
from models.households import Household
from models.imports import actions, deciding
from models.imports.dry_run import dry_run
from models.imports.missing import list_missing
from models.imports.places import find_place
from models.imports.queries import list_faults, list_rows, preview
from models.people import Grant, Person
from tests.models.imports.sheets import (
    LI,
    NOW,
    TODAY,
    WANG,
    bring_in,
    counts,
    get,
    helper_of,
    officer,
    people_sheet,
    sheet,
    stage,
    write,
)  # fmt: skip


def villages(session: Session) -> list[str]:
    return list(session.scalars(select(Area.name).where(Area.level == "village").order_by(Area.id)))


@pytest.mark.parametrize("name", ["青山", "青山村委会", "青山行政村", "示例乡青山村", "青山村村民委员会", "青 山 村"])
def test_a_village_is_the_same_with_and_without_what_stands_around_its_name(
    session: Session, township_id: int, name: str
) -> None:
    bring_in(session, township_id, sheet([LI]))
    seen = stage(session, township_id, sheet([LI | {"村": name}, WANG | {"村": name}]))
    assert (counts(seen), seen.new_villages) == ((1, 0, 1, 0, 0), ())
    write(session, seen)
    assert villages(session) == ["青山村"]


def test_a_village_and_a_community_of_the_same_name_are_two(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI, WANG | {"村": "青山社区"}]))
    assert villages(session) == ["青山村"]
    ensure_area(session, township_id, "village", "同心村")
    ensure_area(session, township_id, "village", "同心社区")
    seen = stage(session, township_id, sheet([LI | {"户编号": "7", "身份证号": "", "村": "同心"}]))
    place = find_place(session, seen.id)
    assert place is not None
    assert [name for _, name in place.candidates] == ["同心村", "同心社区"]


@pytest.mark.parametrize("name", ["清山村", "大青山村"])
def test_a_similar_village_is_asked_about_once_for_all_its_rows(session: Session, township_id: int, name: str) -> None:
    bring_in(session, township_id, sheet([LI, WANG]))
    new = LI | {"户编号": "3", "身份证号": "", "户主姓名": "赵一", "村": name}
    roster = sheet([LI | {"村": name, "家庭人口": 4}, new, WANG])
    seen = stage(session, township_id, roster)
    assert counts(seen) == (0, 0, 1, 2, 0)
    found = dry_run(session, township_id, roster.mapping, roster.lines(TODAY))
    assert (found.counts["ask"], dict(found.places)) == (2, {name: 2})
    place = find_place(session, seen.id)
    assert place is not None
    assert (place.name, place.row, place.rows, [known for _, known in place.candidates]) == (name, 2, 2, ["青山村"])
    with pytest.raises(Refused, match=r"import\.not_a_candidate"):
        deciding.decide(session, None, seen.id, place.row, township_id, now=NOW)
    assert deciding.decide(session, None, seen.id, place.row, place.candidates[0][0], now=NOW) == 0
    after = preview(session, seen.id)
    assert (counts(after), after.missing) == ((1, 1, 1, 0, 0), 0)
    write(session, after)
    assert (villages(session), get(session, "3").village_id) == (["青山村"], get(session, "1").village_id)


def test_a_similar_village_may_be_a_new_one_or_wait(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    other = WANG | {"村": "清山村"}
    seen = stage(session, township_id, sheet([LI, other]))
    deciding.decide(session, None, seen.id, 3, "skip", now=NOW)
    assert preview(session, seen.id).skipped == 1
    seen = stage(session, township_id, sheet([LI, other]))
    deciding.decide(session, None, seen.id, 3, "new", now=NOW)
    assert preview(session, seen.id).new_villages == ("清山村",)
    write(session, preview(session, seen.id))
    assert villages(session) == ["青山村", "清山村"]


def test_quite_another_village_is_new_and_said_by_name(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    seen = stage(session, township_id, sheet([WANG | {"村": "红岩村"}]))
    assert (counts(seen), seen.new_villages) == ((1, 0, 0, 0, 0), ("红岩村",))


def test_who_is_missing_is_told_also_where_the_village_is_written_otherwise(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI, WANG]))
    seen = stage(session, township_id, sheet([LI | {"村": "青山"}]))
    assert [view.name for view in list_missing(session, seen.id)] == ["王平"]


@pytest.mark.parametrize(
    "name", ["示例乡", "示例乡人民政府", "示例县示例乡", "示例", "示例乡政府", "示例县示例乡人民政府", "示例乡党委"]
)
def test_the_township_is_known_in_every_writing(session: Session, township_id: int, name: str) -> None:
    seen = bring_in(session, township_id, people_sheet(("丁四", "19700000004", "党委书记", name)))
    assert seen.applied == 1
    assert session.scalars(select(Grant.area_id)).one() == township_id


def test_a_district_office_is_its_district(session: Session) -> None:
    township_id = ensure_township(session, "示例县", "城关街道")
    seen = bring_in(session, township_id, people_sheet(("丁四", "19700000004", "党委书记", "城关街道办事处")))
    assert seen.applied == 1


@pytest.mark.parametrize("name", ["示例镇", "事例乡"])
def test_a_township_with_a_slightly_other_name_is_asked_about_and_not_refused(
    session: Session, township_id: int, name: str
) -> None:
    rows = (("丁四", "19700000004", "党委书记", name), ("戊五", "19700000005", "扶贫专干", name))
    seen = stage(session, township_id, people_sheet(*rows))
    assert counts(seen) == (0, 0, 0, 2, 0)
    place = find_place(session, seen.id)
    assert place is not None
    assert (place.candidates, place.new) == (((township_id, "示例乡"),), False)
    with pytest.raises(Refused, match=r"import\.not_a_candidate"):
        deciding.decide(session, None, seen.id, place.row, "new", now=NOW)
    deciding.decide(session, None, seen.id, place.row, township_id, now=NOW)
    write(session, preview(session, seen.id))
    assert set(session.scalars(select(Grant.area_id))) == {township_id}


def test_quite_another_township_stays_a_fault(session: Session, township_id: int) -> None:
    seen = stage(session, township_id, people_sheet(("丁四", "19700000004", "党委书记", "石门镇")))
    assert [fault.code for fault in list_faults(session, seen.id)] == ["area_unknown"]


def test_after_an_answer_a_right_that_does_not_reach_there_is_still_a_fault(session: Session, township_id: int) -> None:
    me = officer(session, township_id)
    rows = (("甲一", "19700000001", "第一书记", "清山村"),)
    green = ensure_area(session, township_id, "village", "青山村")
    narrow = replace(me, grants=tuple(replace(grant, path=f"{grant.path}999/") for grant in me.grants))
    seen = stage(session, township_id, people_sheet(*rows), me)
    session.flush()
    found = actions.get_import(session, seen.id)
    found.counts = {**found.counts, "paths": [grant.path for grant in narrow.grants]}
    deciding.decide(session, me, seen.id, 2, green, now=NOW)
    assert [fault.code for fault in list_faults(session, seen.id)] == ["area_not_yours"]


NO_PHONE: dict[str, Any] = {"责任人电话": "", "帮扶单位": ""}


def test_a_helper_without_a_phone_is_known_by_a_name_that_one_person_has(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    seen = stage(session, township_id, sheet([WANG | {"帮扶责任人": "吴祥"} | NO_PHONE]))
    assert (counts(seen), seen.left_out) == ((1, 0, 0, 0, 0), 0)
    write(session, seen)
    assert helper_of(session, "2") == "吴祥"
    assert session.scalar(select(func.count(Person.id))) == 1
    assert counts(stage(session, township_id, sheet([LI | NO_PHONE]))) == (0, 0, 1, 0, 0)


def test_a_name_that_two_people_have_is_a_fault_unless_the_unit_tells_them_apart(
    session: Session, township_id: int
) -> None:
    twin = WANG | {"帮扶责任人": "吴祥", "责任人电话": "19900000101", "帮扶单位": "县医院"}
    bring_in(session, township_id, sheet([LI, twin]))
    row = LI | {"户编号": "3", "身份证号": "", "户主姓名": "赵一"} | NO_PHONE
    seen = stage(session, township_id, sheet([row]))
    (fault,) = list_faults(session, seen.id, blocking=False)
    assert (fault.row, fault.header, fault.code, fault.blocks) == (2, "helper", "helper_two", False)
    seen = stage(session, township_id, sheet([row | {"帮扶单位": "县医院"}]))
    assert list_faults(session, seen.id, blocking=False) == []
    write(session, seen)
    assert (
        session.scalar(select(Person.unit).where(Person.name == helper_of(session, "3"), Person.unit == "县医院"))
        == "县医院"
    )


def test_a_helper_who_is_not_among_the_people_is_a_fault_without_a_phone_and_said_with_one(
    session: Session, township_id: int
) -> None:
    seen = stage(session, township_id, sheet([LI | NO_PHONE, WANG]))
    (fault,) = list_faults(session, seen.id, blocking=False)
    assert (fault.row, fault.code) == (2, "helper_unknown")
    assert (counts(seen), seen.new_helpers) == ((2, 0, 0, 0, 0), 1)
    write(session, seen)
    assert (helper_of(session, "1"), helper_of(session, "2")) == (None, "吴云")


def test_a_person_of_another_township_is_not_meant_by_a_name(session: Session, township_id: int) -> None:
    county = session.get_one(Area, township_id).parent_id
    other = ensure_area(session, county, "township", "邻乡")
    person = Person(name="吴祥", created_at=NOW)
    session.add(person)
    session.flush()
    session.add(Grant(person_id=person.id, role="helper", area_id=other, starts_on=TODAY))
    seen = stage(session, township_id, sheet([LI | NO_PHONE]))
    assert [fault.code for fault in list_faults(session, seen.id, blocking=False)] == ["helper_unknown"]


def test_a_household_without_a_village_is_a_fault_even_where_its_number_is_known(
    session: Session, township_id: int
) -> None:
    bring_in(session, township_id, sheet([LI]))
    seen = stage(session, township_id, sheet([LI | {"村": ""}]))
    assert [fault.code for fault in list_faults(session, seen.id)] == ["village_missing"]
    assert list_rows(session, seen.id, "changed") == []
    assert session.scalar(select(func.count(Household.id))) == 1


def test_similar_villages_of_a_first_sheet_are_all_written_row_by_row(session: Session, township_id: int) -> None:
    other = WANG | {"村": "大青山村"}
    third = LI | {"户编号": "3", "身份证号": "", "户主姓名": "赵一", "村": "清山村"}
    seen = stage(session, township_id, sheet([LI, other, third, third | {"户编号": "4", "村": "青山"}]))
    assert counts(seen) == (4, 0, 0, 0, 0)
    after = write(session, seen, limit=1)
    assert (after.applied, after.ask) == (4, 0)
    assert villages(session) == ["青山村", "大青山村", "清山村"]


def test_similar_villages_of_a_first_people_sheet_are_all_written(session: Session, township_id: int) -> None:
    rows = (("甲一", "19700000001", "第一书记", "青山村"), ("乙二", "19700000002", "第一书记", "清山村"))
    seen = stage(session, township_id, people_sheet(*rows))
    assert (counts(seen), seen.new_villages) == ((2, 0, 0, 0, 0), ("清山村", "青山村"))
    assert write(session, seen, limit=1).applied == 2
