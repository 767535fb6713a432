"""记走访 by three taps: which household, 见到 or not, on which day."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from handlers.reports import with_base
from models import access
from models.errors import Refused
from models.times import local_day
from models.visits import actions, reports
from models.visits.reports import Line, ReportView
from models.visits.tables import OUTCOMES

MOST_PAGES = 100_000
SCREEN_IS_OF_TODAY = timedelta(days=1)
OLDEST_BUTTON = 400
"""Days: no screen offers a day longer ago, so an older one is forged."""


async def start(incoming: Incoming, context: Context) -> None:
    """The list of households, those that need it most first."""
    await context.run(reports.begin, context.me.id, reply=Answer("visit.choose", {"page": 1}))


async def show_page(incoming: Incoming, context: Context) -> None:
    await context.reply("visit.choose", page=page_of(context))


def page_of(context: Context, position: int = 0) -> int:
    """The page a button asks for; screens stop at the last one there is."""
    return min(max(1, context.number(position, 1)), MOST_PAGES)


async def choose_household(incoming: Incoming, context: Context) -> None:
    """One household was tapped, in the list of 记走访 or with another day."""
    await show_house(context, fresh=False)


async def open_household(incoming: Incoming, context: Context) -> None:
    """The same from a reminder, a list or a card, which stay as they are."""
    await show_house(context, fresh=True)


async def show_house(context: Context, *, fresh: bool, stale: bool = False) -> None:
    """One household for the day of the button; `stale`: for today, and says that nothing was recorded."""
    household_id, day = context.number(), day_of(context, 1)
    if stale:
        day = context.today
    await context.run(
        reports.choose, context.me.id, household_id, "house", visited_on=day,
        reply=Answer("visit.house", house_ids(household_id, day, stale), fresh=fresh),
    )  # fmt: skip


def house_ids(household_id: int, day: date, stale: bool = False) -> dict[str, Any]:
    """What the screen of one household needs."""
    return {"household_id": household_id, "day": day.isoformat(), **({"stale": True} if stale else {})}


def day_of(context: Context, position: int) -> date:
    """The day a button carries; today where it carries none. Raises Refused("button.broken", "visit.future")."""
    number = context.number(position, context.today.toordinal())
    if not 0 <= context.today.toordinal() - number <= OLDEST_BUTTON:
        raise Refused("button.broken")
    return date.fromordinal(number)


async def show_days(incoming: Incoming, context: Context) -> None:
    """不是今天: the last days to choose from."""
    await context.run(
        look, context.me.id, context.number(), "visit.log",
        reply=Answer("visit.days", {"household_id": context.number(), "today": context.today.isoformat()}),
    )  # fmt: skip


def look(session: Session, person_id: int, household_id: int, right: str, *, now: datetime) -> None:
    """Lets through who holds the right over a household. Raises Refused("household.not_yours")."""
    day = local_day(now)
    access.access_household(session, access.view(session, person_id, day), household_id, right, day=day)


def is_old_screen(context: Context, position: int) -> bool:
    """Whether the screen of a button is of another day: what it says at once must not be believed then."""
    made = date.fromordinal(min(max(1, context.number(position, context.today.toordinal())), date.max.toordinal()))
    return context.today - made > SCREEN_IS_OF_TODAY


async def log_met(incoming: Incoming, context: Context) -> None:
    """见到,没新情况: recorded at once. A screen of another day is shown anew instead of being believed."""
    if is_old_screen(context, 2):
        await show_house(context, fresh=False, stale=True)
        return
    await context.run(
        actions.log_visit, context.me.id, context.number(), day_of(context, 1),
        reply=lambda logged: Answer("visit.logged", {"draft_id": logged.draft_id, "again": logged.again}),
    )  # fmt: skip


async def ask_words(incoming: Incoming, context: Context) -> None:
    """见到,有情况: words or photos, in any order."""
    household_id, day = context.number(), day_of(context, 1)
    await context.run(
        reports.choose, context.me.id, household_id, "words", visited_on=day,
        reply=Answer("visit.words", house_ids(household_id, day)),
    )  # fmt: skip


async def ask_outcome(incoming: Incoming, context: Context) -> None:
    """没见到人: what it was instead."""
    ids = house_ids(context.number(), day_of(context, 1))
    await context.run(look, context.me.id, context.number(), "visit.log", reply=Answer("visit.missed", ids))


async def choose_outcome(incoming: Incoming, context: Context) -> None:
    household_id, day = context.number(), day_of(context, 1)
    outcome = context.args[2] if len(context.args) > 2 else ""
    if outcome not in OUTCOMES:
        raise Refused("button.broken")
    await context.run(_keep_tapped, context.me.id, household_id, day, outcome, reply=report_answer)


def _keep_tapped(
    session: Session, person_id: int, household_id: int, day: date, outcome: str, *, now: datetime
) -> reports.Kept:
    kept = reports.choose(session, person_id, household_id, "house", visited_on=day, outcome=outcome, now=now)
    view = with_base(ReportView(draft_id=kept.draft_id), household_id, day, outcome)
    return reports.keep_report(session, person_id, view, (Line(household_id, day, outcome),), now=now)


def report_answer(kept: reports.Kept) -> Answer:
    """The report as it is now: its next question, or the card."""
    return Answer("visit.report", {"draft_id": kept.draft_id, **({"stale": True} if kept.stale else {})})
