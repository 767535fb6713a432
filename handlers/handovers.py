"""移交 in one step: which households, to whom, why, what it would do, 确认. The same steps set a second helper, find one
for a household without, take a hand-over back, let somebody leave. Who may not do it proposes it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from models import drafts
from models.access import PersonView, access_household
from models.drafts import Draft
from models.errors import Refused
from models.handovers import Plan
from models.handovers.actions import Moved, carry_out, list_recallable
from models.handovers.approval import needs_approval
from models.handovers.candidates import list_held, list_takers
from models.handovers.plans import REASONS, check, first_helpers, helped_by
from models.people.queries import access_person
from models.requests import make_request
from models.times import local_day

DRAFT, ASK = "handover", "handover_ask"
PLAN = "handover.plan"
"""The right to plan one; doing it needs `assignment.write`."""
LONGEST = 200
NOBODY = ("不设", "不用", "没有", "nobody", "none")


async def start(incoming: Incoming, context: Context) -> None:
    """`handover:start:PERSON`: 移交 of somebody's households."""
    await context.run(begin_hand, context.me, context.number(), reply=_step)


async def start_second(incoming: Incoming, context: Context) -> None:
    """`handover:second:HOUSEHOLD`."""
    await context.run(begin_household, context.me, "second", context.number(), reply=_step)


async def start_assign(incoming: Incoming, context: Context) -> None:
    """`handover:assign:HOUSEHOLD`: a household without a helper gets one."""
    await context.run(begin_household, context.me, "assign", context.number(), reply=_step)


async def start_recall(incoming: Incoming, context: Context) -> None:
    """`handover:recall:PERSON`: what went from this person in the last seven days comes back."""
    await context.run(begin_recall, context.me, context.number(), reply=_step)


async def start_leave(incoming: Incoming, context: Context) -> None:
    """`handover:leave:PERSON`: 离岗."""
    await context.run(begin_leave, context.me, context.number(), reply=_step)


async def toggle(incoming: Incoming, context: Context) -> None:
    """`handover:toggle:DRAFT:HOUSEHOLD`: one household more or less."""
    await context.run(choose_household, context.me, context.number(), context.number(1), reply=_step)


async def choose_all(incoming: Incoming, context: Context) -> None:
    await context.run(choose_households, context.me, context.number(), True, reply=_step)


async def chosen(incoming: Incoming, context: Context) -> None:
    """`handover:chosen:DRAFT`: those are all."""
    await context.run(choose_households, context.me, context.number(), False, reply=_step)


async def choose_taker(incoming: Incoming, context: Context) -> None:
    """`handover:to:DRAFT:PERSON`; 0: nobody, for a second helper."""
    await context.run(set_taker, context.me, context.number(), context.number(1) or None, reply=_step)


async def choose_reason(incoming: Incoming, context: Context) -> None:
    """`handover:why:DRAFT:CODE`."""
    code = context.word(1)
    if code not in REASONS:
        raise Refused("button.broken")
    await context.run(set_reason, context.me, context.number(), f"code:{code}", reply=_step)


async def take_words(incoming: Incoming, context: Context) -> None:
    """A name or the reason, as typed: what the step asks for."""
    draft, text = context.draft, incoming.text.strip()[:LONGEST]
    if draft is None or not text:
        raise Refused("draft.gone")
    if draft.step == "from":
        await context.run(find_giver, context.me, draft.id, text, reply=_step)
    elif draft.step == "to":
        await context.run(find_taker, context.me, draft.id, text, reply=_step)
    elif draft.step == "why":
        await context.run(set_reason, context.me, draft.id, text, reply=_step)
    else:
        await context.reply(f"handover.{draft.step}", draft_id=draft.id)


async def confirm(incoming: Incoming, context: Context) -> None:
    """`handover:confirm:DRAFT:VERSION`: done, or proposed by who may not."""
    await context.run(finish, context.me, context.number(), context.number(1), reply=_finished)


async def show_rules(incoming: Incoming, context: Context) -> None:
    """`handover:rules:PAGE`: households without a helper, helpers with too many or none, changes without a reason."""
    await context.reply("handover.rules", page=context.number(0, 1), fresh=context.number(1, 0) == 1)


