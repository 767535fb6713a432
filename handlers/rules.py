"""规则: the list, a card, its versions; the guided change with its preview; taking a change back."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.parsing.answers import read_value
from handlers.reply import Answer
from models import drafts
from models.access import PersonView
from models.drafts import Draft, DraftView
from models.errors import Refused
from models.rules import PROFILES, VISIT_RULE
from models.rules.actions import confirm_profile
from models.rules.changing import Changed, Wish, begin, begin_undo, change, check_right, plan_versions
from models.rules.dialogue import answer, thing_of
from models.rules.families import complete, family_of
from models.rules.queries import profile_seen
from models.times import local_day
from schedules.forecasting import forecast

DRAFT = "rule"
Figures = dict[str, Any]
"""A forecast as a draft keeps it."""


async def show(incoming: Incoming, context: Context) -> None:
    """The list for those who may change rules, after a first look at the profile; what holds for the others."""
    if not context.me.may("rule.write"):
        await context.reply("rules.mine")
    elif context.me.has_role("officer") and not await context.read(profile_seen):
        await context.reply("rules.profile")
    else:
        await context.reply("rules.list")


async def show_card(incoming: Incoming, context: Context) -> None:
    """`rule:card:CODE`."""
    await context.reply("rules.card", code=_code(context))


async def show_versions(incoming: Incoming, context: Context) -> None:
    """`rule:versions:CODE:PAGE`."""
    await context.reply("rules.versions", code=_code(context), page=context.number(1, 1))


async def agree(incoming: Incoming, context: Context) -> None:
    """`rule:agree`: the profile is right as it is."""
    await context.run(_agree, context.me, reply=Answer("rules.list"))


async def take_profile(incoming: Incoming, context: Context) -> None:
    """`rule:profile:N`: the other profile, as a change like any other."""
    names = list(PROFILES)
    if context.number() >= len(names):
        raise Refused("button.broken")
    await context.run(_begin_profile, context.me, names[context.number()], reply=_when)


async def begin_change(incoming: Incoming, context: Context) -> None:
    """`rule:change:CODE` or `rule:change:CODE:THING`: what is to be changed, or right to what?"""
    code, thing = _code(context), context.word(1)
    asked = thing_of(code, thing).path if thing else ""
    await context.run(_begin, context.me, code, "", asked, reply=_ask_or_things)


async def switch(incoming: Incoming, context: Context) -> None:
    """`rule:switch:CODE`: off, or on again."""
    await context.run(_begin, context.me, _code(context), "switch", reply=_next)


async def undo(incoming: Incoming, context: Context) -> None:
    """`rule:undo:RULE`: the rule as it was before that version, with the same preview."""
    wish, figures = await context.read(foresee_undo, context.me, context.number(), now=context.now)
    await context.run(_keep_undo, context.me, wish, figures, reply=_previewed)


async def show_things(incoming: Incoming, context: Context) -> None:
    """`rule:things:DRAFT`: one thing more."""
    await context.run(_ask, context.me, context.number(), "", reply=_things)


async def ask(incoming: Incoming, context: Context) -> None:
    """`rule:ask:DRAFT:N`: the question about the Nth thing of the rule."""
    await context.run(_ask_nth, context.me, context.number(), context.number(1), reply=_next)


async def set_value(incoming: Incoming, context: Context) -> None:
    """`rule:set:DRAFT:VALUE`: the answer to the question that stands."""
    await context.run(_set, context.me, context.number(), context.word(1), reply=_next)


async def take_words(incoming: Incoming, context: Context) -> None:
    """The same, typed: a number, 每月3次, 算."""
    draft: DraftView = context.draft
    asked = draft.facts.get("asked", "")
    facts = draft.facts["code"], asked, incoming.text, draft.facts["parameters"]
    value = read_value(*facts, context.today) if asked else None
    if value is None:
        raise Refused(f"rule.not_understood_{asked}" if asked in ("days", "leads") else "rule.not_understood")
    await context.run(_set, context.me, draft.id, value, reply=_next)


async def show_when(incoming: Incoming, context: Context) -> None:
    """`rule:when:DRAFT`: what has been changed so far; from when it is to hold."""
    await context.run(_ask, context.me, context.number(), "", reply=_when)


async def preview(incoming: Incoming, context: Context) -> None:
    """`rule:preview:DRAFT:AT_ONCE`: the figures, before anything happens."""
    draft_id, at_once = context.number(), bool(context.number(1))
    figures = await context.read(foresee, context.me, draft_id, at_once, now=context.now)
    await context.run(_keep_preview, context.me, draft_id, at_once, figures, reply=_previewed)


async def do(incoming: Incoming, context: Context) -> None:
    """`rule:do:DRAFT:VERSION`: makes what was previewed, and nothing else."""
    await context.run(_do, context.me, context.number(), context.number(1), reply=_done)


async def hold(incoming: Incoming, context: Context) -> None:
    """`rule:hold:DRAFT`: 先不发: nothing happens, it can be taken up again."""
    await context.run(_close, context.me, context.number(), "parked", reply=Answer("rules.held"))


async def drop(incoming: Incoming, context: Context) -> None:
    """`rule:drop:DRAFT`."""
    await context.run(_close, context.me, context.number(), "cancelled", reply=Answer("rules.dropped"))


def _code(context: Context) -> str:
    """The code of a rule there is a family for. Raises Refused("rule.unknown")."""
    family_of(context.word())
    return context.word()


def _things(draft_id: int) -> Answer:
    return Answer("rules.things", {"draft_id": draft_id})


def _ask_or_things(begun: tuple[int, str]) -> Answer:
    draft_id, asked = begun
    return Answer("rules.ask", {"draft_id": draft_id}) if asked else _things(draft_id)


def _when(draft_id: int) -> Answer:
    return Answer("rules.when", {"draft_id": draft_id})


def _next(step: tuple[int, str]) -> Answer:
    """The question that follows, or what has been changed so far."""
    draft_id, asked = step
    return Answer("rules.ask", {"draft_id": draft_id}) if asked else _when(draft_id)


def _previewed(draft_id: int) -> Answer:
    return Answer("rules.preview", {"draft_id": draft_id})


def _done(made: Changed) -> Answer:
    return Answer("rules.done", {"rule_id": made.rule_id, "moved": asdict(made.moved) if made.moved else None})


def _agree(session: Session, me: PersonView, *, now: datetime) -> None:
    check_right(session, me)
    confirm_profile(session, person_id=me.id, now=now)


def _open(session: Session, me: PersonView, wish: Wish, *, now: datetime, **more: Any) -> Draft:
    facts = {**asdict(wish), "parameters": dict(wish.parameters), "asked": "", **more}
    return drafts.open_draft(session, me.id, DRAFT, now=now, facts=facts)


def _begin(
    session: Session, me: PersonView, code: str, act: str, asked: str = "", *, now: datetime
) -> tuple[int, str]:
    """A draft of the rule as it is to be; `switch` turns it off or on. Raises as `begin`."""
    check_right(session, me)
    wish = begin(session, code, now=now)
    if act == "switch":
        wish = replace(wish, state="off" if wish.state == "on" else "on")
    return _open(session, me, wish, now=now, asked=asked).id, asked


def _begin_profile(session: Session, me: PersonView, name: str, *, now: datetime) -> int:
    """How often, as the profile has it; everything else stays as it is here."""
    check_right(session, me)
    confirm_profile(session, person_id=me.id, now=now)
    wish, profile = begin(session, VISIT_RULE, now=now), complete(VISIT_RULE, PROFILES[name].to_dict())
    often = {part: profile[part] for part in ("needed", "period", "kinds")}
    return _open(session, me, replace(wish, parameters={**wish.parameters, **often}), now=now).id


def own_draft(session: Session, me: PersonView, draft_id: int) -> Draft:
    """The person's own draft of a change. Raises Refused("draft.gone")."""
    return drafts.get_own(session, me.id, draft_id, DRAFT)


