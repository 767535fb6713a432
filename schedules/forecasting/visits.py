"""A changed visit rule: open duties follow or go on, the periods of the next days are planned in both worlds."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select
from sqlalchemy.orm import Session

from models.duties import Duty
from models.duties.planning import period_for
from models.duties.recasting import recast
from models.installation import live_since
from models.rules import RuleParameters
from models.rules.changing import Wish
from models.rules.holding import REMOVED, villages_changed
from models.rules.moving import open_duties
from models.rules.villages import list_unaffected
from models.times import ONE_DAY, moment_at
from schedules.forecasting.chains import Chains
from schedules.forecasting.counting import Forecast
from schedules.forecasting.groups import FACTS, Township, group_open
from schedules.forecasting.homes import HomeGroup, group_homes, list_planned, periods_ahead, running_period
from schedules.forecasting.playing import Said
from schedules.forecasting.worlds import NEW, OLD, UNMADE, Worlds

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
        """Plays everything through by both rules; writes nothing."""
        open_ones = open_duties(self.wish.code, self.inside)
        self.chains = Chains(self.session, open_ones)
        self._end_some(open_ones)
        for home in group_homes(self.town, self._since, self.after, self.chains):
            self._ahead(home)
        self._begin()
        quiet: set[int] = set()
        for day in self.chains.starts():
            of_day = open_ones.where(Duty.starts_on == day)
            quiet |= self.play_open(group_open(self.session, of_day, self.town, self._since, self.chains.in_row))
        self.tell_waiting(quiet, self.inside)
        asked = [home for home in self.town.homes.values() if self.on and self.wanted.quota_for(home.kind).needed > 0]
        helpers = {home.helper for home in asked if home.helper is not None}
        return self.result(len(asked), len(helpers), unaffected=self.unaffected)

    def _end_some(self, open_ones: Select[Duty]) -> None:
        """Finds the duties that the change makes void or done: nothing goes on with the next one then."""
        for group in group_open(self.session, open_ones, self.town, self._since) if self.wish.at_once else ():
            duty, rule_id = group.duty(), dict(zip(FACTS, group.facts, strict=True))["rule_id"]
            recast(duty, self.rules[rule_id], self.wanted, group.standing, on=self.on, now=self.now)
            if duty.state != "open":
                self.chains.end(group.members.duties)

    def joined(self, duties: Collection[int], world: int, on: date | None) -> None:
        """From a day on these duties stand for the ones before too, in one of the worlds."""
        self.chains.join(duties, world, on)

    def _since(self, began_on: date | None) -> date | None:
        """The day a household began, where it may owe less for it; long ago is all the same."""
        return began_on if began_on is not None and self.today - began_on < timedelta(days=366) else None

    def _ahead(self, home: HomeGroup) -> None:
        """Plays the duties of periods that begin in the next days, in both worlds."""
        old, new = (self._planned(home, world) for world in (OLD, NEW))
        self.tell(old, new, home.members)

    def _planned(self, home: HomeGroup, world: int) -> list[Said]:
        """What is told about the periods to come, each going on with the next one."""
        rules = _rules((self.before, self.after)[world], home.village)
        coming = [
            (period, version[2])
            for version in (*rules.versions, *rules.own)
            for period in periods_ahead(version[2], home.kind, self.today, self.compared)
            if rules.on(period.starts_on) is version
        ]
        told, last, owed = list[Said](), list[Said](), home.owed[world]
        for place, (period, parameters) in enumerate(sorted(coming, key=lambda each: each[0].starts_on)):
            duty = home.duty(parameters, period, moment_at(period.starts_on), UNMADE)
            if duty is None:
                continue
            missed = owed == period.starts_on - ONE_DAY
            said, joined_on = self.play(duty, parameters, home.cast, missed_before=missed)
            if joined_on is not None:
                last = [each for each in last if each.on < joined_on]
                if place == 0:
                    self.chains.stop(home.members.duties, world, joined_on)
            told, last, owed = told + last, said, period.ends_on
        return told + last

    def _begin(self) -> None:
        """Households that owe nothing in the running period, and would from now on: the planner makes their duties."""
        live, first = live_since(self.session), self.planned[0]
        if not self.wish.at_once or not self.on or live is None:
            return
        planned = list_planned(self.session, self.wish.code, self.today)
        for home in group_homes(self.town, self._since, self.after, self.chains, planned):
            period = running_period(self.wanted, home.kind, self.today)
            if max(live, first.starts_on) <= period.starts_on:
                duty = home.duty(self.wanted, period, self.now, UNMADE)
                said = self.play(duty, self.wanted, home.cast)[0] if duty is not None else []
                self.tell([], said, home.members)


def _rules(world: Mapping[int | None, list[Stated]], village: int | None) -> _Rules:
    """What holds in a village; of one without versions of its own, the whole township's."""
    return _Rules(tuple(world[None]), tuple(world[village]) if village is not None else ())
