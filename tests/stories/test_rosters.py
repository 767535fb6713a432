"""Importing a roster by sending the file to the bot."""

import io
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.simulator.persons import Person as Phone
from bot.simulator.state import Message
from bot.simulator.township import township
from bot.simulator.township_sheets import write_households, write_messy, write_people
from models.households import Household
from models.imports import Import
from models.people import Person
from tests.needs import needs_rosters
from tests.stories.township import Town

SAMPLE = township(villages=2, households=30)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


def count_households(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Household)) or 0


def count_people(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Person)) or 0


def states(session: Session) -> list[str]:
    return list(session.scalars(select(Import.state).where(Import.kind != "").order_by(Import.id)))


def sheet(*rows: tuple[object, ...]) -> bytes:
    """A small workbook as bytes."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return content.getvalue()


HEADER = ("村", "组", "户编号", "户主姓名", "家庭人口", "帮扶责任人", "责任人电话")
LINING = ("青山村", "4组", "999010100001", "李宁", 3, "吴祥", "19900000501")
LINRONG = ("青山村", "3组", "999010100002", "林荣", 2, "吴祥", "19900000501")


async def send(town: Town, phone: Phone, content: bytes | Path, name: str | None = None) -> list[str]:
    """Sends a file; everything that is answered to it."""
    phone.new()
    await phone.document(content, name)
    await town.settle()
    return town.told(phone)


async def tap(town: Town, phone: Phone, button: str) -> str:
    phone.new()
    await phone.tap(button)
    await town.settle()
    phone.new()
    return phone.last.text


async def test_an_office_sends_its_people_then_its_households_then_the_same_again(town: Town, tmp_path: Path) -> None:
    officer = await town.person("朱发玉", "officer")
    write_people(SAMPLE, tmp_path / "人员.xlsx")
    write_households(SAMPLE, tmp_path / "帮扶台账.xlsx")
    received, previewed = await send(town, officer, tmp_path / "人员.xlsx")
    assert "正在读" in received
    assert f"新增 {len(SAMPLE.people)}" in previewed
    assert f"写入{len(SAMPLE.people)}行" in await tap(town, officer, "确认导入")
    assert await town.app.database.read(count_people) == len(SAMPLE.people) + 1
    _, previewed = await send(town, officer, tmp_path / "帮扶台账.xlsx")
    assert "户名册,30行" in previewed
    assert "新增 30,认出 0" in previewed
    assert "写入30行" in await tap(town, officer, "确认导入")
    assert await town.app.database.read(count_households) == 30
    _, again = await send(town, officer, tmp_path / "帮扶台账.xlsx")
    assert "无变化 30" in again
    assert "没有要写入的内容" in again
    assert "确认导入" not in str(officer.list_buttons())
    assert "已取消" in await tap(town, officer, "取消导入")
    assert await town.app.database.read(count_households) == 30


async def test_a_messy_sheet_shows_its_faults_by_row_column_value_and_reason(town: Town, tmp_path: Path) -> None:
    officer = await town.person("朱发玉", "officer")
    write_messy(SAMPLE, tmp_path / "乡镇报送表.xlsx")
    _, previewed = await send(town, officer, tmp_path / "乡镇报送表.xlsx")
    assert "有问题、不能写入:4行" in previewed
    assert "合计行" in previewed
    faults = await tap(town, officer, "看问题 4")
    assert "户主身份证号码" in faults
    assert "身份证号应为18位" in faults
    assert "没有村名" in faults
    await tap(town, officer, "返回")
    columns = await tap(town, officer, "看各列")
    assert "责任人联系电话:责任人电话" in columns


async def test_the_offices_own_sheets_of_one_township_fit_together(town: Town) -> None:
    folder = needs_rosters()
    officer = await town.person("周专干", "officer")
    for name, rows in (("township-269-people.xlsx", 162), ("township-269-households.xlsx", 269)):
        _, previewed = await send(town, officer, folder / name)
        assert f"新增 {rows},认出 0" in previewed
        assert f"写入{rows}行" in await tap(town, officer, "确认导入")
    _, previewed = await send(town, officer, folder / "township-269-as-offices-send-it.xlsx")
    assert "新增 0,认出 269" in previewed
    assert "第277行是合计行" in previewed
    faults = await tap(town, officer, "看问题 4")
    assert "和第7行身份证号相同" in faults
    for row in ("第273行", "第274行", "第275行", "第276行"):
        assert row in faults


async def test_what_would_change_and_who_is_not_in_the_sheet_is_shown_and_nobody_is_removed(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    await send(town, officer, sheet(HEADER, LINING, LINRONG), "一.xlsx")
    await tap(town, officer, "确认导入")
    changed = (*LINING[:4], 4, *LINING[5:])
    new = ("青山村", "3组", "999010100003", "王强", 2, "吴祥", "19900000501")
    _, previewed = await send(town, officer, sheet(HEADER, changed, new), "二.xlsx")
    assert "新增 1,认出 1(有变化 1,无变化 0)" in previewed
    assert "家庭人口 3→4" in await tap(town, officer, "看变化 1")
    await tap(town, officer, "返回")
    assert "林荣 青山村" in await tap(town, officer, "表里没有的 1")
    await tap(town, officer, "返回")
    assert "王强" in await tap(town, officer, "看新增 1")
    await tap(town, officer, "返回")
    assert "写入2行" in await tap(town, officer, "确认导入")
    assert await town.app.database.read(count_households) == 3


async def test_a_household_known_by_name_only_is_asked_about(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    await town.household("李宁", village="青山村", group="4组")
    _, previewed = await send(town, officer, sheet(HEADER, LINING), "一.xlsx")
    assert "要您认一认:1行" in previewed
    assert "请认一认" in await tap(town, officer, "认一认 1")
    assert "认出 1(有变化 1" in await tap(town, officer, "就是李宁")
    await tap(town, officer, "确认导入")
    assert await town.app.database.read(count_households) == 1


@pytest.mark.parametrize(
    ("content", "name", "answer"),
    [
        (PNG, "花名册.xlsx", "不是表格文件"),
        (b"\n", "空.xlsx", "文件是空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密.xlsx", "有密码"),
        (b"PK\x03\x04" + bytes(50), "坏.xlsx", "文件损坏"),
        (sheet(("甲", "乙", "丙"), (1, 2, 3)), "别的.xlsx", "没有找到表头"),
        (sheet(("村", "组", "户主姓名", "家庭人口"), ("青山村", "1组", "李宁", 3)), "少列.xlsx", "缺少这些列"),
        (bytes(50 << 20), "大.xlsx", "文件太大"),
    ],
    ids=["png", "empty", "encrypted", "broken", "no header", "columns missing", "50 MB"],
)
async def test_a_file_that_is_no_roster_is_refused_with_its_reason(
    town: Town, content: bytes, name: str, answer: str
) -> None:
    officer = await town.person("朱发玉", "officer")
    told = await send(town, officer, content, name)
    assert answer in told[-1]
    assert await town.app.database.read(count_households) == 0


async def test_nobody_but_an_officer_imports(town: Town) -> None:
    helper = await town.person("吴祥", "helper")
    head = await town.person("胡志群", "team_head", village="青山村")
    for phone in (helper, head):
        told = await send(town, phone, sheet(HEADER, LINING), "一.xlsx")
        assert "您的角色不能导入表格" in told[0]
    assert await town.app.database.read(states) == []


async def test_a_confirm_button_of_an_older_preview_writes_nothing(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    await send(town, officer, sheet(HEADER, LINING), "一.xlsx")
    old = officer.last
    await send(town, officer, sheet(HEADER, LINING, LINRONG), "二.xlsx")
    newest = confirm_button(officer.last)
    officer.press(confirm_button(old), old)
    await town.settle()
    assert await town.app.database.read(states) == ["cancelled", "previewed"]
    other = await town.person("吴正金", "officer")
    await other.send("更多")
    await town.settle()
    other.press(newest)
    await town.settle()
    assert "没有这次导入" in town.told(other)[-1]
    assert await town.app.database.read(count_households) == 0


def confirm_button(message: Message) -> str:
    return next(one["callback_data"] for row in message.inline_rows for one in row if one["text"] == "确认导入")


async def test_a_kill_while_the_file_waits_loses_nothing(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    await officer.document(sheet(HEADER, LINING), "一.xlsx")
    await town.sim.delivered()
    await town.app.inbox.settled()
    await town.kill_bot()
    await town.start_bot()
    await town.settle()
    assert "新增 1" in town.told(officer)[-1]
    await town.kill_bot()
    await town.start_bot()
    await town.settle()
    assert town.told(officer) == []


async def test_a_file_that_cannot_be_fetched_now_is_fetched_later(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    town.sim.fail("getFile", "502", times=2)
    told = await send(town, officer, sheet(HEADER, LINING), "一.xlsx")
    assert len(told) == 1
    await town.wait(minutes=1)
    assert "新增 1" in town.told(officer)[-1]


async def test_a_long_import_shows_how_far_it_is_and_answers_taps_meanwhile(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    rows = [("青山村", "1组", f"9990101{n:05d}", f"户主{n}", 3, "吴祥", "19900000501") for n in range(1000)]
    await send(town, officer, sheet(HEADER, *rows), "一.xlsx")
    preview = officer.last
    await officer.tap("确认导入")
    await town.settle()
    assert "1000/1000" in preview.text
    assert "写入1000行" in officer.last.text


async def test_the_same_in_english(town: Town) -> None:
    officer = await town.person("朱发玉", "officer", locale="en", language="en")
    _, previewed = await send(town, officer, sheet(HEADER, LINING, ("", "", "", "王强", "", "", "")), "roster.xlsx")
    assert "New 1, recognised 0" in previewed
    assert "Faulty, cannot be written: 1" in previewed
    assert "Row 3" in await tap(town, officer, "Faults 1")
    await tap(town, officer, "Back")
    assert "1 rows written" in await tap(town, officer, "Confirm import")
