"""Every kind of stuck work, planted by hand: found within a minute, healed within two or told, nothing said twice."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from models.areas import Area
from models.cases.digests import read_digest
from models.duties import Duty, DutyEvent
from models.findings import KINDS, Finding, list_told
from models.inbox import InboxRow, store
from models.installation import find_fact
from models.notices import Notice
from models.outbox import Attempt, Message, tell
from models.people import Person
from models.rules import Rule
from models.times import local_day
from models.visits import Visit
from schedules.auditor import CHECKS, audit_some
from schedules.digests import digest_key
from tests.conftest import Play
from tests.schedules.world import World, at, township

STEP = timedelta(seconds=20)


def november(session: Session) -> World:
    """Monday 9 November, noon: November's duty is open, the auditor has been looking for two minutes."""
    return watched(township(session).go("11-09", "12:00"), 120)


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def watched(world: World, seconds: float) -> World:
    """Time passes in steps of the auditor's."""
    end = world.now + timedelta(seconds=seconds)
    while world.now < end:
        world.now = min(world.now + STEP, end)
        world.tick()
        while audit_some(world.session, now=world.now):
            world.tick()
        world.session.commit()
    return world


def findings(world: World, kind: str) -> list[Finding]:
    world.session.expire_all()
    return list(world.session.scalars(select(Finding).where(Finding.kind == kind).order_by(Finding.id)))


def only(world: World, kind: str) -> Finding:
    (found,) = findings(world, kind)
    return found


def plant(world: World, statement: Any, **values: object) -> None:
    world.session.execute(statement, values)
    world.session.commit()


def change(world: World, **values: object) -> None:
    """The open duty, changed behind everybody's back."""
    plant(world, update(Duty).where(Duty.state == "open", Duty.period == "2026-11").values(**values))


def heard(world: World) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return list(world.heard)


def found_and_healed(world: World, kind: str) -> Finding:
    """Found within a minute, healed within two, without an alarm."""
    planted_at = world.now
    watched(world, 60)
    found = only(world, kind)
    assert found.first_seen_at - planted_at <= timedelta(seconds=60)
    watched(world, 60)
    found = only(world, kind)
    assert found.state == "ended"
    assert found.ended_at is not None
    assert found.ended_at - planted_at <= timedelta(seconds=120)
    assert found.alarmed_at is None
    return found


def found_and_told(world: World, kind: str, seconds: float = 120) -> Finding:
    """Found within a minute, and where nothing can be healed the alarm is raised within two."""
    planted_at = world.now
    watched(world, 60)
    assert only(world, kind).first_seen_at - planted_at <= timedelta(seconds=60)
    watched(world, seconds - 60)
    found = only(world, kind)
    assert found.state == "alarmed"
    return found


def test_where_nothing_is_stuck_nothing_is_found_and_the_heartbeat_goes_on(world: World) -> None:
    before = heard(world)
    watched(world, 300)
    assert [row.subject for kind in KINDS for row in findings(world, kind)] == []
    assert (find_fact(world.session, "audit") or {})["clean_at"] == world.now.isoformat()
    assert heard(world) == before


def test_the_heartbeat_stops_while_something_is_stuck(world: World) -> None:
    change(world, next_action="nonsense", next_action_at=world.now - timedelta(hours=1))
    plant(world, update(Person).where(Person.name == "张伟").values(unreachable_at=world.now))
    clean_at = (find_fact(world.session, "audit") or {})["clean_at"]
    watched(world, 120)
    assert (find_fact(world.session, "audit") or {})["clean_at"] == clean_at


@pytest.mark.parametrize("lost", [{"next_action_at": None}, {"next_action": None, "next_action_at": None}])
def test_a_duty_without_a_next_moment_gets_it_back(world: World, lost: dict[str, None]) -> None:
    before = world.duty().next_action, world.duty().next_action_at
    change(world, **lost)
    found_and_healed(world, "duty.overdue")
    assert (world.duty().next_action, world.duty().next_action_at) == before
    assert world.go("11-13").days("张伟") == ["11-12"]


