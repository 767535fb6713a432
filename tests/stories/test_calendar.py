"""日历 at the wire: a snow day and back again, what is refused, a restart, a new official plan, the November warning.

Every text is what the phone shows. The township begins on Saturday 31 October 2026.
"""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from bot.simulator.persons import Person as Phone
from models.calendar.actions import note_year
from models.calendar.queries import plan_of
from models.times import calendar
from tests.stories.township import Town

NEXT_THURSDAY = date(2026, 11, 19)


class Office:
    """张伟 (李宁) and the officer, on Tuesday 10 November."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.helper: Phone
        self.officer: Phone
        self.before: list[str] = []

    async def come(self) -> "Office":
        self.helper = await self.town.person("张伟", "helper")
        self.officer = await self.town.person("朱发玉", "officer")
        await self.town.household("李宁", helper="张伟")
        await self.town.go_to(date(2026, 11, 10), "10:00")
        self.before = self.hear()
        return self

    def hear(self) -> list[str]:
        self.town.told(self.helper)
        return self.town.told(self.officer)

    async def say(self, *texts: str) -> str:
        return await self.town.say(self.officer, *texts)

    async def tap(self, label: str) -> str:
        return await self.town.tap(self.officer, label)

    async def days_heard(self, until: date) -> list[str]:
        """On which days the helper hears, day by day."""
        self.town.told(self.helper)
        found, day = [], self.town.today
        while day <= until:
            await self.town.go_to(day, "21:00")
            if self.town.told(self.helper):
                found.append(f"{day:%m-%d}")
            day = date.fromordinal(day.toordinal() + 1)
        return found


@pytest.fixture
async def office(town: Town) -> Office:
    return await Office(town).come()


async def snow(office: Office) -> str:
    assert "哪一天" in await office.say("日历", "加一天")
    assert await office.say("下周四") == "11月19日,上班还是不上班?"
    assert "为什么" in await office.say("不上班")
    return await office.tap("大雪")


async def test_a_snow_day_moves_the_reminder_and_taking_it_back_moves_it_back(town: Town, office: Office) -> None:
    listed = await office.say("日历")
    assert listed.splitlines()[0] == "2026年:按国务院放假安排(含调休)。"
    assert "本乡镇没有另定的日子。" in listed
    assert (await snow(office)).splitlines() == [
        "11月19日 不上班(大雪),改了会怎样:",
        "1条提醒改到另一天,1件上报改期。",
        "0条重发。",
        "今天已经排上的照发,到期日不变。",
    ]
    assert (await office.say("照此执行")).startswith("记下了:11月19日 不上班(大雪)。")
    listed = await office.say("日历")
    assert "1. 11月19日 不上班(大雪)" in listed
    await town.stop_bot()
    await town.start_bot()
    assert not calendar().is_workday(NEXT_THURSDAY)
    assert await office.days_heard(date(2026, 11, 13)) == ["11-12"]
    assert "朱发玉 11月10日定的" in await office.say("日历", "1")
    assert "撤掉“11月19日 不上班(大雪)”会怎样" in await office.say("撤掉")
    assert (await office.say("照此执行")).startswith("撤掉了:11月19日 不上班(大雪)。")
    assert await office.days_heard(date(2026, 11, 20)) == ["11-19"]


async def test_a_helper_hears_the_day_before_a_snow_day(town: Town, office: Office) -> None:
    await snow(office)
    await office.say("照此执行")
    assert await office.days_heard(date(2026, 11, 20)) == ["11-12", "11-18"]


async def test_one_day_is_looked_up_in_one_message(town: Town, office: Office) -> None:
    assert (await office.say("日历 11月25日")).splitlines() == [
        "2026年11月25日 周三,上班:平常工作日。", "这天到期:每月的走访。", "其中还没走访够的有1户。",
    ]  # fmt: skip
    assert (await office.say("日历 下周日")).splitlines() == [
        "2026年11月22日 周日,不上班:周末。", "落在这天的提醒提前到11月20日 周五。", "这天没有到期的事。",
    ]  # fmt: skip
    assert "2026年10月10日 周六,上班:调休(国庆节)。" in await office.say("日历2026年10月10日")
    assert "这一年的放假安排还没有收录" in await office.say("日历 2027年10月1日")
    several = await office.say("日历 2月16日到18日")
    assert [line[:12] for line in several.splitlines() if line[0] == "2"] == [f"2027年2月{n}日 周" for n in (16, 17, 18)]
    assert await office.say("日历 下周四", "改这一天") == "11月19日,上班还是不上班?"
    await office.say("不上班", "大雪", "照此执行")
    assert "不上班:朱发玉定的(大雪)。" in await office.say("日历 下周四")
    await office.say("日历", "加一天", "5号")
    assert office.officer.text == "12月5日,上班还是不上班?", "no fifth button"


async def test_what_cannot_be_is_said_and_asked_again(town: Town, office: Office) -> None:
    await office.say("日历", "加一天")
    assert "没看出是哪天" in await office.say("随便")
    assert "过去的日子不能改了" in await office.say("昨天")
    assert "12月5日、12月15日 不上班,为什么" in await office.say("12月5号、15号不上班")
    assert "12月5日、12月15日 不上班(赶场),改了会怎样:" in await office.say("赶场")
    assert "全国安排本来就不上班" in office.officer.text
    assert await office.say("不改了") == "没有改,还是原来的日历。"
    assert calendar().is_workday(date(2026, 12, 15))


async def test_a_forged_or_old_press_changes_nothing(town: Town, office: Office) -> None:
    await snow(office)
    do = next(data for data in _data(office.officer) if data.startswith("calendar:do:"))
    office.helper.press(do)
    await town.settle()
    assert calendar().is_workday(NEXT_THURSDAY)
    office.officer.press(do + "1")
    await town.settle()
    assert office.officer.text == "情况有变,请再看一遍再定。"
    assert calendar().is_workday(NEXT_THURSDAY)


def _data(phone: Phone) -> list[str]:
    message = phone.find_latest()
    return [str(button["callback_data"]) for row in message.inline_rows for button in row] if message else []


async def test_a_new_official_plan_is_told_once_and_holds_when_agreed_to(town: Town, office: Office) -> None:
    def estimated(session: Session) -> None:
        note_year(session, 2026, plan_of(calendar(), 2026) ^ {NEXT_THURSDAY, date(2026, 11, 30)}, official=False)

    await town.app.database.run(estimated)
    await town.stop_bot()
    await town.start_bot()
    assert not calendar().is_workday(NEXT_THURSDAY)
    await town.go_to(date(2026, 11, 11), "12:00")
    told = [text for text in office.hear() if "放假安排" in text]
    assert len(told) == 1
    assert "2026年放假安排已收录,和先前估算有2天不同,会改动3条提醒和上报" in told[0]
    assert "照新的执行会怎样" in await office.tap("看看")
    assert "2026年从现在起按新的放假安排。" in await office.tap("照此执行")
    assert calendar().is_workday(NEXT_THURSDAY)
    office.hear()
    assert await office.days_heard(date(2026, 11, 20)) == ["11-12", "11-19"]
    assert not [text for text in office.hear() if "放假安排" in text]


async def test_an_agreed_plan_is_taken_back_within_the_week(town: Town, office: Office) -> None:
    def estimated(session: Session) -> None:
        note_year(session, 2026, plan_of(calendar(), 2026) ^ {NEXT_THURSDAY, date(2026, 11, 30)}, official=False)

    await town.app.database.run(estimated)
    await town.stop_bot()
    await town.start_bot()
    await town.go_to(date(2026, 11, 11), "12:00")
    await office.say("日历", "看看", "照此执行")
    assert calendar().is_workday(NEXT_THURSDAY)
    listed = await office.say("日历")
    assert "2026年的新放假安排11月11日起照办(朱发玉定的),7天内可以撤回。" in listed
    preview = await office.say("撤回")
    assert preview.startswith("2026年撤回新的放假安排,有2天改回原来的,会怎样:\n11月19日不上班、11月30日不上班")
    assert "0条重发。" in preview
    assert "2026年撤回了新的放假安排" in await office.say("照此执行")
    assert not calendar().is_workday(NEXT_THURSDAY)
    assert "等您决定" in await office.say("日历")
    assert "这次放假安排不能再撤回" in await press(town, office, "calendar:back:2026")
    office.hear()
    assert await office.days_heard(date(2026, 11, 20)) == ["11-12", "11-18"]
    assert not [text for text in office.hear() if "放假安排" in text], "it was told of once"
    await office.say("日历", "看看", "照此执行")
    await town.go_to(date(2026, 11, 28), "12:00")
    assert "可以撤回" not in await office.say("日历")
    assert "过了7天" in await press(town, office, "calendar:back:2026")


async def press(town: Town, office: Office, data: str) -> str:
    office.officer.press(data)
    await town.settle()
    return office.officer.text


async def test_the_officer_is_warned_once_that_next_year_is_not_known(town: Town, office: Office) -> None:
    warned = [text for text in office.before if "放假安排" in text]
    assert len(warned) == 1
    assert warned[0].startswith("11月2日日报"), "1 November is a Sunday"
    assert "2027年放假安排还没有收录,先按估算的日子提醒" in warned[0]
    await town.stop_bot()
    await town.start_bot()
    await town.go_to(date(2026, 11, 12), "12:00")
    assert not [text for text in office.hear() if "放假安排" in text]
    assert "2027年:放假安排还没有收录" in await office.say("日历")
