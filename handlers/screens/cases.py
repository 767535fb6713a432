"""上报 in words: villages with open cases, the cases of one, one case's card with its timeline."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.date_lines import evidence_lines, is_date
from handlers.screens.duties import evidence_of, reader
from handlers.screens.duty_lines import (
    card_button,
    owner_line,
    owner_name,
    place,
    reason_words,
    rule_lines,
    state_lines,
)
from handlers.screens.numbered import Numbered, pages
from models.cases import queries
from models.cases.timeline import list_events
from models.errors import Refused
from models.pages import fit_page
from models.times import local_day

FILTERS = ("all", "waiting", "taken")


def villages_facts(session: Session, recipient_id: int | None, *, now: datetime, page: int = 1) -> Values:
    person, today = reader(session, recipient_id, now), local_day(now)
    found = queries.list_villages(session, person)
    page, pages_ = fit_page(page, len(found), queries.PAGE)
    return {
        "area": queries.name_scope(session, person),
        "villages": [asdict(each) for each in found[(page - 1) * queries.PAGE : page * queries.PAGE]],
        "total": sum(each.total for each in found),
        "taken": sum(each.taken for each in found),
        "own": [asdict(view) for view in queries.list_own_cases(session, person.id, today)],
        "page": page,
        "pages": pages_,
    }


@screen("case.villages", facts=villages_facts)
def villages(values: Values, t: Words) -> Reply:
    """Open cases of an area: a line and a button for every village, most cases first; one's own below."""
    numbered, lines = Numbered(), []
    if values["villages"]:
        lines.append(t("case.villages", area=values["area"], n=values["total"], taken=values["taken"]))
    for village in values["villages"]:
        label = t("case.village_button", village=village["name"], n=village["total"])
        text = t("case.village_line", village=village["name"], n=village["total"], taken=village["taken"])
        lines.append(numbered.line(text, Choice(label, f"case:village:{village['id']}:all:1", (village["name"],))))
    numbered.side_by_side(0)
    if values["own"]:
        start = len(numbered.choices)
        lines.append(t("case.own", n=len(values["own"])))
        lines += [numbered.line(owner_line(item, t, village=True), card_button(item, t)) for item in values["own"]]
        numbered.side_by_side(start)
    pages(values, t, "case:page", numbered)
    return Reply("\n".join(lines) or t("case.none"), (*numbered.choices, back(t)))


def village_facts(
    session: Session, recipient_id: int | None, *, now: datetime, village_id: int, filter: str = "all", page: int = 1,
    note: str = "",
) -> Values | None:  # fmt: skip
    person, today = reader(session, recipient_id, now), local_day(now)
    try:
        about, found = queries.list_in_village(session, person, village_id, filter, page, today)
    except Refused:
        return None
    return {
        "village_id": village_id,
        "village": about.name,
        "total": found.total,
        "stamp": about.stamp,
        "items": [asdict(view) for view in found.items],
        "filter": filter,
        "page": found.page,
        "pages": found.pages,
        "may": queries.may_do_at_once(session, person, village_id) if filter == "all" and about.total else [],
        "note": note,
    }


@screen("case.village", facts=village_facts)
def village_cases(values: Values, t: Words) -> Reply:
    """Ten open cases of one village, each with its card, and what the reader may do with all of them at once."""
    numbered, village_id = Numbered(), values["village_id"]
    lines = [t(f"case.note.{values['note']}")] if values.get("note") else []
    key = "case.village" if values["items"] else "case.village_none"
    lines.append(t(key, village=values["village"], n=values["total"]))
    lines += [numbered.line(owner_line(item, t), card_button(item, t)) for item in values["items"]]
    numbered.side_by_side(0)
    pages(values, t, f"case:village:{village_id}:{values['filter']}", numbered)
    choices = [*numbered.choices, *village_buttons(values, t, numbered), *_filters(values, t, numbered)]
    return Reply("\n".join(lines), (*choices, back(t, "case:page:1")))


