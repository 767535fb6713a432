"""我的户, 查户 and a household's card in words."""

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, changes, screen
from handlers.screens.duties import reader
from handlers.screens.duty_lines import place
from handlers.screens.logged import outcome_words
from handlers.screens.numbered import Numbered, pages
from handlers.screens.standing_lines import figures, last_met, standing_line
from handlers.screens.visits import day_words
from models.drafts import Draft
from models.errors import Refused
from models.households import Household, queries
from models.households.nicknames import list_nicknames
from models.households.standing import list_most_due, list_standing
from models.notices import Notice
from models.times import local_day
from models.visits.queries import find_visit

MEMBERS_SHOWN = 8


def mine_facts(session: Session, recipient_id: int | None, *, now: datetime, page: int) -> Values:
    person, today = reader(session, recipient_id, now), local_day(now)
    right = "visit.log" if person.may("visit.log") else "household.read"
    found = list_most_due(session, person, today, page, right)
    return {
        "items": [asdict(each) for each in found.items], "page": found.page, "pages": found.pages, "total": found.total,
    }  # fmt: skip


@screen("household.mine", facts=mine_facts)
def mine(values: Values, t: Words) -> Reply:
    """我的户: last visit, count of the period, what is due when; each line opens its card."""
    if not values["items"]:
        return Reply(t("household.none"), (back(t),))
    numbered = Numbered()
    lines = [t("household.mine", n=values["total"])]
    for item in values["items"]:
        name = item["place"]["name"]
        tap = Choice(name, f"household:show:{item['place']['household_id']}", (name,))
        lines.append(numbered.line(standing_line(item, t), tap))
    numbered.side_by_side(0, 3)
    pages(values, t, "household:mine", numbered)
    return Reply("\n".join(lines), (*numbered.choices, Choice(t("keyboard.visit"), "visit:start"), back(t)))


@screen("household.ask")
def ask(values: Values, t: Words) -> Reply:
    return Reply(t("household.ask"), (back(t),))


def found_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_id: int, page: int
) -> Values | None:
    draft = session.get(Draft, draft_id)
    if draft is None or draft.person_id != recipient_id:
        return None
    person = reader(session, recipient_id, now)
    found = queries.find_households(session, person, draft.words or "", day=local_day(now), page=page)
    return {
        "items": [asdict(each) for each in found.items], "page": found.page, "pages": found.pages,
        "total": found.total, "draft_id": draft_id,
    }  # fmt: skip


@screen("household.found", facts=found_facts)
def found(values: Values, t: Words) -> Reply:
    numbered = Numbered()
    lines = [t("household.found", n=values["total"])]
    for item in values["items"]:
        tap = Choice(item["name"], f"household:show:{item['household_id']}", (item["name"],))
        lines.append(numbered.line(place(item, t), tap))
    numbered.side_by_side(0, 3)
    pages(values, t, f"household:found:{values['draft_id']}", numbered)
    return Reply("\n".join(lines), (*numbered.choices, back(t)))


RIGHTS = ("visit.log", "visit.log_for", "household.phone", "assignment.write")
"""Rights whose buttons the card shows."""


def card_facts(session: Session, recipient_id: int | None, *, now: datetime, household_id: int) -> Values | None:
    person, today = reader(session, recipient_id, now), local_day(now)
    try:
        card = queries.get_card(session, person, household_id, day=today)
    except Refused:
        return None
    (standing,) = list_standing(session, [household_id], today)
    return {
        **asdict(card), "standing": asdict(standing), "today": today,
        "away_until": _away_until(session, household_id, today),
        "nicknames": len(list_nicknames(session, person.id, household_id)), **changes.card_facts(session, household_id),
        "may": [right for right in RIGHTS if person.may(right)],
    }  # fmt: skip


def _away_until(session: Session, household_id: int, today: date) -> date | None:
    until = session.get_one(Household, household_id).away_until
    return until if until is not None and until >= today else None


