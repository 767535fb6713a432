"""editMessageText, editMessageCaption, editMessageReplyMarkup, deleteMessage, deleteMessages."""

from datetime import timedelta

from bot.simulator import views
from bot.simulator.errors import ApiError, bad_request
from bot.simulator.markup import parse_inline_markup
from bot.simulator.methods.call import Call
from bot.simulator.state import Chat, Json, Message

DELETABLE_FOR = timedelta(hours=48)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_CAPTIONED = ("photo", "document", "video", "voice", "audio", "animation")


def edit_message_text(call: Call) -> Json:
    content = call.text_content()
    message = _own_message(call)
    if "text" not in message.content:
        raise bad_request("There is no text in the message to edit")
    return _edit(call, message, content)


def edit_message_caption(call: Call) -> Json:
    caption = call.caption_content()
    message = _own_message(call)
    if not any(kind in message.content for kind in _CAPTIONED):
        raise bad_request("There is no caption in the message to edit")
    kept = {name: value for name, value in message.content.items() if not name.startswith("caption")}
    return _edit(call, message, {**kept, **caption})


def edit_message_reply_markup(call: Call) -> Json:
    return _edit(call, _own_message(call), None)


def _own_message(call: Call) -> Message:
    """The bot's own message named by chat_id and message_id."""
    if not call.arguments.text("chat_id") and not call.arguments.text("message_id"):
        raise bad_request("Message identifier is not specified")
    place = call.writable_chat()
    message = place.by_id.get(call.arguments.number("message_id"))
    if message is None or message.deleted_at is not None:
        raise bad_request("message to edit not found")
    if message.sender is not call.bot or message.origin is not None:
        raise bad_request("message can't be edited")
    return message


def _edit(call: Call, message: Message, content: Json | None) -> Json:
    markup = parse_inline_markup(call.arguments.text("reply_markup"))
    content = message.content if content is None else content
    if content == message.content and markup == message.reply_markup:
        raise bad_request(_NOT_MODIFIED)
    call.world.edit_message(message, content, markup)
    return views.message(message)


def delete_message(call: Call) -> bool:
    if not call.arguments.text("chat_id"):
        raise bad_request("Chat identifier is not specified")
    if call.arguments.number("message_id") <= 0:
        raise bad_request("Message identifier is not specified")
    place = call.writable_chat()
    message = place.by_id.get(call.arguments.number("message_id"))
    if message is None or message.deleted_at is not None:
        raise bad_request("message to delete not found")
    if not _may_delete(call, place, message):
        raise bad_request("message can't be deleted for everyone")
    call.world.delete_message(message)
    return True


def delete_messages(call: Call) -> bool:
    """True even when some are gone already; those too old stay."""
    numbers = call.arguments.json("message_ids", "Can't parse message_ids JSON object")
    if not numbers:
        raise bad_request("Message identifiers are not specified")
    if not isinstance(numbers, list):
        raise bad_request("Expected an Array of message identifiers")
    if len(numbers) > 100:
        raise bad_request("Too many message identifiers specified")
    place = call.writable_chat()
    try:
        wanted = [int(number) for number in numbers]
    except (TypeError, ValueError):
        raise ApiError(400, "Bad Request: message identifier must be a Number") from None
    for number in wanted:
        message = place.by_id.get(number)
        if message is not None and message.deleted_at is None and _may_delete(call, place, message):
            call.world.delete_message(message)
    return True


def _may_delete(call: Call, place: Chat, message: Message) -> bool:
    if place.account is None and message.sender is not call.bot:
        return False
    return call.world.clock.now() - message.sent_at < DELETABLE_FOR
