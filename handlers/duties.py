"""待办, 没去成 with a reason, 这条是怎么来的, the households a team head can help with."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from models import drafts
from models.access import PersonView
from models.cases import queries
from models.cases.actions import Stale, attempt
from models.duties.owners import explain, take_back_explanation
from models.errors import Refused
from models.reasons import OTHER, get_reason
from models.times import local_day

EXPLAIN = "explain"


async def show_todo(incoming: Incoming, context: Context) -> None:
    """The word, the command, the button of a digest: a message of its own."""
    await context.reply("duty.todo", fresh=True)


async def turn_todo(incoming: Incoming, context: Context) -> None:
    """`duty:page:PAGE`: on the same message, also the way back to it."""
    await context.reply("duty.todo", page=context.number(0, 1))


async def show_why(incoming: Incoming, context: Context) -> None:
    duty_id = context.number()
    await context.run(see_duty, context.me, duty_id, "case.read", reply=Answer("duty.why", {"duty_id": duty_id}))


async def show_village(incoming: Incoming, context: Context) -> None:
    """`duty:village:ID`: households still short while there is time; the digest that led here stays."""
    await _show_village(context, context.number(0), 1, fresh=True)


async def turn_village(incoming: Incoming, context: Context) -> None:
    """`duty:ahead:ID:PAGE`."""
    await _show_village(context, context.number(0), context.number(1, 1), fresh=False)


async def _show_village(context: Context, village_id: int, page: int, *, fresh: bool) -> None:
    answer = Answer("duty.village", {"village_id": village_id, "page": page}, fresh=fresh)
    await context.run(see_village, context.me, village_id, reply=answer)


async def show_notices(incoming: Incoming, context: Context) -> None:
    await context.reply("digest.notices", fresh=True)


async def ask_reason(incoming: Incoming, context: Context) -> None:
    """没去成, from a digest, a list or a card, which stays as it is."""
    duty_id = context.number()
    answer = Answer("duty.reasons", {"duty_id": duty_id}, fresh=True)
    await context.run(see_duty, context.me, duty_id, "duty.explain", reply=answer)


async def explain_by_choice(incoming: Incoming, context: Context) -> None:
    """`duty:explain:ID:VERSION:REASON`; "other" asks for a sentence."""
    duty_id, version, code = context.number(0), context.number(1), context.word(2)
    if code == OTHER:
        await context.run(
            begin_words, context.me, duty_id, version, reply=Answer("duty.ask_words", {"duty_id": duty_id})
        )
        return
    get_reason(code)
    await context.run(attempt, explain, context.me, duty_id, version, reason=code, reply=_explained(duty_id))


async def explain_in_words(incoming: Incoming, context: Context) -> None:
    """The sentence after 其他."""
    draft = context.draft
    if draft is None or not any(char.isalnum() for char in incoming.text):
        raise Refused("case.write_words")
    duty_id = int(draft.facts["duty_id"])
    await context.run(say_why, context.me, draft.id, incoming.text.strip(), reply=_explained(duty_id))


async def take_back(incoming: Incoming, context: Context) -> None:
    duty_id = context.number()
    await context.run(
        take_back_explanation, context.me, duty_id, reply=Answer("duty.why", {"duty_id": duty_id, "note": "taken_back"})
    )


def _explained(duty_id: int) -> Callable[[Any], Answer]:
    """The answer; a press that came too late shows how the duty stands now."""

    def answer(result: Any) -> Answer:
        if isinstance(result, Stale):
            return Answer("duty.why", {"duty_id": duty_id, "note": result.note})
        return Answer("duty.explained", {"duty_id": duty_id})

    return answer


def see_duty(session: Session, me: PersonView, duty_id: int, right: str, *, now: Any) -> None:
    """Refuses a duty that is not the person's to see or to explain."""
    queries.access_duty(session, me, duty_id, right, local_day(now))


def see_village(session: Session, me: PersonView, village_id: int, *, now: Any) -> None:
    """Refuses a village outside the person's area."""
    queries.list_ahead(session, me, village_id, 1, local_day(now))


def begin_words(session: Session, me: PersonView, duty_id: int, version: int, *, now: Any) -> None:
    """The next text is the reason."""
    queries.access_duty(session, me, duty_id, "duty.explain", local_day(now))
    drafts.open_draft(session, me.id, EXPLAIN, now=now, facts={"duty_id": duty_id, "version": version})


def say_why(session: Session, me: PersonView, draft_id: int, words: str, *, now: Any) -> Any:
    """Explains with the person's own words and ends the draft, whether the duty was still open or not."""
    draft = drafts.get_own(session, me.id, draft_id)
    duty_id, version = int(draft.facts["duty_id"]), int(draft.facts["version"])
    result = attempt(session, explain, me, duty_id, version, reason=OTHER, words=words, now=now)
    drafts.close(session, draft, "done", now=now)
    return result
