"""Joining at the wire: links, the own phone number, changing the account, groups, people who block the bot."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.simulator.persons import Person as Phone
from models.audit import AuditRow
from models.people import Person
from tests.stories.township import Town


def telegram_id(session: Session, name: str) -> int | None:
    return session.scalar(select(Person.telegram_id).where(Person.name == name))


def unreachable(session: Session, name: str) -> str | None:
    return session.scalar(select(Person.unreachable_reason).where(Person.name == name))


def audited(session: Session) -> list[str]:
    return [row.reason or row.action for row in session.scalars(select(AuditRow).order_by(AuditRow.id))]


async def say(town: Town, phone: Phone, text: str) -> str:
    """What a person is answered to a text."""
    phone.new()
    await phone.send(text)
    await town.settle()
    return "\n".join(town.told(phone))


async def tap(town: Town, phone: Phone, button: str) -> str:
    """What the screen says after a tap."""
    await phone.tap(button)
    await town.settle()
    phone.new()
    return phone.last.text


async def link_for(town: Town, officer: Phone, name: str) -> str:
    """The token of a link the officer makes by looking the person up."""
    await say(town, officer, "人员")
    await tap(town, officer, "写姓名查找")
    await say(town, officer, name)
    await tap(town, officer, "链接")
    found = re.search(r"https://t\.me/\w+\?start=([\w-]+)", officer.last.text)
    assert found, officer.last.text
    return found[1]


async def test_a_helper_opens_the_link_and_is_told_who_and_what_next(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    helper = await town.person("吴祥", "helper", joined=False, unit="县残联")
    await town.household("李宁", helper="吴祥")
    token = await link_for(town, officer, "吴祥")
    told = await say(town, helper, f"/start {token}")
    for part in ("吴祥您好", "县残联", "帮扶责任人", "帮扶 1 户", "今天去了李宁家"):
        assert part in told
    assert helper.keyboard_rows()[0][0]["text"] == "记走访"
    assert "之前已经加入" in await say(town, helper, f"/start {token}")


async def test_the_own_phone_number_joins_and_another_card_does_not(town: Town) -> None:
    helper = await town.person("吴祥", "helper", joined=False)
    other = await town.person("吴云", "helper", joined=False)
    assert "名册上的同志" in await say(town, helper, "你好")
    await helper.contact(other)
    await town.settle()
    assert "不是您本人" in town.told(helper)[0]
    await helper.tap("发送我的手机号")
    await town.settle()
    assert "吴祥您好" in town.told(helper)[0]
    assert await town.app.database.read(telegram_id, "吴云") is None


async def test_used_wrong_and_old_links_get_a_clear_answer_and_a_line_in_the_log(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    helper = await town.person("吴祥", "helper", joined=False)
    second = await town.person("吴云", "helper", joined=False)
    stranger = town.sim.person("路人")
    first_link = await link_for(town, officer, "吴祥")
    await tap(town, officer, "换一个新链接")
    new_link = await link_for(town, officer, "吴祥")
    assert "已经作废" in await say(town, stranger, f"/start {first_link}")
    await say(town, helper, f"/start {new_link}")
    assert "已经用过" in await say(town, stranger, f"/start {new_link}")
    assert "链接不对" in await say(town, stranger, "/start abc")
    foreign = await link_for(town, officer, "吴云")
    assert "已经由吴祥加入" in await say(town, helper, f"/start {foreign}")
    await town.wait(days=8)
    assert "已经过期" in await say(town, second, f"https://t.me/bot?start={foreign}")
    codes = {f"invitation.{code}" for code in ("revoked", "used", "wrong", "foreign", "expired")}
    assert codes <= set(await town.app.database.read(audited))


async def test_strangers_are_answered_politely_whatever_they_send(town: Town) -> None:
    stranger = town.sim.person("路人")
    await stranger.start()
    await stranger.send("在吗")
    await stranger.sticker()
    await stranger.photo()
    await stranger.voice()
    await stranger.location()
    await stranger.document(b"x", "x.txt")
    stranger.press("person:card:1", await stranger.send("记走访"))
    await town.settle()
    told = town.told(stranger)
    assert len(told) == 9
    assert set(told) == {told[0]}


async def test_a_person_changes_the_account_and_the_old_one_hears_of_it(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    old = await town.person("吴祥", "helper")
    new = town.sim.person("吴祥的新手机")
    await say(town, officer, "/people 吴祥")
    assert "换绑链接" in str(officer.list_buttons())
    token = await link_for(town, officer, "吴祥")
    assert "吴祥您好" in await say(town, new, f"/start {token}")
    assert "换到另一个账号" in "\n".join(town.told(old))
    assert "名册上的同志" in await say(town, old, "我的户")


async def test_the_officer_lets_go_of_an_account_and_an_old_card_does_nothing(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    helper = await town.person("吴祥", "helper")
    await say(town, officer, "/people 吴祥")
    await tap(town, officer, "解绑")
    confirm = officer.last.inline_rows[0][0]["callback_data"]
    assert "已解绑" in await tap(town, officer, "确定解绑")
    assert "名册上的同志" in await say(town, helper, "待办")
    await town.wait(hours=1)
    await helper.contact()
    await town.settle()
    officer.press(confirm)
    await town.settle()
    assert "后来又变过" in officer.last.text
    assert await town.app.database.read(telegram_id, "吴祥") == helper.account.id


async def test_the_bot_leaves_a_group_without_a_word(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    group = await officer.add_to_group("青山村工作群")
    await town.settle()
    assert [call.method for call in town.sim.calls if call.method == "leaveChat"] == ["leaveChat"]
    assert not [message for message in group.messages if message.from_bot]
    assert town.told(officer) == []


async def test_who_blocks_the_bot_is_on_the_officers_list_until_the_next_start(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    helper = await town.person("吴祥", "helper")
    await helper.block()
    await town.settle()
    assert await town.app.database.read(unreachable, "吴祥") == "blocked"
    assert "联系不上1人" in await say(town, officer, "人员")
    assert "1. 吴祥" in await tap(town, officer, "联系不上的 1 人")
    await helper.unblock()
    await helper.start()
    await town.settle()
    assert await town.app.database.read(unreachable, "吴祥") is None


async def test_the_officer_walks_through_lists_by_number(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    for number in range(12):
        await town.person(f"帮扶人{number:02d}", "helper", joined=False)
        await town.household(f"户主{number:02d}", helper=f"帮扶人{number:02d}")
    assert "还没加入12人" in await say(town, officer, "人员")
    assert "第1/2页" in await say(town, officer, "1")
    assert "第2/2页" in await tap(town, officer, "下一页")
    await tap(town, officer, "返回")
    await tap(town, officer, "按村看")
    await tap(town, officer, "青山村")
    await tap(town, officer, "本村的邀请链接")
    assert officer.last.text.count("https://t.me/") == 10
    await tap(town, officer, "下一页")
    assert officer.last.text.count("https://t.me/") == 2
    assert "帮扶责任人 12人" in str(await _role_buttons(town, officer))


async def _role_buttons(town: Town, officer: Phone) -> list[str]:
    await say(town, officer, "人员")
    await tap(town, officer, "按角色看")
    return officer.list_buttons()


async def test_a_helper_joins_in_english(town: Town) -> None:
    officer = await town.person("朱发玉", "officer", locale="en", language="en")
    helper = await town.person("吴祥", "helper", joined=False, locale="en", language="en", unit="县残联")
    assert "people on the township" in await say(town, helper, "hello")
    await say(town, officer, "/people 吴祥")
    await tap(town, officer, "Invitation link")
    token = re.findall(r"start=([\w-]+)", officer.last.text)[0]
    told = await say(town, helper, f"/start {token}")
    assert "Hello 吴祥, you have joined" in told
    assert "Role: helper" in told
