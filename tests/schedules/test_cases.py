"""What leaders do with cases: 交办, 我来处理, 催办, 延期, 稍后; old buttons are explained, never applied."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Duty, DutyEvent
from models.duties.cases import answer, later, list_village_cases, on_case, on_village, stamp
from models.errors import Refused
from models.outbox import Message
from models.people import Grant
from tests.conftest import Play
from tests.schedules.world import World, township, township_on


@pytest.fixture
def world(played_on_sqlite: Play) -> World:
    """Monday 14 December, the deputy has just read it."""
    world = played_on_sqlite(township_on, "12-14", "08:00")
    assert world.duty().level == 3
    return world


def decide(world: World, verb: str, by: str = "副镇长", version: int | None = None, **named: object) -> None:
    duty = world.duty()
    on_case(world.session, world.view(by), verb, duty.id, version or duty.version, now=world.now, **named)
    world.session.commit()
    world.tick()


def kinds(world: World) -> list[str]:
    return list(world.session.scalars(select(DutyEvent.kind).order_by(DutyEvent.id)))


def test_a_case_handed_over_goes_to_the_team_head_at_once_and_the_helper_is_copied(world: World) -> None:
    decide(world, "hand")
    duty = world.duty()
    assert (duty.taken_by, duty.taken_until) == (world.people["队长"], date(2026, 12, 17))
    assert world.heard[-1] == ("12-14", "08:00", "队长", ("handed",))
    world.go("12-14")
    assert world.heard[-1] == ("12-14", "19:20", "张伟", ("copied",))


def test_a_case_handed_over_stops_and_goes_on_by_itself_after_the_answer_day(world: World) -> None:
    decide(world, "hand")
    world.go("12-31")
    assert ("12-17", ("answer",)) in world.kinds("队长")
    assert world.days("书记")[0] == "12-22"
    assert world.duty().taken_by is None
    assert "resumed" in kinds(world)


def test_a_written_answer_keeps_the_ladder_still(world: World) -> None:
    decide(world, "hand")
    world.go("12-17", "12:00")
    answer(world.session, world.view("队长"), world.duty().id, "路断了,明天抢通就去", now=world.now)
    world.session.commit()
    assert world.duty().taken_until == date(2026, 12, 22)
    world.go("12-22", "12:00")
    assert world.days("书记") == []
    with pytest.raises(Refused, match=r"case\.not_taken"):
        answer(world.session, world.view("张伟"), world.duty().id, "…", now=world.now)


def test_a_visit_ends_a_taken_case_and_those_told_hear_it(world: World) -> None:
    decide(world, "take")
    assert world.duty().taken_by == world.people["副镇长"]
    world.go("12-16", "12:00")
    world.visit("队长", "12-16", capacity="team_head")
    assert world.duty().state == "settled"
    world.go("12-22")
    heard = {name for name in world.people if any("outcome" in each for _, each in world.kinds(name))}
    assert heard == {"王芳", "专干", "副镇长"}
    assert world.days("书记") == []


def test_an_urged_helper_hears_it_in_the_next_digest_once_a_day(world: World) -> None:
    decide(world, "urge", by="专干")
    decide(world, "urge", by="副镇长")
    world.go("12-14")
    assert world.kinds("张伟")[-1] == ("12-14", ("urged",))
    assert world.duty().level == 3


def test_an_extension_stops_the_clock_with_a_reason_and_ends_by_itself(world: World) -> None:
    decide(world, "extend", workdays=3, reason="road", words="塌方")
    duty = world.duty()
    assert (duty.paused_until, duty.paused_reason) == (date(2026, 12, 17), "road")
    event = world.session.scalars(select(DutyEvent).where(DutyEvent.kind == "extended")).one()
    assert event.words == "塌方"
    world.go("12-31")
    assert world.days("书记")[0] == "12-22"
    assert world.duty().paused_until is None


def test_an_extension_outlives_a_report_that_is_taken_back(world: World) -> None:
    decide(world, "extend", workdays=3, reason="road")
    visit, _ = world.visit("队长", "12-15", capacity="team_head", logged_at=world.now)
    assert world.duty().state == "settled"
    world.withdraw(visit)
    duty = world.duty()
    assert (duty.state, duty.paused_until, duty.next_action) == ("open", date(2026, 12, 17), "resume")
    world.go("12-31")
    assert world.days("书记")[0] == "12-22"


def test_an_extension_without_end_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="until_far"):
        decide(world, "extend", workdays=80, reason="road")


def test_later_is_heard_again_on_that_day_by_that_person_only(world: World) -> None:
    later(world.session, world.view("副镇长"), world.duty(), date(2026, 12, 16), now=world.now)
    world.session.commit()
    world.go("12-17")
    assert ("12-16", ("later",)) in world.kinds("副镇长")
    assert world.days("书记") == ["12-17"]


def test_an_old_button_is_refused_and_changes_nothing(world: World) -> None:
    version = world.duty().version
    decide(world, "take")
    with pytest.raises(Refused, match=r"duty\.changed"):
        decide(world, "hand", version=version)
    assert world.duty().taken_by == world.people["副镇长"]
    world.visit("张伟", "12-14")
    with pytest.raises(Refused, match=r"duty\.closed"):
        decide(world, "hand")


@pytest.mark.parametrize(("verb", "by"), [("hand", "专干"), ("take", "队长"), ("urge", "张伟"), ("extend", "王芳")])
def test_who_may_not_decide_is_refused(world: World, verb: str, by: str) -> None:
    with pytest.raises(Refused, match=r"area\.not_yours"):
        decide(world, verb, by=by)


def test_a_leader_of_another_township_is_refused(world: World) -> None:
    world.area("邻镇", "township", "县")
    world.person("邻镇书记", "leader", "邻镇")
    with pytest.raises(Refused, match=r"area\.not_yours"):
        decide(world, "take", by="邻镇书记")


def test_without_a_team_head_nobody_is_handed_the_case(world: World) -> None:
    world.session.delete(world.session.scalars(select(Grant).where(Grant.role == "team_head")).one())
    with pytest.raises(Refused, match="no_team_head"):
        decide(world, "hand")


def test_a_village_is_handed_over_in_one_act_and_one_message(session: Session) -> None:
    world = township(session)
    for name in ("王五", "赵六"):
        world.household(name, "青山村", first="张伟")
    world.go("12-14", "08:00")
    village = world.areas["青山村"]
    listed = stamp(list_village_cases(session, village))
    done = on_village(session, world.view("副镇长"), "hand", village, listed, now=world.now)
    session.commit()
    world.tick()
    assert len(done.duty_ids) == 3
    urgent = session.scalars(select(Message).where(Message.lane == "urgent")).all()
    assert [len(message.ids["notice_ids"]) for message in urgent] == [3]
    with pytest.raises(Refused, match=r"duty\.changed"):
        on_village(session, world.view("书记"), "take", village, listed, now=world.now)


def test_a_third_urgent_message_of_a_day_joins_the_digest(session: Session) -> None:
    world = township(session)
    for name in ("王五", "赵六"):
        world.household(name, "青山村", first="张伟")
    world.go("12-14", "08:00")
    for duty in session.scalars(select(Duty).where(Duty.period == "2026-11")).all():
        on_case(session, world.view("副镇长"), "hand", duty.id, duty.version, now=world.now)
        session.commit()
        world.now = world.now.replace(second=world.now.second + 1)
        world.tick()
    world.go("12-15")
    heard = [(day, kind) for day, kind in world.kinds("队长") if "handed" in kind]
    assert [day for day, _ in heard] == ["12-14", "12-14", "12-15"]
