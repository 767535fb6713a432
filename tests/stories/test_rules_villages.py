"""One village's own rule at the wire: set, seen before it is, answered by, sent by, taken back."""

from datetime import date

import pytest

from bot.simulator.persons import Person as Phone
from tests.stories.test_rules import OPEN, day_of
from tests.stories.township import Town


class Villages:
    """朱发玉 the officer; 张伟 helps a household of 青山村, 赵刚 one of 远山村."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.people: dict[str, Phone] = {}

    async def come(self) -> "Villages":
        for name, role in (("张伟", "helper"), ("赵刚", "helper"), ("朱发玉", "officer")):
            self.people[name] = await self.town.person(name, role)
        await self.town.household("李宁", helper="张伟", village="青山村")
        await self.town.household("陈桂花", helper="赵刚", village="远山村")
        await self.town.go_to(OPEN, "10:00")
        await self.say("规则", "就按这个")
        self.hear()
        return self

    def hear(self) -> dict[str, int]:
        """How many messages everybody was told since the last look."""
        return {name: len(told) for name, phone in self.people.items() if (told := self.town.told(phone))}

    async def say(self, *texts: str, who: str = "朱发玉") -> str:
        return await self.town.say(self.people[who], *texts)


@pytest.fixture
async def office(town: Town) -> Villages:
    return await Villages(town).come()


async def test_once_a_month_is_enough_in_one_village(town: Town, office: Villages) -> None:
    where = await office.say("规则", "走访", "改规则", "范围")
    assert "1. 全乡" in where
    assert "青山村:同全乡" in where
    assert "范围:青山村" in await office.say("青山村")
    await office.say("多久走访几次", "每月1次")
    preview = await office.say("从现在起")
    assert preview.startswith("走访(青山村),改了会怎样:")
    assert "涉及1户、1位帮扶人。" in preview
    assert "现在会动1条任务" in preview
    first = day_of(preview, "最近几次:")
    assert (await office.say("照此执行")).startswith("已改:走访(青山村)规则从现在起按新的办。")
    assert "另有规定:青山村(每月1次,25日到期)" in await office.say("规则", "走访")
    assert "每月1次" in await office.say("规则", who="张伟")
    assert "每月2次" in await office.say("规则", who="赵刚")
    office.hear()
    await town.go_to(date(2026, 11, 12), "20:00")
    assert office.hear() == {"张伟": 1, "赵刚": 1}
    assert "11月12日 周四 1条" in first
    assert "11月第1次,够了" in await office.say("李宁家去了", "好", who="张伟")
    assert "11月第1次,差1次" in await office.say("陈桂花家去了", "好", who="赵刚")
    office.hear()
    await town.go_to(date(2026, 11, 19), "20:00")
    told = office.hear()
    assert (told.get("张伟"), told.get("赵刚")) == (None, 1)


async def test_it_is_given_up_and_that_is_taken_back(town: Town, office: Villages) -> None:
    await office.say("规则", "走访", "各村", "青山村", "改规则", "多久走访几次", "每月1次", "从现在起", "照此执行")
    card = await office.say("规则", "走访", "各村", "青山村")
    assert card.startswith("走访(青山村):开着")
    township = await office.say("规则", "走访", "改规则", "到期日", "20日", "从现在起")
    assert "不受影响(另有规定):青山村" in township
    assert "涉及1户、1位帮扶人。" in township
    await office.say("照此执行")
    await office.say("规则", "走访", "各村", "青山村", "恢复同全乡")
    preview = await office.say("从现在起")
    assert "不再另定,同全乡" in preview
    await office.say("照此执行")
    todo = await office.say("待办", who="张伟")
    assert "20日前" in todo
    assert "另有规定" not in await office.say("规则", "走访")
    await office.say("各村", "青山村", "撤回", "照此执行")
    assert "25日前" in await office.say("待办", who="张伟")
    assert "第3版" in await office.say("规则", "走访", "各村", "青山村", "历次改动")


async def test_from_the_next_period_on(town: Town, office: Villages) -> None:
    await office.say("规则", "走访", "改规则", "多久走访几次", "每月3次", "再改一项", "范围", "远山村")
    assert "每月2次 → 每月3次" in await office.say("看改动")
    assert "12月1日起的一期开始,现在的任务不动。" in await office.say("从下一期起")
    await office.say("照此执行")
    assert "另有规定:远山村(12月1日起:每月3次,25日到期)" in await office.say("规则", "走访")
    assert "远山村:同全乡;12月1日起有改动" in await office.say("各村")
    assert "11月第1次,差1次" in await office.say("陈桂花家去了", "好", who="赵刚")
    await town.go_to(date(2026, 12, 2), "10:00")
    assert "12月第1次,差2次" in await office.say("陈桂花家去了", "好", who="赵刚")
    assert "12月第1次,差1次" in await office.say("李宁家去了", "好", who="张伟")


async def test_whoever_gives_it_up_but_for_one_thing_keeps_a_rule_of_its_own(town: Town, office: Villages) -> None:
    await office.say("规则", "走访", "改规则", "范围", "青山村", "多久走访几次", "每月1次", "从现在起", "照此执行")
    await office.say("规则", "走访", "各村", "青山村", "恢复同全乡", "再改一项", "到期日", "20日", "从现在起")
    assert (await office.say("照此执行")).startswith("已改:走访(青山村)")
    assert "另有规定:青山村(每月2次,20日到期)" in await office.say("规则", "走访")


async def test_what_was_previewed_before_a_village_got_its_own_is_looked_at_again(town: Town, office: Villages) -> None:
    office.people["钱进"] = await town.person("钱进", "officer")
    assert "涉及2户" in await office.say("规则", "走访", "改规则", "多久走访几次", "每月4次", "从现在起")
    steps = "规则", "走访", "改规则", "范围", "远山村", "多久走访几次", "每月1次", "从现在起", "照此执行"
    assert (await office.say(*steps, who="钱进")).startswith("已改:走访(远山村)")
    assert (await office.say("照此执行")).startswith("这张预览已经过时")
