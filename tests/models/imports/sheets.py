"""Sheets of a few rows, brought in up to the preview or to the end."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.simulator.township import Township
from models.access import PersonView, view
from models.households import Assignment, Household
from models.imports import actions
from models.imports.batches import apply_batch
from models.imports.queries import Preview, preview
from models.people import Grant, Person
from models.sheets.rosters import Roster, open_roster

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
