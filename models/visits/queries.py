"""Questions about reports and visits: what a card shows, what was logged, what can be undone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Result, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.drafts import Draft
from models.duties import Duty, DutyEvent
from models.errors import Refused
from models.households.queries import Place, list_places
from models.people import Person
from models.photos import Photo
from models.visits.consenting import waits_for_consent
from models.visits.records import NOT_SEEN_KINDS, UNDO_FOR
from models.visits.reports import Query, view_of
from models.visits.tables import Visit

OFFER_PHOTOS_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class CardLine:
    """One line of a card. `twice`: the household has a record of that day already; it counts once."""

    visit_id: int
    line: int
    place: Place
    visited_on: date
    outcome: str
    kind: str
    note: str
    state: str
    capacity: str
    counts: bool
    twice: bool
    away_until: date | None = None


@dataclass(frozen=True)
class ReportCard:
    """A report as its author sees it; `photos` by state: stored, waiting, refused."""

    draft_id: int
    version: int
    state: str
    step: str
    lines: tuple[CardLine, ...]
    question: Query | None
    places: dict[int, Place]
    photos: dict[str, int]
    aside: str
    base: Place | None
    confirmed_at: datetime | None
    """When the newest of its records was confirmed."""

    def may_undo(self, now: datetime) -> bool:
        """Whether it still stands and is younger than 24 h."""
        return self.confirmed_at is not None and now - self.confirmed_at <= UNDO_FOR


OTHER = aliased(Visit)
TWICE = and_(
    Visit.outcome == "met",
    Visit.kind.not_in(NOT_SEEN_KINDS),
    exists().where(
        OTHER.household_id == Visit.household_id,
        OTHER.visited_on == Visit.visited_on,
        OTHER.state == "confirmed",
        OTHER.outcome == "met",
        OTHER.kind.not_in(NOT_SEEN_KINDS),
        OTHER.id != Visit.id,
    ),
)
"""For each row of `Visit`: the day counts already by another record."""
LINE = select(Visit, TWICE.label("twice"))
LINE_OF = LINE.where(Visit.id == bindparam("visit_id"))
LINES = LINE.where(Visit.draft_id == bindparam("draft_id"), Visit.state != "dropped").order_by(Visit.line)
SETTLED_BY = (
    select(DutyEvent.cause, Duty.starts_on)
    .join(DutyEvent, DutyEvent.duty_id == Duty.id)
    .where(
        DutyEvent.cause.in_(bindparam("causes", expanding=True)), DutyEvent.kind == "settled", Duty.state == "settled"
    )
    .distinct()
)
PHOTO_STATES = (
    select(Photo.medium, Photo.state, func.count())
    .where(Photo.draft_id == bindparam("draft_id"))
    .group_by(Photo.medium, Photo.state)
)


def find_card(session: Session, draft_id: int) -> ReportCard | None:
    """A report with its lines, its next question, its photos; None once the draft is unknown."""
    draft = session.get(Draft, draft_id)
    if draft is None:
        return None
    view = view_of(draft)
    found = session.execute(LINES, {"draft_id": draft_id}).all()
    rows = [row.Visit for row in found]
    question = view.questions[0] if view.questions else None
    ids = {row.household_id for row in rows} | set(question.household_ids if question else ())
    if view.base is not None:
        ids.add(view.base.household_id)
    places = list_places(session, ids)
    lines = tuple(_card_line(row.Visit, places[row.Visit.household_id], row.twice) for row in found)
    base = places.get(view.base.household_id) if view.base else None
    return ReportCard(
        draft_id, draft.version, draft.state, draft.step, lines, question, places,
        count_photos(session, draft_id), view.aside, base,
        max((row.confirmed_at for row in rows if row.state == "confirmed"), default=None),
    )  # fmt: skip


def _card_line(row: Visit, place: Place, twice: bool) -> CardLine:
    return CardLine(
        row.id, row.line, place, row.visited_on, row.outcome, row.kind, row.note or "",
        row.state, row.capacity, row.counts, bool(twice), row.away_until,
    )  # fmt: skip


def get_line(session: Session, visit_id: int) -> CardLine:
    """One record as a line of a card."""
    row = session.execute(LINE_OF, {"visit_id": visit_id}).one()
    household_id = row.Visit.household_id
    return _card_line(row.Visit, list_places(session, [household_id])[household_id], row.twice)


def list_settled_by(session: Session, visit_ids: Iterable[int]) -> dict[int, list[str]]:
    """By visit the first days (ISO) of past periods whose duty it settled, where it still is settled."""
    causes = {f"visit:{visit_id}": visit_id for visit_id in visit_ids}
    settled: dict[int, list[str]] = {visit_id: [] for visit_id in causes.values()}
    for cause, day in session.execute(SETTLED_BY, {"causes": list(causes)}):
        settled[causes[str(cause)]].append(day.isoformat())
    return {visit_id: sorted(days) for visit_id, days in settled.items()}


def count_photos(session: Session, draft_id: int) -> dict[str, int]:
    """How many photos of a report are stored, waiting to be fetched, refused; voice notes as `voice_stored` …"""
    return _by_state(session.execute(PHOTO_STATES, {"draft_id": draft_id}))


def _by_state(rows: Result[str, str, int]) -> dict[str, int]:
    return {state if medium == "photo" else f"{medium}_{state}": count for medium, state, count in rows}


def find_undoable(session: Session, person_id: int, *, now: datetime) -> int | None:
    """The person's newest report that can still be undone."""
    found = select(Visit.draft_id, Visit.confirmed_at).where(
        Visit.person_id == person_id,
        Visit.state == "confirmed",
        Visit.confirmed_at >= now - UNDO_FOR,
        Visit.draft_id.is_not(None),
    )
    newest = session.execute(found.order_by(Visit.confirmed_at.desc(), Visit.id.desc()).limit(1)).first()
    if newest is not None and newest.confirmed_at > now:
        # The clock was set back: the times of then and of now do not compare, the order of writing does.
        newest = session.execute(found.order_by(Visit.id.desc()).limit(1)).first()
    return None if newest is None else newest.draft_id


