"""What a person sees: the chat, the keyboard, toasts, and what is new since the last look."""

import asyncio

from bot.simulator.state import Account, Bot, Chat, Json, Message, Press, World


class NotOnScreen(AssertionError):
    """The person looked for something that the telephone does not show."""


class Screen:
    """The telephone of one person in a private chat with one bot."""

    def __init__(self, world: World, bot: Bot, account: Account) -> None:
        self.world = world
        self.bot = bot
        self.account = account

    def __repr__(self) -> str:
        return f"<{self.name} {self.account.id}>"

    @property
    def id(self) -> int:
        return self.account.id

    @property
    def name(self) -> str:
        return f"{self.account.last_name}{self.account.first_name}"

    @property
    def chat(self) -> Chat:
        return self.world.private_chat(self.bot, self.account)

    @property
    def messages(self) -> list[Message]:
        """The chat as it stands: own messages and the bot's, deleted ones left out."""
        return self.chat.list_visible()

    @property
    def last(self) -> Message:
        """The latest message of the bot."""
        message = self.find_latest()
        if message is None:
            raise NotOnScreen(f"{self.name} got nothing yet")
        message.read = True
        return message

    @property
    def text(self) -> str:
        """The text of the latest message of the bot."""
        return self.last.text

    def new(self) -> list[Message]:
        """What the bot wrote or changed since the last call, oldest first, each message once."""
        chat = self.chat
        arrived, chat.arrivals = chat.arrivals, []
        shown = [one for one in dict.fromkeys(arrived) if one.deleted_at is None]
        for message in shown:
            message.read = True
        return shown

    async def hears(self, part: str, within: float = 10) -> Message:
        """The first unread or changed message with `part` in it; waits for it up to `within` real seconds."""
        chat = self.chat
        try:
            async with asyncio.timeout(within):
                while (found := self._arrived_with(part)) is None:
                    chat.news.clear()
                    await chat.news.wait()
        except TimeoutError:
            raise NotOnScreen(
                f"{self.name} did not hear {part!r}; sees {[one.text for one in self.messages]}"
            ) from None
        chat.arrivals.remove(found)
        found.read = True
        return found

    @property
    def keyboard(self) -> list[list[str]]:
        """Labels of the keyboard under the input field, row by row."""
        return [[str(key["text"]) for key in row] for row in self.keyboard_rows()]

    @property
    def toasts(self) -> list[str]:
        """Words shown as answers to taps, oldest first."""
        presses = self.bot.presses.values()
        return [one.toast for one in presses if one.account is self.account and one.toast]

    @property
    def unanswered(self) -> list[Press]:
        """Taps whose little clock is still turning."""
        return [one for one in self.bot.presses.values() if one.account is self.account and one.answered_at is None]

    def keyboard_rows(self) -> list[list[Json]]:
        rows: list[list[Json]] = (self.chat.keyboard or {}).get("keyboard", [])
        return rows

    def find_latest(self) -> Message | None:
        return next((one for one in reversed(self.messages) if one.from_bot), None)

    def find_message_with(self, button: str | int) -> Message | None:
        shown = [one for one in reversed(self.messages) if one.inline_rows]
        if isinstance(button, int):
            return shown[0] if shown else None
        exact = (one for one in shown if button in one.labels)
        near = (one for one in shown if any(button in label for label in one.labels))
        keys = [label for row in self.keyboard for label in row]
        return next(exact, None) or (None if button in keys else next(near, None))

    def list_buttons(self) -> list[list[str]]:
        message = self.find_latest()
        return [*(message.buttons if message else []), *self.keyboard]

    def _arrived_with(self, part: str) -> Message | None:
        shown = (one for one in self.chat.arrivals if one.deleted_at is None)
        return next((one for one in shown if part in one.text), None)
