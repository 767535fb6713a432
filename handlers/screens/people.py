"""人员 in words: the numbers, lists, cards, links."""

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.people import get_search
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from models import access
from models.access import PersonView
from models.errors import Refused
from models.handovers.actions import list_recallable
from models.handovers.rules import list_for
from models.people import queries
from models.people.merging import list_twins
from models.people.queries import PeoplePage
from models.times import local_day


def post_words(post: Values, t: Words) -> str:
    """`第一书记(青山村)`; in English the role. A helper's area says nothing: the households do."""
    name = post["post"] if post["post"] and t.locale == "zh_CN" else t(f"role.{post['role']}")
    where = (post["unit"] or post["area"]) if post["role"] == "unit_contact" else post["area"]
    return t("person.post", name=name, area=where) if where and post["role"] != "helper" else str(name)


def officer_view(session: Session, recipient_id: int | None, now: datetime) -> PersonView:
    if recipient_id is None:
        raise Refused("person.unknown")
    return access.view(session, recipient_id, local_day(now))


def overview_facts(session: Session, recipient_id: int | None, *, now: datetime) -> Values:
    officer = officer_view(session, recipient_id, now)
    counts = queries.count_people(session, officer)
    return {
        "rules": len(list_for(session, officer, local_day(now))),
        "twins": len(list_twins(session, officer)),
        "total": counts.total,
        "joined": counts.joined,
        "unjoined": counts.unjoined,
        "unreachable": counts.unreachable,
    }


@screen("person.list", facts=overview_facts)
def overview(values: Values, t: Words) -> Reply:
    choices = []
    if values["unjoined"]:
        choices.append(Choice(t("person.unjoined", n=values["unjoined"]), "person:page:unjoined:-:0:0"))
        choices.append(Choice(t("person.links"), "person:links:0:0"))
    if values["unreachable"]:
        choices.append(Choice(t("person.unreachable", n=values["unreachable"]), "person:page:unreachable:-:0:0"))
    if values["rules"]:
        choices.append(Choice(t("handover.rules_button", n=values["rules"]), "handover:rules:1"))
    if values["twins"]:
        choices.append(Choice(t("person.twins_button", n=values["twins"]), "person:twins"))
    choices += [
        Choice(t("person.by_name"), "person:ask"),
        Choice(t("person.by_role"), "person:roles", row=1),
        Choice(t("person.by_village"), "person:villages", row=1),
        back(t),
    ]
    return Reply(t("person.overview", **values), tuple(choices))


def page_facts(
    session: Session, recipient_id: int | None, *, now: datetime, state: str, role: str, village_id: int, page: int
) -> Values | None:
    try:
        found = queries.list_people(
            session, officer_view(session, recipient_id, now), day=local_day(now), page=page, state=state, role=role,
            village_id=village_id or None,
        )  # fmt: skip
    except Refused:
        return None
    return {"state": state, "role": role, "village_id": village_id, **page_values(found)}


def page_values(found: PeoplePage) -> Values:
    lines = [{"id": line.id, "name": line.name, "unit": line.unit, "state": line.state} for line in found.lines]
    return {"lines": lines, "page": found.page, "pages": found.pages, "total": found.total, "title": found.title}


@screen("person.page", facts=page_facts)
def page(values: Values, t: Words) -> Reply:
    title = t(f"person.title_{values['state']}")
    parts = [values["title"], t(f"role.{values['role']}") if values["role"] else "", title]
    base = f"person:page:{values['state']}:{values['role'] or '-'}:{values['village_id']}"
    extra = []
    if values["village_id"] and values["state"] == "all":
        extra.append(Choice(t("person.village_links"), f"person:links:{values['village_id']}:0"))
    return _people(" · ".join(part for part in parts if part), base, values, t, extra)


def _people(title: str, base: str, values: Values, t: Words, extra: list[Choice]) -> Reply:
    """Up to ten people, each a numbered line and a button."""
    head = t("person.page_head", title=title, n=values["total"])
    if values["pages"] > 1:
        head += t("person.page_of", page=values["page"] + 1, pages=values["pages"])
    lines, choices = [head], []
    for number, line in enumerate(values["lines"], 1):
        unit = t("person.in_unit", unit=line["unit"]) if line["unit"] else ""
        lines.append(
            t("person.line", number=number, name=line["name"], unit=unit, state=t(f"person.state_{line['state']}"))
        )
        choices.append(
            Choice(f"{number} {line['name']}", f"person:card:{line['id']}", (line["name"],), row=(number + 1) // 2)
        )
    choices += [*turning(base, values, t), *extra, back(t, "person:list")]
    return Reply("\n".join(lines), tuple(choices))


def turning(base: str, values: Values, t: Words) -> list[Choice]:
    turns = []
    if values["page"] > 0:
        turns.append(Choice(t("person.previous"), f"{base}:{values['page'] - 1}", row=90))
    if values["page"] + 1 < values["pages"]:
        turns.append(Choice(t("person.next"), f"{base}:{values['page'] + 1}", row=90))
    return turns


def found_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_id: int, page: int
) -> Values | None:
    try:
        officer = officer_view(session, recipient_id, now)
        text = get_search(session, officer.id, draft_id)
    except Refused:
        return None
    found = queries.list_people(session, officer, day=local_day(now), page=page, text=text)
    return {"draft_id": draft_id, "text": text, **page_values(found)}


