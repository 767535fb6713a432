"""One record: what it says, 撤回 with a reason; 代录 and 属实."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.duty_lines import place
from handlers.screens.logged import outcome_words, photo_words
from handlers.screens.record_lines import change_lines, remark_lines
from handlers.screens.visits import day_words
from models import access
from models.access import PersonView
from models.errors import Refused
from models.households.queries import list_helpers, list_places
from models.notices import Notice
from models.times import local_day
from models.visits import corrections, queries, returns

REASONS = ("household", "date", "twice", "mistake")
ENTERED = ("met", "not_home", "away", "hospital", "unreachable", "declined")


def visit_facts(
    session: Session, recipient_id: int | None, *, now: datetime, visit_id: int, **more: Any
) -> Values | None:
    """A visit for its author, or for who may read its household."""
    view = queries.find_visit(session, visit_id)
    if view is None:
        return None
    person, today = reader(session, recipient_id, now), local_day(now)
    if view.person_id != person.id:
        try:
            access.access_household(session, person, view.place.household_id, "household.read", day=today)
        except Refused:
            return None
    mine = view.person_id == person.id
    may_return = not mine and _may_return(session, person, view, today)
    return {**asdict(view), **more, "today": today, "mine": mine, "may_return": may_return}


def _may_return(session: Session, person: PersonView, view: queries.VisitView, today: date) -> bool:
    if view.state != "confirmed" or not person.may("visit.return"):
        return False
    try:
        access.access_household(session, person, view.place.household_id, "visit.return", day=today)
    except Refused:
        return False
    return True


def detail_facts(session: Session, recipient_id: int | None, *, now: datetime, visit_id: int) -> Values | None:
    """The same with what was changed and what others remarked about it."""
    values = visit_facts(session, recipient_id, now=now, visit_id=visit_id)
    if values is None:
        return None
    changes = [asdict(version) for version in corrections.list_changes(session, visit_id)]
    remarks = [asdict(remark) for remark in returns.list_returns_of(session, visit_id)]
    about = remarks if values["mine"] or values["may_return"] else []
    return {**values, "changes": changes, "returns": about}


@screen("visit.detail", facts=detail_facts)
def detail(values: Values, t: Words) -> Reply:
    lines = [record_line(values, t)]
    if values["note"]:
        lines.append(values["note"][:600])
    if photos := photo_words(values["photos"], t):
        lines.append(photos)
    if values["entered_by"]:
        lines.append(t("visit.entered_by", name=values["entered_by"]))
    lines.append(t(f"visit.state.{values['state']}"))
    lines += [*change_lines(values, t), *remark_lines(values["returns"], t)]
    choices = see_photos(values, t)
    if values["mine"] and values["state"] == "confirmed":
        choices += [
            Choice(t("photo.add"), f"photo:more:{values['visit_id']}"),
            Choice(t("visit.take_back"), f"visit:withdraw:{values['visit_id']}", t.several("visit.take_back_words")),
        ]
    choices = [*about_record(values, t), *choices]
    return Reply("\n".join(lines), (*choices, back(t, f"household:show:{values['place']['household_id']}")))


def about_record(values: Values, t: Words) -> list[Choice]:
    """更正, 补充一句 and the answer to a remark for the author; 退回 for who may."""
    visit = f"{values['visit_id']}:{values['version']}"
    waiting = [each for each in values["returns"] if each["state"] == "open"]
    if values["may_return"] and not waiting:
        return [Choice(t("visit.return"), f"visit:return:{visit}", t.several("visit.return_words"))]
    if not values["mine"] or values["state"] != "confirmed":
        return []
    return [
        *(Choice(t("visit.reply_to"), f"visit:reply:{each['return_id']}") for each in waiting[:1]),
        Choice(t("visit.fix"), f"visit:correct:{values['visit_id']}", t.several("visit.fix_words"), 1),
        Choice(t("visit.fix.add"), f"visit:fix:{visit}:add", t.several("visit.fix.add_words"), 1),
    ]


def see_photos(values: Values, t: Words) -> list[Choice]:
    count = values["photos"].get("stored", 0) + values["photos"].get("waiting", 0)
    return [Choice(t("photo.see", n=count), f"photo:list:{values['visit_id']}:1")] if count else []


def record_line(values: Values, t: Words) -> str:
    return t(
        "visit.record", place=place(values["place"], t), day=day_words(values["visited_on"], values["today"], t),
        outcome=outcome_words(values, t), person=values["person"],
    )  # fmt: skip


@screen("visit.withdraw", facts=visit_facts)
def withdraw(values: Values, t: Words) -> Reply:
    """撤回: why; the record stays to be seen, with the reason."""
    choices = [
        Choice(t(f"visit.reason.{reason}"), f"visit:withdrawn:{values['visit_id']}:{reason}") for reason in REASONS
    ]
    text = "\n".join([record_line(values, t), t("visit.why_withdraw")])
    return Reply(text, (*choices, back(t, f"visit:card:{values['visit_id']}")))


@screen("visit.withdrawn", facts=visit_facts)
def withdrawn(values: Values, t: Words) -> Reply:
    text = "\n".join([record_line(values, t), t("visit.withdrawn")])
    return Reply(text, (Choice(t("keyboard.todo"), "duty:todo"), back(t)))


# --- 代录 --------------------------------------------------------------------------------------------------


def enter_facts(
    session: Session, recipient_id: int | None, *, now: datetime, household_id: int, today: str
) -> Values | None:
    person, day = reader(session, recipient_id, now), date.fromisoformat(today)
    try:
        access.access_household(session, person, household_id, "visit.log_for", day=day)
    except Refused:
        return None
    helpers = [list(helper) for helper in list_helpers(session, household_id, day)]
    return {"place": asdict(list_places(session, [household_id])[household_id]), "helpers": helpers, "today": day}


@screen("visit.enter", facts=enter_facts)
def enter(values: Values, t: Words) -> Reply:
    """代录: whose visit, today or yesterday; other days by the person's own word."""
    household, today = values["place"]["household_id"], values["today"]
    choices = [
        Choice(
            t("visit.enter_who", name=name, day=day_words(day, today, t)),
            f"visit:enter_as:{household}:{person}:{day.toordinal()}",
        )
        for person, name, _ in values["helpers"]
        for day in (today - timedelta(days=n) for n in range(3))
    ]
    key = "visit.enter" if choices else "visit.enter_nobody"
    return Reply(t(key, place=place(values["place"], t)), (*choices, back(t, f"household:show:{household}")))


