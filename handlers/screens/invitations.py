"""Invitation links in words: one to be passed on, a page of them. Tokens are made here and stand in no row."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.people import officer_view, page_values, turning
from models import joining
from models.errors import Refused
from models.installation import find_fact
from models.people import Invitation, Person, queries
from models.times import local_day

LINK = "https://t.me/{username}?start={token}"


def link_facts(session: Session, recipient_id: int | None, *, now: datetime, invitation_id: int) -> Values | None:
    """What a link says at this moment; its token is made here and stands in no row."""
    invitation = session.get(Invitation, invitation_id)
    try:
        officer = officer_view(session, recipient_id, now)
        person_id = queries.access_person(session, officer, invitation.person_id if invitation else 0, "person.invite")
    except Refused:
        return None
    assert invitation is not None
    person = session.get_one(Person, person_id)
    return {
        "person_id": person_id,
        "name": person.name,
        "rebinds": person.telegram_id is not None,
        "until": local_day(invitation.expires_at),
        **_address(session, invitation),
    }


def _address(session: Session, invitation: Invitation) -> dict[str, Any]:
    bot = find_fact(session, "bot") or {}
    token = joining.token_of(invitation)
    username = bot.get("username") or ""
    return {"url": LINK.format(username=username, token=token) if username else "", "token": token}


@screen("person.link", facts=link_facts)
def link(values: Values, t: Words) -> Reply:
    key = "person.link_rebind" if values["rebinds"] else "person.link_join"
    person_id = values["person_id"]
    return Reply(
        t(key, name=values["name"], day=t.day(values["until"])),
        (Choice(t("person.renew"), f"person:renew:{person_id}"), back(t, f"person:card:{person_id}")),
    )


@screen("person.link_text", facts=link_facts)
def link_text(values: Values, t: Words) -> Reply:
    where = values["url"] or f"/start {values['token']}"
    return Reply(t("person.link_text", name=values["name"], link=where, day=t.day(values["until"])))


def links_facts(
    session: Session, recipient_id: int | None, *, now: datetime, village_id: int, page: int
) -> Values | None:
    try:
        found = queries.list_people(
            session, officer_view(session, recipient_id, now), day=local_day(now), page=page, state="unjoined",
            village_id=village_id or None,
        )  # fmt: skip
    except Refused:
        return None
    lines = []
    for line in found.lines:
        invitation = queries.find_open_invitation(session, line.id, now)
        if invitation is not None:
            lines.append({"name": line.name, **_address(session, invitation)})
    return {**page_values(found), "village_id": village_id, "lines": lines}


@screen("person.links", facts=links_facts)
def links(values: Values, t: Words) -> Reply:
    if not values["lines"]:
        return Reply(t("person.links_none"), (back(t, "person:list"),))
    head = t("person.links_head", n=values["total"])
    if values["pages"] > 1:
        head += t("person.page_of", page=values["page"] + 1, pages=values["pages"])
    lines = [f"{line['name']} {line['url'] or '/start ' + line['token']}" for line in values["lines"]]
    turns = turning(f"person:links:{values['village_id']}", values, t)
    return Reply("\n".join([head, *lines]), (*turns, back(t, "person:list")))
