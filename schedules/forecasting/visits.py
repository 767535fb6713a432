"""A changed visit rule: open duties follow or go on, the periods of the next days are planned in both worlds."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from models.duties.planning import period_for
from models.installation import live_since
from models.periods import Period
from models.rules import RuleParameters
from models.rules.changing import Wish
from models.rules.holding import REMOVED, villages_changed
from models.rules.moving import open_duties
from models.rules.villages import list_unaffected
from models.times import moment_at
from schedules.forecasting.counting import Forecast
from schedules.forecasting.groups import Township, group_open
from schedules.forecasting.homes import HomeGroup, group_homes, list_planned, periods_ahead, running_period
from schedules.forecasting.playing import Said
from schedules.forecasting.worlds import NEW, Worlds

Stated = tuple[date, str, RuleParameters]
"""A version: from when, its state, what it says."""


@dataclass(frozen=True)
class _Rules:
    """The versions that hold, by the day a period begins; the later of two is the newer one. `own`: the village's."""

    versions: tuple[Stated, ...]
    own: tuple[Stated, ...] = ()

    def on(self, day: date) -> Stated | None:
        """The version that governs a period beginning on a day; None where it is off."""
        for versions in (self.own, self.versions):
            newest = next((each for each in reversed(versions) if each[0] <= day), None)
            if newest is not None and newest[1] != REMOVED:
                return newest if newest[1] == "on" else None
        return None


class VisitWorlds(Worlds):
    """One run over the households of a township, or of one village."""

    wanted: RuleParameters
    rules: Mapping[int, RuleParameters]

    def __init__(self, session: Session, wish: Wish, actor: int, *, now: datetime) -> None:
        super().__init__(session, wish, actor, now=now)
        self.compared = max(self.last, self._end_of_first())
        self.before, self.after = (
            defaultdict[int | None, list[Stated]](list),
            defaultdict[int | None, list[Stated]](list),
        )
        for rule in self.held:
            for world in (self.before, self.after):
                world[rule.area_id].append((rule.starts_on, rule.state, self.rules[rule.id]))
        come = [(each.starts_on, each.state, RuleParameters.from_dict(each.parameters)) for each in self.planned]
        self.after[wish.area_id] += come
        begins = max(self.today, self.planned[0].starts_on)
        self.on = _rules(self.after, wish.area_id).on(begins) is not None
        self.unaffected = () if wish.area_id is not None else tuple(list_unaffected(session, wish.code, begins))
        self.inside = villages_changed(session, wish.code, wish.area_id, begins)
        self.town = Township(session, inside=self.inside, now=now)

    def _end_of_first(self) -> date:
        """The end of the shortest period that the change begins with: until then both worlds are compared."""
        starts_on = self.planned[0].starts_on
        return min(period_for(self.wanted, length, starts_on).ends_on for length in self.wanted.periods())

    def run(self) -> Forecast:
        quiet = self.play_open(group_open(self.session, open_duties(self.wish.code, self.inside), self.town, self._since))
        for home in group_homes(self.town, self._since, self.after):
            self._ahead(home)
        self._begin()
        self.tell_waiting(quiet, self.inside)
        asked = [home for home in self.town.homes.values() if self.on and self.wanted.quota_for(home[0]).needed > 0]
        helpers = {home[2] for home in asked if home[2] is not None}
        return self.result(len(asked), len(helpers), unaffected=self.unaffected)

    def _since(self, began_on: date | None) -> date | None:
        """The day a household began, where it may owe less for it; long ago is all the same."""
        return began_on if began_on is not None and self.today - began_on < timedelta(days=366) else None

    def _ahead(self, home: HomeGroup) -> None:
        """Plays the duties of periods that begin in the next days, in both worlds."""
        old, new = (self._planned(home, _rules(world, home.village)) for world in (self.before, self.after))
        self.tell(old, new, home.members)

    def _planned(self, home: HomeGroup, rules: _Rules) -> list[Said]:
        said: list[Said] = []
        for version in (*rules.versions, *rules.own):
            parameters = version[2]
            for period in periods_ahead(parameters, home.kind, self.today, self.compared):
                if rules.on(period.starts_on) is version:
                    said += self._made(home, parameters, period, moment_at(period.starts_on))
        return said

    def _made(self, home: HomeGroup, parameters: RuleParameters, period: Period, made_at: datetime) -> list[Said]:
        duty = home.duty(parameters, period, made_at, NEW)
        return [] if duty is None else self.play(duty, parameters, home.cast)

    def _begin(self) -> None:
        """Households that owe nothing in the running period, and would from now on: the planner makes their duties."""
        live, first = live_since(self.session), self.planned[0]
        if not self.wish.at_once or not self.on or live is None:
            return
        planned = list_planned(self.session, self.wish.code, self.today)
        for home in group_homes(self.town, self._since, self.after, planned):
            period = running_period(self.wanted, home.kind, self.today)
            if max(live, first.starts_on) <= period.starts_on:
                self.tell([], self._made(home, self.wanted, period, self.now), home.members)


def _rules(world: Mapping[int | None, list[Stated]], village: int | None) -> _Rules:
    """What holds in a village; of one without versions of its own, the whole township's."""
    return _Rules(tuple(world[None]), tuple(world[village]) if village is not None else ())
