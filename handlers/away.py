"""全家外出: 到什么时候回来, by button or in words; 回来了; 打了电话; and who it is that has died."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.parsing import parse_report
from handlers.parsing.until import find_until
from handlers.reply import Answer
from handlers.visits import day_of, house_ids, is_old_screen, look, show_house
from models import drafts
from models.duties import come_back
from models.errors import Refused
from models.visits import actions, corrections

DRAFT = "away"
LONGEST = 30


def until_of(words: str, today: date) -> date | None:
    """The day that words name for the family's return: 腊月, 12月20号, 月底."""
    marks = find_until(f"全家外出到{words}", today)
    return marks[0].on if len(marks) == 1 else None


async def say_until(incoming: Incoming, context: Context) -> None:
    """`visit:until:ID:DAY`: the last day on which the family is away; 0: nobody knows."""
    visit_id, day = context.number(), context.number(1)
    if not day:
        await context.run(_see, context.me.id, visit_id, reply=_logged)
        return
    if day > date.max.toordinal():
        raise Refused("button.broken")
    await context.run(corrections.say_until, context.me.id, visit_id, date.fromordinal(day), reply="visit.until_said")


def _see(session: Session, person_id: int, visit_id: int, *, now: datetime) -> int:
    return corrections.get_own(session, person_id, visit_id).draft_id or 0


def _logged(draft_id: int) -> Answer:
    """The same screen without the question."""
    return Answer("visit.logged", {"draft_id": draft_id, "asks": False})


async def ask_day(incoming: Incoming, context: Context) -> None:
    """`visit:until_words:ID`: the next text says the day."""
    visit_id = context.number()
    await context.run(_begin, context.me.id, visit_id, reply=Answer("visit.until_words", {"visit_id": visit_id}))


def _begin(session: Session, person_id: int, visit_id: int, *, now: datetime) -> None:
    corrections.get_own(session, person_id, visit_id)
    drafts.open_draft(session, person_id, DRAFT, now=now, facts={"visit_id": visit_id})


async def take_day(incoming: Incoming, context: Context) -> None:
    """The typed day; what is no day may be a report of its own."""
    from handlers.reporting import read_reporting, take_words

    until = until_of(incoming.text.strip(), context.sent_local.date()) if len(incoming.text) <= LONGEST else None
    if until is not None:
        await context.run(_say, context.me.id, context.draft.id, until, reply="visit.until_said")
        return
    _, scope = await context.read(read_reporting, context.me, context.today, context.now)
    report = parse_report(incoming.text, context.sent_local, scope, sender=context.me.name)
    if report.lines or report.questions:
        await take_words(incoming, context)
    else:
        await context.reply("visit.until_words", visit_id=int(context.draft.facts["visit_id"]), again=True)


def _say(session: Session, person_id: int, draft_id: int, until: date, *, now: datetime) -> corrections.Corrected:
    draft = drafts.get_own(session, person_id, draft_id)
    said = corrections.say_until(session, person_id, int(draft.facts["visit_id"]), until, now=now)
    drafts.close(session, draft, "done", now=now)
    return said


async def say_back(incoming: Incoming, context: Context) -> None:
    """`household:back:ID`: 回来了."""
    household_id = context.number()
    await context.run(
        _come_back, context.me.id, household_id, reply=Answer("household.back", {"household_id": household_id})
    )


def _come_back(session: Session, person_id: int, household_id: int, *, now: datetime) -> bool:
    look(session, person_id, household_id, "visit.log", now=now)
    return come_back(session, person_id, household_id, now=now)


async def log_call(incoming: Incoming, context: Context) -> None:
    """打了电话: recorded at once like 见到; whether it counts is said in the answer."""
    if is_old_screen(context, 2):
        await show_house(context, fresh=False, stale=True)
        return
    await context.run(
        actions.log_visit, context.me.id, context.number(), day_of(context, 1), kind="phone",
        reply=lambda logged: Answer("visit.logged", {"draft_id": logged.draft_id, "again": logged.again}),
    )  # fmt: skip


async def ask_who_died(incoming: Incoming, context: Context) -> None:
    """`visit:death:HOUSEHOLD:DAY`: the head, or somebody else while the household goes on."""
    ids = house_ids(context.number(), day_of(context, 1))
    await context.run(look, context.me.id, context.number(), "visit.log", reply=Answer("visit.death", ids))
