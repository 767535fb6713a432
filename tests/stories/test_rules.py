"""规则 at the wire: the officer changes rules, sees before what it does, and can take it back. Nobody hears a storm."""

from collections import Counter
from datetime import date

import pytest

from bot.simulator.persons import Person as Phone
from tests.stories.township import Town

OPEN = date(2026, 11, 10)


class Office:
    """朱发玉 the officer; two helpers with three households; head, deputy and leader of the township."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.people: dict[str, Phone] = {}

    async def come(self, day: date | None = None) -> "Office":
        town = self.town
        for name, role, village in (
            ("张伟", "helper", ""), ("赵刚", "helper", ""), ("王强", "team_head", "青山村"), ("朱发玉", "officer", ""),
            ("副乡长", "deputy", ""), ("书记", "leader", ""),
        ):  # fmt: skip
            self.people[name] = await town.person(name, role, village=village)
        for head, helper in (("李宁", "张伟"), ("王秀英", "张伟"), ("陈桂花", "赵刚")):
            await town.household(head, helper=helper)
        if day is not None:
            await town.go_to(day, "10:00")
        self.hear()
        return self

    def hear(self) -> dict[str, list[str]]:
        """What everybody was told since the last look."""
        return {name: told for name, phone in self.people.items() if (told := self.town.told(phone))}

    async def say(self, *texts: str, who: str = "朱发玉") -> str:
        """Says one thing after another; the answer to the last."""
        return await self.town.say(self.people[who], *texts)

    def labels(self) -> list[str]:
        """The officer's buttons."""
        return [button["text"] for row in self.people["朱发玉"].last.inline_rows for button in row]

    async def agree(self) -> str:
        return await self.say("规则", "就按这个")


@pytest.fixture
async def office(town: Town) -> Office:
    """In the middle of November, with duties that run."""
    return await Office(town).come(OPEN)


@pytest.fixture
async def desk(town: Town) -> Office:
    """Before anything runs: enough for questions and answers."""
    return await Office(town).come()


def day_of(text: str, start: str) -> str:
    """The line of a screen that begins like that."""
    return next(line for line in text.splitlines() if line.startswith(start))


async def test_the_first_look_asks_whether_the_profile_is_right(desk: Office) -> None:
    first = await desk.say("规则")
    assert first.startswith("先请您看一眼,本乡镇现在要求:\n每户每月2次")
    assert "常态化:监测户每月1次; 低保户、特困户每季度1次; 其他户每半年1次" in first
    listed = await desk.say("就按这个")
    assert "1. 走访 开着:每月2次,25日到期" in listed
    assert "5. 每人帮扶户数 开着:每人1至5户" in listed
    assert (await desk.say("规则")).startswith("现在的规则:")


async def test_a_due_day_changed_from_next_month(town: Town, office: Office) -> None:
    await office.agree()
    asked = await office.say("走访", "改规则", "到期日")
    assert asked.startswith("到期日,现在是:25日。改成?")
    assert "到期日:25日 → 20日" in await office.say("20日")
    preview = await office.say("从下一期起")
    assert "12月1日起的一期开始,现在的任务不动。" in preview
    assert "涉及3户、2位帮扶人。" in preview
    assert "9条提醒改期,0条取消,3条新增,0条重发" in preview
    done = await office.say("照此执行")
    assert done.startswith("已定:走访规则从12月1日起按新的办")
    assert "12月1日起有改动" in await office.say("规则", "走访")
    office.hear()
    await town.go_to(date(2026, 12, 11), "12:00")
    assert "20日前" in await office.say("待办", who="张伟")


async def test_what_the_preview_says_is_what_is_sent(town: Town, office: Office) -> None:
    await office.agree()
    await office.say("走访", "改规则", "到期日", "18日")
    preview = await office.say("从现在起")
    assert "现在会动3条任务" in preview
    dates = day_of(preview, "最近几次:")
    await office.say("照此执行")
    office.hear()
    heard: Counter[str] = Counter()
    for day in range(10, 19):
        await town.go_to(date(2026, 11, day), "23:00")
        heard[f"11月{day}日"] = sum(map(len, office.hear().values()))
    told = {day: count for day, count in heard.items() if count}
    assert told
    for day, count in list(told.items())[:3]:
        assert f"{day} " in dates
        assert f"{count}条" in dates[dates.index(day) :]


async def test_a_change_from_now_can_be_taken_back(town: Town, office: Office) -> None:
    await office.agree()
    before = await office.say("待办", who="张伟")
    await office.say("走访", "改规则", "到期日", "18日", "从现在起")
    done = await office.say("照此执行")
    assert "动了3条任务" in done
    assert "18日前" in await office.say("待办", who="张伟")
    preview = await office.say("撤回")
    assert preview.startswith("走访,撤回会怎样:\n到期日:18日 → 25日")
    await office.say("照此执行")
    assert await office.say("待办", who="张伟") == before
    versions = await office.say("规则", "走访", "历次改动")
    assert "第3版,11月10日,朱发玉,当时起" in versions
    assert "· 到期日:18日 → 25日" in versions
    assert all(told == [] for name, told in office.hear().items() if name not in ("朱发玉", "张伟"))


async def test_a_rule_switched_off_sends_nothing(town: Town, office: Office) -> None:
    await office.agree()
    await office.say("走访", "停用")
    assert "今后30天最多共0条消息" in await office.say("从现在起")
    await office.say("照此执行")
    office.hear()
    await town.go_to(date(2026, 12, 20))
    assert office.hear() == {}


