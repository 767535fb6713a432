"""久未见: which households are unseen, from which day, who hears of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.absences.actions import go_away
from models.households import Household
from models.notices import Notice
from models.rules import HELPER_LOAD_RULE, PROFILES, UNSEEN_RULE, Quota, Unseen, seed_rule
from models.rules.changing import begin
from models.unseen import count_unseen, limit_of, list_unseen, unseen
from schedules.forecasting import forecast
from schedules.unseen import tell_some
from tests.conftest import Play
from tests.schedules.world import World, at, township

LIVE = date(2026, 5, 31)


def november(session: Session) -> World:
    return township(session, "05-31")


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def is_unseen(world: World, day: date, **named: bool) -> bool:
    return bool(world.session.scalars(select(Household.id).where(unseen(world.session, day, **named))).all())


@pytest.mark.parametrize(
    ("quota", "days"),
    [(Quota(2, "month"), 60), (Quota(1, "month"), 60), (Quota(1, "quarter"), 182), (Quota(2, "half_month"), 60), (Quota(1, "cron:0 0 1 1,5,9 *"), 244),
     (Quota(1, "half_year"), 364), (Quota(1, "months:2"), 120), (Quota(0, "month"), None)],
)  # fmt: skip
def test_twice_the_interval_and_at_least_sixty_days(quota: Quota, days: int | None) -> None:
    assert limit_of(Unseen(), quota) == days


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(met=st.none() | st.integers(-40, 90), registered=st.integers(-40, 90), away=st.none() | st.integers(-40, 120),
       day=st.integers(0, 150))  # fmt: skip
def test_counted_from_the_latest_of_last_visit_going_live_registration_and_return(
    world: World, met: int | None, registered: int, away: int | None, day: int
) -> None:
    household = world.session.scalars(select(Household)).one()
    household.last_met_on = None if met is None else LIVE + timedelta(days=met)
    household.registered_on = LIVE + timedelta(days=registered)
    household.away_until = None if away is None else LIVE + timedelta(days=away)
    world.session.flush()
    seen = max(0, registered, *(each for each in (met, away) if each is not None))
    assert is_unseen(world, LIVE + timedelta(days=day)) == (day - seen >= 60)
    assert is_unseen(world, LIVE + timedelta(days=day), by_leader=True) == (day - seen >= 90)


def test_each_kind_has_its_own_time_and_paused_households_none(session: Session) -> None:
    world = township(session, "05-31", parameters=PROFILES["常态化"])
    household = session.scalars(select(Household)).one()
    late = LIVE + timedelta(days=100)
    assert not is_unseen(world, late)
    household.kind = "monitored"
    session.flush()
    assert is_unseen(world, late)
    household.paused_at = world.now
    session.flush()
    assert not is_unseen(world, late)


def test_a_rule_that_is_off_finds_nobody(world: World) -> None:
    late = LIVE + timedelta(days=100)
    assert is_unseen(world, late)
    seed_rule(world.session, Unseen(), code=UNSEEN_RULE, on=False, now=world.now, today=LIVE)
    seed_rule(world.session, Unseen(), code=UNSEEN_RULE, on=False, now=world.now, today=LIVE)
    assert not is_unseen(world, late)


def test_officer_and_deputy_hear_it_every_week_the_leader_after_a_month(world: World) -> None:
    def told(since: str, until: str) -> list[tuple[str, str]]:
        moment, found = at(since, "08:00"), []
        while moment <= at(until, "08:00"):
            world.now = moment
            while tell_some(world.session, now=moment):
                pass
            moment += timedelta(days=1)
        names = {number: name for name, number in world.people.items()}
        for row in world.session.execute(select(Notice.recipient_id, Notice.made_at).where(Notice.kind == "unseen")):
            found.append((f"{row.made_at:%m-%d}", names[row.recipient_id]))
        return sorted(found)

    # 60 days after 31 May are over on Thursday 30 July, 90 on Saturday 29 August.
    heard = told("07-20", "08-31")
    both = [(day, name) for day in ("08-03", "08-10", "08-17", "08-24", "08-31") for name in ("专干", "副镇长")]
    assert heard == sorted([*both, ("08-31", "书记")])
    day = date(2026, 8, 31)
    assert [count_unseen(world.session, world.view(name), day) for name in ("书记", "专干", "队长")] == [1, 1, 1]
    (item,) = list_unseen(world.session, world.view("队长"), day).items
    assert (item.name, item.helper, item.since, item.days) == ("李宁", "张伟", None, 92)
    assert count_unseen(world.session, world.view("书记"), date(2026, 8, 10)) == 0


def test_a_deputy_who_is_away_hears_it_the_monday_after(session: Session) -> None:
    world = november(session)
    world.now = at("08-03", "04:00")
    go_away(session, world.view("副镇长"), date(2026, 8, 3), date(2026, 8, 5), now=world.now)
    heard = select(Notice.recipient_id).where(Notice.kind == "unseen").order_by(Notice.id)
    tell_some(session, now=at("08-03"))
    assert session.scalars(heard).all() == [world.people["专干"]]
    tell_some(session, now=at("08-10"))
    assert sorted(session.scalars(heard).all()[1:]) == [world.people["专干"], world.people["副镇长"]]


def test_what_a_change_would_tell_is_foreseen(session: Session) -> None:
    """Nobody was met since 31 May: officer and deputy are told every Monday, with 30 days more the leader too."""
    world = november(session)
    world.now = at("08-12")
    tell_some(session, now=world.now)
    begun = begin(session, UNSEEN_RULE)
    later = forecast(session, replace(begun, parameters={**begun.parameters, "least_days": 90}), now=world.now)
    assert (later.subjects_before, later.subjects) == (1, 0)
    assert [(day.on.isoformat(), day.messages, day.busiest) for day in later.before] == [
        ("2026-08-17", 2, 1), ("2026-08-24", 2, 1), ("2026-08-31", 3, 1), ("2026-09-07", 3, 1),
    ]  # fmt: skip
    assert [(day.on.isoformat(), day.messages) for day in later.days] == [("2026-08-31", 2), ("2026-09-07", 2)]
    assert (later.cancelled, later.added, later.coming) == (6, 0, (date(2026, 8, 31), date(2026, 9, 7)))
    off = forecast(session, replace(begun, state="off"), now=world.now)
    assert (off.subjects, off.days, off.cancelled) == (0, (), 10)


def test_how_many_helpers_stand_out_is_foreseen(session: Session) -> None:
    world = november(session)
    for number in range(2):
        world.household(f"户{number}", "青山村", first="张伟")
    begun = begin(session, HELPER_LOAD_RULE)
    found = forecast(session, replace(begun, parameters={"least": 1, "most": 2}), now=world.now)
    assert (found.subjects_before, found.subjects, found.days) == (0, 1, ())
