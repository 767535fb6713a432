"""In a row: the second period in which a household was missed, June and July 2026 (no holidays, due Thu 25 and Sat 25).

July's extra days are Mon 3 to Wed 5 August: +1 is Thu 6, +5 Wed 12 August.
"""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases.views import find_view
from models.duties import explain, take_back_explanation
from models.duties.cases import on_case
from models.duties.settling import count, judge
from models.errors import Refused
from models.requests import Request
from models.requests.deciding import answer_request
from models.rules import get_parameters
from models.times import local_day
from tests.conftest import Play
from tests.schedules.world import World, township


def begun(session: Session) -> World:
    """Nobody visited in June; it is reported to the deputy, July ends as it began."""
    return township(session, "05-31").go("07-08")


@pytest.fixture
def world(played: Play) -> World:
    return played(begun)


def heard(world: World, kind: str, since: str) -> dict[str, list[str]]:
    found = {name: [day for day, kinds in world.kinds(name) if kind in kinds and day >= since] for name in world.people}
    return {name: days for name, days in found.items() if days}


def test_two_periods_in_a_row_are_told_together_in_one_line(world: World) -> None:
    world.go("08-14")
    assert heard(world, "level", "08-01") == {
        "王芳": ["08-06"], "队长": ["08-06"], "专干": ["08-06"], "副镇长": ["08-12"], "书记": ["08-12"],
    }  # fmt: skip
    june, july = world.duty(period="2026-06"), world.duty(period="2026-07")
    assert (june.state, june.reason, july.state, july.in_row) == ("settled", "carried", "open", 1)
    assert judge(june, count(world.session, june, get_parameters(world.session, june.rule_id))) == "settled"
    assert heard(world, "outcome", "08-01") == {}


def test_the_outcome_is_heard_by_those_who_were_told_of_the_older_period(world: World) -> None:
    world.go("08-10", "12:00")
    assert world.kinds("书记")[0] == ("07-17", ("level",))
    world.visit("张伟", "08-10")
    world.go("08-31")
    assert set(heard(world, "outcome", "08-01")) == {"王芳", "队长", "专干", "副镇长", "书记"}


def test_the_day_that_joins_two_periods_says_nothing_more_of_the_older_one(session: Session) -> None:
    """February and March 2026: the Monday on which March's ladder begins (after Qingming) is one of February's too."""
    world = township(session, "01-31").go("04-07")
    assert world.duty(period="2026-02").reason == "carried"
    again = [day for day, kinds in world.kinds("书记") if "again" in kinds]
    assert (again[-1], world.duty(period="2026-03").in_row) == ("03-30", 1)


def test_an_explained_period_is_the_end_for_those_who_were_told_before_it(world: World) -> None:
    world.go("08-13", "12:00")
    explain(world.session, world.view("张伟"), world.duty(period="2026-07").id, reason="ill", now=world.now)
    world.session.commit()
    world.go("09-08", "12:00")
    assert world.duty(period="2026-08").in_row > 0
    world.visit("张伟", "09-08")
    world.go("09-30")
    assert set(heard(world, "outcome", "08-13")) == {"王芳", "队长", "专干", "副镇长", "书记"}
    assert set(heard(world, "outcome", "09-01")) == {"王芳", "队长", "专干"}


def test_an_explained_period_counts_unless_somebody_met_the_household(world: World) -> None:
    june = world.duty(period="2026-06")
    explain(world.session, world.view("张伟"), june.id, reason="ill", now=world.now)
    world.session.commit()
    world.go("08-07")
    july = world.duty(period="2026-07")
    assert (july.in_row, world.duty(period="2026-06").state) == (1, "explained")
    assert "08-06" in heard(world, "level", "08-01")["专干"]


def test_a_meeting_after_the_period_breaks_the_row(world: World) -> None:
    world.visit("张伟", "07-08")
    world.go("08-07")
    assert world.duty(period="2026-06").state == "settled"
    assert world.duty(period="2026-07").in_row == 0
    assert heard(world, "level", "08-01") == {"王芳": ["08-06"], "队长": ["08-07"]}


