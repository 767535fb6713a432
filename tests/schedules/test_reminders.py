"""Reminders of a day that were made and not told yet, when something happens to the duty before the evening."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties.replanning import replan
from models.duties.wishes import take_back_wish, wish
from models.notices import REMINDERS, Notice
from tests.schedules.world import township


def test_one_that_is_taken_again_on_its_day_is_still_told(session: Session) -> None:
    """As when an import is undone that had changed the duty before the reminder."""
    world = township(session).go("11-12", "10:00")
    duty = world.duty()
    duty.mentioned_on = None
    replan(session, duty, now=world.now)
    session.commit()
    assert world.go("11-12").days("张伟") == ["11-12"]


@pytest.mark.parametrize("day", ["11-26", "12-08"])
def test_the_officer_was_asked_and_is_not_any_more(session: Session, day: str) -> None:
    """A reminder, and a repeat of what was reported: it comes the same evening, once."""
    world = township(session).go(day, "10:00")
    wish(session, world.duty(), world.people["张伟"], "other", None, now=world.now)
    session.commit()
    world.go(day, "11:00")
    take_back_wish(session, world.duty(), world.people["张伟"], now=world.now)
    session.commit()
    assert world.go(day).days("张伟")[-1] == day
    told = select(Notice.kind).where(Notice.step.endswith(day), Notice.kind.in_(REMINDERS), Notice.state == "gathered")
    assert len(session.scalars(told).all()) == 1
    assert world.duty().repeats == (day == "12-08")
