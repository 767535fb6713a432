"""更多, 帮助, 取消, language: the screens around the others."""

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.locales import LOCALES
from handlers.reply import Answer
from models import drafts
from models.errors import Refused
from models.people import Person


async def show_menu(incoming: Incoming, context: Context) -> None:
    await context.reply("menu.more")


async def show_help(incoming: Incoming, context: Context) -> None:
    await context.reply("menu.help")


async def cancel(incoming: Incoming, context: Context) -> None:
    """Parks what was begun; nothing that was written is lost."""
    await context.run(
        park_draft,
        context.me.id,
        reply=lambda parked: Answer("menu.cancelled", {"parked": parked}, fresh=True),
    )


def park_draft(session: Session, person_id: int, *, now: datetime) -> bool:
    active = drafts.find_active(session, person_id)
    if active is None:
        return False
    drafts.close(session, drafts.get_own(session, person_id, active.id), "parked", now=now)
    return True


async def show_languages(incoming: Incoming, context: Context) -> None:
    await context.reply("menu.languages")


async def set_language(incoming: Incoming, context: Context) -> None:
    await context.run(
        choose_language,
        context.me.id,
        context.args[0] if context.args else "",
        reply=Answer("menu.language_set"),
    )


def choose_language(session: Session, person_id: int, locale: str, *, now: datetime) -> None:
    """Sets the person's language. Raises Refused("button.broken") for a language there is none of."""
    if locale not in LOCALES:
        raise Refused("button.broken")
    person = session.get_one(Person, person_id)
    person.locale = locale


async def refuse_kind(incoming: Incoming, context: Context) -> None:
    """A sticker, a video, a place: kept out with a word on what to send instead."""
    await context.refuse(f"kind.{incoming.kind}")
