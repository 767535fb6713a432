"""News: what else a digest tells besides duties, a line each: answers to requests, absences, hand-overs, warnings.

A notice of one of the kinds in READERS is read against the rows as they are now; what no longer holds says nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from models.notices import Notice


@dataclass(frozen=True)
class News:
    """One line. `what` names its text, `values` fill it: plain ones, days, lists of names. `choices` are buttons:
    (the label's text key, the button's data, the text key of the words that answer it)."""

    what: str
    values: dict[str, Any] = field(default_factory=dict)
    choices: tuple[tuple[str, str, str], ...] = ()


Reader = Callable[[Session, list[Notice]], list[News]]
"""All notices of one kind in one message → its lines."""


def read_news(session: Session, notices: Iterable[Notice]) -> tuple[News, ...]:
    """What the notices still have to say, kind by kind in the order of READERS."""
    of_kind: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        of_kind[notice.kind].append(notice)
    return tuple(line for kind, read in READERS.items() if kind in of_kind for line in read(session, of_kind[kind]))


def _requests_answered(session: Session, notices: list[Notice]) -> list[News]:
    from models.requests.queries import list_views

    views = list_views(session, dict.fromkeys(int(notice.facts["request_id"]) for notice in notices))
    return [
        News(
            f"request_{view.state}" + ("_why" if view.answer else ""),
            {"about": {"kind": view.kind, "place": _place(view)}, "by": view.answered_by, "words": view.answer},
        )
        for view in views
        if view.state in ("done", "declined")
    ]


def _place(view: Any) -> dict[str, Any] | None:
    return {"name": view.name, "village": view.village, "group": view.group} if view.name else None


def _claims(session: Session, notices: list[Notice]) -> list[News]:
    from models.visits.telling import read_claims

    return read_claims(session, notices)


def _returns(session: Session, notices: list[Notice]) -> list[News]:
    from models.visits.telling import read_returns

    return read_returns(session, notices)


def _claims(session: Session, notices: list[Notice]) -> list[News]:
    from models.visits.telling import read_claims

    return read_claims(session, notices)


def _returns(session: Session, notices: list[Notice]) -> list[News]:
    from models.visits.telling import read_returns

    return read_returns(session, notices)


def _visits(session: Session, notices: list[Notice]) -> list[News]:
    from models.visits.telling import read_told

    return read_told(session, notices)


def _covers_asked(session: Session, notices: list[Notice]) -> list[News]:
    """The question to the cover where it could not go alone."""
    from models.absences.queries import list_views

    return [
        News(
            "cover_asked",
            {"name": view.name, "days": view.days, "households": list(view.households)},
            (
                ("absence.agree", f"absence:agree:{view.id}", "absence.agree_words"),
                ("absence.decline", f"absence:decline:{view.id}", "absence.decline_words"),
            ),
        )
        for view in list_views(session, _absences(notices))
        if view.state == "active" and view.cover_state == "asked"
    ]


def _covers_answered(session: Session, notices: list[Notice]) -> list[News]:
    from models.absences.queries import list_views

    return [
        News(f"cover_{view.cover_state}", {"name": view.cover, "days": view.days})
        for view in list_views(session, _absences(notices))
        if view.state == "active" and view.cover_state in ("agreed", "declined", "silent")
    ]


def _absent(session: Session, notices: list[Notice]) -> list[News]:
    """To the second helper, or the team head: nobody stands in."""
    from models.absences.queries import list_views

    found = []
    for notice in notices:
        for view in list_views(session, [int(notice.facts["absence_id"])], notice.facts.get("households")):
            if view.state == "active" and view.cover_state != "agreed":
                values = {"name": view.name, "days": view.days, "households": list(view.households)}
                found.append(News(f"absent_{notice.facts['role']}", values))
    return found


def _absences_ended(session: Session, notices: list[Notice]) -> list[News]:
    from models.absences.queries import list_views

    return [News("absence_ended", {"name": view.name}) for view in list_views(session, _absences(notices))]


def _absences(notices: list[Notice]) -> list[int]:
    return list(dict.fromkeys(int(notice.facts["absence_id"]) for notice in notices))


READERS: dict[str, Reader] = {
    "request_answered": _requests_answered,
    "unreachable": _visits,
    "declined": _visits,
    "attested": _claims,
    "denied": _claims,
    "unanswered": _claims,
    "return_answered": _returns,
    "attested": _claims,
    "denied": _claims,
    "unanswered": _claims,
    "return_answered": _returns,
}
"""Notice kind → how it is told."""
