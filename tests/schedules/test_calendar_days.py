"""Days set in the chat move what is to come, and what is taken back moves it back; nothing is told twice."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models.calendar.actions import SETTLES_IN, Changed, Wish, change, note_year, note_years, suppose, take_file
from models.calendar.queries import find_proposal, plan_of, read_calendar
from models.duties.steps import plan_next
from models.errors import Refused
from models.rules import RuleParameters
from models.times import calendar, supposing, use_times, use_workdays
from schedules.calendar import Calendar
from schedules.forecasting.days import DaysMoved, forecast_days
from schedules.years import mind_some
from tests.schedules.world import World, township

SNOW = (date(2026, 11, 19), date(2026, 11, 19))
ONE = Wish("set", (SNOW,), False, "大雪")


@pytest.fixture
def world(session: Session) -> World:
    return township(session).go("11-10", "12:00")


def do(world: World, wish: Wish, by: str = "专干") -> tuple[DaysMoved, Changed]:
    before, after = read_calendar(world.session), suppose(world.session, wish, now=world.now)
    foreseen = forecast_days(world.session, before, after, now=world.now)
    assert not world.session.dirty
    made = change(world.session, world.view(by), wish, now=world.now)
    world.session.commit()
    return foreseen, made


def test_a_snow_day_moves_the_reminder_to_the_day_before_and_back(world: World) -> None:
    foreseen, made = do(world, ONE)
    assert (foreseen.reminders, foreseen.reports, foreseen.repeated) == (1, 1, 0)
    assert made.duties == 0, "the next moment of the duty is the 12th, which stays"
    assert not calendar().is_workday(SNOW[0])
    back, _ = do(world, Wish("end", day_id=made.ids[0]))
    assert (back.reminders, back.reports) == (1, 1)
    assert read_calendar(world.session).is_workday(SNOW[0])
    world.go("11-30")
    assert world.days("张伟") == ["11-12", "11-19", "11-24", "11-26", "11-30"]


def test_what_was_told_on_the_day_before_is_not_told_again_on_the_day(world: World) -> None:
    _, made = do(world, ONE)
    world.go("11-18", "20:00")
    assert world.days("张伟") == ["11-12", "11-18"]
    foreseen, _ = do(world, Wish("end", day_id=made.ids[0]))
    assert foreseen.repeated == 0
    world.go("11-26")
    assert world.days("张伟") == ["11-12", "11-18", "11-24", "11-26"]


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("11-12", "11-19", "11-20"),
        ("11-18", "11-30", "12-02"),
        ("11-27", "11-30", "12-03"),
        ("12-02", "12-02", "12-04"),
        ("12-07", "12-08", "12-08"),
        ("12-09", "12-11", "12-16"),
    ],
)
def test_nothing_is_lost_and_nothing_comes_on_a_free_day(session: Session, day: str, first: str, last: str) -> None:
    world = township(session).go(day, "12:00")
    span = (date.fromisoformat(f"2026-{first}"), date.fromisoformat(f"2026-{last}"))
    do(world, Wish("set", (span,), False, "大雪"))
    since = len(world.heard)
    world.go("12-31")
    # What was noticed in the morning still comes at its hour.
    assert [each for each in world.heard[since:] if first <= each[0] <= last and each[0] != day] == []
    assert {name for _, _, name, _ in world.heard} == {"张伟", "王芳", "队长", "专干", "副镇长", "书记"}


def test_a_working_saturday_brings_the_reminder_before_the_due_day_nearer(session: Session) -> None:
    world = township(session).go("11-10", "12:00")
    do(world, Wish("set", ((date(2026, 11, 28), date(2026, 11, 29)),), True, "赶工"))
    world.go("12-04")
    assert world.days("张伟")[-3:] == ["11-26", "11-30", "12-03"]
    assert world.days("队长")[0] == "11-18"


def test_who_may_not_change_the_calendar_changes_nothing(world: World) -> None:
    for name in ("张伟", "队长"):
        with pytest.raises(Refused, match=r"area\.not_yours"):
            change(world.session, world.view(name), ONE, now=world.now)
    assert calendar().is_workday(SNOW[0])


def day(number: int, month: int = 11) -> date:
    return date(2026, month, number)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish("set", ((day(9), day(9)),), False, "大雪"), "calendar.past"),
        (Wish("set", ((date(2028, 1, 3), date(2028, 1, 3)),), False, "大雪"), "calendar.far"),
        (Wish("set", ((day(1, 12), date(2027, 1, 20)),), False, "大雪"), "calendar.long"),
        (Wish("set", ((day(14), day(15)),), False, "周末"), "calendar.same"),
        (Wish("set", ((day(13), day(14)), (day(14), day(16))), False, "大雪"), "calendar.twice"),
        (Wish("set", ((day(12), day(31, 12)),), False, "大雪"), "calendar.long"),
        (Wish("set", ((day(12), day(30)), (day(1, 12), day(31, 12))), False, "大雪"), "calendar.never"),
        (Wish("end", day_id=900), "calendar.gone"),
        (Wish("year", year=2026, stamp="0"), "calendar.year_done"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(world: World, wish: Wish, code: str) -> None:
    with pytest.raises(Refused, match=code):
        suppose(world.session, wish, now=world.now)


def test_a_day_that_stands_already_is_pointed_out(world: World) -> None:
    do(world, ONE)
    with pytest.raises(Refused, match=r"calendar\.twice"):
        suppose(world.session, ONE, now=world.now)


def test_an_entry_that_ends_keeps_its_days_gone_by(world: World) -> None:
    _, made = do(world, Wish("set", ((day(11), day(13)),), False, "大雪"))
    world.go("11-12", "12:00")
    do(world, Wish("end", day_id=made.ids[0]))
    days = read_calendar(world.session)
    assert [days.is_workday(day(number)) for number in (11, 12, 13)] == [False, True, True]


def test_a_year_is_planned_as_it_was_until_the_official_plan_is_agreed_to(world: World) -> None:
    """2026 as if it had been planned before its plan was known: the 19th and the 30th free, the 26th not known of."""
    official = plan_of(calendar(), 2026)
    note_year(world.session, 2026, official | {day(19), day(30)}, official=False)
    take_file(world.session, now=world.now)
    assert not calendar().is_workday(day(19))
    proposal = find_proposal(world.session, 2026)
    assert proposal is not None
    assert proposal.days == ((day(19), True), (day(30), True))
    note_years(world.session, day(10))
    assert find_proposal(world.session, 2026) == proposal
    foreseen, _ = do(world, Wish("year", year=2026, stamp=proposal.stamp))
    assert foreseen.repeated == 0
    assert calendar().is_workday(day(19))
    assert find_proposal(world.session, 2026) is None
    world.go("12-04")
    assert world.days("张伟") == ["11-12", "11-19", "11-24", "11-26", "11-30", "12-03"]


def test_days_of_the_file_move_what_is_to_come_at_the_next_start(world: World) -> None:
    take_file(world.session, now=world.now)
    use_times(Calendar({day(12): False}))
    take_file(world.session, now=world.now)
    world.session.commit()
    world.go("11-20")
    assert world.days("张伟") == ["11-11", "11-19"]


def test_another_node_sees_the_change_and_what_it_planned_meanwhile_follows(world: World) -> None:
    """A node that has not looked yet goes on by the old days for some seconds."""
    take_file(world.session, now=world.now)
    stale = calendar()
    do(world, Wish("set", ((day(12), day(12)),), False, "大雪"))
    duty = world.duty()
    moved = duty.next_action_at
    use_workdays(stale)
    with supposing(stale):
        plan_next(duty, RuleParameters(), has_second=True, today=day(10))
    world.session.commit()
    assert duty.next_action_at != moved
    mind_some(world.session, now=world.now)
    assert not calendar().is_workday(day(12))
    while mind_some(world.session, now=world.now + SETTLES_IN):
        pass
    if world.session.get_bind().dialect.name == "postgresql":
        assert duty.next_action_at == moved
