"""Visits on both databases: capacity, what counts, confirming, undoing, withdrawing, logging for others, versions."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.drafts import Draft
from models.errors import Refused
from models.households import Assignment, Household
from models.rules import RuleParameters
from models.secrets import keyring
from models.visits import Visit, VisitVersion, actions, queries, reports
from models.visits.records import canonical_hash, facts_of
from models.visits.reports import Line, Part, Query, ReportView
from tests.conftest import Play
from tests.schedules.world import World, township

DAY = date(2026, 11, 10)


def november(session: Session) -> World:
    """10 November, 20:00, the first month with duties."""
    return township(session).jump("11-01", "06:00").jump("11-10", "20:00")


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def log(world: World, by: str = "张伟", day: date = DAY, household: str = "李宁", outcome: str = "met") -> Visit:
    made = actions.log_visit(world.session, world.people[by], world.households[household], day, outcome, now=world.now)
    world.session.commit()
    return world.session.scalars(select(Visit).where(Visit.draft_id == made.draft_id)).one()


def report(world: World, *lines: Line, by: str = "张伟", words: str = "说过的话", **more: object) -> reports.Kept:
    view = ReportView(parts=(Part(words, world.now),), **more)  # type: ignore[arg-type]
    return reports.keep_report(world.session, world.people[by], view, lines, now=world.now)


def line(world: World, day: date = DAY, household: str = "李宁", **more: str) -> Line:
    return Line(world.households[household], day, **more)


def confirm(world: World, draft_id: int, by: str = "张伟") -> actions.Logged:
    version = world.session.get_one(Draft, draft_id).version
    return actions.confirm_report(world.session, world.people[by], draft_id, version, now=world.now)


# --- in which capacity, and what counts --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "capacity", "counts"),
    [
        ("张伟", "helper", True),
        ("王芳", "second", True),
        ("队长", "team_head", False),
        ("副镇长", "deputy", False),
        ("书记", "leader", False),
    ],
)
def test_the_tie_to_the_household_decides_what_a_visit_is(world: World, by: str, capacity: str, counts: bool) -> None:
    visit = log(world, by)
    assert (visit.capacity, visit.counts) == (capacity, counts)
    assert world.duty().done == int(counts)


def test_two_visits_on_one_day_count_once(world: World) -> None:
    log(world, "张伟")
    log(world, "王芳")
    assert world.duty().done == 1


@pytest.mark.parametrize("outcome", ["not_home", "away", "hospital", "unreachable", "declined"])
def test_who_was_not_met_is_stored_and_does_not_count(world: World, outcome: str) -> None:
    visit = log(world, outcome=outcome)
    assert (visit.state, visit.counts, world.duty().done) == ("confirmed", False, 0)
    assert world.session.get_one(Household, visit.household_id).last_met_on is None


@pytest.mark.parametrize(
    ("kind", "phone_counts", "done"), [("courtesy", True, 0), ("phone", False, 0), ("phone", True, 1)]
)
def test_courtesy_never_counts_and_a_call_only_where_the_rule_says_so(
    session: Session, kind: str, phone_counts: bool, done: int
) -> None:
    world = township(session, parameters=RuleParameters(phone_counts=phone_counts)).jump("11-01", "06:00").jump("11-10")
    kept = report(world, line(world, kind=kind))
    confirm(world, kept.draft_id)
    assert world.duty().done == done


def test_a_visit_before_the_tie_began_is_kept_and_adds_nothing(world: World) -> None:
    world.person("新人", "helper", "镇")
    household = world.household("王五", "青山村")
    tie = Assignment(household_id=household, person_id=world.people["新人"], starts_on=DAY, created_at=world.now)
    world.session.add(tie)
    world.session.flush()
    visit = log(world, "新人", DAY - timedelta(days=2), "王五")
    assert (visit.capacity, visit.counts) == ("other", False)


def test_a_household_of_somebody_else_is_refused_like_one_that_is_not_there(world: World) -> None:
    world.person("外人", "helper", "镇")
    for household in (world.households["李宁"], 987_654_321):
        with pytest.raises(Refused, match=r"household\.not_yours"):
            actions.log_visit(world.session, world.people["外人"], household, DAY, now=world.now)


# --- days --------------------------------------------------------------------------------------------------


def test_tomorrow_is_refused(world: World) -> None:
    with pytest.raises(Refused, match=r"visit\.future"):
        log(world, day=DAY + timedelta(days=1))


def test_the_previous_period_is_taken_and_an_older_one_needs_consent(world: World) -> None:
    assert log(world, day=date(2026, 10, 1)).state == "confirmed"
    with pytest.raises(Refused, match=r"visit\.too_old"):
        log(world, day=date(2026, 9, 30))


def test_the_too_old_line_of_a_report_stays_unconfirmed_and_the_others_go_on(world: World) -> None:
    world.household("王五", "青山村", first="张伟")
    kept = report(world, line(world), line(world, date(2026, 8, 3), "王五"))
    assert confirm(world, kept.draft_id).held == 1
    assert [v.state for v in world.session.scalars(select(Visit).order_by(Visit.line))] == ["confirmed", "unconfirmed"]


def test_the_period_is_of_the_visit_and_the_moment_of_its_sending(world: World) -> None:
    kept = report(world, line(world, date(2026, 11, 8)))
    sent_at = world.now
    world.jump("11-12", "09:00")
    confirm(world, kept.draft_id)
    visit = world.session.scalars(select(Visit)).one()
    assert (visit.visited_on, visit.logged_at, visit.confirmed_at) == (date(2026, 11, 8), sent_at, world.now)


# --- reports -----------------------------------------------------------------------------------------------


def test_a_report_said_again_changes_its_lines_and_deletes_none(world: World) -> None:
    world.household("王五", "青山村", first="张伟")
    kept = report(world, line(world), line(world, household="王五"))
    again = ReportView(draft_id=kept.draft_id, parts=(Part("改口", world.now),))
    reports.keep_report(world.session, world.people["张伟"], again, (line(world, date(2026, 11, 9)),), now=world.now)
    rows = [(v.state, v.visited_on) for v in world.session.scalars(select(Visit).order_by(Visit.line))]
    assert rows == [("unconfirmed", date(2026, 11, 9)), ("dropped", DAY)]


def test_what_was_said_reads_back_as_it_was_written(world: World) -> None:
    query = Query("household", "household:李", 0, "李", (1, 2), reason="place")
    kept = report(world, line(world), words="去了李家", questions=(query,), dropped=(7,), outcomes={7: "away"}, day=DAY)
    view = reports.get_report(world.session, world.people["张伟"], kept.draft_id)
    assert view.parts[0].text == "去了李家"
    assert (view.questions, view.dropped, view.outcomes, view.day) == ((query,), (7,), {7: "away"}, DAY)
    draft = world.session.get_one(Draft, kept.draft_id)
    assert "李" not in str(draft.facts)


def test_a_report_with_a_question_cannot_be_confirmed(world: World) -> None:
    kept = report(world, line(world), questions=(Query("death", "death:走了"),))
    assert confirm(world, kept.draft_id).stale
    assert world.session.scalars(select(Visit.state)).all() == ["unconfirmed"]


def test_a_second_press_and_an_old_card_change_nothing(world: World) -> None:
    kept = report(world, line(world))
    version = world.session.get_one(Draft, kept.draft_id).version
    person = world.people["张伟"]
    assert actions.confirm_report(world.session, person, kept.draft_id, version - 1, now=world.now).stale
    assert not actions.confirm_report(world.session, person, kept.draft_id, version, now=world.now).again
    assert actions.confirm_report(world.session, person, kept.draft_id, version, now=world.now).again
    assert world.duty().done == 1


def test_a_report_of_somebody_else_is_gone_for_me(world: World) -> None:
    kept = report(world, line(world))
    with pytest.raises(Refused, match=r"draft\.gone"):
        confirm(world, kept.draft_id, by="王芳")


def test_all_waiting_reports_are_confirmed_at_once_but_those_with_a_question(world: World) -> None:
    world.household("王五", "青山村", first="张伟")
    done = report(world, line(world)).draft_id
    report(world, line(world, household="王五"), questions=(Query("gift", "gift:送"),))
    newest = max(world.session.scalars(select(Visit.id)))
    said = actions.confirm_all(world.session, world.people["张伟"], newest, now=world.now)
    assert (said.draft_ids, said.waiting) == ([done], 1)


def test_a_card_left_lying_for_a_day_does_not_swallow_the_next_message(world: World) -> None:
    report(world, line(world))
    person = world.people["张伟"]
    assert reports.find_open_report(world.session, person, now=world.now) is not None
    assert reports.find_open_report(world.session, person, now=world.now + timedelta(days=1)) is None


def test_a_household_already_logged_that_day_is_pointed_out(world: World) -> None:
    log(world)
    kept = report(world, line(world))
    card = queries.find_card(world.session, kept.draft_id)
    assert card is not None
    assert card.lines[0].twice


# --- taking back -------------------------------------------------------------------------------------------


def test_undo_within_a_day_restores_what_was_before(world: World) -> None:
    before = (world.duty().done, world.duty().state, world.duty().next_action_at)
    visit = log(world)
    actions.undo_report(world.session, world.people["张伟"], visit.draft_id or 0, now=world.now + timedelta(hours=23))
    assert (world.duty().done, world.duty().state, world.duty().next_action_at) == before
    assert (visit.state, visit.withdrawn_reason) == ("withdrawn", "undo")
    assert world.session.get_one(Household, visit.household_id).last_met_on is None


def test_after_a_day_only_a_reason_takes_a_record_back(world: World) -> None:
    visit = log(world)
    world.jump("11-12", "20:00")
    person = world.people["张伟"]
    with pytest.raises(Refused, match=r"visit\.undo_late"):
        actions.undo_report(world.session, person, visit.draft_id or 0, now=world.now)
    with pytest.raises(Refused, match=r"visit\.no_reason"):
        actions.withdraw_visit(world.session, person, visit.id, " ", now=world.now)
    actions.withdraw_visit(world.session, person, visit.id, "date", now=world.now)
    assert world.duty().done == 0


def test_nobody_withdraws_the_record_of_somebody_else(world: World) -> None:
    visit = log(world)
    with pytest.raises(Refused, match=r"visit\.not_yours"):
        actions.withdraw_visit(world.session, world.people["王芳"], visit.id, "date", now=world.now)


def test_every_version_of_a_record_stays_with_a_hash_over_its_plain_text(world: World) -> None:
    kept = report(world, line(world, note="房子漏雨"))
    confirm(world, kept.draft_id)
    visit = world.session.scalars(select(Visit)).one()
    plain = facts_of(visit)
    actions.withdraw_visit(world.session, world.people["张伟"], visit.id, "date", now=world.now)
    first, second = world.session.scalars(select(VisitVersion).order_by(VisitVersion.version))
    assert first.hash == canonical_hash(plain)
    assert "漏雨" not in str(first.facts)
    assert keyring().decrypt(first.facts["note"]) == "房子漏雨"
    assert (second.facts["state"], second.reason) == ("withdrawn", "date")


def test_the_canonical_form_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical_hash({"b": 1, "a": "李"}) == canonical_hash({"a": "李", "b": 1})


def test_a_death_pauses_the_household_and_undoing_it_lets_it_go_on(world: World) -> None:
    visit = log(world, outcome="deceased")
    household = world.session.get_one(Household, visit.household_id)
    assert household.paused_at is not None
    actions.undo_report(world.session, world.people["张伟"], visit.draft_id or 0, now=world.now)
    assert household.paused_at is None
