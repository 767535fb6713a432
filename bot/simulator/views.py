"""Accounts, chats, messages and presses as the Bot API writes them."""

from datetime import datetime

from bot.simulator.state import Account, Bot, Chat, Json, Message, Press


def unix(moment: datetime) -> int:
    return int(moment.timestamp())


def user(who: Account | Bot) -> Json:
    if isinstance(who, Bot):
        return {"id": who.id, "is_bot": True, "first_name": who.first_name, "username": who.username}
    view: Json = {"id": who.id, "is_bot": False, "first_name": who.first_name}
    if who.last_name:
        view["last_name"] = who.last_name
    if who.username:
        view["username"] = who.username
    if who.language:
        view["language_code"] = who.language
    return view


def me(bot: Bot) -> Json:
    return {
        **user(bot),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def chat(place: Chat) -> Json:
    if place.account is None:
        return {"id": place.id, "title": place.title, "type": place.kind}
    view: Json = {"id": place.id, "first_name": place.account.first_name}
    if place.account.last_name:
        view["last_name"] = place.account.last_name
    if place.account.username:
        view["username"] = place.account.username
    return {**view, "type": "private"}


def full_chat(place: Chat) -> Json:
    """What getChat answers."""
    view = {**chat(place), "accent_color_id": 0, "max_reaction_count": 11}
    view["accepted_gift_types"] = {
        "unlimited_gifts": False,
        "limited_gifts": False,
        "unique_gifts": False,
        "premium_subscription": False,
        "gifts_from_channels": False,
    }
    return view


def message(shown: Message, with_reply: bool = True) -> Json:
    view: Json = {
        "message_id": shown.message_id,
        "from": user(shown.sender),
        "chat": chat(shown.chat),
        "date": unix(shown.sent_at),
    }
    if shown.edited_at is not None:
        view["edit_date"] = unix(shown.edited_at)
    if shown.origin is not None:
        view["forward_origin"] = shown.origin
    if shown.album is not None:
        view["media_group_id"] = shown.album
    if shown.reply_to is not None and with_reply:
        view["reply_to_message"] = message(shown.reply_to, with_reply=False)
    view.update(shown.content)
    if shown.reply_markup is not None:
        view["reply_markup"] = shown.reply_markup
    return view


def press(tapped: Press) -> Json:
    gone = tapped.message.deleted_at is not None
    place = chat(tapped.message.chat)
    shown = {"chat": place, "message_id": tapped.message.message_id, "date": 0} if gone else message(tapped.message)
    return {
        "id": tapped.id,
        "from": user(tapped.account),
        "message": shown,
        "chat_instance": str(tapped.message.chat.id * 7919),
        "data": tapped.data,
    }


def member(who: Account | Bot, status: str) -> Json:
    view: Json = {"user": user(who), "status": status}
    if status == "kicked":
        view["until_date"] = 0
    return view
