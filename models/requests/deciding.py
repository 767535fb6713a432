"""How each kind of request is decided: 照改 does what the kind says, 不改 only says why. The asker hears both."""

import re
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from models import audit
from models.absences.actions import agree_longer
from models.access import PersonView, access_area
from models.duties.wishes import agree_wish, refuse_wish
from models.errors import Refused
from models.handovers import Plan
from models.handovers.actions import carry_out
from models.handovers.approval import needs_approval
from models.handovers.plans import check
from models.households import Household, Member
from models.joining import normal_phone
from models.notices import add_notices
from models.pinyin import spell
from models.recipients import load_recipients, next_hour
from models.requests.actions import tell_deciders
from models.requests.tables import Request
from models.times import local_day

PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1\d{2}[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8})(?!\d)")
LONGEST_NAME = 20
Decide = Callable[[Session, Request, PersonView, str, datetime], None]
"""(session, request, who decides, what was chosen or typed with it, now)."""


def right_for(request: Request) -> str:
    """The right that deciding this request needs."""
    return "handover.approve" if request.facts.get("ask") == "leader" else "request.answer"


def answer_request(
    session: Session,
    me: PersonView,
    request_id: int,
    version: int,
    *,
    agree: bool,
    given: str = "",
    words: str | None = None,
    now: datetime,
) -> int:
    """Decides an open request and tells who asked; its id. `given`: what the kind needs besides the yes (a name, a
    member's number); `words`: why not.

    Raises Refused("request.unknown") alike for foreign and unknown ones, ("request.closed"), ("request.changed"),
    and what the kind itself refuses.
    """
    request = get_request(session, me, request_id, version)
    if agree:
        DECIDE[request.kind](session, request, me, given, now)
    elif request.kind in REFUSE:
        REFUSE[request.kind](session, request, me, given, now)
    if request.version == version:
        _close(session, request, me, "done" if agree else "declined", words, now)
    session.flush()
    return request_id


def get_request(session: Session, me: PersonView, request_id: int, version: int | None = None) -> Request:
    """An open request that the person may decide. Raises as `answer_request`."""
    request = session.get(Request, request_id, with_for_update=True)
    if request is None or request.village_id is None:
        raise Refused("request.unknown")
    try:
        access_area(session, me, request.village_id, right_for(request))
    except Refused:
        raise Refused("request.unknown") from None
    if request.state != "open":
        raise Refused("request.closed")
    if version is not None and request.version != version:
        raise Refused("request.changed")
    return request


def _close(session: Session, request: Request, me: PersonView, state: str, words: str | None, now: datetime) -> None:
    request.state, request.version = state, request.version + 1
    request.answered_by, request.answered_at, request.answer = me.id, now, words
    audit.record(session, f"request.{state}", now=now, person_id=me.id, subject=f"request:{request.id}")
    people = load_recipients(session, [request.person_id], local_day(now)).values()
    rows = [
        {
            "recipient_id": person.id,
            "kind": "request_answered",
            "step": f"answered:{request.id}",
            "due_at": next_hour(person, now),
            "facts": {"request_id": request.id},
        }
        for person in people
        if person.reachable and person.id != me.id
    ]
    add_notices(session, rows, now=now)


def find_phone(words: str | None) -> str:
    """The last phone number in what was written, as `+8619800000001`: the new one comes after the old one."""
    numbers = [normal_phone(re.sub(r"[- ]", "", found)) for found in PHONE.findall(words or "")]
    return next((number for number in reversed(numbers) if number), "")


def change_head(session: Session, request: Request, me: PersonView, given: str, now: datetime) -> None:
    """The new head: a member by id, or a name as typed. Raises Refused("request.no_name")."""
    household = _household(session, request)
    member = session.get(Member, int(given)) if given.isascii() and given.isdecimal() and len(given) < 12 else None
    if member is not None and member.household_id == household.id:
        household.head_name, household.head_id, household.head_id_hash = member.name, member.id_number, member.id_hash
    else:
        name = given.strip()
        if not name or len(name) > LONGEST_NAME or any(each.isdecimal() for each in name):
            raise Refused("request.no_name")
        household.head_name, household.head_id, household.head_id_hash = name, None, None
    household.pinyin, household.initials = spell(household.head_name)
    household.updated_at = now


def change_phone(session: Session, request: Request, me: PersonView, given: str, now: datetime) -> None:
    """The number in the words, or one typed instead. Raises Refused("request.no_phone")."""
    number = find_phone(given or request.words)
    if not number:
        raise Refused("request.no_phone")
    household = _household(session, request)
    household.phone, household.updated_at = number, now


def mark_done(session: Session, request: Request, me: PersonView, given: str, now: datetime) -> None:
    """The officer has changed the register's own sheet, or taken note: there is nothing to change here."""


def consent_to_visit(session: Session, request: Request, me: PersonView, given: str, now: datetime) -> None:
    """A visit older than the previous period: with the officer's consent it stands as 补记 and settles its duty."""
    from models.visits.consenting import consent

    consent(session, request.visit_id or 0, me.id, now=now)


def refuse_visit(session: Session, request: Request, me: PersonView, given: str, now: datetime) -> None:
    """The visit is not recorded; what was written stays."""
    from models.visits.consenting import refuse_consent

    refuse_consent(session, request.visit_id or 0, me.id, now=now)


def agree_absence(session: Session, request: Request, me: PersonView, given: str, now: datetime) -> None:
    """More than a week away with nobody to stand in: the duties stand still until the day of return."""
    agree_longer(session, request.absence_id or 0, me.id, now=now)


def agree_handover(session: Session, request: Request, me: PersonView, given: str, now: datetime) -> None:
    """A hand-over as it was proposed; where the township wants it, a leader approves after the officer.

    A helper's wish without a plan is only marked: the officer hands over as usual.
    """
    if "act" not in request.facts:
        return
    plan, asks_leader = Plan.read(request.facts, request.words), request.facts.get("ask") == "leader"
    if needs_approval() and not asks_leader:
        check(session, me, plan, "assignment.write", local_day(now))
        request.facts, request.version = {**request.facts, "ask": "leader"}, request.version + 1
        tell_deciders(session, request, now=now)
        return
    right = "handover.approve" if asks_leader else "assignment.write"
    carry_out(session, me, plan, right, now=now)


def agree_explanation(session: Session, request: Request, me: PersonView, given: str, now: datetime) -> None:
    """The third 没去成 in a row: with the officer's word it is explained."""
    agree_wish(session, int(request.facts["duty_id"]), request.person_id, me.id, now=now)


def refuse_explanation(session: Session, request: Request, me: PersonView, given: str, now: datetime) -> None:
    """It goes on; the helper is reminded again."""
    refuse_wish(session, int(request.facts["duty_id"]), me.id, now=now)


def _household(session: Session, request: Request) -> Household:
    household = session.get(Household, request.household_id) if request.household_id else None
    if household is None:
        raise Refused("request.no_household")
    return household


DECIDE: dict[str, Decide] = {
    "head": change_head,
    "phone": change_phone,
    "members": mark_done,
    "moved": mark_done,
    "other": mark_done,
    "old_visit": consent_to_visit,
    "absence": agree_absence,
    "handover": agree_handover,
    "explained": agree_explanation,
}
"""Kind → what 照改 does. A kind that is not in here cannot be agreed to."""
REFUSE: dict[str, Decide] = {"old_visit": refuse_visit, "explained": refuse_explanation}
"""Kind → what 不改 does besides telling who asked."""
