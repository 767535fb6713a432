"""Registers of people: families by household and member numbers, and the rule that makes their duties."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties.planning import plan_households
from models.households import Member
from models.installation import set_fact
from models.rules import VISIT_RULE, RuleParameters, list_rules_for, seed_rule
from models.sheets.rosters import Roster
from tests.models.imports.sheets import NOW, TODAY, get, sheet

HEADER = ("村", "组", "户编号", "人编号", "姓名", "证件号码", "与户主关系", "帮扶责任人", "责任人电话")
NING, MEI, QIANG, PING = "999665197501243511", "999409195104204788", "999333196205258995", "999123195001011239"
LATER = NOW + timedelta(days=1)


def person(number: str, name: str, id_number: str = "", relation: str = "户主", **more: str) -> dict[str, Any]:
    return {
        "村": "青山村",
        "组": "4组",
        "户编号": number,
        "姓名": name,
        "证件号码": id_number,
        "与户主关系": relation,
        **more,
    }


def register(*people: dict[str, Any]) -> Roster:
    return sheet(people, HEADER)


FAMILY = (
    person("1", "李宁", NING, 帮扶责任人="吴祥", 责任人电话="19900000105"),
    person("1", "王梅", MEI, "配偶"),
    person("1", "李强", QIANG, "长子"),
)
WANGS = (person("2", "王平", PING, 帮扶责任人="吴云", 责任人电话="19900000101"),)


def people_of(session: Session, number: str) -> list[str]:
    home = get(session, number)
    names = select(Member.name).where(Member.household_id == home.id, Member.ended_on.is_(None)).order_by(Member.id)
    return list(session.scalars(names))


def rules_begin(session: Session) -> None:
    """Two visits a month, since long ago."""
    set_fact(session, "live_since", day="2026-01-01")
    seed_rule(session, RuleParameters(), now=NOW, today=date(2026, 1, 1))


def plan(session: Session) -> None:
    rules = list_rules_for(session, VISIT_RULE, date(2026, 11, 1))
    plan_households(session, rules, "month", TODAY, 1, 10**6, now=LATER)