async def ask(incoming: Incoming, context: Context) -> None:
    """移交 as a word: whose households; of a helper a wish in one's own words, for the officer."""
    if context.me.may(PLAN):
        await context.run(begin_from, context.me, reply=_step)
    else:
        await context.run(begin_wish, context.me, reply=Answer("handover.wish"))


async def take_wish(incoming: Incoming, context: Context) -> None:
    text = incoming.text.strip()[:LONGEST]
    if not text or context.draft is None:
        raise Refused("request.write_words")
    await context.run(make_wish, context.me, context.draft.id, text, reply=_wished)


def _wished(request_id: int) -> Answer:
    return Answer("request.made", {"request_id": request_id})


def _step(found: tuple[str, dict[str, Any]]) -> Answer:
    step, ids = found
    return Answer(f"handover.{step}", ids)


def _finished(result: Moved | int) -> Answer:
    if isinstance(result, int):
        return _wished(result)
    ids = {"act": result.act, "households": list(result.household_ids), "without": list(result.without)}
    return Answer("handover.done", ids)


def _open(session: Session, me: PersonView, step: str, now: datetime, **facts: Any) -> tuple[str, dict[str, Any]]:
    draft = drafts.open_draft(session, me.id, DRAFT, now=now, step=step, facts=facts)
    return step, {"draft_id": draft.id}


def begin_from(session: Session, me: PersonView, *, now: datetime) -> tuple[str, dict[str, Any]]:
    return _open(session, me, "from", now, act="hand", households=[])


def find_giver(
    session: Session, me: PersonView, draft_id: int, name: str, *, now: datetime
) -> tuple[str, dict[str, Any]]:
    """Whose households, by a typed name. Raises Refused("handover.nobody_called")."""
    found = [each for each in list_takers(session, me, PLAN, (), None, local_day(now), name) if each.households]
    if not found:
        raise Refused("handover.nobody_called", name=name[:20])
    if len(found) == 1:
        return begin_hand(session, me, found[0].id, now=now)
    return "from", {"draft_id": draft_id, "name": name}


def begin_hand(session: Session, me: PersonView, person_id: int, *, now: datetime) -> tuple[str, dict[str, Any]]:
    """Raises Refused("handover.no_household") for somebody without any."""
    access_person(session, me, person_id, PLAN)
    if not _held(session, me, person_id, now):
        raise Refused("handover.no_household")
    return _open(session, me, "households", now, act="hand", from_id=person_id, households=[])


def _held(session: Session, me: PersonView, person_id: int, now: datetime) -> list[int]:
    """The person's households that lie in the officer's own area."""
    found = []
    for household_id, _, _ in list_held(session, person_id, local_day(now)):
        try:
            found.append(access_household(session, me, household_id, PLAN, day=local_day(now)))
        except Refused:
            continue
    return found


def begin_household(
    session: Session, me: PersonView, act: str, household_id: int, *, now: datetime
) -> tuple[str, dict[str, Any]]:
    access_household(session, me, household_id, PLAN, day=local_day(now))
    firsts = first_helpers(session, (household_id,), local_day(now))
    if act == "assign" and firsts:
        raise Refused("handover.has_helper")
    return _open(session, me, "to", now, act=act, from_id=firsts.get(household_id), households=[household_id])


def begin_recall(session: Session, me: PersonView, person_id: int, *, now: datetime) -> tuple[str, dict[str, Any]]:
    access_person(session, me, person_id, "assignment.write")
    households = list(list_recallable(session, person_id, local_day(now)))
    if not households:
        raise Refused("handover.nothing")
    return _open(session, me, "why", now, act="recall", to_id=person_id, households=households)


def begin_leave(session: Session, me: PersonView, person_id: int, *, now: datetime) -> tuple[str, dict[str, Any]]:
    access_person(session, me, person_id, "person.grant")
    if person_id == me.id:
        raise Refused("handover.yourself")
    households = list(helped_by(session, person_id, local_day(now)))
    return _open(session, me, "why", now, act="leave", from_id=person_id, households=households)


def _own(session: Session, me: PersonView, draft_id: int) -> Draft:
    draft = drafts.get_own(session, me.id, draft_id)
    if draft.kind != DRAFT or "act" not in draft.facts:
        raise Refused("draft.gone")
    return draft