def test_a_duty_whose_moment_went_by_unused_is_planned_anew(world: World) -> None:
    change(world, next_action="nonsense", next_action_at=world.now - timedelta(days=200))
    found_and_healed(world, "duty.overdue")
    assert world.duty().next_action == "remind"
    assert world.go("11-13").days("张伟") == ["11-12"]


def test_what_came_due_while_nothing_ran_is_no_finding(session: Session) -> None:
    world = watched(township(session).go("11-09", "12:00"), 120)
    change(world, next_action="nonsense", next_action_at=world.now + timedelta(minutes=5))
    world.now += timedelta(hours=72)
    audit_some(session, now=world.now)
    assert findings(world, "duty.overdue") == []
    watched(world, 60)
    assert findings(world, "duty.overdue") != []


def test_a_step_that_cannot_be_taken_is_put_aside_and_the_others_go_on(world: World) -> None:
    world.household("赵二", "青山村", first="王芳")
    world.tick()
    rule = world.session.scalars(select(Rule)).one()
    values = {c.name: getattr(rule, c.name) for c in Rule.__table__.columns if c.name != "id"}
    broken = world.add(Rule(**{**values, "version": 99, "code": "X1", "parameters": {"ladder": [{"nonsense": 1}]}}))
    change(world, next_action_at=world.now - timedelta(minutes=2))
    plant(world, update(Duty).where(Duty.household_id == world.households["李宁"]).values(rule_id=broken.id))
    planted_at = world.now
    for _ in range(3):
        world.now += STEP
        assert audit_some(world.session, now=world.now) in (True, False)
        world.session.commit()
    found = next(row for row in findings(world, "duty.overdue") if row.state == "alarmed")
    assert found.cause == "TypeError"
    assert found.alarmed_at is not None
    assert found.alarmed_at - planted_at <= timedelta(seconds=60)
    assert world.duty().next_action_at == at("11-10", "05:00")
    world.session.commit()
    watched(world, 60)
    assert [state for state in (row.state for row in findings(world, "duty.overdue")) if state != "ended"] == [
        "alarmed"
    ]
    plant(world, update(Duty).where(Duty.rule_id == broken.id).values(rule_id=rule.id))
    watched(world, 700)
    assert {row.state for row in findings(world, "duty.overdue")} == {"ended"}
    assert world.duty().next_action == "remind"


def test_a_household_without_its_duty_gets_it(world: World) -> None:
    plant(world, text("DELETE FROM duty_events"))
    plant(world, text("DELETE FROM notices"))
    plant(world, text("DELETE FROM duties"))
    found_and_healed(world, "duty.missing")
    assert world.duty().person_id == world.people["张伟"]
    assert world.go("11-13").days("张伟") == ["11-12"]


def test_a_household_that_owes_nothing_yet_is_no_finding(world: World) -> None:
    world.session.execute(text("UPDATE households SET registered_on = '2026-11-28'"))
    plant(world, text("DELETE FROM duties"))
    watched(world, 120)
    assert findings(world, "duty.missing") == []


def test_a_figure_that_differs_from_the_visits_is_counted_again(world: World) -> None:
    world.visit("张伟", "11-05")
    assert world.duty().done == 1
    change(world, done=0)
    found_and_healed(world, "duty.figure")
    assert (world.duty().done, world.duty().state) == (1, "open")


def test_a_duty_left_open_though_it_is_done_ends_and_nobody_is_told_twice(world: World) -> None:
    world.visit("张伟", "11-05")
    world.visit("张伟", "11-06")
    plant(world, text("UPDATE duties SET state = 'open', done = 0, closed_at = NULL"))
    found_and_healed(world, "duty.figure")
    assert (world.duty().done, world.duty().state) == (2, "done")
    assert world.go("11-30").days("张伟") == []


