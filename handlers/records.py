"""One record of a visit: its card, 撤回 with a reason; 代录 and 属实."""

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from handlers.visits import day_of, look
from models.errors import Refused
from models.visits import actions, entering, queries


async def show_visit(incoming: Incoming, context: Context) -> None:
    await context.run(_look_at_visit, context.me.id, context.number(), reply="visit.detail")


def _look_at_visit(session: Session, person_id: int, visit_id: int, *, now: datetime) -> actions.Withdrawn:
    view = queries.find_visit(session, visit_id)
    if view is None:
        raise Refused("visit.unknown")
    if view.person_id != person_id:
        look(session, person_id, view.place.household_id, "household.read", now=now)
    return actions.Withdrawn(visit_id)


async def ask_withdraw(incoming: Incoming, context: Context) -> None:
    """撤回: the reasons."""
    await context.run(see_own, context.me.id, context.number(), reply="visit.withdraw")


def see_own(session: Session, person_id: int, visit_id: int, *, now: datetime) -> actions.Withdrawn:
    """Lets through whose record it is. Raises Refused("visit.not_yours")."""
    queries.get_own_visit(session, person_id, visit_id)
    return actions.Withdrawn(visit_id)


async def withdraw(incoming: Incoming, context: Context) -> None:
    reason = context.args[1] if len(context.args) > 1 else ""
    if reason not in ("household", "date", "twice", "mistake"):
        raise Refused("button.broken")
    await context.run(actions.withdraw_visit, context.me.id, context.number(), reason, reply="visit.withdrawn")


# --- 代录 --------------------------------------------------------------------------------------------------


async def ask_whose_visit(incoming: Incoming, context: Context) -> None:
    ids = {"household_id": context.number(), "today": context.today.isoformat()}
    await context.run(look, context.me.id, context.number(), "visit.log_for", reply=Answer("visit.enter", ids))


async def ask_their_outcome(incoming: Incoming, context: Context) -> None:
    ids = {
        "household_id": context.number(), "person_id": context.number(1), "day": day_of(context, 2).isoformat(),
    }  # fmt: skip
    await context.run(look, context.me.id, context.number(), "visit.log_for", reply=Answer("visit.enter_outcome", ids))


async def enter_for(incoming: Incoming, context: Context) -> None:
    """代录: written down for somebody, who is asked whether it is true."""
    outcome = context.args[3] if len(context.args) > 3 else ""
    await context.run(
        entering.enter_for, context.me.id, context.number(), context.number(1), outcome, day_of(context, 2),
        reply=lambda entered: Answer("visit.entered", {"visit_id": entered.visit_id, "asked": entered.asked}),
    )  # fmt: skip


async def attest(incoming: Incoming, context: Context) -> None:
    await context.run(entering.attest, context.me.id, context.number(), true=True, reply="visit.attested")


async def deny(incoming: Incoming, context: Context) -> None:
    await context.run(entering.attest, context.me.id, context.number(), true=False, reply="visit.attested")
