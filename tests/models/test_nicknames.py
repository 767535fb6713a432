"""Nicknames: asked about beside the answer, kept by one word, private, forgotten, handed over."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.drafts import Draft
from models.errors import Refused
from models.households import Nickname, nicknames
from models.households.queries import list_loggable
from models.visits import actions, reports
from models.visits.reports import Line, Part, ReportView
from tests.conftest import Play
from tests.schedules.world import World, township

DAY = date(2026, 11, 10)


def november(session: Session) -> World:
    return township(session).jump("11-01", "06:00").jump("11-10", "20:00")


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def log(world: World, *words: str, by: str = "张伟", household: str = "李宁") -> int:
    """A confirmed report in which words that named nobody were answered with a household; its draft."""
    where = world.households[household]
    answers = {f"unknown:{word}": where for word in words}
    view = ReportView(parts=(Part("去过了", world.now, answers=answers),))
    kept = reports.keep_report(world.session, world.people[by], view, (Line(where, DAY),), now=world.now)
    version = world.session.get_one(Draft, kept.draft_id).version
    actions.confirm_report(world.session, world.people[by], kept.draft_id, version, now=world.now)
    return kept.draft_id


def asked(world: World, draft_id: int) -> list[tuple[str, str]]:
    return [(each.word, each.answer) for each in nicknames.list_called(world.session.get_one(Draft, draft_id))]


def keep(world: World, *words: str, by: str = "张伟", household: str = "李宁") -> None:
    draft_id = log(world, *words, by=by, household=household)
    for place in range(len(words)):
        nicknames.remember(world.session, world.people[by], draft_id, place, now=world.now)


def names_of(world: World, name: str, household: str = "李宁") -> list[str]:
    found = nicknames.list_nicknames(world.session, world.people[name], world.households[household])
    return [word for _, word in found]


def heard_by(world: World, name: str) -> set[str]:
    return {word for each in list_loggable(world.session, world.view(name), DAY) for word in each.nicknames}


def test_a_word_answered_is_asked_about_and_kept_only_when_told_so(world: World) -> None:
    draft_id = log(world, "歪叔")
    assert asked(world, draft_id) == [("歪叔", "ask")]
    assert heard_by(world, "张伟") == set()
    nicknames.remember(world.session, world.people["张伟"], draft_id, 0, now=world.now)
    assert asked(world, draft_id) == [("歪叔", "kept")]
    assert heard_by(world, "张伟") == {"歪叔"}
    assert heard_by(world, "王芳") == set()


def test_just_this_once_is_asked_again_at_most_twice(world: World) -> None:
    answers = []
    for _ in range(4):
        draft_id = log(world, "老表")
        answers.append(asked(world, draft_id)[0][1])
        if answers[-1]:
            nicknames.only_once(world.session, world.people["张伟"], draft_id, 0, now=world.now)
    assert answers == ["ask", "ask", "ask", ""]
    assert heard_by(world, "张伟") == set()


def test_a_word_that_is_kept_is_not_asked_about(world: World) -> None:
    keep(world, "歪叔")
    assert asked(world, log(world, "歪叔")) == [("歪叔", "")]


def test_of_several_words_each_has_its_own_answer(world: World) -> None:
    draft_id = log(world, "歪叔", "老表")
    nicknames.only_once(world.session, world.people["张伟"], draft_id, 0, now=world.now)
    nicknames.remember(world.session, world.people["张伟"], draft_id, 1, now=world.now)
    assert asked(world, draft_id) == [("歪叔", "once"), ("老表", "kept")]
    assert names_of(world, "张伟") == ["老表"]


def test_words_too_short_or_too_long_are_no_nicknames(world: World) -> None:
    assert asked(world, log(world, "叔", "一个很长很长的说法")) == []


def test_a_button_of_another_s_report_keeps_nothing(world: World) -> None:
    draft_id = log(world, "歪叔")
    for person, place in (("王芳", 0), ("张伟", 1), ("张伟", 7)):
        with pytest.raises(Refused, match=r"draft\.gone"):
            nicknames.remember(world.session, world.people[person], draft_id, place, now=world.now)
    assert heard_by(world, "王芳") == heard_by(world, "张伟") == set()


def test_a_forgotten_nickname_names_nobody_and_may_be_learned_again(world: World) -> None:
    keep(world, "歪叔")
    number = world.session.scalars(select(Nickname.id)).one()
    with pytest.raises(Refused, match=r"nickname\.gone"):
        nicknames.forget(world.session, world.people["王芳"], number, now=world.now)
    nicknames.forget(world.session, world.people["张伟"], number, now=world.now)
    assert heard_by(world, "张伟") == set()
    assert asked(world, log(world, "歪叔")) == [("歪叔", "ask")]


def test_a_household_is_handed_over_with_its_nicknames(world: World) -> None:
    keep(world, "歪叔", "老表")
    log(world, "老表", by="王芳")  # asked and not answered: no name yet
    given = nicknames.hand_over(
        world.session, world.households["李宁"], world.people["张伟"], world.people["王芳"], now=world.now
    )
    assert given == 2
    assert names_of(world, "王芳") == ["老表", "歪叔"]
    assert names_of(world, "张伟") == ["歪叔", "老表"]


def test_a_word_that_means_another_household_to_the_new_helper_stays_theirs(world: World) -> None:
    other = "赵大"
    world.household(other, "青山村", first="王芳")
    keep(world, "歪叔")
    keep(world, "歪叔", by="王芳", household=other)
    from_to = world.people["张伟"], world.people["王芳"]
    assert nicknames.hand_over(world.session, world.households["李宁"], *from_to, now=world.now) == 0
    assert (names_of(world, "王芳"), names_of(world, "王芳", other)) == ([], ["歪叔"])
