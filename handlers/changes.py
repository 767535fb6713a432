"""户情变动: the officer says 换户主, 分户, 并户 or 搬迁 of a household, why, sees what it would do, and confirms."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from models import drafts
from models.access import PersonView
from models.drafts import Draft
from models.errors import Refused
from models.households import changes
from models.households.changes import REASONS, VERBS, Changed, Plan
from models.times import local_day

DRAFT = "change"
LONGEST = 200
FIRST = {"head": "who", "split": "who", "merge": "into", "move": "village"}
"""What is asked first."""


async def show_menu(incoming: Incoming, context: Context) -> None:
    """`change:menu:HOUSEHOLD`."""
    household_id = context.number()
    await context.run(look, context.me, household_id, reply=Answer("change.menu", {"household_id": household_id}))


async def begin(incoming: Incoming, context: Context) -> None:
    """`change:begin:HOUSEHOLD:VERB`."""
    verb = context.word(1)
    if verb not in VERBS:
        raise Refused("button.broken")
    await context.run(begin_change, context.me, context.number(), verb, reply=_step)


async def choose(incoming: Incoming, context: Context) -> None:
    """`change:pick:DRAFT:ID`: the member, household, village or group that the step asks for."""
    await context.run(take_choice, context.me, context.number(), context.number(1), reply=_step)


async def turn(incoming: Incoming, context: Context) -> None:
    """`change:page:DRAFT:PAGE` of the villages."""
    ids = {"draft_id": context.number(), "page": context.number(1)}
    await context.run(own_draft, context.me, context.number(), reply=Answer("change.village", ids))


async def go_on(incoming: Incoming, context: Context) -> None:
    """`change:along:DRAFT`: nobody else goes along."""
    await context.run(end_along, context.me, context.number(), reply=_step)


async def choose_reason(incoming: Incoming, context: Context) -> None:
    """`change:why:DRAFT:CODE`."""
    code = context.word(1)
    if code not in REASONS:
        raise Refused("button.broken")
    await context.run(set_reason, context.me, context.number(), code, "", reply=_step)


async def take_words(incoming: Incoming, context: Context) -> None:
    """A name, a household, a village or the reason, as typed: what the step asks for."""
    text = " ".join(incoming.text.split())[:LONGEST]
    if context.draft is None or not text:
        raise Refused("draft.gone")
    await context.run(take_text, context.me, context.draft.id, text, reply=_step)


async def confirm(incoming: Incoming, context: Context) -> None:
    """`change:do:DRAFT:VERSION`."""
    await context.run(finish, context.me, context.number(), context.number(1), reply=_done)


def _step(found: tuple[str, int]) -> Answer:
    step, draft_id = found
    return Answer(f"change.{step}", {"draft_id": draft_id, **({"page": 0} if step == "village" else {})})


def _done(changed: Changed) -> Answer:
    ids = {"verb": changed.verb, "household_id": changed.household_id, "other_id": changed.other_id}
    return Answer("change.done", ids)


def look(session: Session, me: PersonView, household_id: int, *, now: datetime) -> None:
    changes.access_change(session, me, household_id, local_day(now))


def begin_change(session: Session, me: PersonView, household_id: int, verb: str, *, now: datetime) -> tuple[str, int]:
    look(session, me, household_id, now=now)
    facts = {"verb": verb, "household_id": household_id}
    draft = drafts.open_draft(session, me.id, DRAFT, now=now, step=FIRST[verb], facts=facts)
    return draft.step, draft.id


def own_draft(session: Session, me: PersonView, draft_id: int, *, now: datetime) -> Draft:
    """Raises Refused("draft.gone")."""
    return drafts.get_own(session, me.id, draft_id, DRAFT)


def plan_of(draft: Draft) -> Plan:
    facts = {name: value for name, value in draft.facts.items() if name not in ("reason", "found")}
    return Plan(**{**facts, "member_ids": tuple(facts.get("member_ids", ()))})


def _set(draft: Draft, step: str, **facts: Any) -> tuple[str, int]:
    draft.facts, draft.step, draft.version = {**draft.facts, **facts}, step, draft.version + 1
    return step, draft.id


def take_choice(session: Session, me: PersonView, draft_id: int, chosen: int, *, now: datetime) -> tuple[str, int]:
    """Raises Refused("button.broken") for what the step did not offer, and as models.households.changes."""
    draft = own_draft(session, me, draft_id, now=now)
    if draft.step in ("who", "along"):
        return _take_member(session, draft, chosen)
    if draft.step == "into":
        changes.access_change(session, me, chosen, local_day(now))
        return _set(draft, "why", into_id=chosen)
    if draft.step == "village":
        return _take_village(session, me, draft, chosen)
    if draft.step == "group":
        return _set(draft, "why", area_id=chosen)
    raise Refused("button.broken")


def _take_member(session: Session, draft: Draft, chosen: int) -> tuple[str, int]:
    names = dict(changes.list_candidates(session, draft.facts["household_id"]))
    if chosen not in names:
        raise Refused("button.broken")
    if draft.step == "who":
        return _set(draft, _after_who(draft), name=names[chosen], member_ids=[chosen])
    along = [number for number in draft.facts.get("member_ids", []) if number != chosen]
    if len(along) == len(draft.facts.get("member_ids", [])):
        along.append(chosen)
    elif along == [] or draft.facts["member_ids"][0] == chosen:
        raise Refused("button.broken")
    return _set(draft, "along", member_ids=along)


def _after_who(draft: Draft) -> str:
    return "along" if draft.facts["verb"] == "split" else "why"


def _take_village(session: Session, me: PersonView, draft: Draft, village_id: int) -> tuple[str, int]:
    changes.access_place(session, me, village_id, "village")
    if changes.list_groups(session, village_id):
        return _set(draft, "group", village_id=village_id)
    return _set(draft, "why", village_id=village_id, area_id=village_id)


def end_along(session: Session, me: PersonView, draft_id: int, *, now: datetime) -> tuple[str, int]:
    return _set(own_draft(session, me, draft_id, now=now), "why")


def take_text(session: Session, me: PersonView, draft_id: int, text: str, *, now: datetime) -> tuple[str, int]:
    """Raises Refused("change.no_such"), ("change.choose") where a step wants one of its choices."""
    draft = own_draft(session, me, draft_id, now=now)
    if draft.step == "who":
        known = {name: number for number, name in changes.list_candidates(session, draft.facts["household_id"])}
        name = text.replace(" ", "")[: changes.LONGEST_NAME]
        return _set(draft, _after_who(draft), name=name, member_ids=[known[name]] if name in known else [])
    if draft.step == "into":
        found = changes.find_targets(session, me, draft.facts["household_id"], text, local_day(now))
        return _set(draft, "into", found=[place.household_id for place in found])
    if draft.step == "village":
        named = [number for number, name in changes.list_villages(session, me) if name in (text, f"{text}村")]
        if len(named) != 1:
            raise Refused("change.choose")
        return _take_village(session, me, draft, named[0])
    if draft.step == "group":
        groups = changes.list_groups(session, draft.facts["village_id"])
        same = [number for number, name in groups if name in (text, f"{text}组")]
        if len(same) != 1:
            raise Refused("change.choose")
        return _set(draft, "why", area_id=same[0])
    if draft.step == "why":
        return set_reason(session, me, draft_id, "other", text, now=now)
    raise Refused("change.choose")


def set_reason(
    session: Session, me: PersonView, draft_id: int, code: str, words: str, *, now: datetime
) -> tuple[str, int]:
    """The last question; then the whole plan is checked and shown. Raises as changes.check_plan."""
    draft = own_draft(session, me, draft_id, now=now)
    if draft.step not in ("why", "sure"):
        raise Refused("button.broken")
    changes.check_plan(session, me, plan_of(draft), now=now)
    draft.words = words or None
    return _set(draft, "sure", reason=code)


def finish(session: Session, me: PersonView, draft_id: int, version: int, *, now: datetime) -> Changed:
    """Raises Refused("change.stale") for a plan that was changed since it was shown."""
    draft = own_draft(session, me, draft_id, now=now)
    if draft.step != "sure" or draft.version != version:
        raise Refused("change.stale")
    changed = changes.carry_out(session, me, plan_of(draft), now=now, draft=draft.id, why=draft.facts["reason"])
    drafts.close(session, draft, "done", now=now)
    return changed
