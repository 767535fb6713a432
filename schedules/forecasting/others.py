"""Changed rules that make no duties: 久未见 tells once a week how many there are, R12 only warns."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.areas import Area
from models.handovers.rules import count_outside
from models.rules import HelperLoad, Unseen, helper_load
from models.rules.changing import Wish, plan_versions
from models.times import ONE_DAY, calendar, local_day
from models.unseen import count_by_village, find_rule
from schedules.forecasting.counting import Forecast, Post
from schedules.forecasting.worlds import DAYS
from schedules.unseen import list_told, next_due_at

SHOWN = 3


def forecast_unseen(session: Session, wish: Wish, *, now: datetime) -> Forecast:
    """Who hears of it in the next weeks if nobody is met, with the change and without it. Raises as `plan_versions`."""
    (planned, *_), today = plan_versions(session, wish, now=now), local_day(now)
    wanted = Unseen.from_dict(planned.parameters) if planned.state == "on" else None
    villages = list(session.scalars(select(Area.id).where(Area.level == "village")))
    told, counts = [], []
    for rule in (find_rule(session, today), wanted):
        told.append({(person.id, day) for day in _days(session, now) for person in list_told(session, rule, day, villages)})
        counts.append(sum(each for each, _ in count_by_village(session, rule, today, villages).values()))
    old, new = told
    before, after = Post(), Post()
    for post, each in ((before, old), (after, new)):
        for person, day in each:
            post.put(person, day)
    last = today + timedelta(days=DAYS)
    return Forecast(
        counts[1], len({person for person, _ in new}), planned.starts_on, after.days(today, last),
        before.days(today, last), cancelled=len(old - new), added=len(new - old), subjects_before=counts[0],
        coming=tuple(sorted({day for _, day in new}))[:SHOWN],
    )  # fmt: skip


def _days(session: Session, now: datetime) -> Iterator[date]:
    """The weeks' openings of the next 30 days that are still to come."""
    at, last = next_due_at(session, now), local_day(now) + timedelta(days=DAYS)
    day = local_day(max(at, now)) if at is not None else last + ONE_DAY
    while day <= last:
        yield day
        day = calendar().week_opening(day + ONE_DAY)


def forecast_load(session: Session, wish: Wish, *, now: datetime) -> Forecast:
    """How many helpers have more or fewer households than wanted, with the change and without it: a warning, no message.
    Raises as `plan_versions`."""
    (planned, *_), today = plan_versions(session, wish, now=now), local_day(now)
    wanted = HelperLoad.from_dict(planned.parameters) if planned.state == "on" else None
    outside = [count_outside(session, load, today) for load in (helper_load(session, today), wanted)]
    return Forecast(outside[1], outside[1], planned.starts_on, (), (), subjects_before=outside[0])
