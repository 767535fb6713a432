"""暂不在: going away, standing in or not, coming back. What follows while it runs stands in `running`."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.absences import running, telling
from models.absences.candidates import check_cover
from models.absences.tables import Absence
from models.access import PersonView
from models.errors import Refused
from models.requests import Request, withdraw_request
from models.times import ONE_DAY, local_day

LONGEST_DAYS = 60
FARTHEST_DAYS = 92


@dataclass(frozen=True)
class AbsenceMade:
    absence_id: int


def go_away(
    session: Session,
    me: PersonView,
    starts_on: date,
    ends_on: date,
    cover_id: int | None = None,
    *,
    words: str | None = None,
    now: datetime,
) -> AbsenceMade:
    """暂不在 from a day up to (not with) `ends_on`. With a cover it is asked; without one, duties stand still.

    Raises Refused: absence.past, absence.ends_first, absence.too_long, absence.too_far, absence.overlaps, and those of
    `check_cover`.
    """
    check_days(session, me.id, starts_on, ends_on, local_day(now))
    if cover_id is not None:
        check_cover(session, me.id, cover_id, starts_on, ends_on, local_day(now))
    absence = Absence(
        person_id=me.id, starts_on=starts_on, ends_on=ends_on, cover_id=cover_id, cover_state="none", words=words,
        state="active", version=1, created_at=now,
    )  # fmt: skip
    session.add(absence)
    session.flush()
    audit.record(session, "absence.begin", now=now, person_id=me.id, subject=f"absence:{absence.id}")
    give_up_covers(session, me.id, starts_on, ends_on, now=now)
    if cover_id is not None:
        telling.ask_cover(session, absence, now=now)
    else:
        telling.tell_alone(session, absence, now=now, second_first=False)
    telling.tell_officers(session, absence, now=now)
    running.pause_duties(session, absence, now=now)
    return AbsenceMade(absence.id)


def check_days(session: Session, person_id: int, starts_on: date, ends_on: date, today: date) -> None:
    """Raises Refused: absence.past, ends_first, too_long, too_far, overlaps (first, until)."""
    if starts_on < today:
        raise Refused("absence.past")
    if ends_on <= starts_on:
        raise Refused("absence.ends_first")
    if (ends_on - starts_on).days > LONGEST_DAYS:
        raise Refused("absence.too_long", days=LONGEST_DAYS)
    if (starts_on - today).days > FARTHEST_DAYS:
        raise Refused("absence.too_far")
    other = session.scalar(
        select(Absence)
        .where(
            Absence.person_id == person_id,
            Absence.state == "active",
            Absence.starts_on < ends_on,
            Absence.ends_on > starts_on,
        )
        .order_by(Absence.starts_on)
        .limit(1)
    )
    if other is not None:
        until = other.ends_on - ONE_DAY
        raise Refused("absence.overlaps", first=other.starts_on.isoformat(), until=until.isoformat())


def answer_cover(session: Session, me: PersonView, absence_id: int, *, agree: bool, now: datetime) -> AbsenceMade:
    """好 or 不行 of the person who was asked to stand in; a 好 that comes late still counts while the absence lasts.

    Raises Refused("absence.not_asked") for anybody else, ("absence.over") once it has ended.
    """
    absence = session.get(Absence, absence_id, with_for_update=True)
    if absence is None or absence.cover_id != me.id or absence.cover_state == "none":
        raise Refused("absence.not_asked")
    if absence.state != "active" or absence.ends_on <= local_day(now):
        raise Refused("absence.over")
    wanted, before = ("agreed" if agree else "declined"), absence.cover_state
    if before == wanted:
        return AbsenceMade(absence_id)
    if agree:
        check_cover(session, absence.person_id, me.id, absence.starts_on, absence.ends_on, local_day(now))
    absence.cover_state, absence.answered_at, absence.version = wanted, now, absence.version + 1
    running.forget_questions(session, absence_id, "answered")
    audit.record(session, f"absence.{wanted}", now=now, person_id=me.id, subject=f"absence:{absence_id}")
    if agree:
        running.begin_cover(session, absence, now=now)
        _drop_request(session, absence, now)
    else:
        _nobody_covers(session, absence, told=before == "silent", now=now)
    telling.tell_absent(session, absence, now=now)
    return AbsenceMade(absence_id)


def note_silence(session: Session, absence: Absence, *, now: datetime) -> None:
    """The cover did not answer in time: as after a no, in other words; a 好 still counts when it comes."""
    absence.cover_state, absence.version = "silent", absence.version + 1
    running.forget_questions(session, absence.id, "silent")
    telling.tell_absent(session, absence, now=now)
    _nobody_covers(session, absence, told=False, now=now)


def note_end(session: Session, absence: Absence, *, now: datetime) -> None:
    """Its last day is over: pauses and covers end by their own dates."""
    absence.state, absence.ended_at = "ended", now
    running.forget_questions(session, absence.id, "ended")
    _drop_request(session, absence, now)


def _nobody_covers(session: Session, absence: Absence, *, told: bool, now: datetime) -> None:
    """A no, a silence, a yes taken back: the duties are the absent person's again and stand still for a week."""
    running.end_cover(session, absence, now=now)
    if not told:
        telling.tell_alone(session, absence, now=now, second_first=True)
    running.pause_duties(session, absence, now=now)


