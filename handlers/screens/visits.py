"""记走访 by taps: the list, one household, 没见到人, another day."""

from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.duty_lines import place
from handlers.screens.numbered import Numbered, pages
from handlers.screens.standing_lines import due_line, standing_line
from models import access
from models.errors import Refused
from models.households.standing import list_most_due, list_standing
from models.times import local_day

DAYS_BACK = 7
MISSED = ("not_home", "away", "hospital", "unreachable", "declined", "deceased")


def choose_facts(session: Session, recipient_id: int | None, *, now: datetime, page: int) -> Values:
    found = list_most_due(session, reader(session, recipient_id, now), local_day(now), page)
    return {"items": [asdict(each) for each in found.items], "page": found.page, "pages": found.pages}


@screen("visit.choose", facts=choose_facts)
def choose(values: Values, t: Words) -> Reply:
    """Which household: those that need it most first; a word is as good as a tap."""
    if not values["items"]:
        return Reply(t("visit.none"), (back(t),))
    numbered = Numbered()
    lines = [t("visit.choose")]
    for item in values["items"]:
        name = item["place"]["name"]
        tap = Choice(name, f"visit:house:{item['place']['household_id']}", (name,))
        lines.append(numbered.line(due_line(item, t), tap))
    numbered.side_by_side(0, 3)
    pages(values, t, "visit:page", numbered)
    return Reply("\n".join([*lines, t("visit.choose_hint")]), (*numbered.choices, back(t)))


def house_facts(
    session: Session, recipient_id: int | None, *, now: datetime, household_id: int, day: str, stale: bool = False
) -> Values | None:
    """One household as a visit begins; None once it is no longer the reader's."""
    person, today, on = reader(session, recipient_id, now), local_day(now), date.fromisoformat(day)
    try:
        access.access_household(session, person, household_id, "household.read", day=today)
    except Refused:
        return None
    (standing,) = list_standing(session, [household_id], today)
    return {"item": asdict(standing), "day": on, "today": today, "stale": stale}


@screen("visit.house", facts=house_facts)
def house(values: Values, t: Words) -> Reply:
    """见到,没新情况 / 见到,有情况 / 没见到人, for the day shown."""
    item, day = values["item"], values["day"]
    household = item["place"]["household_id"]
    dated = f"{household}:{day.toordinal()}"
    made = values["today"].toordinal()
    lines = [t("visit.stale_screen")] if values["stale"] else []
    lines += [standing_line(item, t), t("visit.day", day=day_words(day, values["today"], t))]
    return Reply(
        "\n".join(lines),
        (
            Choice(t("visit.met"), f"visit:met:{dated}:{made}", t.several("visit.met_words")),
            Choice(t("visit.met_more"), f"visit:words:{dated}", t.several("visit.met_more_words")),
            Choice(t("visit.missed"), f"visit:missed:{dated}", t.several("visit.missed_words")),
            Choice(t("visit.phoned"), f"visit:phone:{dated}:{made}", t.several("visit.phoned_words")),
            Choice(t("visit.other_day"), f"visit:days:{household}", t.several("visit.other_day_words")),
            back(t, "visit:start"),
        ),
    )


def day_words(day: date, today: date, t: Words) -> str:
    """`今天 11月20日`, `昨天 …`, else the day alone."""
    near = {0: "visit.today", 1: "visit.yesterday"}.get((today - day).days)
    return t(near, day=t.day(day)) if near else t.day(day, weekday=True)


@screen("visit.days")
def days(values: Values, t: Words) -> Reply:
    """Another day: the last seven; older ones are said in words."""
    household, today = values["household_id"], date.fromisoformat(values["today"])
    choices = [
        Choice(day_words(day, today, t), f"visit:house:{household}:{day.toordinal()}", (t.day(day),), n // 2)
        for n, day in enumerate(today - timedelta(days=n) for n in range(DAYS_BACK))
    ]
    return Reply(t("visit.which_day"), (*choices, back(t, f"visit:house:{household}")))


@screen("visit.words", facts=house_facts)
def words(values: Values, t: Words) -> Reply:
    item, day = values["item"], values["day"]
    text = t("visit.say", place=place(item["place"], t), day=day_words(day, values["today"], t))
    return Reply(text, (back(t, f"visit:house:{item['place']['household_id']}:{day.toordinal()}"),))


@screen("visit.missed", facts=house_facts)
def missed(values: Values, t: Words) -> Reply:
    """没见到人: what it was; every answer leads to a card first."""
    item, day = values["item"], values["day"]
    household = item["place"]["household_id"]
    dated = f"{household}:{day.toordinal()}"
    choices = [
        Choice(
            t(f"visit.outcome.{outcome}"),
            f"visit:death:{dated}" if outcome == "deceased" else f"visit:outcome:{dated}:{outcome}",
            (),
            n // 2,
        )
        for n, outcome in enumerate(MISSED)
    ]
    text = t("visit.why_missed", place=place(item["place"], t), day=day_words(day, values["today"], t))
    return Reply(text, (*choices, back(t, f"visit:house:{household}:{day.toordinal()}")))
