"""全家外出: 到什么时候回来, 回来了; and who it is that has died."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.duty_lines import place
from handlers.screens.visits import day_words, house_facts
from models import access
from models.errors import Refused
from models.households.queries import list_places
from models.times import local_day
from models.visits import queries


def until_words_facts(
    session: Session, recipient_id: int | None, *, now: datetime, visit_id: int, again: bool = False
) -> Values | None:
    view = queries.find_visit(session, visit_id)
    if view is None or view.person_id != recipient_id:
        return None
    return {"visit_id": visit_id, "draft_id": view.draft_id, "place": asdict(view.place), "again": again,
            "until": view.away_until}  # fmt: skip


@screen("visit.until_words", facts=until_words_facts)
def until_words(values: Values, t: Words) -> Reply:
    """打字说日期: one line with a day."""
    key = "visit.until_again" if values["again"] else "visit.until_words"
    return Reply(
        t(key, place=place(values["place"], t)),
        (
            Choice(
                t("visit.until.unknown"), f"visit:until:{values['visit_id']}:0", t.several("visit.until.unknown_words")
            ),
            back(t, f"visit:card:{values['visit_id']}"),
        ),
    )


@screen("visit.until_said", facts=until_words_facts)
def until_said(values: Values, t: Words) -> Reply:
    """What it means: one call a month is enough while they are away."""
    text = t("visit.until_said", place=place(values["place"], t), day=t.day(values["until"]) if values["until"] else "")
    return Reply(text, (Choice(t("visit.next"), "visit:start"), back(t, f"visit:card:{values['visit_id']}")))


def back_facts(session: Session, recipient_id: int | None, *, now: datetime, household_id: int) -> Values | None:
    person, today = reader(session, recipient_id, now), local_day(now)
    try:
        access.access_household(session, person, household_id, "household.read", day=today)
    except Refused:
        return None
    return {"place": asdict(list_places(session, [household_id])[household_id])}


@screen("household.back", facts=back_facts)
def is_back(values: Values, t: Words) -> Reply:
    """回来了: as usual again."""
    household = values["place"]["household_id"]
    log = Choice(t("household.log"), f"visit:household:{household}")
    return Reply(t("household.back", place=place(values["place"], t)), (log, back(t, f"household:show:{household}")))


@screen("visit.death", facts=house_facts)
def death(values: Values, t: Words) -> Reply:
    """Asked gently: the head has died, or somebody else and the household goes on."""
    item, day = values["item"], values["day"]
    dated = f"{item['place']['household_id']}:{day.toordinal()}"
    text = t("visit.who_died", place=place(item["place"], t), day=day_words(day, values["today"], t))
    return Reply(
        text,
        (
            Choice(t("visit.answer.death.deceased"), f"visit:outcome:{dated}:deceased", t.several("visit.answer.death.deceased_words")),
            Choice(t("visit.answer.death.member"), f"visit:words:{dated}", t.several("visit.answer.death.member_words")),
            back(t, f"visit:missed:{dated}"),
        ),
    )  # fmt: skip
