"""可能重复的人 in words: the pairs, both rows side by side, what was joined."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.handovers import short_names
from handlers.screens.numbered import Numbered
from models.errors import Refused
from models.handovers.plans import name_of
from models.people import merging
from models.secrets import mask
from models.times import local_day


def twins_facts(session: Session, recipient_id: int | None, *, now: datetime) -> Values:
    found = merging.list_twins(session, reader(session, recipient_id, now))
    return {"pairs": [{**asdict(each), "pair": merging.better_first(session, each.a_id, each.b_id)} for each in found]}


@screen("person.twins", facts=twins_facts)
def twins(values: Values, t: Words) -> Reply:
    """Each pair with why it may be one person."""
    if not values["pairs"]:
        return Reply(t("person.no_twins"), (back(t, "person:list"),))
    numbered, lines = Numbered(), [t("person.twins", n=len(values["pairs"]))]
    for each in values["pairs"]:
        keep_id, gone_id = each["pair"]
        label = each["a"] if each["a"] == each["b"] else t("person.both", a=each["a"], b=each["b"])
        line = t(f"person.twins_{each['why']}", names=label)
        lines.append(numbered.line(line, Choice(label, f"person:pair:{keep_id}:{gone_id}")))
    return Reply("\n".join(lines), (*numbered.choices, back(t, "person:list")))


def pair_facts(
    session: Session, recipient_id: int | None, *, now: datetime, keep_id: int, gone_id: int
) -> Values | None:
    try:
        keep, gone = merging.compare(session, reader(session, recipient_id, now), keep_id, gone_id, local_day(now))
    except Refused:
        return None
    sides = [{**asdict(side), "phone": mask((side.phone or "").removeprefix("+86"))} for side in (keep, gone)]
    return {"keep": sides[0], "gone": sides[1]}


@screen("person.pair", facts=pair_facts)
def pair(values: Values, t: Words) -> Reply:
    """Which goes on, which is joined to it, and what moves."""
    keep, gone = values["keep"], values["gone"]
    lines = [t("person.keep"), *side_lines(keep, t), t("person.gone"), *side_lines(gone, t), t("person.merge_does")]
    ids = f"{keep['id']}:{gone['id']}"
    choices = (
        Choice(t("person.merge"), f"person:merge:{ids}", t.several("button.confirm_words")),
        Choice(t("person.swap"), f"person:pair:{gone['id']}:{keep['id']}"),
        back(t, "person:twins"),
    )
    return Reply("\n".join(lines), choices)


def side_lines(side: Values, t: Words) -> list[str]:
    joined = t("person.card_joined", day=t.day(side["joined_on"])) if side["joined_on"] else t("person.card_unjoined")
    lines = [t("person.side", name=side["name"], unit=side["unit"] or t("person.no_unit"), joined=joined)]
    if side["phone"]:
        lines.append(t("person.card_phone", phone=side["phone"]))
    if side["posts"]:
        lines.append(t("person.card_posts", posts=t.join([t(f"role.{role}") for role in side["posts"]])))
    if side["households"]:
        lines.append(t("person.side_households", names=short_names(list(side["households"]), t)))
    lines.append(t("person.side_visits", n=side["visits"]))
    return lines


def merged_facts(session: Session, recipient_id: int | None, *, now: datetime, person_id: int) -> Values:
    return {"id": person_id, "name": name_of(session, person_id)}


@screen("person.merged", facts=merged_facts)
def merged(values: Values, t: Words) -> Reply:
    choices = (Choice(values["name"], f"person:card:{values['id']}"), back(t, "person:twins"))
    return Reply(t("person.merged", name=values["name"]), choices)
