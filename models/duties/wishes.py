"""The third 没去成 in a row for one household: it stays open until the officer agrees (product.md 1, principle 3).

The reason waits as the duty's `wish` beside a request to the officer. Meanwhile the helper is not reminded; the ladder
goes on. A visit that ends the duty, or taking the reason back, withdraws the request.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from models.duties.replanning import replan
from models.duties.rows import list_missed_before
from models.duties.settling import close, drop_wish, note
from models.duties.tables import Duty
from models.notices import REMINDERS, cancel_waiting, revive_cancelled
from models.reasons import DECLINED
from models.requests.actions import make_request
from models.times import ONE_DAY, local_day

ALONE = 2
"""So many periods in a row are explained by the helper's word alone."""
KIND = "explained"
WISHED = "wished"
"""Why a reminder was taken back: its owner has asked the officer."""


def explained_before(session: Session, duty: Duty, most: int = ALONE) -> int:
    """How many periods right before were explained by somebody, nobody having met the household since; `most` at most.

    What the family itself declined is not counted: that is never against the helper.
    """
    found: list[Duty] = []
    while len(found) < most:
        last = found[-1] if found else duty
        before = list_missed_before(session, [last]).get(last.id)
        if before is None or before.state != "explained" or before.reason == DECLINED:
            break
        found.append(before)
    return len(found)


def wish(session: Session, duty: Duty, person_id: int, reason: str, words: str | None, *, now: datetime) -> None:
    """Asks the officer; until the answer the duty is open and its owner hears nothing more of it."""
    duty.wish, duty.reason_text, duty.version = reason, words, duty.version + 1
    _remind_from(session, duty, max(duty.mentioned_on or duty.grace_ends_on, duty.grace_ends_on), now)
    cancel_waiting(session, [duty.id], WISHED, REMINDERS)
    note(session, duty, "wished", now=now, person_id=person_id, cause=reason)
    make_request(
        session, KIND, person_id=person_id, household_id=duty.household_id, words=words, now=now,
        duty_id=duty.id, reason=reason,
    )  # fmt: skip


def take_back_wish(session: Session, duty: Duty, person_id: int, *, now: datetime) -> None:
    """The helper goes after all: the request is withdrawn, the reminders go on."""
    drop_wish(session, duty, now=now)
    _go_on(session, duty, person_id, now)


def agree_wish(session: Session, duty_id: int, person_id: int, officer_id: int, *, now: datetime) -> None:
    """The officer agrees: explained, as it would have been at once the first two times."""
    duty = session.get(Duty, duty_id)
    if duty is None or duty.state != "open" or duty.wish is None:
        return
    duty.reason, duty.wish = duty.wish, None
    note(session, duty, "agreed", now=now, person_id=officer_id)
    close(session, duty, "explained", actor=person_id, cause=duty.reason, now=now)


def refuse_wish(session: Session, duty_id: int, officer_id: int, *, now: datetime) -> None:
    """The officer does not agree: the duty goes on, its owner is reminded again."""
    duty = session.get(Duty, duty_id)
    if duty is None or duty.state != "open" or duty.wish is None:
        return
    duty.wish = duty.reason_text = None
    _go_on(session, duty, officer_id, now)


def _go_on(session: Session, duty: Duty, person_id: int, now: datetime) -> None:
    duty.version += 1
    note(session, duty, "unwished", now=now, person_id=person_id)
    today = local_day(now)
    tonight = revive_cancelled(session, [duty.id], WISHED, now=now)
    _remind_from(session, duty, today if tonight else today - ONE_DAY, now)


def _remind_from(session: Session, duty: Duty, mentioned_on: date, now: datetime) -> None:
    """The owner's reminders up to a day are dealt with."""
    duty.mentioned_on = mentioned_on
    if duty.stopped_on is None:
        replan(session, duty, now=now)
