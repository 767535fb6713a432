"""People who type, tap, send and forge anything: whatever comes is answered in words, and nothing of it is lost.

Seeded: the same seed plays the same deeds. Every deed is one update or a few (an album); what the screens show is
where the next deeds come from, so the walk goes wherever buttons lead, with words, stale and forged buttons between.
"""

import json
import random
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.simulator.persons import Person as Phone
from bot.simulator.state import Message
from bot.telegram.incoming import raw_update
from handlers import TABLE
from models.drafts import Draft
from models.duties import Duty
from models.duties.settling import count, judge
from models.inbox import InboxRow
from models.outbox import Message as OutboxRow
from models.rules import get_parameters
from tests.stories.township import Town

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ALBUM_SETTLES = 2
"""Seconds after which photos are answered."""
SPILLED = re.compile(
    r"Traceback|Error\b|Exception|\bNone\b|<[A-Za-z_]+ object|\{[a-z_]+\}|^(?:[a-z]+\.)+[a-z_]+$|是我们这边的问题|went wrong on our side",
    re.MULTILINE,
)
"""What no person may ever see: the insides of a program, a text's key, or the apology for a parked update."""

PHRASES = (
    "今天去了李宁家,低保到账了,没啥事", "昨天晚上去王芳屋头 没得人", "周三李宁 王芳都去了", "都去了,都好", "全部", "除了王芳都去了",
    "李宁打工去了,过年才回来", "李宁走了", "老表屋头锁起的", "9号", "上个月28号去了李宁家", "11.20 ln 在家", "明天去王芳家",
    "更正:李宁是昨天去的", "走访时间:11月18日\n走访对象:李宁\n走访情况:一切正常", "户主换了,现在是他娃", "新号码13800138000",
    "农历十月初三去了王芳家", "李宁家要修房子,差2000块,下周再去看", "给王芳送了米和油", "听说李宁住院了", "不让进", "电话停机",
    "好", "对", "是", "1", "2", "3", "8", "0", "99", "👍", "撤销", "取消", "返回", "更多", "待办", "我的户", "记走访", "查户", "帮助",
    "暂不在", "回来了", "人员", "上报", "导入", "拍照", "语言", "说法", "待您决定", "李宁", "王芳", "王fang", "wf", "青山村李宁", "请假三天",
    "I visited Li Ning today, all fine", "nobody was at home at Wang Fang's", "去了去了去了", "?", ".", "。。。", "520111199001011234",
    "https://example.org/a?b=c", "/start", "/start abc", "/mine", "/todo", "/nothing", "/visit 李宁", "/people 何",
)  # fmt: skip
SPICES = (
    "",
    " ",
    "\n",
    ",",
    "。",
    "😀",
    "👨‍👩‍👧",
    "１２",
    "Ａ",
    "\u200b",
    "\u202e",
    "'",
    '"',
    "%s",
    "{0}",
    "{}",
    "<b>",
    "--",
    "啊" * 40,
)


