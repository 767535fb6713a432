"""Imports against both databases: what is new, changed, asked about, missing; what is written, and only once."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import Engine, func, make_url, select
from sqlalchemy.orm import Session

from bot.db import make_engine
from bot.simulator.township import Township, township
from bot.simulator.township_sheets import write_households, write_messy, write_people
from models.access import PersonView, view
from models.areas import Area, ensure_area, ensure_township
from models.audit import AuditRow
from models.errors import Refused
from models.households import Assignment, Household
from models.imports import Import, ImportRow, actions
from models.imports.batches import apply_batch
from models.imports.dry_run import dry_run
from models.imports.queries import Preview, list_faults, list_missing, list_overloaded, list_rows, preview
from models.migrations import migrate
from models.outbox import Message
from models.people import Grant, Person
from models.secrets import keyed_hash
from models.sheets.rosters import Roster, open_roster
from models.times import local_day
from schedules.imports import apply_some

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 10)
HEADER = (
    "村", "组", "户编号", "户主姓名", "身份证号", "家庭人口", "户类型", "主要致贫原因", "户主电话", "帮扶责任人", "帮扶单位",
    "责任人电话", "帮扶开始日期", "第二帮扶人", "第二帮扶人电话", "备注",
)  # fmt: skip
LI = {"村": "青山村", "组": "4组", "户编号": "1", "户主姓名": "李宁", "身份证号": "999665197501243511", "家庭人口": 3,
      "户类型": "低保户", "主要致贫原因": "因病致贫", "户主电话": "19800000001", "帮扶责任人": "吴祥", "帮扶单位": "县残联",
      "责任人电话": "19900000105", "帮扶开始日期": "2025-01-01"}  # fmt: skip
WANG = {"村": "青山村", "组": "2组", "户编号": "2", "户主姓名": "王平", "身份证号": "999409195104204788", "家庭人口": 2,
        "帮扶责任人": "吴云", "责任人电话": "19900000101"}  # fmt: skip


def sheet(rows: Sequence[dict[str, Any]], header: Sequence[str] = HEADER) -> Roster:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, header)
        for at, row in enumerate(rows, 1):
            page.write_row(at, 0, [row.get(name, "") for name in header])
    return open_roster(content.getvalue())


def people_sheet(*rows: tuple[str, str, str, str]) -> Roster:
    header = ("姓名", "电话", "角色", "负责范围")
    return sheet([dict(zip(header, row, strict=True)) for row in rows], header)


def sample(write: Any, town: Township, tmp_path: Any) -> Roster:
    write(town, tmp_path / "sheet.xlsx")
    return open_roster(tmp_path / "sheet.xlsx")


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One migrated database of each kind for all tests in here: none of them commits."""
    url = make_url(f"sqlite:///{tmp_path_factory.mktemp('imports')}/zoufang.db")
    if request.param == "postgres":
        template = request.getfixturevalue("postgres_template")
        url = make_url(request.getfixturevalue("postgres_server")).set(database=template)
    engine = make_engine(url.render_as_string(hide_password=False))
    with engine.begin() as connection:
        migrate(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def session(shared_engine: Engine) -> Iterator[Session]:
    with Session(shared_engine) as session:
        yield session
        session.rollback()


@pytest.fixture
def township_id(session: Session) -> int:
    return ensure_township(session, "示例县", "示例乡")


def stage(session: Session, township_id: int, roster: Roster, me: PersonView | None = None) -> Preview:
    """Everything up to the preview, in batches of three rows."""
    import_id = actions.start(
        session, me, filename="表.xlsx", sha256="0", mapping=roster.mapping, now=NOW, township_id=township_id
    )
    lines = list(roster.lines(TODAY))
    for at in range(0, len(lines), 3):
        actions.stage(session, import_id, lines[at : at + 3], now=NOW)
    actions.finish_staging(session, import_id, now=NOW)
    return preview(session, import_id)


def write(session: Session, seen: Preview, *, limit: int = 50, now: datetime = NOW) -> Preview:
    actions.confirm(session, None, seen.id, seen.version, now=now)
    while apply_batch(session, seen.id, now=now, limit=limit):
        pass
    return preview(session, seen.id)


def bring_in(session: Session, township_id: int, roster: Roster, now: datetime = NOW) -> Preview:
    return write(session, stage(session, township_id, roster), now=now)


def counts(seen: Preview) -> tuple[int, int, int, int, int]:
    return seen.new, seen.changed, seen.unchanged, seen.ask, seen.fault


def helper_of(session: Session, number: str, position: str = "first") -> str | None:
    return session.scalar(
        select(Person.name)
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Household, Household.id == Assignment.household_id)
        .where(Household.number == number, Assignment.position == position, Assignment.ends_on.is_(None))
    )


def get(session: Session, number: str) -> Household:
    return session.scalars(select(Household).where(Household.number == number)).one()


def officer(session: Session, township_id: int) -> PersonView:
    person = Person(name="朱发玉", telegram_id=77, created_at=NOW)
    session.add(person)
    session.flush()
    session.add(Grant(person_id=person.id, role="officer", area_id=township_id, starts_on=TODAY))
    session.flush()
    return view(session, person.id, TODAY)


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
    assert actions.decide(session, None, seen.id, 2, answer, now=NOW) == 0
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
        actions.decide(session, None, seen.id, 3, "new", now=NOW)
    doubt = stage(
        session, township_id, sheet([LI | {"户编号": "", "身份证号": ""} | {"身份证号": "999333196205258995"}])
    )
    with pytest.raises(Refused, match=r"import\.not_a_candidate"):
        actions.decide(session, None, doubt.id, 2, other, now=NOW)


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


