"""The scenario of `check_independent.py`, run by aiogram in an environment of its own.

It imports nothing of ours. Every answer passes through `Strict`, which refuses fields that the library's types do not
know, at any depth.
"""

import asyncio
import io
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from pydantic import BaseModel

BUTTONS = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="好", callback_data="visit:ok:1")]])


def strangers(value: Any, path: str = "result") -> list[str]:
    """Fields at any depth that the library does not know."""
    if isinstance(value, BaseModel):
        found = [f"{path}.{name}" for name in (value.model_extra or {})]
        for name in type(value).model_fields:
            found += strangers(getattr(value, name), f"{path}.{name}")
        return found
    if isinstance(value, (list, tuple)):
        return [one for number, item in enumerate(value) for one in strangers(item, f"{path}[{number}]")]
    return []


class Strict(AiohttpSession):
    """Checks every answer for unknown fields and counts the methods called."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.methods: set[str] = set()

    def check_response(self, bot: Bot, method: TelegramMethod[Any], status_code: int, content: str) -> Any:
        self.methods.add(type(method).__name__)
        answer = super().check_response(bot, method, status_code, content)
        unknown = strangers(answer.result)
        if unknown:
            raise AssertionError(f"{type(method).__name__}: unknown fields {unknown}")
        return answer


class Scenario:
    def __init__(self, told: dict[str, str]) -> None:
        self.told = told
        self.session = Strict(api=TelegramAPIServer.from_base(told["api"]))
        self.bot = Bot(told["token"], session=self.session)
        self.http = aiohttp.ClientSession()
        self.offset = 0

    async def act(self, person: str, do: str, *given: Any) -> dict[str, Any]:
        return await self._post("act", {"person": person, "do": do, "with": given})

    async def plan(self, **body: Any) -> dict[str, Any]:
        return await self._post("plan", body)

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self.http.post(f"{self.told['stage']}/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def updates(self) -> list[Update]:
        found = await self.bot.get_updates(offset=self.offset, timeout=1)
        self.offset = found[-1].update_id + 1 if found else self.offset
        return found

    async def refused(self, kind: type[Exception], words: str, call: Awaitable[Any]) -> None:
        try:
            await call
        except kind as error:
            heard = str(error)
        else:
            raise AssertionError(f"{kind.__name__} expected: {words}")
        assert words in heard, f"{words!r} is not in {heard}"

    async def close(self) -> None:
        await self.bot.session.close()
        await self.http.close()


async def the_bot_itself(run: Scenario) -> None:
    bot = run.bot
    assert (await bot.get_me()).is_bot
    await bot.set_my_commands([BotCommand(command="visit", description="记走访")])
    await bot.set_my_commands([BotCommand(command="cases", description="上报")], scope=BotCommandScopeChat(chat_id=7))
    assert (await bot.get_my_commands())[0].description == "记走访"
    await bot.set_my_name("走访")
    await bot.set_my_description("入户走访", language_code="zh")
    await bot.set_my_short_description("走访")
    assert (await bot.get_my_name()).name == "走访"
    assert (await bot.get_my_description(language_code="zh")).description == "入户走访"
    assert (await bot.get_my_short_description()).short_description == "走访"
    await bot.delete_my_commands()
    assert (await bot.get_webhook_info()).url == ""


async def what_people_send(run: Scenario) -> None:
    """Every kind of update is understood, and what it holds is what was sent."""
    first = (await run.act("李强", "start", "invite-1"))["messages"][0]
    photo = (await run.act("李强", "photo", None, "房前"))["messages"][0]
    await run.act("李强", "album", 3, "三张")
    await run.act("李强", "document", "a,b", "名单.csv")
    for kind in ("contact", "voice", "video", "sticker", "location", "other", "block", "unblock"):
        await run.act("李强", kind)
    await run.act("李强", "forward", {"message": photo})
    await run.act("李强", "edit", {"message": first}, "改了")
    found = await run.updates()
    kinds = [update.event_type for update in found]
    assert kinds == ["message"] * 12 + ["my_chat_member"] * 2 + ["message", "edited_message"], kinds
    messages = [update.message for update in found if update.message]
    assert messages[0].text == "/start invite-1"
    assert len(messages[1].photo) == 4
    assert len({message.media_group_id for message in messages[2:5]}) == 1
    file = await run.bot.get_file(messages[5].document.file_id)
    assert (await run.bot.download_file(file.file_path)).read() == b"a,b"
    assert messages[-1].forward_origin.type == "user"


async def what_the_bot_sends(run: Scenario) -> None:
    bot, chat = run.bot, (await run.act("李强", "nothing"))["id"]
    keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="手机号", request_contact=True)]])
    await bot.send_message(chat, "您好", reply_markup=keyboard)
    sent = await bot.send_message(chat, "<b>走访</b> <code>a</code> /help", parse_mode="HTML", reply_markup=BUTTONS)
    assert [entity.type for entity in sent.entities] == ["bold", "code", "bot_command"]
    await bot.send_message(chat, "答", reply_parameters=ReplyParameters(message_id=sent.message_id))
    await run.act("李强", "tap", "好")
    (update,) = await run.updates()
    assert update.callback_query.message.message_id == sent.message_id
    assert await bot.answer_callback_query(update.callback_query.id, "行")
    await run.refused(TelegramBadRequest, "query is too old", bot.answer_callback_query(update.callback_query.id))
    edited = await bot.edit_message_text("改", chat_id=chat, message_id=sent.message_id, reply_markup=BUTTONS)
    assert edited.edit_date
    await bot.edit_message_reply_markup(chat_id=chat, message_id=sent.message_id)
    await bot.send_chat_action(chat, "typing")
    assert (await bot.get_chat(chat)).first_name == "李强"
    await bot.delete_message(chat, sent.message_id)
    await run.act("李强", "press", "visit:ok:1", {"message": sent.message_id})
    (update,) = await run.updates()
    assert update.callback_query.message.date == 0
    await bot.delete_messages(chat, [sent.message_id])


async def files_both_ways(run: Scenario) -> None:
    bot, chat = run.bot, (await run.act("李强", "photo"))["id"]
    (update,) = await run.updates()
    data = io.BytesIO()
    await bot.download(update.message.photo[-1].file_id, destination=data)
    picture = BufferedInputFile(data.getvalue(), "a.jpg")
    sent = await bot.send_photo(chat, picture, caption="*灶前*", parse_mode="MarkdownV2")
    assert sent.caption_entities[0].type == "bold"
    await bot.edit_message_caption(chat_id=chat, message_id=sent.message_id, caption="灶后")
    paper = await bot.send_document(chat, BufferedInputFile("名".encode(), "台账.txt"))
    assert paper.document.file_name == "台账.txt"
    album = await bot.send_media_group(
        chat, [InputMediaPhoto(media=picture, caption="一"), InputMediaPhoto(media=picture)]
    )
    assert album[0].media_group_id == album[1].media_group_id
    twice = [InputMediaDocument(media=paper.document.file_id), InputMediaDocument(media=paper.document.file_id)]
    assert len(await bot.send_media_group(chat, twice)) == 2
    big = BufferedInputFile(bytes((50 << 20) + 1), "big.bin")
    await run.refused(TelegramEntityTooLarge, "", bot.send_document(chat, big))
    await run.act("李强", "video", 21 << 20)
    (update,) = await run.updates()
    await run.refused(TelegramBadRequest, "file is too big", bot.get_file(update.message.video.file_id))


async def refusals(run: Scenario) -> None:
    bot, chat = run.bot, (await run.act("李强", "nothing"))["id"]
    silent = (await run.act("周敏", "nothing"))["id"]
    long_data = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="好", callback_data="走" * 22)]])
    bad, no = TelegramBadRequest, TelegramForbiddenError
    expected: list[tuple[type[Exception], str, Awaitable[Any]]] = [
        (bad, "chat not found", bot.send_message(1, "a")),
        (bad, "message text is empty", bot.send_message(chat, "")),
        (bad, "message is too long", bot.send_message(chat, "走" * 4097)),
        (bad, "BUTTON_DATA_INVALID", bot.send_message(chat, "a", reply_markup=long_data)),
        (bad, "can't parse entities", bot.send_message(chat, "<x>", parse_mode="HTML")),
        (bad, "message to edit not found", bot.edit_message_text("a", chat_id=chat, message_id=99_999)),
        (bad, "message to delete not found", bot.delete_message(chat, 99_999)),
        (no, "bot can't initiate conversation with a user", bot.send_message(silent, "a")),
        (TelegramNotFound, "method not found", bot.get_user_profile_photos(chat)),
    ]
    for kind, words, call in expected:
        await run.refused(kind, words, call)
    sent = await bot.send_message(chat, "一")
    again = bot.edit_message_text("一", chat_id=chat, message_id=sent.message_id)
    await run.refused(bad, "message is not modified", again)
    await run.act("李强", "block")
    await run.refused(no, "bot was blocked by the user", bot.send_message(chat, "a"))
    await run.act("李强", "unblock")
    await run.updates()


async def planned_failures(run: Scenario) -> None:
    bot, chat = run.bot, (await run.act("李强", "nothing"))["id"]
    kinds: dict[str, type[Exception]] = {
        "429": TelegramRetryAfter,
        "403": TelegramForbiddenError,
        "401": TelegramUnauthorizedError,
        "502": TelegramServerError,
        "moved": TelegramMigrateToChat,
        "cut_before": TelegramNetworkError,
        "cut_after": TelegramNetworkError,
    }
    for kind, error in kinds.items():
        await run.plan(method="sendMessage", kind=kind)
        await run.refused(error, "", bot.send_message(chat, kind))


async def groups_and_the_end(run: Scenario) -> None:
    bot = run.bot
    group = (await run.act("李强", "add_to_group", "工作群"))["chat"]
    kinds = [update.event_type for update in await run.updates()]
    assert kinds == ["my_chat_member", "message"], kinds
    assert (await bot.get_chat(group)).title == "工作群"
    new = (await run.plan(kind="move_group", chat=group))["chat"]
    await run.refused(TelegramMigrateToChat, str(new), bot.send_message(group, "a"))
    await bot.send_message(new, "a")
    await bot.leave_chat(new)
    await run.refused(TelegramForbiddenError, "bot is not a member", bot.send_message(new, "a"))
    await bot.set_webhook("https://example.org/hook", secret_token="s")
    assert (await bot.get_webhook_info()).url == "https://example.org/hook"
    await bot.delete_webhook(drop_pending_updates=True)
    await bot.close()
    await bot.log_out()


STEPS: list[Callable[[Scenario], Awaitable[None]]] = [
    the_bot_itself,
    what_people_send,
    what_the_bot_sends,
    files_both_ways,
    refusals,
    planned_failures,
    groups_and_the_end,
]


async def main() -> None:
    run = Scenario(json.loads(sys.argv[1]))
    try:
        for step in STEPS:
            await step(run)
    finally:
        await run.close()
    print(f"independent client: agreed on {len(run.session.methods)} methods in {len(STEPS)} steps")


asyncio.run(main())