def has_unconfirmed(session: Session, person_id: int) -> bool:
    """Whether a report of the person's waits for 确认."""
    waiting = select(Visit.id).where(
        Visit.person_id == person_id, Visit.state == "unconfirmed", Visit.entered_by.is_(None), ~waits_for_consent()
    )
    return session.scalar(waiting.limit(1)) is not None


@dataclass(frozen=True)
class Unanswered:
    draft_id: int
    words: str


def list_unanswered(session: Session, person_id: int, limit: int = 10) -> list[Unanswered]:
    """The person's reports of which nothing is understood before a question is answered, oldest first."""
    has_lines = exists().where(Visit.draft_id == Draft.id, Visit.state == "unconfirmed")
    rows = session.scalars(
        select(Draft)
        .where(
            Draft.person_id == person_id, Draft.kind == "visit", Draft.state.in_(("active", "parked")),
            Draft.step == "asking", ~has_lines,
        )
        .order_by(Draft.id)
        .limit(limit)
    )  # fmt: skip
    return [Unanswered(row.id, ";".join(part.text for part in view_of(row).parts)) for row in rows]


def find_last_report(session: Session, person_id: int, *, now: datetime) -> int | None:
    """The report logged within the last half hour, to which photos that come now may belong."""
    return session.scalar(
        select(Visit.draft_id)
        .where(
            Visit.person_id == person_id,
            Visit.state == "confirmed",
            Visit.confirmed_at >= now - OFFER_PHOTOS_FOR,
            Visit.confirmed_at <= now,
            Visit.draft_id.is_not(None),
        )
        .order_by(Visit.confirmed_at.desc(), Visit.id.desc())
        .limit(1)
    )


def find_offered(session: Session, draft_id: int) -> tuple[CardLine, ...]:
    """The records of the report that loose photos may belong to."""
    draft = session.get(Draft, draft_id)
    card = find_card(session, draft.facts["offer"]) if draft is not None and draft.facts.get("offer") else None
    return tuple(line for line in card.lines if line.state == "confirmed") if card else ()


def find_by_message(session: Session, person_id: int, message_id: int, *, now: datetime) -> tuple[int, str] | None:
    """(draft, state) of the report that an edited message had gone into, within two days."""
    drafts = session.scalars(
        select(Draft)
        .where(Draft.person_id == person_id, Draft.kind == "visit", Draft.created_at >= now - timedelta(days=2))
        .order_by(Draft.id.desc())
        .limit(20)
    )
    for draft in drafts:
        if message_id in draft.facts.get("messages", ()):
            return draft.id, draft.state
    return None


@dataclass(frozen=True)
class VisitView:
    """One visit with its words, as its author or somebody over the household sees it."""

    visit_id: int
    draft_id: int | None
    place: Place
    visited_on: date
    logged_at: datetime
    outcome: str
    kind: str
    note: str
    state: str
    capacity: str
    person_id: int
    person: str
    entered_by: str | None
    photos: dict[str, int]
    withdrawn_reason: str | None
    version: int
    away_until: date | None


def find_visit(session: Session, visit_id: int) -> VisitView | None:
    row = session.get(Visit, visit_id)
    if row is None:
        return None
    photos = session.execute(
        select(Photo.medium, Photo.state, func.count())
        .where(or_(Photo.visit_id == row.id, and_(Photo.visit_id.is_(None), Photo.draft_id == row.draft_id)))
        .group_by(Photo.medium, Photo.state)
    )
    clerk = session.get(Person, row.entered_by) if row.entered_by else None
    return VisitView(
        row.id, row.draft_id, list_places(session, [row.household_id])[row.household_id], row.visited_on,
        row.logged_at, row.outcome, row.kind, row.note or "", row.state, row.capacity, row.person_id,
        session.get_one(Person, row.person_id).name, clerk.name if clerk else None,
        _by_state(photos), row.withdrawn_reason, row.version, row.away_until,
    )  # fmt: skip


def get_own_visit(session: Session, person_id: int, visit_id: int) -> VisitView:
    """Raises Refused("visit.not_yours") for others' and unknown ones."""
    found = find_visit(session, visit_id)
    if found is None or found.person_id != person_id:
        raise Refused("visit.not_yours")
    return found


def list_recent(session: Session, person_id: int, *, since: date, limit: int = 10) -> list[VisitView]:
    """A person's own records of the last days, newest first: where photos can still be added."""
    ids = session.scalars(
        select(Visit.id)
        .where(Visit.person_id == person_id, Visit.state == "confirmed", Visit.visited_on >= since)
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
        .limit(limit)
    )
    return [view for each in ids if (view := find_visit(session, each)) is not None]
