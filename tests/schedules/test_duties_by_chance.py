"""Whatever people do in whatever order, what must always be true of duties and digests stays true."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from models.duties import Duty, come_back, explain, resume_household, take_back_explanation
from models.duties.away import is_light, list_spans
from models.duties.cases import on_case
from models.duties.postponing import planned_period
from models.duties.replanning import replan
from models.duties.settling import count, judge
from models.duties.visits import work_out
from models.errors import Refused
from models.households import Household
from models.notices import Notice
from models.outbox import Message
from models.people import Person
from models.rules import get_parameters
from models.times import local_day
from models.visits import Visit
from models.visits.corrections import Wanted, correct_visit
from tests.conftest import Play
from tests.schedules.world import ZONE, World, township_on

PEOPLE = st.sampled_from([("张伟", "helper"), ("王芳", "second"), ("队长", "team_head"), ("副镇长", "deputy")])
MISSED = st.sampled_from(["away", "away", "unreachable", "declined", "not_home", "hospital"])
CHANGES = st.one_of(
    st.fixed_dictionaries({"visited_on": st.integers(0, 20)}),
    st.fixed_dictionaries({"outcome": st.sampled_from(["met", "away", "unreachable", "declined", "not_home"])}),
    st.fixed_dictionaries({"kind": st.sampled_from(["phone", "routine", "courtesy"])}),
    st.fixed_dictionaries({"away_until": st.integers(1, 60)}),
    st.fixed_dictionaries({"household_id": st.sampled_from(["李宁", "王芳家"])}),
)
RECORDS = (
    st.tuples(st.just("visit"), PEOPLE, st.integers(0, 20), st.sampled_from(["confirmed", "unconfirmed"])),
    st.tuples(st.just("miss"), PEOPLE, st.integers(0, 20), MISSED, st.none() | st.integers(1, 60)),
    st.tuples(st.just("call"), PEOPLE, st.integers(0, 20)),
    st.tuples(st.just("correct"), st.integers(0, 5), CHANGES),
    st.tuples(st.just("withdraw"), st.integers(0, 5)),
    st.tuples(st.just("back")),
)
STEPS = st.one_of(
    st.tuples(st.just("go"), st.integers(1, 9)),
    st.tuples(st.just("go"), st.integers(10, 25)),
    st.tuples(st.just("sleep"), st.integers(1, 12)),
    *RECORDS,
    st.tuples(st.just("explain"), st.booleans()),
    st.tuples(st.just("decide"), st.sampled_from(["hand", "take", "urge", "extend"])),
    st.tuples(st.just("death"), st.booleans()),
    st.tuples(st.just("block"), st.sampled_from(["队长", "专干", "张伟"])),
)


class Township:
    """Does what a step says; what the rules refuse does not happen."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.visits: list[Visit] = []

    def do(self, step: tuple[object, ...]) -> None:
        act: Callable[..., None] = getattr(self, str(step[0]))
        try:
            act(*step[1:])
        except Refused:
            self.world.session.rollback()
        self.world.session.commit()
        self.world.tick()

    def go(self, days: int) -> None:
        later = (self.world.now + timedelta(days=days)).astimezone(ZONE)
        self.world.go(f"{later:%m-%d}", f"{later:%H:%M}")

    def sleep(self, days: int) -> None:
        self.world.now += timedelta(days=days)

    def visit(self, person: tuple[str, str], days_ago: int, state: str) -> None:
        day = local_day(self.world.now) - timedelta(days=days_ago)
        visit, _ = self.world.visit(person[0], f"{day:%m-%d}", capacity=person[1], state=state)
        self.visits.append(visit)

    def miss(self, person: tuple[str, str], days_ago: int, outcome: str, away_for: int | None) -> None:
        day = local_day(self.world.now) - timedelta(days=days_ago)
        until = day + timedelta(days=away_for) if away_for and outcome == "away" else None
        visit, _ = self.world.visit(
            person[0], f"{day:%m-%d}", capacity=person[1], outcome=outcome, away_until=until
        )  # fmt: skip
        self.visits.append(visit)

    def call(self, person: tuple[str, str], days_ago: int) -> None:
        day = local_day(self.world.now) - timedelta(days=days_ago)
        self.visits.append(self.world.visit(person[0], f"{day:%m-%d}", capacity=person[1], kind="phone")[0])

    def correct(self, index: int, change: dict[str, Any]) -> None:
        """A record says something else: days are so many days ago, absences so many days long."""
        if index >= len(self.visits):
            return
        visit, world = self.visits[index], self.world
        wanted = dict(change)
        if "visited_on" in wanted:
            wanted["visited_on"] = local_day(world.now) - timedelta(days=wanted["visited_on"])
        if "away_until" in wanted:
            wanted["away_until"] = visit.visited_on + timedelta(days=wanted["away_until"])
        if "household_id" in wanted:
            wanted["household_id"] = world.households[wanted["household_id"]]
        correct_visit(world.session, visit.person_id, visit.id, visit.version, Wanted(**wanted), now=world.now)

    def back(self) -> None:
        come_back(self.world.session, self.world.people["张伟"], self.world.households["李宁"], now=self.world.now)

    def withdraw(self, index: int) -> None:
        if index < len(self.visits) and self.visits[index].state != "withdrawn":
            self.world.withdraw(self.visits[index])

    def newest(self) -> Duty:
        query = select(Duty).where(Duty.state != "void").order_by(Duty.ends_on.desc(), Duty.id.desc())
        return self.world.session.scalars(query).first() or self.world.duty()

    def explain(self, back: bool) -> None:
        world, duty = self.world, self.newest()
        if back:
            take_back_explanation(world.session, world.view("张伟"), duty.id, now=world.now)
        else:
            explain(world.session, world.view("张伟"), duty.id, reason="away", now=world.now)

    def decide(self, verb: str) -> None:
        world, duty = self.world, self.newest()
        more = {"workdays": 3, "reason": "road"} if verb == "extend" else {}
        on_case(world.session, world.view("副镇长"), verb, duty.id, duty.version, now=world.now, **more)

    def death(self, reported: bool) -> None:
        if reported:
            day = local_day(self.world.now)
            self.visits.append(self.world.visit("张伟", f"{day:%m-%d}", outcome="deceased")[0])
        else:
            resume_household(self.world.session, self.world.households["李宁"], now=self.world.now)

    def block(self, name: str) -> None:
        self.world.session.get_one(Person, self.world.people[name]).unreachable_at = self.world.now


