"""Households that owe something in periods to come, in groups of those that stand alike."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Duty
from models.duties.planning import period_for
from models.duties.steps import first_step
from models.periods import Period, prorated
from models.rules import Parameters, RuleParameters
from models.times import ONE_DAY, local_day
from schedules.forecasting.chains import Chains
from schedules.forecasting.groups import Members, Township
from schedules.forecasting.playing import OWNER, Cast


@dataclass(frozen=True)
class HomeGroup:
    """Households that stand alike: what they will owe, and who is told, is the same."""

    kind: str
    began_on: date | None
    village: int | None
    """Theirs where that has a version of its own."""
    cast: Cast
    owed: tuple[date | None, date | None]
    """Up to which day they owe something already, without the change and with it."""
    members: Members

    def duty(self, parameters: RuleParameters, period: Period, made_at: datetime, rule_id: int) -> Duty | None:
        """Their duty for a period as the planner makes it; None where they owe nothing."""
        needed = prorated(parameters.quota_for(self.kind).needed, self.began_on or period.starts_on, period)
        if needed <= 0:
            return None
        return planned_duty(parameters, period, made_at, rule_id, self.cast, household_id=1, needed=needed)


def planned_duty(
    parameters: Parameters,
    period: Period,
    made_at: datetime,
    rule_id: int,
    cast: Cast,
    *,
    household_id: int | None = None,
    needed: int = 1,
) -> Duty:
    """A duty as the planner makes it, as an object of its own."""
    duty = Duty(
        rule_id=rule_id, household_id=household_id, person_id=OWNER if cast.owner else None, period=period.code, cycle=1,
        starts_on=period.starts_on, due_on=period.due_on, ends_on=period.ends_on, grace_ends_on=period.grace_ends_on,
        needed=needed, done=0, late=0, state="open", level=0, position=0, repeats=0, shift_days=0, postponed=0, in_row=0,
        version=1, opened_at=made_at,
    )  # fmt: skip
    step = first_step(duty, parameters, has_second=True, today=local_day(made_at))
    duty.next_action, duty.next_action_at = step.action, step.at
    return duty


def group_homes(
    town: Township,
    since: Callable[[date | None], date | None],
    own: Collection[int | None],
    chains: Chains,
    without: Collection[int] = (),
) -> list[HomeGroup]:
    """All households but those `without`, by what they will owe and who is told. `own`: villages that have versions of
    their own; `chains`: what they owe already."""
    found: dict[Any, HomeGroup] = {}
    for household_id, home in town.homes.items():
        if household_id in without:
            continue
        cast, told = town.cast(household_id, home.helper, home.village, home.second)
        village = home.village if home.village in own else None
        key = (home.kind, since(home.began_on), village, cast, chains.owed(household_id))
        if key not in found:
            found[key] = HomeGroup(*key, Members())
        found[key].members.add(told)
        found[key].members.duties += chains.last(household_id)
    return list(found.values())


def running_period(parameters: RuleParameters, kind: str, today: date) -> Period:
    """The period in which a household of that kind is today."""
    return period_for(parameters, parameters.quota_for(kind).period, today)


def periods_ahead(parameters: RuleParameters, kind: str, today: date, until: date) -> list[Period]:
    """The periods of a household of that kind that begin after today and up to a day."""
    found, length = [], parameters.quota_for(kind).period
    period = period_for(parameters, length, today)
    while (period := period_for(parameters, length, period.ends_on + ONE_DAY)).starts_on <= until:
        found.append(period)
    return found


def list_planned(session: Session, code: str, today: date) -> set[int]:
    """The households that have a duty of the rule for a running period, whatever became of it."""
    rows = session.scalars(
        select(Duty.household_id)
        .where(Duty.rule_code == code, Duty.starts_on <= today, Duty.ends_on >= today)
        .distinct()
    )
    return {each for each in rows if each is not None}
