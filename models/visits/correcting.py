"""A correction on its way, from 更正 to 确认: which record, what it is to say instead. Kept in a draft."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from models import drafts
from models.drafts import Draft
from models.errors import Refused
from models.visits import corrections
from models.visits.corrections import Wanted, get_own

KIND = "correction"
STEPS = ("day", "outcome", "household", "note", "add", "which", "card")
"""What is asked: a new day, outcome, household, wording; words to add; which record is meant; whether it is right."""


@dataclass(frozen=True)
class Pending:
    """`visit_id` is 0 while it is not clear which of `candidates` is meant."""

    draft_id: int
    version: int
    state: str
    step: str
    visit_id: int
    visit_version: int
    wanted: Wanted
    candidates: tuple[int, ...]


@dataclass(frozen=True)
class Kept:
    draft_id: int
    stale: bool = False


def view_of(draft: Draft) -> Pending:
    facts = draft.facts
    return Pending(
        draft.id, draft.version, draft.state, draft.step, facts["visit_id"], facts["visit_version"],
        Wanted.from_facts(facts["wanted"], draft.words), tuple(facts["candidates"]),
    )  # fmt: skip


def get_pending(session: Session, person_id: int, draft_id: int) -> Pending:
    """The person's own correction that is still open. Raises Refused("draft.gone")."""
    return view_of(_row(session, person_id, draft_id))


def _row(session: Session, person_id: int, draft_id: int) -> Draft:
    draft = drafts.get_own(session, person_id, draft_id)
    if draft.kind != KIND:
        raise Refused("draft.gone")
    return draft


def begin(session: Session, person_id: int, visit_id: int, version: int, step: str, *, now: datetime) -> Kept:
    """更正 of one thing about one record. Raises Refused("button.broken", "visit.not_yours", "visit.changed")."""
    if step not in STEPS[:5]:
        raise Refused("button.broken")
    get_own(session, person_id, visit_id, version)
    return _open(session, person_id, step, visit_id, version, Wanted(), (), now)


def begin_by_words(session: Session, person_id: int, visit_ids: list[int], wanted: Wanted, *, now: datetime) -> Kept:
    """更正:… as a message. Raises Refused("visit.nothing_to_correct") where no own record can be meant."""
    if not visit_ids:
        raise Refused("visit.nothing_to_correct")
    kept = _open(session, person_id, "which", 0, 0, wanted, tuple(visit_ids), now)
    if len(visit_ids) == 1:
        choose_visit(session, person_id, kept.draft_id, visit_ids[0], now=now)
    return kept


def _open(
    session: Session, person_id: int, step: str, visit_id: int, version: int, wanted: Wanted,
    candidates: tuple[int, ...], now: datetime,
) -> Kept:  # fmt: skip
    facts = {
        "visit_id": visit_id, "visit_version": version, "wanted": wanted.to_facts(), "candidates": list(candidates),
    }  # fmt: skip
    draft = drafts.open_draft(session, person_id, KIND, now=now, step=step, facts=facts, words=wanted.note)
    return Kept(draft.id)


def choose_visit(session: Session, person_id: int, draft_id: int, visit_id: int, *, now: datetime) -> Kept:
    """Which record was meant. Raises Refused("draft.gone", "visit.not_yours"), and what the change itself refuses."""
    draft = _row(session, person_id, draft_id)
    if visit_id not in draft.facts["candidates"]:
        raise Refused("visit.not_yours")
    visit = get_own(session, person_id, visit_id)
    draft.facts = {**draft.facts, "visit_id": visit.id, "visit_version": visit.version}
    wanted = view_of(draft).wanted
    if wanted.note and visit.note and replace(wanted, note=None) != Wanted():
        # Words that came along with another change add to what was written before.
        wanted = Wanted(note=f"{visit.note};{wanted.note}")
    return want(session, person_id, draft_id, wanted, now=now)


def want(session: Session, person_id: int, draft_id: int, wanted: Wanted, *, now: datetime) -> Kept:
    """What the record is to say instead; the card comes next. Raises what the change itself refuses."""
    draft = _row(session, person_id, draft_id)
    pending = view_of(draft)
    given = {name: value for name, value in vars(wanted).items() if value is not None}
    wanted = replace(pending.wanted, **given)
    corrections.check(session, person_id, pending.visit_id, pending.visit_version, wanted, now=now)
    draft.facts = {**draft.facts, "wanted": wanted.to_facts()}
    draft.words, draft.step = wanted.note, "card"
    draft.version += 1
    draft.updated_at = now
    session.flush()
    return Kept(draft.id)


def confirm(
    session: Session, person_id: int, draft_id: int, version: int, *, now: datetime
) -> Kept | corrections.Corrected:
    """确认: the record says so from now on. The same press again changes nothing; an older card is shown anew."""
    draft = session.get(Draft, draft_id)
    if draft is not None and draft.person_id == person_id and draft.kind == KIND and draft.state == "done":
        return corrections.Corrected(draft.facts["visit_id"])
    draft = _row(session, person_id, draft_id)
    pending = view_of(draft)
    if draft.version != version or draft.step != "card":
        return Kept(draft_id, stale=True)
    made = corrections.correct_visit(
        session, person_id, pending.visit_id, pending.visit_version, pending.wanted, now=now
    )
    drafts.close(session, draft, "done", now=now)
    return made


def add_words(session: Session, person_id: int, draft_id: int, words: str, *, now: datetime) -> corrections.Corrected:
    """补充一句: recorded at once, nothing that was there goes."""
    draft = _row(session, person_id, draft_id)
    made = corrections.add_words(session, person_id, draft.facts["visit_id"], words, now=now)
    drafts.close(session, draft, "done", now=now)
    return made


def cancel(session: Session, person_id: int, draft_id: int, *, now: datetime) -> corrections.Corrected:
    """不改了: the record stays as it is."""
    draft = _row(session, person_id, draft_id)
    drafts.close(session, draft, "cancelled", now=now)
    return corrections.Corrected(draft.facts["visit_id"])
