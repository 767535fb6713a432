"""户情变动 in words: what, who, where, why; what it would do; what was done."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.changes import plan_of
from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.duty_lines import place
from handlers.screens.numbered import Numbered
from models.drafts import Draft
from models.errors import Refused
from models.households import changes
from models.households.changes import REASONS, VERBS
from models.households.queries import list_places
from models.times import local_day

SHOWN = 10


def menu_facts(session: Session, recipient_id: int | None, *, now: datetime, household_id: int) -> Values | None:
    try:
        changes.access_change(session, reader(session, recipient_id, now), household_id, local_day(now))
    except Refused:
        return None
    return {"place": asdict(list_places(session, [household_id])[household_id])}


@screen("change.menu", facts=menu_facts)
def menu(values: Values, t: Words) -> Reply:
    household = values["place"]["household_id"]
    choices = [
        Choice(t(f"change.{verb}"), f"change:begin:{household}:{verb}", t.several(f"change.{verb}_words"), row=at // 2)
        for at, verb in enumerate(VERBS)
    ]
    text = t("change.menu", place=place(values["place"], t))
    return Reply(text, (*choices, back(t, f"household:show:{household}")))


def step_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_id: int, page: int = 0
) -> Values | None:
    """The reader's own draft as it is now: an old message shows where it stands."""
    draft = session.get(Draft, draft_id)
    if draft is None or draft.person_id != recipient_id or draft.kind != "change":
        return None
    person, today = reader(session, recipient_id, now), local_day(now)
    plan = plan_of(draft)
    found = list_places(session, draft.facts.get("found", []))
    return {
        "draft": draft.id, "version": draft.version, "page": page, "reason": draft.facts.get("reason", ""),
        "words": draft.words or "", "chosen": list(plan.member_ids),
        "members": changes.list_candidates(session, plan.household_id)[:SHOWN],
        "found": [asdict(each) for each in found.values()],
        "villages": changes.list_villages(session, person),
        "groups": changes.list_groups(session, plan.village_id)[:SHOWN] if plan.village_id else [],
        "village_id": plan.village_id, **_plan(asdict(changes.view_plan(session, plan, today))),
    }  # fmt: skip


def _plan(plan: dict[str, Any]) -> Values:
    return {**plan, "along": list(plan["along"]), "helpers": list(plan["helpers"])}


def _leave(values: Values, t: Words) -> Choice:
    return back(t, f"household:show:{values['place']['household_id']}")


