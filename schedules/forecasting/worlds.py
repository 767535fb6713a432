"""Two worlds, with a change and without it, over the same open duties: what every forecast of a rule has in common."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.duties import Duty
from models.duties.recasting import recast
from models.rules import Parameters, Rule, read_parameters
from models.rules.changing import Wish, plan_versions
from models.rules.families import read
from models.times import ONE_DAY, calendar, local_day, moment_at
from schedules.forecasting.counting import Forecast, Post
from schedules.forecasting.groups import (
    FACTS,
    Members,
    OpenGroup,
    Township,
    list_told_upward,
    list_waiting,
)
from schedules.forecasting.playing import Cast, Said, differ, play

DAYS = 30
UNMADE = 0
"""The version of duties that are not made yet."""
OLD, NEW = 0, 1
"""The world without the change, and that with it."""


class Worlds:
    """What is told with the change and without it, and the difference. Whoever derives from it sets `on`: whether the
    rule is on with the change; `compared`: up to which day both are played; `town`."""

    on: bool
    compared: date
    town: Township

    def __init__(self, session: Session, wish: Wish, actor: int, *, now: datetime) -> None:
        """Raises Refused as `plan_versions`."""
        self.session, self.wish, self.now, self.today = session, wish, now, local_day(now)
        self.actor, self.ended = actor, list[int]()
        self.last = self.today + timedelta(days=DAYS)
        self.planned = plan_versions(session, wish, now=now)
        self.wanted: Parameters = read(wish.code, self.planned[0].parameters)
        self.held = session.scalars(select(Rule).where(Rule.code == wish.code).order_by(Rule.version)).all()
        self.rules: Mapping[int, Parameters] = {rule.id: read_parameters(rule) for rule in self.held}
        self.old_post, self.new_post = Post(), Post()
        self.moved = self.cancelled = self.added = self.repeated = self.duties = self.void = self.done = 0

    def play_open(self, groups: Iterable[OpenGroup]) -> set[int]:
        """Plays open duties; those of the new world that nobody is told of any more."""
        quiet: set[int] = set()
        for group in groups:
            if not self._open(group):
                quiet.update(group.members.duties)
        return quiet

    def _open(self, group: OpenGroup) -> bool:
        """Plays open duties in both worlds; whether those of the new one are still told anything."""
        rule_id = dict(zip(FACTS, group.facts, strict=True))["rule_id"]
        held, duty = self.rules[rule_id], group.duty()
        old = self._said(group.duty(), held, group, OLD)
        if not self.wish.at_once:
            self.tell(old, self._said(group.duty(), held, group, NEW), group.members)
            return True
        was = recast(duty, held, self.wanted, group.standing, on=self.on, now=self.now)
        ended, paused = duty.state, "paused_reason" in was and not self.on
        told = {(step.level, step.who) for step in held.ladder[: group.duty().position]}
        new = [] if ended != "open" else self._said(duty, self.wanted, group, NEW)
        if ended != "open" and duty.level > 0:
            self.ended += group.members.duties
        self.tell(old, new, group.members)
        self.repeated += group.members.count * sum(_again(each, told) for each in new)
        self.duties += group.members.count * bool(was)
        self.void += group.members.count * (ended == "void")
        self.done += group.members.count * (ended == "done")
        return ended == "open" and not paused

    def _said(self, duty: Duty, parameters: Parameters, group: OpenGroup, world: int) -> list[Said]:
        """What is told about an open duty in a world, until it goes on with the household's next one."""
        until = group.in_row.until[world]
        said, joined_on = self.play(duty, parameters, group.cast, missed_before=group.in_row.after[world])
        self.joined(group.members.duties, world, joined_on)
        return [each for each in said if until is None or each.on < until]

    def joined(self, duties: Collection[int], world: int, on: date | None) -> None:
        """These duties begin to stand for the ones before too."""

    def play(
        self, duty: Duty, parameters: Parameters, cast: Cast, *, missed_before: bool = False
    ) -> tuple[list[Said], date | None]:
        """What would be told about a duty up to the end of what is compared, and the day on which it begins to stand for
        the one before too."""
        until = moment_at(self.compared + ONE_DAY)
        played = play(
            self.session, duty, parameters, cast, missed_before=missed_before, now=self.now, until=until
        )  # fmt: skip
        return [each for each in played.said if each.on <= self.compared], played.joined_on

    def tell(self, old: Sequence[Said], new: Sequence[Said], members: Members) -> None:
        """Counts what is told in either world to those who stand alike."""
        self.old_post.tell(old, members)
        self.new_post.tell(new, members)
        self.count(old, new, members.count)

    def tell_waiting(self, quiet: Collection[int], inside: Select[int] | None = None) -> None:
        """Counts what was noticed already and waits for its hour, and the outcomes that others hear of."""
        for duty_id, person, day in list_waiting(self.session, self.wish.code, inside):
            self.old_post.put(person, day)
            if duty_id not in quiet:
                self.new_post.put(person, day)
            else:
                self.cancelled += 1
        for person in list_told_upward(self.session, self.ended) - {self.actor}:
            self.new_post.ride(person, self.today, calendar().week_opening(self.today + ONE_DAY))

    def count(self, old: Sequence[Said], new: Sequence[Said], count: int) -> None:
        """Counts what is told on other days, not any more, in addition."""
        moved, cancelled, added = differ(old, new)
        self.moved += moved * count
        self.cancelled += cancelled * count
        self.added += added * count

    def result(self, subjects: int, owners: int, **more: Any) -> Forecast:
        """The figures, all counted."""
        return Forecast(
            subjects, owners, self.planned[0].starts_on, self.new_post.days(self.today, self.last),
            self.old_post.days(self.today, self.last), duties=self.duties, void=self.void, done=self.done,
            moved=self.moved, cancelled=self.cancelled, added=self.added, repeated=self.repeated, **more,
        )  # fmt: skip


def _again(said: Said, told: set[tuple[int, str]]) -> bool:
    kind, level, who = said.about
    return kind == "level" and bool(level) and (int(level), who) in told
