"""reply_markup: what Telegram accepts as buttons."""

import json
from typing import Any

from bot.simulator.errors import ApiError, bad_request

Json = dict[str, Any]
MOST_INLINE_BUTTONS = 100
MOST_KEYBOARD_BUTTONS = 300
_OTHER_BUTTONS = (
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "login_url",
    "web_app",
    "copy_text",
    "callback_game",
    "pay",
)


def parse_markup(raw: str) -> Json | None:
    """The reply markup of a request, checked and cleaned; None when there is none. 400 in the server's words."""
    if not raw:
        return None
    try:
        value = json.loads(raw)
    except ValueError:
        raise bad_request("Can't parse reply keyboard markup JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("Object expected as reply markup")
    if value.get("keyboard"):
        return _keyboard(value)
    if "inline_keyboard" in value:
        return _inline_keyboard(value["inline_keyboard"])
    if value.get("remove_keyboard"):
        return {"remove_keyboard": True}
    if value.get("force_reply"):
        return {"force_reply": True}
    return None


def parse_inline_markup(raw: str) -> Json | None:
    """As `parse_markup`, for edits, where only an inline keyboard may stand."""
    markup = parse_markup(raw)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("Inline keyboard expected")
    return markup


def _rows(rows: Any, words: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(words)
    return rows


def _inline_keyboard(raw: Any) -> Json | None:
    words = 'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
    rows = [[_inline_button(button) for button in row] for row in _rows(raw, words)]
    rows = [kept for row in rows if (kept := [button for button in row if button["text"]])]
    if sum(len(row) for row in rows) > MOST_INLINE_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _inline_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise _button_fault("InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise _button_fault(
            'Can\'t find field "text"' if "text" not in button else 'Field "text" must be of type String'
        )
    text: str = button["text"]
    if button.get("url"):
        return {"text": text, "url": _checked_url(str(button["url"]))}
    if button.get("callback_data"):
        data = str(button["callback_data"])
        if len(data.encode()) > 64:
            raise bad_request("BUTTON_DATA_INVALID")
        return {"text": text, "callback_data": data}
    for kind in _OTHER_BUTTONS:
        if kind in button:
            return {"text": text, kind: button[kind]}
    raise _button_fault("Text buttons are unallowed in the inline keyboard")


def _checked_url(url: str) -> str:
    head, _, rest = url.partition("://")
    if head.lower() not in {"http", "https", "tg", "ton"} or not rest:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return url


def _button_fault(words: str) -> ApiError:
    return bad_request(f"Can't parse inline keyboard button: {words}")


def _keyboard(value: Json) -> Json:
    rows = _rows(value["keyboard"], 'Field "keyboard" must be an Array of Arrays')
    buttons = [[_keyboard_button(button) for button in row] for row in rows]
    if sum(len(row) for row in buttons) > MOST_KEYBOARD_BUTTONS:
        raise bad_request("reply markup is too long")
    return {
        "keyboard": buttons,
        "resize_keyboard": bool(value.get("resize_keyboard")),
        "one_time_keyboard": bool(value.get("one_time_keyboard")),
        "is_persistent": bool(value.get("is_persistent")),
        "input_field_placeholder": str(value.get("input_field_placeholder", "")),
    }


def _keyboard_button(button: Any) -> Json:
    if isinstance(button, str):
        return {"text": button}
    if not isinstance(button, dict):
        raise bad_request("Can't parse keyboard button: KeyboardButton must be a String or an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request("Can't parse keyboard button: Can't find field \"text\"")
    return button
