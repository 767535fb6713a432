"""日历 in words: the days that differ here, a change step by step, what it moves, what was done."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.calendar import REASONS, SOON, own_draft, spans_of, wish_of
from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.news import span
from handlers.screens.numbered import Numbered, pages
from models.calendar import CalendarDay
from models.calendar.queries import (
    each_day,
    find_agreed,
    find_days,
    find_proposal,
    is_official,
    list_agreed,
    list_days,
    list_proposals,
    read_calendar,
)
from models.errors import Refused
from models.times import calendar, local_day

LIST = "calendar:list"
DAYS_SHOWN = 12


def list_facts(session: Session, recipient_id: int | None, *, now: datetime, page: int = 1) -> Values:
    today = local_day(now)
    found = list_days(session, today, page)
    years = [{"year": year, "official": is_official(calendar(), year)} for year in (today.year, today.year + 1)]
    waiting = [each.year for each in list_proposals(session, today)]
    agreed = [{"year": each.year, "by": each.by, "on": each.on} for each in list_agreed(session, now)]
    items = [asdict(item) for item in found.items]
    return {**asdict(found), "items": items, "years": years, "waiting": waiting, "agreed": agreed}


@screen("calendar.list", facts=list_facts)
def calendar_list(values: Values, t: Words) -> Reply:
    """The years, then ten entries a page; those of the file are shown and have no button."""
    numbered = Numbered()
    lines = [t("calendar.year_official" if year["official"] else "calendar.year_estimated", year=str(year["year"]))
             for year in values["years"]]  # fmt: skip
    for year in values["waiting"]:
        look = Choice(t("calendar.look"), f"calendar:year:{year}", t.several("calendar.look_words"))
        lines.append(numbered.line(t("calendar.year_waiting", year=str(year)), look))
    for year in values["agreed"]:
        said = t("calendar.year_agreed", year=str(year["year"]), name=year["by"], day=t.day(year["on"]))
        lines.append(numbered.line(said, _take_back(year["year"], t)))
    lines.append(t("calendar.title", n=values["total"]) if values["items"] else t("calendar.none"))
    for item in values["items"]:
        said = _entry(item, t)
        if item["day_id"] is None:
            lines.append(t("calendar.fixed", line=said))
        else:
            label = t("calendar.label", name=item["name"], day=t.day(item["first_on"]))
            lines.append(numbered.line(said, Choice(label, f"calendar:card:{item['day_id']}")))
    numbered.side_by_side(0)
    pages(values, t, LIST, numbered)
    new = Choice(t("calendar.new"), "calendar:new", t.several("calendar.new_words"))
    return Reply("\n".join(lines), (*numbered.choices, new, back(t)))


def _take_back(year: int, t: Words) -> Choice:
    return Choice(t("calendar.back"), f"calendar:back:{year}", t.several("calendar.back_words"))


def _entry(item: Values, t: Words) -> str:
    """`12月3日至5日 不上班(大雪)`, and where it would be like that anyway."""
    days = span((item["first_on"], item["last_on"]), t)
    said = t("calendar.entry", days=days, worked=_worked(item["worked"], t), name=item["name"] or t("calendar.no_name"))
    whole = (item["last_on"] - item["first_on"]).days + 1
    return said + (t("calendar.usual") if item["usual"] == whole else "")


def _worked(worked: bool, t: Words) -> str:
    return t("calendar.worked_yes" if worked else "calendar.worked_no")


def draft_facts(session: Session, recipient_id: int | None, *, now: datetime, draft_id: int) -> Values | None:
    """A change as it stands; None for another's draft, or one that is over."""
    try:
        draft = own_draft(session, reader(session, recipient_id, now), draft_id)
        spans = [list(each) for each in spans_of(draft.facts)] if "spans" in draft.facts else []
    except Refused:
        return None
    return {
        "draft_id": draft.id, "version": draft.version, "spans": spans, "worked": draft.facts.get("worked"),
        "today": local_day(now),
    }  # fmt: skip


def _leave(values: Values, t: Words) -> tuple[Choice, ...]:
    return (Choice(t("calendar.drop"), f"calendar:drop:{values['draft_id']}", t.several("calendar.drop_words")), back(t, LIST))


def _spans(spans: Sequence[Sequence[date]], t: Words) -> str:
    return t.join([span(each, t) for each in spans])


@screen("calendar.days", facts=draft_facts)
def ask_days(values: Values, t: Words) -> Reply:
    """Which days?"""
    choices = [
        Choice(t(f"calendar.in_{days}"), f"calendar:day:{values['draft_id']}:{days}", t.several(f"calendar.in_{days}_words"), 0)
        for days in SOON
    ]  # fmt: skip
    return Reply(t("calendar.days"), (*choices, *_leave(values, t)))


@screen("calendar.worked", facts=draft_facts)
def ask_worked(values: Values, t: Words) -> Reply:
    """不上班, or 上班?"""
    choices = [
        Choice(t(f"calendar.worked_{word}"), f"calendar:worked:{values['draft_id']}:{number}", (), 0)
        for number, word in enumerate(("no", "yes"))
    ]
    return Reply(t("calendar.worked", days=_spans(values["spans"], t)), (*choices, *_leave(values, t)))


@screen("calendar.name", facts=draft_facts)
def ask_name(values: Values, t: Words) -> Reply:
    """Why?"""
    choices = [
        Choice(t(f"calendar.reason.{reason}"), f"calendar:why:{values['draft_id']}:{reason}", (), 0) for reason in REASONS
    ]
    said = t("calendar.name", days=_spans(values["spans"], t), worked=_worked(values["worked"], t))
    return Reply(said, (*choices, *_leave(values, t)))


