"""What the system has to tell an officer: levels that were passed over, reported deaths, findings of the auditor."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Reply
from handlers.screens import Values, screen
from handlers.screens.duties import reader
from handlers.screens.duty_lines import todo_button
from handlers.screens.findings import finding_lines
from handlers.screens.news import death_buttons, notice_line
from models.cases.notices import list_system_notices
from models.findings import list_told
from models.times import local_day


def notices_facts(session: Session, recipient_id: int | None, *, now: datetime) -> Values:
    person_id, today = reader(session, recipient_id, now).id, local_day(now)
    return {
        "notices": [asdict(notice) for notice in list_system_notices(session, person_id, today)],
        "findings": [asdict(told) for told in list_told(session, person_id)],
    }


@screen("digest.notices", facts=notices_facts)
def notices(values: Values, t: Words) -> Reply:
    """The folded notices, one line each."""
    lines = [t("digest.notices_title", n=len(values["notices"]) + len(values["findings"]))]
    lines += [notice_line(notice, t) for notice in values["notices"]] + finding_lines(values["findings"], t)
    held = [notice for notice in values["notices"] if notice["what"] == "held"]
    return Reply("\n".join(lines), (*death_buttons(held, t), todo_button(t)))
