"""Whatever people do in whatever order, what must always be true of duties and digests stays true."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from models.duties import Duty, explain, resume_household, take_back_explanation
from models.duties.cases import on_case
from models.duties.settling import count, judge
from models.errors import Refused
from models.notices import Notice
from models.outbox import Message
from models.people import Person
from models.rules import find_parameters
from models.times import local_day
from models.visits import Visit
from tests.schedules.conftest import Played
from tests.schedules.world import ZONE, World

PEOPLE = st.sampled_from([("张伟", "helper"), ("王芳", "second"), ("队长", "team_head"), ("副镇长", "deputy")])
STEPS = st.one_of(
    st.tuples(st.just("go"), st.integers(1, 9)),
    st.tuples(st.just("go"), st.integers(10, 25)),
    st.tuples(st.just("sleep"), st.integers(1, 12)),
    st.tuples(st.just("visit"), PEOPLE, st.integers(0, 20), st.sampled_from(["confirmed", "unconfirmed"])),
    st.tuples(st.just("withdraw"), st.integers(0, 3)),
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

    def withdraw(self, index: int) -> None:
        if index < len(self.visits):
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


def check(world: World) -> None:
    session = world.session
    session.expire_all()
    for duty in session.scalars(select(Duty)):
        figure = count(session, duty, find_parameters(session, duty.rule_id))
        assert (duty.done, duty.late) == (figure.done, figure.late)
        assert duty.state == judge(duty, figure)
        if duty.state == "open":
            assert duty.next_action_at is not None
            assert duty.next_action_at > world.now
        else:
            waiting = session.scalars(select(Notice.kind).where(Notice.duty_id == duty.id, Notice.state == "waiting"))
            assert set(waiting) <= {"outcome", "reopened"}
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
def test_what_must_be_true_stays_true(december: Played, steps: list[tuple[object, ...]]) -> None:
    township = Township(december("11-09", "18:00"))
    for step in steps:
        if township.world.now.astimezone(ZONE).strftime("%m-%d") > "12-01":
            break
        township.do(step)
        check(township.world)