@dataclass
class Fuzz:
    """`town` has people with telephones. After `go(n)` the lists say what went wrong, each with its deed."""

    town: Town
    phones: Sequence[Phone]
    chance: random.Random
    updates: int = 0
    unanswered: list[str] = field(default_factory=list)
    spilled: list[str] = field(default_factory=list)
    seen_data: list[str] = field(default_factory=list)

    async def go(self, updates: int) -> None:
        deeds: tuple[tuple[int, Callable[[Phone], Awaitable[str]]], ...] = (
            (30, self.tap_a_button), (22, self.type_something), (6, self.type_a_number), (8, self.press_something_old),
            (8, self.press_something_forged), (4, self.send_pictures), (3, self.send_a_file), (3, self.send_a_thing),
            (2, self.edit_something), (1, self.forward_something), (1, self.leave_and_return), (2, self.do_it_twice),
        )  # fmt: skip
        weights, acts = [weight for weight, _ in deeds], [act for _, act in deeds]
        while self.updates < updates:
            phone = self.chance.choice(self.phones)
            act = self.chance.choices(acts, weights)[0]
            told = await act(phone)
            self.updates += 1
            await self.look(phone, told, silent=act == self.leave_and_return, later=act == self.send_pictures)
            if self.chance.random() < 0.03:
                await self.town.wait(minutes=self.chance.choice((1, 31, 300)))

    async def look(self, phone: Phone, told: str, *, silent: bool, later: bool) -> None:
        """Everybody has an answer, and nobody sees what a person should not."""
        await self.town.settle()
        if later:
            await self.town.wait(seconds=ALBUM_SETTLES)
        arrived = phone.new()
        mine = f"update {self.updates}, {phone.name}: {told}"
        if not arrived and not silent and not told.startswith(("tap", "press", "edit")):
            self.unanswered.append(mine)
        if phone.unanswered:
            self.unanswered.append(mine)
        for each in self.phones:
            for message in (*arrived, *each.new()) if each is phone else each.new():
                self.seen_data += [
                    b["callback_data"] for row in message.inline_rows for b in row if "callback_data" in b
                ]
                found = SPILLED.search(message.text)
                if found is not None:
                    self.spilled.append(f"{mine} → {each.name}: {found.group()!r} in {message.text[:200]!r}")
        del self.seen_data[:-400]

    # -- deeds --------------------------------------------------------------------------------------------------------

    async def tap_a_button(self, phone: Phone) -> str:
        shown = [one for one in phone.messages[-6:] if one.from_bot and one.inline_rows]
        if not shown:
            return await self.type_something(phone)
        message = self.chance.choice(shown[-2:])
        buttons = [b["callback_data"] for row in message.inline_rows for b in row if "callback_data" in b]
        if not buttons:
            return await self.type_something(phone)
        data = self.chance.choice(buttons)
        phone.press(data, message)
        return f"tap {data}"

    async def press_something_old(self, phone: Phone) -> str:
        """Any button anybody saw lately, also another person's."""
        data = self.chance.choice(self.seen_data or ["menu:more"])
        return self.press(phone, data)

    async def press_something_forged(self, phone: Phone) -> str:
        press = self.chance.choice([entry.press for entry in TABLE if entry.press])
        numbers = [
            self.chance.choice(("1", "2", "7", "0", "-1", "99999", "20261120", "00010101", "x", "", "1" * 20))
            for _ in range(3)
        ]
        data = ":".join((press, *numbers[: self.chance.randrange(4)]))
        if self.chance.random() < 0.2:
            data = self.mutate(data)
        return self.press(phone, data.encode()[:64].decode(errors="ignore") or "x")

    def press(self, phone: Phone, data: str) -> str:
        if phone.find_latest() is None:
            return "press nothing"
        phone.press(data)
        return f"press {data}"

    async def type_something(self, phone: Phone) -> str:
        text = self.chance.choice(PHRASES)
        if self.chance.random() < 0.25:
            text += self.chance.choice((" ", ",", "\n", "")) + self.chance.choice(PHRASES)
        if self.chance.random() < 0.5:
            text = self.mutate(text)
        text = text.strip()[: self.chance.choice((4000, 4000, 30))] or "嗯"
        return await self.type(phone, text)

    async def type_a_number(self, phone: Phone) -> str:
        return await self.type(phone, str(self.chance.randrange(12)))

    async def type(self, phone: Phone, text: str) -> str:
        try:
            await phone.send(text)
        except ValueError:  # nothing of it would be shown, so the apps send nothing
            await phone.send(text := "嗯")
        return f"type {text!r}"

    def mutate(self, text: str) -> str:
        for _ in range(self.chance.randrange(1, 5)):
            at = self.chance.randrange(len(text) + 1)
            until = at + self.chance.randrange(4)
            text = text[:at] + self.chance.choice((*SPICES, text[at:until] * 2)) + text[until:]
        return text

    async def send_pictures(self, phone: Phone) -> str:
        caption = self.chance.choice((None, None, self.chance.choice(PHRASES)))
        if self.chance.random() < 0.5:
            await phone.photo(caption=caption)
            return f"photo {caption!r}"
        count = self.chance.randrange(2, 5)
        await phone.album(count, caption)
        self.updates += count - 1
        return f"album of {count} {caption!r}"

    async def send_a_file(self, phone: Phone) -> str:
        name, data = self.chance.choice(FILES)
        if self.chance.random() < 0.3:
            data = self.chance.randbytes(200) + data[200:]
        await phone.document(data, name)
        # A sheet is read and a picture fetched beside; the answer comes after.
        await self.town.wait(seconds=ALBUM_SETTLES)
        return f"file {name}"

    async def send_a_thing(self, phone: Phone) -> str:
        name = self.chance.choice(("voice", "video", "sticker", "location", "other", "contact"))
        await getattr(phone, name)()
        if name == "voice":
            await self.town.wait(seconds=ALBUM_SETTLES)
        return name

    async def edit_something(self, phone: Phone) -> str:
        own = [one for one in phone.messages[-8:] if not one.from_bot and "text" in one.content]
        if not own:
            return await self.type_something(phone)
        text = self.chance.choice(PHRASES)
        await phone.edit(self.chance.choice(own), text)
        return f"edit to {text!r}"

    async def forward_something(self, phone: Phone) -> str:
        other: Phone = self.chance.choice(self.phones)
        told: list[Message] = [one for one in other.messages[-4:] if one.text]
        if not told:
            return await self.type_something(phone)
        await phone.forward(self.chance.choice(told))
        return "forward"

    async def leave_and_return(self, phone: Phone) -> str:
        await phone.block()
        await self.town.settle()
        await phone.unblock()
        self.updates += 1
        return "block, unblock"

    async def do_it_twice(self, phone: Phone) -> str:
        """The same button again and again before anything came back."""
        told = await self.tap_a_button(phone)
        for _ in range(2):
            if told.startswith("tap "):
                self.press(phone, told.removeprefix("tap "))
                self.updates += 1
        return told


