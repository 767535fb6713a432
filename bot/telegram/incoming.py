"""Telegram's updates as `Incoming`."""

import json
from datetime import UTC, datetime
from typing import Any

from telegram import Audio, CallbackQuery, ChatMemberUpdated, Document, Message, Update, Voice
from telegram.constants import ChatMemberStatus, ChatType

from bot.channel import RawUpdate
from handlers.incoming import ContactCard, FileRef, Incoming

UNSENDABLE = {
    "sticker": "sticker", "animation": "video", "video": "video", "video_note": "video",
    "location": "location", "venue": "location", "poll": "poll",
}  # fmt: skip

LARGEST_ID = 2**63


def raw_update(update: dict[str, Any]) -> RawUpdate:
    """The update with the number of the person whose order it belongs to (0 where there is none).

    Never fails on what is inside: an update that cannot be stored would come again for ever.
    """
    event = next((v for k, v in update.items() if k != "update_id" and isinstance(v, dict)), {})
    writer = event.get("from")
    number = writer.get("id") if isinstance(writer, dict) else 0
    sender = number if isinstance(number, int) and abs(number) < LARGEST_ID else 0
    payload = json.dumps(update, ensure_ascii=False).encode(errors="replace").decode()
    return RawUpdate(update["update_id"], sender, payload)


def to_incoming(payload: str, inbox_id: int) -> Incoming | None:
    """What the person did; None for events nobody is to be answered for (messages in groups, other bots).

    Raises ValueError where who or where is no number: an answer could never be sent there.
    """
    incoming = _incoming(Update.de_json(json.loads(payload)), inbox_id)
    for number in (incoming.sender, incoming.chat, incoming.message_id or 0) if incoming is not None else ():
        if type(number) is not int or abs(number) >= LARGEST_ID:
            raise ValueError("not a number")
    return incoming


def _incoming(update: Update, inbox_id: int) -> Incoming | None:
    if update.callback_query is not None:
        return _press(update.callback_query, inbox_id)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, inbox_id)
    message = update.message or update.edited_message
    if message is None or message.from_user is None or message.from_user.is_bot:
        return None
    if message.chat.type != ChatType.PRIVATE:
        return None
    return _message(message, inbox_id, edited=update.edited_message is not None)


def _press(query: CallbackQuery, inbox_id: int) -> Incoming | None:
    if query.message is None:
        return None
    # A press has no date of its own; it is "now" for relative words, which presses never carry.
    return Incoming(
        channel="telegram",
        inbox_id=inbox_id,
        sender=query.from_user.id,
        chat=query.message.chat.id,
        kind="press",
        sent_at=datetime.now(UTC),
        data=query.data or "",
        message_id=query.message.message_id,
        press_id=query.id,
        language=query.from_user.language_code,
    )


def _membership(change: ChatMemberUpdated, inbox_id: int) -> Incoming:
    gone = change.new_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
    kind = ("blocked" if gone else "unblocked") if change.chat.type == ChatType.PRIVATE else "group"
    return Incoming(
        channel="telegram",
        inbox_id=inbox_id,
        sender=change.from_user.id,
        chat=change.chat.id,
        kind=kind,
        sent_at=change.date,
        text="left" if gone else "joined",
        language=change.from_user.language_code,
    )


def _message(message: Message, inbox_id: int, *, edited: bool) -> Incoming:
    assert message.from_user is not None
    kind, file = _content(message)
    return Incoming(
        channel="telegram",
        inbox_id=inbox_id,
        sender=message.from_user.id,
        chat=message.chat.id,
        kind=kind,
        sent_at=message.date,
        text=message.text or message.caption or "",
        message_id=message.message_id,
        file=file,
        album=message.media_group_id,
        contact=(
            ContactCard(message.contact.phone_number, message.contact.user_id) if message.contact is not None else None
        ),
        forwarded=message.forward_origin is not None,
        edited=edited,
        language=message.from_user.language_code,
    )


def _recording(sent: Document | None) -> Document | None:
    """A recording that was sent as a file, as recorders and other apps share it."""
    return sent if sent is not None and (sent.mime_type or "").startswith("audio/") else None


def _content(message: Message) -> tuple[str, FileRef | None]:
    if message.text is not None:
        return "text", None
    if message.photo:
        photo = max(message.photo, key=lambda size: size.width * size.height)
        return "photo", FileRef(
            photo.file_id, photo.file_unique_id, photo.file_size, None, "image/jpeg", photo.width, photo.height
        )
    if message.contact is not None:
        return "contact", None
    voice: Voice | Audio | Document | None = message.voice or message.audio or _recording(message.document)
    if voice is not None:
        return "voice", FileRef(voice.file_id, voice.file_unique_id, voice.file_size, None, voice.mime_type)
    kind = next((ours for theirs, ours in UNSENDABLE.items() if getattr(message, theirs)), None)
    if kind is None and message.document is not None:
        sent = message.document
        return "document", FileRef(sent.file_id, sent.file_unique_id, sent.file_size, sent.file_name, sent.mime_type)
    return kind or "other", None
