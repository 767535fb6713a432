"""Villages with a rule of their own: the list, and the choice where a change is to hold."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens import rule_lines as lines
from handlers.screens.duties import reader
from handlers.screens.numbered import Numbered, pages
from models.access import household_scope
from models.drafts import Draft
from models.households import Household
from models.pages import fit_page
from models.rules import VISIT_RULE
from models.rules.changing import RIGHT
from models.rules.drafting import DRAFT
from models.rules.families import family_of
from models.rules.queries import get_rule
from models.rules.villages import list_villages
from models.times import local_day

PAGE = 9
"""The whole township is the tenth choice."""


def village_facts(session: Session, recipient_id: int | None, code: str, now: datetime) -> list[Values]:
    """The villages in the reader's reach with what holds there; none for a rule that is the same everywhere."""
    if not family_of(code).plans:
        return []
    paths = reader(session, recipient_id, now).paths(RIGHT)
    return [asdict(village) for village in list_villages(session, code, now, paths)]


def own_lines(villages: list[Values], t: Words) -> list[str]:
    """`另有规定:青山村(每月1次,25日到期)`; nothing where all villages have the township's rule."""
    said = [_own_line(each, t) for each in villages if each["own"] or each["later_own"]]
    return [t("rules.own_villages", villages=lines.some(said, t))] if said else []


def _own_line(village: Values, t: Words) -> str:
    """What is the village's own: today's, else what it is to be and from when."""
    if village["own"] or not village["later"]:
        said = lines.short(VISIT_RULE, village["parameters"], t)
        return t("rules.own_village", village=village["name"], said=said)
    said = lines.short(VISIT_RULE, village["later"], t)
    return t("rules.own_later", village=village["name"], said=said, day=t.day(village["later_on"]))


def _said(village: Values, t: Words) -> str:
    said = lines.short(VISIT_RULE, village["parameters"], t) if village["own"] else t("rules.same_here")
    return said + (t("rules.later", day=t.day(village["later_on"])) if village["later_on"] else "")


def _page(villages: list[Values], page: int) -> Values:
    page, last = fit_page(page, len(villages), PAGE)
    return {"items": villages[(page - 1) * PAGE : page * PAGE], "page": page, "pages": last, "total": len(villages)}


def list_facts(session: Session, recipient_id: int | None, *, now: datetime, code: str, page: int) -> Values:
    return {"code": code, **_page(village_facts(session, recipient_id, code, now), page)}


def _village_lines(values: Values, t: Words, data: str, numbered: Numbered) -> list[str]:
    """What holds in each village, with a button each; `data` is the button before the village."""
    told = []
    for each in values["items"]:
        line = t("rules.value", thing=each["name"], value=_said(each, t))
        told.append(numbered.line(line, Choice(each["name"], f"{data}:{each['area_id']}")))
    numbered.side_by_side(0)
    return told


@screen("rules.villages", facts=list_facts)
def list_all(values: Values, t: Words) -> Reply:
    """What holds in each village; a tap opens its card."""
    code, numbered = values["code"], Numbered()
    told = [t("rules.villages", name=lines.name(code, t)), *_village_lines(values, t, f"rule:card:{code}", numbered)]
    pages(values, t, f"rule:villages:{code}", numbered)
    return Reply("\n".join(told), (*numbered.choices, back(t, f"rule:card:{code}")))


def range_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_id: int, page: int
) -> Values | None:
    draft = session.get(Draft, draft_id)
    if draft is None or draft.person_id != recipient_id or draft.kind != DRAFT:
        return None
    villages = village_facts(session, recipient_id, draft.facts["code"], now)
    return {"draft_id": draft_id, "code": draft.facts["code"], **_page(villages, page)}


@screen("rules.where", facts=range_facts)
def choose_range(values: Values, t: Words) -> Reply:
    """The whole township, or one village."""
    draft, numbered = values["draft_id"], Numbered()
    told = [t("rules.where")]
    everywhere = Choice(t("rules.everywhere"), f"rule:range:{draft}:0", t.several("rules.everywhere_words"))
    told.append(numbered.line(t("rules.everywhere"), everywhere))
    told += _village_lines(values, t, f"rule:range:{draft}", numbered)
    pages(values, t, f"rule:where:{draft}", numbered)
    return Reply("\n".join(told), (*numbered.choices, back(t, f"rule:things:{draft}")))


def mine_facts(session: Session, recipient_id: int | None, *, now: datetime) -> Values:
    person, today = reader(session, recipient_id, now), local_day(now)
    roles = [role for role in ("helper", "team_head", "county") if person.has_role(role)]
    ids = set(
        session.scalars(select(Household.village_id).where(household_scope(person, "rule.read", today)).distinct())
    )
    here = [each for each in list_villages(session, VISIT_RULE, now) if each.area_id in ids]
    own = [asdict(each) for each in here if each.own]
    # Whoever has households in one village reads what holds there, not what holds elsewhere.
    area_id = own[0]["area_id"] if len(own) == len(ids) == 1 else None
    view = asdict(get_rule(session, VISIT_RULE, now, area_id))
    return {**view, "roles": roles, "villages": own if area_id is None else []}


@screen("rules.mine", facts=mine_facts)
def mine(values: Values, t: Words) -> Reply:
    """What holds for the reader: what is asked, when the bot reminds, and whom it tells when."""
    told, roles = [t("rules.mine_off")], set(values["roles"])
    if values["state"] == "on":
        told = [t("rules.mine"), *lines.visit_lines(values["parameters"], t), t("rules.mine_explain")]
    if values["state"] == "on" and roles - {"helper"}:
        steps = values["parameters"]["ladder"]
        told += [f"· {lines.step_words(step, t)}" for step in steps if "county" in roles or step["who"] == "team_head"]
    told += own_lines(values["villages"], t)
    if values["later_on"]:
        told.append(t("rules.mine_later", day=t.day(values["later_on"])))
    return Reply("\n".join(told), (back(t),))
