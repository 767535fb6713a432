"""小名: keeping one after a report, the list on a household's card, forgetting one."""

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from handlers.visits import look
from models.households import nicknames


async def remember(incoming: Incoming, context: Context) -> None:
    """记住, below what was logged; that stays as it is."""
    await context.run(nicknames.remember, context.me.id, context.number(), context.number(1), reply="visit.logged")


async def only_once(incoming: Incoming, context: Context) -> None:
    await context.run(nicknames.only_once, context.me.id, context.number(), context.number(1), reply="visit.logged")


async def show_nicknames(incoming: Incoming, context: Context) -> None:
    ids = {"household_id": context.number()}
    await context.run(look, context.me.id, context.number(), "household.read", reply=Answer("nickname.list", ids))


async def forget(incoming: Incoming, context: Context) -> None:
    await context.run(nicknames.forget, context.me.id, context.number(), reply="nickname.list")
