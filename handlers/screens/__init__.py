"""Screens: for every kind of message the facts it needs and the words it is. Facts are read at the claim, words made at send."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from sqlalchemy.orm import Session

from handlers import locales
from handlers.locales import Words
from handlers.parsing.choices import plain
from handlers.reply import Choice, Reply

Values = dict[str, Any]


FactsQuery = Callable[..., Values | None]
"""`facts(session, recipient_id, *, now, **ids)`: plain values, or None: nothing to say any more (suppressed)."""


@dataclass(frozen=True)
class Screen:
    """A kind of message: its facts are read in the transaction that claims it, its words made after that."""

    kind: str
    facts: FactsQuery | None
    render: Callable[[Values, Words], Reply]


SCREENS: dict[str, Screen] = {}


def screen(
    kind: str, facts: FactsQuery | None = None
) -> Callable[[Callable[[Values, Words], Reply]], Callable[[Values, Words], Reply]]:
    """Registers a render function for a kind; without `facts` the row's ids are its values."""

    def register(render: Callable[[Values, Words], Reply]) -> Callable[[Values, Words], Reply]:
        if kind in SCREENS:
            raise ValueError(f"two screens of kind {kind}")
        SCREENS[kind] = Screen(kind, facts, render)
        return render

    return register


def load_screens() -> None:
    """Imports every module of this folder, so that all kinds are registered."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")


def read_facts(session: Session, kind: str, recipient_id: int | None, ids: Values, *, now: datetime) -> Values | None:
    """The plain values a message of this kind shows at this moment; None: it has nothing to say any more."""
    facts = SCREENS[kind].facts
    return ids if facts is None else facts(session, recipient_id, now=now, **ids)


def render(kind: str, values: Values, locale: str) -> Reply:
    """The words and choices of a screen; pure."""
    return tell_apart(SCREENS[kind].render(values, locales.words(locale)))


def tell_apart(reply: Reply) -> Reply:
    """Buttons of one label (two households of one name) show their number, which the lines above them show too; a word
    that would answer several buttons answers none."""
    labels = Counter(label for label, _ in {(choice.label, choice.data) for choice in reply.choices})
    meant: dict[str, set[str]] = {}
    for choice in reply.choices:
        for word in (choice.label, *choice.words):
            meant.setdefault(plain(word), set()).add(choice.data)
    choices = tuple(
        replace(
            choice,
            label=f"{number}. {choice.label}" if labels[choice.label] > 1 else choice.label,
            words=tuple(word for word in choice.words if len(meant[plain(word)]) == 1),
        )
        for number, choice in enumerate(reply.choices, 1)
    )
    return replace(reply, choices=choices)


def back(t: Words, data: str = "menu:more") -> Choice:
    """The way back that every screen has."""
    return Choice(t("button.back"), data, t.several("button.back_words"))
