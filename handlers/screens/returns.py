"""退回: the remark that is asked for, the answer, and what waits for one."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.record_lines import returned_line
from handlers.screens.records import record_line, visit_facts
from models.visits import returns


@screen("visit.return", facts=visit_facts)
def ask_remark(values: Values, t: Words) -> Reply:
    """One line: what is to be looked at again."""
    text = "\n".join([record_line(values, t), t("visit.return_ask", name=values["person"])])
    return Reply(text, (back(t, f"visit:card:{values['visit_id']}"),))


@screen("visit.returned", facts=visit_facts)
def returned(values: Values, t: Words) -> Reply:
    text = "\n".join([record_line(values, t), t("visit.returned", name=values["person"])])
    return Reply(text, (back(t, f"household:visits:{values['place']['household_id']}:1"),))


def reply_facts(session: Session, recipient_id: int | None, *, now: datetime, return_id: int) -> Values | None:
    found = returns.list_returns(session, [return_id])
    if not found or found[0].by_id == recipient_id:
        return None
    return asdict(found[0])


@screen("visit.reply", facts=reply_facts)
def ask_answer(values: Values, t: Words) -> Reply:
    """The answer in words; or the record itself is corrected."""
    correct = Choice(t("visit.fix"), f"visit:correct:{values['visit_id']}", t.several("visit.fix_words"))
    text = "\n".join([returned_line(values, t), t("visit.reply_ask")])
    return Reply(text, (correct, back(t, f"visit:card:{values['visit_id']}")))


@screen("visit.replied", facts=visit_facts)
def replied(values: Values, t: Words) -> Reply:
    return Reply(t("visit.replied"), (Choice(t("keyboard.todo"), "duty:todo"), back(t)))
