"""News: what else a digest tells besides duties, a line each: answers to requests, absences, hand-overs, warnings.

A notice of one of the kinds in READERS is read against the rows as they are now; what no longer holds says nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from models import access
from models.notices import Notice
from models.times import calendar, local_day


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
            f"{'explained' if view.kind == 'explained' else 'request'}_{view.state}" + ("_why" if view.answer else ""),
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


def _handed_away(session: Session, notices: list[Notice]) -> list[News]:
    found = []
    for notice in notices:
        other, names = _handed(session, notice)
        found.append(News("handed_away" if other else "handed_away_nobody", {"households": names, "name": other}))
    return found


def _handed_to(session: Session, notices: list[Notice]) -> list[News]:
    """To who has the families now: who they are, when they were last met, what is open."""
    from models.handovers.telling import list_families

    found = []
    for notice in notices:
        other, names = _handed(session, notice)
        families = list_families(session, [int(each) for each in notice.facts["households"]], notice.recipient_id)
        values = {"households": names, "name": other, "open": [asdict(each) for each in families]}
        if names:
            found.append(News("handed_to" if other else "handed_to_new", values))
    return found


def _second_to(session: Session, notices: list[Notice]) -> list[News]:
    found = []
    for notice in notices:
        other, names = _handed(session, notice)
        found.append(News("second_to" if other else "second_to_new", {"households": names, "name": other}))
    return found


def _handed(session: Session, notice: Notice) -> tuple[str, list[str]]:
    """The other side's name and the families' names."""
    from models.handovers.plans import name_of, names_of

    other = notice.facts.get("other_id")
    names = names_of(session, tuple(int(each) for each in notice.facts["households"]))
    return name_of(session, int(other)) if other else "", list(names)


def _rules(session: Session, notices: list[Notice]) -> list[News]:
    """What the assignment rules newly found, kind by kind, as far as it still holds."""
    from models.handovers.rules import KINDS, list_for

    day = local_day(max(notice.due_at for notice in notices))
    officer = access.view(session, notices[0].recipient_id, day)
    new = {str(key) for notice in notices for key in notice.facts["keys"]}
    found = [each for each in list_for(session, officer, day) if each.key in new]
    lines = []
    for kind in KINDS:
        names = [each.name for each in found if each.kind == kind]
        if names:
            lines.append(News(f"rules_{kind}", {"people" if kind in ("too_many", "none") else "names": names}))
    if lines:
        button = (("handover.rules_look", "handover:rules:1:1", ""),)
        lines[-1] = News(lines[-1].what, lines[-1].values, button)
    return lines


def _unseen(session: Session, notices: list[Notice]) -> list[News]:
    """How many households nobody met for too long, as the list has them now; names are one tap away."""
    from models.unseen import count_unseen

    day = local_day(max(notice.due_at for notice in notices))
    n = count_unseen(session, access.view(session, notices[0].recipient_id, day), day)
    return [News("unseen", {"n": n}, (("unseen.look", "unseen:list", "word.unseen"),))] if n else []


def _years(session: Session, notices: list[Notice]) -> list[News]:
    """An official plan that is another one than the year was planned with, until somebody has agreed to it."""
    from models.calendar.queries import find_proposal

    found = []
    for facts in {notice.facts["year"]: notice.facts for notice in notices}.values():
        proposal = find_proposal(session, int(facts["year"]))
        if proposal is None or proposal.stamp != facts["stamp"]:
            continue
        values = {"year": str(proposal.year), "n": len(proposal.days), "moves": int(facts["moves"])}
        look = ("calendar.look", f"calendar:year:{proposal.year}", "calendar.look_words")
        accept = ("calendar.accept", f"calendar:accept:{proposal.year}:{proposal.stamp}", "calendar.accept_words")
        found.append(News("calendar_revised" if proposal.revised else "calendar_year", values, (look, accept)))
    return found


def _years_missing(session: Session, notices: list[Notice]) -> list[News]:
    """Once, in November: there is no official plan of the next year yet."""
    from models.calendar.queries import is_official

    years = sorted({int(notice.facts["year"]) for notice in notices})
    button = (("menu.calendar", "calendar:list", "word.calendar"),)
    return [News("calendar_missing", {"year": str(year)}, button) for year in years if not is_official(calendar(), year)]


READERS: dict[str, Reader] = {
    "calendar_year": _years,
    "calendar_missing": _years_missing,
    "unseen": _unseen,
    "assignment_rules": _rules,
    "request_answered": _requests_answered,
    "cover_asked": _covers_asked,
    "cover_answered": _covers_answered,
    "absence": _absent,
    "absence_ended": _absences_ended,
    "handed_away": _handed_away,
    "handed_to": _handed_to,
    "second_to": _second_to,
    "unreachable": _visits,
    "declined": _visits,
    "attested": _claims,
    "denied": _claims,
    "unanswered": _claims,
    "return_answered": _returns,
}
"""Notice kind → how it is told."""
