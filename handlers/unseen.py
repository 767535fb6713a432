"""久未见: the list of households nobody met for too long."""

from handlers.context import Context
from handlers.incoming import Incoming


async def show_list(incoming: Incoming, context: Context) -> None:
    """The word, or the button of a digest, which stays."""
    await context.reply("unseen.list", page=1, fresh=True)


async def turn(incoming: Incoming, context: Context) -> None:
    """`unseen:page:PAGE`."""
    await context.reply("unseen.list", page=context.number(0, 1))
