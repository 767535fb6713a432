"""Villages with a rule of their own: each with what holds there, and what is to come."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from models.areas import Area
from models.errors import Refused
from models.rules.families import complete, family_of
from models.rules.holding import EVER, REMOVED, find_later_day, find_own_version, list_versions_on
from models.rules.tables import Rule
from models.times import local_day


@dataclass(frozen=True)
class VillageRule:
    """What holds in a village today. `own`: a version of its own holds, `later_own`: one will once all that is made has
    begun, from `later_on` (None: nothing is to come) with the parameters `later`."""

    area_id: int
    name: str
    own: bool
    state: str
    parameters: dict[str, Any]
    later_own: bool
    later_on: date | None
    later: dict[str, Any] | None


def list_villages(session: Session, code: str, now: datetime, paths: Collection[str] = ("/",)) -> list[VillageRule]:
    """Every village below one of these paths, by name, with what holds there."""
    today, default = local_day(now), family_of(code).default
    holding, coming = ({rule.area_id: rule for rule in list_versions_on(session, code, day)} for day in (today, EVER))
    here = or_(false(), *(Area.path.startswith(path, autoescape=True) for path in paths))
    rows = session.execute(
        select(Area.id, Area.name)
        .where(Area.level == "village", Area.ended_on.is_(None), here)
        .order_by(Area.name, Area.id)
    )
    found = []
    for row in rows:
        now_rule, then = (of.get(row.id) or of.get(None) for of in (holding, coming))
        own = {holding.get(row.id), coming.get(row.id)} - {None}
        later_on = find_later_day(session, code, row.id, today) if own else None
        found.append(
            VillageRule(
                row.id, row.name, row.id in holding, now_rule.state if now_rule else "off",
                complete(code, now_rule.parameters if now_rule else default), row.id in coming, later_on,
                complete(code, then.parameters) if later_on and then else None,
            )
        )  # fmt: skip
    return found


def village_name(session: Session, area_id: int | None) -> str:
    """What a village is called; empty for the whole township."""
    area = session.get(Area, area_id) if area_id is not None else None
    return area.name if area is not None else ""


def check_village(session: Session, code: str, area_id: int) -> Area:
    """A village whose rule may differ. Raises Refused("rule.no_village")."""
    area = session.get(Area, area_id)
    if area is None or area.level != "village" or area.ended_on is not None or not family_of(code).plans:
        raise Refused("rule.no_village")
    return area


def has_own(session: Session, code: str, area_id: int) -> bool:
    """Whether a version of the village's own holds there, or is to."""
    own = find_own_version(session, code, area_id)
    return own is not None and own.state != REMOVED


def list_unaffected(session: Session, code: str, day: date) -> list[str]:
    """The villages that a change of the township's rule does not reach, because their own holds on its day."""
    named = select(Area.name).join(Rule, Rule.area_id == Area.id)
    ids = [rule.id for rule in list_versions_on(session, code, day) if rule.area_id is not None]
    return list(session.scalars(named.where(Rule.id.in_(ids), Area.ended_on.is_(None)).order_by(Area.name)))