FILES: tuple[tuple[str, bytes], ...] = (
    ("名单.xlsx", b"PK\x03\x04 not really"),
    ("名单.csv", "村,户主,人口\n青山村,李宁,3\n".encode("gb18030")),
    ("名单.csv", b"\xff\xfe\x00" * 40),
    ("照片.jpg", b"\xff\xd8\xff\xe0 cut"),
    ("动.gif", b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00;"),
    ("程序.exe", b"MZ" + bytes(500)),
    ("空.txt", b"."),
    ("报告.pdf", b"%PDF-1.4"),
)


async def make_people(town: Town) -> list[Phone]:
    """A small township in which everybody has something to do."""
    people = [
        await town.person(name, role, village=village, **more)
        for name, role, village, more in (
            ("朱发玉", "officer", "", {}),
            ("吴正金", "deputy", "", {}),
            ("罗天书", "leader", "", {}),
            ("胡志群", "team_head", "青山村", {}),
            ("吴祥", "helper", "", {}),
            ("何乐德", "helper", "", {}),
            ("陈小刚", "helper", "", {"locale": "en"}),
            ("田小花", "clerk", "", {}),
        )
    ]
    for head, helper, second, village in (
        ("李宁", "何乐德", "吴祥", "青山村"), ("王芳", "何乐德", "", "青山村"), ("李柠", "吴祥", "", "青山村"),
        ("林荣", "陈小刚", "何乐德", "石桥村"), ("周强", "陈小刚", "", "石桥村"), ("龙老五", "吴祥", "", "石桥村"),
    ):  # fmt: skip
        await town.household(head, helper=helper, second=second, village=village)
    stranger = town.sim.person("生人")
    await stranger.send("你好")
    await town.settle()
    return [*people, stranger]


def read_what_is_wrong(session: Session, *, now: datetime) -> list[str]:
    """What must hold in the rows after any walk."""
    wrong = []
    left = select(func.count()).select_from(InboxRow).where(InboxRow.state != "handled")
    if number := session.scalar(left):
        reasons = session.scalars(select(InboxRow.reason).where(InboxRow.state != "handled").distinct())
        wrong.append(f"{number} updates not handled: {sorted(map(str, reasons))}")
    dead = select(OutboxRow.kind).where(or_(OutboxRow.state == "dead", OutboxRow.state == "unknown"))
    wrong += [f"a {kind} message that could not be sent" for kind in session.scalars(dead)]
    for duty in session.scalars(select(Duty)):
        figure = count(session, duty, get_parameters(session, duty.rule_id))
        if duty.state != "void" and (duty.done, duty.late) != (figure.done, figure.late):
            wrong.append(f"duty {duty.id} says {duty.done}+{duty.late}, the visits say {figure.done}+{figure.late}")
        if duty.state not in ("void", "waived") and duty.state != judge(duty, figure):
            wrong.append(f"duty {duty.id} is {duty.state}, by its figure {judge(duty, figure)}")
        if duty.state == "open" and (duty.next_action_at is None or duty.next_action_at < now - timedelta(hours=1)):
            wrong.append(f"duty {duty.id} is open and nothing will ever happen to it")
    active = select(Draft.person_id).where(Draft.state == "active").group_by(Draft.person_id).having(func.count() > 1)
    wrong += [f"person {person} is in two drafts at once" for person in session.scalars(active)]
    return wrong


async def play_fuzz(town: Town, seed: int, updates: int) -> tuple[Fuzz, list[str]]:
    """Walks so many updates; what went wrong on the screens (in the Fuzz) and in the rows."""
    await town.open()
    try:
        fuzz = Fuzz(town, await make_people(town), random.Random(seed))
        for phone in fuzz.phones:
            phone.new()
        await fuzz.go(updates)
        await town.wait(hours=1)
        wrong: list[str] = await town.app.database.read(read_what_is_wrong, now=town.clock.now())
        return fuzz, wrong
    finally:
        await town.close()


# --- updates as no messenger should send them --------------------------------------------------------------------------

STRANGE: tuple[Any, ...] = (None, "", 0, -1, 2**63, "x" * 5000, [], {}, [None], {"id": None}, True, 1.5, "\ud83d")


def mangle(update: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The update with a few of its fields gone or strange; its own number stays a number."""
    mangled: dict[str, Any] = json.loads(json.dumps(update))
    for _ in range(chance.randrange(1, 4)):
        place = mangled[next(key for key in mangled if key != "update_id")]
        while isinstance(place, dict) and place:
            key = chance.choice(sorted(place))
            if isinstance(place[key], dict) and place[key] and chance.random() < 0.7:
                place = place[key]
                continue
            if chance.random() < 0.3:
                del place[key]
            else:
                place[key] = chance.choice(STRANGE)
            break
    return mangled


async def play_mangled(town: Town, seed: int, updates: int) -> tuple[int, list[str]]:
    """Feeds so many mangled updates, some of them twice; how many were set aside, and what went wrong.

    What cannot be read is set aside with its reason; the next message of the same person is answered as ever.
    """
    await town.open()
    try:
        chance, phones, wrong = random.Random(seed), await make_people(town), []
        models = await _models(town, phones)
        number = 900_000_000
        for _ in range(0, updates, 20):
            batch = []
            for _ in range(20):
                number += chance.random() < 0.95
                batch.append(raw_update({**mangle(chance.choice(models), chance), "update_id": number}))
            with structlog.testing.capture_logs():
                await town.app.inbox.take(list({each.update_id: each for each in batch}.values()))
                await town.settle()
            phone = chance.choice(phones)
            phone.new()
            await phone.send("待办")
            await town.settle()
            said = [message.text for message in phone.new()]
            if not said or any(SPILLED.search(text) for text in said):
                wrong.append(f"{phone.name} after update {number}: {said}")
        aside, left = await town.app.database.read(_read_states)
        return aside, [*wrong, *left]
    finally:
        await town.close()


async def _models(town: Town, phones: Sequence[Phone]) -> list[dict[str, Any]]:
    """One real update of each kind, as the messenger sends them."""
    caught: list[dict[str, Any]] = []
    bot = phones[0].bot
    bot.updates.on_arrival.append(lambda update: caught.append(update.as_json()))
    for phone in (phones[0], phones[5]):
        await phone.send("今天去了李宁家")
        await town.settle()
        await phone.tap(0) if phone.find_message_with(0) else await phone.send("1")
        await phone.photo(caption="王芳家")
        await phone.album(2)
        await phone.document(b"x", "a.csv")
        await phone.edit(await phone.send("昨天去了王芳家"), "前天去了王芳家")
        for name in ("voice", "video", "sticker", "location", "other", "contact", "block", "unblock", "add_to_group"):
            await getattr(phone, name)()
        await town.settle()
    bot.updates.on_arrival.pop()
    return caught


def _read_states(session: Session) -> tuple[int, list[str]]:
    states = dict(session.execute(select(InboxRow.state, func.count()).group_by(InboxRow.state)).all())
    nameless = session.scalar(
        select(func.count()).select_from(InboxRow).where(InboxRow.state == "parked", InboxRow.reason.is_(None))
    )
    wrong = [f"{states['new']} updates neither handled nor set aside"] if states.get("new") else []
    return states.get("parked", 0), wrong + ([f"{nameless} set aside without a reason"] if nameless else [])
