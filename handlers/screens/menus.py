"""The words of 更多, 帮助, refusals."""

import re
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from models.access import list_grants, view
from models.requests.queries import count_requests
from models.times import local_day

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MAY_SHARE_PHONE = {
    "not.joined", "contact.foreign",
    "invitation.wrong", "invitation.revoked", "invitation.used", "invitation.expired",
}  # fmt: skip
"""Refusals whose way on is the own phone number: the button that shares it is shown."""


WHO_JOINED = {"invitation.wrong": "refused.invitation.joined", "contact.foreign": "refused.contact.joined"}
"""What is said instead to somebody who has joined: there is no number of theirs to be asked for."""


def menu_facts(session: Session, recipient_id: int | None, *, now: datetime, **ids: Any) -> Values:
    grants = list_grants(session, recipient_id, now.date()) if recipient_id else ()
    roles = {grant.role for grant in grants}
    waiting = 0
    if recipient_id and roles & {"officer", "deputy", "leader"}:
        waiting = count_requests(session, view(session, recipient_id, local_day(now)))
    return {"roles": sorted(roles), "requests": waiting}


@screen("menu.more", facts=menu_facts)
def more(values: Values, t: Words) -> Reply:
    roles = set(values["roles"])
    choices = [Choice(t("menu.household"), "household:ask")]
    if roles & {"helper", "team_head", "officer", "deputy", "leader"}:
        choices.append(Choice(t("menu.away"), "absence:start"))
    if roles & {"team_head", "officer", "deputy", "leader", "clerk"}:
        choices.append(Choice(t("menu.cases"), "case:list"))
    if roles & {"team_head", "officer", "deputy", "leader"}:
        choices.append(Choice(t("menu.unseen"), "unseen:list", t.several("word.unseen")))
    if values.get("requests"):
        choices.append(Choice(t("menu.requests", n=values["requests"]), "request:list"))
    if "officer" in roles:
        choices.append(Choice(t("menu.import"), "roster:ask"))
        choices.append(Choice(t("menu.people"), "person:list"))
        choices.append(Choice(t("menu.words"), "word:list:1"))
    if roles & {"officer", "deputy", "leader"}:
        choices.append(Choice(t("menu.burden"), "burden:week", t.several("word.burden")))
    if roles & {"helper", "team_head", "officer", "deputy", "leader", "county"}:
        choices.append(Choice(t("menu.rules"), "rule:list"))
    if roles & {"officer", "deputy", "leader"}:
        choices.append(Choice(t("menu.calendar"), "calendar:list", t.several("word.calendar")))
    choices.append(Choice(t("menu.language"), "menu:languages"))
    choices.append(Choice(t("menu.help_button"), "menu:help"))
    return Reply(t("menu.title"), tuple(choices))


HELP: tuple[tuple[str, set[str]], ...] = (
    ("team", {"team_head"}), ("leader", {"deputy", "leader"}), ("officer", {"officer"}),
)  # fmt: skip
"""What is told beside logging, and to whom: each only of what that post may do."""


@screen("menu.help", facts=menu_facts)
def help_text(values: Values, t: Words) -> Reply:
    roles = set(values["roles"])
    parts = [t("menu.help_helper")]
    parts += [t(f"menu.help_{kind}") for kind, of in HELP if roles & of]
    return Reply("\n\n".join(parts), (back(t),), keyboard=False)


@screen("menu.cancelled")
def cancelled(values: Values, t: Words) -> Reply:
    return Reply(t("menu.cancelled" if values["parked"] else "menu.nothing_to_cancel"), keyboard=True)


@screen("menu.languages")
def languages(values: Values, t: Words) -> Reply:
    return Reply(
        t("menu.languages"),
        (Choice("中文", "menu:language:zh_CN"), Choice("English", "menu:language:en"), back(t)),
    )


@screen("menu.language_set")
def language_set(values: Values, t: Words) -> Reply:
    return Reply(t("menu.language_set"), keyboard=True)


def refused_facts(
    session: Session, recipient_id: int | None, *, now: datetime, code: str, values: dict[str, Any]
) -> Values:
    return {"code": code, "values": values, "joined": recipient_id is not None}


@screen("refused", facts=refused_facts)
def refused(values: Values, t: Words) -> Reply:
    """Every refusal: what was wrong and what to do; an unknown code says it in general and is found by a test."""
    code = values["code"]
    if values.get("joined") and code in WHO_JOINED:
        return Reply(t(WHO_JOINED[code]), keyboard=True)
    said = {name: _day_or_same(value, t) for name, value in values["values"].items()}
    return Reply(t(f"refused.{code}", **said), ask_contact=code in MAY_SHARE_PHONE)


def _day_or_same(value: Any, t: Words) -> Any:
    """Refusals carry plain values: a day is its ISO form and is shown as people write it."""
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        return t.day(date.fromisoformat(value))
    return value
