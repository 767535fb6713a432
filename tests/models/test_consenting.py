"""A visit older than the previous period, on both databases: asked, consented to or not, taken back."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.drafts import Draft
from models.notices import Notice
from models.requests import Request
from models.requests.deciding import answer_request
from models.visits import Visit, actions, queries, reports
from models.visits.reports import Line, Part, ReportView
from tests.conftest import Play
from tests.schedules.world import World, township

LONG_AGO = date(2026, 11, 20)


def begun(session: Session) -> World:
    """10 January 2027: a visit of November is older than the period before this one."""
    world = township(session).go("12-31", "20:00")
    world.now = world.now.replace(year=2027, month=1, day=10)
    return world.tick()


@pytest.fixture
def world(played: Play) -> World:
    return played(begun)


def report(world: World, *days: date) -> int:
    """A confirmed report of one household on these days; its draft."""
    lines = [Line(world.households["李宁"], day) for day in days]
    kept = reports.keep_report(
        world.session, world.people["张伟"], ReportView(parts=(Part("说过的话", world.now),)), lines, now=world.now
    )
    actions.confirm_report(
        world.session, world.people["张伟"], kept.draft_id, world.session.get_one(Draft, kept.draft_id).version,
        now=world.now,
    )  # fmt: skip
    world.session.commit()
    return kept.draft_id


def states(world: World) -> list[str]:
    return list(world.session.scalars(select(Visit.state).order_by(Visit.id)))


def decide(world: World, *, agree: bool) -> None:
    (request,) = world.session.scalars(select(Request)).all()
    answer_request(
        world.session, world.view("专干"), request.id, request.version, agree=agree, words=None if agree else "没见过",
        now=world.now,
    )  # fmt: skip
    world.session.commit()


def test_confirming_asks_the_officer_and_records_the_rest(world: World) -> None:
    report(world, LONG_AGO, date(2027, 1, 9))
    assert states(world) == ["unconfirmed", "confirmed"]
    (request,) = world.session.scalars(select(Request)).all()
    assert (request.kind, request.state, request.person_id) == ("old_visit", "open", world.people["张伟"])
    assert not queries.has_unconfirmed(world.session, world.people["张伟"])
    world.tick()
    assert world.session.scalars(select(Notice.kind).where(Notice.kind.in_(("unconfirmed", "request")))).all() == [
        "request"
    ]


def test_with_consent_it_stands_beside_the_figure_and_settles(world: World) -> None:
    report(world, LONG_AGO)
    decide(world, agree=True)
    visit = world.session.scalars(select(Visit)).one()
    assert (visit.state, visit.consented_by, visit.capacity) == ("confirmed", world.people["专干"], "helper")
    assert (world.duty().done, world.duty().late, world.duty().state) == (0, 1, "settled")


def test_without_consent_it_is_not_recorded_and_the_helper_hears_why(world: World) -> None:
    report(world, LONG_AGO)
    decide(world, agree=False)
    assert (states(world), world.duty().state, world.duty().late) == (["dropped"], "settled", 0)
    kinds = world.session.scalars(select(Notice.kind).where(Notice.recipient_id == world.people["张伟"])).all()
    assert "request_answered" in kinds


def test_undoing_the_report_takes_the_question_back(world: World) -> None:
    draft = report(world, LONG_AGO, date(2027, 1, 9))
    actions.undo_report(world.session, world.people["张伟"], draft, now=world.now)
    assert states(world) == ["dropped", "withdrawn"]
    assert world.session.scalars(select(Request.state)).all() == ["withdrawn"]


def test_all_at_once_confirms_what_can_be_and_asks_about_the_rest(world: World) -> None:
    person, home = world.people["张伟"], world.households["李宁"]
    for day in (LONG_AGO, date(2027, 1, 8), date(2027, 1, 9)):
        view = ReportView(parts=(Part("说过的话", world.now),))
        reports.keep_report(world.session, person, view, [Line(home, day)], now=world.now)
    newest = max(world.session.scalars(select(Visit.id)))
    done = actions.confirm_all(world.session, person, newest, now=world.now)
    assert (len(done.draft_ids), done.waiting) == (3, 0)
    assert states(world) == ["unconfirmed", "confirmed", "confirmed"]
    assert actions.confirm_all(world.session, person, newest, now=world.now) == actions.ConfirmedAll([])