def village_buttons(values: Values, t: Words, numbered: Numbered) -> list[Choice]:
    """The deciding buttons for all cases of a village; they carry the list's stamp and act on what is listed only."""
    choices, row = [], 0
    for place_, verb in enumerate(values["may"]):
        row = numbered.row() if place_ % 2 == 0 else row
        data = f"case:{verb}_all:{values['village_id']}:{values['stamp']}"
        choices.append(Choice(t(f"case.{verb}_all"), data, t.several(f"case.{verb}_words"), row))
    return choices


def _filters(values: Values, t: Words, numbered: Numbered) -> list[Choice]:
    row = numbered.row()
    return [
        Choice(t(f"case.filter.{name}"), f"case:village:{values['village_id']}:{name}:1", (), row)
        for name in FILTERS
        if name != values["filter"]
    ]


def card_facts(
    session: Session, recipient_id: int | None, *, now: datetime, duty_id: int, note: str = ""
) -> Values | None:
    """A case as its reader may see it; None when it is not the reader's any more."""
    person, today = reader(session, recipient_id, now), local_day(now)
    try:
        view = queries.access_duty(session, person, duty_id, "case.read", today)
    except Refused:
        return None
    events = list_events(session, duty_id)
    return {
        "item": asdict(view),
        "events": [{"on": e.on, "kind": e.kind, "who": e.who, "words": e.words, **e.facts} for e in events],
        "may": queries.may_do(session, person, view),
        "looks": person.may("household.read"),
        "evidence": evidence_of(session, view),
        "note": note,
    }


@screen("case.card", facts=card_facts)
def card(values: Values, t: Words) -> Reply:
    """One case: what rule, since when, who has it, what comes next, its timeline, and what the reader may do."""
    item = values["item"]
    lines = [t(f"case.note.{values['note']}")] if values.get("note") else []
    lines += [place(item, t), owner_words(item, t), *rule_lines(item, t), *state_lines(item, t)]
    lines += evidence_lines(values.get("evidence"), t)
    if values["events"]:
        dated = is_date(item)
        lines += [t("case.timeline"), *(event_line(event, t, dated=dated) for event in values["events"])]
    return Reply("\n".join(lines), card_buttons(values, t))


def owner_words(item: Values, t: Words) -> str:
    if not item.get("owner"):
        return t("date.card_no_owner" if is_date(item) else "case.no_owner")
    if is_date(item):
        return t("date.card_owner", name=item["owner"])
    return t("case.owner_unit" if item.get("unit") else "case.owner", name=owner_name(item, t), unit=item.get("unit"))


def event_line(event: Values, t: Words, *, dated: bool = False) -> str:
    """One line of the timeline; a kind without words of its own still shows its day. `dated`: of a fixed date."""
    kind = f"case.event.{event['kind']}"
    if t.has(f"{kind}_{event.get('reason')}"):
        kind = f"{kind}_{event.get('reason')}"
    elif dated and t.has(f"date.event.{event['kind']}"):
        kind = f"date.event.{event['kind']}"
    until: Any = event.get("until")
    text = t(
        kind if t.has(kind) else "case.event.other",
        who=event.get("who") or t("case.system"),
        to=t.join(event.get("to") or []),
        until=t.day(until) if isinstance(until, date) else "",
        reason=reason_words({**event, "reason_text": None}, t),
        role=t(f"case.role.{event['role']}") if event.get("role") else "",
        n=event.get("n") or 0,
    )
    said = t("case.said", text=event["words"]) if event.get("words") else ""
    return t("case.event_line", day=t.day(event["on"]), text=text + said)


def card_buttons(values: Values, t: Words) -> tuple[Choice, ...]:
    """What is legal now for this reader; deciding buttons carry the duty's version."""
    item, numbered, row = values["item"], Numbered(), 0
    duty = f"{item['duty_id']}:{item['version']}"
    for place_, verb in enumerate(values["may"]):
        row = numbered.row() if place_ % 2 == 0 else row
        choice = Choice(t(f"case.{verb}"), f"case:{verb}:{duty}", t.several(f"case.{verb}_words"), row)
        numbered.choices.append(choice)
    if values["looks"] and item.get("household_id"):
        numbered.choices.append(Choice(t("case.look"), f"household:open:{item['household_id']}"))
    village = item.get("village_id")
    return (*numbered.choices, back(t, f"case:village:{village}:all:1" if values["may"] and village else "case:page:1"))
