"""What people press about duties and cases: reports confirmed from the digest, 没去成, and every decision upward."""

import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.simulator.persons import Person as Phone
from models.audit import AuditRow
from models.duties import Duty, DutyEvent
from models.households import Household
from tests.stories.township import Town


def november(session: Session, name: str) -> Duty:
    duty = session.scalars(
        select(Duty).join(Household, Household.id == Duty.household_id)
        .where(Household.head_name == name, Duty.period == "2026-11")
    ).one()  # fmt: skip
    session.expunge(duty)
    return duty


def kinds_of(session: Session, duty_id: int) -> list[str]:
    return list(session.scalars(select(DutyEvent.kind).where(DutyEvent.duty_id == duty_id).order_by(DutyEvent.id)))


def refusals(session: Session) -> list[str | None]:
    query = select(AuditRow.reason).where(AuditRow.outcome == "refused", AuditRow.reason != "not.joined")
    return list(session.scalars(query.order_by(AuditRow.id)))


class Office:
    """A township in which 李宁 and 王秀英 of 青山村 are 张伟's, with 刘芳 as second helper; what people do in it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.phones: dict[str, Phone] = {}

    async def fill(self) -> None:
        posts = (
            ("张伟", "helper"),
            ("刘芳", "helper"),
            ("王强", "team_head"),
            ("朱发玉", "officer"),
            ("赵明", "deputy"),
        )
        for name, role in posts:
            village = "青山村" if role == "team_head" else ""
            self.phones[name] = await self.town.person(name, role, village=village)
        for name in ("李宁", "王秀英"):
            await self.town.household(name, helper="张伟", second="刘芳")

    async def write(self, name: str, text: str) -> str:
        """The last thing a person is answered."""
        await self.phones[name].send(text)
        await self.town.settle()
        return self.latest(name)

    async def tap(self, name: str, button: str | int) -> str:
        await self.phones[name].tap(button)
        await self.town.settle()
        return self.latest(name)

    async def press(self, name: str, data: str) -> str:
        """A button from an old screen, or one that was never shown."""
        self.phones[name].press(data)
        await self.town.settle()
        return self.latest(name)

    def latest(self, name: str) -> str:
        self.phones[name].new()
        return self.phones[name].last.text

    def data(self, name: str, label: str) -> str:
        """What a button on the person's screen says to the bot."""
        message = self.phones[name].find_message_with(label)
        assert message is not None
        return next(b["callback_data"] for row in message.inline_rows for b in row if label in b["text"])

    async def duty(self, name: str) -> Duty:
        return await self.town.app.database.read(november, name)


@pytest.fixture
async def office(town: Town) -> Office:
    office = Office(town)
    await office.fill()
    return office


async def test_a_report_not_yet_confirmed_heads_the_digest_and_one_answer_confirms_all(office: Office) -> None:
    await office.town.go_to(date(2026, 11, 12), "18:00")
    await office.write("张伟", "今天去了李宁和王秀英家,没啥事")
    assert (await office.duty("李宁")).done == 0
    await office.town.go_to(date(2026, 11, 12), "20:00")
    digest = office.latest("张伟")
    assert "有2条走访等您确认" in digest
    assert digest.index("等您确认") < digest.index("还差走访的户")
    assert "1. 全部确认" in digest
    await office.write("张伟", "1")
    assert [(await office.duty(name)).done for name in ("李宁", "王秀英")] == [1, 1]


async def test_not_having_gone_is_explained_in_words_taken_back_and_ended_by_a_visit(office: Office) -> None:
    await office.town.go_to(date(2026, 11, 12), "20:00")
    assert "没去成" not in str(office.phones["张伟"].list_buttons())
    duty = await office.duty("李宁")
    assert "11月24日起" in await office.press("张伟", f"duty:explain:{duty.id}:{duty.version}:away")
    await office.town.go_to(date(2026, 11, 24), "20:00")
    assert "是什么原因" in await office.tap("张伟", "没去成 李宁")
    assert "写一句话" in await office.tap("张伟", "其他")
    assert "孩子住院,都在县里" in await office.write("张伟", "孩子住院,都在县里")
    assert (await office.duty("李宁")).state == "explained"
    todo = await office.write("张伟", "待办")
    assert "王秀英" in todo
    assert "李宁" not in todo
    stale = await office.press("张伟", f"duty:explain:{duty.id}:{duty.version}:away")
    assert "没有生效" in stale
    assert "撤销了" in await office.press("张伟", f"duty:unexplain:{duty.id}")
    assert (await office.duty("李宁")).state == "open"
    foreign = await office.press("刘芳", "duty:explain:987654321:1:away")
    assert "没有动任何记录" in foreign


