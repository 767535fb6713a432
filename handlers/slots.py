"""What a photo shows: said in its caption, or by a tap on the record's list of photos."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.locales import LOCALES, words
from handlers.parsing.choices import plain
from handlers.visits import look, page_of
from models.errors import Refused
from models.photos import slots
from models.photos.tables import OTHER, SLOTS
from models.visits import queries

CLAUSE_ENDS = re.compile(r"[,,。.;;、!!??\n]+")


@cache
def _words() -> dict[str, str]:
    """Every word for what a picture shows → slot, of both languages, longest first."""
    found = {
        plain(word): slot
        for slot in SLOTS
        for locale in LOCALES
        for word in words(locale).several(f"photo.slot_words.{slot}")
    }
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


@cache
def _after() -> tuple[str, ...]:
    return tuple(plain(word) for locale in LOCALES for word in words(locale).several("photo.slot_after"))


def slot_of(caption: str) -> str:
    """The slot a caption names at the end of a clause (李宁家灶台, 这是存折的照片); `other` for none, or for several."""
    named = {slot for clause in CLAUSE_ENDS.split(caption) if (slot := _slot_of_clause(clause)[0])}
    return named.pop() if len(named) == 1 else OTHER


def only_slots(caption: str) -> bool:
    """Whether a caption says what the picture shows and nothing else: it is no report then."""
    clauses = [clause for clause in CLAUSE_ENDS.split(caption) if plain(clause)]
    return bool(clauses) and all(slot and not rest for slot, rest in map(_slot_of_clause, clauses))


def _slot_of_clause(clause: str) -> tuple[str, str]:
    """(slot, what stands before its word)."""
    said = plain(clause)
    for after in _after():
        said = said.removesuffix(after)
    for word, slot in _words().items():
        rest = said.removesuffix(word)
        if rest != said and not (word.isascii() and rest[-1:].isascii() and rest[-1:].isalpha()):
            return slot, rest
    return "", said


@dataclass(frozen=True)
class Listed:
    visit_id: int
    page: int


async def show_list(incoming: Incoming, context: Context) -> None:
    """The photos of one record, ten a page."""
    await context.run(
        _look_at_record, context.me.id, context.number(), page_of(context, 1),
        reply="photo.list",
    )  # fmt: skip


def _look_at_record(session: Session, person_id: int, visit_id: int, page: int, *, now: datetime) -> Listed:
    view = queries.find_visit(session, visit_id)
    if view is None:
        raise Refused("visit.unknown")
    if view.person_id != person_id:
        look(session, person_id, view.place.household_id, "household.read", now=now)
    return Listed(visit_id, page)


async def show_one(incoming: Incoming, context: Context) -> None:
    """One photo: what it shows, when it was sent, what its camera wrote."""
    await context.run(_look_at_photo, context.me.id, context.number(), reply="photo.one")


def _look_at_photo(session: Session, person_id: int, photo_id: int, *, now: datetime) -> slots.Changed:
    view = slots.find_photo(session, photo_id)
    if view is None:
        raise Refused("photo.not_yours")
    if view.person_id != person_id:
        look(session, person_id, view.place.household_id, "household.read", now=now)
    return slots.Changed(photo_id)


async def set_slot(incoming: Incoming, context: Context) -> None:
    await context.run(slots.set_slot, context.me.id, context.number(), context.word(1), reply="photo.one")


async def give(incoming: Incoming, context: Context) -> None:
    """是李宁家的: a photo of a report about several households."""
    await context.run(slots.give, context.me.id, context.number(), context.number(1), reply="photo.one")
