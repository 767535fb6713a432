"""A month with everything that happens: a family away, a death, a hand-over on the 14th, a cover who does not answer,
a correction after the report went up. November 2026, quota 2: due Wed 25, end Mon 30, 补录期 until Thu 3 December."""

from datetime import date

import pytest

from bot.simulator.persons import Person as Phone
from tests.stories.township import Town

PEOPLE = (
    ("朱发玉", "officer", ""), ("吴正金", "deputy", ""), ("罗天书", "leader", ""), ("胡志群", "team_head", "青山村"),
    ("何乐德", "helper", ""), ("吴祥", "helper", ""), ("赵刚", "helper", ""),
)  # fmt: skip


class Month:
    """The people by name; what each was told since the last look."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.phones: dict[str, Phone] = {}

    async def begin(self) -> None:
        for name, role, village in PEOPLE:
            self.phones[name] = await self.town.person(name, role, village=village)
        for head, helper, second in (
            ("李宁", "何乐德", "吴祥"), ("王芳", "何乐德", ""), ("林荣", "何乐德", ""), ("陈桂花", "赵刚", ""),
        ):  # fmt: skip
            await self.town.household(head, helper=helper, second=second)

    async def on(self, month: int, day: int, at: str = "19:00") -> None:
        await self.town.go_to(date(2026, month, day), at)

    async def say(self, who: str, *texts: str) -> str:
        """Types one text after the other; the last answer."""
        return await self.town.say(self.phones[who], *texts)

    async def tap(self, who: str, button: str) -> str:
        return await self.town.tap(self.phones[who], button)

    def told(self, who: str) -> str:
        return "\n".join(self.town.told(self.phones[who]))

    def nobody_was_told(self) -> None:
        for name in self.phones:
            self.told(name)


@pytest.fixture
async def month(town: Town) -> Month:
    month = Month(town)
    await month.begin()
    return month


BOTH = pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)


@BOTH
async def test_a_family_that_is_away_needs_one_call_a_month(month: Month) -> None:
    await month.on(11, 3)
    assert "外出务工到2月6日" in await month.say("何乐德", "王芳全家打工去了,过年才回来")
    assert "王芳(青山村1组) 差1次,12月2日前" in await month.say("何乐德", "好")
    month.nobody_was_told()
    await month.on(11, 19, "20:00")
    assert "王芳(青山村1组) 每月1次;本月0次;差1次,12月2日前(全家外出到2月6日,每月打一个电话就够)" in month.told("何乐德")
    await month.on(11, 20)
    assert "11月第1次,够了" in await month.say("何乐德", "给王芳打了电话,都好", "好")
    month.nobody_was_told()
    await month.on(12, 12)
    assert "王芳" not in month.told("胡志群")


@BOTH
async def test_a_death_stops_everything_and_the_officer_decides(month: Month) -> None:
    await month.on(11, 5)
    assert "问得冒昧" in await month.say("何乐德", "今天去林荣家,老人走了")
    await month.tap("何乐德", "户主过世了")
    month.nobody_was_told()
    assert "这户的提醒都停了" in await month.say("何乐德", "好")
    assert "何乐德报户主已过世" in month.told("朱发玉")
    month.nobody_was_told()
    await month.on(11, 19, "20:00")
    assert "林荣" not in month.told("何乐德")
    await month.tap("朱发玉", "家里还有人,继续走访")
    await month.on(11, 24, "20:00")
    assert "林荣" in month.told("何乐德")


@BOTH
async def test_a_cover_who_does_not_answer_is_no_cover_and_the_second_helper_knows(month: Month) -> None:
    await month.on(11, 6, "18:00")
    await month.say("何乐德", "暂不在", "9号到12号")
    assert "已问赵刚愿不愿意代班" in await month.say("何乐德", "赵刚")
    assert "想请您代班" in month.told("赵刚")
    month.nobody_was_told()
    await month.on(11, 10, "20:00")
    assert "赵刚还没有回话" in month.told("何乐德")
    assert "您是第二帮扶人,方便时看看:李宁" in month.told("吴祥")
    assert "没有人代班:王芳、林荣" in month.told("胡志群")
    await month.on(11, 12, "21:00")
    assert month.told("何乐德") == ""
    await month.on(11, 19, "20:00")
    assert "李宁" in month.told("何乐德")


@BOTH
async def test_a_hand_over_on_the_14th_moves_what_is_owed_and_both_hear_it(month: Month) -> None:
    await month.on(11, 10)
    await month.say("何乐德", "今天去了李宁家,没啥事", "好")
    await month.on(11, 14, "10:00")
    await month.say("朱发玉", "移交")
    await month.tap("朱发玉", "何乐德")
    await month.tap("朱发玉", "李宁")
    await month.tap("朱发玉", "选好了")
    await month.say("朱发玉", "吴祥")
    preview = await month.say("朱发玉", "何乐德抽调到县里")
    assert "何乐德 → 吴祥" in preview
    assert "不脱贫不换人" in preview
    month.nobody_was_told()
    assert "已移交1户:李宁" in await month.say("朱发玉", "1")
    await month.on(11, 16, "20:00")
    assert "李宁已交给吴祥" in month.told("何乐德")
    assert "李宁从现在起由您帮扶" in month.told("吴祥")
    # 17 days are left: one visit more, beside the one that moved along.
    await month.on(11, 20)
    assert "11月第2次,够了" in await month.say("吴祥", "今天去了李宁家,没啥事", "好")
    assert "李宁" not in await month.say("何乐德", "我的户")


@BOTH
async def test_a_correction_after_the_report_went_up_opens_it_again(month: Month) -> None:
    await month.on(12, 8, "12:00")
    assert "11月还没记到" in month.told("胡志群")
    assert "陈桂花" in month.told("朱发玉")
    assert "11月那次也算有着落了" in await month.say("赵刚", "12月5号去了陈桂花家,都好", "好")
    month.nobody_was_told()
    await month.on(12, 14, "09:00")
    assert "陈桂花" in month.told("朱发玉")
    await month.on(12, 14, "10:00")
    card = await month.say("赵刚", "更正:陈桂花家那次没见到人")
    assert "原来 见到 → 改为 不在家" in card
    assert "原记录保留" in await month.say("赵刚", "好")
    month.nobody_was_told()
    await month.on(12, 15, "09:00")
    assert "陈桂花" in month.told("胡志群")
    assert "记录改过,再去1次;还没去;差1次,21日前" in await month.say("赵刚", "待办")
