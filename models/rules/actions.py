"""New versions of rules: from the configuration file at start, from the chat by confirmed changes."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.installation import Fact, drop_facts, find_fact, live_since, set_fact
from models.rules.dates import DateParameters
from models.rules.families import complete
from models.rules.holding import EVER, REMOVED, find_own_version, find_version, lengths_until
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
    area_id: int | None = None,
) -> int:
    """Takes what the configuration file says of a rule, for the whole installation or one village: a changed file, or one that locks the rule, makes a version of
    it; the same file again changes nothing, whatever was changed in chat since.

    Returns the rule's newest version's id. A changed rule takes effect with the next period (engine.md 2); fixed dates
    settle that by the day on which their reminders begin.
    """
    newest = find_own_version(session, code, area_id)
    said = {"state": "on" if on else "off", "parameters": complete(code, parameters.to_dict())}
    if newest is not None and (said == _says(newest) or (not locked and said == _said_before(session, code, area_id))):
        newest.locked = locked
    else:
        newest = add_version(
            session, code, parameters.to_dict(), str(said["state"]), source="toml", locked=locked, area_id=area_id,
            starts_on=_start(session, code, parameters, area_id, today), now=now,
        )  # fmt: skip
    if find_fact(session, _fact(code, area_id)) != said:
        set_fact(session, _fact(code, area_id), **said)
    return newest.id


def _start(
    session: Session, code: str, parameters: RuleParameters | DateParameters | Unseen, area_id: int | None, today: date
) -> date:
    """Today for what is there first, else the next period that begins as before and as wanted."""
    before = find_version(session, code, EVER, area_id)
    if before is None or not isinstance(parameters, RuleParameters):
        return today
    if before.area_id != area_id and live_since(session) in (None, today):
        return today
    return next_start(lengths_until(session, code, area_id, today), parameters.periods(), today)


def release_areas(
    session: Session, kept: Collection[int], *, now: datetime, today: date, code: str = VISIT_RULE
) -> None:
    """Areas that the file named once and, but for those `kept`, names no more: unlocked, and back to the township's rule
    with the next period unless the chat has changed them since."""
    named = select(Rule.area_id).where(Rule.code == code, Rule.source == "toml", Rule.area_id.is_not(None)).distinct()
    for area_id in set(session.scalars(named)) - set(kept):
        newest, above = find_own_version(session, code, area_id), find_version(session, code, EVER)
        if newest is None or above is None:
            continue
        newest.locked = False
        if newest.source == "toml" and newest.state != REMOVED:
            before, after = lengths_until(session, code, area_id, today), RuleParameters.from_dict(above.parameters)
            add_version(
                session, code, above.parameters, REMOVED, starts_on=next_start(before, after.periods(), today),
                source="toml", area_id=area_id, now=now,
            )  # fmt: skip
        drop_facts(session, Fact.name == _fact(code, area_id))


def _fact(code: str, area_id: int | None) -> str:
    """Where it is noted what the file said last."""
    return f"rule_file:{code}" + ("" if area_id is None else f":{area_id}")


def _says(rule: Rule) -> dict[str, Any]:
    return {"state": rule.state, "parameters": complete(rule.code, rule.parameters)}


def _said_before(session: Session, code: str, area_id: int | None) -> dict[str, Any] | None:
    """What the file said at the last start; in installations that did not note it yet, the newest version it made."""
    fact = find_fact(session, _fact(code, area_id))
    if fact is not None:
        return {"state": fact["state"], "parameters": complete(code, fact["parameters"])}
    made = select(Rule).where(Rule.code == code, Rule.source == "toml", Rule.area_id.is_not_distinct_from(area_id))
    rule = session.scalar(made.order_by(Rule.version.desc()).limit(1))
    return None if rule is None else _says(rule)


def confirm_profile(session: Session, *, person_id: int, now: datetime) -> None:
    """The officer has seen how often households are visited here, and agrees."""
    set_fact(session, SEEN, at=now.isoformat(), by=person_id)