def test_a_duty_called_done_though_nobody_was_there_is_open_again(world: World) -> None:
    change(world, state="done", done=2)
    found_and_healed(world, "duty.figure")
    assert (world.duty().done, world.duty().state) == (0, "open")
    assert world.go("11-13").days("张伟") == ["11-12"]


def test_a_pause_that_has_ended_ends(world: World) -> None:
    ended = local_day(world.now) - timedelta(days=3)
    change(world, paused_until=ended, paused_reason="road", stopped_on=ended, next_action="resume",
           next_action_at=world.now + timedelta(days=30))  # fmt: skip
    found_and_healed(world, "duty.snoozed")
    duty = world.duty()
    assert (duty.paused_until, duty.stopped_on, duty.next_action) == (None, None, "remind")
    assert world.go("11-13").days("张伟") == ["11-12"]


def test_a_pause_that_still_holds_goes_on_holding(world: World) -> None:
    until = local_day(world.now) + timedelta(days=3)
    change(world, paused_until=until, paused_reason="road", stopped_on=until, next_action=None, next_action_at=None)
    found_and_healed(world, "duty.overdue")
    duty = world.duty()
    assert (duty.paused_until, duty.next_action, duty.next_action_at) == (until, "resume", at("11-13", "05:00"))


def test_a_taken_case_that_nobody_moves_comes_back(world: World) -> None:
    ended = local_day(world.now) - timedelta(days=5)
    change(world, taken_by=world.people["队长"], taken_until=ended, stopped_on=ended, level=1, next_action="answer",
           next_action_at=world.now + timedelta(days=30))  # fmt: skip
    found_and_healed(world, "duty.taken")
    duty = world.duty()
    assert (duty.taken_by, duty.taken_until, duty.stopped_on) == (None, None, None)
    kinds = world.session.scalars(select(DutyEvent.kind).where(DutyEvent.duty_id == duty.id)).all()
    assert "resumed" in kinds


def test_of_a_blocked_person_with_an_open_duty_the_officer_hears_one_line(world: World) -> None:
    plant(world, update(Person).where(Person.name == "张伟").values(unreachable_at=world.now))
    found_and_told(world, "person.unreachable")
    watched(world, 600)
    told = world.session.scalars(select(Notice).where(Notice.kind == "finding")).all()
    assert [notice.recipient_id for notice in told] == [world.people["专干"]]
    world.go("11-10", "08:00")
    assert world.kinds("专干") == [("11-10", ("finding",))]
    (line,) = list_told(world.session, world.people["专干"])
    assert (line.kind, line.n, line.names) == ("person.unreachable", 1, ("张伟",))
    digest = read_digest(
        world.session,
        world.people["专干"],
        digest_key(world.people["专干"], local_day(world.now), 1),
        local_day(world.now),
    )
    assert digest is not None
    assert digest.notices == 1
    plant(world, update(Person).where(Person.name == "张伟").values(unreachable_at=None))
    watched(world, 60)
    assert only(world, "person.unreachable").state == "ended"
    assert list_told(world.session, world.people["专干"]) == ()


def test_a_level_with_nobody_to_reach_is_known_before_its_day(world: World) -> None:
    plant(world, text("DELETE FROM grants WHERE role IN ('deputy', 'team_head')"))
    planted_at = world.now
    watched(world, 120)
    found = findings(world, "level.nobody")
    areas = world.areas
    assert {row.subject for row in found} == {f"area:{areas['青山村']}:team_head", f"area:{areas['镇']}:deputy"}
    assert {row.state for row in found} == {"alarmed"}
    assert max(row.first_seen_at for row in found) - planted_at <= timedelta(seconds=60)
    assert world.session.scalars(select(Notice).where(Notice.kind == "finding")).all() == []


