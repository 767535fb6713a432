"""What a changed rule would do, before it does: whom it reaches, how many messages a day, what is told on other days.

The steps are taken by the very functions that remind and report (schedules/reminders.py, ladders.py), the duties are
moved by the one that moves them (models/duties/recasting.py); nothing is written. It says what comes if nobody visits
and nobody answers: the most there can be.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Duty
from models.duties.planning import period_for
from models.duties.recasting import recast
from models.installation import live_since
from models.periods import Period
from models.rules import Rule, RuleParameters
from models.rules.changing import Wish, plan_versions
from models.rules.holding import REMOVED, villages_changed
from models.rules.moving import open_duties
from models.rules.villages import list_unaffected
from models.times import ONE_DAY, calendar, hours, local_day, moment_at
from schedules.forecasting.groups import (
    FACTS,
    HomeGroup,
    Members,
    OpenGroup,
    Township,
    group_homes,
    group_open,
    list_planned,
    list_told_upward,
    list_waiting,
    periods_ahead,
    running_period,
)
from schedules.forecasting.playing import Said, differ, play

DAYS = 30
NEW = 0
"""The version of duties that are not made yet."""


@dataclass(frozen=True)
class DayAhead:
    """How many messages go out on a day, and how many the one gets who gets most."""

    on: date
    messages: int
    busiest: int


@dataclass(frozen=True)
class Forecast:
    """The figures of a preview. `duties`: open ones that change now; `repeated`: what was told and would be told again.

    `days`: those of the next 30 on which anything is told, with the change; `before`: without it. What is moved, cancelled
    and added counts households and helpers up to the end of the first period that the change begins with.
    """

    households: int
    helpers: int
    duties: int
    void: int
    done: int
    moved: int
    cancelled: int
    added: int
    repeated: int
    days: tuple[DayAhead, ...]
    before: tuple[DayAhead, ...]
    starts_on: date
    unaffected: tuple[str, ...] = ()
    """The villages that a change of the township's rule does not reach: their own holds."""


class _Post:
    """Counts messages: one digest a person and day, urgent ones up to the installation's number, the rest joins."""

    def __init__(self) -> None:
        self._digests: dict[date, set[int]] = defaultdict(set)
        self._urgent: dict[date, dict[int, int]] = defaultdict(lambda: defaultdict(int))

    def tell(self, said: Iterable[Said], members: Members) -> None:
        for each in said:
            people = members.people.get(each.who, {})
            if each.urgent:
                for person, count in people.items():
                    self._urgent[each.on][person] += count
            else:
                self._digests[each.on].update(people)

    def put(self, person: int, on: date) -> None:
        self._digests[on].add(person)

    def ride(self, person: int, first: date, last: date) -> None:
        """Something that joins a digest of these days, or makes one on the last of them."""
        if not any(person in people for day, people in self._digests.items() if first <= day <= last):
            self.put(person, last)

    def days(self, first: date, last: date) -> tuple[DayAhead, ...]:
        most, found = hours().urgent_per_day, []
        for day in sorted({*self._digests, *self._urgent}):
            each: dict[int, int] = defaultdict(int)
            for person in self._digests.get(day, ()):
                each[person] = 1
            for person, count in self._urgent.get(day, {}).items():
                each[person] = (1 if count > most else each[person]) + min(count, most)
            if first <= day <= last and each:
                found.append(DayAhead(day, sum(each.values()), max(each.values())))
        return tuple(found)


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


