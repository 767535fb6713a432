"""A report on its way: what a person said in several messages, until 确认. Kept in a draft; its lines are visits.

The draft's encrypted `words` hold the messages as sent with the answers given and the questions still open. Every
household already understood is a row of `visits` in state `unconfirmed`, so that nothing said is ever dropped.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import access, drafts
from models.drafts import Draft
from models.errors import Refused
from models.times import local_day
from models.visits.records import access_to_log, capacity_of
from models.visits.tables import Visit

KIND = "visit"
REUSED = ("choose", "house", "photos", "whose", "offer")
"""Steps in which a draft holds no words yet: the next tap goes on with it, photos included."""
LOOSE = ("photos", "whose", "offer")
"""Steps in which photos wait for words: they belong to the household that the first words name."""
GOES_ON_FOR = timedelta(hours=12)
"""A card lying longer than this is left as it is; the next message begins a new one."""


@dataclass(frozen=True)
class Part:
    """One message of a report as it was sent; `answers` are the sender's to the questions it raised."""

    text: str
    sent_at: datetime
    message_id: int = 0
    answers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """What is understood about one household."""

    household_id: int
    visited_on: date
    outcome: str = "met"
    kind: str = "routine"
    note: str = ""
    away_until: date | None = None
    """The day until which the whole family is said to be away (全家外出到腊月)."""


@dataclass(frozen=True)
class Query:
    """A question only the sender can answer; `part` is the message that raised it, `key` where its answer goes."""

    code: str
    key: str
    part: int = 0
    word: str = ""
    household_ids: tuple[int, ...] = ()
    days: tuple[str, ...] = ()
    """ISO days."""
    outcomes: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Base:
    """What taps had said before the words came: this household, this day, this outcome."""

    household_id: int
    visited_on: date
    outcome: str = "met"


@dataclass(frozen=True)
class ReportView:
    """A report as handlers read and change it. `outcomes` and `dropped` are what buttons of the card said."""

    draft_id: int | None = None
    version: int = 1
    step: str = ""
    base: Base | None = None
    parts: tuple[Part, ...] = ()
    questions: tuple[Query, ...] = ()
    outcomes: dict[int, str] = field(default_factory=dict)
    dropped: tuple[int, ...] = ()
    day: date | None = None
    """A day chosen by button for all lines."""
    aside: str = ""
    """Why the last message brought no line: a plan, somebody else's visit, a household that is not the sender's."""
    said: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Which households each message named, so that its photos find theirs."""


@dataclass(frozen=True)
class Kept:
    draft_id: int
    step: str
    stale: bool = False


def find_open_report(session: Session, person_id: int, *, now: datetime) -> ReportView | None:
    """The person's active report, if the next message may still go into it."""
    draft = drafts.active_row(session, person_id)
    if draft is None or draft.kind != KIND or now - draft.updated_at > GOES_ON_FOR:
        return None
    return view_of(draft)


def get_report(session: Session, person_id: int, draft_id: int) -> ReportView:
    """The person's own open report. Raises Refused("draft.gone")."""
    draft = drafts.get_own(session, person_id, draft_id)
    if draft.kind != KIND:
        raise Refused("draft.gone")
    return view_of(draft)


def view_of(draft: Draft) -> ReportView:
    said = json.loads(draft.words) if draft.words else {}
    base = draft.facts.get("base")
    return ReportView(
        draft_id=draft.id,
        version=draft.version,
        step=draft.step,
        base=Base(base[0], date.fromisoformat(base[1]), base[2]) if base else None,
        parts=tuple(
            Part(p["text"], datetime.fromisoformat(p["sent_at"]), p["message_id"], p["answers"])
            for p in said.get("parts", ())
        ),
        questions=tuple(_query(query) for query in said.get("questions", ())),
        outcomes={int(key): value for key, value in draft.facts.get("outcomes", {}).items()},
        dropped=tuple(draft.facts.get("dropped", ())),
        day=date.fromisoformat(draft.facts["day"]) if draft.facts.get("day") else None,
        aside=draft.facts.get("aside", ""),
    )


def _query(values: dict[str, Any]) -> Query:
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Query(**given)


