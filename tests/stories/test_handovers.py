"""移交 at the wire: on the 14th with one visit done; a recall; a proposal; somebody leaves; the same person twice."""

from datetime import date

import pytest

from bot.simulator.persons import Person as Phone
from tests.stories.township import Cast, Town


class People(Cast):
    """张伟 (李宁, 王秀英), 赵刚 (陈桂花), the team head, the officer."""

    old: Phone
    new: Phone
    head: Phone
    officer: Phone

    async def come(self) -> "People":
        town = self.town
        self.old = await town.person("张伟", "helper")
        self.new = await town.person("赵刚", "helper")
        self.head = await town.person("王强", "team_head", village="青山村", post="第一书记")
        self.officer = await town.person("朱发玉", "officer")
        await town.household("李宁", helper="张伟")
        await town.household("王秀英", helper="张伟")
        await town.household("陈桂花", helper="赵刚")
        await town.go_to(date(2026, 11, 10), "10:00")
        return self

    async def card_of(self, name: str) -> str:
        return await self.say(self.officer, f"/people {name}")


@pytest.fixture
async def people(town: Town) -> People:
    return await People(town).come()


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_a_hand_over_on_the_14th_with_one_visit_done(town: Town, people: People) -> None:
    await people.say(people.old, "今天去了李宁家,没啥事")
    await people.say(people.old, "确认")
    await town.go_to(date(2026, 11, 14), "10:00")
    people.hear()
    await people.card_of("张伟")
    assert "移交张伟的帮扶户(2户)" in await people.tap(people.officer, "移交帮扶户")
    await people.say(people.officer, "李宁")
    assert "李宁移交给谁" in await people.say(people.officer, "好")
    assert "为什么移交" in await people.say(people.officer, "赵刚")
    preview = await people.tap(people.officer, "工作调动")
    assert preview.splitlines()[:3] == [
        "移交1户:李宁", "张伟 → 赵刚", "一起转过去的任务1件,其中已上报0件。做过的次数跟着走。",
    ]  # fmt: skip
    assert "不脱贫不换人" in preview
    assert (await people.tap(people.officer, "确认")).startswith("已移交1户:李宁。")
    await town.go_to(date(2026, 11, 16), "20:00")
    (old,) = town.told(people.old)
    assert "李宁已交给赵刚,您不用再管,辛苦了。" in old
    (new,) = town.told(people.new)
    assert "李宁从现在起由您帮扶(原来是张伟)。李宁上次见到11月10日,11月还差1次。" in new
    await people.say(people.new, "今天去了李宁家,没啥事")
    assert "11月第2次" in await people.say(people.new, "确认")
    assert "没找到“李宁”这一户" in await people.say(people.old, "今天去了李宁家")


async def test_a_recall_gives_everything_back(town: Town, people: People) -> None:
    await people.card_of("张伟")
    await people.tap(people.officer, "移交帮扶户")
    await people.tap(people.officer, "全部2户")
    await people.say(people.officer, "赵刚")
    await people.say(people.officer, "分工重新排过")
    await people.tap(people.officer, "确认")
    await town.go_to(date(2026, 11, 12), "10:00")
    people.hear()
    await people.card_of("张伟")
    asked = await people.tap(people.officer, "收回移交")
    assert "李宁、王秀英" in asked
    assert "收回2户:李宁、王秀英" in await people.tap(people.officer, "移错了")
    assert "已收回2户" in await people.tap(people.officer, "确认")
    assert "李宁" in await people.say(people.old, "我的户")
    assert "李宁" not in await people.say(people.new, "我的户")


async def test_the_team_head_proposes_and_the_officer_agrees(town: Town, people: People) -> None:
    people.hear()
    assert "移交谁的帮扶户" in await people.say(people.head, "移交")
    await people.say(people.head, "张伟")
    await people.tap(people.head, "全部2户")
    await people.say(people.head, "赵刚")
    preview = await people.say(people.head, "张伟要去党校学习半年")
    assert "张伟名下将没有帮扶户" in preview
    assert "已记下,转给专干核对" in await people.tap(people.head, "提出来,请专干定")
    await town.go_to(date(2026, 11, 11), "08:00")
    await people.say(people.officer, "待您决定")
    card = await people.say(people.officer, "1")
    assert "移交2户:李宁、王秀英" in card
    assert "张伟要去党校学习半年" in card
    await people.tap(people.officer, "同意")
    assert "李宁" in await people.say(people.new, "我的户")


async def test_a_helper_asks_in_words_and_somebody_leaves(town: Town, people: People) -> None:
    assert "请写一句" in await people.say(people.old, "移交")
    assert "已记下,转给专干核对" in await people.say(people.old, "我调到县里了,两户请交给别人")
    await people.card_of("张伟")
    await people.tap(people.officer, "离岗")
    preview = await people.tap(people.officer, "工作调动")
    assert "2户没有第二帮扶人,将没有帮扶人:李宁、王秀英" in preview
    assert "现在没有帮扶人:李宁、王秀英" in await people.tap(people.officer, "确认")
    await people.say(people.old, "我的户")
    assert "李宁" not in people.old.text
    await people.say(people.officer, "人员")
    listed = await people.tap(people.officer, "帮扶关系要看的 2 处")
    assert "没有帮扶人的2户" in listed
    await people.tap(people.officer, "李宁")
    await people.tap(people.officer, "定帮扶人")
    await people.say(people.officer, "赵刚")
    await people.tap(people.officer, "分工调整")
    assert "已定好1户的帮扶人:李宁" in await people.tap(people.officer, "确认")
    assert "李宁" in await people.say(people.new, "我的户")


async def test_a_person_entered_twice_is_joined(town: Town, people: People) -> None:
    await town.person("张伟", "helper", joined=False)
    await people.say(people.officer, "人员")
    assert "张伟:姓名和单位(或村)相同" in await people.tap(people.officer, "可能重复的 1 对")
    compared = await people.tap(people.officer, "张伟")
    assert compared.splitlines()[0] == "留下这一条:"
    assert "已合并" in await people.tap(people.officer, "是同一个人,合并")
    assert "李宁" in await people.say(people.old, "我的户")


async def test_what_the_rules_newly_find_is_told_once(town: Town, people: People) -> None:
    people.hear()
    await town.household("周大山")
    await town.go_to(date(2026, 11, 17), "08:00")
    assert "没有帮扶人的户:周大山" in "\n".join(town.told(people.officer))
    await town.go_to(date(2026, 11, 19), "08:00")
    assert not any("周大山" in text for text in town.told(people.officer))
