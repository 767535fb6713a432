"""日历 下周四: one day or a few, whether they are worked on and why, what is due."""

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.calendar import LIST
from models.calendar.days import view_day
from models.times import local_day


def day_facts(session: Session, recipient_id: int | None, *, now: datetime, days: list[str]) -> Values:
    views = [asdict(view_day(session, date.fromisoformat(day), now)) for day in days]
    return {"days": views, "today": local_day(now)}


@screen("calendar.day", facts=day_facts)
def show_days(values: Values, t: Words) -> Reply:
    """Each day with its reason and what is due; the only one may be changed from here."""
    told = [line for day in values["days"] for line in _lines(day, t)]
    only = values["days"][0] if len(values["days"]) == 1 else None
    choices = []
    if only and only["on"] >= values["today"] and only["why"] not in ("file", "local"):
        change = f"calendar:new:{only['on'].toordinal()}"
        choices.append(Choice(t("calendar.change_day"), change, t.several("calendar.change_day_words")))
    return Reply("\n".join(told), (*choices, back(t, LIST)))


def _lines(day: Values, t: Words) -> list[str]:
    zh = t.locale == "zh_CN"
    worked = t("calendar.worked_yes" if day["worked"] else "calendar.worked_no")
    name = day["holiday"][0 if zh else 1] if day["holiday"] else day["name"]
    why = t(f"calendar.why.{day['why']}", name=name or t("calendar.no_name"), by=day["by"])
    told = [t("calendar.day", day=t.day(day["on"], weekday=True), year=str(day["on"].year), worked=worked, why=why)]
    if day["guessed"]:
        told.append(t("calendar.day_guessed"))
    if day["before"]:
        told.append(t("calendar.day_before", day=t.day(day["before"], weekday=True)))
    due = [zh_name if zh else en_name for zh_name, en_name in day["dates"]]
    due += [t(f"calendar.visits.{what}", every=_every(length, t)) for what, length in day["visits"]]
    told.append(t("calendar.day_due", what=t.join(due)) if due else t("calendar.day_nothing"))
    if day["open"]:
        told.append(t("calendar.day_open", n=day["open"]))
    return told


def _every(length: str, t: Words) -> str:
    """`每月`; what has no name of its own is this period."""
    every, _, months = length.partition(":")
    key = f"calendar.every.{every}"
    return t(key, n=months) if t.has(key) else t("calendar.every.other")