def test_a_stop_while_staging_or_applying_costs_nothing(session: Session, township_id: int) -> None:
    roster = sheet([LI, WANG, LI | {"户编号": "3", "身份证号": "", "户主姓名": "赵一"}])
    import_id = actions.start(
        session, None, filename="表.xlsx", sha256="0", mapping=roster.mapping, now=NOW, township_id=township_id
    )
    lines = list(roster.lines(TODAY))
    actions.stage(session, import_id, lines[:2], now=NOW)
    actions.stage(session, import_id, lines, now=NOW)
    version = actions.finish_staging(session, import_id, now=NOW)
    assert preview(session, import_id).rows == 3
    actions.confirm(session, None, import_id, version, now=NOW)
    assert apply_batch(session, import_id, now=NOW, limit=2)
    session.expire_all()
    assert apply_some(session, now=NOW)
    while apply_some(session, now=NOW):
        pass
    assert session.scalar(select(func.count(Household.id))) == 3
    assert session.get_one(Import, import_id).state == "done"
    assert not apply_batch(session, import_id, now=NOW)


def test_what_became_known_meanwhile_is_not_written_twice(session: Session, township_id: int) -> None:
    seen = stage(session, township_id, sheet([LI]))
    other = actions.start(
        session, officer(session, township_id), filename="2", sha256="1", mapping=sheet([LI]).mapping, now=NOW
    )
    assert other != seen.id
    actions.stage(session, other, list(sheet([LI]).lines(TODAY)), now=NOW)
    actions.finish_staging(session, other, now=NOW)
    write(session, seen)
    session.get_one(Import, other).state = "applying"
    while apply_batch(session, other, now=NOW):
        pass
    assert session.scalar(select(func.count(Household.id))) == 1
    assert session.scalar(select(func.count(Assignment.id))) == 1


def test_a_newer_import_of_the_same_person_cancels_the_older_preview(session: Session, township_id: int) -> None:
    older = stage(session, township_id, sheet([LI]))
    stage(session, township_id, sheet([WANG]))
    assert session.get_one(Import, older.id).state == "cancelled"
    with pytest.raises(Refused, match=r"import\.over"):
        actions.confirm(session, None, older.id, older.version, now=NOW)


def test_an_old_button_is_not_applied(session: Session, township_id: int) -> None:
    seen = stage(session, township_id, sheet([LI]))
    with pytest.raises(Refused, match=r"import\.stale"):
        actions.confirm(session, None, seen.id, seen.version + 1, now=NOW)
    actions.cancel(session, None, seen.id, seen.version, now=NOW)
    with pytest.raises(Refused, match=r"import\.over"):
        actions.confirm(session, None, seen.id, seen.version, now=NOW)


def test_only_the_author_confirms_and_hears_of_it(session: Session, township_id: int) -> None:
    me = officer(session, township_id)
    seen = stage(session, township_id, sheet([LI]), me)
    stranger = replace(me, id=me.id + 1)
    for foreign in (None, stranger):
        with pytest.raises(Refused, match=r"import\.unknown"):
            actions.confirm(session, foreign, seen.id, seen.version, now=NOW)
    actions.confirm(session, me, seen.id, seen.version, now=NOW)
    while apply_some(session, now=NOW):
        pass
    kinds = session.scalars(select(Message.kind).where(Message.recipient_id == me.id).order_by(Message.id)).all()
    assert kinds == ["import.previewed", "import.done"]


def test_who_may_not_import_is_refused(session: Session, township_id: int) -> None:
    me = officer(session, township_id)
    with pytest.raises(Refused, match=r"import\.not_yours"):
        stage(session, township_id, sheet([LI]), replace(me, grants=()))


def test_a_sheet_without_a_needed_column_is_refused_by_its_name(session: Session, township_id: int) -> None:
    with pytest.raises(Refused) as refused:
        stage(session, township_id, sheet([LI], [name for name in HEADER if name not in ("村", "组")]))
    assert (refused.value.code, refused.value.values) == ("sheet.columns_missing", {"fields": "村"})


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
        actions.decide(session, None, seen.id, 2, "new", now=NOW)
    actions.decide(session, None, seen.id, 2, person.id, now=NOW)
    write(session, seen)
    assert (person.name, person.initials) == ("甲乙", "jy")


def test_an_officer_cannot_grant_outside_the_own_township(session: Session, township_id: int) -> None:
    me = officer(session, township_id)
    rows = people_sheet(("甲一", "19700000001", "县级", ""), ("乙二", "19700000002", "分管副职", "邻乡"))
    seen = stage(session, township_id, rows, me)
    assert [fault.code for fault in list_faults(session, seen.id)] == ["area_not_yours", "area_unknown"]


def test_a_helper_with_six_households_is_named(session: Session, township_id: int) -> None:
    rows = [LI | {"户编号": str(at), "身份证号": "", "户主姓名": f"李{chr(0x4E00 + at)}"} for at in range(6)]
    bring_in(session, township_id, sheet(rows))
    assert list_overloaded(session, township_id) == [("吴祥", 6)]


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