def test_without_any_officer_the_operator_hears_it(world: World) -> None:
    world.person("运维", "operator", "县")
    plant(world, text("DELETE FROM grants WHERE role = 'officer'"))
    found_and_told(world, "level.nobody")
    told = world.session.scalars(select(Notice.recipient_id).where(Notice.kind == "finding")).all()
    assert list(told) == [world.people["运维"]]


def put_message(world: World, **values: object) -> Message:
    person = world.session.get_one(Person, world.people["张伟"])
    message = tell(
        world.session,
        person=person,
        lane="answers",
        kind="menu.help",
        ids={},
        key="x:1",
        due_at=world.now,
        now=world.now,
    )
    assert message is not None
    for name, value in values.items():
        setattr(message, name, value)
    world.session.commit()
    return message


def test_a_send_whose_process_is_gone_is_repeated_once(world: World) -> None:
    message = put_message(
        world, state="sending", claimed_at=world.now - timedelta(minutes=5), claimed_by="gone", attempts=1
    )
    found_and_healed(world, "outbox.sending")
    world.session.refresh(message)
    assert (message.state, message.repeats) == ("retry", 1)
    assert world.session.scalars(select(Attempt.cause)).all() == ["expired"]


def test_a_send_under_way_is_left_alone(world: World) -> None:
    put_message(world, state="sending", claimed_at=world.now, claimed_by="here", attempts=1)
    watched(world, 40)
    assert findings(world, "outbox.sending") == []


@pytest.mark.parametrize("lane", ["answers", "urgent"])
def test_a_lane_in_which_nothing_goes_raises_the_alarm(world: World, lane: str) -> None:
    put_message(world, lane=lane, rank=["answers", "urgent"].index(lane), state="retry")
    found = found_and_told(world, "outbox.waiting")
    assert found.subject == f"lane:{lane}"


def test_a_long_queue_that_moves_is_no_finding(world: World) -> None:
    message = put_message(world)
    for n in range(6):
        message.claimed_at = world.now
        world.session.execute(text("DELETE FROM outbox WHERE key = 'x:2'"))
        copy = tell(
            world.session, person=world.session.get_one(Person, world.people["张伟"]), lane="answers",
            kind="menu.help", ids={"n": n}, key="x:2", due_at=world.now, now=world.now,
        )  # fmt: skip
        assert copy is not None
        copy.state, copy.claimed_at, copy.claimed_by = "sending", world.now, "here"
        world.session.commit()
        watched(world, 20)
    assert findings(world, "outbox.waiting") == []


def test_a_notice_that_no_digest_takes_up_raises_the_alarm(world: World) -> None:
    row = Notice(
        recipient_id=world.people["张伟"], kind="urged", step="x", form="digest", facts={}, state="waiting",
        due_at=world.now, made_at=world.now, duty_id=world.duty().id,
    )  # fmt: skip
    world.add(row)
    world.session.commit()
    for _ in range(6):
        world.now += STEP
        audit_some(world.session, now=world.now)
        world.session.commit()
    found = only(world, "outbox.waiting")
    assert (found.subject, found.state) == ("lane:notices", "alarmed")


def test_an_answer_dated_by_a_wrong_clock_goes_now(world: World) -> None:
    message = put_message(world, state="retry", due_at=world.now + timedelta(days=3))
    found_and_healed(world, "outbox.postponed")
    world.session.refresh(message)
    assert message.due_at <= world.now


def test_a_message_that_was_refused_for_our_fault_raises_the_alarm(world: World) -> None:
    put_message(world, state="dead", reason="refused: can't parse entities")
    found_and_told(world, "outbox.dead")


def test_somebody_who_blocked_the_bot_is_no_fault_of_ours(world: World) -> None:
    put_message(world, state="dead", reason="blocked")
    watched(world, 120)
    assert findings(world, "outbox.dead") == []


