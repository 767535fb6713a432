"""A changed fixed date: what is open follows or goes on, the days to come are owed by who holds the post."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import false, select
from sqlalchemy.orm import Session

from models.areas import Area
from models.dates import DateVersion, Due, list_due, owner_days
from models.duties import Duty
from models.duties.dates import LOOK_BACK, DuePeriod, Owing, date_version, list_owing
from models.installation import live_since
from models.rules import Rule
from models.rules.changing import Wish
from models.rules.dates import DateParameters, longest_lead, same_day
from models.rules.moving import open_duties
from models.times import calendar, moment_at
from schedules.forecasting.counting import Forecast
from schedules.forecasting.groups import Members, Township, group_open
from schedules.forecasting.homes import planned_duty
from schedules.forecasting.playing import Cast, Said
from schedules.forecasting.worlds import UNMADE, Worlds

YEARS = timedelta(days=366 * 4)
"""So far ahead the next days of a rule are looked for: 29 February comes every four years."""
SHOWN = 3


class DateWorlds(Worlds):
    """One run over the areas or people that owe a fixed date."""

    wanted: DateParameters
    rules: Mapping[int, DateParameters]

    def __init__(self, session: Session, wish: Wish, actor: int, *, now: datetime) -> None:
        super().__init__(session, wish, actor, now=now)
        self.on = self.planned[0].state == "on"
        self.before = [date_version(rule) for rule in self.held]
        self.after = [*self.before, *(self._version(place) for place in range(len(self.planned)))]
        coming = [self._due(world, YEARS) for world in (self.before, self.after)]
        self.coming = coming[1][:SHOWN]
        self.compared = max([self.last, *(due.period.grace_ends_on for each in coming for due in each[:1])])
        self.owing = self._list_owing([*coming[1], *coming[0]])
        self.town = self._read_town()

    def _version(self, place: int) -> DateVersion:
        made = self.planned[place]
        return DateVersion(made.starts_on, self.today, made.state == "on", DateParameters.from_dict(made.parameters))

    def _due(self, world: list[DateVersion], ahead: timedelta, since: date | None = None) -> tuple[Due, ...]:
        live = live_since(self.session)
        if live is None:
            return ()
        return list_due(world, live, since or self.today, self.today + ahead, calendar())

    def _list_owing(self, coming: list[Due]) -> list[Owing]:
        """Who owes it with the change; of a rule that is off then, who owed it."""
        if not coming:
            return []
        # By a period of no name, so that who has a duty already is among them.
        period = replace(coming[0].period, code="")
        due = DuePeriod(Rule(code=self.wish.code), self.wanted, period)
        return list_owing(self.session, due, self.today)

    def _read_town(self) -> Township:
        """Who owes it or is told of it; no household has to do with it."""
        mine = select(Duty.village_id, Duty.person_id).where(Duty.rule_code == self.wish.code, Duty.state == "open")
        pairs = [(row[0], row[1]) for row in self.session.execute(mine)]
        pairs += [(each.area_id, each.owner) for each in self.owing]
        places, owners = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        return Township(self.session, places, select(Area.id).where(false()), owners=owners, now=self.now)

    def run(self) -> Forecast:
        """Plays everything through by both rules; writes nothing."""
        groups = group_open(self.session, open_duties(self.wish.code), self.town, lambda _: None)
        quiet = self.play_open(groups)
        self._ahead()
        self.tell_waiting(quiet)
        owners = {each.owner for each in self.owing if each.owner is not None}
        return self.result(
            len(self.owing), len(owners), coming=tuple(due.period.due_on for due in self.coming),
            reminders=self._reminders(),
        )  # fmt: skip

    def _reminders(self) -> tuple[date, ...]:
        """What is still to come of the reminders before the next day."""
        if not self.coming:
            return ()
        due = self.coming[0]
        made = any(due.period.code in codes for codes in self._known().values())
        opened_on = due.period.starts_on if made else max(self.today, due.period.starts_on)
        days = owner_days(due.period, self.after[due.place].parameters, calendar(), opened_on)
        return tuple(day for day in days if self.today < day <= due.period.due_on)

    def _ahead(self) -> None:
        """Plays what is not made yet, in both worlds, for all who stand alike."""
        known = self._known()
        alike: dict[tuple[Cast, frozenset[str]], Members] = defaultdict(Members)
        for each in self.owing:
            cast, told = self.town.cast(0, each.owner, each.area_id or 0, None)
            alike[cast, frozenset(known[each.subject])].add(told)
        for (cast, codes), members in alike.items():
            moved = codes | {self._code(code) for code in codes} if self.wish.at_once else codes
            self.tell(self._planned(self.before, cast, codes), self._planned(self.after, cast, moved), members)

    def _known(self) -> dict[str, set[str]]:
        """By subject, the periods that there is a duty for; who took somebody's over has it too."""
        rows = self.session.execute(
            select(Duty.subject, Duty.period, Duty.person_id).where(Duty.rule_code == self.wish.code)
        )
        found: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            for subject in (row.subject, f"person:{row.person_id}"):
                found[subject].add(row.period)
        return found

    def _code(self, code: str) -> str:
        """What a period is called once it has moved: a day that comes once is called by itself."""
        held = next((version.parameters for version in reversed(self.before) if code in version.parameters.days), None)
        day = same_day(code, held, self.wanted, self.today) if held is not None else None
        return day.code if day is not None else code

    def _planned(self, world: list[DateVersion], cast: Cast, known: frozenset[str]) -> list[Said]:
        said: list[Said] = []
        longest = max((longest_lead(version.parameters) for version in world), default=timedelta())
        for due in self._due(world, self.compared - self.today + longest, self.today - LOOK_BACK):
            if due.period.code in known or due.period.starts_on > self.compared:
                continue
            parameters = world[due.place].parameters
            made_at = max(self.now, moment_at(due.period.starts_on))
            said += self.play(planned_duty(parameters, due.period, made_at, UNMADE, cast), parameters, cast)[0]
        return said
