"""Chats as the demo page draws them: plain values only."""

from datetime import datetime
from typing import Any

from bot.simulator.state import Chat, Json, Message, Press

_OTHER = ("voice", "video", "sticker", "location", "dice")


def moment(at: datetime) -> str:
    return at.isoformat()


def message_view(message: Message) -> Json:
    """One bubble. Buttons carry their place, not their data: the page taps, it does not forge."""
    content = message.content
    view: Json = {
        "id": message.message_id,
        "mine": not message.from_bot,
        "at": moment(message.sent_at),
        "edited": message.edited_at is not None and not _only_buttons_changed(message),
        "deleted": message.deleted_at is not None,
        "album": message.album,
        "text": message.text,
        "entities": content.get("entities", content.get("caption_entities", [])),
        "buttons": [[_button(one) for one in row] for row in message.inline_rows],
    }
    view.update(_attachments(content))
    if message.origin is not None:
        view["from"] = message.origin.get("sender_user", {}).get("first_name", "?")
    if message.reply_to is not None:
        view["answers"] = message.reply_to.text[:60]
    return view


def _only_buttons_changed(message: Message) -> bool:
    """Telegram writes "edited" under a changed text, not when only the buttons went."""
    return all(edit.content == message.content for edit in message.edits)


def _button(button: Json) -> Json:
    view = {"text": button["text"]}
    if "url" in button:
        view["url"] = button["url"]
    return view


def _attachments(content: Json) -> Json:
    view: Json = {}
    if "photo" in content:
        sizes = content["photo"]
        middle = next((size for size in sizes if size["width"] >= 300), sizes[-1])
        view["photo"] = {"small": middle["file_id"], "large": sizes[-1]["file_id"]}
        view["photo"].update(width=sizes[-1]["width"], height=sizes[-1]["height"])
    if "document" in content:
        document = content["document"]
        view["document"] = {"file": document["file_id"], "name": document.get("file_name", "file")}
        view["document"]["size"] = document.get("file_size", 0)
    if "contact" in content:
        card = content["contact"]
        view["contact"] = {"name": card["first_name"], "number": card["phone_number"]}
    kind = next((name for name in _OTHER if name in content), None)
    if kind is not None:
        view["other"] = kind
    return view


def keyboard_view(chat: Chat) -> Json | None:
    """The reply keyboard, rows of {text, contact}."""
    if chat.keyboard is None:
        return None
    rows: list[list[Json]] = chat.keyboard["keyboard"]
    return {
        "rows": [[{"text": key["text"], "contact": bool(key.get("request_contact"))} for key in row] for row in rows],
        "hint": chat.keyboard.get("input_field_placeholder", ""),
        "once": chat.keyboard.get("one_time_keyboard", False),
    }


def chat_view(chat: Chat) -> Json:
    return {
        "messages": [message_view(one) for one in chat.list_visible()[-200:]],
        "keyboard": keyboard_view(chat),
        "started": chat.started,
        "blocked": chat.blocked,
    }


def toast_view(press: Press) -> dict[str, Any]:
    return {"text": press.toast, "alert": press.alert, "message": press.message.message_id}
