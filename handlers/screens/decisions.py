"""交办, 我来处理, 催办, 延期, 改派, 稍后, 答复: the questions before, the answer after, and what the new owner hears."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.cases import card_buttons, card_facts, owner_words
from handlers.screens.duties import reader
from handlers.screens.duty_lines import handed_lines, near_day, place, rule_lines, state_lines
from handlers.screens.numbered import Numbered
from models.cases import actions, digests, queries
from models.cases.timeline import list_names
from models.cases.views import find_view, list_views
from models.duties import Duty
from models.errors import Refused
from models.reasons import list_reasons
from models.times import calendar, local_day

EXTEND_DAYS = (3, 5, 10)


def about_facts(
    session: Session, recipient_id: int | None, *, now: datetime, duty_id: int = 0, village_id: int = 0, stamp: int = 0,
    **more: Any,
) -> Values | None:  # fmt: skip
    """One case, or all of a village, that a question is about."""
    person, today = reader(session, recipient_id, now), local_day(now)
    try:
        if duty_id:
            view = queries.access_duty(session, person, duty_id, "case.read", today)
            return {"item": asdict(view), **more}
        about, _ = queries.list_in_village(session, person, village_id, "all", 1, today)
    except Refused:
        return None
    return {"item": None, "village_id": village_id, "village": about.name, "n": about.total, "stamp": stamp, **more}


def _what(values: Values, t: Words) -> str:
    """`李宁(青山村4组)`, or `青山村3户`."""
    if values.get("item"):
        return place(values["item"], t)
    return t("case.village_households", village=values["village"], n=values["n"])


def _back_to(values: Values) -> str:
    item = values.get("item")
    return f"case:show:{item['duty_id']}" if item else f"case:village:{values['village_id']}:all:1"


@screen("case.extend_days", facts=about_facts)
def extend_days(values: Values, t: Words) -> Reply:
    """延期: by how much."""
    item = values.get("item")
    verb = "extend_to" if item else "extend_all_to"
    target = f"{item['duty_id']}:{item['version']}" if item else f"{values['village_id']}:{values['stamp']}"
    choices = [Choice(t("case.workdays", n=days), f"case:{verb}:{target}:{days}", (), 1) for days in EXTEND_DAYS]
    return Reply(t("case.extend_days", what=_what(values, t)), (*choices, back(t, _back_to(values))))


def reason_facts(session: Session, recipient_id: int | None, *, now: datetime, **ids: Any) -> Values | None:
    values = about_facts(session, recipient_id, now=now, **ids)
    return None if values is None else {**values, "reasons": [asdict(reason) for reason in list_reasons()]}


@screen("case.extend_reason", facts=reason_facts)
def extend_reason(values: Values, t: Words) -> Reply:
    """延期: why; one of the list, or a sentence."""
    name = "zh" if t.locale == "zh_CN" else "en"
    choices = [
        Choice(reason[name], f"case:extend_for:{values['draft_id']}:{reason['code']}") for reason in values["reasons"]
    ]
    text = t("case.extend_reason", what=_what(values, t), n=values["days"])
    return Reply(text, (*choices, back(t, _back_to(values))))


@screen("case.ask_words", facts=about_facts)
def ask_words(values: Values, t: Words) -> Reply:
    """A sentence is asked for: the reason of 延期, or the answer to 交办."""
    return Reply(t(f"case.ask_{values['verb']}", what=_what(values, t)), (back(t, _back_to(values)),))


def candidates_facts(session: Session, recipient_id: int | None, *, now: datetime, duty_id: int) -> Values | None:
    values = about_facts(session, recipient_id, now=now, duty_id=duty_id)
    if values is None:
        return None
    people = actions.list_candidates(session, session.get_one(Duty, duty_id), now)
    return {**values, "people": [asdict(person) for person in people]}


@screen("case.reassign_to", facts=candidates_facts)
def reassign_to(values: Values, t: Words) -> Reply:
    """改派: to whom; those who know the village."""
    item = values["item"]
    duty = f"{item['duty_id']}:{item['version']}"
    choices = [
        Choice(
            t("case.candidate", name=person["name"], role=t(f"case.role.{person['role']}")),
            f"case:reassign_to:{duty}:{person['id']}",
            (person["name"],),
        )
        for person in values["people"]
    ]
    key = "case.reassign_to" if choices else "case.reassign_nobody"
    return Reply(t(key, place=place(item, t)), (*choices, back(t, _back_to(values))))


def later_days(today: date) -> list[date]:
    """The days that 稍后 offers, each once: the next working day, the third, the next week's opening."""
    workdays = calendar()
    tomorrow = workdays.next_workday(today)
    return list(dict.fromkeys((tomorrow, workdays.add_workdays(today, 3), workdays.week_opening(tomorrow))))


