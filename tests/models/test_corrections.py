"""Corrections on both databases: a new version each time, and the duties follow exactly."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.duties import Duty
from models.duties.settling import count
from models.errors import Refused
from models.households import Household
from models.notices import Notice
from models.rules import get_parameters
from models.visits import Visit, VisitVersion, actions, correcting, corrections
from models.visits.corrections import Corrected, Wanted, correct_visit, find_meant, list_changes
from models.visits.records import canonical_hash, facts_of
from tests.conftest import Play
from tests.schedules.world import World, at, township

DAY = date(2026, 11, 10)


def november(session: Session) -> World:
    """Tuesday 10 November, 20:00; 张伟 helps two households."""
    world = township(session)
    world.household("王芳家", "青山村", first="张伟")
    return world.jump("11-01", "06:00").jump("11-10", "20:00")


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def log(world: World, day: date = DAY, household: str = "李宁", outcome: str = "met") -> Visit:
    made = actions.log_visit(
        world.session, world.people["张伟"], world.households[household], day, outcome, now=world.now
    )
    world.session.commit()
    return world.session.scalars(select(Visit).where(Visit.draft_id == made.draft_id)).one()


def correct(world: World, visit: Visit, by: str = "张伟", **wanted: object) -> Corrected:
    made = correct_visit(
        world.session,
        world.people[by],
        visit.id,
        visit.version,
        Wanted(**wanted),
        now=world.now,  # type: ignore[arg-type]
    )
    world.session.commit()
    return made


def duties(world: World) -> list[tuple[object, ...]]:
    world.session.expire_all()
    rows = world.session.scalars(select(Duty).order_by(Duty.household_id, Duty.period)).all()
    return [
        (d.household_id, d.state, d.done, d.late, d.postponed, d.due_on, d.next_action, d.next_action_at) for d in rows
    ]


def test_the_former_version_stays_and_what_was_changed_is_clear(world: World) -> None:
    visit = log(world)
    correct(world, visit, visited_on=date(2026, 11, 9), note="低保到账了")
    versions = world.session.scalars(select(VisitVersion).order_by(VisitVersion.version)).all()
    assert [version.facts["visited_on"] for version in versions] == ["2026-11-10", "2026-11-09"]
    assert versions[1].hash == canonical_hash(facts_of(visit))
    (change,) = list_changes(world.session, visit.id)
    assert [(d.what, d.before, d.after) for d in change.differences] == [
        ("visited_on", DAY, date(2026, 11, 9)), ("note", "", "低保到账了"),
    ]  # fmt: skip


def test_the_wrong_household_gives_back_what_it_had_and_the_right_one_gets_it(world: World) -> None:
    before = duties(world)
    visit = log(world)
    counted = world.duty().done
    correct(world, visit, household_id=world.households["王芳家"])
    assert (counted, world.duty().done, world.duty("王芳家").done) == (1, 0, 1)
    met = {h.head_name: h.last_met_on for h in world.session.scalars(select(Household))}
    assert met == {"李宁": None, "王芳家": DAY}
    correct(world, visit, household_id=world.households["李宁"])
    actions.withdraw_visit(world.session, world.people["张伟"], visit.id, "mistake", now=world.now)
    assert duties(world) == before


def test_an_outcome_corrected_moves_the_due_day_and_back(world: World) -> None:
    visit = log(world)
    met = duties(world)
    correct(world, visit, outcome="away", away_until=date(2027, 1, 31))
    assert (world.duty().done, world.duty().postponed) == (0, 1)
    assert world.session.get_one(Household, visit.household_id).away_until == date(2027, 1, 31)
    correct(world, visit, outcome="met")
    assert duties(world) == met
    assert world.session.get_one(Household, visit.household_id).away_until is None


def test_a_day_of_another_month_counts_there(world: World) -> None:
    world.jump("12-02", "20:00")
    visit = log(world, date(2026, 12, 2))
    assert [row[1] for row in duties(world)[:2]] == ["settled", "open"]
    correct(world, visit, visited_on=date(2026, 11, 29))
    november, december = world.duty(period="2026-11"), world.duty(period="2026-12")
    assert (november.done, november.state, december.done) == (1, "open", 0)


def test_a_correction_after_the_extra_days_is_no_way_to_have_been_in_time(world: World) -> None:
    visit = log(world, outcome="not_home")
    world.jump("12-10", "20:00")
    correct(world, visit, outcome="met")
    duty = world.duty()
    assert (duty.done, duty.late, duty.state) == (0, 1, "settled")


def test_words_and_days_of_the_same_month_keep_the_time_of_the_message(world: World) -> None:
    visit = log(world)
    logged_at = visit.logged_at
    world.jump("12-10", "20:00")
    correct(world, visit, visited_on=date(2026, 11, 9), note="补一句")
    assert (visit.logged_at, world.duty().done, world.duty().late) == (logged_at, 1, 0)


def test_a_death_corrected_lets_the_household_go_on_and_words_do_not_stop_it_again(world: World) -> None:
    visit = log(world, outcome="deceased")
    household = world.session.get_one(Household, visit.household_id)
    correct(world, visit, outcome="met")
    assert household.paused_at is None
    correct(world, visit, outcome="deceased")
    assert household.paused_at is not None
    household.paused_at = household.paused_reason = None
    correct(world, visit, note="说的是他母亲")
    assert household.paused_at is None


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"visited_on": date(2026, 11, 11)}, r"visit\.future"),
        ({"visited_on": date(2026, 8, 1)}, r"visit\.too_old"),
        ({"visited_on": DAY, "outcome": "met"}, r"visit\.same"),
        ({"household_id": 999}, r"household\.not_yours"),
        ({"outcome": "nonsense"}, r"button\.broken"),
        ({"away_until": date(2026, 11, 1)}, r"visit\.away_past"),
    ],
)
def test_what_a_record_cannot_say_is_refused(world: World, wanted: dict[str, object], code: str) -> None:
    with pytest.raises(Refused, match=code):
        correct(world, log(world), **wanted)


def test_nobody_corrects_the_record_of_somebody_else_and_no_old_version(world: World) -> None:
    visit = log(world)
    with pytest.raises(Refused, match=r"visit\.not_yours"):
        correct(world, visit, by="王芳", outcome="not_home")
    with pytest.raises(Refused, match=r"visit\.changed"):
        correct_visit(
            world.session, world.people["张伟"], visit.id, visit.version + 1, Wanted(outcome="away"), now=world.now
        )


def test_words_are_added_behind_what_was_there(world: World) -> None:
    visit = log(world)
    for words in ("房子漏雨", "已联系村里"):
        corrections.add_words(world.session, world.people["张伟"], visit.id, words, now=world.now)
    assert visit.note == "房子漏雨;已联系村里"
    assert [change.reason for change in list_changes(world.session, visit.id)] == ["addition", "addition"]


def test_a_day_names_the_record_else_the_newest_is_meant_else_it_is_asked(world: World) -> None:
    person = world.people["张伟"]
    old = log(world, date(2026, 11, 5))
    world.jump("11-20", "20:00")
    new = log(world, date(2026, 11, 20))
    other = log(world, date(2026, 11, 19), "王芳家")
    ids = {"李宁": world.households["李宁"], "王芳家": world.households["王芳家"]}
    assert find_meant(world.session, person, ids["李宁"], None, now=world.now) == [new.id]
    assert find_meant(world.session, person, ids["李宁"], date(2026, 11, 5), now=world.now) == [old.id]
    assert find_meant(world.session, person, ids["王芳家"], date(2026, 11, 1), now=world.now) == [other.id]
    assert find_meant(world.session, person, None, None, now=world.now) == [other.id]
    again = log(world, date(2026, 11, 18))
    assert find_meant(world.session, person, ids["李宁"], None, now=world.now) == [again.id, new.id]
    assert find_meant(world.session, world.people["王芳"], ids["李宁"], None, now=world.now) == []


def test_a_card_confirmed_twice_changes_once_and_an_older_card_nothing(world: World) -> None:
    visit, person = log(world), world.people["张伟"]
    draft = correcting.begin(world.session, person, visit.id, 1, "day", now=world.now).draft_id
    correcting.want(world.session, person, draft, Wanted(visited_on=date(2026, 11, 9)), now=world.now)
    assert correcting.confirm(world.session, person, draft, 1, now=world.now) == correcting.Kept(draft, stale=True)
    for _ in range(2):
        assert correcting.confirm(world.session, person, draft, 2, now=world.now) == Corrected(visit.id)
    assert (visit.version, visit.visited_on) == (2, date(2026, 11, 9))


def test_who_was_told_upward_hears_the_difference(world: World) -> None:
    visit = log(world)
    world.go("12-09", "12:00")
    assert world.duty().level == 2
    correct(world, visit, outcome="not_home")
    world.go("12-15")
    heard = {name for _, _, name, kinds in world.heard if "fewer" in kinds}
    assert {"队长", "专干", "王芳"} <= heard


def test_an_outcome_that_was_told_and_no_longer_holds_is_told(world: World) -> None:
    log(world)
    world.go("12-09", "12:00")
    visit = log(world, date(2026, 12, 9))
    assert world.duty(period="2026-11").state == "settled"
    world.go("12-15")
    assert "outcome" in {kind for _, _, name, kinds in world.heard if name == "专干" for kind in kinds}
    actions.withdraw_visit(world.session, world.people["张伟"], visit.id, "mistake", now=world.now)
    again = world.duty(period="2026-11", cycle=2)
    assert (again.state, again.due_on, again.needed) == ("open", date(2026, 12, 22), 1)
    world.go("12-16")
    assert ("12-16", ("reopened",)) in world.kinds("专干")


def test_every_figure_is_what_the_visits_say(world: World) -> None:
    visit = log(world)
    for wanted in ({"outcome": "away"}, {"kind": "phone", "outcome": "met"}, {"visited_on": date(2026, 11, 8)}):
        correct(world, visit, **wanted)
        for duty in world.session.scalars(select(Duty)):
            figure = count(world.session, duty, get_parameters(world.session, duty.rule_id))
            assert (duty.done, duty.late) == (figure.done, figure.late)
    assert world.session.scalar(select(func.count()).select_from(VisitVersion)) == 4
    assert world.session.scalars(select(Notice.kind).where(Notice.kind == "declined")).all() == []
    assert world.now == at("11-10", "20:00") + timedelta(0)
