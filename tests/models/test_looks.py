"""Looks on both databases: the same picture is found whoever stored it, exactly, in and out of memory."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.people import Person
from models.photos import Photo, PhotoFile, files
from models.photos.files import Stored
from models.photos.looks import NEAR, Looks, find_near

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
CHANCE = random.Random(7)


def look(number: int) -> str:
    return f"{random.Random(number).getrandbits(256):064x}"


def turned(of: str, bits: int, seed: int = 1) -> str:
    """The same look with so many bits turned."""
    value = int(of, 16)
    for place in random.Random(seed).sample(range(256), bits):
        value ^= 1 << place
    return f"{value:064x}"


def store(session: Session, number: int, seen: str | None, looks: Looks | None = None) -> Photo:
    person = session.scalar(select(Person)) or Person(name="张伟", created_at=NOW)
    session.add(person)
    session.flush()
    photo = Photo(
        person_id=person.id, state="waiting", file_id=f"f{number}", unique_id=f"u{number}", sent_at=NOW, next_try_at=NOW
    )  # fmt: skip
    session.add(photo)
    session.flush()
    file = Stored(f"{number:064x}", 1000, "image/jpeg", 1280, 960, seen, "2026-11-10T14:03:00", "P40")
    files.stored(session, photo.id, file, now=NOW, looks=looks)
    return photo


def test_what_is_near_is_found_nearest_first_and_nothing_else(session: Session) -> None:
    for number, bits in enumerate((0, NEAR, NEAR + 1, 3), 1):
        store(session, number, turned(look(1), bits, seed=number))
    store(session, 5, look(2))
    looks = Looks()
    looks.catch_up(session)
    assert looks.near(look(1)) == [(0, 1), (3, 4), (NEAR, 2)]
    assert looks.near(look(3)) == []


def test_memory_and_database_say_the_same_as_comparing_one_by_one(session: Session) -> None:
    kept = [turned(look(number % 40), CHANCE.randrange(0, 90), seed=number) for number in range(200)]
    for number, seen in enumerate(kept, 1):
        store(session, number, seen)
    looks = Looks()
    looks.catch_up(session)
    for number in range(40):
        wanted = int(look(number), 16)
        apart = [((int(seen, 16) ^ wanted).bit_count(), place) for place, seen in enumerate(kept, 1)]
        near = sorted((bits, place) for bits, place in apart if bits <= NEAR)
        assert looks.near(look(number)) == find_near(session, Looks(), look(number)) == near


def test_what_another_process_stored_is_found_without_asking_for_it_first(engine: Engine) -> None:
    """Two processes with a memory each, one database: what was committed after the last look into it is found too."""
    mine, theirs = Looks(), Looks()
    with Session(engine) as session, session.begin():
        store(session, 1, look(1), mine)
        mine.catch_up(session)
    with Session(engine) as session, session.begin():
        store(session, 2, turned(look(1), 5), theirs)
    with Session(engine) as session, session.begin():
        assert find_near(session, mine, look(1)) == [(0, 1), (5, 2)]
        mine.catch_up(session)
        assert mine.near(look(1)) == [(0, 1), (5, 2)]


def test_a_transaction_that_came_to_nothing_leaves_nothing_in_memory(engine: Engine) -> None:
    looks = Looks()
    with Session(engine) as session:
        store(session, 1, look(1), looks)
        assert find_near(session, looks, look(1)) == [(0, 1)]
        session.rollback()
    with Session(engine) as session, session.begin():
        looks.catch_up(session)
        store(session, 2, look(2), looks)
        assert find_near(session, looks, look(1)) == []
        assert session.scalars(select(PhotoFile.number)).all() == [1]


def test_pictures_of_nothing_have_no_number(session: Session) -> None:
    store(session, 1, None)
    store(session, 2, look(2))
    rows = session.execute(select(PhotoFile.sha256, PhotoFile.number).order_by(PhotoFile.sha256)).all()
    assert [row.number for row in rows] == [None, 1]


def test_the_oldest_make_room_for_the_newest() -> None:
    looks = Looks(most=1000)
    for start in range(0, 1500, 100):
        looks.add(list(range(start + 1, start + 101)), [look(n) for n in range(start + 1, start + 101)])
    assert len(looks) <= 1000
    assert looks.known_to == 1500
    assert looks.near(look(1500)) == [(0, 1500)]
    assert looks.near(look(1)) == []


def test_what_the_camera_wrote_is_local_time_unless_it_says_otherwise(session: Session) -> None:
    photo = store(session, 1, look(1))
    file = session.get_one(PhotoFile, photo.sha256)
    assert file.taken_at == datetime(2026, 11, 10, 6, 3, tzinfo=UTC)
    assert file.camera == "P40"


@pytest.mark.parametrize("bits", [0, 12, NEAR])
def test_a_photo_is_no_twin_of_one_that_belongs_to_no_record(session: Session, bits: int) -> None:
    looks = Looks()
    store(session, 1, look(1), looks)
    assert store(session, 2, turned(look(1), bits), looks).twin_id is None


def test_numbers_are_given_in_the_order_of_commits_whoever_writes_at_once(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        store(session, 1000, None)

    def store_five(start: int) -> None:
        for number in range(start, start + 5):
            with Session(engine) as session, session.begin():
                store(session, number, look(number))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(store_five, (100, 200, 300, 400)))
    with Session(engine) as session:
        numbers = session.scalars(select(PhotoFile.number).where(PhotoFile.number.is_not(None))).all()
    assert sorted(numbers) == list(range(1, 21))
