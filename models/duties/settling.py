"""How a duty ends and opens again: its state is worked out anew from the visits, whatever happened to one of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from models.duties.checkmarks import checked, checked_late
from models.duties.counting import DECLINED, all_days, done_days, missed_days, seen_after, was_declined
from models.duties.postponing import postpone
from models.duties.replanning import follow_household, replan
from models.duties.tables import Duty, DutyEvent
from models.duties.telling import CARRIED, TOLD_KINDS, tell_outcome, told_before
from models.notices import cancel_waiting, list_told, revive_cancelled
from models.rules import Parameters, RuleParameters, get_parameters
from models.rules.dates import DateParameters
from models.times import ONE_DAY, calendar, local_day, moment_at
from models.visits import Visit

UNDO_FOR = timedelta(hours=24)
REOPENED_WORKDAYS = 5
CLOSED = "closed"
POSTPONED = "postponed"


@dataclass(frozen=True)
class Figure:
    """What counts for one duty. `late` days are 补记, beside the figure; `seen_after`: met after the period's end.

    `missed`: days on which the family was away or could not be reached; `declined`: it did not want a visit.
    """

    done: int
    late: int
    seen_after: bool
    missed: int = 0
    declined: bool = False


@dataclass(frozen=True)
class Change:
    """What a visit did to one duty."""

    duty_id: int
    period: str
    done: int
    late: int
    needed: int
    before: str
    after: str


def count(session: Session, duty: Duty, parameters: Parameters) -> Figure:
    """The figure of one duty, from the visits themselves; of a fixed date from its checkmarks."""
    if isinstance(parameters, DateParameters):
        done, late = session.execute(select(checked(), checked_late()).where(Duty.id == duty.id)).one()
        return Figure(done, late, seen_after=False)
    figure = session.execute(_figure(parameters.phone_counts), {"duty_id": duty.id})
    done, total, seen, missed, declined = figure.one()
    return Figure(done, total - done, bool(seen), missed, bool(declined))


@cache
def _figure(phone_counts: bool) -> Select[int, int, bool, int, bool]:
    """Built once: writing the expression down costs more than asking it. Nothing else of a rule matters to it."""
    rule = RuleParameters(phone_counts=phone_counts)
    columns = done_days(rule), all_days(rule), seen_after(rule), missed_days(), was_declined()
    return select(*columns).where(Duty.id == bindparam("duty_id"))


def judge(duty: Duty, figure: Figure) -> str:
    """The state that follows from the figure. Waived and void duties stay what they are."""
    if duty.state in ("waived", "void"):
        return duty.state
    if duty.cycle == 1 and figure.done >= duty.needed:
        return "done"
    if duty.reason == CARRIED:
        return "settled"
    if duty.reason is not None:
        return "explained"
    if figure.seen_after or figure.late:
        return "settled"
    return "open"


def settle(
    session: Session,
    duty: Duty,
    *,
    now: datetime,
    visit: Visit | None = None,
    person_id: int | None = None,
    cause: str | None = None,
    moved: bool = False,
) -> Change:
    """Brings one duty's figure and state up to date, with its event and what people hear of it.

    `cause`: the checkmark that changed it. `moved`: something else has changed that its next planned moment follows from.
    """
    parameters = get_parameters(session, duty.rule_id)
    figure = count(session, duty, parameters)
    actor = visit.person_id if visit is not None else person_id
    cause = f"visit:{visit.id}" if visit is not None else cause
    if postpone(duty, figure.missed, parameters):
        moved = True
        _note_postponed(session, duty, actor, cause, now)
    _decline(duty, figure, local_day(now))
    before, after, fewer = duty.state, judge(duty, figure), figure.done < duty.done
    duty.done, duty.late = figure.done, figure.late
    if before != after:
        if after == "open":
            _open_again(session, duty, before, visit, actor, cause, now)
        else:
            close(session, duty, after, actor=actor, cause=duty.reason if duty.reason == DECLINED else cause, now=now)
    elif fewer and duty.state == "open" and duty.level > 0:
        told = list_told(session, duty.id, duty.cycle, TOLD_KINDS)
        tell_outcome(session, duty, "fewer", [each for each in told if each != actor], now)
    if moved and duty.stopped_on is None:
        _plan_anew(session, duty, now)
    return Change(duty.id, duty.period, duty.done, duty.late, duty.needed, before, duty.state)


def _note_postponed(session: Session, duty: Duty, actor: int | None, cause: str | None, now: datetime) -> None:
    """The timeline's line; a reminder made this morning about the former day is taken back, or said after all."""
    until = duty.due_on.isoformat()
    note(session, duty, POSTPONED, now=now, person_id=actor, cause=cause, until=until, n=duty.postponed)
    if duty.postponed:
        cancel_waiting(session, [duty.id], POSTPONED, ("remind", "repeat"))
    else:
        revive_cancelled(session, [duty.id], POSTPONED, now=now)


def _decline(duty: Duty, figure: Figure, today: date) -> None:
    """不愿见面 is never against the helper: when the time is over the duty is explained by it (engine.md 3)."""
    if duty.reason == DECLINED and not figure.declined:
        duty.reason = None
    elif figure.declined and duty.reason is None and duty.state == "open" and today > duty.grace_ends_on:
        duty.reason = DECLINED


def _plan_anew(session: Session, duty: Duty, now: datetime) -> None:
    """An open duty gets its next planned moment; one that ended gets it when it is opened again."""
    if duty.state == "open":
        replan(session, duty, now=now)
    else:
        duty.next_action = duty.next_action_at = None


