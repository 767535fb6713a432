"""What a changed rule would do, before it does: whom it reaches, how many messages a day, what is told on other days.

The steps are taken by the very functions that remind and report (schedules/reminders.py, ladders.py), the duties are
moved by the one that moves them (models/duties/recasting.py); nothing is written. It says what comes if nobody visits
and nobody answers: the most there can be.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from models.rules import HELPER_LOAD_RULE, UNSEEN_RULE
from models.rules.changing import Wish
from models.rules.families import family_of
from schedules.forecasting.counting import DayAhead, Forecast
from schedules.forecasting.dates import DateWorlds
from schedules.forecasting.others import forecast_load, forecast_unseen
from schedules.forecasting.visits import VisitWorlds

__all__ = ["DayAhead", "Forecast", "forecast"]


def forecast(session: Session, wish: Wish, actor: int = 0, *, now: datetime) -> Forecast:
    """The figures of a wish, read only; `actor` is who would do it. Raises Refused as `plan_versions`."""
    if wish.code == UNSEEN_RULE:
        return forecast_unseen(session, wish, now=now)
    if wish.code == HELPER_LOAD_RULE:
        return forecast_load(session, wish, now=now)
    worlds = DateWorlds if family_of(wish.code).dated else VisitWorlds
    return worlds(session, wish, actor, now=now).run()