def _picks(values: Values, items: list[tuple[int, str]]) -> list[Choice]:
    return [
        Choice(name[:40], f"change:pick:{values['draft']}:{number}", (name,), row=at // 2)
        for at, (number, name) in enumerate(items)
    ]


@screen("change.who", facts=step_facts)
def who(values: Values, t: Words) -> Reply:
    text = t(f"change.who_{values['verb']}", place=place(values["place"], t))
    return Reply(text, (*_picks(values, values["members"]), _leave(values, t)))


@screen("change.along", facts=step_facts)
def along(values: Values, t: Words) -> Reply:
    """Who goes along; a tap on a name adds it or takes it away."""
    head = values["chosen"][:1]
    others = [(number, name) for number, name in values["members"] if [number] != head]
    text = t("change.along", name=values["name"], along=t.join(values["along"]) or t("change.nobody"))
    go_on = Choice(t("change.go_on"), f"change:along:{values['draft']}", t.several("button.confirm_words"), row=90)
    return Reply(text, (*_picks(values, others), go_on, _leave(values, t)))


@screen("change.into", facts=step_facts)
def into(values: Values, t: Words) -> Reply:
    if not values["found"]:
        return Reply(t("change.into", place=place(values["place"], t)), (_leave(values, t),))
    numbered = Numbered()
    lines = [t("change.into_which")]
    for item in values["found"]:
        tap = Choice(item["name"], f"change:pick:{values['draft']}:{item['household_id']}", (item["name"],))
        lines.append(numbered.line(place(item, t), tap))
    return Reply("\n".join(lines), (*numbered.choices, _leave(values, t)))


@screen("change.village", facts=step_facts)
def village(values: Values, t: Words) -> Reply:
    first = values["page"] * SHOWN
    choices = _picks(values, values["villages"][first : first + SHOWN])
    turn = f"change:page:{values['draft']}"
    if values["page"]:
        choices.append(Choice(t("person.previous"), f"{turn}:{values['page'] - 1}", row=90))
    if len(values["villages"]) > first + SHOWN:
        choices.append(Choice(t("person.next"), f"{turn}:{values['page'] + 1}", row=90))
    return Reply(t("change.village", place=place(values["place"], t)), (*choices, _leave(values, t)))


@screen("change.group", facts=step_facts)
def group(values: Values, t: Words) -> Reply:
    none = Choice(t("change.no_group"), f"change:pick:{values['draft']}:{values['village_id']}", row=90)
    return Reply(
        t("change.group", village=values["village"]), (*_picks(values, values["groups"]), none, _leave(values, t))
    )


@screen("change.why", facts=step_facts)
def why(values: Values, t: Words) -> Reply:
    choices = [
        Choice(t(f"change.because_{code}"), f"change:why:{values['draft']}:{code}", row=at // 2)
        for at, code in enumerate(REASONS)
    ]
    return Reply(t("change.why"), (*choices, _leave(values, t)))


@screen("change.sure", facts=step_facts)
def sure(values: Values, t: Words) -> Reply:
    """What it would do, before it is done."""
    lines = [_said(values, t)]
    lines.append(t("change.because", reason=values["words"] or t(f"change.because_{values['reason']}")))
    lines.append(t(f"change.then_{values['verb']}", helpers=t.join(values["helpers"]) or t("change.nobody")))
    data = f"change:do:{values['draft']}:{values['version']}"
    yes = Choice(t("button.confirm"), data, t.several("button.confirm_words"))
    return Reply("\n".join(lines), (yes, _leave(values, t)))


def _said(values: Values, t: Words) -> str:
    other = place(values["into"], t) if values["into"] else ""
    return t(
        f"change.said_{values['verb']}", place=place(values["place"], t), old=values["place"]["name"],
        name=values["name"], along=t.join([values["name"], *values["along"]]), into=other,
        where=values["village"] + values["group"],
    )  # fmt: skip


def done_facts(
    session: Session, recipient_id: int | None, *, now: datetime, verb: str, household_id: int, other_id: int | None
) -> Values:
    places = list_places(session, [number for number in (household_id, other_id) if number is not None])
    other = places.get(other_id or 0)
    return {"verb": verb, "place": asdict(places[household_id]), "other": asdict(other) if other else None}


@screen("change.done", facts=done_facts)
def done(values: Values, t: Words) -> Reply:
    other = values["other"]
    text = t(f"change.done_{values['verb']}", place=place(values["place"], t), other=place(other, t) if other else "")
    goes_on = (other or values["place"])["household_id"]
    return Reply(text, (Choice(t("household.look"), f"household:show:{goes_on}"), back(t)))


def card_lines(values: Values, t: Words) -> list[str]:
    """What the card of a household says about 并户."""
    lines = [t("change.is_part_of", place=place(values["successor"], t))] if values["successor"] else []
    if values["joined"]:
        lines.append(t("change.has_joined", places=t.join([place(each, t) for each in values["joined"]])))
    return lines


def card_choices(values: Values, t: Words) -> list[Choice]:
    """The way to 户情变动, and to the records of households that are part of this one now."""
    household = values["place"]["household_id"]
    choices = [
        Choice(t("change.look_joined", name=each["name"]), f"household:show:{each['household_id']}")
        for each in values["joined"][:3]
    ]
    if "assignment.write" in values["may"] and not values["successor"]:
        choices.append(Choice(t("change.button"), f"change:menu:{household}", t.several("change.button_words")))
    return choices


def card_facts(session: Session, household_id: int) -> Values:
    successor = changes.find_successor(session, household_id)
    return {
        "successor": asdict(successor) if successor else None,
        "joined": [asdict(each) for each in changes.list_joined(session, household_id)],
    }
