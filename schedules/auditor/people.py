"""Whom nobody can reach: a blocked person who owes something, a level of the ladder without anybody."""

from sqlalchemy import exists, literal, or_, select
from sqlalchemy.orm import Session

from models.areas import Area
from models.duties import Duty
from models.people import Person
from models.recipients import list_holders, load_recipients
from models.rules import VISIT_RULE, RuleParameters, list_rules_for
from schedules.auditor.shapes import MOST, Check, Look, Stuck

VILLAGES = 200
"""Areas of one look."""
OF_A_HOUSEHOLD, OF_A_VILLAGE = "second_helper", "team_head"
OPEN = Duty.state == literal("open", literal_execute=True)


def find_unreachable(session: Session, look: Look) -> list[Stuck]:
    """People who blocked the bot and own an open duty: nobody reads their reminders."""
    owes = exists().where(Duty.person_id == Person.id, OPEN)
    query = select(Person.id).where(Person.unreachable_at.is_not(None), owes).order_by(Person.id).limit(MOST)
    if (ids := look.ids("person")) is not None:
        query = query.where(Person.id.in_(ids))
    return [Stuck(f"person:{each}", {"village_ids": _villages(session, each)}) for each in session.scalars(query)]


def _villages(session: Session, person_id: int) -> list[int]:
    query = select(Duty.village_id).where(Duty.person_id == person_id, OPEN, Duty.village_id.is_not(None))
    return [each for each in session.scalars(query.distinct().order_by(Duty.village_id).limit(MOST)) if each]


def find_nobody(session: Session, look: Look) -> list[Stuck]:
    """Steps of the ladder that would reach nobody: of team heads by village, of all others by the area above it."""
    roles = _roles(session, look)
    of = look.where(session, Area.id, "area", VILLAGES)
    if (ids := look.ids("area")) is not None:
        of = or_(of, Area.parent_id.in_(ids))
    owes = exists().where(Duty.village_id == Area.id, Duty.household_id.is_not(None), OPEN)
    above = {
        row.id: row.parent_id or row.id for row in session.execute(select(Area.id, Area.parent_id).where(of, owes))
    }
    found: dict[str, Stuck] = {}
    for role in roles if above else ():
        held = list_holders(session, role, above, look.today)
        people = load_recipients(session, [each for ids in held.values() for each in ids], look.today)
        for village, township in above.items():
            if not any(people[each].reachable for each in held.get(village, ()) if each in people):
                area = village if role == OF_A_VILLAGE else township
                found[f"area:{area}:{role}"] = Stuck(f"area:{area}:{role}")
    return list(found.values())[:MOST]


def _roles(session: Session, look: Look) -> list[str]:
    """Who stands on the ladder of the rules that hold today."""
    rules = list_rules_for(session, VISIT_RULE, look.today)
    steps = [step.who for rule in rules for step in RuleParameters.from_dict(rule.parameters).ladder]
    return [who for who in dict.fromkeys(steps) if who != OF_A_HOUSEHOLD]


CHECKS = (
    Check("person.unreachable", find_unreachable),
    Check("level.nobody", find_nobody),
)
