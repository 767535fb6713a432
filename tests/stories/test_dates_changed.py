"""改日期, 改提醒天数 at the wire: typed as people say it, seen before it is done, taken back within the week."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import MakeTown
from tests.stories.township import Town

ZONE = ZoneInfo("Asia/Shanghai")
RULES = {"rule": [{"code": "R1", "on": False}, {"code": "R2"}, {"code": "R3"}, {"code": "R8"}]}


class Office:
    """王专干 the officer and 赵明 the deputy, on Monday 4 May 2026: R2 and R3 are being reminded of since 30 April."""

    def __init__(self, town: Town) -> None:
        self.town = town

    async def come(self) -> "Office":
        self.officer = await self.town.person("王专干", "officer")
        self.deputy = await self.town.person("赵明", "deputy")
        await self.town.go_to(date(2026, 5, 4), "10:00")
        await self.say("规则", "就按这个")
        self.officer.new()
        return self

    async def say(self, *texts: str) -> str:
        return await self.town.say(self.officer, *texts)

    def labels(self) -> list[str]:
        return [button["text"] for row in self.officer.last.inline_rows for button in row]


@pytest.fixture
async def office(make_town: MakeTown) -> Office:
    return await Office(await make_town(datetime(2026, 4, 20, 12, tzinfo=ZONE), rules=RULES)).come()


async def test_the_day_is_typed_seen_and_holds_from_now_on(office: Office) -> None:
    card = await office.say("规则", "乡镇自查")
    assert card.startswith("乡镇自查:开着")
    assert office.labels()[:2] == ["改日期", "改提醒天数"]
    asked = await office.say("改日期")
    assert asked.startswith("日期,现在是:5月15日。改成?\n直接写哪天,如“5月20号”“6月底”")
    assert "没有2月30日这一天" in await office.say("2月30日")
    assert "没看出是哪天" in await office.say("尽快")
    changes = await office.say("5月28号")
    assert "日期:5月15日 → 5月28日" in changes
    assert "日子挨得近的还有:县级复查准备(5月15日)、复查情况报表(5月20日)" in changes
    assert office.labels()[:2] == ["从下一次起", "从现在起"]
    preview = await office.say("从现在起")
    assert "全乡1件,1人办。" in preview
    assert "接下来:2026年5月28日、2027年5月28日、2028年5月28日" in preview
    assert "2026年5月28日这次的提醒:5月14日、5月21日、5月27日" in preview
    assert "0条重发" in preview
    assert "7天内可以撤回" in await office.say("照此执行")
    await office.say("待办")
    assert "乡镇自查(示例乡):5月28日前办好" in office.officer.text


async def test_what_is_taken_back_is_as_it_was(office: Office) -> None:
    before = await office.say("待办")
    await office.say("规则", "乡镇自查", "改日期", "28号", "从现在起", "照此执行")
    assert await office.say("待办") != before
    office.officer.new()
    preview = await office.say("规则", "乡镇自查", "撤回")
    assert preview.startswith("乡镇自查,撤回会怎样:\n日期:5月28日 → 5月15日")
    await office.say("照此执行")
    assert await office.say("待办") == before
    office.officer.new()
    await office.town.go_to(date(2026, 5, 8), "12:00")
    [told] = [text for text in office.town.told(office.officer) if "乡镇自查" in text]
    assert "5月15日前办好" in told


async def test_from_the_next_time_this_one_stays(office: Office) -> None:
    preview = await office.say("规则", "县级复查准备", "改日期", "6月10日", "从下一次起")
    assert "正在办的这一次照旧,下一次起按新的办。" in preview
    assert "接下来:2026年5月15日、2027年6月10日、2028年6月10日" in preview
    await office.say("照此执行")
    await office.say("待办")
    assert "县级复查准备(示例乡):5月15日前办好" in office.officer.text


async def test_reminders_are_typed_and_bounded(office: Office) -> None:
    asked = await office.say("规则", "复查情况报表", "改提醒天数")
    assert asked.startswith("提前几天提醒,现在是:14天、7天、1天。改成?")
    assert "请写0到60之间的数" in await office.say("提前90天")
    changes = await office.say("提前30天、7天和1天")
    assert "提前几天提醒:14天、7天、1天 → 30天、7天、1天" in changes
    assert "2026年5月20日这一次,提前30天的日子已经过了,不补发" in changes
    preview = await office.say("从现在起")
    assert "这次的提醒:5月6日、5月13日、5月19日" in preview
    await office.say("照此执行")
    assert "提前几天提醒:30天、7天、1天" in await office.say("规则", "复查情况报表")


async def test_a_day_that_is_free_is_pointed_out(office: Office) -> None:
    changes = await office.say("规则", "复查情况报表", "改日期", "10月3号")
    assert "2026年10月3日不上班:到期日不动,请在9月30日以前办好" in changes


async def test_a_locked_date_says_so_and_offers_nothing(office: Office) -> None:
    await office.town.stop_bot()
    office.town.settings["rules"] = {"rule": [*RULES["rule"][:1], {"code": "R2", "locked": True}, *RULES["rule"][2:]]}
    await office.town.start_bot()
    card = await office.say("规则", "乡镇自查")
    assert "在配置文件里锁定" in card
    assert office.labels() == ["历次改动", "返回"]
    office.officer.press("rule:change:R2:days")
    await office.town.settle()
    assert "聊天里改不了" in office.officer.text


async def test_the_day_of_a_date_that_is_off_can_be_set_before_it_is_switched_on(town: Town) -> None:
    officer = await town.person("王专干", "officer")
    asked = "规则", "就按这个", "规则", "复查情况报表", "改日期", "6月10日", "从现在起"
    assert "全乡0件,0人办。" in await town.say(officer, *asked)
    assert (await town.say(officer, "照此执行")).startswith("已改:复查情况报表")
