"""getChat, leaveChat."""

from bot.simulator import views
from bot.simulator.errors import ApiError, forbidden
from bot.simulator.methods.call import Call
from bot.simulator.state import Json


def get_chat(call: Call) -> Json:
    place = call.chat()
    if place.account is not None and not place.started:
        raise ApiError(400, "Bad Request: chat not found")
    return views.full_chat(place)


def leave_chat(call: Call) -> bool:
    """Leave a group; private chats cannot be left."""
    place = call.chat()
    if place.account is not None:
        raise ApiError(400, "Bad Request: chat member status can't be changed in private chats")
    if not place.bot_is_member:
        raise forbidden(f"bot is not a member of the {place.kind} chat")
    place.bot_is_member = False
    call.world.tell("chat", place)
    return True
