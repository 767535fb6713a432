"""The officer's own words: kept once, for the township, changed and ended without losing what was."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, words
from models.access import PersonView
from models.areas import ensure_area, ensure_township
from models.errors import Refused
from models.people import Grant
from models.words import Word
from tests.stories.township import add_household, add_person

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
DAY = date(2026, 11, 10)


@pytest.fixture
def township(session: Session) -> Iterator[Session]:
    ensure_township(session, "示例县", "示例乡")
    for number, (name, role) in enumerate((("刘专干", "officer"), ("张伟", "helper"))):
        add_person(session, name, role, "", f"1960000000{number}", {}, now=NOW)
    add_household(session, "李宁", "张伟", "", "青山村", {}, now=NOW)
    session.flush()
    yield session
    words.use_words({})


def view(session: Session, name: str) -> PersonView:
    return access.view(session, person_id(session, name), DAY)


def person_id(session: Session, name: str) -> int:
    return session.scalars(select(words.Person.id).where(words.Person.name == name)).one()


def add(session: Session, word: str, meaning: str, **more: str) -> words.WordView:
    return words.add_word(session, person_id(session, "刘专干"), word, meaning, now=NOW, **more)


def refusal(session: Session, word: str, meaning: str, **more: str) -> str:
    with pytest.raises(Refused) as caught:
        add(session, word, meaning, **more)
    return caught.value.code


def test_a_word_is_kept_as_it_is_compared(township: Session) -> None:
    assert add(township, " “没落屋”。 ", "not_home").word == "没落屋"
    assert words.words_for(township, view(township, "张伟")) == (("没落屋", "not_home"),)


def test_what_is_no_word_is_refused(township: Session) -> None:
    assert refusal(township, "", "away") == "words.none"
    assert refusal(township, "123", "away") == "words.none"
    assert refusal(township, "😀", "away") == "words.none"
    assert refusal(township, "一" * 13, "away") == "words.too_long"
    assert refusal(township, "没落屋", "no_such_meaning") == "button.broken"


def test_what_is_understood_already_is_not_added_again(township: Session) -> None:
    assert refusal(township, "没人", "not_home", built_in="not_home") == "words.same"
    add(township, "没落屋", "not_home")
    assert refusal(township, "没落屋", "not_home") == "words.same"
    words.use_words({"away": ("下广",)})
    assert refusal(township, "下广", "away") == "words.same"


def test_a_new_meaning_ends_the_old_one_and_keeps_its_row(township: Session) -> None:
    add(township, "没落屋", "not_home")
    add(township, "没落屋", "away")
    rows = township.scalars(select(Word).order_by(Word.id)).all()
    assert [(row.meaning, row.ended_at is None) for row in rows] == [("not_home", False), ("away", True)]
    assert words.words_for(township, view(township, "张伟")) == (("没落屋", "away"),)


def test_what_is_added_in_the_chat_wins_over_the_file(township: Session) -> None:
    words.use_words({"away": ("下广", "没落屋")})
    add(township, "没落屋", "not_home")
    assert words.words_for(township, view(township, "张伟")) == (("没落屋", "not_home"), ("下广", "away"))
    shown = words.list_words(township, view(township, "刘专干"))
    assert [(each.word, each.word_id > 0) for each in shown.items] == [("没落屋", True), ("下广", False)]


def test_a_word_that_was_ended_means_nothing_more(township: Session) -> None:
    added = add(township, "没落屋", "not_home")
    words.end_word(township, person_id(township, "刘专干"), added.word_id, now=NOW)
    assert words.words_for(township, view(township, "张伟")) == ()
    with pytest.raises(Refused) as caught:
        words.end_word(township, person_id(township, "刘专干"), added.word_id, now=NOW)
    assert caught.value.code == "words.gone"


def test_the_words_of_another_township_are_neither_heard_nor_ended_here(township: Session) -> None:
    county = ensure_area(township, None, "county", "示例县")
    other = ensure_area(township, county, "township", "邻乡")
    stranger = add_person(township, "外专干", "officer", "", "19600000009", {}, now=NOW)
    township.scalars(select(Grant).where(Grant.person_id == stranger)).one().area_id = other
    township.flush()
    foreign = words.add_word(township, stranger, "没落屋", "away", now=NOW)
    add(township, "没落屋", "not_home")
    assert words.words_for(township, view(township, "张伟")) == (("没落屋", "not_home"),)
    assert [each.meaning for each in words.list_words(township, view(township, "刘专干")).items] == ["not_home"]
    with pytest.raises(Refused) as caught:
        words.end_word(township, person_id(township, "刘专干"), foreign.word_id, now=NOW)
    assert caught.value.code == "words.gone"


def test_only_an_officer_has_a_township_to_add_words_for(township: Session) -> None:
    with pytest.raises(Refused) as caught:
        words.add_word(township, person_id(township, "张伟"), "没落屋", "not_home", now=NOW)
    assert caught.value.code == "not.allowed"


def test_twelve_words_are_two_pages(township: Session) -> None:
    for number in range(12):
        add(township, f"说法{number}号", "away")
    second = words.list_words(township, view(township, "刘专干"), page=9)
    assert (second.page, second.pages, second.total, len(second.items)) == (2, 2, 12, 2)


def test_somebody_s_name_is_counted_as_a_warning(township: Session) -> None:
    officer = view(township, "刘专干")
    assert (words.count_named(township, officer, "李宁"), words.count_named(township, officer, "没落屋")) == (1, 0)
