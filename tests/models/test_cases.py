"""Questions about cases on both databases: scope, lists, what may be decided, figures, candidates, what a digest says."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import queries
from models.cases.actions import Stale, attempt, list_candidates, reassign
from models.cases.digests import read_digest
from models.cases.notices import list_system_notices
from models.cases.summary import summarize
from models.cases.timeline import list_events
from models.cases.views import find_view
from models.duties import Duty, explain
from models.duties.cases import get_village_cases, hand_over, on_case, urge
from models.errors import Refused
from models.people import Grant, Person
from models.times import local_day
from schedules.digests import digest_key
from tests.conftest import Play
from tests.schedules.world import World, township

DAY = date(2026, 12, 14)


def november(session: Session) -> World:
    """14 December, 8:00: two villages, three households nobody visited in November, all told up to the deputy."""
    world = township(session)
    world.area("桃园村", "village", "镇")
    world.person("李雷", "helper", "镇")
    world.household("王秀英", "青山村", first="李雷")
    world.household("赵小七", "桃园村", first="李雷")
    session.commit()
    for day in ("11-01", "12-04", "12-07", "12-08"):
        world.jump(day, "20:00")
    return world.jump("12-14", "08:00")


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def duty(world: World, name: str = "李宁") -> Duty:
    return world.duty(name)


def digest_of(world: World, name: str, day: str, part: int = 1):  # type: ignore[no-untyped-def]
    key = digest_key(world.people[name], date.fromisoformat(f"2026-{day}"), part)
    return read_digest(world.session, world.people[name], key, local_day(world.now))


def test_everybody_sees_the_cases_of_the_own_area(world: World) -> None:
    villages = {
        name: [(v.name, v.total) for v in queries.list_villages(world.session, world.view(name))]
        for name in ("张伟", "队长", "专干", "副镇长")
    }
    both = [("青山村", 2), ("桃园村", 1)]
    assert villages == {"张伟": [], "队长": [("青山村", 2)], "专干": both, "副镇长": both}
    assert [view.name for view in queries.list_own_cases(world.session, world.people["李雷"], DAY)] == [
        "王秀英",
        "赵小七",
    ]


def test_a_foreign_case_and_an_unknown_one_are_refused_alike(world: World) -> None:
    for name, duty_id in (("张伟", duty(world, "王秀英").id), ("队长", duty(world, "赵小七").id), ("张伟", 987654321)):
        with pytest.raises(Refused, match=r"duty\.unknown"):
            queries.access_duty(world.session, world.view(name), duty_id, "case.read", DAY)
    assert queries.access_duty(world.session, world.view("王芳"), duty(world).id, "case.read", DAY).name == "李宁"


def test_a_village_is_listed_unvisited_first_by_who_is_on_it(world: World) -> None:
    deputy, village = world.view("副镇长"), world.areas["青山村"]
    hand_over(world.session, deputy, [duty(world)], now=world.now)
    listed = {
        which: [v.name for v in queries.list_in_village(world.session, deputy, village, which, 1, DAY)[1].items]
        for which in ("all", "waiting", "taken")
    }
    assert listed == {"all": ["李宁", "王秀英"], "waiting": ["王秀英"], "taken": ["李宁"]}
    with pytest.raises(Refused, match=r"area\.not_yours"):
        queries.list_in_village(world.session, world.view("队长"), world.areas["桃园村"], "all", 1, DAY)


def test_the_stamp_of_a_list_holds_until_one_of_its_cases_changes(world: World) -> None:
    deputy, village = world.view("副镇长"), world.areas["青山村"]
    about, _ = queries.list_in_village(world.session, deputy, village, "all", 1, DAY)
    assert len(get_village_cases(world.session, deputy, village, about.stamp, "case.decide")) == 2
    world.visit("队长", "12-14", capacity="team_head")
    assert isinstance(
        attempt(world.session, lambda s, now: get_village_cases(s, deputy, village, about.stamp, "case.decide"), now=world.now),
        Stale,
    )  # fmt: skip


def test_each_role_may_decide_what_is_its_own(world: World) -> None:
    view = find_view(world.session, duty(world).id, DAY)
    assert view is not None
    may = {name: queries.may_do(world.session, world.view(name), view) for name in ("张伟", "队长", "专干", "副镇长")}
    everything = ["hand", "take", "urge", "extend", "reassign", "later"]
    assert may == {"张伟": [], "队长": [], "专干": ["urge", "reassign"], "副镇长": everything}
    hand_over(world.session, world.view("副镇长"), [duty(world)], now=world.now)
    taken = find_view(world.session, duty(world).id, DAY)
    assert taken is not None
    assert queries.may_do(world.session, world.view("队长"), taken) == ["answer"]


def test_a_case_says_since_when_and_what_comes_next(world: World) -> None:
    view = find_view(world.session, duty(world).id, DAY)
    assert view is not None
    assert (view.since, view.level, view.every, view.owner) == (date(2026, 12, 4), 3, "month", "张伟")
    assert view.next is not None
    assert (view.next.what, view.next.on) == ("leader", date(2026, 12, 17))
    hand_over(world.session, world.view("副镇长"), [duty(world)], now=world.now)
    taken = find_view(world.session, duty(world).id, DAY)
    assert taken is not None
    assert taken.next is not None
    assert (taken.next.what, taken.next.on, taken.taken_by) == ("answer", date(2026, 12, 17), "队长")
    events = [(event.kind, event.facts["to"]) for event in list_events(world.session, view.duty_id, 20)]
    assert [event for event in events if event[0] != "skipped"] == [
        ("level", ["王芳"]), ("level", ["队长"]), ("level", ["专干"]), ("level", ["副镇长"]), ("handed", ["队长"]),
    ]  # fmt: skip


def test_the_figures_of_a_period_count_reasons_before_names(world: World) -> None:
    explain(world.session, world.view("李雷"), duty(world, "赵小七").id, reason="away", now=world.now)
    world.visit("队长", "12-14", "王秀英", capacity="team_head")
    figures = summarize(world.session, world.view("副镇长"), DAY)
    assert figures is not None
    assert (figures.owed, figures.done, figures.explained, figures.settled, figures.short) == (3, 0, 1, 1, 1)
    assert figures.reasons == (("away", 1),)
    assert [(v.name, v.total) for v in figures.villages] == [("青山村", 1)]
    assert (figures.asked, figures.taken, figures.area) == (1, 0, "镇")


def test_the_figures_are_of_a_period_that_can_no_longer_be_typed_and_say_who_was_never_asked(world: World) -> None:
    leader = world.view("副镇长")
    assert summarize(world.session, leader, date(2026, 12, 3)) is None
    assert (figures := summarize(world.session, leader, DAY)) is not None
    assert (figures.short, figures.unjoined) == (3, 0)
    world.session.get_one(Person, world.people["李雷"]).joined_at = None
    assert (figures := summarize(world.session, leader, DAY)) is not None
    assert (figures.short, figures.unjoined) == (3, 2)


def test_a_household_with_a_death_is_not_short_and_nothing_is_asked_about_it(world: World) -> None:
    world.visit("张伟", "12-14", outcome="deceased")
    on_case(world.session, world.view("副镇长"), "extend", duty(world, "王秀英").id, None, workdays=3, reason="road",
            now=world.now)  # fmt: skip
    figures = summarize(world.session, world.view("副镇长"), DAY)
    assert figures is not None
    assert (figures.owed, figures.short, figures.held, figures.stops) == (3, 2, 1, (("road", 1),))
    assert (figures.asked, figures.next and figures.next.what) == (1, "leader")


def test_a_case_goes_to_somebody_who_knows_the_village_and_can_be_reached(world: World) -> None:
    candidates = [(c.name, c.role) for c in list_candidates(world.session, duty(world), world.now)]
    assert candidates == [("王芳", "second_helper"), ("队长", "team_head"), ("李雷", "helper")]
    officer, version = world.view("专干"), duty(world).version
    reassign(world.session, officer, duty(world).id, version, world.people["李雷"], now=world.now)
    assert duty(world).person_id == world.people["李雷"]
    again = attempt(world.session, reassign, officer, duty(world).id, version, world.people["王芳"], now=world.now)
    assert again == Stale("changed")
    with pytest.raises(Refused, match=r"case\.not_a_candidate"):
        reassign(world.session, officer, duty(world).id, duty(world).version, world.people["书记"], now=world.now)
    world.session.commit()
    world.jump("12-14", "20:00")
    new = digest_of(world, "李雷", "12-14")
    assert [view.name for view in new.reassigned] == ["李宁"]
    assert [view.owner for view in digest_of(world, "张伟", "12-14").copied] == ["李雷"]


def test_a_digest_whose_duties_have_ended_has_nothing_to_say(world: World) -> None:
    found = digest_of(world, "副镇长", "12-14")
    assert found.summary.short == 3
    for name in ("李宁", "王秀英", "赵小七"):
        world.visit("队长", "12-14", name, capacity="team_head")
    assert digest_of(world, "副镇长", "12-14") is None


def test_a_village_list_names_ten_households_and_counts_the_others(session: Session) -> None:
    world = township(session)
    for n in range(14):
        world.household(f"户{n:02d}", "青山村", first="张伟")
    session.commit()
    world.jump("11-12", "20:00").visit("张伟", "11-12", "户00")
    world.jump("11-18", "08:00")
    (village,) = digest_of(world, "队长", "11-18").villages
    assert (village.total, len(village.items), village.ahead) == (15, 10, True)
    assert "户00" not in [view.name for view in village.items]


def test_what_was_urged_is_heard_once_with_who_asked(world: World) -> None:
    urge(world.session, world.view("专干"), [duty(world)], now=world.now)
    world.session.commit()
    world.jump("12-14", "20:00")
    (urged,) = digest_of(world, "张伟", "12-14").urged
    assert (urged.by, urged.item.name) == ("专干", "李宁")


def test_the_officer_sees_levels_nobody_could_be_told(session: Session) -> None:
    world = township(session)
    session.scalars(select(Grant).where(Grant.role == "deputy")).one().ends_on = date(2026, 11, 1)
    session.commit()
    for day in ("11-01", "12-04", "12-07", "12-08", "12-14"):
        world.jump(day, "20:00")
    assert digest_of(world, "专干", "12-14").notices == 1
    (notice,) = list_system_notices(session, world.people["专干"], DAY)
    assert (notice.what, notice.who, notice.name) == ("nobody", "deputy", "李宁")
