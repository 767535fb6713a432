"""What other working days would move: open duties' reminders and reports, played in both calendars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calendar.following import follow_duty
from models.duties import Duty
from models.rules import Parameters, get_parameters
from models.rules.moving import open_duties
from models.times import Workdays, moment_at, supposing
from schedules.forecasting.groups import FACTS, OpenGroup, Township, group_open
from schedules.forecasting.playing import Said, play
from schedules.reminders import ACTIONS

AHEAD = timedelta(days=92)
"""As far ahead as an open duty is played: its last reminder and its whole ladder lie nearer."""


@dataclass(frozen=True)
class DaysMoved:
    """The figures of a preview: reminders and reports upward that come on another day; `repeated`: what was told and
    would be told again."""

    reminders: int
    reports: int
    repeated: int


def forecast_days(session: Session, before: Workdays, after: Workdays, *, now: datetime) -> DaysMoved:
    """What changes for open duties if nobody visits and nobody answers; read only."""
    played = _Days(session, before, after, now=now)
    codes = session.scalars(select(Duty.rule_code).where(Duty.state == "open").distinct().order_by(Duty.rule_code))
    for code in list(codes):
        for group in group_open(session, open_duties(code), played.town, lambda _: None):
            played.play(group)
    return DaysMoved(played.reminders, played.reports, played.repeated)


class _Days:
    def __init__(self, session: Session, before: Workdays, after: Workdays, *, now: datetime) -> None:
        self._session, self._before, self._after, self._now = session, before, after, now
        of_dates = select(Duty.village_id, Duty.person_id).where(Duty.state == "open", Duty.household_id.is_(None))
        rows = session.execute(of_dates.distinct()).all()
        self.town = Township(session, [row[0] for row in rows], owners=[row[1] for row in rows], now=now)
        self.reminders = self.reports = self.repeated = 0

    def play(self, group: OpenGroup) -> None:
        """Plays one duty of a group through, by either calendar, and counts for all of them."""
        rule = get_parameters(self._session, dict(zip(FACTS, group.facts, strict=True))["rule_id"])
        duties = [group.duty(), group.duty()]
        told = {(str(step.level), step.who) for step in rule.ladder[: duties[0].position]}
        follow_duty(duties[1], rule, group.standing, self._before, self._after, now=self._now)
        old, new = (
            self._said(duty, rule, group, workdays)
            for duty, workdays in zip(duties, (self._before, self._after), strict=True)
        )
        self.reminders += group.members.count * _moved(old, new, owners=True)
        self.reports += group.members.count * _moved(old, new, owners=False)
        self.repeated += group.members.count * sum(each.about[0] == "level" and each.about[1:] in told for each in new)

    def _said(self, duty: Duty, rule: Parameters, group: OpenGroup, workdays: Workdays) -> list[Said]:
        with supposing(workdays):
            return play(
                self._session, duty, rule, group.cast, now=self._now, until=moment_at((self._now + AHEAD).date())
            ).said


def _moved(before: Sequence[Said], after: Sequence[Said], *, owners: bool) -> int:
    """How many of the same things come on another day, the first with the first."""
    moved = 0
    for about in {(each.about, each.who) for each in before if (each.about[0] in ACTIONS) == owners}:
        old, new = (sorted(each.on for each in said if (each.about, each.who) == about) for said in (before, after))
        moved += sum(was != on for was, on in zip(old, new, strict=False))
    return moved
