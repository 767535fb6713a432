"""What the owner of a fixed-date duty does: 办好了 with its evidence, 没办成 with a reason, both taken back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import drafts
from models.access import PersonView
from models.audit import record
from models.dates import explained_from
from models.drafts import Draft
from models.duties.checkmarks import Checkmark, find_standing
from models.duties.settling import UNDO_FOR, Change, close, settle
from models.duties.steps import period_of_duty
from models.duties.tables import Duty
from models.errors import Refused
from models.photos.actions import NewPhoto, keep_photo
from models.reasons import OTHER
from models.rules import get_parameters
from models.rules.dates import DateParameters, is_date_rule
from models.times import calendar, local_day

DRAFT = "evidence"
WORDS_AT_MOST = 500


@dataclass(frozen=True)
class Finished:
    """Where a 办好了 stands. `lacks`: what is still wanted, note or file; nothing: the duty is done."""

    duty_id: int
    lacks: tuple[str, ...] = ()
    answer: bool = True
    """False: a further part of an album that was answered already."""


def get_own_date(session: Session, person: PersonView, duty_id: int, *states: str) -> tuple[Duty, DateParameters]:
    """A fixed-date duty the person owns or has taken on, in one of these states.

    Raises Refused("duty.unknown") alike for foreign, unknown and household duties, ("duty.closed", state).
    """
    duty = session.get(Duty, duty_id)
    if duty is None or not is_date_rule(duty.rule_code) or person.id not in (duty.person_id, duty.taken_by):
        raise Refused("duty.unknown")
    if duty.state not in states:
        raise Refused("duty.closed", state=duty.state, duty_id=duty.id)
    parameters = get_parameters(session, duty.rule_id)
    assert isinstance(parameters, DateParameters)
    return duty, parameters


def begin_finish(session: Session, person: PersonView, duty_id: int, *, now: datetime) -> Finished:
    """办好了: done at once where the rule wants no evidence; else what comes next is the evidence.

    Also after a 没办成: it was done later. Raises as `get_own_date`.
    """
    duty, parameters = get_own_date(session, person, duty_id, "open", "explained")
    wanted = _wanted(parameters)
    if not wanted:
        _check(session, person.id, duty, None, now)
        return Finished(duty.id)
    drafts.open_draft(session, person.id, DRAFT, now=now, step="wait", facts={"duty_id": duty.id})
    return Finished(duty.id, wanted)


def add_evidence(
    session: Session, person: PersonView, draft_id: int, words: str, file: NewPhoto | None, *, now: datetime
) -> Finished:
    """One part of the evidence: a line, a photo or a document, a photo with words; the last one that was wanted ends
    the duty. Further parts of the last one's album are kept with it.

    Raises Refused("draft.gone") and as `get_own_date`.
    """
    draft = drafts.get_own(session, person.id, draft_id)
    if draft.facts.get("album") is not None:
        if file is not None:
            keep_photo(session, person.id, file, draft, now)
        return Finished(int(draft.facts.get("duty_id", 0)), answer=False)
    duty, parameters = get_own_date(session, person, int(draft.facts.get("duty_id", 0)), "open", "explained")
    given = set(draft.facts.get("given", ()))
    if words:
        draft.words = "\n".join(filter(None, (draft.words, words)))[:WORDS_AT_MOST]
        given.add("note")
    if file is not None:
        keep_photo(session, person.id, file, draft, now)
        given.add("file")
    lacks = tuple(each for each in _wanted(parameters) if each not in given)
    albums = [*draft.facts.get("albums", ()), *([file.album] if file is not None and file.album else [])]
    repeated = file is not None and file.album is not None and file.album in draft.facts.get("albums", ())
    draft.facts = {**draft.facts, "given": sorted(given), "albums": albums}
    draft.version, draft.updated_at = draft.version + 1, now
    if not lacks:
        _check(session, person.id, duty, draft, now)
        if albums:
            draft.facts = {**draft.facts, "album": albums[-1]}
        else:
            drafts.close(session, draft, "done", now=now)
    return Finished(duty.id, lacks, answer=not (lacks and repeated and not words))


def _wanted(parameters: DateParameters) -> tuple[str, ...]:
    return {"none": (), "note": ("note",), "file": ("file",)}.get(parameters.evidence, ("note", "file"))


def _check(session: Session, person_id: int, duty: Duty, draft: Draft | None, now: datetime) -> None:
    mark = Checkmark(
        duty_id=duty.id, person_id=person_id, draft_id=draft.id if draft else None,
        words=draft.words if draft else None, made_at=now,
    )  # fmt: skip
    session.add(mark)
    session.flush()
    record(session, "duty.finish", now=now, person_id=person_id, subject=f"duty:{duty.id}")
    settle(session, duty, now=now, person_id=person_id, cause=f"check:{mark.id}")


def take_back_finish(session: Session, person: PersonView, duty_id: int, *, now: datetime) -> Change:
    """撤销 within 24 h: the duty is again what it was; the checkmark stays as a row.

    Raises Refused("date.undo_late"), ("duty.unknown").
    """
    mark = find_standing(session, duty_id)
    if mark is None or mark.person_id != person.id:
        raise Refused("duty.unknown")
    if now - mark.made_at > UNDO_FOR:
        raise Refused("date.undo_late")
    mark.withdrawn_at = now
    session.flush()
    record(session, "duty.unfinish", now=now, person_id=person.id, subject=f"duty:{duty_id}")
    return settle(session, session.get_one(Duty, duty_id), now=now, person_id=person.id, cause=f"check:{mark.id}")


def explain_date(session: Session, person: PersonView, duty_id: int, words: str, *, now: datetime) -> None:
    """没办成 in one's own words: ends the ladder; 办好了 afterwards still makes it done.

    Raises Refused("date.too_early", from_day) before the last reminder before the due day, else as `get_own_date`.
    """
    duty, _ = check_explain(session, person, duty_id, now=now)
    duty.reason, duty.reason_text = OTHER, words
    close(session, duty, "explained", actor=person.id, cause=OTHER, now=now)
    record(session, "duty.explain", now=now, person_id=person.id, subject=f"duty:{duty.id}", code=OTHER)


def check_explain(
    session: Session, person: PersonView, duty_id: int, *, now: datetime
) -> tuple[Duty, DateParameters]:
    """The open duty whose reason may be given now. Raises as `explain_date`."""
    duty, parameters = get_own_date(session, person, duty_id, "open")
    offered = explained_from(period_of_duty(duty), parameters, calendar())
    if local_day(now) < offered:
        raise Refused("date.too_early", from_day=offered.isoformat())
    return duty, parameters


def take_back_reason(session: Session, person: PersonView, duty_id: int, *, now: datetime) -> Change:
    """Undoes 没办成. Raises Refused("duty.not_explained"), ("duty.unknown")."""
    duty, _ = get_own_date(session, person, duty_id, "open", "explained", "done")
    if duty.reason is None:
        raise Refused("duty.not_explained")
    duty.reason = duty.reason_text = None
    record(session, "duty.unexplain", now=now, person_id=person.id, subject=f"duty:{duty.id}")
    return settle(session, duty, now=now, person_id=person.id)