def _keep(session: Session, draft: Draft, *, now: datetime, **facts: Any) -> int:
    """Changes a draft; what was previewed of it before holds no more. One that was put aside is taken up."""
    drafts.take_up(session, draft, now=now)
    draft.facts = {**draft.facts, "preview": None, **facts}
    draft.version, draft.updated_at = draft.version + 1, now
    session.flush()
    return draft.id


def _ask(session: Session, me: PersonView, draft_id: int, asked: str, *, now: datetime) -> int:
    return _keep(session, own_draft(session, me, draft_id), now=now, asked=asked)


def _ask_nth(session: Session, me: PersonView, draft_id: int, place: int, *, now: datetime) -> tuple[int, str]:
    draft = own_draft(session, me, draft_id)
    things = family_of(draft.facts["code"]).things
    if place >= len(things):
        raise Refused("button.broken")
    return _keep(session, draft, now=now, asked=things[place].path), things[place].path


def _set(session: Session, me: PersonView, draft_id: int, value: str, *, now: datetime) -> tuple[int, str]:
    """Keeps an answer. Raises as models.rules.dialogue.answer."""
    draft = own_draft(session, me, draft_id)
    asked = draft.facts.get("asked", "")
    if not asked:
        raise Refused("rule.stale")
    parameters, following = answer(draft.facts["code"], draft.facts["parameters"], asked, value)
    return _keep(session, draft, now=now, parameters=parameters, asked=following), following