@screen("person.found", facts=found_facts)
def found(values: Values, t: Words) -> Reply:
    if not values["lines"]:
        again = Choice(t("person.by_name"), "person:ask")
        return Reply(t("person.none_found", text=values["text"]), (again, back(t, "person:list")))
    title = t("person.title_found", text=values["text"])
    return _people(title, f"person:found:{values['draft_id']}", values, t, [])


@screen("person.ask")
def ask(values: Values, t: Words) -> Reply:
    return Reply(t("person.ask"), (back(t, "person:list"),))


def roles_facts(session: Session, recipient_id: int | None, *, now: datetime) -> Values:
    officer = officer_view(session, recipient_id, now)
    return {"roles": [list(pair) for pair in queries.count_roles(session, officer, local_day(now))]}


@screen("person.roles", facts=roles_facts)
def roles(values: Values, t: Words) -> Reply:
    choices = [
        Choice(
            t("person.role_count", role=t(f"role.{role}"), n=count), f"person:page:all:{role}:0:0", (t(f"role.{role}"),)
        )
        for role, count in values["roles"]
    ]
    return Reply(t("person.which_role"), (*choices, back(t, "person:list")))


def villages_facts(session: Session, recipient_id: int | None, *, now: datetime) -> Values:
    return {
        "villages": [list(pair) for pair in queries.list_villages(session, officer_view(session, recipient_id, now))]
    }


@screen("person.villages", facts=villages_facts)
def villages(values: Values, t: Words) -> Reply:
    choices = [
        Choice(name, f"person:page:all:-:{village_id}:0", row=number // 2)
        for number, (village_id, name) in enumerate(values["villages"])
    ]
    return Reply(t("person.which_village"), (*choices, back(t, "person:list")))


def card_facts(session: Session, recipient_id: int | None, *, now: datetime, person_id: int) -> Values | None:
    try:
        queries.access_person(session, officer_view(session, recipient_id, now), person_id, "person.invite")
    except Refused:
        return None
    card = queries.get_card(session, person_id, local_day(now))
    return {
        "id": card.id,
        "name": card.name,
        "unit": card.unit,
        "phone": card.phone,
        "posts": [{"role": p.role, "post": p.post, "area": p.area, "unit": p.unit} for p in card.posts],
        "households": card.households,
        "state": card.state,
        "joined_on": local_day(card.joined_at) if card.joined_at else None,
        "unreachable_on": local_day(card.unreachable_at) if card.unreachable_at else None,
        "version": card.version,
        "recallable": len(list_recallable(session, person_id, local_day(now))),
    }


@screen("person.card", facts=card_facts)
def card(values: Values, t: Words) -> Reply:
    lines = [values["name"]]
    if values["posts"]:
        lines.append(t("person.card_posts", posts=t.join([post_words(post, t) for post in values["posts"]])))
    if values["unit"]:
        lines.append(t("person.card_unit", unit=values["unit"]))
    if values["phone"]:
        lines.append(t("person.card_phone", phone=values["phone"]))
    if values["households"]:
        lines.append(t("person.card_households", n=values["households"]))
    lines.append(_standing(values, t))
    person_id = values["id"]
    if values["state"] == "unjoined":
        choices = [Choice(t("person.invite"), f"person:invite:{person_id}")]
    else:
        choices = [
            Choice(t("person.rebind"), f"person:invite:{person_id}", row=1),
            Choice(t("person.unbind"), f"person:unbind:{person_id}:{values['version']}", row=1),
        ]
    return Reply("\n".join(lines), (*choices, *_household_buttons(values, t), back(t, "person:list")))


def _household_buttons(values: Values, t: Words) -> list[Choice]:
    """移交, 收回, 离岗: where there is something to move."""
    person_id, choices = values["id"], []
    if values["households"]:
        choices.append(Choice(t("handover.button"), f"handover:start:{person_id}", row=2))
    if values["recallable"]:
        choices.append(Choice(t("handover.recall_button"), f"handover:recall:{person_id}", row=2))
    choices.append(Choice(t("handover.leave_button"), f"handover:leave:{person_id}", row=2))
    return choices


def _standing(values: Values, t: Words) -> str:
    if values["state"] == "unjoined":
        return t("person.card_unjoined")
    if values["state"] == "unreachable":
        return t("person.card_unreachable", day=t.day(values["unreachable_on"]))
    return t("person.card_joined", day=t.day(values["joined_on"]))


def unbind_facts(
    session: Session, recipient_id: int | None, *, now: datetime, person_id: int, version: int = 0
) -> Values | None:
    values = card_facts(session, recipient_id, now=now, person_id=person_id)
    return None if values is None else {"id": person_id, "name": values["name"], "version": version}


@screen("person.unbind_ask", facts=unbind_facts)
def unbind_ask(values: Values, t: Words) -> Reply:
    confirm = Choice(
        t("person.unbind_yes"),
        f"person:unbind_yes:{values['id']}:{values['version']}",
        t.several("button.confirm_words"),
    )
    return Reply(t("person.unbind_ask", name=values["name"]), (confirm, back(t, f"person:card:{values['id']}")))


@screen("person.unbound", facts=unbind_facts)
def unbound(values: Values, t: Words) -> Reply:
    choices = (Choice(t("person.invite"), f"person:invite:{values['id']}"), back(t, f"person:card:{values['id']}"))
    return Reply(t("person.unbound", name=values["name"]), choices)
