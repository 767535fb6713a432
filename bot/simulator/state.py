"""The pretend world: people, bots, chats, messages with their history, button presses."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.simulator.clock import Clock
from bot.simulator.errors import ApiError
from bot.simulator.files import FileStore
from bot.simulator.updates import UpdateQueue

Json = dict[str, Any]


@dataclass(eq=False)
class Account:
    """A Telegram user."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    phone: str = ""
    language: str = "zh-hans"
    deactivated: bool = False


@dataclass(eq=False)
class Edit:
    """How a message looked before it was edited, and when that ended."""

    content: Json
    reply_markup: Json | None
    until: datetime


@dataclass(eq=False)
class Message:
    """One message as both sides see it. `content` holds the Bot API fields: text, photo, caption, contact …"""

    chat: "Chat"
    message_id: int
    sender: "Account | Bot"
    sent_at: datetime
    content: Json
    reply_markup: Json | None = None
    album: str | None = None
    reply_to: "Message | None" = None
    origin: Json | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    edits: list[Edit] = field(default_factory=list)
    read: bool = False

    @property
    def from_bot(self) -> bool:
        return isinstance(self.sender, Bot)

    @property
    def text(self) -> str:
        """Text or caption, as shown."""
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def buttons(self) -> list[list[str]]:
        """Labels of the inline buttons, row by row."""
        return [[str(button["text"]) for button in row] for row in self.inline_rows]

    @property
    def labels(self) -> list[str]:
        return [label for row in self.buttons for label in row]

    @property
    def inline_rows(self) -> list[list[Json]]:
        rows: list[list[Json]] = (self.reply_markup or {}).get("inline_keyboard", [])
        return rows

    @property
    def document(self) -> Json | None:
        return self.content.get("document")

    @property
    def photo(self) -> list[Json] | None:
        return self.content.get("photo")

    def __repr__(self) -> str:
        return f"<{self.message_id} {self.text!r} {self.buttons if self.buttons else ''}>"


@dataclass(eq=False)
class Chat:
    """A private chat of one person with one bot, or a group with the bot in it."""

    id: int
    bot: "Bot"
    account: Account | None = None
    title: str = ""
    kind: str = "private"
    started: bool = False
    blocked: bool = False
    bot_is_member: bool = True
    moved_to: int | None = None
    keyboard: Json | None = None
    messages: list[Message] = field(default_factory=list)
    by_id: dict[int, Message] = field(default_factory=dict)
    arrivals: list[Message] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def note_arrival(self, message: Message) -> None:
        """Remember for the person's next look that the bot wrote or changed this message."""
        if message.from_bot:
            self.arrivals.append(message)
        self.news.set()

    def list_visible(self) -> list[Message]:
        return [message for message in self.messages if message.deleted_at is None]


@dataclass(eq=False)
class Press:
    """A tapped inline button waiting for answerCallbackQuery. Telegram forgets it after 150 seconds."""

    id: str
    bot: "Bot"
    account: Account
    message: Message
    data: str
    pressed_at: datetime
    answered_at: datetime | None = None
    toast: str = ""
    alert: bool = False


@dataclass(eq=False)
class Webhook:
    url: str
    secret: str
    max_connections: int
    last_error_at: datetime | None = None
    last_error: str = ""


@dataclass(eq=False)
class Bot:
    id: int
    token: str
    username: str
    first_name: str
    updates: UpdateQueue
    chats: dict[int, Chat] = field(default_factory=dict)
    presses: dict[str, Press] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    webhook: Webhook | None = None
    webhook_set_at: float = -1.0
    poll_number: int = 0
    next_conflict_at: float = -1.0
    logged_out: bool = False
    last_message_id: int = 0

    def next_message_id(self) -> int:
        self.last_message_id += 1
        return self.last_message_id


@dataclass(frozen=True)
class Event:
    """Something a phone should show: kind is message, edit, delete, answer, press, typing or chat."""

    kind: str
    chat: Chat
    message: Message | None = None
    press: Press | None = None
    action: str = ""


class World:
    """Everything the simulator remembers."""

    def __init__(self, clock: Clock, files: FileStore) -> None:
        self.clock = clock
        self.files = files
        self.bots: dict[str, Bot] = {}
        self.accounts: dict[int, Account] = {}
        self.listeners: list[Callable[[Event], None]] = []
        self.complaints: list[str] = []
        self._albums = 13_000_000_000_000_000
        self._presses = 4_000_000_000_000_000
        self._groups = 0

    def tell(self, kind: str, chat: Chat, message: Message | None = None, **more: Any) -> None:
        event = Event(kind, chat, message, **more)
        for listener in self.listeners:
            listener(event)

    def add_bot(self, token: str, username: str, first_name: str) -> Bot:
        bot = Bot(int(token.split(":")[0]), token, username, first_name, UpdateQueue(self.clock))
        self.bots[token] = bot
        return bot

    def add_account(self, account: Account) -> Account:
        self.accounts[account.id] = account
        return account

    def private_chat(self, bot: Bot, account: Account) -> Chat:
        """The chat of this person with the bot; it exists from the first look, but is not yet started."""
        chat = bot.chats.get(account.id)
        if chat is None:
            chat = bot.chats[account.id] = Chat(account.id, bot, account)
        return chat

    def add_group(self, bot: Bot, title: str, kind: str = "group") -> Chat:
        self._groups += 1
        number = self._groups + 4_000_000
        chat_id = -number if kind == "group" else -1_000_000_000_000 - number
        chat = bot.chats[chat_id] = Chat(chat_id, bot, None, title, kind, started=True)
        return chat

    def add_message(
        self, chat: Chat, sender: Account | Bot, content: Json, *, markup: Json | None = None, **more: Any
    ) -> Message:
        """A new message in the chat, told to everybody who looks on."""
        now = self.clock.now().replace(microsecond=0)
        message = Message(chat, chat.bot.next_message_id(), sender, now, content, markup, **more)
        chat.messages.append(message)
        chat.by_id[message.message_id] = message
        chat.note_arrival(message)
        self.tell("message", chat, message)
        return message

    def edit_message(self, message: Message, content: Json, markup: Json | None) -> None:
        now = self.clock.now().replace(microsecond=0)
        message.edits.append(Edit(message.content, message.reply_markup, now))
        message.content, message.reply_markup, message.edited_at = content, markup, now
        message.chat.note_arrival(message)
        self.tell("edit", message.chat, message)

    def delete_message(self, message: Message) -> None:
        message.deleted_at = self.clock.now()
        self.tell("delete", message.chat, message)

    def add_press(self, account: Account, message: Message, data: str) -> Press:
        self._presses += 1
        press = Press(str(self._presses), message.chat.bot, account, message, data, self.clock.now())
        message.chat.bot.presses[press.id] = press
        return press

    def next_album(self) -> str:
        self._albums += 1
        return str(self._albums)

    def get_chat(self, bot: Bot, chat_id: int) -> Chat:
        """The chat a method names; 400 when there is none."""
        chat = bot.chats.get(chat_id)
        if chat is not None:
            return chat
        account = self.accounts.get(chat_id)
        if account is None:
            raise ApiError(400, "Bad Request: chat not found")
        return self.private_chat(bot, account)
