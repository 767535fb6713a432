"""A register of people sent twice: what happened to households in between is shown by name, asked, written."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.simulator.state import Message
from models.households import Household
from schedules.imports import undo_some
from tests.stories.test_rosters import send, sheet, tap
from tests.stories.township import Town

HEADER = ("村", "组", "户编号", "人编号", "姓名", "证件号码", "与户主关系", "帮扶责任人", "责任人电话")
NING, MEI, QIANG, PING = "999665197501243511", "999409195104204788", "999333196205258995", "999123195001011239"
HELPER = ("吴祥", "19900000501")
LINING = ("青山村", "4组", "1", "101", "李宁", NING, "户主", *HELPER)
WANGMEI = ("青山村", "4组", "1", "102", "王梅", MEI, "配偶", "", "")
LIQIANG = ("青山村", "4组", "1", "103", "李强", QIANG, "长子", "", "")
WANGPING = ("青山村", "2组", "2", "201", "王平", PING, "户主", *HELPER)
ZHAOYI = ("青山村", "2组", "4", "401", "赵一", "", "户主", *HELPER)
FIRST = sheet(HEADER, LINING, WANGMEI, LIQIANG, WANGPING, ZHAOYI)


def heads(session: Session) -> list[tuple[str | None, str, str]]:
    rows = session.execute(select(Household.number, Household.head_name, Household.status).order_by(Household.number))
    return [tuple(row) for row in rows]


async def test_a_split_a_merge_a_new_head_and_a_move_are_told_in_plain_words_and_written(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    _, previewed = await send(town, officer, FIRST, "一.xlsx")
    assert "户名册,3行" in previewed
    await tap(town, officer, "确认导入")
    split = ("青山村", "4组", "3", "103", "李强", QIANG, "户主", "", "")
    joined = ("青山村", "4组", "1", "201", "王平", PING, "叔父", "", "")
    new_head = ("同心村", "1组", "4", "402", "赵二", "", "户主", *HELPER)
    rows = (LINING, WANGMEI, joined, split, new_head)
    _, previewed = await send(town, officer, sheet(HEADER, *rows), "二.xlsx")
    assert "其中:换户主1户、分户1户、并户1户、搬迁1户。" in previewed
    events = await tap(town, officer, "看户情变动 4")
    assert "李宁(青山村4组):王平户并进来" in events
    assert "李强(青山村4组):从李宁户分出来,帮扶责任人不变" in events
    assert "赵二(同心村1组):户主 赵一→赵二;从青山村2组搬到同心村1组" in events
    await tap(town, officer, "返回")
    done = await tap(town, officer, "确认导入")
    assert "写入3行" in done
    assert "其中:换户主1户、分户1户、并户1户、搬迁1户。" in done
    assert await town.app.database.read(heads) == [
        ("1", "李宁", "active"), ("2", "王平", "ended"), ("3", "李强", "active"), ("4", "赵二", "active"),
    ]  # fmt: skip


async def test_what_is_doubtful_is_asked_one_by_one(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    son = ("青山村", "2组", "2", "202", "王小", "", "长子", "", "")
    await send(town, officer, sheet(HEADER, LINING, WANGMEI, LIQIANG, WANGPING, son), "一.xlsx")
    await tap(town, officer, "确认导入")
    joined = ("青山村", "4组", "5", "201", "王平", PING, "叔父", "", "")
    part = ("青山村", "4组", "5", "103", "李强", QIANG, "户主", "", "")
    _, previewed = await send(town, officer, sheet(HEADER, part, joined), "二.xlsx")
    assert "要您认一认:1行" in previewed
    asked = await tap(town, officer, "认一认 1")
    assert "这家的人登记在李宁户里,李宁户不在这张表里" in asked
    asked = await tap(town, officer, "就是李宁")
    assert "王平现在也写在这一户里,王平户不在这张表里。两户并成一户了吗" in asked
    await officer.send("没有,只是人过去了")
    await town.settle()
    assert "其中:换户主1户。" in officer.last.text
    await tap(town, officer, "确认导入")
    assert await town.app.database.read(heads) == [("2", "王平", "active"), ("5", "李强", "active")]


async def test_an_import_is_taken_back_by_button_and_the_corrected_sheet_comes_in(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    await send(town, officer, FIRST, "一.xlsx")
    await tap(town, officer, "确认导入")
    wrong = (*LINING[:4], "李凝", *LINING[5:])
    await send(town, officer, sheet(HEADER, wrong, WANGMEI, LIQIANG, WANGPING, ZHAOYI), "二.xlsx")
    await tap(town, officer, "确认导入")
    assert "李凝" in str(await town.app.database.read(heads))
    asked = await tap(town, officer, "撤销这次导入")
    assert "撤销导入《二.xlsx》:1行可以撤回" in asked
    await officer.send("确认撤销")
    await town.settle()
    assert "《二.xlsx》已撤销:1行撤回了" in officer.last.text
    assert "李凝" not in str(await town.app.database.read(heads))
    await officer.send("导入")
    await town.settle()
    assert "已经撤销" in await tap(town, officer, "看上次导入")


async def test_what_was_built_on_is_listed_by_name_and_only_the_rest_is_taken_back(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    helper = await town.person("吴祥", "helper")
    phone = "19600000002"
    rows = [("青山村", "4组", str(n), "", name, "", "户主", "吴祥", phone) for n, name in ((1, "李宁"), (2, "王平"))]
    await send(town, officer, sheet(HEADER, *rows), "一.xlsx")
    await tap(town, officer, "确认导入")
    done = officer.last
    await helper.send("今天去了李宁家,没啥事")
    await town.settle()
    await helper.send("确认")
    await town.settle()
    officer.press(button(done, "撤销这次导入"), done)
    await town.settle()
    assert "1行可以撤回" in officer.last.text
    assert "第2行 李宁:导入后有走访" in officer.last.text
    await tap(town, officer, "只撤其余的")
    assert "1行撤回了" in officer.last.text
    assert "第2行 李宁(青山村4组):导入后有走访" in await tap(town, officer, "看保留的 1")
    assert sorted(await town.app.database.read(heads), key=str) == [("1", "李宁", "active"), (None, "王平", "ended")]


async def test_a_kill_while_an_import_is_taken_back_costs_nothing(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    rows = [("青山村", "1组", f"9990101{n:05d}", "", f"户主{n}", "", "户主", *HELPER) for n in range(250)]
    await send(town, officer, sheet(HEADER, *rows), "一.xlsx")
    await tap(town, officer, "确认导入")
    await tap(town, officer, "撤销这次导入")
    shown = officer.last
    officer.press(button(shown, "确认撤销"), shown)
    await town.sim.delivered()
    await town.app.inbox.settled()
    await town.app.database.run(undo_some, now=town.clock.now())
    await town.kill_bot()
    await town.start_bot()
    await town.settle()
    assert "250行撤回了" in officer.last.text
    assert "250/250" in shown.text
    assert {status for _, _, status in await town.app.database.read(heads)} == {"ended"}


def button(message: Message, label: str) -> str:
    return next(one["callback_data"] for row in message.inline_rows for one in row if one["text"] == label)


async def test_a_village_written_otherwise_is_asked_about_once(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    await send(town, officer, FIRST, "一.xlsx")
    await tap(town, officer, "确认导入")
    rows = [("清山村", *row[1:]) for row in (LINING, WANGMEI, LIQIANG, WANGPING)]
    _, previewed = await send(town, officer, sheet(HEADER, *rows, ("红岩村", *ZHAOYI[1:])), "二.xlsx")
    assert "要您认一认:2行" in previewed
    assert "新的村:红岩村" in previewed
    asked = await tap(town, officer, "认一认 2")
    assert "表里写的是“清山村”(2行),系统里没有这个名字" in asked
    previewed = await tap(town, officer, "就是青山村")
    assert "新增 0,认出 3" in previewed
    assert "其中:搬迁1户。" in previewed


async def test_a_township_written_otherwise_is_asked_about_and_not_refused(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    people = (("姓名", "电话", "角色", "负责范围"), ("丁四", "19700000004", "党委书记", "示例镇"))
    _, previewed = await send(town, officer, sheet(*people), "人员.xlsx")
    assert "要您认一认:1行" in previewed
    assert "表里写的是“示例镇”" in await tap(town, officer, "认一认 1")
    assert "新增 1" in await tap(town, officer, "就是示例乡")
    assert "写入1行" in await tap(town, officer, "确认导入")