class _Forecaster:
    """One run: two worlds, with the change and without it, over the same groups."""

    def __init__(self, session: Session, wish: Wish, actor: int, *, now: datetime) -> None:
        self.session, self.wish, self.now, self.today = session, wish, now, local_day(now)
        self.actor, self.ended = actor, list[int]()
        self.last = self.today + timedelta(days=DAYS)
        self.planned = plan_versions(session, wish, now=now)
        self.compared = max(self.last, self._end_of_first())
        self.until = moment_at(self.compared + ONE_DAY)
        held = session.scalars(select(Rule).where(Rule.code == wish.code).order_by(Rule.version)).all()
        self.rules = {rule.id: RuleParameters.from_dict(rule.parameters) for rule in held}
        self.before, self.after = (
            defaultdict[int | None, list[Stated]](list),
            defaultdict[int | None, list[Stated]](list),
        )
        for rule in held:
            for world in (self.before, self.after):
                world[rule.area_id].append((rule.starts_on, rule.state, self.rules[rule.id]))
        come = [(each.starts_on, each.state, RuleParameters.from_dict(each.parameters)) for each in self.planned]
        self.after[wish.area_id] += come
        begins = max(self.today, self.planned[0].starts_on)
        self.on = _rules(self.after, wish.area_id).on(begins) is not None
        self.unaffected = () if wish.area_id is not None else tuple(list_unaffected(session, wish.code, begins))
        self.inside = villages_changed(session, wish.code, wish.area_id, begins)
        self.town = Township(session, inside=self.inside, now=now)
        self.old_post, self.new_post = _Post(), _Post()
        self.moved = self.cancelled = self.added = self.repeated = self.duties = self.void = self.done = 0

    def _end_of_first(self) -> date:
        """The end of the shortest period that the change begins with: until then both worlds are compared."""
        first = self.planned[0]
        parameters = RuleParameters.from_dict(first.parameters)
        return min(period_for(parameters, length, first.starts_on).ends_on for length in parameters.periods())

    def run(self) -> Forecast:
        quiet: set[int] = set()
        for group in group_open(self.session, open_duties(self.wish.code, self.inside), self.town, self._since):
            if not self._open(group):
                quiet.update(group.members.duties)
        for home in group_homes(self.town, self._since, self.after):
            self._ahead(home)
        self._begin()
        for duty_id, person, day in list_waiting(self.session, self.wish.code, self.inside):
            self.old_post.put(person, day)
            if duty_id not in quiet:
                self.new_post.put(person, day)
            else:
                self.cancelled += 1
        for person in list_told_upward(self.session, self.ended) - {self.actor}:
            self.new_post.ride(person, self.today, calendar().week_opening(self.today + ONE_DAY))
        wanted = RuleParameters.from_dict(self.planned[0].parameters)
        asked = [home for home in self.town.homes.values() if self.on and wanted.quota_for(home[0]).needed > 0]
        return Forecast(
            households=len(asked), helpers=len({home[2] for home in asked if home[2] is not None}), duties=self.duties,
            void=self.void, done=self.done, moved=self.moved, cancelled=self.cancelled, added=self.added,
            repeated=self.repeated, days=self.new_post.days(self.today, self.last),
            before=self.old_post.days(self.today, self.last), starts_on=self.planned[0].starts_on,
            unaffected=self.unaffected,
        )  # fmt: skip

    def _since(self, began_on: date | None) -> date | None:
        """The day a household began, where it may owe less for it; long ago is all the same."""
        return began_on if began_on is not None and self.today - began_on < timedelta(days=366) else None

    def _open(self, group: OpenGroup) -> bool:
        """Plays open duties in both worlds; whether those of the new one are still told anything."""
        rule_id = dict(zip(FACTS, group.facts, strict=True))["rule_id"]
        held, duty = self.rules[rule_id], group.duty()
        old = self._play(group.duty(), held, group)
        self.old_post.tell(old, group.members)
        if not self.wish.at_once:
            self.new_post.tell(old, group.members)
            return True
        wanted, on = RuleParameters.from_dict(self.planned[0].parameters), self.on
        was = recast(duty, held, wanted, group.standing, on=on, now=self.now)
        ended, paused = duty.state, "paused_reason" in was and not on
        told = {(step.level, step.who) for step in held.ladder[: group.duty().position]}
        new = [] if ended != "open" else self._play(duty, wanted, group)
        if ended != "open" and duty.level > 0:
            self.ended += group.members.duties
        self.new_post.tell(new, group.members)
        self._count(old, new, group.members.count)
        self.repeated += group.members.count * sum(_again(each, told) for each in new)
        self.duties += group.members.count * bool(was)
        self.void += group.members.count * (ended == "void")
        self.done += group.members.count * (ended == "done")
        return ended == "open" and not paused

    def _play(self, duty: Duty, parameters: RuleParameters, group: OpenGroup | HomeGroup) -> list[Said]:
        said = play(self.session, duty, parameters, group.cast, now=self.now, until=self.until)
        return [each for each in said if each.on <= self.compared]

    def _ahead(self, home: HomeGroup) -> None:
        """Plays the duties of periods that begin in the next days, in both worlds."""
        old, new = (self._planned(home, _rules(world, home.village)) for world in (self.before, self.after))
        self.old_post.tell(old, home.members)
        self.new_post.tell(new, home.members)
        self._count(old, new, home.members.count)

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
        return [] if duty is None else self._play(duty, parameters, home)

    def _begin(self) -> None:
        """Households that owe nothing in the running period, and would from now on: the planner makes their duties."""
        live, first = live_since(self.session), self.planned[0]
        if not self.wish.at_once or not self.on or live is None:
            return
        wanted = RuleParameters.from_dict(first.parameters)
        planned = list_planned(self.session, self.wish.code, self.today)
        for home in group_homes(self.town, self._since, self.after, planned):
            period = running_period(wanted, home.kind, self.today)
            if max(live, first.starts_on) <= period.starts_on:
                said = self._made(home, wanted, period, self.now)
                self.new_post.tell(said, home.members)
                self._count([], said, home.members.count)

    def _count(self, old: Sequence[Said], new: Sequence[Said], count: int) -> None:
        moved, cancelled, added = differ(old, new)
        self.moved += moved * count
        self.cancelled += cancelled * count
        self.added += added * count


def _rules(world: Mapping[int | None, list[Stated]], village: int | None) -> _Rules:
    """What holds in a village; of one without versions of its own, the whole township's."""
    return _Rules(tuple(world[None]), tuple(world[village]) if village is not None else ())


def _again(said: Said, told: set[tuple[int, str]]) -> bool:
    kind, level, who = said.about
    return kind == "level" and bool(level) and (int(level), who) in told


def forecast(session: Session, wish: Wish, actor: int = 0, *, now: datetime) -> Forecast:
    """The figures of a wish, read only; `actor` is who would do it. Raises Refused as `plan_versions`."""
    return _Forecaster(session, wish, actor, now=now).run()
