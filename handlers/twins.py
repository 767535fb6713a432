"""A photo that looks like one used before: its sender says whether it is the same, with one line if they like."""

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from handlers.reports import is_about_a_card
from models.photos import twins

ON_A_CARD = "card"


def shown_answer(asked: twins.Asked) -> Answer:
    """What the photo belongs to, as it is now: the card goes on."""
    return Answer(asked.kind, asked.ids)


async def say_same(incoming: Incoming, context: Context) -> None:
    """是同一张,说明一下: the next text is the line."""
    await context.run(
        twins.say_same, context.me.id, context.number(),
        reply=Answer("photo.note", {"photo_id": context.number()}),
    )  # fmt: skip


async def say_other(incoming: Incoming, context: Context) -> None:
    await context.run(twins.say_other, context.me.id, context.number(), reply=shown_answer)


async def skip_note(incoming: Incoming, context: Context) -> None:
    """不用说明: it is the same, and no more is said of it."""
    await context.run(twins.explain, context.me.id, context.number(), "", reply=shown_answer)


async def explain_in_words(incoming: Incoming, context: Context) -> None:
    """The line. 好 or 确认 alone is meant for the report behind the question, which is shown again."""
    photo_id = int(context.draft.facts.get("photo_id", 0))
    if is_about_a_card(incoming.text, ON_A_CARD):
        await context.run(twins.go_on, context.me.id, photo_id, reply=shown_answer)
    else:
        await context.run(twins.explain, context.me.id, photo_id, incoming.text, reply=shown_answer)