def test_who_is_on_the_older_case_has_the_newer_one(world: World) -> None:
    world.go("08-05", "10:00")
    june = world.duty(period="2026-06")
    on_case(world.session, world.view("副镇长"), "hand", june.id, june.version, now=world.now)
    world.session.commit()
    world.go("08-06")
    july = find_view(world.session, world.duty(period="2026-07").id, local_day(world.now))
    assert july is not None
    assert (july.taken_by, july.in_row, july.level, str(july.taken_until)) == ("队长", 1, 1, "2026-08-10")
    assert heard(world, "level", "08-01") == {}
    world.go("08-31")
    assert heard(world, "level", "08-07")["专干"] == ["08-11"]


def test_a_third_period_goes_on_counting(world: World) -> None:
    world.go("09-08")
    assert world.duty(period="2026-08").in_row == 2
    assert world.duty(period="2026-07").reason == "carried"


@pytest.fixture
def third(session: Session) -> World:
    """June and July explained, nobody met; 27 August."""
    world = township(session, "05-31")
    for day in ("06-26", "07-28"):
        world.go(day, "12:00")
        explain(session, world.view("张伟"), world.duty(period=f"2026-{day[:2]}").id, reason="ill", now=world.now)
        session.commit()
    return world.go("08-27", "12:00")


def say_so(world: World) -> Request:
    """没去成 for August; the request to the officer."""
    change = explain(world.session, world.view("张伟"), world.duty(period="2026-08").id, reason="road", now=world.now)
    world.session.commit()
    assert change.after == "open"
    return world.session.scalars(select(Request).where(Request.kind == "explained")).one()


def test_the_third_reason_in_a_row_waits_for_the_officer(third: World) -> None:
    request = say_so(third)
    with pytest.raises(Refused, match=r"duty\.wished"):
        explain(third.session, third.view("张伟"), third.duty(period="2026-08").id, reason="ill", now=third.now)
    third.go("09-01", "12:00")
    assert heard(third, "request", "08-27") == {"专干": ["08-28"]}
    assert heard(third, "remind", "08-28") == {}
    answer_request(third.session, third.view("专干"), request.id, request.version, agree=True, now=third.now)
    third.session.commit()
    august = third.duty(period="2026-08")
    assert (august.state, august.reason, august.wish) == ("explained", "road", None)
    third.go("09-09")
    assert heard(third, "request_answered", "09-01") == {"张伟": ["09-01"]}
    assert heard(third, "level", "09-01") == {}


def test_while_the_officer_is_silent_the_ladder_goes_on_and_the_helper_hears_nothing(third: World) -> None:
    say_so(third)
    third.go("09-25")
    assert heard(third, "remind", "08-28") == {"张伟": ["09-17", "09-24"]}, "September's"
    assert heard(third, "repeat", "08-28") == {}
    assert heard(third, "level", "09-01")["队长"] == ["09-04"]


def test_without_the_officers_word_it_goes_on(third: World) -> None:
    request = say_so(third)
    answer_request(third.session, third.view("专干"), request.id, 1, agree=False, words="路通了", now=third.now)
    third.session.commit()
    third.go("09-04")
    assert heard(third, "remind", "08-28") == {"张伟": ["08-31", "09-03"]}
    assert heard(third, "level", "09-01") == {"王芳": ["09-04"], "队长": ["09-04"], "专干": ["09-04"]}
    assert third.duty(period="2026-08").in_row == 2


def test_a_visit_or_taking_it_back_withdraws_the_question(third: World) -> None:
    request = say_so(third)
    take_back_explanation(third.session, third.view("张伟"), third.duty(period="2026-08").id, now=third.now)
    assert (request.state, third.duty(period="2026-08").wish) == ("withdrawn", None)
    again = explain(third.session, third.view("张伟"), third.duty(period="2026-08").id, reason="road", now=third.now)
    assert again.after == "open"
    third.visit("张伟", "08-26")
    third.visit("王芳", "08-27", capacity="second")
    assert third.duty(period="2026-08").state == "done"
    assert set(third.session.scalars(select(Request.state))) == {"withdrawn"}


def test_a_meeting_in_between_makes_it_the_first_again(third: World) -> None:
    third.visit("张伟", "07-20")
    change = explain(third.session, third.view("张伟"), third.duty(period="2026-08").id, reason="road", now=third.now)
    assert change.after == "explained"
