"""The assignment rules as warnings with names, never a bar: R12 and E1 (one to five households a helper, or what the
officer made of it), E2 (no change of helper before the household is out of poverty without a reason), E6 (every household
has a helper)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import Date, Select, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import Session

from models.access import PersonView
from models.areas import Area
from models.households import Assignment, Household, current_assignments
from models.people import Grant, Person, current_grants
from models.rules import HelperLoad, helper_load

KINDS = ("no_helper", "too_many", "none", "changed")
"""E6; R12 and E1: more than one should have; E1: no household at all; E2: changed without a reason."""
NEW_FOR = timedelta(days=30)
"""How long a change without a reason is pointed out."""
EVERYWHERE = "/"
"""The path that every area lies under."""
UNREASONED = ("import",)
"""What stands as the reason where nobody gave one."""


@dataclass(frozen=True)
class Found:
    """One household (no_helper, changed) or helper (too_many, none). `n`: how many households a helper has."""

    kind: str
    id: int
    name: str
    n: int = 0

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"


def list_found(session: Session, paths: Iterable[str], today: date) -> list[Found]:
    """Everything the rules find in these areas, kind by kind in the order of KINDS."""
    asked = _questions(tuple(paths))
    now, since = {"today": today}, {"since": today - NEW_FOR}
    return [
        *(Found("no_helper", row.id, row.head_name) for row in session.execute(asked.no_helper, now)),
        *_outside(session, asked, helper_load(session, today), today),
        *(Found("changed", row.id, row.head_name) for row in session.execute(asked.changed, now | since)),
    ]


def _outside(session: Session, asked: "_Questions", load: HelperLoad | None, today: date) -> list[Found]:
    if load is None:
        return []
    now, most = {"today": today}, {"most": load.most}
    too_many = [Found("too_many", row.id, row.name, row.n) for row in session.execute(asked.too_many, now | most)]
    if load.least < 1:
        return too_many
    return [*too_many, *(Found("none", row.id, row.name) for row in session.execute(asked.none, now))]


def count_outside(session: Session, load: HelperLoad | None, today: date) -> int:
    """How many helpers have more or fewer households than a version of R12 wants; None: it is off."""
    return len(_outside(session, _questions((EVERYWHERE,)), load, today))


def list_for(session: Session, me: PersonView, today: date) -> list[Found]:
    """The same for an officer's area."""
    return list_found(session, me.paths("assignment.write"), today)


@dataclass(frozen=True)
class _Questions:
    """The statements of some areas, one for each of KINDS. All ask for `today`, `too_many` for `most`, `changed` for
    `since`."""

    no_helper: Select[int, str]
    too_many: Select[int, str, int]
    none: Select[int, str]
    changed: Select[int, str]


_TODAY = bindparam("today", type_=Date)
_HELPED = exists().where(
    Assignment.household_id == Household.id, Assignment.position == "first", current_assignments(_TODAY)
)
_HELPS = exists().where(Assignment.person_id == Person.id, current_assignments(_TODAY))
_HAS_OTHER_POST = exists().where(Grant.person_id == Person.id, Grant.role != "helper", current_grants(_TODAY))
_CHANGED = exists().where(
    Assignment.household_id == Household.id,
    Assignment.position == "first",
    Assignment.ends_on > bindparam("since", type_=Date),
    Assignment.ends_on <= _TODAY,
    or_(Assignment.reason.is_(None), Assignment.reason.in_(UNREASONED)),
)


@lru_cache(maxsize=256)
def _questions(paths: tuple[str, ...]) -> _Questions:
    """Built once for each township: they are asked every day, and with each screen that lists them."""
    areas = select(Area.id).where(or_(false(), *(Area.path.startswith(path, autoescape=True) for path in paths)))
    here = and_(Household.area_id.in_(areas), Household.status == "active")
    homes = select(Household.id, Household.head_name).where(here).order_by(Household.village_id, Household.id)
    count = func.count(Assignment.id)
    granted = exists().where(
        Grant.person_id == Person.id, Grant.role == "helper", Grant.area_id.in_(areas), current_grants(_TODAY)
    )
    return _Questions(
        no_helper=homes.where(~_HELPED),
        too_many=select(Person.id, Person.name, count.label("n"))
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Household, Household.id == Assignment.household_id)
        .where(here, Assignment.position == "first", current_assignments(_TODAY))
        .group_by(Person.id, Person.name)
        .having(count > bindparam("most"))
        .order_by(count.desc(), Person.id),
        # A second helper is somebody's; who has another post is no helper first of all.
        none=select(Person.id, Person.name)
        .where(Person.ended_on.is_(None), granted, ~_HAS_OTHER_POST, ~_HELPS)
        .order_by(Person.pinyin, Person.id),
        changed=homes.where(_CHANGED),
    )