def wish_of(facts: dict[str, Any]) -> Wish:
    """What a draft asks for."""
    return Wish(
        facts["code"], facts["base_id"], facts["parameters"], facts["state"], facts["at_once"], facts["undo_of"]
    )


def foresee(session: Session, me: PersonView, draft_id: int, at_once: bool, *, now: datetime) -> Figures:
    """The figures of a draft, read only. Raises as `plan_versions`."""
    wish = replace(wish_of(own_draft(session, me, draft_id).facts), at_once=at_once)
    return _foresee(session, me, wish, now)


def foresee_undo(session: Session, me: PersonView, rule_id: int, *, now: datetime) -> tuple[Wish, Figures]:
    """What taking a version back comes to. Raises as `begin_undo`."""
    check_right(session, me)
    wish = begin_undo(session, rule_id, now=now)
    return wish, _foresee(session, me, wish, now)


def _foresee(session: Session, me: PersonView, wish: Wish, now: datetime) -> Figures:
    check_right(session, me)
    planned = plan_versions(session, wish, now=now)
    if not family_of(wish.code).plans:
        return {"starts_on": planned[0].starts_on.isoformat(), "on": local_day(now).isoformat(), "days": None}
    found: dict[str, Any] = asdict(forecast(session, wish, me.id, now=now))
    for name in ("days", "before"):
        found[name] = [[day["on"].isoformat(), day["messages"], day["busiest"]] for day in found[name]]
    return {**found, "starts_on": found["starts_on"].isoformat(), "on": local_day(now).isoformat()}


def _keep_preview(
    session: Session, me: PersonView, draft_id: int, at_once: bool, figures: Figures, *, now: datetime
) -> int:
    return _keep(session, own_draft(session, me, draft_id), now=now, at_once=at_once, preview=figures)


def _keep_undo(session: Session, me: PersonView, wish: Wish, figures: Figures, *, now: datetime) -> int:
    return _open(session, me, wish, now=now, preview=figures).id


def _do(session: Session, me: PersonView, draft_id: int, version: int, *, now: datetime) -> Changed:
    """What was previewed today, if it is still the draft. Raises Refused("rule.stale") and as `change`."""
    draft = own_draft(session, me, draft_id)
    drafts.check_previewed(draft, version, "rule.stale", now=now)
    made = change(session, me, wish_of(draft.facts), now=now)
    drafts.close(session, draft, "done", now=now)
    return made


def _close(session: Session, me: PersonView, draft_id: int, state: str, *, now: datetime) -> None:
    drafts.close(session, own_draft(session, me, draft_id), state, now=now)
