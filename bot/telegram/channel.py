"""Telegram as a channel: updates in, replies out, files down, every error classed once."""

import asyncio
import contextlib
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.channel import RawUpdate, SendError
from bot.telegram.incoming import raw_update, to_incoming
from bot.telegram.request import AiohttpRequest, NotSent
from handlers.incoming import Incoming
from handlers.locales import words
from handlers.reply import Choice, Reply

T = TypeVar("T")
POLL_SECONDS = 50
UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
TEXT_LIMIT = 4096


class TelegramChannel:
    """`base_url` and `base_file_url` may be any Bot API server's; the token is appended to them."""

    name = "telegram"
    text_limit = TEXT_LIMIT

    def __init__(self, token: str, base_url: str, base_file_url: str, proxy: str = "") -> None:
        self._poll_request = AiohttpRequest(proxy, connections=2, read_seconds=POLL_SECONDS + 15)
        self._request = AiohttpRequest(proxy)
        self._bot = Bot(token, base_url, base_file_url, request=self._request, get_updates_request=self._poll_request)

    async def open(self) -> dict[str, Any]:
        """Connects; gives the bot's id and user name. Raises SendError, "refused" for a token that does not hold."""
        await self._request.initialize()
        await self._poll_request.initialize()
        me = await _classed(self._bot.get_me(), token_fault="refused")
        return {"id": me.id, "username": me.username}

    async def close(self) -> None:
        await self._request.shutdown()
        await self._poll_request.shutdown()

    async def receive(self, offset: int | None) -> list[RawUpdate]:
        """The next updates as they came, waiting up to 50 s for one; `offset` confirms all before it."""
        # The raw form is wanted: what cannot be understood must be stored too.
        asked = {"timeout": POLL_SECONDS, "allowed_updates": UPDATES, "offset": offset}
        return [raw_update(update) for update in await self._call(self._poll_request, "getUpdates", **asked)]

    async def use_webhook(self, url: str, secret: str) -> None:
        """Tells Telegram to push updates; an empty url goes back to polling. Updates that wait are kept."""
        if url:
            await _classed(self._bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATES))
        else:
            await _classed(self._bot.delete_webhook())

    async def webhook_fault(self) -> str:
        """Telegram's words about why updates wait that it could not bring to the webhook; empty where none do."""
        info = await _classed(self._bot.get_webhook_info())
        return (info.last_error_message or "") if info.pending_update_count else ""

    def parse(self, payload: str, inbox_id: int) -> Incoming | None:
        return to_incoming(payload, inbox_id)

    async def send(self, chat: int, reply: Reply, locale: str, *, edits: int | None = None) -> int:
        """Sends, or edits the message that was tapped; the message's number. Raises SendError."""
        if edits is not None and not reply.keyboard and not reply.ask_contact:
            return await self._edit(chat, edits, reply)
        asked = {"chat_id": chat, "text": reply.text, "reply_markup": _markup(reply, locale)}
        sent = await self._call(self._request, "sendMessage", **asked)
        try:
            return int(sent["message_id"])
        except (KeyError, TypeError, ValueError):
            raise SendError("unknown", "the answer has no message number") from None

    async def _edit(self, chat: int, message_id: int, reply: Reply) -> int:
        asked = {"chat_id": chat, "message_id": message_id, "text": reply.text, "reply_markup": _inline(reply.choices)}
        try:
            await self._call(self._request, "editMessageText", **asked)
        except SendError as error:
            if error.detail.startswith("Message is not modified"):
                return message_id
            raise
        return message_id

    async def answer_press(self, press_id: str) -> None:
        """Ends the button's waiting mark. A press that is too old needs no answer any more."""
        with contextlib.suppress(SendError):
            await self._call(self._request, "answerCallbackQuery", callback_query_id=press_id)

    async def _call(self, request: AiohttpRequest, method: str, **asked: Any) -> Any:
        """What Telegram answers to one of the methods that every update needs, as it came: the library would make
        objects of it that nobody looks at. Raises SendError."""
        data = RequestData([RequestParameter.from_input(k, v) for k, v in asked.items() if v is not None])
        try:
            return await _classed(request.post(f"{self._bot.base_url}/{method}", data))
        except (KeyError, AttributeError):
            # JSON, but not as the Bot API writes it: somebody in between may have answered.
            raise SendError("unknown", "the answer has no result") from None

    async def leave(self, chat: int) -> None:
        await _classed(self._bot.leave_chat(chat))

    async def download(self, file_id: str, target: Path, max_bytes: int) -> int:
        """Writes a file to `target`; its size. Raises SendError, "refused" where it is larger than allowed."""
        file = await _classed(self._bot.get_file(file_id))
        if file.file_size is not None and file.file_size > max_bytes:
            raise SendError("refused", "file is too big")
        # The library takes a file that is not there for a wrong token.
        content = await _classed(file.download_as_bytearray(), token_fault="refused")
        if len(content) > max_bytes:
            raise SendError("refused", "file is too big")
        await asyncio.to_thread(target.write_bytes, content)
        return len(content)


def _markup(reply: Reply, locale: str) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    t = words(locale)
    if reply.ask_contact:
        button = KeyboardButton(t("keyboard.contact"), request_contact=True)
        return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
    if reply.choices:
        return _inline(reply.choices)
    if reply.keyboard:
        labels = [t(f"keyboard.{name}") for name in ("visit", "mine", "todo", "more")]
        return ReplyKeyboardMarkup([labels[:2], labels[2:]], resize_keyboard=True, is_persistent=True)
    return None


def _inline(choices: tuple[Choice, ...]) -> InlineKeyboardMarkup | None:
    rows: list[list[InlineKeyboardButton]] = []
    last: int | None = None
    for choice in choices:
        button = InlineKeyboardButton(choice.label, callback_data=choice.data)
        if choice.row is not None and choice.row == last:
            rows[-1].append(button)
        else:
            rows.append([button])
        last = choice.row
    return InlineKeyboardMarkup(rows) if rows else None


async def _classed(call: Awaitable[T], *, token_fault: str = "not_sent") -> T:
    """The one place where Telegram's errors become ours, split by cause (platform order: a bad request is a network error too).

    A token that does not hold is no fault of the message: it waits until there is one that does.
    """
    try:
        return await call
    except Forbidden as error:
        raise SendError("blocked", error.message) from None
    except RetryAfter as error:
        wait = error.retry_after
        raise SendError("throttled", retry_after=int(wait if isinstance(wait, int) else wait.total_seconds())) from None
    except ChatMigrated as error:
        raise SendError("migrated", chat=error.new_chat_id) from None
    except InvalidToken:
        raise SendError(token_fault, "the token is not accepted") from None
    except BadRequest as error:
        if error.message.startswith("Chat not found"):
            # Nobody is there, as after a block: a chat that a bot of another token began, or that is gone.
            raise SendError("blocked", error.message) from None
        gone = error.message.startswith(("Message to edit not found", "Message can't be edited"))
        raise SendError("edit_gone" if gone else "refused", error.message) from None
    except NotSent as error:
        raise SendError("not_sent", error.message) from None
    except NetworkError as error:
        raise SendError("unknown", error.message) from None
    except TelegramError as error:
        # The library's plain error is an answer that cannot be read.
        raise SendError("unknown" if type(error) is TelegramError else "refused", error.message) from None
