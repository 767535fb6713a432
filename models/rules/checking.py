"""What a rule may not be here and now, whatever its values allow: only what a change changes is looked at."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from models.duties.tables import Duty
from models.errors import Refused
from models.households import Household
from models.people import Grant, current_grants
from models.rules.dates import DateParameters
from models.rules.parameters import RuleParameters
from models.rules.tables import Rule


def check_here(
    session: Session,
    newest: Rule | None,
    wanted: Mapping[str, Any],
    changes: Mapping[str, Any],
    area_id: int | None,
    today: date,
) -> None:
    """What a visit rule may not be in this township, or in a village: nobody to be visited, a level nobody holds, a kind
    of household there is none of. `newest` is the version that is to be changed.

    Raises Refused("rule.empty_scope"), ("rule.nobody_<role>"), ("rule.no_such_households").
    """
    parameters = RuleParameters.from_dict(wanted)
    before = RuleParameters.from_dict(newest.parameters) if newest else RuleParameters(ladder=())
    of_village = true() if area_id is None else Household.village_id == area_id
    kinds = set(session.scalars(select(Household.kind).where(Household.status == "active", of_village).distinct()))
    if changes.keys() & {"needed", "kinds"} and not any(parameters.quota_for(kind).needed for kind in kinds):
        raise Refused("rule.empty_scope")
    if "kinds" in changes and set(changes["kinds"]) - set(before.kinds) - kinds:
        raise Refused("rule.no_such_households")
    if "ladder" in changes:
        _check_holders(session, before, parameters, today)


def _check_holders(session: Session, before: RuleParameters, parameters: RuleParameters, today: date) -> None:
    held = set(session.scalars(select(Grant.role).where(Grant.on_ladder, current_grants(today)).distinct()))
    # Early steps that shorter periods made shorter are nobody's wish.
    early = {(step.level, step.who) for step in before.ladder if step.level < 0}
    new = [step for step in parameters.ladder if step not in before.ladder and (step.level, step.who) not in early]
    for who in dict.fromkeys(step.who for step in new):
        if who != "second_helper" and who not in held:
            raise Refused(f"rule.nobody_{who}")


def check_once(session: Session, code: str, newest: Rule | None, wanted: Mapping[str, Any], today: date) -> None:
    """A day that comes once is still to come, and was not asked for before. Raises Refused("rule.date_past"),
    ("rule.date_taken", day)."""
    said = DateParameters.from_dict(wanted)
    new = set(said.days) - set(newest.parameters["days"] if newest else ()) if said.every == "once" else set()
    if min(new, default="9") < today.isoformat():
        raise Refused("rule.date_past")
    asked = select(Duty.period).where(Duty.rule_code == code, Duty.period.in_(new)).limit(1)
    if (day := session.scalar(asked)) is not None:
        raise Refused("rule.date_taken", day=day)
