"""What a sheet would change: new, changed, asked about, missing; nothing is written by looking."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.areas import Area, ensure_area
from models.errors import Refused
from models.households import Household
from models.imports import ImportRow, deciding
from models.imports.dry_run import dry_run
from models.imports.missing import list_missing
from models.imports.queries import list_faults, list_rows
from tests.models.imports.sheets import LI, NOW, TODAY, WANG, bring_in, counts, get, helper_of, sheet, stage, write


def test_changes_are_shown_from_and_to_with_secrets_masked(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    changed = LI | {
        "组": "5社",
        "家庭人口": "4人",
        "户类型": "",
        "户主电话": "198-0000-0002",
        "身份证号": "999409195104204788",
    }
    seen = stage(session, township_id, sheet([changed]))
    (row,) = list_rows(session, seen.id, "changed")
    assert row.changes == {
        "group": ["4组", "5组"],
        "people": [3, 4],
        "phone": ["+86*******0001", "+86*******0002"],
        "head_id": ["999***********3511", "999***********4788"],
    }
    write(session, seen)
    home = get(session, "1")
    assert (home.kind, home.people_count, home.phone) == ("low_income", 4, "+8619800000002")


def test_an_empty_cell_changes_nothing(session: Session, township_id: int) -> None:
    bring_in(
        session, township_id, sheet([LI | {"备注": "独居", "第二帮扶人": "吴云", "第二帮扶人电话": "19900000101"}])
    )
    bare = {name: LI[name] for name in ("村", "户编号", "户主姓名")}
    assert counts(stage(session, township_id, sheet([bare]))) == (0, 0, 1, 0, 0)


def test_a_phone_known_under_another_name_is_told_and_not_assigned(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    seen = stage(session, township_id, sheet([WANG | {"责任人电话": "19900000105"}]))
    assert counts(seen) == (1, 0, 0, 0, 0)
    (fault,) = list_faults(session, seen.id, blocking=False)
    assert (fault.row, fault.header, fault.code, fault.blocks) == (2, "helper_phone", "phone_known_as_other", False)
    write(session, seen)
    assert helper_of(session, "2") is None


def test_a_household_is_found_by_its_id_where_the_sheet_has_no_number(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    seen = stage(session, township_id, sheet([LI | {"户编号": "", "户主姓名": "李 宁"}]))
    assert counts(seen) == (0, 0, 1, 0, 0)


def test_the_number_counts_before_the_name(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    seen = stage(session, township_id, sheet([LI | {"户主姓名": "李贵"}]))
    assert list_rows(session, seen.id, "changed")[0].changes == {"head": ["李宁", "李贵"]}
    write(session, seen)
    assert get(session, "1").pinyin == "ligui"


def test_a_name_alone_is_never_enough_it_is_asked(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    twin = LI | {"户编号": "", "身份证号": "999409195104204788"}
    seen = stage(session, township_id, sheet([twin]))
    assert counts(seen) == (0, 0, 0, 1, 0)
    (row,) = list_rows(session, seen.id, "ask")
    assert [(name, village, number) for _, name, village, number in row.candidates] == [("李宁", "青山村", "1")]
    after = write(session, seen)
    assert (after.ask, after.applied) == (1, 0)
    assert session.scalar(select(func.count(Household.id))) == 1


@pytest.mark.parametrize(("said", "households"), [("candidate", 1), ("new", 2), ("skip", 1)])
def test_a_doubt_is_decided_by_the_officer(session: Session, township_id: int, said: str, households: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    known = get(session, "1").id
    seen = stage(session, township_id, sheet([LI | {"户编号": "", "身份证号": "999409195104204788"}]))
    answer: int | str = known if said == "candidate" else said
    assert deciding.decide(session, None, seen.id, 2, answer, now=NOW) == 0
    write(session, seen)
    assert session.scalar(select(func.count(Household.id))) == households
    expected = "999409195104204788" if said == "candidate" else "999665197501243511"
    assert get(session, "1").head_id == expected


def test_only_what_was_asked_can_be_decided(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI, WANG]))
    other = get(session, "2").id
    seen = stage(session, township_id, sheet([LI | {"户编号": "", "身份证号": "999409195104204780"}, WANG]))
    assert counts(seen) == (0, 0, 1, 0, 1)
    with pytest.raises(Refused, match=r"import\.no_doubt"):
        deciding.decide(session, None, seen.id, 3, "new", now=NOW)
    doubt = stage(
        session, township_id, sheet([LI | {"户编号": "", "身份证号": ""} | {"身份证号": "999333196205258995"}])
    )
    with pytest.raises(Refused, match=r"import\.not_a_candidate"):
        deciding.decide(session, None, doubt.id, 2, other, now=NOW)


def test_namesakes_in_one_sheet_are_two_households(session: Session, township_id: int) -> None:
    rows = [LI | {"户编号": ""}, LI | {"户编号": "", "身份证号": "999409195104204788", "户主电话": ""}]
    seen = stage(session, township_id, sheet(rows))
    assert counts(seen) == (2, 0, 0, 0, 0)
    assert write(session, seen, limit=1).applied == 2
    assert session.scalar(select(func.count(Household.id))) == 2
    assert counts(stage(session, township_id, sheet(rows))) == (0, 0, 2, 0, 0)


def test_number_and_id_that_disagree_are_asked_about(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI, WANG]))
    seen = stage(session, township_id, sheet([LI | {"身份证号": WANG["身份证号"]}]))
    (row,) = list_rows(session, seen.id, "ask")
    assert [number for *_, number in row.candidates] == ["1", "2"]


def test_whom_the_sheet_lacks_is_listed_and_never_removed(session: Session, township_id: int) -> None:
    elsewhere = LI | {"村": "同心村", "户编号": "3", "身份证号": "", "户主姓名": "赵一"}
    bring_in(session, township_id, sheet([LI, WANG, elsewhere]))
    seen = bring_in(session, township_id, sheet([LI]))
    assert [view.name for view in list_missing(session, seen.id)] == ["王平"]
    assert session.scalar(select(func.count(Household.id)).where(Household.status == "active")) == 3


def test_a_household_of_another_township_is_not_touched(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    county = session.get_one(Area, township_id).parent_id
    other = ensure_area(session, county, "township", "邻乡")
    seen = stage(session, other, sheet([LI | {"户主姓名": "别人"}]))
    assert counts(seen) == (0, 0, 0, 0, 1)
    assert [fault.code for fault in list_faults(session, seen.id)] == ["household_elsewhere"]


def test_faults_keep_cell_value_and_reason_and_mask_ids(session: Session, township_id: int) -> None:
    seen = stage(session, township_id, sheet([LI | {"身份证号": "999665197501243512", "家庭人口": "很多"}]))
    found = [(fault.row, fault.letter, fault.value, fault.code) for fault in list_faults(session, seen.id)]
    assert found == [(2, "E", "999***********3512", "id_check"), (2, "F", "很多", "not_a_number")]
    kept = session.scalars(select(ImportRow.faults)).one()
    assert "3512" not in str(kept)


def test_nothing_personal_is_kept_in_the_clear(session: Session, township_id: int) -> None:
    stage(session, township_id, sheet([LI, WANG | {"责任人电话": "12"}]))
    connection = session.connection()
    raw = str(connection.exec_driver_sql("SELECT * FROM import_rows").all())
    for secret in (LI["身份证号"], LI["户主电话"], LI["责任人电话"], LI["户主姓名"]):
        assert str(secret) not in raw


def test_a_dry_run_says_the_same_and_writes_nothing(session: Session, township_id: int, tmp_path: Any) -> None:
    bring_in(session, township_id, sheet([LI, WANG]))
    before = session.scalar(select(func.count(ImportRow.id)))
    rows = [
        LI | {"家庭人口": 5},
        LI | {"户编号": "", "身份证号": "999333196205258995"},
        LI | {"户编号": "8", "身份证号": "", "户主姓名": "赵一"},
        {"村": "青山村", "户主姓名": "缺号"},
    ]
    roster = sheet(rows)
    found = dry_run(session, township_id, roster.mapping, roster.lines(TODAY))
    staged = stage(session, township_id, roster)
    assert (found.counts["new"], found.counts["changed"], found.counts["unchanged"]) == (2, 1, 0)
    assert (found.counts["ask"], found.counts["fault"], len(found.missing)) == (0, 1, 1)
    assert counts(staged) == (2, 1, 0, 0, 1)
    assert (staged.missing, len(list_missing(session, staged.id))) == (1, 1)
    assert before == 2
