"""说法: what people of the township say and the bot did not know; the officer tells it what that means."""

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.parsing import WORDS
from handlers.reply import Answer
from handlers.visits import page_of
from models import drafts, words
from models.drafts import Draft
from models.errors import Refused

DRAFT = "word"


async def show_words(incoming: Incoming, context: Context) -> None:
    await context.reply("words.list", page=page_of(context))


async def ask_word(incoming: Incoming, context: Context) -> None:
    await context.run(begin, context.me.id, reply=Answer("words.ask"))


def begin(session: Session, person_id: int, *, now: datetime) -> None:
    drafts.open_draft(session, person_id, DRAFT, now=now)


async def take_word(incoming: Incoming, context: Context) -> None:
    """The word, as typed; its meaning is chosen next. One that cannot be kept may be typed again."""
    await context.run(
        keep_said, context.me.id, context.draft.id, incoming.text,
        reply=lambda draft_id: Answer("words.meanings", {"draft_id": draft_id}),
    )  # fmt: skip


def keep_said(session: Session, person_id: int, draft_id: int, text: str, *, now: datetime) -> int:
    """Raises Refused("words.none", "words.too_long", "draft.gone")."""
    draft = drafts.get_own(session, person_id, draft_id)
    draft.words = words.check_word(text)
    drafts.close(session, draft, "done", now=now)
    return draft.id


def find_said(session: Session, person_id: int | None, draft_id: int) -> str | None:
    """The word somebody typed; None for another's draft."""
    draft = session.get(Draft, draft_id)
    return draft.words if draft is not None and draft.person_id == person_id and draft.kind == DRAFT else None


def get_said(session: Session, person_id: int, draft_id: int, *, now: datetime) -> str:
    """Raises Refused("draft.gone") for another's draft."""
    said = find_said(session, person_id, draft_id)
    if said is None:
        raise Refused("draft.gone")
    return said


def built_in(word: str) -> str:
    """What a word means without the officer: one of the parser's kinds, or nothing."""
    return WORDS.kinds.get(word, ("",))[0]


async def show_meanings(incoming: Incoming, context: Context) -> None:
    ids = {"draft_id": context.number()}
    await context.run(get_said, context.me.id, context.number(), reply=Answer("words.meanings", ids))


async def preview(incoming: Incoming, context: Context) -> None:
    """今后“没落屋”按“没见到人”理解: what would change, before it does."""
    ids = {"draft_id": context.number(), "meaning": meaning_of(context)}
    await context.run(get_said, context.me.id, context.number(), reply=Answer("words.preview", ids))


def meaning_of(context: Context) -> str:
    meaning = context.word(1)
    if meaning not in words.MEANINGS:
        raise Refused("button.broken")
    return meaning


async def add(incoming: Incoming, context: Context) -> None:
    await context.run(
        _add, context.me.id, context.number(), meaning_of(context),
        reply=lambda added: Answer("words.added", {"word_id": added.word_id}),
    )  # fmt: skip


def _add(session: Session, person_id: int, draft_id: int, meaning: str, *, now: datetime) -> words.WordView:
    said = get_said(session, person_id, draft_id, now=now)
    return words.add_word(session, person_id, said, meaning, built_in=built_in(said), now=now)


async def show_word(incoming: Incoming, context: Context) -> None:
    ids = {"word_id": context.number()}
    await context.run(words.get_word, context.me.id, context.number(), reply=Answer("words.card", ids))


async def end(incoming: Incoming, context: Context) -> None:
    ids = {"word_id": context.number()}
    await context.run(words.end_word, context.me.id, context.number(), reply=Answer("words.ended", ids))
