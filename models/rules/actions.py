"""What the configuration file says of a rule enters the table."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from models.rules.parameters import VISIT_RULE, RuleParameters
from models.rules.queries import newest_version
from models.rules.tables import Rule


def seed_rule(
    session: Session, parameters: RuleParameters, *, now: datetime, today: date, on: bool = True, locked: bool = False
) -> int:
    """Makes the configuration file's visit rule the current one; the same again changes nothing.

    Returns the rule's id. A changed rule takes effect with the next period (engine.md 2).
    """
    newest = newest_version(session, VISIT_RULE)
    state = "on" if on else "off"
    if newest is not None and newest.state == state and RuleParameters.from_dict(newest.parameters) == parameters:
        newest.locked = locked
        return newest.id
    rule = Rule(
        code=VISIT_RULE,
        version=1 if newest is None else newest.version + 1,
        state=state,
        source="toml",
        locked=locked,
        parameters=parameters.to_dict(),
        starts_on=today,
        created_at=now,
    )
    session.add(rule)
    session.flush()
    return rule.id
