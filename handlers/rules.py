"""规则: the list, a card, its versions; the guided change with its preview; taking a change back."""

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.parsing.answers import read_value
from handlers.reply import Answer
from models import drafts
from models.access import PersonView
from models.drafts import DraftView
from models.errors import Refused
from models.rules import PROFILES, drafting
from models.rules.actions import confirm_profile
from models.rules.changing import Changed, Wish, begin_undo, change, check_right
from models.rules.dialogue import thing_of
from models.rules.drafting import Figures
from models.rules.families import family_of
from models.rules.queries import profile_seen
from models.rules.villages import list_unaffected
from models.times import local_day
from schedules.forecasting import forecast

DRAFT = drafting.DRAFT


async def show(incoming: Incoming, context: Context) -> None:
    """The list for those who may change rules, after a first look at the profile; what holds for the others."""
    if not context.me.may("rule.write"):
        await context.reply("rules.mine")
    elif context.me.has_role("officer") and not await context.read(profile_seen):
        await context.reply("rules.profile")
    else:
        await context.reply("rules.list")


async def show_card(incoming: Incoming, context: Context) -> None:
    """`rule:card:CODE`, or with `:VILLAGE`."""
    code, area_id = _code(context), _area(context, 1)
    await context.read(check_right, context.me, area_id)
    await context.reply("rules.card", code=code, area_id=area_id)


async def show_villages(incoming: Incoming, context: Context) -> None:
    """`rule:villages:CODE:PAGE`: what holds in each."""
    await context.reply("rules.villages", code=_code(context), page=context.number(1, 1))


async def show_versions(incoming: Incoming, context: Context) -> None:
    """`rule:versions:CODE:PAGE`, or with `:VILLAGE`."""
    code, area_id = _code(context), _area(context, 2)
    await context.read(check_right, context.me, area_id)
    await context.reply("rules.versions", code=code, page=context.number(1, 1), area_id=area_id)


async def agree(incoming: Incoming, context: Context) -> None:
    """`rule:agree`: the profile is right as it is."""
    await context.run(_agree, context.me, reply=Answer("rules.list"))


async def take_profile(incoming: Incoming, context: Context) -> None:
    """`rule:profile:N`: the other profile, as a change like any other."""
    names = list(PROFILES)
    if context.number() >= len(names):
        raise Refused("button.broken")
    await context.run(drafting.begin_profile, context.me, names[context.number()], reply=_when)


async def begin_change(incoming: Incoming, context: Context) -> None:
    """`rule:change:CODE`, with `:VILLAGE` for its own, or `:THING`: what is to be changed, or right to what?"""
    code, thing = _code(context), context.word(1)
    if not thing or thing.isdecimal():
        area_id = _area(context, 1)
        await context.run(drafting.begin_draft, context.me, code, "", area_id, reply=_ask_or_things)
    else:
        asked = thing_of(code, thing).path
        await context.run(drafting.begin_draft, context.me, code, "", None, asked, reply=_ask_or_things)


async def switch(incoming: Incoming, context: Context) -> None:
    """`rule:switch:CODE`: off, or on again."""
    await context.run(drafting.begin_draft, context.me, _code(context), "switch", reply=_next)


async def give_up(incoming: Incoming, context: Context) -> None:
    """`rule:remove:CODE:VILLAGE`: the village goes back to the township's rule."""
    await context.run(drafting.begin_draft, context.me, _code(context), "remove", context.number(1), reply=_next)


async def undo(incoming: Incoming, context: Context) -> None:
    """`rule:undo:RULE`: the rule as it was before that version, with the same preview."""
    wish, figures = await context.read(foresee_undo, context.me, context.number(), now=context.now)
    await context.run(drafting.keep_undo, context.me, wish, figures, reply=_previewed)


async def show_things(incoming: Incoming, context: Context) -> None:
    """`rule:things:DRAFT`: one thing more."""
    await context.run(drafting.ask, context.me, context.number(), "", reply=_things)


async def show_range(incoming: Incoming, context: Context) -> None:
    """`rule:where:DRAFT:PAGE`: for the whole township, or one village?"""
    await context.reply("rules.where", draft_id=context.number(), page=context.number(1, 1))


async def set_range(incoming: Incoming, context: Context) -> None:
    """`rule:range:DRAFT:VILLAGE`, 0 for the whole township; what was changed already stays changed."""
    await context.run(drafting.set_range, context.me, context.number(), _area(context, 1), reply=_things)


