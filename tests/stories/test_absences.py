"""暂不在 at the wire: a cover who agrees, one who declines, one who does not answer; coming back; a week alone.

Every text is what the phone shows. The township begins on Saturday 31 October 2026.
"""

from datetime import date

import pytest

from bot.simulator.persons import Person as Phone
from tests.stories.township import Cast, Town

DAY = date(2026, 11, 10)


class People(Cast):
    """张伟 (李宁, 王秀英), 赵刚 (陈桂花), 王芳 second helper of 李宁, the team head and the officer."""

    absent: Phone
    cover: Phone
    second: Phone
    head: Phone
    officer: Phone

    async def come(self) -> "People":
        town = self.town
        self.absent = await town.person("张伟", "helper")
        self.cover = await town.person("赵刚", "helper")
        self.second = await town.person("王芳", "helper", unit="县水利局")
        self.head = await town.person("王强", "team_head", village="青山村", post="第一书记")
        self.officer = await town.person("朱发玉", "officer")
        await town.household("李宁", helper="张伟", second="王芳")
        await town.household("王秀英", helper="张伟")
        await town.household("陈桂花", helper="赵刚")
        await town.go_to(DAY, "10:00")
        self.hear()
        return self


@pytest.fixture
async def people(town: Town) -> People:
    return await People(town).come()


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_a_cover_who_agrees_visits_in_their_place(town: Town, people: People) -> None:
    asked = await people.say(people.absent, "暂不在")
    assert "从哪天起不在" in asked
    assert "不是请假条,不报单位" in asked
    assert "不在几天" in await people.say(people.absent, "明天起")
    assert "请谁代班" in await people.say(people.absent, "3天")
    made = await people.tap(people.absent, "赵刚")
    assert made.splitlines()[:2] == ["记下了:11月11日至13日不在。", "已问赵刚愿不愿意代班,答复了就告诉您。"]
    (question,) = town.told(people.cover)
    assert question.startswith("张伟11月11日至13日不在,想请您代班,看看青山村这2户:李宁、王秀英。")
    assert (await people.say(people.cover, "好")).startswith("谢谢。11月11日至13日您替张伟代班")
    town.told(people.absent)
    await town.go_to(date(2026, 11, 11), "12:00")
    (told,) = town.told(people.absent)
    assert "11月11日至13日由赵刚代班,您放心。" in told
    await people.say(people.cover, "今天去了李宁家,没啥事")
    assert "11月第1次" in await people.say(people.cover, "确认")
    people.hear()
    await town.go_to(date(2026, 11, 12), "20:00")
    assert town.told(people.absent) == []
    (reminded,) = town.told(people.cover)
    assert "李宁" in reminded
    assert "王秀英" in reminded
    await town.go_to(date(2026, 11, 14), "12:00")
    assert "李宁" not in await people.say(people.cover, "我的户")
    assert "李宁" in await people.say(people.absent, "待办")


async def test_a_cover_who_declines(town: Town, people: People) -> None:
    await people.say(people.absent, "/away 今天起4天")
    await people.say(people.absent, "赵刚")
    assert "没关系,已经告诉张伟" in await people.say(people.cover, "不方便")
    people.hear()
    await town.go_to(date(2026, 11, 12), "20:00")
    (told,) = town.told(people.absent)
    assert "11月10日至13日赵刚代不了班。您不在的这几天提醒先停" in told
    (second,) = [text for text in town.told(people.second) if "张伟" in text]
    assert "您是第二帮扶人,方便时看看:李宁。" in second
    (head,) = [text for text in town.told(people.head) if "张伟" in text]
    assert "张伟11月10日至13日不在,没有人代班:王秀英。" in head
    await town.go_to(date(2026, 11, 19), "20:00")
    assert "还差走访的户" in town.told(people.absent)[-1]


async def test_a_cover_who_does_not_answer(town: Town, people: People) -> None:
    await people.say(people.absent, "出差")
    await people.say(people.absent, "明天起到13号")
    await people.say(people.absent, "赵刚")
    assert len(town.told(people.cover)) == 1
    await town.go_to(date(2026, 11, 11), "20:00")
    assert any("代班的事赵刚还没有回话" in text for text in town.told(people.absent))
    late = await people.say(people.cover, "好")
    assert late.startswith("谢谢。11月11日至13日您替张伟代班")


async def test_two_weeks_alone_ask_the_officer(town: Town, people: People) -> None:
    await people.say(people.absent, "/away 明天起两周")
    made = await people.say(people.absent, "不用")
    assert "走访提醒停到11月17日" in made
    assert "超过7天的部分已转给专干" in made
    await town.go_to(date(2026, 11, 11), "08:00")
    (digest,) = town.told(people.officer)
    assert "有1件事等您决定" in digest
    await people.say(people.officer, "待您决定")
    card = await people.say(people.officer, "1")
    assert "暂不在超过7天" in card
    assert "张伟" in card
    assert "张伟会在日报里看到" in await people.tap(people.officer, "同意")
    people.hear()
    await town.go_to(date(2026, 11, 23), "22:00")
    said = "".join(town.told(people.absent))
    assert "您提的暂不在超过7天:朱发玉已照办。" in said
    assert "还差走访" not in said
    assert "11月11日至24日不在" in await people.say(people.absent, "暂不在")
    assert "欢迎回来" in await people.say(people.absent, "回来了")
    assert "没有记暂不在" in await people.say(people.absent, "回来了")


async def test_days_that_cannot_be_are_answered_clearly(town: Town, people: People) -> None:
    await people.say(people.absent, "/away 16号到18号")
    await people.say(people.absent, "不用")
    mine = await people.say(people.absent, "暂不在")
    assert "您11月16日至18日不在。" in mine
    await people.tap(people.absent, "另记一次暂不在")
    assert "没看出是哪天" in await people.say(people.absent, "看情况")
    assert "11月16日到11月18日已经记了不在" in await people.say(people.absent, "17号到20号")
    assert "没找到叫“赵四”" in await _asks_for(people, "赵四")
    await people.say(people.absent, "不用")
    await people.say(people.absent, "暂不在")
    await people.tap(people.absent, "再延几天")


async def _asks_for(people: People, name: str) -> str:
    await people.say(people.absent, "23号到24号")
    return await people.say(people.absent, name)


async def test_what_is_paused_is_not_called_enough(town: Town, people: People) -> None:
    await people.say(people.absent, "/away 今天起4天", "不用代班")
    await people.say(people.absent, "今天去了李宁家,没啥事")
    answer = await people.say(people.absent, "确认")
    assert "11月第1次,差1次" in answer
    assert "还差的2户都在暂停,不急。" in answer
