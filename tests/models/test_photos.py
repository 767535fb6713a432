"""Photos on both databases: where they go, one answer an album, half an hour for words, bytes counted once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from models.drafts import Draft
from models.errors import Refused
from models.outbox import Message
from models.photos import Photo, PhotoFile, actions, files
from models.photos.actions import NewPhoto
from models.photos.files import Stored
from models.visits import Visit
from models.visits.actions import confirm_report, log_visit
from models.visits.reports import Line, Part, ReportView, find_open_report
from schedules.photos import next_settle_at, settle_some
from tests.conftest import Play
from tests.schedules.world import World, township

DAY = date(2026, 11, 10)
STORED = Stored("ab" * 32, 1000, "image/jpeg", 1280, 960)


def november(session: Session) -> World:
    return township(session).jump("11-01", "06:00").jump("11-10", "20:00")


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def send(
    world: World, number: int = 1, album: str | None = None, report: ReportView | None = None, *lines: Line
) -> actions.Taken:
    photo = NewPhoto(number, f"file{number}", f"unique{number}", world.now, album)
    if report is None:
        report = find_open_report(world.session, world.people["张伟"], now=world.now)
    return actions.take_photo(world.session, world.people["张伟"], photo, report, lines or None, now=world.now)


def said(world: World) -> list[str]:
    """The kinds of answers there are so far."""
    return list(world.session.scalars(select(Message.kind).where(Message.lane == "answers").order_by(Message.id)))


def pass_time(world: World, **length: float) -> None:
    world.now += timedelta(**length)
    while settle_some(world.session, now=world.now):
        pass


def words(world: World, text: str = "今天去了李宁家") -> tuple[ReportView, Line]:
    return ReportView(parts=(Part(text, world.now),)), Line(world.households["李宁"], DAY)


def test_an_album_with_its_words_first_gets_one_answer(world: World) -> None:
    report, line = words(world)
    assert not send(world, 1, "a", report, line).answer
    for number in (2, 3):
        world.now += timedelta(seconds=1)
        send(world, number, "a")
    pass_time(world, seconds=1)
    assert said(world) == []
    pass_time(world, seconds=1)
    assert said(world) == ["visit.report"]
    assert len(set(world.session.scalars(select(Photo.draft_id)))) == 1


def test_an_album_with_its_words_last_gets_one_answer_too(world: World) -> None:
    send(world, 1, "a")
    report, line = words(world)
    open_one = find_open_report(world.session, world.people["张伟"], now=world.now)
    assert open_one is not None
    send(world, 2, "a", replace(report, draft_id=open_one.draft_id), line)
    pass_time(world, seconds=2)
    assert said(world) == ["visit.report"]


def test_one_photo_with_words_is_answered_at_once(world: World) -> None:
    report, line = words(world)
    assert send(world, 1, None, report, line).answer
    pass_time(world, hours=1)
    assert said(world) == []


def test_loose_photos_are_received_and_asked_about_once(world: World) -> None:
    send(world, 1)
    send(world, 2)
    pass_time(world, seconds=2)
    assert said(world) == ["photo.received"]
    assert next_settle_at(world.session, world.now) is not None
    pass_time(world, minutes=30)
    assert said(world) == ["photo.received", "photo.whose"]
    pass_time(world, days=1)
    assert said(world) == ["photo.received", "photo.whose"]


def test_a_photo_soon_after_a_visit_is_offered_to_it_and_later_it_is_not(world: World) -> None:
    logged = log_visit(world.session, world.people["张伟"], world.households["李宁"], DAY, now=world.now)
    visit = world.session.scalars(select(Visit).where(Visit.draft_id == logged.draft_id)).one()
    world.now += timedelta(minutes=10)
    draft = send(world, 1).draft_id
    pass_time(world, seconds=2)
    assert said(world) == ["photo.offer"]
    actions.add_to_visit(world.session, world.people["张伟"], draft, visit.id, now=world.now)
    assert world.session.scalars(select(Photo.visit_id)).all() == [visit.id]
    world.now += timedelta(hours=1)
    send(world, 2)
    pass_time(world, seconds=2)
    assert said(world) == ["photo.offer", "photo.received"]


def test_saying_whose_they_are_makes_a_card_or_joins_that_days_record(world: World) -> None:
    draft = send(world, 1).draft_id
    person, household = world.people["张伟"], world.households["李宁"]
    kept = actions.say_whose(world.session, person, draft, household, now=world.now)
    version = world.session.get_one(Draft, kept.draft_id).version
    confirm_report(world.session, person, kept.draft_id, version, now=world.now)
    world.now += timedelta(hours=2)
    later = send(world, 2).draft_id
    assert isinstance(actions.say_whose(world.session, person, later, household, now=world.now), actions.Added)
    assert len(set(world.session.scalars(select(Photo.visit_id)))) == 1


def test_photos_of_a_report_about_two_households_stay_with_the_whole_report(world: World) -> None:
    world.household("王五", "青山村", first="张伟")
    report, line = words(world)
    draft = send(world, 1, None, report, line, Line(world.households["王五"], DAY)).draft_id
    version = world.session.get_one(Draft, draft).version
    confirm_report(world.session, world.people["张伟"], draft, version, now=world.now)
    assert world.session.scalars(select(Photo.visit_id)).all() == [None]


def test_photos_are_not_added_to_the_visit_of_somebody_else(world: World) -> None:
    logged = log_visit(world.session, world.people["王芳"], world.households["李宁"], DAY, now=world.now)
    visit = world.session.scalars(select(Visit).where(Visit.draft_id == logged.draft_id)).one()
    draft = send(world, 1).draft_id
    with pytest.raises(Refused, match=r"visit\.not_yours"):
        actions.add_to_visit(world.session, world.people["张伟"], draft, visit.id, now=world.now)


# --- bytes -------------------------------------------------------------------------------------------------


def test_a_photo_that_is_being_fetched_is_nobody_elses_until_its_lease_ends(world: World) -> None:
    send(world, 1)
    assert len(files.claim_waiting(world.session, now=world.now, limit=8)) == 1
    assert files.claim_waiting(world.session, now=world.now, limit=8) == []
    assert len(files.claim_waiting(world.session, now=world.now + timedelta(minutes=4), limit=8)) == 1


def test_the_same_bytes_are_one_file_with_two_references(world: World) -> None:
    send(world, 1)
    send(world, 2)
    for waiting in files.claim_waiting(world.session, now=world.now, limit=8):
        files.stored(world.session, waiting.photo_id, STORED, now=world.now)
        files.stored(world.session, waiting.photo_id, STORED, now=world.now)
    world.session.expire_all()
    assert [(f.sha256, f.references) for f in world.session.scalars(select(PhotoFile))] == [(STORED.sha256, 2)]


def test_a_network_that_fails_is_tried_again_for_a_day_and_then_said(world: World) -> None:
    send(world, 1)
    (waiting,) = files.claim_waiting(world.session, now=world.now, limit=8)
    files.try_again(world.session, waiting.photo_id, now=world.now, retry_after=30)
    assert files.next_fetch_at(world.session) == world.now + timedelta(seconds=30)
    photo = world.session.get_one(Photo, waiting.photo_id)
    files.try_again(world.session, waiting.photo_id, now=world.now + timedelta(hours=25))
    assert photo.state == "waiting"  # after an outage of a day one failure is not the end
    photo.attempts = files.TRIES_AT_LEAST
    files.try_again(world.session, waiting.photo_id, now=world.now + timedelta(hours=25))
    assert photo.state == "refused"
    assert "photo.failed" in said(world)


def test_a_photo_that_joins_a_card_leaves_the_buttons_of_that_card_valid(world: World) -> None:
    report, line = words(world)
    draft = send(world, 1, None, report, line).draft_id
    version = world.session.get_one(Draft, draft).version
    send(world, 2)
    pass_time(world, seconds=2)
    assert said(world) == ["visit.report"]
    assert not confirm_report(world.session, world.people["张伟"], draft, version, now=world.now).stale


@pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)
def test_a_photo_stored_while_its_report_is_handled_waits_for_it_instead_of_locking_it_out(engine: Engine) -> None:
    """A handler changes the draft, then its photos; the other order would be a deadlock."""
    with Session(engine) as session:
        world = november(session)
        now, draft_id = world.now, send(world).draft_id
        photo_id = session.scalars(select(Photo.id)).one()
        session.commit()
    with Session(engine) as handling, ThreadPoolExecutor(1) as beside:
        handling.get_one(Draft, draft_id, with_for_update=True)
        storing = beside.submit(_store, engine, photo_id, now)
        while not handling.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert not storing.done()
        handling.execute(update(Photo).where(Photo.id == photo_id).values(slot="front"))
        handling.commit()
        storing.result()
        photo = handling.get_one(Photo, photo_id)
        assert (photo.state, photo.slot) == ("stored", "front")


def _store(engine: Engine, photo_id: int, now: datetime) -> None:
    with Session(engine) as session, session.begin():
        files.stored(session, photo_id, STORED, now=now)