@screen("household.card", facts=card_facts)
def card(values: Values, t: Words) -> Reply:
    """One household: who lives there, who helps, how it stands, the last visits."""
    household = values["place"]["household_id"]
    lines = [place(values["place"], t), *about_lines(values, t), *standing_lines(values["standing"], t)]
    lines += changes.card_lines(values, t)
    if values["visits"]:
        lines.append(t("household.visits", n=values["visits_total"], photos=values["photos_total"]))
        lines += ["· " + visit_line(visit, values["today"], t) for visit in values["visits"][:3]]
    if values["away_until"]:
        lines.append(t("household.away", day=t.day(values["away_until"])))
    choices = death_choices(household, t) if values["place"]["paused"] and "assignment.write" in values["may"] else []
    if values["away_until"] and "visit.log" in values["may"]:
        choices.append(Choice(t("household.is_back"), f"household:back:{household}", t.several("household.is_back_words")))
    if "visit.log" in values["may"]:
        choices.append(Choice(t("household.log"), f"visit:household:{household}"))
    if "visit.log_for" in values["may"]:
        choices.append(Choice(t("household.enter"), f"visit:enter:{household}"))
    if values["visits"]:
        choices.append(
            Choice(
                t("household.all_visits"), f"household:visits:{household}:1", t.several("household.all_visits_words")
            )
        )
    if values["phone"] and "household.phone" in values["may"]:
        choices.append(
            Choice(t("household.phone_button"), f"household:phone:{household}", t.several("household.phone_words"))
        )
    if "assignment.write" in values["may"]:
        act = "second" if any(position == "first" for _, _, position in values["helpers"]) else "assign"
        choices.append(Choice(t(f"handover.{act}_button"), f"handover:{act}:{household}"))
    if values["nicknames"]:
        choices.append(Choice(t("nickname.button"), f"nickname:list:{household}"))
    choices += changes.card_choices(values, t)
    return Reply("\n".join(lines), (*choices, back(t, "household:mine")))


def about_lines(values: Values, t: Words) -> list[str]:
    lines = [
        t(
            "household.about",
            kind=t(f"household.kind.{values['kind']}"),
            number=values["place"]["number"] or t("household.no_number"),
        )
    ]
    if values["cause"]:
        lines.append(t("household.cause", cause=t(f"roster.cause_{values['cause']}")))
    if values["members"]:
        named = [
            name + (f"({relation})" if relation else "") for name, relation, _ in values["members"][:MEMBERS_SHOWN]
        ]
        more = len(values["members"]) - len(named)
        lines.append(t("household.members", n=len(values["members"]), names=t.join(named) + ("…" if more > 0 else "")))
    elif values["people_count"]:
        lines.append(t("household.people", n=values["people_count"]))
    helpers = [t(f"household.position.{position}", name=name) for _, name, position in values["helpers"]]
    lines.append(t("household.helpers", names=t.join(helpers)) if helpers else t("household.no_helper"))
    if values["phone"]:
        lines.append(t("household.phone_masked", phone=values["phone"]))
    return lines


def standing_lines(item: Values, t: Words) -> list[str]:
    if item["place"]["paused"]:
        return [last_met(item, t), t("household.paused")]
    duties = [duty for duty in (item["this"], *item["older"]) if duty]
    if not duties:
        return [last_met(item, t), t("household.month", n=item["month_days"])]
    return [last_met(item, t), *(figures(duty, t) for duty in duties)]


def visit_line(visit: Values, today: date, t: Words) -> str:
    """`11月20日 见到 张伟(照片2张)`."""
    text = t(
        "household.visit",
        day=day_words(visit["visited_on"], today, t),
        outcome=outcome_words(visit, t),
        person=visit["person"],
    )
    if visit["photos"]:
        text += t("household.with_photos", n=visit["photos"])
    if visit["state"] != "confirmed":
        text += t(f"household.state.{visit['state']}")
    return text


