"""延期 with its reason, and the written answer to 交办: decisions that need a sentence or one more choice."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.cases import check_case, did, or_refresh
from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from handlers.screens.decisions import EXTEND_DAYS
from models import drafts
from models.access import PersonView
from models.cases.actions import attempt
from models.duties import Duty, cases
from models.duties.cases import Decided
from models.errors import Refused
from models.reasons import OTHER, get_reason

EXTEND, ANSWER = "case_extend", "case_answer"


async def ask_extension(incoming: Incoming, context: Context) -> None:
    """`case:extend:ID:VERSION`: by how much."""
    duty_id = context.number()
    about = {"duty_id": duty_id}
    await context.run(
        attempt, check_case, context.me, duty_id, context.number(1), "case.decide",
        reply=or_refresh(Answer("case.extend_days", about), about),
    )  # fmt: skip


async def ask_extension_all(incoming: Incoming, context: Context) -> None:
    village_id, stamp = context.number(0), context.number(1)
    ids = {"village_id": village_id, "stamp": stamp}
    await context.run(
        attempt, check_village, context.me, village_id, stamp, "case.decide",
        reply=or_refresh(Answer("case.extend_days", ids, fresh=True), {"village_id": village_id}),
    )  # fmt: skip


async def ask_extension_reason(incoming: Incoming, context: Context) -> None:
    """`case:extend_to:ID:VERSION:DAYS`, `case:extend_all_to:VILLAGE:STAMP:DAYS`: why; a sentence may follow."""
    kind = "village_id" if incoming.data.split(":")[1] == "extend_all_to" else "duty_id"
    facts = {kind: context.number(0), "mark": context.number(1), "days": context.number(2)}
    if facts["days"] not in EXTEND_DAYS:
        raise Refused("button.broken")
    shown = {kind: facts[kind], "days": facts["days"]}
    await context.run(
        begin, context.me, EXTEND, facts,
        reply=lambda draft_id: Answer("case.extend_reason", {**shown, "draft_id": draft_id}),
    )  # fmt: skip


async def extend_for_reason(incoming: Incoming, context: Context) -> None:
    """`case:extend_for:DRAFT:REASON`; "other" waits for the sentence."""
    draft_id, code = context.number(0), context.word(1)
    get_reason(code)
    if code == OTHER:
        await context.run(find_target, context.me, draft_id, reply=_ask_words)
    else:
        await context.run(extend_target, context.me, draft_id, code, None, reply=_extended)


async def extend_in_words(incoming: Incoming, context: Context) -> None:
    await context.run(extend_target, context.me, _draft_id(context), OTHER, _text(incoming), reply=_extended)


async def ask_answer(incoming: Incoming, context: Context) -> None:
    """写答复: the next text is the answer to who handed the case over."""
    duty_id = context.number()
    await context.run(
        begin_answer, context.me, duty_id,
        reply=Answer("case.ask_words", {"duty_id": duty_id, "verb": "answer"}, fresh=True),
    )  # fmt: skip


async def answer_in_words(incoming: Incoming, context: Context) -> None:
    duty_id = int(context.draft.facts["duty_id"]) if context.draft else 0
    reply = did("answer", {"duty_id": duty_id})
    await context.run(say_answer, context.me, _draft_id(context), _text(incoming), reply=reply)


def _text(incoming: Incoming) -> str:
    if not incoming.text.strip():
        raise Refused("case.write_words")
    return incoming.text.strip()


def _draft_id(context: Context) -> int:
    if context.draft is None:
        raise Refused("draft.gone")
    return int(context.draft.id)


def _target(facts: dict[str, Any]) -> dict[str, int]:
    return {name: int(facts[name]) for name in ("duty_id", "village_id") if name in facts}


def _ask_words(facts: dict[str, Any]) -> Answer:
    return Answer("case.ask_words", {**_target(facts), "verb": "extend"})


def _extended(result: tuple[dict[str, Any], Any]) -> Answer:
    facts, outcome = result
    return did("extend", _target(facts))(outcome)


def begin(session: Session, me: PersonView, kind: str, facts: dict[str, Any], *, now: datetime) -> int:
    """A draft whose sentence is still to come; its id."""
    return drafts.open_draft(session, me.id, kind, now=now, facts=facts).id


def begin_answer(session: Session, me: PersonView, duty_id: int, *, now: datetime) -> int:
    """Raises Refused("case.not_taken") for anybody but the case's present owner."""
    duty = session.get(Duty, duty_id)
    if duty is None or duty.taken_by != me.id:
        raise Refused("case.not_taken")
    return begin(session, me, ANSWER, {"duty_id": duty_id}, now=now)


def find_target(session: Session, me: PersonView, draft_id: int, *, now: datetime) -> dict[str, Any]:
    return dict(drafts.get_own(session, me.id, draft_id).facts)


def extend_target(
    session: Session, me: PersonView, draft_id: int, reason: str, words: str | None, *, now: datetime
) -> tuple[dict[str, Any], Any]:
    """延期 of what the draft is about: one case, or a village as it was listed."""
    draft = drafts.get_own(session, me.id, draft_id)
    facts = dict(draft.facts)
    result = attempt(session, extend_these, me, facts, reason, words, now=now)
    drafts.close(session, draft, "done", now=now)
    return facts, result


def extend_these(
    session: Session, me: PersonView, facts: dict[str, Any], reason: str, words: str | None, *, now: datetime
) -> Decided:
    mark = int(facts["mark"])
    if "duty_id" in facts:
        duties = [cases.get_case(session, me, int(facts["duty_id"]), mark, "case.decide")]
    else:
        duties = cases.get_village_cases(session, me, int(facts["village_id"]), mark, "case.decide")
    return cases.extend(session, me, duties, int(facts["days"]), reason=reason, words=words, now=now)


def say_answer(session: Session, me: PersonView, draft_id: int, words: str, *, now: datetime) -> Any:
    draft = drafts.get_own(session, me.id, draft_id)
    result = attempt(session, cases.answer, me, int(draft.facts["duty_id"]), words, now=now)
    drafts.close(session, draft, "done", now=now)
    return result


def check_village(session: Session, me: PersonView, village_id: int, stamp: int, right: str, *, now: datetime) -> None:
    """Refuses a village whose list has changed since the button was made."""
    cases.get_village_cases(session, me, village_id, stamp, right)
