"""One call of one bot, with what every method needs of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.simulator.arguments import Arguments
from bot.simulator.entities import format_text
from bot.simulator.errors import ApiError, bad_request, forbidden, moved
from bot.simulator.state import Bot, Chat, Json, Message, World

if TYPE_CHECKING:
    from bot.simulator.webhooks import WebhookSender

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


@dataclass
class Call:
    """A method call: who, with which arguments, in which world."""

    world: World
    bot: Bot
    arguments: Arguments
    webhooks: "WebhookSender"

    def chat(self) -> Chat:
        """The chat named by chat_id, if the bot may read it."""
        name = self.arguments.text("chat_id")
        if not name:
            raise ApiError(400, "Bad Request: chat_id is empty")
        try:
            return self.world.get_chat(self.bot, int(name))
        except ValueError:
            raise ApiError(400, "Bad Request: chat not found") from None

    def writable_chat(self) -> Chat:
        """The chat, if the bot may write in it now: not blocked, not left, not moved, begun by the person."""
        place = self.chat()
        if place.account is None:
            if place.moved_to is not None:
                raise moved(place.moved_to)
            if not place.bot_is_member:
                raise forbidden(f"bot is not a member of the {place.kind} chat")
        elif place.account.deactivated:
            raise forbidden("user is deactivated")
        elif not place.started:
            raise forbidden("bot can't initiate conversation with a user")
        elif place.blocked:
            raise forbidden("bot was blocked by the user")
        return place

    def formatted(self, name: str, entities: str, limit: int, too_long: str) -> tuple[str, list[Json]]:
        """A text argument after parsing; lengths count characters after parsing."""
        raw = self.arguments.json(entities, "Can't parse entities JSON object")
        text, found = format_text(self.arguments.text(name), self.arguments.text("parse_mode"), raw)
        if len(text) > limit:
            raise bad_request(too_long)
        return text, found

    def text_content(self) -> Json:
        if not self.arguments.text("text"):
            raise bad_request("Message text is empty")
        text, entities = self.formatted("text", "entities", TEXT_LIMIT, "Message is too long")
        if not text:
            raise bad_request("Text must be non-empty")
        return {"text": text, **({"entities": entities} if entities else {})}

    def caption_content(self) -> Json:
        text, entities = self.formatted("caption", "caption_entities", CAPTION_LIMIT, "Message caption is too long")
        if not text:
            return {}
        return {"caption": text, **({"caption_entities": entities} if entities else {})}

    def reply_to(self, place: Chat) -> Message | None:
        """The message this one answers, if it names one."""
        raw = self.arguments.json("reply_parameters", "Can't parse reply parameters JSON object") or {}
        number = raw.get("message_id", self.arguments.number("reply_to_message_id"))
        if not number:
            return None
        message = place.by_id.get(int(number))
        if message is not None and message.deleted_at is None:
            return message
        if raw.get("allow_sending_without_reply") or self.arguments.flag("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
