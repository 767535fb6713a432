"""户情变动 in the chat: the officer says what happened to a household, sees what it would do, and confirms."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.simulator.persons import Person as Phone
from models.audit import AuditRow
from models.households import Household, Member
from tests.stories.township import Town


def heads(session: Session) -> list[tuple[str, str]]:
    return [tuple(row) for row in session.execute(select(Household.head_name, Household.status).order_by(Household.id))]


def add_member(session: Session, household_id: int, name: str) -> None:
    session.add(Member(household_id=household_id, name=name))


def audited(session: Session) -> list[str]:
    rows = session.execute(select(AuditRow.action, AuditRow.facts).where(AuditRow.action.like("household.%")))
    return [f"{row.action} {row.facts.get('why')}" for row in rows.all() if "draft" in row.facts]


async def say(town: Town, phone: Phone, text: str) -> str:
    phone.new()
    await phone.send(text)
    await town.settle()
    return phone.last.text


async def tap(town: Town, phone: Phone, button: str) -> str:
    phone.new()
    await phone.tap(button)
    await town.settle()
    phone.new()
    return phone.last.text


async def open_card(town: Town, officer: Phone, name: str) -> str:
    await say(town, officer, "查户")
    return await say(town, officer, name)


async def test_a_new_head_by_taps_and_by_numbers(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    await town.person("吴祥", "helper")
    home = await town.household("李宁", helper="吴祥", number="1")
    for name in ("李宁", "李强", "王梅"):
        await town.app.database.run(add_member_at, home, name, now=town.clock.now())
    await open_card(town, officer, "李宁")
    assert "李宁(青山村1组)有什么变动" in await tap(town, officer, "户情变动")
    assert "的新户主是谁" in await say(town, officer, "换户主")
    assert "原因是什么" in await say(town, officer, "1")
    sure = await tap(town, officer, "原户主过世")
    assert (
        "换户主:李宁(青山村1组)的户主 李宁→李强。\n原因:原户主过世\n户编号、走访记录和帮扶责任人(吴祥)都不变。" in sure
    )
    assert "办好了:李强(青山村1组)换了户主" in await say(town, officer, "好")
    assert await town.app.database.read(heads) == [("李强", "active")]
    assert await town.app.database.read(audited) == ["household.head death"]


async def test_a_split_with_who_goes_along(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    helper = await town.person("吴祥", "helper")
    home = await town.household("李宁", helper="吴祥", number="1")
    for name in ("李强", "王梅", "赵兰"):
        await town.app.database.run(add_member_at, home, name, now=town.clock.now())
    await open_card(town, officer, "李宁")
    await tap(town, officer, "户情变动")
    await tap(town, officer, "分户")
    assert "李强分出去,还有谁一起" in await tap(town, officer, "李强")
    assert "现在:赵兰" in await tap(town, officer, "赵兰")
    assert "现在:赵兰、王梅" in await tap(town, officer, "王梅")
    assert "现在:赵兰" in await tap(town, officer, "王梅")
    await tap(town, officer, "就这些")
    sure = await say(town, officer, "老人跟小儿子过")
    assert "分户:李强、赵兰从李宁(青山村1组)分出来,单独一户。\n原因:老人跟小儿子过" in sure
    assert "李强(青山村1组)从李宁(青山村1组)分出来了" in await tap(town, officer, "确认")
    mine = await say(town, helper, "我的户")
    assert "李宁" in mine
    assert "李强" in mine


async def test_a_merge_and_the_old_records_stay_readable(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    helper = await town.person("吴祥", "helper")
    await town.household("李宁", helper="吴祥", number="1")
    await town.household("王平", helper="吴祥", number="2")
    await say(town, helper, "今天去了王平家,没啥事")
    await say(town, helper, "确认")
    await open_card(town, officer, "王平")
    await tap(town, officer, "户情变动")
    assert "并到哪一户" in await tap(town, officer, "并户")
    assert "没有找到“没有的人”" in await say(town, officer, "没有的人")
    assert "李宁(青山村1组)" in await say(town, officer, "李宁")
    await say(town, officer, "1")
    sure = await tap(town, officer, "村里核实")
    assert "并户:王平(青山村1组)并入李宁(青山村1组)。" in sure
    assert "办好了:王平(青山村1组)并入李宁(青山村1组)" in await tap(town, officer, "确认")
    card = await open_card(town, officer, "李宁")
    assert "并进来的户:王平(青山村1组)" in card
    old = await tap(town, officer, "看王平户的记录")
    assert "已并入李宁(青山村1组)" in old
    assert "没啥事" in old or "见到" in old
    assert "户情变动" not in str(officer.list_buttons())
    assert "王平" not in await say(town, helper, "我的户")


async def test_a_move_by_words(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    await town.person("吴祥", "helper")
    await town.household("李宁", helper="吴祥", number="1")
    await town.household("王平", helper="吴祥", village="同心村", group="2组")
    await open_card(town, officer, "李宁")
    await tap(town, officer, "户情变动")
    assert "搬到哪个村" in await say(town, officer, "搬迁")
    assert "请从列出的里面选一个" in await say(town, officer, "没有的村")
    assert "搬到同心村哪个组" in await say(town, officer, "同心")
    await say(town, officer, "2组")
    assert "搬迁:李宁(青山村1组)搬到同心村2组。" in await tap(town, officer, "群众申请")
    assert "李宁(同心村2组)已搬迁" in await say(town, officer, "确认")


async def test_nobody_but_the_officer_and_no_old_button(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    helper = await town.person("吴祥", "helper")
    home = await town.household("李宁", helper="吴祥", number="1")
    await open_card(town, helper, "李宁")
    assert "户情变动" not in str(helper.list_buttons())
    helper.press(f"change:menu:{home}")
    await town.settle()
    assert "您的角色办不了" in town.told(helper)[-1]
    await open_card(town, officer, "李宁")
    await tap(town, officer, "户情变动")
    await tap(town, officer, "换户主")
    await say(town, officer, "李强")
    await tap(town, officer, "村里核实")
    shown = officer.last
    old = next(one["callback_data"] for row in shown.inline_rows for one in row if one["text"] == "确认")
    await say(town, officer, "确认")
    officer.press(old, shown)
    await town.settle()
    assert await town.app.database.read(heads) == [("李强", "active")]


def add_member_at(session: Session, household_id: int, name: str, *, now: object) -> None:
    add_member(session, household_id, name)
