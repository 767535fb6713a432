"""待办, 没去成, 这条是怎么来的, a village's households to help with: what duties look like on a screen."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.date_lines import evidence_lines
from handlers.screens.duty_lines import (
    explain_button,
    handed_lines,
    log_button,
    near_day,
    own_lines,
    owner_line,
    period,
    place,
    reason_words,
    rule_lines,
    state_lines,
    todo_button,
    unanswered_lines,
    unconfirmed_lines,
    wish_words,
)
from handlers.screens.news import death_lines, requests_line
from handlers.screens.numbered import Numbered, pages
from handlers.screens.record_lines import claim_lines, returned_lines
from models import access
from models.access import PersonView
from models.cases import queries
from models.cases.notices import list_system_notices, list_undecided
from models.cases.views import DutyView
from models.duties.checkmarks import find_evidence
from models.errors import Refused
from models.findings import list_told
from models.notices import count_put_off
from models.reasons import list_reasons
from models.requests.queries import count_requests
from models.times import local_day
from models.visits.entering import list_claims
from models.visits.queries import list_unanswered
from models.visits.returns import list_open_returns


def reader(session: Session, recipient_id: int | None, now: datetime) -> PersonView:
    """Who reads this: rights are checked again at the moment of sending."""
    if recipient_id is None:
        raise Refused("person.unknown")
    return access.view(session, recipient_id, local_day(now))


def todo_facts(session: Session, recipient_id: int | None, *, now: datetime, page: int = 1) -> Values:
    person, today = reader(session, recipient_id, now), local_day(now)
    owed = queries.list_owed(session, person.id, today, page)
    waits, waits_at = count_put_off(session, person.id)
    return {
        "deaths": [asdict(each) for each in list_undecided(session, person)],
        "requests": count_requests(session, person),
        "unconfirmed": [asdict(report) for report in queries.list_unconfirmed(session, person.id)],
        "unanswered": [asdict(each) for each in list_unanswered(session, person.id)],
        "claims": [asdict(claim) for claim in list_claims(session, person.id)],
        "returned": [asdict(each) for each in list_open_returns(session, person.id)],
        "handed": [asdict(view) for view in queries.list_handed(session, person.id, today)],
        "dates": [asdict(view) for view in queries.list_owed_dates(session, person.id, today)],
        "short": [asdict(view) for view in owed.items],
        "total": owed.total,
        "page": owed.page,
        "pages": owed.pages,
        "cases": queries.count_cases(session, person),
        "notices": len(list_system_notices(session, person.id, today)) + len(list_told(session, person.id)),
        "waits": waits,
        "waits_on": local_day(waits_at) if waits_at is not None else today,
    }


def item_facts(
    session: Session, recipient_id: int | None, *, now: datetime, duty_id: int, **more: Any
) -> Values | None:
    """One duty the reader may see, with the reasons that could be given; None when it is no longer the reader's."""
    today = local_day(now)
    try:
        view = queries.access_duty(session, reader(session, recipient_id, now), duty_id, "case.read", today)
    except Refused:
        return None
    mine = view.owner_id == recipient_id and view.state == "open"
    more = {**more, "evidence": evidence_of(session, view)}
    return {"item": asdict(view), "mine": mine, "reasons": [asdict(reason) for reason in list_reasons()], **more}


def evidence_of(session: Session, view: DutyView) -> Values | None:
    """What closed a fixed-date duty, for who may read the duty."""
    found = find_evidence(session, view.duty_id) if view.title_zh else None
    return asdict(found) if found is not None else None


def village_facts(
    session: Session, recipient_id: int | None, *, now: datetime, village_id: int, page: int = 1
) -> Values | None:
    try:
        found = queries.list_ahead(session, reader(session, recipient_id, now), village_id, page, local_day(now))
    except Refused:
        return None
    return {
        "village_id": village_id,
        "village": queries.name_area(session, village_id),
        "items": [asdict(view) for view in found.items],
        "total": found.total,
        "page": found.page,
        "pages": found.pages,
    }


