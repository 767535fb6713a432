"""What waits beyond the cap of a day: the urgent first, then the oldest; nothing is lost, and 待办 says what waits."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.notices import Notice, add_notices, count_put_off
from models.outbox import Message
from schedules.digests import alert_some, gather_some
from tests.conftest import Play
from tests.schedules.world import World, at, township


def november(session: Session) -> World:
    return township(session).go("11-02")


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def tell(world: World, name: str, kind: str, count: int, clock: str, **more: Any) -> None:
    """So many notices of that kind, due at one moment."""
    common = {"recipient_id": world.people[name], "kind": kind, "due_at": at("11-03", clock), **more}
    rows = [{**common, "step": f"{kind}:{n}"} for n in range(count)]
    add_notices(world.session, rows, now=world.now)
    world.session.commit()


def test_of_many_news_the_oldest_go_today_and_the_rest_tomorrow(world: World) -> None:
    tell(world, "专干", "declined", 12, "07:50")
    tell(world, "专干", "cover_asked", 1, "07:50")
    world.go("11-03")
    session = world.session
    said = session.scalars(select(Notice.step).where(Notice.state == "gathered").order_by(Notice.id)).all()
    assert said == [*(f"declined:{n}" for n in range(9)), "cover_asked:0"]
    message = session.scalars(select(Message).where(Message.lane == "digests")).one()
    assert message.ids == {"day": "2026-11-03", "part": 1, "waits": 3, "waits_on": "2026-11-04"}
    assert count_put_off(session, world.people["专干"]) == (3, at("11-04", "07:50"))
    world.go("11-04")
    assert world.days("专干") == ["11-03", "11-04"]
    assert count_put_off(session, world.people["专干"])[0] == 0


def test_of_urgent_ones_a_death_goes_first_then_the_oldest(world: World) -> None:
    world.now = at("11-03", "07:00")
    urgent = {"form": "urgent"}
    tell(world, "专干", "handed", 2, "06:10", **urgent)
    tell(world, "专干", "deceased", 1, "06:40", **urgent)
    world.now = at("11-03", "07:31")
    while alert_some(world.session, now=world.now):
        pass
    gone = world.session.scalars(select(Notice.step).where(Notice.state == "gathered").order_by(Notice.message_id)).all()
    assert gone == ["deceased:0", "handed:0"]
    assert count_put_off(world.session, world.people["专干"])[0] == 1


def test_a_line_that_should_have_ridden_along_yesterday_waits_for_the_hour_of_today(world: World) -> None:
    """After the bot was away; and the tick comes to an end: it is called again as long as it says so."""
    tell(world, "专干", "declined", 1, "07:50", form="rider")
    early = at("11-04", "07:35")
    assert gather_some(world.session, now=early)
    assert not gather_some(world.session, now=early)
    assert world.session.scalars(select(Notice.due_at)).one() == at("11-04", "07:50")
    assert gather_some(world.session, now=at("11-04", "07:50"))
    assert world.session.scalars(select(Notice.state)).one() == "gathered"
