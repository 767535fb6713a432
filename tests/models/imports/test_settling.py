"""A new head, a part that lives for itself, two numbers that became one, another village: matched by household and
member numbers, shown as what they are, and written so that history stays with the number."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.areas import Area
from models.duties import Duty
from models.households import Assignment, Household, Member
from models.imports import deciding
from models.imports.dry_run import dry_run
from models.imports.missing import list_missing
from models.imports.queries import Preview, list_rows, preview
from models.people import Person
from models.visits import Visit
from tests.models.imports.families import (
    FAMILY,
    LATER,
    MEI,
    PING,
    QIANG,
    WANGS,
    people_of,
    person,
    plan,
    register,
    rules_begin,
)
from tests.models.imports.sheets import LI, NOW, TODAY, WANG, bring_in, counts, get, helper_of, sheet, stage, write


def kinds(session: Session, seen: Preview) -> dict[str, int]:
    return dict(preview(session, seen.id).kinds)


def test_the_first_register_brings_everybody_who_lives_there(session: Session, township_id: int) -> None:
    seen = bring_in(session, township_id, register(*FAMILY, *WANGS))
    assert (seen.rows, seen.applied, seen.kinds) == (2, 2, {})
    assert (people_of(session, "1"), people_of(session, "2")) == (["李宁", "王梅", "李强"], ["王平"])
    assert get(session, "1").people_count == 3
    again = stage(session, township_id, register(*FAMILY, *WANGS))
    assert counts(again) == (0, 0, 2, 0, 0)


def test_people_are_added_and_set_right_and_nobody_is_removed(session: Session, township_id: int) -> None:
    bring_in(session, township_id, register(*FAMILY))
    seen = stage(
        session, township_id, register(FAMILY[0], {**FAMILY[1], "与户主关系": "妻子"}, person("1", "李丽", "", "女儿"))
    )
    assert list_rows(session, seen.id, "changed")[0].changes["members"] == ["", "王梅、李丽"]
    write(session, seen)
    assert people_of(session, "1") == ["李宁", "王梅", "李强", "李丽"]
    assert session.scalar(select(Member.relation).where(Member.name == "王梅")) == "妻子"


def test_a_new_head_of_the_same_number_is_a_change_of_head(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    home, helper = get(session, "1").id, helper_of(session, "1")
    seen = stage(session, township_id, sheet([LI | {"户主姓名": "李强", "身份证号": QIANG}]))
    assert (counts(seen), kinds(session, seen)) == ((0, 1, 0, 0, 0), {"head": 1})
    (row,) = list_rows(session, seen.id, "events")
    assert (row.kinds, row.changes["head"]) == (("head",), ["李宁", "李强"])
    write(session, seen)
    assert (get(session, "1").id, get(session, "1").head_name, helper_of(session, "1")) == (home, "李强", helper)


def test_another_name_under_the_same_id_is_no_new_head(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    seen = stage(session, township_id, sheet([LI | {"户主姓名": "李凝"}]))
    assert (counts(seen), kinds(session, seen)) == ((0, 1, 0, 0, 0), {})


def test_members_under_two_numbers_are_a_split_with_the_same_helper(session: Session, township_id: int) -> None:
    bring_in(session, township_id, register(*FAMILY))
    old = get(session, "1").id
    rows = (person("3", "李强", QIANG), *FAMILY[:2])
    seen = stage(session, township_id, register(*rows))
    assert (counts(seen), kinds(session, seen)) == ((1, 1, 0, 0, 0), {"split": 1})
    (row,) = list_rows(session, seen.id, "events")
    assert (row.name, row.kinds, row.origin) == ("李强", ("split",), "李宁")
    write(session, seen, now=LATER)
    assert (people_of(session, "1"), people_of(session, "3")) == (["李宁", "王梅"], ["李强"])
    new = get(session, "3")
    assert (get(session, "1").id, new.registered_on, new.status) == (old, date(2026, 11, 11), "active")
    links = session.execute(
        select(Person.name, Assignment.starts_on, Assignment.reason)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.household_id == new.id)
    )
    assert [tuple(link) for link in links] == [("吴祥", date(2026, 11, 11), "split")]


def test_a_split_off_household_owes_what_the_rest_of_the_month_asks_for(session: Session, township_id: int) -> None:
    rules_begin(session)
    bring_in(session, township_id, register(*FAMILY), now=NOW - timedelta(days=300))
    split = stage(session, township_id, register(*FAMILY[:2], person("3", "李强", QIANG)))
    write(session, split, now=NOW + timedelta(days=5))
    plan(session)
    needed = dict(
        session.execute(select(Household.number, Duty.needed).join(Duty, Duty.household_id == Household.id)).all()
    )
    assert needed == {"1": 2, "3": 1}


def test_the_old_head_who_moved_out_with_a_new_number_leaves_the_old_one_to_the_new_head(
    session: Session, township_id: int
) -> None:
    bring_in(session, township_id, sheet([LI]))
    old = get(session, "1").id
    moved = LI | {"户编号": "3", "帮扶责任人": "", "责任人电话": ""}
    stays = LI | {"户主姓名": "李强", "身份证号": QIANG}
    for rows in ([moved, stays], [stays, moved]):
        seen = stage(session, township_id, sheet(rows))
        assert (counts(seen), kinds(session, seen)) == ((1, 1, 0, 0, 0), {"head": 1, "split": 1})
    write(session, seen, limit=1)
    assert (get(session, "1").id, get(session, "1").head_name) == (old, "李强")
    assert (get(session, "3").head_name, helper_of(session, "3")) == ("李宁", "吴祥")
    assert get(session, "1").head_id == QIANG
    assert counts(stage(session, township_id, sheet([stays, LI | {"户编号": "3", "帮扶开始日期": ""}]))) == (
        0,
        0,
        2,
        0,
        0,
    )


def test_a_part_of_a_household_that_the_sheet_does_not_have_is_asked_about(session: Session, township_id: int) -> None:
    bring_in(session, township_id, register(*FAMILY))
    seen = stage(session, township_id, register(person("3", "李强", QIANG)))
    assert (counts(seen), kinds(session, seen)) == ((0, 0, 0, 1, 0), {})
    (row,) = list_rows(session, seen.id, "ask")
    assert ([name for _, name, _, _ in row.candidates], row.origin) == (["李宁"], "李宁")
    deciding.decide(session, None, seen.id, 2, "new", now=NOW)
    assert kinds(session, seen) == {"split": 1}
    write(session, seen)
    assert (people_of(session, "1"), people_of(session, "3")) == (["李宁", "王梅"], ["李强"])


def test_a_new_number_of_the_same_household_is_said_by_the_officer(session: Session, township_id: int) -> None:
    bring_in(session, township_id, register(*FAMILY))
    home = get(session, "1").id
    seen = stage(session, township_id, register(person("3", "李强", QIANG), person("3", "王梅", MEI, "母亲")))
    deciding.decide(session, None, seen.id, 2, home, now=NOW)
    assert kinds(session, seen) == {"head": 1}
    write(session, seen)
    assert (get(session, "3").id, get(session, "3").head_name) == (home, "李强")


def test_two_numbers_that_became_one_are_a_merge(session: Session, township_id: int) -> None:
    bring_in(session, township_id, register(*FAMILY, *WANGS))
    gone, into = get(session, "2"), get(session, "1")
    gone.last_met_on, into.last_met_on = date(2026, 11, 8), date(2026, 11, 2)
    helper = session.scalars(select(Person.id).where(Person.name == "吴云")).one()
    visit = Visit(
        household_id=gone.id, person_id=helper, state="confirmed", visited_on=date(2026, 11, 8), logged_at=NOW,
        confirmed_at=NOW, counts=True,
    )  # fmt: skip
    session.add(visit)
    seen = stage(session, township_id, register(*FAMILY, person("1", "王平", PING, "叔父")))
    assert (counts(seen), kinds(session, seen)) == ((0, 1, 0, 0, 0), {"merge": 1})
    (row,) = list_rows(session, seen.id, "events")
    assert (row.name, row.merged) == ("李宁", ("王平",))
    write(session, seen, now=LATER)
    assert (gone.status, gone.merged_into, into.last_met_on) == ("ended", into.id, date(2026, 11, 8))
    assert people_of(session, "1") == ["李宁", "王梅", "李强", "王平"]
    assert visit.household_id == gone.id
    assert helper_of(session, "2") is None
    ended = session.execute(
        select(Assignment.ends_on, Assignment.reason).where(Assignment.household_id == gone.id)
    ).one()
    assert tuple(ended) == (date(2026, 11, 11), "merged")
    assert [home.name for home in list_missing(session, seen.id)] == []


def test_open_duties_of_a_merged_household_are_void_with_their_cause(session: Session, township_id: int) -> None:
    rules_begin(session)
    bring_in(session, township_id, register(*FAMILY, *WANGS), now=NOW - timedelta(days=300))
    plan(session)
    write(session, stage(session, township_id, register(*FAMILY, person("1", "王平", PING, "叔父"))), now=LATER)
    states = dict(
        session.execute(select(Household.number, Duty.state).join(Duty, Duty.household_id == Household.id)).all()
    )
    assert states == {"1": "open", "2": "void"}


@pytest.mark.parametrize(("said", "status"), [("merge", "ended"), ("keep", "active")])
def test_a_head_without_the_rest_of_the_family_is_asked_about(
    session: Session, township_id: int, said: str, status: str
) -> None:
    bring_in(session, township_id, register(*FAMILY, *WANGS, person("2", "王小", "", "长子")))
    gone = get(session, "2")
    seen = stage(session, township_id, register(*FAMILY, person("1", "王平", PING, "叔父")))
    assert (counts(seen), kinds(session, seen)) == ((0, 0, 0, 1, 0), {})
    (row,) = list_rows(session, seen.id, "ask")
    assert (row.merge_asked, row.candidates) == (("王平",), ())
    deciding.decide(session, None, seen.id, 2, said, now=NOW)
    write(session, seen)
    assert (gone.status, people_of(session, "1")) == (
        status,
        ["李宁", "王梅", "李强", "王平"] + (["王小"] if said == "merge" else []),
    )
    assert people_of(session, "2") == ([] if said == "merge" else ["王小"])


def test_somebody_who_married_into_another_household_only_moves(session: Session, township_id: int) -> None:
    bring_in(session, township_id, register(*FAMILY, *WANGS))
    rows = (FAMILY[0], FAMILY[2], *WANGS, person("2", "王梅", MEI, "配偶"))
    seen = stage(session, township_id, register(*rows))
    assert (counts(seen), kinds(session, seen)) == ((0, 2, 0, 0, 0), {})
    write(session, seen)
    assert (people_of(session, "1"), people_of(session, "2")) == (["李宁", "李强"], ["王平", "王梅"])


def test_another_village_is_a_move_and_a_group_not_known_before_is_none(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI, WANG | {"组": ""}]))
    seen = stage(session, township_id, sheet([LI | {"村": "同心村", "组": "2组"}, WANG]))
    assert (counts(seen), kinds(session, seen)) == ((0, 2, 0, 0, 0), {"move": 1})
    (row,) = list_rows(session, seen.id, "events")
    assert (row.changes["village"], row.changes["group"]) == (["青山村", "同心村"], ["4组", "2组"])
    write(session, seen)
    home = get(session, "1")
    assert [session.get_one(Area, area).name for area in (home.village_id, home.area_id)] == ["同心村", "2组"]


def test_open_duties_move_along_to_the_other_village(session: Session, township_id: int) -> None:
    rules_begin(session)
    bring_in(session, township_id, sheet([LI]), now=NOW - timedelta(days=300))
    plan(session)
    write(session, stage(session, township_id, sheet([LI | {"村": "同心村"}])))
    assert session.scalars(select(Duty.village_id)).one() == get(session, "1").village_id


def test_a_household_matched_by_a_members_number_where_no_id_is_given(session: Session, township_id: int) -> None:
    bring_in(session, township_id, register(FAMILY[0], {**FAMILY[2], "证件号码": "", "人编号": "103"}))
    seen = stage(session, township_id, register(FAMILY[0], person("3", "李强", "", 人编号="103")))
    assert kinds(session, seen) == {"split": 1}
    write(session, seen)
    assert (people_of(session, "1"), people_of(session, "3")) == (["李宁"], ["李强"])


def test_a_dry_run_counts_the_same(session: Session, township_id: int) -> None:
    bring_in(session, township_id, register(*FAMILY, *WANGS, person("4", "赵一"), person("5", "钱二")))
    rows = (
        *FAMILY[:2], person("3", "李强", QIANG), person("4", "赵一"), person("4", "王平", PING, "叔父"),
        person("5", "钱三"), person("5", "钱二", "", "父亲"),
    )  # fmt: skip
    roster = register(*rows)
    found = dry_run(session, township_id, roster.mapping, roster.lines(TODAY))
    seen = stage(session, township_id, roster)
    assert dict(+found.kinds) == seen.kinds == {"head": 1, "split": 1, "merge": 1}
    assert tuple(found.counts[name] for name in ("new", "changed", "unchanged", "ask", "fault")) == counts(seen)