def later_facts(session: Session, recipient_id: int | None, *, now: datetime, duty_id: int) -> Values | None:
    return about_facts(session, recipient_id, now=now, duty_id=duty_id, days=later_days(local_day(now)))


@screen("case.later_to", facts=later_facts)
def later_to(values: Values, t: Words) -> Reply:
    """稍后: when to hear of it again."""
    item = values["item"]
    choices = [
        Choice(t("case.later_day", day=t.day(day, weekday=True)), f"case:later_to:{item['duty_id']}:{day:%Y%m%d}")
        for day in values["days"]
    ]
    return Reply(t("case.later_to", place=place(item, t)), (*choices, back(t, _back_to(values))))


def did_facts(
    session: Session, recipient_id: int | None, *, now: datetime, verb: str, duty_ids: Sequence[int],
    to: Sequence[int] = (), until: str | None = None,
) -> Values:  # fmt: skip
    views = list_views(session, duty_ids, local_day(now))
    return {
        "verb": verb,
        "item": asdict(views[0]) if len(views) == 1 else None,
        "village": views[0].village if views else "",
        "n": len(views),
        "to": list_names(session, tuple(to)),
        "until": date.fromisoformat(until) if until else None,
    }


@screen("case.did", facts=did_facts)
def did(values: Values, t: Words) -> Reply:
    """What a decision did: `verb` to how many households, who has them now and until when."""
    until = t.day(values["until"], weekday=True) if values.get("until") else ""
    text = t(f"case.did.{values['verb']}", what=_what(values, t), to=t.join(values.get("to") or []), day=until)
    item = values.get("item")
    see = [Choice(t("case.see"), f"case:card:{item['duty_id']}")] if item else []
    return Reply(text, (*see, back(t, "case:page:1")))


def handed_facts(
    session: Session, recipient_id: int | None, *, now: datetime, notice_ids: Sequence[int]
) -> Values | None:
    today = local_day(now)
    found = digests.read_handed(session, recipient_id or 0, notice_ids, today)
    return None if found is None else {**asdict(found), "today": today}


@screen("case.handed_over", facts=handed_facts)
def handed_over(values: Values, t: Words) -> Reply:
    """To the new owner of cases, at once: what they are, who gave them, the day of the answer."""
    numbered, items = Numbered(), values["items"]
    lines = [t("case.handed_over", n=len(items), name=values["by"], day=near_day(values["until"], values["today"], t))]
    shown = items[: queries.PAGE]
    lines += handed_lines([{**item, "taken_until": None} for item in shown], t, numbered)
    if len(items) > len(shown):
        more = Choice(t("duty.cases_button"), "case:list")
        lines.append(numbered.line(t("digest.more", n=len(items) - len(shown)), more))
    lines.append(t("case.handed_hint"))
    return Reply("\n".join(lines), tuple(numbered.choices))


def alert_facts(
    session: Session, recipient_id: int | None, *, now: datetime, notice_ids: Sequence[int]
) -> Values | None:
    duty_id = digests.find_alerted(session, notice_ids)
    view = find_view(session, duty_id, local_day(now)) if duty_id is not None else None
    if view is None or view.state != "open":
        return None
    return card_facts(session, recipient_id, now=now, duty_id=view.duty_id)


@screen("case.alert", facts=alert_facts)
def alert(values: Values, t: Words) -> Reply:
    """One case by itself, for readers who want every case as it comes."""
    item = values["item"]
    lines = [t("case.alert", place=place(item, t)), owner_words(item, t), *rule_lines(item, t)[-1:]]
    return Reply("\n".join([*lines, *state_lines(item, t)]), card_buttons(values, t)[:-1])
