"""The questions about a fixed date's day and reminders, and what is to be known of the day before it is decided."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice
from handlers.screens import Values
from handlers.screens import rule_lines as lines
from handlers.screens.date_lines import close_line
from models.cases.dates import list_close_to
from models.dates import lead_days
from models.rules.dates import DateParameters, due_days
from models.rules.lengths import days_of
from models.rules.parameters import MONTHS
from models.times import calendar

LEADS = ((14, 7, 1), (7, 1), (3, 1), (30, 14, 7, 1))
"""What is offered; anything within bounds may be typed."""
SHOWN = 3


def ask_days(values: Values, t: Words) -> tuple[list[str], list[Choice]]:
    """Which day? It is typed."""
    parameters = values["after"]
    told = [t("rules.ask", thing=lines.thing("days", t), value=lines.value_of("days", parameters, t))]
    told.append(t(f"rules.or_day.{parameters['every']}"))
    if len(parameters["days"]) > 1:
        told.append(t("rules.all_days", n=len(parameters["days"])))
    return told, []


def ask_leads(values: Values, t: Words) -> tuple[list[str], list[Choice]]:
    """How many days before?"""
    parameters = values["after"]
    told = [t("rules.ask", thing=lines.thing("leads", t), value=lines.value_of("leads", parameters, t))]
    longest = days_of(parameters["every"] if parameters["every"] in MONTHS else "year")
    fit = [leads for leads in LEADS if max(leads) <= longest]
    return [*told, t("rules.or_leads")], [
        Choice(lines.lead_words(leads, t), f"rule:set:{values['draft_id']}:{','.join(map(str, leads))}") for leads in fit
    ]


def known_facts(session: Session, code: str, parameters: dict[str, Any], changes: Sequence[str], today: date) -> Values:
    """What is to be known of the coming days: which of them are free, what else is due close by, which reminders of the
    next one lie behind."""
    if not {"days", "leads"} & set(changes):
        return {}
    said = DateParameters.from_dict(parameters)
    ahead = due_days(said, today, date(today.year + SHOWN + 1, 12, 31))
    coming = [day.on for day in ahead][:SHOWN]
    free = [(day, calendar().previous_workday(day)) for day in coming if not calendar().is_workday(day)]
    past = [lead for lead in said.leads if coming and lead_days(coming[0], (lead,), calendar())[0] < today]
    return {
        "free": free, "close": list_close_to(session, code, coming[0], today) if coming else (), "past": past,
        "coming": coming[:1],
    }  # fmt: skip


def known_lines(known: Values | None, t: Words) -> list[str]:
    """`2027年5月1日不上班:到期日不动,…`, `日子挨得近的还有…`, `提前30天的已经过了…`."""
    if not known:
        return []
    found = [t("date.free", day=t.full_day(day), workday=t.day(workday)) for day, workday in known["free"]]
    if known["past"]:
        leads = lines.lead_words(known["past"], t)
        found.append(t("date.leads_past", day=t.full_day(known["coming"][0]), leads=leads))
    return [*found, *close_line(known["close"], t)]