async def ask(incoming: Incoming, context: Context) -> None:
    """`rule:ask:DRAFT:N`: the question about the Nth thing of the rule."""
    await context.run(drafting.ask_nth, context.me, context.number(), context.number(1), reply=_next)


async def set_value(incoming: Incoming, context: Context) -> None:
    """`rule:set:DRAFT:VALUE`: the answer to the question that stands."""
    await context.run(drafting.set_answer, context.me, context.number(), context.word(1), reply=_next)


async def take_words(incoming: Incoming, context: Context) -> None:
    """The same, typed: a number, 每月3次, 算."""
    draft: DraftView = context.draft
    asked = draft.facts.get("asked", "")
    if not asked:
        # 确定, where it is asked from when, or what is to be done: the same screen says what can be answered.
        await context.reply("rules.preview" if draft.facts.get("preview") else "rules.when", draft_id=draft.id)
        return
    value = read_value(draft.facts["code"], asked, incoming.text, draft.facts["parameters"], context.today)
    if value is None:
        raise Refused(f"rule.not_understood_{asked}" if asked in ("days", "leads") else "rule.not_understood")
    await context.run(drafting.set_answer, context.me, draft.id, value, reply=_next)


async def show_when(incoming: Incoming, context: Context) -> None:
    """`rule:when:DRAFT`: what has been changed so far; from when it is to hold."""
    await context.run(drafting.ask, context.me, context.number(), "", reply=_when)


async def preview(incoming: Incoming, context: Context) -> None:
    """`rule:preview:DRAFT:AT_ONCE`: the figures, before anything happens."""
    draft_id, at_once = context.number(), bool(context.number(1))
    figures = await context.read(foresee, context.me, draft_id, at_once, now=context.now)
    await context.run(drafting.keep_preview, context.me, draft_id, at_once, figures, reply=_previewed)


async def do(incoming: Incoming, context: Context) -> None:
    """`rule:do:DRAFT:VERSION`: makes what was previewed, and nothing else."""
    await context.run(_do, context.me, context.number(), context.number(1), reply=_done)


async def hold(incoming: Incoming, context: Context) -> None:
    """`rule:hold:DRAFT`: 先不发: nothing happens, it can be taken up again."""
    await context.run(drafting.close, context.me, context.number(), "parked", reply=Answer("rules.held"))


async def drop(incoming: Incoming, context: Context) -> None:
    """`rule:drop:DRAFT`."""
    await context.run(drafting.close, context.me, context.number(), "cancelled", reply=Answer("rules.dropped"))


def _code(context: Context) -> str:
    """The code of a rule there is a family for. Raises Refused("rule.unknown")."""
    family_of(context.word())
    return context.word()


def _area(context: Context, position: int) -> int | None:
    """The village of a button; None for the whole township."""
    return context.number(position, 0) or None


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


def foresee(session: Session, me: PersonView, draft_id: int, at_once: bool, *, now: datetime) -> Figures:
    """The figures of a draft, read only. Raises as `plan_versions`."""
    wish = replace(drafting.wish_of(drafting.own_draft(session, me, draft_id).facts), at_once=at_once)
    return _foresee(session, me, wish, now)


def foresee_undo(session: Session, me: PersonView, rule_id: int, *, now: datetime) -> tuple[Wish, Figures]:
    """What taking a version back comes to. Raises as `begin_undo`."""
    wish = begin_undo(session, rule_id, now=now)
    return wish, _foresee(session, me, wish, now)


def _foresee(session: Session, me: PersonView, wish: Wish, now: datetime) -> Figures:
    check_right(session, me, wish.area_id)
    found: dict[str, Any] = asdict(forecast(session, wish, me.id, now=now))
    for name in ("days", "before"):
        found[name] = [[day["on"].isoformat(), day["messages"], day["busiest"]] for day in found[name]]
    for name in ("coming", "reminders"):
        found[name] = [day.isoformat() for day in found[name]]
    return {**found, "starts_on": found["starts_on"].isoformat(), "on": local_day(now).isoformat()}


def _do(session: Session, me: PersonView, draft_id: int, version: int, *, now: datetime) -> Changed:
    """What was previewed today, if it is still the draft. Raises Refused("rule.stale") and as `change`."""
    draft = drafting.own_draft(session, me, draft_id)
    said = drafts.take_previewed(draft, version, "rule.stale", now=now)
    wish, figures = drafting.wish_of(said), said["preview"]
    begins = max(local_day(now), date.fromisoformat(figures["starts_on"]))
    if wish.area_id is None and list_unaffected(session, wish.code, begins) != figures.get("unaffected", []):
        raise Refused("rule.stale")
    return change(session, me, wish, now=now)
