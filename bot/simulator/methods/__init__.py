"""The table of Bot API methods the simulator knows; anything else is 404 and remembered by name."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.simulator.methods import albums, chats, edits, files, media, messages, presses, profile, updates
from bot.simulator.methods.call import Call

Method = Callable[[Call], Any | Awaitable[Any]]

METHODS: dict[str, Method] = {
    "answercallbackquery": presses.answer_callback_query,
    "close": profile.close,
    "deletemessage": edits.delete_message,
    "deletemessages": edits.delete_messages,
    "deletemycommands": profile.delete_my_commands,
    "deletewebhook": updates.delete_webhook,
    "editmessagecaption": edits.edit_message_caption,
    "editmessagereplymarkup": edits.edit_message_reply_markup,
    "editmessagetext": edits.edit_message_text,
    "getchat": chats.get_chat,
    "getfile": files.get_file,
    "getme": profile.get_me,
    "getmycommands": profile.get_my_commands,
    "getmydescription": profile.get_my_description,
    "getmyname": profile.get_my_name,
    "getmyshortdescription": profile.get_my_short_description,
    "getupdates": updates.get_updates,
    "getwebhookinfo": updates.get_webhook_info,
    "leavechat": chats.leave_chat,
    "logout": profile.log_out,
    "sendchataction": messages.send_chat_action,
    "senddocument": media.send_document,
    "sendmediagroup": albums.send_media_group,
    "sendmessage": messages.send_message,
    "sendphoto": media.send_photo,
    "setmycommands": profile.set_my_commands,
    "setmydescription": profile.set_my_description,
    "setmyname": profile.set_my_name,
    "setmyshortdescription": profile.set_my_short_description,
    "setwebhook": updates.set_webhook,
}
