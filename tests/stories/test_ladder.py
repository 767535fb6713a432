"""November 2026 at the wire, quota 2: each person is told exactly what is promised, at the hour, and nothing else.

Due Wed 25, period's end Mon 30, 补录期 Tue 1 to Thu 3 December. Every helper visits once on 10 November; what comes
after that differs by household, as in the worked example: (a) nothing more, with and without a second helper; (b), (c)
typed on 2 December; (d) 没去成; (e) typed after the ladder began; (f) undone.
"""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.simulator.persons import Person as Phone
from models.duties import Duty
from models.households import Household
from tests.stories.township import ZONE, Town

ALL = ("李宁", "王秀英", "陈桂花", "周大山", "吴长贵", "郑小满", "冯天喜")
A, ALONE, B, C, D, E, F = ALL
REMINDED = ("11-12 19:20", "11-19 19:20", "11-24 19:20", "11-26 19:20", "11-30 19:20", "12-03 19:20")
REPEATED = ("12-08 19:20", "12-11 19:20", "12-16 19:20", "12-21 19:20")
DECEMBER = ("12-17 19:20",)

SAY = {
    "zh_CN": {
        "today": "今天去了{name}家,没啥事", "on": "11月{day}号去了{name}家,没啥事", "confirm": "确认", "undo": "撤销",
        "miss": "没去成", "away": "全家外出", "first": "11月第1次,差1次", "second": "11月第2次,够了",
        "december": "12月第1次,差1次", "line": "李宁(青山村1组) 每月2次;本月1次;差1次,25日前", "late": "另补记1次",
        "explained": "不再提醒", "late_outcome": "补记了11月20日的走访", "counts": "还差2户", "hand": "全村交办",
        "handed": "交给您办", "met": "见到了(王强)", "see": "看 李宁", "answer": "写答复",
        "stale": "您点的那一下没有生效", "copied": "已请王强一起办",
    },
    "en": {
        "today": "visited {name} today, all fine", "on": "visited {name} on November {day}, all fine",
        "confirm": "Confirm", "undo": "Undo", "miss": "Could not go", "away": "whole family is away",
        "first": "visit 1 of November, 1 to go", "second": "visit 2 of November, that is enough", "december": "visit 1 of December",
        "line": "李宁 (青山村1组): 2 a month; 1 this month; 1 to go, by 25 Nov", "late": "1 entered late",
        "explained": "No more reminders", "late_outcome": "visit of 20 Nov entered late", "counts": "2 still short",
        "hand": "Hand all", "handed": "hands you", "met": "(王强)", "see": "See 李宁", "answer": "Write an answer",
        "stale": "your tap did nothing", "copied": "王强 now helps",
    },
}  # fmt: skip


class November:
    """The township of the story and the language everybody in it reads."""

    def __init__(self, town: Town, locale: str) -> None:
        self.town = town
        self.locale = locale
        self.say = SAY[locale]
        self.helpers: dict[str, Phone] = {}

    async def person(self, name: str, role: str, village: str = "") -> Phone:
        language = "zh-hans" if self.locale == "zh_CN" else "en"
        return await self.town.person(name, role, village=village, language=language, locale=self.locale)

    async def household(self, name: str, second: str = "") -> None:
        """A household with a helper of its own."""
        helper = f"帮扶{len(self.helpers) + 1}"
        self.helpers[name] = await self.person(helper, "helper")
        await self.town.household(name, helper=helper, second=second)

    async def write(self, phone: Phone, text: str) -> str:
        """What the person is answered."""
        phone.new()
        await phone.send(text)
        await self.town.settle()
        return "\n".join(message.text for message in phone.new())

    async def tap(self, phone: Phone, button: str) -> str:
        """What the screen says after a tap."""
        await phone.tap(button)
        await self.town.settle()
        phone.new()
        return phone.last.text

    async def log(self, name: str, day: int | None = None, phone: Phone | None = None) -> str:
        """One message and 确认; what the visit counted for."""
        phone = phone or self.helpers[name]
        text = self.say["today"] if day is None else self.say["on"]
        await self.write(phone, text.format(name=name, day=day))
        return await self.tap(phone, self.say["confirm"])

    async def duty(self, name: str) -> tuple[str, int, int]:
        return await self.town.app.database.read(find_duty, name)