def enter_outcome_facts(
    session: Session, recipient_id: int | None, *, now: datetime, household_id: int, person_id: int, day: str
) -> Values | None:
    found = enter_facts(session, recipient_id, now=now, household_id=household_id, today=local_day(now).isoformat())
    if found is None:
        return None
    return {**found, "person_id": person_id, "day": date.fromisoformat(day)}


@screen("visit.enter_outcome", facts=enter_outcome_facts)
def enter_outcome(values: Values, t: Words) -> Reply:
    household, day = values["place"]["household_id"], values["day"]
    tail = f"{household}:{values['person_id']}:{day.toordinal()}"
    name = next((name for person, name, _ in values["helpers"] if person == values["person_id"]), "")
    choices = [
        Choice(t(f"visit.outcome.{outcome}"), f"visit:enter_met:{tail}:{outcome}", (), n // 2)
        for n, outcome in enumerate(ENTERED)
    ]
    text = t("visit.enter_what", name=name, place=place(values["place"], t), day=day_words(day, values["today"], t))
    return Reply(text, (*choices, back(t, f"visit:enter:{household}")))


@screen("visit.entered", facts=visit_facts)
def entered(values: Values, t: Words) -> Reply:
    key = "visit.entered" if values["asked"] else "visit.entered_unjoined"
    text = "\n".join([record_line(values, t), t(key, name=values["person"])])
    return Reply(text, (back(t, f"household:show:{values['place']['household_id']}"),))


def attest_facts(session: Session, recipient_id: int | None, *, now: datetime, notice_ids: list[int]) -> Values | None:
    """A 代录 that waits for its person's word; None once it was given."""
    notice = session.get(Notice, notice_ids[0])
    visit_id = notice.visit_id if notice is not None else None
    if visit_id is None:
        return None
    facts = visit_facts(session, recipient_id, now=now, visit_id=visit_id)
    return facts if facts and facts["state"] == "unconfirmed" else None


@screen("visit.attest", facts=attest_facts)
def attest(values: Values, t: Words) -> Reply:
    """代录属实?"""
    text = "\n".join([t("visit.attest", name=values["entered_by"]), record_line(values, t)])
    return Reply(
        text,
        (
            Choice(t("visit.true"), f"visit:attest:{values['visit_id']}", t.several("visit.true_words")),
            Choice(t("visit.untrue"), f"visit:deny:{values['visit_id']}", t.several("visit.untrue_words")),
        ),
    )


@screen("visit.attested", facts=visit_facts)
def attested(values: Values, t: Words) -> Reply:
    key = "visit.attested" if values["state"] == "confirmed" else "visit.denied"
    return Reply("\n".join([record_line(values, t), t(key)]), (Choice(t("keyboard.mine"), "household:mine"), back(t)))
