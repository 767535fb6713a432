"""New versions of rules: from the configuration file at start, from the chat by confirmed changes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.installation import find_fact, set_fact
from models.rules.dates import DateParameters
from models.rules.families import complete
from models.rules.holding import find_own_version
from models.rules.parameters import VISIT_RULE, RuleParameters, Unseen
from models.rules.queries import SEEN
from models.rules.starting import next_start
from models.rules.tables import Rule


def add_version(
    session: Session,
    code: str,
    parameters: Mapping[str, Any],
    state: str,
    *,
    starts_on: date,
    source: str,
    now: datetime,
    locked: bool = False,
    author_id: int | None = None,
    area_id: int | None = None,
) -> Rule:
    """One more version of a rule for an area, for the whole installation without one; those before it stay as they
    are."""
    newest = find_own_version(session, code, area_id)
    rule = Rule(
        code=code,
        area_id=area_id,
        version=1 if newest is None else newest.version + 1,
        state=state,
        source=source,
        locked=locked,
        parameters=dict(parameters),
        author_id=author_id,
        starts_on=starts_on,
        created_at=now,
    )
    session.add(rule)
    session.flush()
    return rule


def seed_rule(
    session: Session,
    parameters: RuleParameters | DateParameters | Unseen,
    *,
    now: datetime,
    today: date,
    on: bool = True,
    locked: bool = False,
    code: str = VISIT_RULE,
) -> int:
    """Takes what the configuration file says of a rule: a changed file, or one that locks the rule, makes a version of
    it; the same file again changes nothing, whatever was changed in chat since.

    Returns the rule's newest version's id. A changed rule takes effect with the next period (engine.md 2); fixed dates
    settle that by the day on which their reminders begin.
    """
    newest = find_own_version(session, code, None)
    said = {"state": "on" if on else "off", "parameters": complete(code, parameters.to_dict())}
    if newest is not None and (said == _says(newest) or (not locked and said == _said_before(session, code))):
        newest.locked = locked
    else:
        starts_on = today
        if newest is not None and isinstance(parameters, RuleParameters):
            before = RuleParameters.from_dict(newest.parameters)
            starts_on = next_start(before.periods(), parameters.periods(), today)
        newest = add_version(
            session, code, parameters.to_dict(), str(said["state"]), starts_on=starts_on, source="toml",
            locked=locked, now=now,
        )  # fmt: skip
    if find_fact(session, _fact(code)) != said:
        set_fact(session, _fact(code), **said)
    return newest.id


def _fact(code: str) -> str:
    """Where it is noted what the file said last."""
    return f"rule_file:{code}"


def _says(rule: Rule) -> dict[str, Any]:
    return {"state": rule.state, "parameters": complete(rule.code, rule.parameters)}


def _said_before(session: Session, code: str) -> dict[str, Any] | None:
    """What the file said at the last start; in installations that did not note it yet, the newest version it made."""
    fact = find_fact(session, _fact(code))
    if fact is not None:
        return {"state": fact["state"], "parameters": complete(code, fact["parameters"])}
    made = select(Rule).where(Rule.code == code, Rule.source == "toml", Rule.area_id.is_(None))
    rule = session.scalar(made.order_by(Rule.version.desc()).limit(1))
    return None if rule is None else _says(rule)


def confirm_profile(session: Session, *, person_id: int, now: datetime) -> None:
    """The officer has seen how often households are visited here, and agrees."""
    set_fact(session, SEEN, at=now.isoformat(), by=person_id)
