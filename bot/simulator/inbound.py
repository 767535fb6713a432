"""What a person does, turned into messages in the chat and updates for the bot."""

from datetime import datetime
from typing import Any

from bot.simulator import views
from bot.simulator.state import Account, Bot, Chat, Json, Message, Press, World
from bot.simulator.updates import MESSAGE_LIVES_FOR, PRESS_LIVES_FOR


def post(world: World, chat: Chat, account: Account, content: Json, **more: Any) -> Message:
    """A message of the person; the bot hears of it unless it may not read this group."""
    if chat.account is not None:
        chat.started = True
    message = world.add_message(chat, account, content, **more)
    if chat.bot_is_member and (chat.account is not None or _reaches_bot(message)):
        chat.bot.updates.put("message", views.message(message), f"chat:{chat.id}", MESSAGE_LIVES_FOR)
    return message


def _reaches_bot(message: Message) -> bool:
    """Privacy mode: in a group a bot gets commands, answers to itself and service messages."""
    content = message.content
    if any(name in content for name in ("new_chat_members", "left_chat_member", "migrate_to_chat_id")):
        return True
    if message.reply_to is not None and message.reply_to.sender is message.chat.bot:
        return True
    return str(content.get("text", "")).startswith("/")


def edit(world: World, message: Message, content: Json) -> None:
    world.edit_message(message, content, message.reply_markup)
    chat = message.chat
    chat.bot.updates.put("edited_message", views.message(message), f"chat:{chat.id}", MESSAGE_LIVES_FOR)


def press(world: World, account: Account, message: Message, data: str) -> Press:
    tapped = world.add_press(account, message, data)
    chat = message.chat
    chat.bot.updates.put("callback_query", views.press(tapped), f"user:{account.id}", PRESS_LIVES_FOR)
    world.tell("press", chat, message, press=tapped)
    return tapped


def change_membership(world: World, chat: Chat, account: Account, old: str, new: str) -> None:
    """my_chat_member: blocked or unblocked in a private chat, added or removed in a group."""
    body = {
        "chat": views.chat(chat),
        "from": views.user(account),
        "date": views.unix(world.clock.now()),
        "old_chat_member": views.member(chat.bot, old),
        "new_chat_member": views.member(chat.bot, new),
    }
    chat.bot.updates.put("my_chat_member", body, f"chat:{chat.id}", MESSAGE_LIVES_FOR)
    world.tell("chat", chat)


def origin(sender: Account | Bot, sent_at: datetime) -> Json:
    """forward_origin of a message whose writer is known."""
    return {"type": "user", "date": views.unix(sent_at), "sender_user": views.user(sender)}
