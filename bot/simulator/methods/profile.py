"""getMe, names and descriptions, commands, logOut, close."""

import json
import re

from bot.simulator import views
from bot.simulator.errors import bad_request
from bot.simulator.methods.call import Call
from bot.simulator.state import Json

_SCOPES = frozenset({"default", "chat", "chat_administrators", "chat_member"}) | {
    f"all_{where}" for where in ("private_chats", "group_chats", "chat_administrators")
}
_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")


def get_me(call: Call) -> Json:
    return views.me(call.bot)


def set_my_commands(call: Call) -> bool:
    key = _scope_key(call)
    raw = call.arguments.json("commands", "Can't parse commands JSON object") or []
    if not isinstance(raw, list):
        raise bad_request("Expected an Array of BotCommand")
    commands = [_command(one) for one in raw]
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    call.bot.commands[key] = commands
    return True


def _command(raw: object) -> Json:
    if not isinstance(raw, dict):
        raise bad_request("Can't parse BotCommand: expected an Object")
    name, words = raw.get("command"), raw.get("description")
    if not isinstance(name, str) or not isinstance(words, str):
        missing = "command" if not isinstance(name, str) else "description"
        raise bad_request(f"Can't parse BotCommand: Can't find field \"{missing}\"")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not words.strip() or len(words) > 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name.removeprefix("/"), "description": words.strip()}


def get_my_commands(call: Call) -> list[Json]:
    return call.bot.commands.get(_scope_key(call), [])


def delete_my_commands(call: Call) -> bool:
    call.bot.commands.pop(_scope_key(call), None)
    return True


def _scope_key(call: Call) -> tuple[str, str]:
    scope = call.arguments.json("scope", "Can't parse BotCommandScope JSON object") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in _SCOPES:
        raise bad_request("Can't parse BotCommandScope: Unsupported type specified")
    return json.dumps(scope, sort_keys=True), _language(call)


def _language(call: Call) -> str:
    code = call.arguments.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("Invalid language code specified")
    return code


def _set_text(call: Call, kind: str, limit: int, fault: str) -> bool:
    text = call.arguments.text(kind).strip()
    if len(text) > limit:
        raise bad_request(fault)
    call.bot.texts[kind, _language(call)] = text
    return True


def _get_text(call: Call, kind: str) -> Json:
    texts = call.bot.texts
    return {kind: texts.get((kind, _language(call))) or texts.get((kind, ""), "")}


def set_my_name(call: Call) -> bool:
    return _set_text(call, "name", 64, "BOT_TITLE_INVALID")


def get_my_name(call: Call) -> Json:
    shown = _get_text(call, "name")
    return {"name": shown["name"] or call.bot.first_name}


def set_my_description(call: Call) -> bool:
    return _set_text(call, "description", 512, "BOT_DESCRIPTION_TOO_LONG")


def get_my_description(call: Call) -> Json:
    return _get_text(call, "description")


def set_my_short_description(call: Call) -> bool:
    return _set_text(call, "short_description", 120, "BOT_SHORT_DESCRIPTION_TOO_LONG")


def get_my_short_description(call: Call) -> Json:
    return _get_text(call, "short_description")


def log_out(call: Call) -> bool:
    """The bot leaves this server; it cannot come back for ten minutes."""
    call.bot.logged_out = True
    call.bot.updates.clear()
    return True


def close(call: Call) -> bool:
    call.bot.poll_number += 1
    call.bot.updates.wake()
    return True
