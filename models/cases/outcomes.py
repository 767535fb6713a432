"""How duties ended, for those who were told that they were past their day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases.dates import date_outcome, is_about_date
from models.cases.views import DutyView
from models.duties import DutyEvent
from models.duties.telling import CARRIED
from models.notices import Notice
from models.people import Person
from models.visits import Visit

ENDINGS = ("outcome", "reopened", "fewer")
CLOSED = ("done", "explained", "settled", "waived", "void")


@dataclass(frozen=True)
class Outcome:
    """How a duty ended. `what`: its state, or late (a 补记), reopened, fewer (still open, `n` visits are left).

    `day` and `by` of the visit that ended it.
    """

    what: str
    name: str
    village: str
    group: str | None
    day: date | None = None
    by: str | None = None
    reason_zh: str = ""
    reason_en: str = ""
    reason_text: str | None = None
    n: int | None = None
    title_zh: str = ""
    title_en: str = ""


def list_outcomes(session: Session, rows: Iterable[Notice], views: dict[int, DutyView]) -> tuple[Outcome, ...]:
    """What the notices of an end say of the duties as they are now, each duty once."""
    wanted = {n.duty_id: n.kind for n in rows if n.kind in ENDINGS and n.duty_id in views}
    found = []
    for duty_id, kind in wanted.items():
        view = views[duty_id or 0]
        if view.state in CLOSED:
            found.append(_outcome(session, view))
        elif kind in ("reopened", "fewer"):
            found.append(_reopened(kind, view))
    return tuple(found)


def _reopened(kind: str, view: DutyView) -> Outcome:
    what = f"date_{kind}" if is_about_date(view) else kind
    return Outcome(
        what, view.name, view.village, view.group, n=view.done, title_zh=view.title_zh, title_en=view.title_en
    )


def _outcome(session: Session, view: DutyView) -> Outcome:
    """How it ended, with the day and the person of the visit that did, or of the checkmark."""
    if is_about_date(view):
        what, day, by = date_outcome(session, view)
        return Outcome(
            what, view.name, view.village, view.group, day, by, reason_text=view.reason_text,
            title_zh=view.title_zh, title_en=view.title_en,
        )  # fmt: skip
    event = session.scalar(
        select(DutyEvent)
        .where(DutyEvent.duty_id == view.duty_id, DutyEvent.kind == view.state)
        .order_by(DutyEvent.at.desc(), DutyEvent.id.desc())
        .limit(1)
    )
    cause = (event.cause or "") if event is not None else ""
    row: Any = None
    if cause.startswith("visit:"):
        row = session.execute(
            select(Visit.visited_on, Person.name)
            .join(Person, Person.id == Visit.person_id)
            .where(Visit.id == int(cause.removeprefix("visit:")))
        ).first()
    is_late = view.state == "settled" and row is not None and row.visited_on <= view.ends_on
    return Outcome(
        CARRIED if view.reason == CARRIED else "late" if is_late else view.state, view.name, view.village, view.group,
        row.visited_on if row is not None else None, row.name if row is not None else None,
        view.reason_zh, view.reason_en, view.reason_text,
    )  # fmt: skip