async def test_a_deputy_extends_puts_off_takes_and_hands_over_and_an_old_press_does_nothing(office: Office) -> None:
    await office.town.go_to(date(2026, 12, 14), "09:00")
    monday = office.latest("赵明")
    assert "还差2户" in monday
    assert not re.search("李宁|王秀英|张伟", monday)
    await office.tap("赵明", "看户 青山村")
    card = await office.tap("赵明", "看 李宁")
    for part in (
        "规则:入户走访(R1),每月2次",
        "12月4日起上报,目前到分管领导",
        "告诉第二帮扶人刘芳",
        "告诉工作组组长王强",
    ):
        assert part in card
    old = office.data("赵明", "我来处理")
    await office.tap("赵明", "延期")
    await office.tap("赵明", "3个工作日")
    assert "已延期到12月17日" in await office.tap("赵明", "路断")
    assert (await office.duty("李宁")).paused_until == date(2026, 12, 17)
    assert "没有生效" in await office.press("赵明", old)
    assert "什么时候再提醒您" in await office.tap("赵明", "稍后")
    later = office.data("赵明", "12月15日")
    assert "12月15日 周二再提醒您" in await office.tap("赵明", 0)
    for old_day in ("20261214", "tomorrow"):
        gone = later.replace("20261215", old_day)
        assert "什么时候再提醒您" in await office.press("赵明", gone), "the day on an old button is over, or no day"
    now = await office.duty("李宁")
    assert "由您来处理,12月17日" in await office.press("赵明", f"case:take:{now.id}:{now.version}")
    assert (await office.duty("李宁")).taken_by is not None
    await office.write("赵明", "上报")
    assert "2户已交办给王强" in await office.tap("赵明", "全村交办")
    await office.town.go_to(date(2026, 12, 15), "09:00")
    assert "您说过今天再看的" in office.latest("赵明")
    assert "交给您办" in office.latest("王强")
    kinds = await office.town.app.database.read(kinds_of, (await office.duty("李宁")).id)
    assert kinds == ["level", "level", "level", "level", "extended", "later", "taken", "handed"]


async def test_the_officer_urges_and_reassigns_and_sees_what_the_system_could_not_do(office: Office) -> None:
    await office.phones["赵明"].block()
    await office.town.go_to(date(2026, 12, 14), "09:00")
    assert "系统有" in office.latest("朱发玉")
    assert "分管领导收不到消息" in await office.tap("朱发玉", "看一下")
    await office.write("朱发玉", "上报")
    await office.tap("朱发玉", "看 李宁")
    labels = str(office.phones["朱发玉"].list_buttons())
    assert "催办" in labels
    assert "交办" not in labels
    assert "已催办" in await office.tap("朱发玉", "催办")
    await office.tap("朱发玉", "看这一户")
    await office.tap("朱发玉", "改派")
    assert "已改派给刘芳" in await office.tap("朱发玉", "刘芳")
    await office.town.go_to(date(2026, 12, 14), "20:00")
    assert "改派给您的户:\n1. 李宁" in office.latest("刘芳")
    assert "改由刘芳来办" in office.latest("张伟")


async def test_buttons_that_were_never_shown_decide_nothing(office: Office) -> None:
    await office.town.go_to(date(2026, 12, 14), "09:00")
    duty = await office.duty("李宁")
    for verb in ("hand", "take", "urge", "extend", "later", "reassign"):
        await office.press("张伟", f"case:{verb}:{duty.id}:{duty.version}")
    for verb in ("hand", "take", "extend"):
        await office.press("王强", f"case:{verb}_all:{duty.village_id}:1")
    assert "不是交给您办的" in await office.press("王强", f"case:answer:{duty.id}:{duty.version}")
    assert "内容不完整" in await office.press("赵明", "case:card:x")
    assert "没有动任何记录" in await office.press("赵明", "case:card:987654321")
    after = await office.duty("李宁")
    assert (after.version, after.taken_by, after.paused_until) == (duty.version, None, None)
    codes = await office.town.app.database.read(refusals)
    assert codes == ["not.allowed"] * 9 + ["case.not_taken", "button.broken", "duty.unknown"]


async def test_the_reasons_offered_are_those_of_the_settings(office: Office) -> None:
    await office.town.stop_bot()
    office.town.settings["rules"] = {"reason": [{"code": "snow", "zh": "大雪封山", "en": "Snowed in"}]}
    await office.town.start_bot()
    await office.town.go_to(date(2026, 11, 24), "20:00")
    await office.tap("张伟", "没去成 李宁")
    assert "大雪封山" in await office.tap("张伟", "大雪封山")
    assert (await office.duty("李宁")).reason == "snow"


async def test_a_leader_who_wants_every_case_as_it_comes_gets_it_alone_with_its_buttons(office: Office) -> None:
    await office.town.stop_bot()
    ladder = [
        {"level": 1, "who": "team_head", "after": 2},
        {"level": 3, "who": "deputy", "after": 3, "form": "alert"},
    ]
    office.town.settings["rules"] = {"rule": [{"code": "R1", "ladder": ladder}]}
    await office.town.start_bot()
    await office.town.go_to(date(2026, 12, 8), "12:00")
    alerts = [message.text for message in office.phones["赵明"].new()]
    assert [text.splitlines()[0] for text in alerts] == ["上报:李宁(青山村1组)", "上报:王秀英(青山村1组)"]
    assert "目前到分管领导" in alerts[0]
    assert "王强" in await office.tap("赵明", "交办给工作组")
