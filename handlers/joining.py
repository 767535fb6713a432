"""开始: by an invitation link or the own phone number; accounts that block the bot; groups, which it leaves."""

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from models import joining
from models.joining import Joined


async def start(incoming: Incoming, context: Context) -> None:
    if context.args:
        await context.run(joining.join_by_link, incoming.sender, context.args[0], reply=_welcome)
    elif context.person is None:
        await context.refuse("not.joined")
    else:
        again = Joined(context.person.id, again=True)
        await context.run(joining.note_reachable, incoming.sender, reply=_welcome(again))


async def share_phone(incoming: Incoming, context: Context) -> None:
    """Only the sender's own contact card proves whose number it is."""
    card = incoming.contact
    if card is None:
        await context.refuse("contact.foreign")
        return
    await context.run(joining.join_by_phone, incoming.sender, card.user_id, card.phone, reply=_welcome)


def _welcome(joined: Joined) -> Answer:
    return Answer("joining.welcome", {"person_id": joined.person_id, "again": joined.again}, fresh=True)


async def note_blocked(incoming: Incoming, context: Context) -> None:
    await context.run(joining.note_blocked, incoming.sender)


async def note_unblocked(incoming: Incoming, context: Context) -> None:
    await context.run(joining.note_reachable, incoming.sender)


async def leave_group(incoming: Incoming, context: Context) -> None:
    """A household's name must not stand in a group, so the bot does not stay in one."""
    if incoming.text == "left":
        await context.ignore("left the group")
    else:
        await context.run(joining.leave_group, incoming.channel, incoming.chat, incoming.sender, incoming.inbox_id)