def test_an_update_that_nobody_handled_is_found_until_it_is_handled(world: World) -> None:
    store(world.session, "telegram", [(7, 1000, "{}")], now=world.now)
    world.session.commit()
    found_and_told(world, "inbox.waiting")
    plant(world, update(InboxRow).values(state="handled", handled_at=world.now))
    watched(world, 20)
    assert only(world, "inbox.waiting").state == "ended"


def test_an_unconfirmed_report_gets_its_line(world: World) -> None:
    world.add(
        Visit(household_id=world.households["李宁"], person_id=world.people["张伟"], state="unconfirmed",
              visited_on=local_day(world.now), logged_at=world.now)
    )  # fmt: skip
    world.session.commit()
    for _ in range(3):
        world.now += STEP
        audit_some(world.session, now=world.now)
        world.session.commit()
    found = only(world, "report.unsaid")
    assert (found.state, found.alarmed_at) == ("ended", None)
    world.go("11-10")
    assert world.kinds("张伟") == [("11-09", ("unconfirmed",))]


def test_a_notice_without_its_message_is_said_after_all_and_once(world: World) -> None:
    world.add(
        Notice(
            recipient_id=world.people["张伟"], kind="remind", step="remind:lost", form="digest", facts={},
            state="gathered", due_at=world.now, made_at=world.now, duty_id=world.duty().id,
        )
    )  # fmt: skip
    world.session.commit()
    found_and_healed(world, "ledger.sum")
    assert world.kinds("张伟") == [("11-09", ("remind",))]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE outbox SET state = 'lost'",
        "UPDATE outbox SET state = 'dead', reason = NULL",
        "UPDATE outbox SET state = 'sent', sent_at = NULL",
        "UPDATE duties SET state = 'lost'",
    ],
)
def test_what_was_planned_and_has_no_known_end_raises_the_alarm(world: World, statement: str) -> None:
    put_message(world, state="cancelled", reason="expired")
    plant(world, text(statement))
    found_and_told(world, "ledger.sum")


def test_a_check_that_fails_is_a_finding_and_the_others_go_on(world: World) -> None:
    plant(world, text('UPDATE rules SET parameters = \'{"ladder": [{"nonsense": 1}]}\''))
    change(world, next_action_at=None)
    watched_without_ticks(world, 60)
    assert {row.subject for row in findings(world, "check.failed")} >= {"check:duty.figure", "check:level.nobody"}
    assert findings(world, "duty.overdue") != []


def watched_without_ticks(world: World, seconds: float) -> None:
    end = world.now + timedelta(seconds=seconds)
    while world.now < end:
        world.now += STEP
        audit_some(world.session, now=world.now)
        world.session.commit()


def test_many_of_a_kind_are_bounded_and_all_are_healed(world: World) -> None:
    for n in range(120):
        world.household(f"户{n}", "青山村", first="王芳")
    world.tick()
    plant(world, text("UPDATE duties SET next_action_at = NULL"))
    watched(world, 120)
    assert world.session.scalars(select(Duty.id).where(Duty.next_action_at.is_(None))).all() == []
    assert len(findings(world, "duty.overdue")) == 121


def test_every_kind_has_its_check() -> None:
    assert {check.kind for check in CHECKS} | {"check.failed"} == set(KINDS)


def test_a_finding_that_comes_again_is_a_new_one(world: World) -> None:
    change(world, next_action_at=None)
    watched(world, 60)
    change(world, next_action_at=None)
    watched(world, 60)
    assert [row.state for row in findings(world, "duty.overdue")] == ["ended", "ended"]


def test_the_areas_of_a_village_are_never_named_to_anybody(world: World) -> None:
    """Findings hold ids only."""
    plant(world, update(Person).where(Person.name == "张伟").values(unreachable_at=world.now))
    watched(world, 60)
    names = set(world.session.scalars(select(Area.name))) | set(world.people)
    assert not any(
        name in f"{row.subject}{row.facts}" for row in findings(world, "person.unreachable") for name in names
    )