def _go(session: Session, draft: Draft, step: str, now: datetime, **facts: Any) -> tuple[str, dict[str, Any]]:
    draft.facts, draft.step = {**draft.facts, **facts}, step
    draft.version, draft.updated_at = draft.version + 1, now
    session.flush()
    return step, {"draft_id": draft.id}


def choose_household(
    session: Session, me: PersonView, draft_id: int, household_id: int, *, now: datetime
) -> tuple[str, dict[str, Any]]:
    draft = _own(session, me, draft_id)
    access_household(session, me, household_id, PLAN, day=local_day(now))
    chosen = list(draft.facts["households"])
    chosen = [each for each in chosen if each != household_id] if household_id in chosen else [*chosen, household_id]
    return _go(session, draft, "households", now, households=chosen)


def choose_households(
    session: Session, me: PersonView, draft_id: int, all_of_them: bool, *, now: datetime
) -> tuple[str, dict[str, Any]]:
    """On to the next question. Raises Refused("handover.no_household") where none is chosen."""
    draft = _own(session, me, draft_id)
    chosen = _held(session, me, draft.facts["from_id"], now) if all_of_them else draft.facts["households"]
    if not chosen:
        raise Refused("handover.no_household")
    return _go(session, draft, "to", now, households=chosen)


def find_taker(
    session: Session, me: PersonView, draft_id: int, name: str, *, now: datetime
) -> tuple[str, dict[str, Any]]:
    """By a typed name: one is taken, several are offered. Raises Refused("handover.nobody_called")."""
    draft = _own(session, me, draft_id)
    facts = draft.facts
    if facts["act"] == "second" and name.lower() in NOBODY:
        return set_taker(session, me, draft_id, None, now=now)
    found = list_takers(session, me, PLAN, tuple(facts["households"]), facts.get("from_id"), local_day(now), name)
    if not found:
        raise Refused("handover.nobody_called", name=name[:20])
    if len(found) == 1:
        return set_taker(session, me, draft_id, found[0].id, now=now)
    return "to", {"draft_id": draft_id, "name": name}


def set_taker(
    session: Session, me: PersonView, draft_id: int, person_id: int | None, *, now: datetime
) -> tuple[str, dict[str, Any]]:
    draft = _own(session, me, draft_id)
    if person_id is None and draft.facts["act"] != "second":
        raise Refused("handover.no_helper")
    check(session, me, Plan.read({**draft.facts, "to_id": person_id}), PLAN, local_day(now))
    return _go(session, draft, "why", now, to_id=person_id)


def set_reason(
    session: Session, me: PersonView, draft_id: int, words: str, *, now: datetime
) -> tuple[str, dict[str, Any]]:
    draft = _own(session, me, draft_id)
    check(session, me, Plan.read(draft.facts), PLAN, local_day(now))
    draft.words = words
    return _go(session, draft, "preview", now)


def finish(session: Session, me: PersonView, draft_id: int, version: int, *, now: datetime) -> Moved | int:
    """Carries the plan out, or makes it a request: of who only may propose, or where a leader is to approve.

    Raises Refused("handover.changed") for an old preview.
    """
    draft = _own(session, me, draft_id)
    if draft.version != version or draft.step != "preview" or not draft.words:
        raise Refused("handover.changed")
    plan = Plan.read(draft.facts, draft.words)
    drafts.close(session, draft, "done", now=now)
    does = me.may("assignment.write")
    if does and (plan.act in ("recall", "leave") or not needs_approval()):
        return carry_out(session, me, plan, "assignment.write", now=now)
    check(session, me, plan, PLAN, local_day(now))
    facts = {**plan.to_facts(), **({"ask": "leader"} if does else {})}
    return make_request(
        session, "handover", person_id=me.id, household_id=plan.households[0] if len(plan.households) == 1 else None,
        village_id=_village(session, plan), words=plan.reason, now=now, **facts,
    )  # fmt: skip


def _village(session: Session, plan: Plan) -> int:
    from models.households import Household

    return session.get_one(Household, plan.households[0]).village_id


def begin_wish(session: Session, me: PersonView, *, now: datetime) -> None:
    drafts.open_draft(session, me.id, ASK, now=now)


def make_wish(session: Session, me: PersonView, draft_id: int, text: str, *, now: datetime) -> int:
    drafts.close(session, drafts.get_own(session, me.id, draft_id), "done", now=now)
    return make_request(session, "handover", person_id=me.id, words=text, now=now)