def find_duty(session: Session, name: str) -> tuple[str, int, int]:
    duty = session.scalars(
        select(Duty).join(Household, Household.id == Duty.household_id)
        .where(Household.head_name == name, Duty.period == "2026-11")
    ).one()  # fmt: skip
    return duty.state, duty.done, duty.late


class Ear:
    """What came to one phone by itself: (local moment, the households it names)."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.heard: list[tuple[str, str]] = []
        self.texts: dict[str, str] = {}

    def listen(self) -> None:
        for message in self.phone.new():
            moment = message.sent_at.astimezone(ZONE).strftime("%m-%d %H:%M")
            self.heard.append((moment, "".join(name for name in ALL if name in message.text)))
            self.texts[moment] = message.text


def alone(name: str, *moments: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(moment, name) for each in moments for moment in each]


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
async def test_each_person_is_told_exactly_what_is_promised(town: Town, locale: str) -> None:
    november = November(town, locale)
    say = november.say
    others = {
        "second": await november.person("刘芳", "helper"),
        "head": await november.person("王强", "team_head", "青山村"),
        "officer": await november.person("朱发玉", "officer"),
        "deputy": await november.person("赵明", "deputy"),
        "leader": await november.person("钱进", "leader"),
    }
    for name in ALL:
        await november.household(name, second="" if name == ALONE else "刘芳")
    ears = {name: Ear(phone) for name, phone in {**november.helpers, **others}.items()}

    async def go(day: date, at: str) -> None:
        await town.go_to(day, at)
        for ear in ears.values():
            ear.listen()

    await go(date(2026, 11, 10), "18:00")
    for name in ALL:
        assert say["first"] in await november.log(name)
    await go(date(2026, 11, 20), "18:00")
    assert say["second"] in await november.log(F)
    assert (await november.duty(F))[:2] == ("done", 2)
    await november.tap(november.helpers[F], say["undo"])
    assert await november.duty(F) == ("open", 1, 0)
    await go(date(2026, 11, 27), "10:00")
    await november.tap(november.helpers[D], say["miss"])
    assert say["explained"] in await november.tap(november.helpers[D], say["away"])
    assert (await november.duty(D))[0] == "explained"
    await go(date(2026, 11, 29), "18:00")
    assert say["second"] in await november.log(F)
    await go(date(2026, 11, 30), "18:00")
    assert say["second"] in await november.log(D, 29)
    assert (await november.duty(D))[:2] == ("done", 2)
    await go(date(2026, 12, 2), "18:00")
    assert say["second"] in await november.log(B, 29)
    assert await november.duty(B) == ("done", 2, 0)
    assert say["december"] in await november.log(C)
    assert await november.duty(C) == ("settled", 1, 0)
    await go(date(2026, 12, 10), "18:00")
    await november.log(E, 20)
    assert await november.duty(E) == ("settled", 1, 1)
    await go(date(2026, 12, 22), "12:00")

    assert ears[A].heard == alone(A, REMINDED, REPEATED[:3], DECEMBER, REPEATED[3:])
    assert ears[ALONE].heard == alone(ALONE, REMINDED, REPEATED[:3], DECEMBER, REPEATED[3:])
    assert ears[B].heard == alone(B, REMINDED[:5], DECEMBER)
    assert ears[C].heard == alone(C, REMINDED[:5], DECEMBER)
    assert ears[D].heard == alone(D, REMINDED[:4], DECEMBER)
    assert ears[E].heard == alone(E, REMINDED, REPEATED[:1], DECEMBER)
    assert ears[F].heard == alone(F, REMINDED[:4], DECEMBER)
    assert ears["second"].heard == [("12-04 19:20", A + E), ("12-14 19:20", E)]
    assert ears["head"].heard == [
        ("11-18 07:50", "".join(ALL)), ("12-04 07:50", ALONE), ("12-07 07:50", A + E), ("12-14 07:50", E),
        ("12-18 07:50", "".join(ALL)),
    ]  # fmt: skip
    # On 2 November: nothing official is known yet about next year's working days.
    assert ears["officer"].heard == [("11-02 07:50", ""), ("12-08 07:50", A + ALONE + E), ("12-14 07:50", E)]
    assert ears["deputy"].heard == [("12-14 07:50", "")]
    assert ears["leader"].heard == [("12-17 07:50", ""), ("12-21 07:50", "")]
    assert say["line"] in ears[A].texts["11-12 19:20"]
    assert say["late_outcome"] in ears["head"].texts["12-14 07:50"]
    assert say["counts"] in ears["deputy"].texts["12-14 07:50"]


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
async def test_a_village_handed_over_is_visited_by_its_team_head_and_those_told_hear_it(
    town: Town, locale: str
) -> None:
    november = November(town, locale)
    say = november.say
    second = await november.person("刘芳", "helper")
    head = await november.person("王强", "team_head", "青山村")
    officer = await november.person("朱发玉", "officer")
    deputy = await november.person("赵明", "deputy")
    leader = await november.person("钱进", "leader")
    await november.household(A, second="刘芳")
    await november.household(ALONE)
    await town.go_to(date(2026, 12, 14), "08:00")
    people = {"second": second, "head": head, "officer": officer, "deputy": deputy, "leader": leader}
    ears = {name: Ear(phone) for name, phone in {**people, A: november.helpers[A]}.items()}
    for phone in (*people.values(), *november.helpers.values()):
        phone.new()

    pressed = deputy.find_message_with(say["hand"])
    assert pressed is not None
    old = next(b["callback_data"] for row in pressed.inline_rows for b in row if say["hand"] in b["text"])
    assert "王强" in await november.tap(deputy, say["hand"])
    ears["head"].listen()
    assert ears["head"].heard == [("12-14 08:00", A + ALONE)]
    assert say["handed"] in ears["head"].texts["12-14 08:00"]

    deputy.press(old, pressed)
    await town.settle()
    deputy.new()
    assert say["stale"] in deputy.last.text

    await town.go_to(date(2026, 12, 15), "18:00")
    ears[A].listen()
    assert ears[A].heard == [("12-14 19:20", A)]
    assert say["copied"] in ears[A].texts["12-14 19:20"]
    head.new()
    await november.log(A, phone=head)
    assert await november.duty(A) == ("settled", 0, 0)
    assert await november.duty(ALONE) == ("open", 0, 0)
    await november.tap(head, say["see"].replace(A, ALONE))
    await november.tap(head, say["answer"])
    await november.write(head, "人在外地,周末回来")

    await town.go_to(date(2026, 12, 22), "12:00")
    for ear in ears.values():
        ear.listen()
    assert ears["second"].heard == [("12-21 19:20", A)]
    assert ears["head"].heard == [("12-14 08:00", A + ALONE), ("12-18 07:50", A + ALONE)]
    assert ears["officer"].heard == [("12-21 07:50", A)]
    assert ears["deputy"].heard == [("12-16 07:50", A + ALONE)]
    assert ears["leader"].heard == []
    assert ears[A].heard == [("12-14 19:20", A), ("12-17 19:20", A)]
    for name, moment in (("second", "12-21 19:20"), ("officer", "12-21 07:50"), ("deputy", "12-16 07:50")):
        assert say["met"] in ears[name].texts[moment]
    assert "人在外地,周末回来" in ears["deputy"].texts["12-16 07:50"]
