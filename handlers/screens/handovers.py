"""移交 in words: the questions, the preview with its warnings by name, what was done."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.numbered import Numbered, pages
from models.drafts import Draft
from models.handovers import Plan
from models.handovers.candidates import list_held, list_takers
from models.handovers.plans import REASONS, Preview, name_of, names_of, preview
from models.handovers.rules import KINDS, list_for
from models.pages import fit_page
from models.times import local_day

NAMES = 10
HOUSEHOLDS = 20
"""Buttons of one screen: more households are moved with 全部, or in two steps."""


def draft_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_id: int, **more: Any
) -> Values | None:
    """The plan so far. Nothing once it is done, or for anybody else."""
    draft = session.get(Draft, draft_id)
    if draft is None or draft.person_id != recipient_id or draft.kind != "handover" or "act" not in draft.facts:
        return None
    if draft.state not in ("active", "parked"):
        return None
    plan = Plan.read(draft.facts, draft.words)
    values = {"draft_id": draft_id, "version": draft.version, "act": plan.act, "reason": plan.reason}
    person_id = plan.to_id if plan.act == "recall" else plan.from_id
    name = name_of(session, person_id) if person_id is not None else ""
    names = list(names_of(session, plan.households))
    return {**values, "name": name, "person_id": person_id, "names": names, "households": list(plan.households), **more}


def giver_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_id: int, name: str = ""
) -> Values | None:
    me = reader(session, recipient_id, now)
    found = list_takers(session, me, "handover.plan", (), None, local_day(now), name, laden=True)
    return {"people": [asdict(each) for each in found]}


@screen("handover.from", facts=giver_facts)
def whose(values: Values, t: Words) -> Reply:
    """Whose households: those with the most first; or a name to be typed."""
    choices = [
        Choice(t("handover.taker", name=each["name"], n=each["households"]), f"handover:start:{each['id']}",
               (each["name"],), row // 2)
        for row, each in enumerate(values["people"])
    ]  # fmt: skip
    return Reply(t("handover.from"), (*choices, back(t)))


def held_facts(session: Session, recipient_id: int | None, *, now: datetime, draft_id: int) -> Values | None:
    values = draft_facts(session, recipient_id, now=now, draft_id=draft_id)
    if values is None:
        return None
    held = list_held(session, values["person_id"] or 0, local_day(now))
    return {**values, "held": [list(each) for each in held]}


@screen("handover.households", facts=held_facts)
def households(values: Values, t: Words) -> Reply:
    """All or some: each tap takes one more or one less."""
    draft, picked = values["draft_id"], set(values["households"])
    choices = [
        Choice(t("handover.all", n=len(values["held"])), f"handover:all:{draft}", t.several("handover.all_words"))
    ]
    for row, (household_id, name, village) in enumerate(values["held"][:HOUSEHOLDS]):
        mark = "✓ " if household_id in picked else ""
        label = f"{mark}{t('duty.place', name=name, where=village)}"
        choices.append(Choice(label, f"handover:toggle:{draft}:{household_id}", (name,), row // 2))
    if picked:
        choices.append(
            Choice(t("handover.chosen", n=len(picked)), f"handover:chosen:{draft}", t.several("button.confirm_words"))
        )
    text = t("handover.households", name=values["name"], n=len(values["held"]))
    return Reply(text, (*choices, back(t, f"person:card:{values['person_id']}")))


def taker_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_id: int, name: str = ""
) -> Values | None:
    values = draft_facts(session, recipient_id, now=now, draft_id=draft_id)
    if values is None:
        return None
    me = reader(session, recipient_id, now)
    found = list_takers(
        session, me, "handover.plan", tuple(values["households"]), values["person_id"], local_day(now), name
    )
    return {**values, "people": [asdict(each) for each in found]}


@screen("handover.to", facts=taker_facts)
def to(values: Values, t: Words) -> Reply:
    """To whom: helpers near by with how many they have; or a name to be typed."""
    draft = values["draft_id"]
    choices = [
        Choice(t("handover.taker", name=each["name"], n=each["households"]), f"handover:to:{draft}:{each['id']}",
               (each["name"],), row // 2)
        for row, each in enumerate(values["people"])
    ]  # fmt: skip
    if values["act"] == "second":
        choices.append(Choice(t("handover.nobody"), f"handover:to:{draft}:0", t.several("handover.nobody_words")))
    return Reply(t(f"handover.to_{values['act']}", names=short_names(values["names"], t)), (*choices, back(t)))


def short_names(names: list[str], t: Words) -> str:
    shown = t.join(names[:NAMES])
    return t("news.and_more", names=shown, n=len(names)) if len(names) > NAMES else shown


@screen("handover.why", facts=draft_facts)
def why(values: Values, t: Words) -> Reply:
    """The reason: tapped or written. It is kept with the household's history."""
    choices = [
        Choice(t(f"handover.why_{code}"), f"handover:why:{values['draft_id']}:{code}", (), row // 2)
        for row, code in enumerate(REASONS)
    ]
    text = t(f"handover.ask_{values['act']}", name=values["name"], names=short_names(values["names"], t))
    return Reply(text, (*choices, back(t)))


def reason_words(reason: str, t: Words) -> str:
    """A reason that was tapped in the reader's language, a written one as it is."""
    code = reason.removeprefix("code:")
    return t(f"handover.why_{code}") if reason.startswith("code:") and code in REASONS else reason


def preview_facts(session: Session, recipient_id: int | None, *, now: datetime, draft_id: int) -> Values | None:
    values = draft_facts(session, recipient_id, now=now, draft_id=draft_id)
    draft = session.get(Draft, draft_id)
    if values is None or draft is None:
        return None
    seen = preview(session, Plan.read(draft.facts, draft.words), local_day(now))
    me = reader(session, recipient_id, now)
    return {**values, "plan": plan_values(seen), "does": me.may("assignment.write")}


def plan_values(seen: Preview) -> Values:
    return {**asdict(seen), "names": list(seen.names), "warnings": [asdict(each) for each in seen.warnings]}


@screen("handover.preview", facts=preview_facts)
def show_preview(values: Values, t: Words) -> Reply:
    """Who, how many, which duties, what to think of; nothing has happened yet."""
    lines = [*plan_lines(values["plan"], t), t("handover.reason", reason=reason_words(values["reason"], t))]
    key = "handover.confirm" if values["does"] else "handover.propose"
    confirm = Choice(
        t(key), f"handover:confirm:{values['draft_id']}:{values['version']}", t.several("button.confirm_words")
    )
    return Reply("\n".join(lines), (confirm, back(t)))


def plan_lines(plan: Values, t: Words) -> list[str]:
    """`李宁、王秀英2户:张伟 → 赵刚`, the duties that move, the warnings."""
    who = {"giver": plan["giver"] or t("handover.none"), "taker": plan["taker"] or t("handover.none")}
    lines = [t(f"handover.plan_{plan['act']}", names=short_names(plan["names"], t), n=len(plan["names"]), **who)]
    if plan["duties"] and plan["act"] != "second":
        lines.append(t("handover.duties", n=plan["duties"], cases=plan["cases"]))
    if plan["reports"]:
        lines.append(t("handover.reports", n=plan["reports"], name=plan["giver"]))
    return [*lines, *(warning_line(each, t) for each in plan["warnings"])]


def warning_line(warned: Values, t: Words) -> str:
    names = short_names(list(warned["names"]), t)
    return t(
        "handover.warning", text=t(f"handover.warn_{warned['what']}", name=warned["name"], n=warned["n"], names=names)
    )


def done_facts(
    session: Session, recipient_id: int | None, *, now: datetime, act: str, households: list[int], without: list[int]
) -> Values:
    named = {"names": list(names_of(session, tuple(households))), "without": list(names_of(session, tuple(without)))}
    return {"act": act, **named}


@screen("handover.done", facts=done_facts)
def done(values: Values, t: Words) -> Reply:
    """What was done; who has no helper now."""
    lines = []
    if values["names"] or values["act"] == "leave":
        n, names = len(values["names"]), short_names(values["names"], t)
        lines.append(t(f"handover.done_{values['act']}", n=n, names=names or t("handover.none")))
    if values["without"]:
        lines.append(t("handover.without", names=short_names(values["without"], t)))
    return Reply("\n".join(lines), (Choice(t("menu.people"), "person:list"), back(t)))


def rules_facts(session: Session, recipient_id: int | None, *, now: datetime, page: int = 1) -> Values:
    found = list_for(session, reader(session, recipient_id, now), local_day(now))
    page, last = fit_page(page, len(found), NAMES)
    shown = [asdict(each) for each in found[(page - 1) * NAMES : page * NAMES]]
    counts = {kind: sum(each.kind == kind for each in found) for kind in KINDS}
    return {"items": shown, "counts": counts, "page": page, "pages": last}


@screen("handover.rules", facts=rules_facts)
def rules(values: Values, t: Words) -> Reply:
    """What the assignment rules find, to be looked at one by one; nothing is barred."""
    if not values["items"]:
        return Reply(t("handover.no_rules"), (back(t, "person:list"),))
    numbered = Numbered()
    lines = [t(f"handover.count_{kind}", n=n) for kind, n in values["counts"].items() if n]
    for item in values["items"]:
        opens = "person:card" if item["kind"] in ("too_many", "none") else "household:open"
        line = t(f"handover.rule_{item['kind']}", name=item["name"], n=item["n"])
        lines.append(numbered.line(line, Choice(item["name"], f"{opens}:{item['id']}", (item["name"],))))
    numbered.side_by_side(0)
    pages(values, t, "handover:rules", numbered)
    return Reply("\n".join(lines), (*numbered.choices, back(t, "person:list")))


@screen("handover.wish")
def wish(values: Values, t: Words) -> Reply:
    return Reply(t("handover.wish"), (back(t),))