def keep_report(session: Session, person_id: int, report: ReportView, lines: Sequence[Line], *, now: datetime) -> Kept:
    """Writes a report as it is understood now: its words, its questions, one unconfirmed visit a line.

    Raises Refused("household.not_yours") for a household the person may not log, and "draft.gone".
    """
    draft = _draft_of(session, person_id, report, now)
    first = report.parts[-1].message_id if draft.step in LOOSE and report.parts else draft.facts.get("first", 0)
    draft.step = "asking" if report.questions else "card" if lines else report.step or "words"
    draft.words = json.dumps(
        {"parts": [_plain(part) for part in report.parts], "questions": [asdict(query) for query in report.questions]},
        ensure_ascii=False,
    )
    base = report.base
    draft.due_at = None
    draft.facts = {
        **{name: value for name, value in draft.facts.items() if name not in ("due", "offer", "visit_id")},
        "base": [base.household_id, base.visited_on.isoformat(), base.outcome] if base else None,
        "outcomes": {str(key): value for key, value in report.outcomes.items()},
        "dropped": list(report.dropped),
        "day": report.day.isoformat() if report.day else None,
        "aside": report.aside,
        "first": first,
        "said": {str(message): list(households) for message, households in report.said.items()},
        "messages": [part.message_id for part in report.parts if part.message_id],
    }
    draft.version += 1
    draft.updated_at = now
    sent_at = min((part.sent_at for part in report.parts), default=now)
    _write_lines(session, person_id, draft.id, lines, min(sent_at, now), now=now)
    return Kept(draft.id, draft.step)


def _plain(part: Part) -> dict[str, Any]:
    return {**asdict(part), "sent_at": part.sent_at.isoformat()}


def _draft_of(session: Session, person_id: int, report: ReportView, now: datetime) -> Draft:
    if report.draft_id is None:
        return drafts.open_draft(session, person_id, KIND, now=now)
    draft = drafts.get_own(session, person_id, report.draft_id)
    drafts.take_up(session, draft, now=now)
    return draft


LINES = select(Visit).where(Visit.draft_id == bindparam("draft_id")).order_by(Visit.line)


def _write_lines(
    session: Session, person_id: int, draft_id: int, lines: Sequence[Line], logged_at: datetime, *, now: datetime
) -> None:
    """One row a household: known ones are changed in place while unconfirmed, unsaid ones dropped, never deleted."""
    today = local_day(now)
    person = access.view(session, person_id, today)
    rows = list(session.scalars(LINES, {"draft_id": draft_id}))
    number = max((row.line for row in rows), default=0)
    for line in lines:
        access_to_log(session, person, line.household_id, visited_on=line.visited_on, today=today)
        capacity = capacity_of(session, person, line.household_id, line.visited_on)
        row = _row_for(line, rows)
        if row is not None:
            rows.remove(row)
        else:
            number += 1
            row = Visit(
                household_id=line.household_id, person_id=person_id, draft_id=draft_id, line=number,
                logged_at=logged_at, state="unconfirmed", visited_on=line.visited_on,
            )  # fmt: skip
            session.add(row)
        row.capacity = capacity
        row.state, row.visited_on, row.outcome, row.kind = "unconfirmed", line.visited_on, line.outcome, line.kind
        row.note, row.away_until = line.note or None, line.away_until
    for row in rows:
        row.state = "dropped"
    session.flush()


def _row_for(line: Line, rows: Sequence[Visit]) -> Visit | None:
    """The row a line had before: of that household and day, else of that household on a day since corrected."""
    same = [row for row in rows if row.household_id == line.household_id]
    return next((row for row in same if row.visited_on == line.visited_on), same[0] if same else None)


def begin(session: Session, person_id: int, *, now: datetime) -> int:
    """A draft from the first tap on; one that holds nothing yet is used again."""
    found = drafts.active_row(session, person_id)
    if found is not None and found.kind == KIND and found.step in REUSED and not found.words:
        found.step, found.facts, found.updated_at = "choose", _due_only(found.facts), now
        return found.id
    return drafts.open_draft(session, person_id, KIND, now=now, step="choose").id


def choose(
    session: Session,
    person_id: int,
    household_id: int,
    step: str,
    *,
    visited_on: date,
    outcome: str = "met",
    now: datetime,
) -> Kept:
    """Notes the tapped household (and what was tapped about it), so that words, photos or a restart go on from there."""
    today = local_day(now)
    person = access.view(session, person_id, today)
    access_to_log(session, person, household_id, visited_on=visited_on, today=today)
    draft = session.get_one(Draft, begin(session, person_id, now=now))
    draft.step = step
    draft.facts = {**_due_only(draft.facts), "base": [household_id, visited_on.isoformat(), outcome]}
    return Kept(draft.id, step)


def _due_only(facts: dict[str, Any]) -> dict[str, Any]:
    """Loose photos go along with the taps; if those lead nowhere, the question whose they are still comes."""
    kept = {"due": "ask"} if facts.get("due") else {}
    return {**kept, "told": facts["told"]} if "told" in facts else kept


def cancel_report(session: Session, person_id: int, draft_id: int, *, now: datetime) -> Kept:
    """Sets a report aside for good by its author's word: its lines are dropped, the rows and words stay."""
    draft = drafts.get_own(session, person_id, draft_id)
    for row in session.scalars(select(Visit).where(Visit.draft_id == draft_id, Visit.state == "unconfirmed")):
        row.state = "dropped"
    drafts.close(session, draft, "cancelled", now=now)
    return Kept(draft_id, "cancelled")
