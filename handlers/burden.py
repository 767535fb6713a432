"""打扰: what the bot costs people, for who answers for it."""

from handlers.context import Context
from handlers.incoming import Incoming


async def show(incoming: Incoming, context: Context) -> None:
    await context.reply("burden.week", fresh=incoming.kind != "press")
