"""sendMessage, sendChatAction."""

from bot.simulator import views
from bot.simulator.errors import bad_request
from bot.simulator.markup import parse_markup
from bot.simulator.methods.call import Call
from bot.simulator.state import Chat, Json, Message

_ACTIONS = frozenset(
    f"{verb}_{thing}"
    for verb, things in {
        "upload": ("photo", "video", "voice", "document", "video_note"),
        "record": ("video", "voice", "video_note"),
        "choose": ("sticker",),
        "find": ("location",),
    }.items()
    for thing in things
) | {"typing"}


def send_message(call: Call) -> Json:
    content = call.text_content()
    markup = parse_markup(call.arguments.text("reply_markup"))
    place = call.writable_chat()
    return views.message(post(call, place, content, markup))


def post(call: Call, place: Chat, content: Json, markup: Json | None, album: str | None = None) -> Message:
    """The bot's message in the chat. A reply keyboard belongs to the chat, only inline buttons to the message."""
    _watch_rows(call, markup)
    inline = markup if markup and "inline_keyboard" in markup else None
    if markup and "keyboard" in markup:
        place.keyboard = markup
    elif markup and "remove_keyboard" in markup:
        place.keyboard = None
    return call.world.add_message(place, call.bot, content, markup=inline, album=album, reply_to=call.reply_to(place))


def send_chat_action(call: Call) -> bool:
    action = call.arguments.text("action")
    if action not in _ACTIONS:
        raise bad_request("Wrong parameter action in request")
    call.world.tell("typing", call.writable_chat(), action=action)
    return True


def _watch_rows(call: Call, markup: Json | None) -> None:
    """Nine buttons in a row pass the server, but nobody can read them: note it for the tests."""
    rows = (markup or {}).get("inline_keyboard", [])
    if any(len(row) > 8 for row in rows):
        call.world.complaints.append(f"a row of {max(map(len, rows))} buttons: telephones show eight")