async def test_not_yet_leaves_everything_and_keeps_the_draft(town: Town, office: Office) -> None:
    await office.agree()
    await office.say("走访", "改规则", "到期日", "18日", "从现在起")
    assert (await office.say("先不发")).startswith("先放着")
    assert "25日前" in await office.say("待办", who="张伟")
    assert "还有一项改动放着" in await office.say("规则")
    assert "到期日:25日 → 18日" in await office.say("接着办")


async def test_the_ladder_is_changed_step_by_step(desk: Office) -> None:
    await desk.agree()
    shown = await desk.say("走访", "改规则", "上报的步骤")
    assert "4. 补录期后第3个工作日 扶贫专干(当天日报)" in shown
    assert "比第2级(第3个)还早" in await desk.say("第5个 分管副职", "换日子", "2")
    assert "5. 补录期后第6个工作日 分管副职(周一消息)" in await desk.say("6")
    assert "补录期后第10个工作日 乡镇主要领导" not in await desk.say("第10个 乡镇主要领导", "去掉这一步")
    changes = await desk.say("看改动")
    assert "· 补录期后第6个工作日 分管副职(周一消息)" in changes


async def test_words_and_bounds_are_answered(desk: Office) -> None:
    await desk.agree()
    assert "请写1到28之间的数" in await desk.say("走访", "改规则", "到期日", "31日")
    asked = await desk.say("改别的", "上报后隔几天再提醒", "4")
    assert asked.startswith("上报后再提醒几次,现在是:"), "asked right after, for a list has ten items"
    listed = await desk.say("3", "再改一项")
    assert "上报后隔几天再提醒:4个工作日、3次" in listed
    assert "\n10. " in listed
    assert "\n11. " not in listed
    await desk.say("到期日")
    for negative in ("-5", "-5日", "负五"):
        assert "请写1到28之间的数" in await desk.say(negative)
    assert "没看懂要改成什么" in await desk.say("随便")
    last = await desk.say("改别的", "多久走访几次", "每2个月1次")
    assert "多久走访几次:每月2次 → 每2个月1次" in last
    assert "一期多长变了,只能从下一期起。" in last
    assert await desk.say("确定") == last, "asked again, with what can be answered"
    assert desk.labels() == ["从下一期起", "再改一项", "取消", "返回"]
    preview = await desk.say("从下一期起")
    assert await desk.say("随便") == preview


async def test_a_locked_rule_says_where_it_is_locked(town: Town, desk: Office) -> None:
    await desk.agree()
    await town.stop_bot()
    town.settings["rules"] = {"rule": [{"code": "R1", "locked": True}], "unseen": {"locked": True, "least_days": 90}}
    await town.start_bot()
    card = await desk.say("规则", "走访")
    assert "在配置文件里锁定" in card
    assert desk.labels() == ["历次改动", "各村", "返回"]
    card = await desk.say("规则", "久未见")
    assert "在配置文件里锁定" in card
    assert "至少多少天:90天" in card
    assert desk.labels() == ["历次改动", "返回"]
    desk.people["朱发玉"].press("rule:change:UNSEEN")
    await town.settle()
    assert "聊天里改不了" in desk.people["朱发玉"].text


async def test_a_restart_with_the_same_file_changes_nothing_and_sends_nothing(town: Town, office: Office) -> None:
    await office.agree()
    await office.say("走访", "改规则", "到期日", "18日", "从现在起", "照此执行")
    office.hear()
    await town.stop_bot()
    await town.start_bot()
    await town.settle()
    assert office.hear() == {}
    assert "18日" in day_of(await office.say("规则", "走访"), "每期最后一个月")


async def test_helpers_see_what_holds_and_change_nothing(town: Town, office: Office) -> None:
    told = await office.say("规则", who="张伟")
    assert told.startswith("走访的规则:\n每户每月2次")
    assert "每周四(到期前14天内)" in told
    await office.agree()
    await office.say("走访", "改规则", "到期日", "18日", "从现在起")
    rows = office.people["朱发玉"].last.inline_rows
    office.people["张伟"].press(rows[0][0]["callback_data"])
    await town.settle()
    assert "您的角色办不了" in office.people["张伟"].text
    assert "25日前" in await office.say("待办", who="张伟")


async def test_a_fixed_date_is_one_tap_away(desk: Office) -> None:
    await desk.agree()
    card = await desk.say("乡镇自查")
    assert card.startswith("乡镇自查:停着(原样)\n每年,5月15日前办好")
    preview = await desk.say("启用")
    assert "启用" in preview
    preview = await desk.say("从现在起")
    assert "从现在起。" in preview
    assert (await desk.say("照此执行")).startswith("已改:乡镇自查规则")
    assert "乡镇自查 开着:每年,5月15日" in await desk.say("规则")


async def test_weekly_visits_are_one_answer_and_their_day_another(town: Town, office: Office) -> None:
    await office.agree()
    so_far = await office.say("走访", "改规则", "多久走访几次", "每周1次")
    assert "多久走访几次:每月2次 → 每周1次" in so_far
    assert "到期前几天开始:14天 → 7天" in so_far
    assert "到期日:25日 → 周五" in so_far
    assert "到期日:25日 → 周三" in await office.say("再改一项", "到期日", "星期三")
    assert "12月1日起的一期开始" in await office.say("从下一期起")
    await office.say("照此执行")
    await town.go_to(date(2026, 12, 8), "10:00")
    assert "9日前" in await office.say("待办", who="赵刚")
    assert "12月7日那周第1次,够了" in await office.say("陈桂花家去了", "好", who="赵刚")
