"""Level 5: what the township leader has heard and nobody has moved is raised at the next quarterly supervision."""

from datetime import date

from sqlalchemy.orm import Session

from models.cases.notices import list_system_notices
from schedules.digests import gather_some
from schedules.quarters import next_due_at, raise_some
from tests.schedules.world import World, at, township


def quarter_begins(session: Session, *, county: bool) -> World:
    """From June on nobody visits; the first working day of October, August is with the leader."""
    world = township(session, "05-31")
    if county:
        world.person("督查组", "county", "县")
    world.go("09-30")
    assert world.duty(period="2026-08").level == 4
    while (due_at := next_due_at(session, world.now)) is not None and due_at <= at("10-09"):
        world.now = due_at
        while raise_some(session, now=world.now):
            pass
    session.commit()
    return world


def test_an_open_case_stands_on_the_officers_list_where_somebody_holds_the_countys_post(session: Session) -> None:
    world = quarter_begins(session, county=True)
    duty = world.duty(period="2026-08")
    assert (duty.level, duty.state) == (5, "open")
    world.now = at("10-09", "08:00")
    gather_some(session, now=world.now)
    (notice,) = [each for each in list_system_notices(session, world.people["专干"], date(2026, 10, 9)) if each.who]
    assert (notice.what, notice.name, notice.duties) == ("county", "李宁", (duty.id,))
    assert (world.days("督查组"), next_due_at(session, world.now)) == ([], at("01-04", "05:00").replace(year=2027))


def test_without_a_county_nothing_is_listed(session: Session) -> None:
    world = quarter_begins(session, county=False)
    assert world.duty(period="2026-08").level == 4