def visits_facts(
    session: Session, recipient_id: int | None, *, now: datetime, household_id: int, page: int
) -> Values | None:
    person, today = reader(session, recipient_id, now), local_day(now)
    try:
        card = queries.get_card(session, person, household_id, day=today)
    except Refused:
        return None
    size = queries.PAGE
    rows = queries.list_visits(session, person, household_id, limit=size + 1, offset=(page - 1) * size)
    return {
        "place": asdict(card.place), "items": [asdict(each) for each in rows[:size]], "page": page,
        "pages": page + (len(rows) > size), "today": today,
    }  # fmt: skip


@screen("household.visits", facts=visits_facts)
def visits(values: Values, t: Words) -> Reply:
    """走访记录: ten a page, newest first; one's own can be opened."""
    household = values["place"]["household_id"]
    numbered = Numbered()
    lines = [t("household.visits_title", place=place(values["place"], t))]
    for item in values["items"]:
        tap = Choice(t.day(item["visited_on"]), f"visit:card:{item['visit_id']}")
        lines.append(numbered.line(visit_line(item, values["today"], t), tap))
    if not values["items"]:
        lines.append(t("household.no_visits"))
    numbered.side_by_side(0, 3)
    pages(values, t, f"household:visits:{household}", numbered)
    return Reply("\n".join(lines), (*numbered.choices, back(t, f"household:show:{household}")))


def phone_facts(session: Session, recipient_id: int | None, *, now: datetime, household_id: int) -> Values | None:
    """The number is read at send and never kept in the outbox."""
    person, today = reader(session, recipient_id, now), local_day(now)
    try:
        number = queries.get_phone(session, person, household_id, day=today)
    except Refused:
        return None
    return {"place": asdict(queries.list_places(session, [household_id])[household_id]), "phone": number}


@screen("household.phone", facts=phone_facts)
def phone(values: Values, t: Words) -> Reply:
    text = t("household.phone", place=place(values["place"], t), phone=values["phone"] or t("household.no_phone"))
    return Reply(text, (back(t, f"household:show:{values['place']['household_id']}"),))


# --- after a death was reported ----------------------------------------------------------------------------


def deceased_facts(session: Session, recipient_id: int | None, *, now: datetime, notice_ids: list[int]) -> Values | None:
    """A reported death for the officer; None once it was taken back or decided."""
    notice = session.get(Notice, notice_ids[0])
    visit = find_visit(session, notice.visit_id) if notice is not None and notice.visit_id else None
    if visit is None or visit.state != "confirmed" or not visit.place.paused:
        return None
    return {**asdict(visit), "today": local_day(now)}


@screen("household.deceased", facts=deceased_facts)
def deceased(values: Values, t: Words) -> Reply:
    """Urgent, to the officer: reminders have stopped, please check and decide."""
    household = values["place"]["household_id"]
    text = t(
        "household.deceased",
        place=place(values["place"], t),
        person=values["person"],
        day=day_words(values["visited_on"], values["today"], t),
    )
    if values["note"]:
        text += "\n" + t("household.said", note=values["note"][:300])
    return Reply(
        text,
        (
            Choice(t("household.look"), f"household:show:{household}"),
            *death_choices(household, t),
        ),
    )


def death_choices(household: int, t: Words) -> list[Choice]:
    return [
        Choice(t("household.goes_on"), f"household:resume:{household}", t.several("household.goes_on_words")),
        Choice(t("household.has_ended"), f"household:end:{household}", t.several("household.has_ended_words")),
    ]


def place_facts(session: Session, recipient_id: int | None, *, now: datetime, household_id: int) -> Values:
    return {"place": asdict(queries.list_places(session, [household_id])[household_id])}


@screen("household.resumed", facts=place_facts)
def resumed(values: Values, t: Words) -> Reply:
    text = t("household.resumed", place=place(values["place"], t))
    return Reply(text, (back(t, f"household:show:{values['place']['household_id']}"),))


@screen("household.ended", facts=place_facts)
def ended(values: Values, t: Words) -> Reply:
    return Reply(t("household.ended", place=place(values["place"], t)), (back(t),))
