"""A scripted month in a township, played by people with telephones: what a bot must bring through whatever happens to it.

Two helpers with four households, a second helper, a team head, an officer, a deputy, a leader; November 2026, quota
2, due Wed 25, 补录期 until Thu 3 December, the ladder up to the deputy, and what became of it.
"""

from datetime import UTC, date, datetime

from bot.simulator.persons import Person as Phone
from tests.stories.township import Town

START = datetime(2026, 10, 31, 1, 0, tzinfo=UTC)
NOVEMBER, DECEMBER = (2026, 11), (2026, 12)


class Month:
    """`town` may be any township with telephones, a clock and a bot somewhere."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.phones: dict[str, Phone] = {}

    async def play_first_days(self) -> None:
        """Joining, the first visits, the first digests."""
        await self.people_come()
        await self.first_visits()
        await self.on(12, "20:00")

    async def play(self) -> None:
        """The whole story, from the first contact to the outcomes that those who were told hear."""
        await self.play_first_days()
        await self.the_due_day_passes()
        await self.the_ladder_goes_up()
        await self.the_deputy_hands_over()

    async def people_come(self) -> None:
        """Everybody shares the own number but one, who opens the officer's link; a stranger looks in."""
        for name, role, village in (
            ("朱发玉", "officer", ""), ("吴正金", "deputy", ""), ("罗天书", "leader", ""),
            ("胡志群", "team_head", "青山村"), ("吴祥", "helper", ""), ("何乐德", "helper", ""),
        ):  # fmt: skip
            self.phones[name] = await self.town.person(name, role, village=village)
        self.phones["张伟"] = await self.town.person("张伟", "helper", joined=False)
        await self.town.household("李宁", helper="何乐德", second="吴祥")
        await self.town.household("王芳", helper="何乐德")
        await self.town.household("林荣", helper="张伟", village="石桥村")
        await self.town.household("周强", helper="张伟", village="石桥村")
        self.phones["生人"] = self.town.sim.person("生人")
        await self.say("生人", "你好")
        await self.say("朱发玉", "/people 张伟")
        await self.tap("朱发玉", "邀请链接")
        link = next(word for word in self.phones["朱发玉"].text.split() if "?start=" in word)
        await self.say("张伟", f"/start {link.split('?start=')[1]}")

    async def first_visits(self) -> None:
        """By taps, by one message for two households, by a photo with words; one is undone and said again."""
        await self.on(3, "19:00")
        await self.say("何乐德", "记走访")
        await self.tap("何乐德", "王芳")
        await self.tap("何乐德", "见到,没新情况")
        await self.say("何乐德", "撤销")
        await self.say("何乐德", "今天去了王芳家,低保到账了")
        await self.tap("何乐德", "确认")
        await self.on(10, "18:30")
        await self.say("何乐德", "今天去了李宁家和王芳家,都没啥事")
        await self.tap("何乐德", "确认")
        await self.phones["张伟"].photo()
        await self.town.wait(seconds=5)
        await self.say("张伟", "今天去了林荣家,没啥事")
        await self.say("张伟", "1")

    async def the_due_day_passes(self) -> None:
        """One household explained, one logged late but in time, one word that nobody understands."""
        await self.on(15, "20:00")
        await self.say("张伟", "今天去了周强家,没啥事")
        await self.say("张伟", "好")
        await self.say("张伟", "🐟")
        await self.on(27, "09:00")
        await self.say("张伟", "待办")
        await self.tap("张伟", "没去成 林荣")
        await self.tap("张伟", "全家外出")
        await self.on(2, "12:30", DECEMBER)
        await self.say("张伟", "11月29号去了周强家,没啥事")
        await self.tap("张伟", "确认")

    async def the_ladder_goes_up(self) -> None:
        """李宁 stays short: second helper, team head, officer, deputy; the officer looks and urges."""
        await self.on(8, "08:30", DECEMBER)
        await self.say("朱发玉", "上报")
        await self.tap("朱发玉", "李宁")
        await self.tap("朱发玉", "催办")
        await self.on(14, "08:10", DECEMBER)

    async def the_deputy_hands_over(self) -> None:
        """交办; the team head goes himself, which settles the case; those who were told hear it."""
        await self.say("吴正金", "上报")
        await self.tap("吴正金", "李宁")
        await self.tap("吴正金", "交办给工作组")
        await self.on(15, "17:00", DECEMBER)
        await self.say("胡志群", "今天去了李宁家,没啥事")
        await self.tap("胡志群", "确认")
        await self.on(22, "12:00", DECEMBER)

    async def on(self, day: int, at: str, month: tuple[int, int] = NOVEMBER) -> None:
        await self.town.go_to(date(*month, day), at)

    async def say(self, who: str, text: str) -> None:
        await self.phones[who].send(text)
        await self.town.settle()

    async def tap(self, who: str, button: str) -> None:
        await self.phones[who].tap(button)
        await self.town.settle()
