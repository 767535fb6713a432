"""Questions about rules: which version governs, what it says."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.installation import live_since
from models.rules.parameters import RuleParameters
from models.rules.tables import Rule


def newest_version(session: Session, code: str) -> Rule | None:
    """The newest version that holds for the whole installation."""
    return session.scalar(
        select(Rule).where(Rule.code == code, Rule.area_id.is_(None)).order_by(Rule.version.desc()).limit(1)
    )


def list_rules_for(session: Session, code: str, starts_on: date) -> list[Rule]:
    """The versions that govern a period beginning on `starts_on`: the newest one of each area that began by then.

    A rule's first version governs no period that began before the installation went live.
    """
    live = live_since(session)
    if live is None or live > starts_on:
        return []
    rules = select(Rule).where(Rule.code == code, Rule.starts_on <= starts_on).order_by(Rule.version)
    latest: dict[int | None, Rule] = {rule.area_id: rule for rule in session.scalars(rules)}
    return [rule for rule in latest.values() if rule.state == "on"]


def find_parameters(session: Session, rule_id: int) -> RuleParameters:
    return RuleParameters.from_dict(session.get_one(Rule, rule_id).parameters)
