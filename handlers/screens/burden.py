"""打扰 in words: one week in figures, without anybody's name."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from models.burden import read_burden
from models.times import hours, local_day

RIGHT = "burden.read"


def week_facts(session: Session, recipient_id: int | None, *, now: datetime) -> Values | None:
    person, usual = reader(session, recipient_id, now), hours()
    if not person.may(RIGHT):
        return None
    found = read_burden(session, local_day(now), person.paths(RIGHT))
    return {**asdict(found), "digests": usual.digest_per_day, "urgent": usual.urgent_per_day}


@screen("burden.week", facts=week_facts)
def week(values: Values, t: Words) -> Reply:
    """Messages, the cap, steps and seconds for one visit; and what is not counted."""
    v = values
    lines = [
        t("burden.title", first=t.day(v["since"]), last=t.day(v["until"])),
        t("burden.messages", people=v["people"], n=v["messages"], median=f"{v['median']:g}", most=v["most"]),
        t("burden.over", digests=v["digests"], urgent=v["urgent"], n=v["over"]),
        t("burden.visits", visits=v["visits"], steps=f"{v['steps']:g}", seconds=f"{v['seconds']:.1f}")
        if v["visits"]
        else t("burden.no_visits"),
        t("burden.not"),
    ]
    return Reply("\n".join(lines), (back(t),))
