"""What a person's words may name, kept between messages: built once, read again only after something was changed."""

import threading
from collections import OrderedDict
from datetime import date
from functools import lru_cache

from sqlalchemy.orm import Session

from handlers.parsing import WORDS, Words
from handlers.reports import Known, scope_of
from models.access import PersonView
from models.households.queries import list_loggable
from models.naming import find_mark
from models.words import words_for

MOST_HOUSEHOLDS = 8_000
"""Kept over all people, at about 6 kB each."""
Key = tuple[str, PersonView, date]


class Kept:
    """The scopes used last, by person. Safe to use from several threads."""

    def __init__(self, most: int = MOST_HOUSEHOLDS) -> None:
        self.most = most
        self.households = 0
        self._scopes: OrderedDict[int, tuple[Key, Known]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Key) -> Known | None:
        with self._lock:
            kept = self._scopes.get(key[1].id)
            if kept is None or kept[0] != key:
                return None
            self._scopes.move_to_end(key[1].id)
            return kept[1]

    def keep(self, key: Key, scope: Known) -> None:
        with self._lock:
            self._drop(key[1].id)
            self._scopes[key[1].id] = (key, scope)
            self.households += len(scope.candidates) + 1
            while self.households > self.most and self._scopes:
                self._drop(next(iter(self._scopes)))

    def _drop(self, person_id: int) -> None:
        before = self._scopes.pop(person_id, None)
        if before is not None:
            self.households -= len(before[1].candidates) + 1


_kept = Kept()


def read_scope(session: Session, person: PersonView, today: date, kept: Kept = _kept) -> Known:
    """The households a person's words may mean today, and the words themselves.

    The mark is read first: what another process changes in between is then read again next time.
    """
    key = (find_mark(session), person, today)
    found = kept.find(key) if key[0] else None
    if found is None:
        found = scope_of(list_loggable(session, person, today), with_own(words_for(session, person)))
        kept.keep(key, found)
    return found


@lru_cache(maxsize=16)
def with_own(said: tuple[tuple[str, str], ...]) -> Words:
    """The parser's words and those of a township; the same object for the same words."""
    more: dict[str, list[str]] = {}
    for word, meaning in said:
        more.setdefault(meaning, []).append(word)
    return WORDS.with_more(more) if more else WORDS