def note(
    session: Session,
    duty: Duty,
    kind: str,
    *,
    now: datetime,
    person_id: int | None = None,
    cause: str | None = None,
    words: str | None = None,
    **facts: object,
) -> None:
    """Adds one line to a duty's timeline."""
    session.add(
        DutyEvent(duty_id=duty.id, at=now, kind=kind, person_id=person_id, cause=cause, facts=facts, words=words)
    )


def close(session: Session, duty: Duty, state: str, *, actor: int | None, cause: str | None, now: datetime) -> None:
    """Ends a duty: what nobody heard yet is taken back, who was told upward hears the outcome.

    Its next planned moment is kept, so that an undo restores exactly what was before.
    """
    was_open = duty.state == "open"
    if duty.wish is not None:
        drop_wish(session, duty, now=now)
    duty.state, duty.closed_at, duty.version = state, now, duty.version + 1
    note(session, duty, state, now=now, person_id=actor, cause=cause, done=duty.done, late=duty.late)
    if was_open:
        cancel_waiting(session, [duty.id], CLOSED)
    # Who waits to hear how it ended hears how it stands then; who has heard it already hears the difference.
    told = list_told(session, duty.id, duty.cycle, TOLD_KINDS if was_open else ("outcome",))
    if was_open and duty.in_row:
        told += [each for each in told_before(session, duty) if each not in told]
    tell_outcome(session, duty, "outcome", [each for each in told if each != actor], now)


def drop_wish(session: Session, duty: Duty, *, now: datetime) -> None:
    """The officer need not decide any more whether nobody could go."""
    from models.requests.tables import Request

    duty.wish = duty.reason_text = None
    waiting = (Request.kind == "explained", Request.household_id == duty.household_id, Request.state == "open")
    for request in session.scalars(select(Request).where(*waiting)):
        if request.facts.get("duty_id") == duty.id:
            request.state, request.answered_at, request.version = "withdrawn", now, request.version + 1


def carry(session: Session, duty: Duty, *, now: datetime) -> None:
    """Ends a duty that goes on with the household's next one: settled, carried over. Nobody hears it by itself: who was
    told hears how the next one ends."""
    if duty.wish is not None:
        drop_wish(session, duty, now=now)
    duty.reason, duty.state, duty.closed_at, duty.version = CARRIED, "settled", now, duty.version + 1
    note(session, duty, CARRIED, now=now, done=duty.done, late=duty.late)
    cancel_waiting(session, [duty.id], CLOSED)


def _open_again(
    session: Session,
    duty: Duty,
    before: str,
    visit: Visit | None,
    actor: int | None,
    cause: str | None,
    now: datetime,
) -> None:
    confirmed_at = visit.confirmed_at if visit is not None else None
    is_undo = confirmed_at is None or now - confirmed_at <= UNDO_FOR
    if not is_undo and now >= duty.closes_at:
        _next_cycle(session, duty, actor, cause, now)
        return
    duty.state, duty.closed_at, duty.version = "open", None, duty.version + 1
    note(session, duty, "reopened", now=now, person_id=actor, cause=cause, before=before)
    cancel_waiting(session, [duty.id], "reopened", ("outcome",))
    revive_cancelled(session, [duty.id], CLOSED, now=now)
    tell_outcome(session, duty, "reopened", list_told(session, duty.id, duty.cycle, ("outcome",)), now)
    if duty.next_action_at is None:
        replan(session, duty, now=now)
    follow_household(session, duty, now=now)
    _follow_helper(session, duty, now)


def _follow_helper(session: Session, duty: Duty, now: datetime) -> None:
    """Who has the household now owes it: hands may have changed while the duty was closed."""
    from models.duties.owners import after_assignment

    if duty.household_id is not None:
        session.flush()
        after_assignment(session, [duty.household_id], now=now)


def _next_cycle(session: Session, duty: Duty, actor: int | None, cause: str | None, now: datetime) -> None:
    """A visit withdrawn after the 补录期: the same duty once more, closed only by seeing the household (engine.md 3)."""
    duty.state, duty.closed_at, duty.version = "void", now, duty.version + 1
    note(session, duty, "void", now=now, person_id=actor, cause=cause)
    today = local_day(now)
    due_on = calendar().add_workdays(today, REOPENED_WORKDAYS)
    again = Duty(
        rule_id=duty.rule_id,
        rule_code=duty.rule_code,
        subject=duty.subject,
        household_id=duty.household_id,
        person_id=duty.person_id,
        village_id=duty.village_id,
        period=duty.period,
        cycle=duty.cycle + 1,
        starts_on=today,
        due_on=due_on,
        ends_on=due_on,
        grace_ends_on=due_on,
        closes_at=moment_at(due_on + ONE_DAY),
        needed=1,
        state="open",
        mentioned_on=due_on,
        position=rungs_before_due(get_parameters(session, duty.rule_id)),
        opened_at=now,
    )
    # The plan reads defaults that a fresh object does not have yet.
    again.done = again.late = again.level = again.repeats = again.shift_days = again.postponed = again.in_row = 0
    again.version = 1
    session.add(again)
    replan(session, again, now=now)
    follow_household(session, again, now=now)
    session.flush()
    note(session, again, "reopened", now=now, person_id=actor, cause=cause)
    _follow_helper(session, again, now)
    told = list_told(session, duty.id, duty.cycle, ("outcome", *TOLD_KINDS))
    tell_outcome(session, again, "reopened", [*told, *([again.person_id] if again.person_id else [])], now)


def rungs_before_due(parameters: Parameters) -> int:
    """How many steps of the ladder come before the due day."""
    return sum(step.level < 0 for step in parameters.ladder)