def spans_of(world: World, household_id: int | None) -> list[Any]:
    return list_spans(world.session, [household_id or 0]).get(household_id or 0, [])


def check_absence(world: World, duty: Duty, missed: int) -> None:
    """How often it was postponed and whether one call is enough is what the visits say; the due day stays known."""
    if duty.state == "void":
        return
    assert duty.postponed == (min(missed, 2) if duty.cycle == 1 else 0)
    assert (duty.needed_home is not None) == is_light(spans_of(world, duty.household_id), duty.starts_on, duty.ends_on)
    if duty.cycle == 1:
        assert planned_period(duty, get_parameters(world.session, duty.rule_id)).due_on.day == 25
        assert duty.needed_home in (None, 2)
        assert duty.needed == (2 if duty.needed_home is None else 1)


def check(world: World) -> None:
    session = world.session
    session.expire_all()
    for duty in session.scalars(select(Duty)):
        figure = count(session, duty, get_parameters(session, duty.rule_id))
        assert (duty.done, duty.late) == (figure.done, figure.late)
        assert duty.state == judge(duty, figure)
        check_absence(world, duty, figure.missed)
        if duty.state == "open":
            assert duty.next_action_at is not None
            assert duty.next_action_at > world.now
        else:
            waiting = session.scalars(select(Notice.kind).where(Notice.duty_id == duty.id, Notice.state == "waiting"))
            assert set(waiting) <= {"outcome", "reopened", "fewer"}
    for household in session.scalars(select(Household)):
        lasting = [span.until for span in spans_of(world, household.id) if span.ended_on is None]
        assert household.away_until == max(lasting, default=None)
    told = session.execute(
        select(Message.lane, func.count().label("n"))
        .where(Message.lane.in_(("digests", "urgent")))
        .group_by(Message.recipient_id, Message.local_day, Message.lane)
    )
    assert all(row.n <= {"digests": 1, "urgent": 2}[row.lane] for row in told)
    assert all("07:30" <= clock < "21:30" for _, clock, _, _ in world.heard)


@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=12))
def test_what_must_be_true_stays_true(played_on_sqlite: Play, steps: list[tuple[object, ...]]) -> None:
    world = played_on_sqlite(township_on, "11-09", "18:00")
    world.household("王芳家", "青山村", first="张伟")
    township = Township(world)
    for step in steps:
        if township.world.now.astimezone(ZONE).strftime("%m-%d") > "12-01":
            break
        township.do(step)
        check(township.world)


SHOWN = ("state", "done", "late", "needed", "needed_home", "postponed", "due_on", "ends_on", "reason")


def shown(world: World) -> list[tuple[Any, ...]]:
    """What every duty says; where it is open also what comes next."""
    world.session.expire_all()
    found = []
    for duty in world.session.scalars(select(Duty).order_by(Duty.id)):
        coming = (duty.next_action, duty.next_action_at) if duty.state == "open" else None
        found.append((*(getattr(duty, name) for name in SHOWN), coming))
    return found


def from_scratch(world: World) -> None:
    """Every duty as it was planned, then worked out once from the visits that stand."""
    for duty in world.session.scalars(select(Duty)):
        parameters = get_parameters(world.session, duty.rule_id)
        duty.due_on = planned_period(duty, parameters).due_on
        duty.needed, duty.needed_home, duty.postponed = 2, None, 0
        duty.state, duty.done, duty.late, duty.closed_at = "open", 0, 0, None
        duty.next_action = duty.next_action_at = None
    world.session.flush()
    for household_id in world.households.values():
        work_out(world.session, household_id, date.min, date.max, now=world.now)
    for duty in world.session.scalars(select(Duty).where(Duty.state == "open", Duty.next_action_at.is_(None))):
        replan(world.session, duty, now=world.now)
    world.session.flush()


@settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.one_of(*RECORDS), min_size=2, max_size=14))
def test_whatever_happens_to_records_a_duty_is_what_they_say_from_scratch(
    played_on_sqlite: Play, steps: list[tuple[object, ...]]
) -> None:
    """Logged, corrected, moved to another household, withdrawn, away and back, within one evening."""
    world = played_on_sqlite(township_on, "11-09", "18:00")
    world.household("王芳家", "青山村", first="张伟")
    township = Township(world)
    world.tick()
    for step in steps:
        township.do(step)
    after = shown(world)
    from_scratch(world)
    assert shown(world) == after


@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.one_of(*RECORDS), min_size=1, max_size=8))
def test_taking_every_record_back_leaves_every_duty_as_it_was(
    played_on_sqlite: Play, steps: list[tuple[object, ...]]
) -> None:
    world = played_on_sqlite(township_on, "11-09", "18:00")
    world.household("王芳家", "青山村", first="张伟")
    township = Township(world)
    world.tick()
    before = shown(world)
    for step in steps:
        township.do(step)
    for index in range(len(township.visits)):
        township.do(("withdraw", index))
    assert shown(world) == before
