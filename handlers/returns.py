"""退回: a record goes back to its author with one line; the author answers in the chat, or corrects it."""

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from models import drafts
from models.visits import returns

REMARK, ANSWER = "visit_return", "return_answer"


async def ask_remark(incoming: Incoming, context: Context) -> None:
    """`visit:return:ID:VERSION`: the next text is the remark."""
    visit_id, version = context.number(), context.number(1)
    answer = Answer("visit.return", {"visit_id": visit_id})
    await context.run(begin_remark, context.me.id, visit_id, version, reply=answer)


async def take_remark(incoming: Incoming, context: Context) -> None:
    answer = Answer("visit.returned", {"visit_id": int(context.draft.facts["visit_id"])})
    await context.run(say_remark, context.me.id, context.draft.id, incoming.text, reply=answer)


async def ask_answer(incoming: Incoming, context: Context) -> None:
    """`visit:reply:RETURN`: the next text is the answer."""
    answer = Answer("visit.reply", {"return_id": context.number()})
    await context.run(begin_answer, context.me.id, context.number(), reply=answer)


async def take_answer(incoming: Incoming, context: Context) -> None:
    await context.run(say_answer, context.me.id, context.draft.id, incoming.text, reply="visit.replied")


def begin_remark(session: Session, person_id: int, visit_id: int, version: int, *, now: datetime) -> None:
    returns.access_to_return(session, person_id, visit_id, now=now)
    drafts.open_draft(session, person_id, REMARK, now=now, facts={"visit_id": visit_id, "version": version})


def say_remark(session: Session, person_id: int, draft_id: int, words: str, *, now: datetime) -> None:
    """Sends the record back and ends the draft. Raises as `returns.return_visit`."""
    draft = drafts.get_own(session, person_id, draft_id)
    visit_id, version = int(draft.facts["visit_id"]), int(draft.facts["version"])
    returns.return_visit(session, person_id, visit_id, version, words, now=now)
    drafts.close(session, draft, "done", now=now)


def begin_answer(session: Session, person_id: int, return_id: int, *, now: datetime) -> None:
    returns.get_open_return(session, person_id, return_id)
    drafts.open_draft(session, person_id, ANSWER, now=now, facts={"return_id": return_id})


def say_answer(session: Session, person_id: int, draft_id: int, words: str, *, now: datetime) -> returns.Returned:
    """Answers and ends the draft. Raises as `returns.answer_return`."""
    draft = drafts.get_own(session, person_id, draft_id)
    said = returns.answer_return(session, person_id, int(draft.facts["return_id"]), words, now=now)
    drafts.close(session, draft, "done", now=now)
    return said