def preview_facts(session: Session, recipient_id: int | None, *, now: datetime, draft_id: int) -> Values | None:
    """A change with what it moves; `days` of an official plan with whether they are worked on."""
    values = draft_facts(session, recipient_id, now=now, draft_id=draft_id)
    if values is None:
        return None
    facts = own_draft(session, reader(session, recipient_id, now), draft_id).facts
    try:
        wish = wish_of(facts)
    except Refused:
        return None
    values |= {"act": wish.act, "name": wish.name, "year": wish.year, "figures": facts.get("preview"), "days": [], "usual": 0}
    if wish.act == "end":
        entry = find_days(session, wish.day_id, values["today"])
        if entry is None:
            return None
        return {**values, "spans": [[entry.first_on, entry.last_on]], "worked": entry.worked, "name": entry.name}
    if wish.act == "year":
        proposal = find_proposal(session, wish.year)
        return {**values, "days": [list(each) for each in proposal.days]} if proposal is not None else None
    if wish.act == "back":
        agreed = find_agreed(session, wish.year, now)
        return {**values, "days": [list(each) for each in agreed.days]} if agreed is not None else None
    general = read_calendar(session).general
    usual = sum(general(day) == wish.worked for each in wish.spans for day in each_day(*each))
    return {**values, "usual": usual}


@screen("calendar.preview", facts=preview_facts)
def preview(values: Values, t: Words) -> Reply:
    """What would be, and what it moves: read before anything is done."""
    figures = values["figures"]
    if not figures:
        return Reply(t("refused.calendar.stale"), (back(t, LIST),))
    lines = [*_what(values, t), t("calendar.moves", n=figures["reminders"], reports=figures["reports"])]
    lines.append(t("calendar.again", n=figures["repeated"]))
    if not figures["reminders"] and not figures["reports"]:
        lines[-2:] = [t("calendar.moves_nothing")]
    lines.append(t("calendar.stays"))
    do = Choice(t("calendar.do"), f"calendar:do:{values['draft_id']}:{values['version']}", t.several("calendar.do_words"))
    return Reply("\n".join(lines), (do, *_leave(values, t)))


def _what(values: Values, t: Words) -> list[str]:
    if values["act"] in ("year", "back"):
        shown = [_year_day(day, worked, t) for day, worked in values["days"][:DAYS_SHOWN]]
        key = "calendar.year_differs" if values["act"] == "year" else "calendar.back_differs"
        return [t(key, n=len(values["days"]), year=str(values["year"])), t("calendar.year_days", days=t.join(shown))]
    said = {"days": _spans(values["spans"], t), "worked": _worked(values["worked"], t), "name": values["name"]}
    if values["act"] == "end":
        return [t("calendar.would_end", **said)]
    usual = [t("calendar.usual_days", n=values["usual"], worked=said["worked"])] if values["usual"] else []
    return [t("calendar.would_be", **said), *usual]


def _year_day(day: date, worked: bool, t: Words) -> str:
    return t("calendar.year_day", day=t.day(day), worked=_worked(worked, t))


@screen("calendar.dropped")
def dropped(values: Values, t: Words) -> Reply:
    return Reply(t("calendar.dropped"), (back(t, LIST),))


def done_facts(
    session: Session, recipient_id: int | None, *, now: datetime, act: str, ids: list[int], year: int, duties: int
) -> Values:
    """What was made, as far as it still stands."""
    rows = [row for number in ids if (row := session.get(CalendarDay, number)) is not None]
    open_ones = [row.id for row in rows if row.ended_at is None]
    return {
        "act": act, "year": year, "duties": duties, "ids": open_ones, "spans": [[row.first_on, row.last_on] for row in rows],
        "worked": rows[0].worked if rows else False, "name": rows[0].name if rows else "",
    }  # fmt: skip


@screen("calendar.done", facts=done_facts)
def done(values: Values, t: Words) -> Reply:
    """What holds from now on, and the way to take it back."""
    said = {"days": _spans(values["spans"], t), "worked": _worked(values["worked"], t), "name": values["name"]}
    text = t(f"calendar.done_{values['act']}", year=str(values["year"]), **said)
    text += "\n" + t("calendar.done_moved", n=values["duties"]) if values["duties"] else ""
    take_back = [
        Choice(t("calendar.end"), f"calendar:end:{number}", t.several("calendar.end_words")) for number in values["ids"]
    ]
    take_back += [_take_back(values["year"], t)] if values["act"] == "year" else []
    return Reply(text, (*(take_back if len(take_back) == 1 else ()), back(t, LIST)))


def card_facts(session: Session, recipient_id: int | None, *, now: datetime, day_id: int) -> Values | None:
    entry = find_days(session, day_id, local_day(now))
    return {**(asdict(entry) if entry is not None else {}), "gone": entry is None}


@screen("calendar.card", facts=card_facts)
def card(values: Values, t: Words) -> Reply:
    """One entry: who set it and when."""
    if values["gone"]:
        return Reply(t("refused.calendar.gone"), (back(t, LIST),))
    said = t("calendar.by", line=_entry(values, t), name=values["by"], day=t.day(values["made_on"]))
    end = Choice(t("calendar.end"), f"calendar:end:{values['day_id']}", t.several("calendar.end_words"))
    return Reply(said, (end, back(t, LIST)))
