"""What one helper calls a household (歪叔): kept only when the helper says so, private, handed over with the household."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.drafts import Draft
from models.errors import Refused
from models.households.tables import Household, Nickname
from models.visits.reports import view_of

SHORTEST, LONGEST = 2, 8
ANOTHER_HEAD = (
    select(Household.id)
    .where(
        Household.head_name == bindparam("word"),
        Household.id != bindparam("household_id"),
        Household.status != "ended",
    )
    .limit(1)
)
"""The full name of another household's head is nobody's nickname: it was the wrong household, or will be."""
MOST_ASKED = 3
"""Once, and again at most twice, is it asked whether a word stands for its household from now on."""


@dataclass(frozen=True)
class Called:
    """A word that a report used and its household. `answer`: ask, kept, once, or none where nothing is asked."""

    word: str
    household_id: int
    answer: str = ""


def list_called(draft: Draft) -> list[Called]:
    """The words of a report that named nobody until its author said whom; with what was said about keeping them."""
    said: dict[str, int] = {}
    for part in view_of(draft).parts:
        for key, household_id in part.answers.items():
            code, _, word = key.partition(":")
            if code == "unknown" and household_id and SHORTEST <= len(word) <= LONGEST:
                said[word] = int(household_id)
    answers = [*draft.facts.get("nicknames", ()), *("" for _ in said)]
    return [Called(word, said[word], answer) for word, answer in zip(said, answers, strict=False)]


def offer(session: Session, draft: Draft, *, now: datetime) -> None:
    """When a report is confirmed: 以后“老表”就指这户? is asked beside the answer, for words not settled yet."""
    answers = [_ask(session, draft.person_id, called, now) for called in list_called(draft)]
    if "ask" in answers:
        draft.facts = {**draft.facts, "nicknames": answers}


def _ask(session: Session, person_id: int, called: Called, now: datetime) -> str:
    if session.scalar(ANOTHER_HEAD, {"word": called.word, "household_id": called.household_id}) is not None:
        return ""
    known = _find(session, person_id, called.word)
    if known is None:
        known = Nickname(
            person_id=person_id, household_id=called.household_id, name=called.word, kept=False, asked=0, created_at=now
        )
        session.add(known)
    if (known.kept and known.household_id == called.household_id) or known.asked >= MOST_ASKED:
        return ""
    known.asked += 1
    return "ask"


def _find(session: Session, person_id: int, word: str) -> Nickname | None:
    return session.scalar(select(Nickname).where(Nickname.person_id == person_id, Nickname.name == word))


@dataclass(frozen=True)
class Answered:
    draft_id: int


def remember(session: Session, person_id: int, draft_id: int, place: int, *, now: datetime) -> Answered:
    """记住: from the next message on the word names its household, for this helper alone. Raises Refused("draft.gone")."""
    called = _answer(session, person_id, draft_id, place, "kept")
    known = _find(session, person_id, called.word)
    if known is None:
        known = Nickname(person_id=person_id, name=called.word, household_id=called.household_id, created_at=now)
        session.add(known)
    known.household_id, known.kept, known.asked = called.household_id, True, 0
    return Answered(draft_id)


def only_once(session: Session, person_id: int, draft_id: int, place: int, *, now: datetime) -> Answered:
    """就这次: the word stays unknown. Raises Refused("draft.gone")."""
    _answer(session, person_id, draft_id, place, "once")
    return Answered(draft_id)


def _answer(session: Session, person_id: int, draft_id: int, place: int, answer: str) -> Called:
    """Notes the answer with the report; the newest one holds."""
    draft = session.get(Draft, draft_id)
    answers = list(draft.facts.get("nicknames", ())) if draft is not None and draft.person_id == person_id else []
    if draft is None or place >= len(answers) or not answers[place]:
        raise Refused("draft.gone")
    answers[place] = answer
    draft.facts = {**draft.facts, "nicknames": answers}
    return list_called(draft)[place]


def list_nicknames(session: Session, person_id: int, household_id: int) -> tuple[tuple[int, str], ...]:
    """(id, word) of what this person calls a household, oldest first."""
    rows = session.execute(
        select(Nickname.id, Nickname.name)
        .where(Nickname.person_id == person_id, Nickname.household_id == household_id, Nickname.kept)
        .order_by(Nickname.id)
    )
    return tuple((row.id, row.name) for row in rows)


@dataclass(frozen=True)
class Forgotten:
    household_id: int


def forget(session: Session, person_id: int, nickname_id: int, *, now: datetime) -> Forgotten:
    """The word names nobody again. Raises Refused("nickname.gone") for others' and unknown ones."""
    row = session.get(Nickname, nickname_id)
    if row is None or row.person_id != person_id:
        raise Refused("nickname.gone")
    row.kept = False
    return Forgotten(row.household_id)


def hand_over(session: Session, household_id: int, from_person: int, to_person: int, *, now: datetime) -> int:
    """Gives a household's nicknames to its new helper; how many. A word that means another household there stays so.

    Both keep them: who helped before may come back, and reads nothing of the household until then.
    """
    given = 0
    for _, word in list_nicknames(session, from_person, household_id):
        known = _find(session, to_person, word)
        if known is None:
            known = Nickname(
                person_id=to_person, household_id=household_id, name=word, kept=False, asked=0, created_at=now
            )
            session.add(known)
        if not known.kept:
            known.household_id, known.kept, known.asked = household_id, True, 0
            given += 1
    return given
