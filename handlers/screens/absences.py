"""暂不在 in words: three questions, what follows from the answers, what the cover is asked."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.news import span
from models.absences import candidates, queries
from models.absences.queries import AbsenceView
from models.drafts import Draft
from models.notices import Notice
from models.times import ONE_DAY, local_day

LENGTHS = (1, 3, 7, 14)
NAMES = 10


def draft_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_id: int, **more: Any
) -> Values | None:
    """The days said so far."""
    draft = session.get(Draft, draft_id)
    if draft is None or draft.person_id != recipient_id or draft.kind != "absence":
        return None
    days: Values = {
        name: date.fromisoformat(draft.facts[name]) for name in ("starts_on", "ends_on") if name in draft.facts
    }
    return {"draft_id": draft_id, "today": local_day(now), "longer": draft.facts.get("longer", False), **days, **more}


@screen("absence.from", facts=draft_facts)
def first_day(values: Values, t: Words) -> Reply:
    """From when; and what this is and is not."""
    choices = [
        Choice(t(f"absence.first_{days}"), f"absence:from:{values['draft_id']}:{days}", t.several(f"absence.first_{days}_words"))
        for days in (0, 1)
    ]  # fmt: skip
    return Reply(t("absence.from"), (*choices, back(t)))


@screen("absence.until", facts=draft_facts)
def last_day(values: Values, t: Words) -> Reply:
    """Until when."""
    choices = [
        Choice(t("absence.length", n=days), f"absence:until:{values['draft_id']}:{days}", (), row)
        for row, days in zip((1, 1, 2, 2), LENGTHS, strict=True)
    ]
    key = "absence.until_longer" if values["longer"] else "absence.until"
    return Reply(t(key, day=t.day(values["starts_on"])), (*choices, back(t)))


def cover_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_id: int, ids: list[int] | None = None
) -> Values | None:
    """Who could stand in: neighbours, or those whom a typed name may mean."""
    values = draft_facts(session, recipient_id, now=now, draft_id=draft_id)
    if values is None or recipient_id is None or "ends_on" not in values:
        return None
    days = (values["starts_on"], values["ends_on"])
    if ids is None:
        found = candidates.list_candidates(session, recipient_id, *days, local_day(now))
    else:
        found = candidates.list_these(session, recipient_id, ids, *days, local_day(now))
    return {**values, "people": [asdict(each) for each in found], "named": ids is not None}


@screen("absence.cover", facts=cover_facts)
def cover(values: Values, t: Words) -> Reply:
    """Who stands in; nobody is all right too."""
    choices = [
        Choice(_candidate(each, t), f"absence:cover:{values['draft_id']}:{each['id']}", (each["name"],), row // 2)
        for row, each in enumerate(values["people"])
    ]
    nobody = Choice(t("absence.nobody"), f"absence:cover:{values['draft_id']}:0", t.several("absence.nobody_words"))
    key = "absence.which" if values["named"] else "absence.cover"
    text = t(key, days=span((values["starts_on"], values["ends_on"] - ONE_DAY), t))
    return Reply(text, (*choices, nobody, back(t)))


def _candidate(person: Values, t: Words) -> str:
    return t("absence.candidate", name=person["name"], unit=person["unit"]) if person["unit"] else str(person["name"])


def absence_facts(session: Session, recipient_id: int | None, *, now: datetime, absence_id: int) -> Values | None:
    view = queries.find_view(session, absence_id)
    if view is None or recipient_id not in (view.person_id, view.cover_id):
        return None
    return {**_values(view), "today": local_day(now), "given_up": queries.list_given_up(session, absence_id)}


def _values(view: AbsenceView) -> Values:
    return {**asdict(view), "households": list(view.households), "days": list(view.days)}


def names(values: Values, t: Words) -> str:
    """The households by name, as many as fit."""
    found = values["households"]
    if not found:
        return t("absence.no_households")
    shown = t.join(found[:NAMES])
    return t("news.and_more", names=shown, n=len(found)) if len(found) > NAMES else shown


@screen("absence.made", facts=absence_facts)
def made(values: Values, t: Words) -> Reply:
    """What follows: whom we ask, what stands still, what it is not."""
    lines = [t("absence.made", days=span(values["days"], t)), *standing(values, t)]
    if values.get("given_up"):
        lines.append(t("absence.given_up", names=t.join(values["given_up"])))
    lines.append(t("absence.is_not"))
    return Reply("\n".join(lines), (_back_button(values, t), back(t)))


def standing(values: Values, t: Words) -> list[str]:
    """Whether somebody stands in, or until when reminders rest."""
    state = values["cover_state"]
    lines = [] if state == "none" else [t(f"absence.cover_{state}", name=values["cover"])]
    if values.get("post"):
        lines.append(t("absence.post"))
    if state == "agreed" or (values.get("post") and not values["households"]):
        return lines
    key = "absence.rests" if values["days"][0] <= values["paused_until"] else "absence.rests_no_more"
    lines.append(t(key, day=t.day(values["paused_until"])))
    if values["longer"]:
        # Asked of the officer only once nobody stands in.
        lines.append(t("absence.would_ask_officer" if state == "asked" else "absence.asks_officer"))
    return lines


def _back_button(values: Values, t: Words) -> Choice:
    key = "absence.back_button" if values["days"][0] <= values["today"] else "absence.cancel_button"
    return Choice(t(key), "absence:back", t.several("word.back"))


def mine_facts(session: Session, recipient_id: int | None, *, now: datetime) -> Values:
    today = local_day(now)
    return {"items": [_values(view) for view in queries.list_own(session, recipient_id or 0, today)], "today": today}


@screen("absence.mine", facts=mine_facts)
def mine(values: Values, t: Words) -> Reply:
    """What is planned or runs, with the ways to change it."""
    if not values["items"]:
        return Reply(t("absence.nothing"), (Choice(t("absence.new"), "absence:new"), back(t)))
    parts = []
    for item in values["items"]:
        parts.append("\n".join([t("absence.own", days=span(item["days"], t)), *standing(item, t)]))
    first, last = values["items"][0], values["items"][-1]
    choices = (
        _back_button({**first, "today": values["today"]}, t),
        Choice(t("absence.extend"), f"absence:extend:{last['id']}", t.several("absence.extend_words")),
        Choice(t("absence.new"), "absence:new"),
        back(t),
    )
    return Reply("\n\n".join(parts), choices)


def asked_facts(session: Session, recipient_id: int | None, *, now: datetime, notice_ids: list[int]) -> Values | None:
    """The question to the cover; None once it is answered or over."""
    notice = session.get(Notice, notice_ids[0])
    values = None if notice is None else absence_facts(
        session, recipient_id, now=now, absence_id=int(notice.facts["absence_id"])
    )  # fmt: skip
    if values is None or values["state"] != "active" or values["cover_state"] != "asked":
        return None
    return values


@screen("absence.asked", facts=asked_facts)
def asked(values: Values, t: Words) -> Reply:
    """代班好不好: who, when, which families."""
    text = t("absence.asked", name=values["name"], days=span(values["days"], t), households=names(values, t),
             villages=t.join(list(values["villages"])), n=len(values["households"]))  # fmt: skip
    absence_id = values["id"]
    return Reply(
        text,
        (
            Choice(t("absence.agree"), f"absence:agree:{absence_id}", t.several("absence.agree_words")),
            Choice(t("absence.decline"), f"absence:decline:{absence_id}", t.several("absence.decline_words")),
        ),
    )


@screen("absence.answered", facts=absence_facts)
def answered(values: Values, t: Words) -> Reply:
    """To the cover, after the answer."""
    days = span(values["days"], t)
    if values["cover_state"] == "agreed":
        text = t("absence.thanks", name=values["name"], days=days, households=names(values, t))
        again = Choice(t("absence.decline_after"), f"absence:decline:{values['id']}")
        return Reply(text, (Choice(t("keyboard.mine"), "household:mine"), again, back(t)))
    again = Choice(t("absence.agree_after"), f"absence:agree:{values['id']}")
    return Reply(t("absence.declined", name=values["name"]), (again, back(t)))


@screen("absence.back", facts=absence_facts)
def came_back(values: Values, t: Words) -> Reply:
    return Reply(t("absence.back"), (Choice(t("keyboard.todo"), "duty:todo"), back(t)))