@screen("duty.todo", facts=todo_facts)
def todo(values: Values, t: Words) -> Reply:
    """What one owes: unconfirmed reports first, then cases taken on, then households still short."""
    numbered, parts = Numbered(), []
    if values["unconfirmed"]:
        parts.append(unconfirmed_lines(values["unconfirmed"], t, numbered))
    parts += [part for lines in (unanswered_lines, death_lines, claim_lines, returned_lines) if (part := lines(values, t, numbered))]
    if values.get("requests"):
        parts.append(requests_line(values["requests"], t, numbered))
    if values["handed"]:
        parts.append([t("duty.handed", n=len(values["handed"])), *handed_lines(values["handed"], t, numbered)])
    if values.get("dates"):
        parts.append([t("date.todo"), *own_lines(values["dates"], t, numbered)])
    if values["short"]:
        parts.append([t("duty.short_title", n=values["total"]), *own_lines(values["short"], t, numbered)])
    if values["cases"]:
        button = Choice(t("duty.cases_button"), "case:list")
        parts.append([numbered.line(t("duty.cases", n=values["cases"]), button)])
    if values["notices"]:
        button = Choice(t("digest.notices_button"), "duty:notices")
        parts.append([numbered.line(t("digest.notices", n=values["notices"]), button)])
    if not parts:
        parts.append([t("duty.nothing")])
    if values.get("waits"):
        parts.append([t("digest.waits", n=values["waits"], day=t.day(values["waits_on"]))])
    pages(values, t, "duty:page", numbered)
    return Reply("\n\n".join("\n".join(part) for part in parts), (*numbered.choices, back(t)))


@screen("duty.reasons", facts=item_facts)
def reasons(values: Values, t: Words) -> Reply:
    """没去成: why; and what the answer does."""
    item = values["item"]
    if item["state"] != "open":
        return explained(values, t) if item["state"] == "explained" else why(values, t)
    text = t("duty.reasons", place=place(item, t), period=period(item, t), day=t.day(item["grace_ends_on"]))
    name = "zh" if t.locale == "zh_CN" else "en"
    choices = [
        Choice(reason[name], f"duty:explain:{item['duty_id']}:{item['version']}:{reason['code']}")
        for reason in values["reasons"]
    ]
    return Reply(text, (*choices, back(t, "duty:page:1")))


@screen("duty.ask_words", facts=item_facts)
def ask_words(values: Values, t: Words) -> Reply:
    """其他: one sentence of one's own."""
    item = values["item"]
    return Reply(t("duty.ask_words", place=place(item, t)), (back(t, f"duty:reasons:{item['duty_id']}"),))


@screen("duty.explained", facts=item_facts)
def explained(values: Values, t: Words) -> Reply:
    """The duty is closed as explained; a visit of the period still makes it done."""
    item = values["item"]
    undo = Choice(t("duty.unexplain"), f"duty:unexplain:{item['duty_id']}", t.several("duty.unexplain_words"))
    if item.get("wish_zh"):
        text = t("duty.wished_now", place=place(item, t), period=period(item, t), reason=wish_words(item, t))
        return Reply(text, (log_button(item, t), undo, todo_button(t)))
    text = t("duty.explained", place=place(item, t), period=period(item, t), reason=reason_words(item, t))
    ends_on = item["ends_on"]
    key = "duty.explained_open" if item["today"] <= ends_on else "duty.explained_over"
    text += "\n" + t(key, day=near_day(ends_on, item["today"], t))
    return Reply(text, (log_button(item, t), undo, todo_button(t)))


@screen("duty.why", facts=item_facts)
def why(values: Values, t: Words) -> Reply:
    """这条是怎么来的: the rule, the period, the dates, what comes next. `note`: what an old press is told first."""
    item = values["item"]
    lines = [t(f"case.note.{values['note']}")] if values.get("note") else []
    lines += [t("duty.why", place=place(item, t)), *rule_lines(item, t), *state_lines(item, t)]
    lines += evidence_lines(values.get("evidence"), t)
    choices = [log_button(item, t)] if values.get("mine") else []
    if values.get("mine") and item["can_explain"]:
        choices.append(explain_button(item, t))
    return Reply("\n".join(lines), (*choices, back(t, "duty:page:1")))


@screen("duty.village", facts=village_facts)
def village_ahead(values: Values, t: Words) -> Reply:
    """A village's households that are still short while there is time: to help, not to blame."""
    if not values["items"]:
        return Reply(t("duty.village_none", village=values["village"]), (back(t),))
    numbered = Numbered()
    lines = [t("duty.village_ahead", village=values["village"], n=values["total"])]
    for item in values["items"]:
        button = Choice(t("duty.card", name=item["name"]), f"household:open:{item['household_id']}", (item["name"],))
        lines.append(numbered.line(owner_line(item, t), button))
    numbered.side_by_side(0)
    pages(values, t, f"duty:ahead:{values['village_id']}", numbered)
    return Reply("\n".join(lines), (*numbered.choices, back(t)))
