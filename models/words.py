"""The officer's own words: what people of this township say, and what it means to the reader of reports."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Index, Select, func, or_, select, text
from sqlalchemy.orm import Mapped, Session

from models import access, audit
from models.access import PersonView
from models.areas import Area
from models.base import Base, Id, ref
from models.errors import Refused
from models.households.tables import Household, Member
from models.naming import names
from models.pages import fit_page
from models.people import Person
from models.times import local_day

MEANINGS = (
    "met", "not_home", "away", "hospital", "unreachable", "declined", "deceased", "fine", "visit", "plan",
)  # fmt: skip
"""What a word of one's own may mean: whom one found, that one went, that one is only going to."""
LONGEST = 12
PAGE = 10


@names("meaning", "ended_at")
class Word(Base):
    """`meaning` is one of the parser's kinds (`met`, `not_home`, `away` …). Ended, never deleted."""

    __tablename__ = "words"
    id: Mapped[Id]
    area_id: Mapped[int] = ref("areas")
    """The township whose people say so."""
    word: Mapped[str]
    meaning: Mapped[str]
    added_by: Mapped[int | None] = ref("people", index=False)
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_words_open",
            "area_id",
            "word",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


_fixed: tuple[tuple[str, str], ...] = ()


def use_words(words: Mapping[str, tuple[str, ...]]) -> None:
    """Sets the words of the configuration file, `{"not_home": ("没落屋",)}`; once, at start."""
    global _fixed
    _fixed = tuple((plain_word(word), meaning) for meaning, said in words.items() for word in said)


def plain_word(said: str) -> str:
    """A word as it is kept and compared: half width, lower case, single blanks, no marks around it."""
    return " ".join(unicodedata.normalize("NFKC", said).lower().split()).strip(" 。.!?,、~;:“”\"'()[]")


def check_word(said: str) -> str:
    """The word, ready to be kept. Raises Refused("words.none") and ("words.too_long", longest)."""
    word = plain_word(said)
    if not any(char.isalpha() for char in word):
        raise Refused("words.none")
    if len(word) > LONGEST:
        raise Refused("words.too_long", longest=LONGEST)
    return word


@dataclass(frozen=True)
class WordView:
    """`word_id` 0: it stands in the configuration file and is changed there."""

    word_id: int
    word: str
    meaning: str
    by: str = ""
    on: date | None = None


@dataclass(frozen=True)
class WordPage:
    items: tuple[WordView, ...]
    page: int
    pages: int
    total: int


def words_for(session: Session, person: PersonView) -> tuple[tuple[str, str], ...]:
    """(word, meaning) of all that holds for the messages of a person, what was added in the chat first."""
    paths = [grant.path for grant in person.grants if grant.path]
    rows = session.execute(
        select(Word.word, Word.meaning, Area.path)
        .outerjoin(Area, Area.id == Word.area_id)
        .where(Word.ended_at.is_(None))
        .order_by(Word.id)
    )
    said = {row.word: row.meaning for row in rows if any(path.startswith(row.path or "/") for path in paths)}
    return (*said.items(), *((word, meaning) for word, meaning in _fixed if word not in said))


def list_words(session: Session, person: PersonView, *, page: int = 1) -> WordPage:
    """What the officer has added, newest first, then what stands in the file; ten a page, counted from 1."""
    rows = session.execute(
        select(Word, Person.name)
        .outerjoin(Person, Person.id == Word.added_by)
        .where(Word.ended_at.is_(None), Word.area_id.in_(_areas(person)))
        .order_by(Word.id.desc())
    ).all()
    added = [WordView(row.id, row.word, row.meaning, by or "", local_day(row.added_at)) for row, by in rows]
    known = {each.word for each in added}
    found = [*added, *(WordView(0, word, meaning) for word, meaning in _fixed if word not in known)]
    page, pages = fit_page(page, len(found), PAGE)
    return WordPage(tuple(found[(page - 1) * PAGE : page * PAGE]), page, pages, len(found))


def _areas(person: PersonView) -> Select[int]:
    under = [Area.path.startswith(path, autoescape=True) for path in person.paths("word.write")]
    return select(Area.id).where(or_(*under)) if under else select(Area.id).where(Area.id.is_(None))


def get_word(session: Session, person_id: int, word_id: int, *, now: datetime) -> WordView:
    """A word of the officer's township. Raises Refused("words.gone") alike for foreign, unknown and ended ones."""
    row = _own(session, person_id, word_id, now)
    by = session.get(Person, row.added_by) if row.added_by else None
    return WordView(row.id, row.word, row.meaning, by.name if by else "", local_day(row.added_at))


def _own(session: Session, person_id: int, word_id: int, now: datetime) -> Word:
    person = access.view(session, person_id, local_day(now))
    row = session.get(Word, word_id)
    if row is None or row.ended_at is not None:
        raise Refused("words.gone")
    try:
        access.access_area(session, person, row.area_id, "word.write")
    except Refused:
        raise Refused("words.gone") from None
    return row


def add_word(
    session: Session, person_id: int, said: str, meaning: str, *, built_in: str = "", now: datetime
) -> WordView:
    """From now on the word means that, for everybody of the officer's township; what it meant before ends.

    `built_in` is what the reader of reports takes it for by itself.

    Raises Refused("words.none", "words.too_long", "words.same", "button.broken", "not.allowed").
    """
    word = check_word(said)
    if meaning not in MEANINGS:
        raise Refused("button.broken")
    person = access.view(session, person_id, local_day(now))
    area_id = _township_of(person)
    before = session.scalar(select(Word).where(Word.area_id == area_id, Word.word == word, Word.ended_at.is_(None)))
    if meaning == (before.meaning if before is not None else dict(_fixed).get(word, built_in)):
        raise Refused("words.same", word=word)
    if before is not None:
        before.ended_at = now
        session.flush()
    row = Word(area_id=area_id, word=word, meaning=meaning, added_by=person_id, added_at=now)
    session.add(row)
    session.flush()
    audit.record(session, "word.add", now=now, person_id=person_id, subject=f"word:{row.id}", meaning=meaning)
    return WordView(row.id, word, meaning, person.name, local_day(now))


def _township_of(person: PersonView) -> int:
    """Where the officer's words hold. Raises Refused("not.allowed") for who may not add any."""
    for grant in person.grants:
        if grant.role in access.RIGHTS["word.write"] and grant.area_id is not None:
            return grant.area_id
    raise Refused("not.allowed")


def end_word(session: Session, person_id: int, word_id: int, *, now: datetime) -> WordView:
    """From now on the word means what it meant before it was added. Raises Refused("words.gone")."""
    row = _own(session, person_id, word_id, now)
    row.ended_at = now
    audit.record(session, "word.end", now=now, person_id=person_id, subject=f"word:{word_id}")
    return WordView(row.id, row.word, row.meaning)


def count_named(session: Session, person: PersonView, word: str) -> int:
    """How many households of the officer's township have somebody of that name: such a word is better not taken."""
    member = select(Member.household_id).where(Member.name == word, Member.ended_on.is_(None))
    named = or_(Household.head_name == word, Household.id.in_(member))
    mine = access.area_scope(person.paths("word.write"))
    return session.scalar(select(func.count()).select_from(Household).where(named, mine)) or 0