def give_up_covers(session: Session, person_id: int, starts_on: date, ends_on: date, *, now: datetime) -> None:
    """Whoever goes away stands in for nobody in that time: those people are told and may ask somebody else."""
    covered = session.scalars(
        select(Absence).where(
            Absence.cover_id == person_id,
            Absence.cover_state.in_(("asked", "agreed")),
            Absence.state == "active",
            Absence.starts_on < ends_on,
            Absence.ends_on > starts_on,
        )
    )
    for absence in covered.all():
        absence.cover_state, absence.answered_at, absence.version = "declined", now, absence.version + 1
        running.forget_questions(session, absence.id, "away")
        _nobody_covers(session, absence, told=False, now=now)
        telling.tell_absent(session, absence, now=now)


def come_back(session: Session, me: PersonView, *, now: datetime) -> AbsenceMade:
    """回来了: ends the absence that runs, with what was to follow it directly; where none runs, the next one planned.

    Raises Refused("absence.none").
    """
    rows = session.scalars(
        select(Absence)
        .where(Absence.person_id == me.id, Absence.state == "active", Absence.ends_on > local_day(now))
        .order_by(Absence.starts_on)
        .with_for_update()
    ).all()
    if not rows:
        raise Refused("absence.none")
    ended = [rows[0]]
    for row in rows[1:]:
        if row.starts_on == ended[-1].ends_on:
            ended.append(row)
    for absence in ended:
        end_absence(session, absence, now=now, by=me.id)
    return AbsenceMade(rows[0].id)


def end_absence(session: Session, absence: Absence, *, now: datetime, by: int | None) -> None:
    """Ends an absence today; what was never begun has no days at all. The duties go on."""
    today = local_day(now)
    running.end_cover(session, absence, now=now)
    absence.ends_on = max(today, absence.starts_on)
    absence.state, absence.ended_at, absence.version = "ended", now, absence.version + 1
    running.forget_questions(session, absence.id, "ended")
    running.release_duties(session, absence.person_id, now=now)
    _drop_request(session, absence, now)
    telling.tell_end(session, absence, now=now)
    audit.record(session, "absence.end", now=now, person_id=by, subject=f"absence:{absence.id}")


def _drop_request(session: Session, absence: Absence, now: datetime) -> None:
    for request_id in session.scalars(
        select(Request.id).where(Request.absence_id == absence.id, Request.state == "open")
    ).all():
        withdraw_request(session, absence.person_id, request_id, now=now)


def agree_longer(session: Session, absence_id: int, officer_id: int, *, now: datetime) -> None:
    """The officer agrees to more than a week without a cover. Raises Refused("absence.over")."""
    absence = session.get(Absence, absence_id)
    if absence is None or absence.state != "active":
        raise Refused("absence.over")
    absence.agreed_by, absence.version = officer_id, absence.version + 1
    running.pause_duties(session, absence, now=now)
