"""answerCallbackQuery."""

from bot.simulator.errors import bad_request
from bot.simulator.methods.call import Call
from bot.simulator.updates import PRESS_LIVES_FOR


def answer_callback_query(call: Call) -> bool:
    """True once; an unknown, answered or 150 seconds old press is an error, as on the real server."""
    press = call.bot.presses.get(call.arguments.text("callback_query_id"))
    now = call.world.clock.now()
    if press is None or press.answered_at is not None or now - press.pressed_at > PRESS_LIVES_FOR:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = call.arguments.text("text")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    press.answered_at, press.toast, press.alert = now, text, call.arguments.flag("show_alert")
    call.world.tell("answer", press.message.chat, press.message, press=press)
    return True
