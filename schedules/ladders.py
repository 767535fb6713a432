"""The ladder: who is told, after how long, when a duty is past its day (product.md section 5).

A level with nobody to reach is passed over and the officer is told; a duty whose helper never joined goes only to the
officer's list. A step taken late moves the remaining ones by as many working days, so that after a downtime the
ladder moves one level at a time.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.absences.queries import list_away
from models.duties import Duty
from models.duties.counting import DECLINED
from models.duties.pausing import keep_held
from models.duties.rows import join, list_missed_before
from models.duties.settling import settle
from models.duties.steps import next_rung, resume, step_moment, stop
from models.periods import LadderDay
from models.reasons import NEW_ASSIGNMENT
from models.recipients import list_holders
from models.times import ONE_DAY, calendar, local_day
from models.visits import Visit
from schedules.batches import Batch, due_batch

ACTIONS = ("early", "level", "again", "answer", "resume", "held", "watch")


def report_some(session: Session, *, now: datetime, only: int | None = None) -> bool:
    """Takes the steps of the ladder that are due, a bounded number of them, or that of `only` one; True = call me again."""
    batch = due_batch(session, ACTIONS, now=now, only=only)
    if not batch.duties:
        return False
    posts = Posts(batch)
    waiting, declined, before = _unconfirmed(batch), _declined(batch), _missed_before(batch)
    for duty in batch.duties:
        if duty.state != "open":
            continue  # it went on with the household's next one just now
        if duty.household_id in declined and settle(session, duty, now=now).after != "open":
            continue
        take_step(batch, posts, duty, waiting.get(duty.household_id or 0), before.get(duty.id))
    batch.write()
    return True


class Posts:
    """Who holds which post over the villages of a batch."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._villages = {duty.village_id for duty in batch.duties if duty.village_id is not None}
        self._held: dict[str, dict[int, list[int]]] = {}

    def people(self, duty: Duty, who: str) -> list[int]:
        """The people of a step, without the duty's own owner."""
        return [person for person in self.holders(duty, who) if person != duty.person_id]

    def holders(self, duty: Duty, who: str) -> list[int]:
        """Everybody who holds the post of a step, in the duty's village or township."""
        if who == "second_helper":
            second = self._batch.seconds.get(duty.household_id or 0)
            return [second.person_id] if second is not None else []
        return self._of(who).get(duty.village_id or 0, [])

    def away(self, people: Collection[int]) -> set[int]:
        """Those of them who are 暂不在 today: their level goes to others meanwhile."""
        return list_away(self._batch.session, people, self._batch.today) if people else set()

    def _of(self, role: str) -> dict[int, list[int]]:
        if role not in self._held:
            self._held[role] = list_holders(self._batch.session, role, self._villages, self._batch.today)
            self._batch.know({person for people in self._held[role].values() for person in people})
        return self._held[role]


def _unconfirmed(batch: Batch) -> dict[int, date]:
    """For each household with a report that waits for 确认, the day the oldest one was sent."""
    households = {duty.household_id for duty in batch.duties}
    rows = batch.session.execute(
        select(Visit.household_id, Visit.logged_at)
        .where(Visit.household_id.in_(households), Visit.state == "unconfirmed")
        .order_by(Visit.logged_at.desc())
    )
    return {row.household_id: local_day(row.logged_at) for row in rows}


def _declined(batch: Batch) -> set[int]:
    """Households that did not want a visit lately: whether that ends a duty is worked out for each of theirs."""
    rows = batch.session.scalars(
        select(Visit.household_id).where(
            Visit.household_id.in_({duty.household_id for duty in batch.duties}),
            Visit.state == "confirmed",
            Visit.outcome == DECLINED,
            Visit.visited_on >= min(duty.starts_on for duty in batch.duties),
        )
    )
    return set(rows)


def _missed_before(batch: Batch) -> dict[int, Duty]:
    """For duties whose ladder begins now: the household's duty of the period before, where that was missed too."""
    beginning = [duty for duty in batch.duties if duty.next_action == "level" and duty.level == duty.in_row == 0]
    return list_missed_before(batch.session, beginning)


def take_step(batch: Batch, posts: Posts, duty: Duty, waiting_since: date | None, before: Duty | None) -> None:
    """Takes the step of the ladder that a duty has come to. `waiting_since`: the day a report that waits for 确认 was
    sent; `before`: the household's duty of the period before, where that was missed too."""
    action = duty.next_action
    if action == "answer":
        _ask_for_answer(batch, duty)
    elif action == "resume":
        _go_on(batch, duty)
    elif action == "held":
        _still_held(batch, posts, duty)
    elif action == "again":
        _again(batch, posts, duty)
    elif action in ("early", "level"):
        _rung(batch, posts, duty, waiting_since, before)
    else:
        batch.plan(duty)


def _ask_for_answer(batch: Batch, duty: Duty) -> None:
    """The answer day of a taken case: its new owner is asked; the next working day the ladder goes on by itself."""
    batch.know([duty.taken_by] if duty.taken_by else [])
    owner = batch.person(duty.taken_by)
    if owner is not None:
        batch.tell(duty, owner, "answer", f"answer:{duty.version}:{batch.today.isoformat()}")
    duty.next_action, duty.next_action_at = "resume", step_moment(calendar().next_workday(batch.today))


def _go_on(batch: Batch, duty: Duty) -> None:
    batch.event(duty, "resumed", duty.paused_reason, taken_by=duty.taken_by)
    resume(duty, batch.rule(duty), has_second=batch.has_second(duty), today=batch.today)
    duty.version += 1


def _still_held(batch: Batch, posts: Posts, duty: Duty) -> None:
    """A death nobody confirmed: the officers are asked again once a week."""
    for person_id in posts.people(duty, "officer"):
        _tell(batch, duty, person_id, "held", f"held:{batch.today.isoformat()}")
    keep_held(duty, today=batch.today)


def _again(batch: Batch, posts: Posts, duty: Duty) -> None:
    """After the last level: once a week, to those whose step says so."""
    for step in batch.rule(duty).ladder:
        if step.again == "monday":
            people = posts.people(duty, step.who)
            for person_id in sorted(set(people) - posts.away(people)):
                key = f"again:{batch.today.isoformat()}"
                _tell(batch, duty, person_id, "again", key, {"level": step.level}, "monday")
    duty.level_at = batch.now
    batch.plan(duty)


def _rung(batch: Batch, posts: Posts, duty: Duty, waiting_since: date | None, before: Duty | None) -> None:
    rung = next_rung(duty, batch.rule(duty), has_second=batch.has_second(duty))
    if rung is None or rung.on > batch.today:
        batch.plan(duty)
        return
    if rung.step.level > 0 and (_postponed(batch, duty, waiting_since) or _joined(batch, duty, before)):
        return
    duty.position = rung.index + 1
    if rung.step.level < 0 and batch.today > duty.due_on:
        batch.event(duty, "skipped", "late", step="early", on=rung.on.isoformat())
    elif _never_joined(batch, duty):
        _list_for_officer(batch, posts, duty, rung)
    else:
        _report(batch, posts, duty, rung)
    if rung.step.level > 0:
        duty.shift_days += calendar().workdays_between(rung.on, batch.today)
    batch.plan(duty)


def _postponed(batch: Batch, duty: Duty, waiting_since: date | None) -> bool:
    """A report that waits for 确认, or an assignment too young, holds the ladder for a while."""
    rule = batch.rule(duty)
    if waiting_since is not None:
        until = calendar().add_workdays(waiting_since, rule.unconfirmed_workdays)
        if until >= batch.today:
            batch.event(duty, "held", "unconfirmed", until=until.isoformat())
            duty.next_action_at = step_moment(calendar().next_workday(until))
            return True
    first = batch.firsts.get(duty.household_id or 0)
    if first is not None and first.starts_on is not None:
        old_on = first.starts_on + timedelta(days=rule.new_assignment_days)
        if old_on > batch.today:
            duty.paused_until, duty.paused_reason = old_on - ONE_DAY, NEW_ASSIGNMENT
            stop(duty, "resume", old_on, today=batch.today)
            batch.event(duty, "paused", NEW_ASSIGNMENT, until=old_on.isoformat())
            return True
    return False


def _joined(batch: Batch, duty: Duty, before: Duty | None) -> bool:
    """The second period in a row: the older duty goes on with this one. Whether somebody is on it already."""
    if before is None or duty.in_row:
        return False
    join(batch.session, duty, before, now=batch.now)
    if before.state != "open":
        batch.unsay(before)
    batch.event(duty, "in_row", n=duty.in_row + 1)
    return duty.stopped_on is not None


def _never_joined(batch: Batch, duty: Duty) -> bool:
    """Whether nobody can be asked who owes it; what is due on a fixed date goes up its ladder all the same."""
    if duty.household_id is None:
        return False
    owner = batch.person(duty.person_id)
    return owner is None or not owner.joined


def _list_for_officer(batch: Batch, posts: Posts, duty: Duty, rung: LadderDay) -> None:
    if rung.step.who == "officer":
        for person_id in posts.people(duty, "officer"):
            _tell(batch, duty, person_id, "unjoined", f"unjoined:{rung.index}:{batch.today.isoformat()}")
        batch.event(duty, "unjoined")


def _report(batch: Batch, posts: Posts, duty: Duty, rung: LadderDay) -> None:
    """Tells the people of one step. `level` is the step's; nobody to reach: the officer hears that instead."""
    step = rung.step
    people = posts.people(duty, step.who)
    batch.know(people)
    away = posts.away(people)
    able = [each for each in people if (person := batch.person(each)) and person.reachable and each not in away]
    key = f"level:{rung.index}:{batch.today.isoformat()}"
    for person_id in able:
        kind = "early" if step.level < 0 else "level"
        form = {"monday": "monday", "alert": "urgent"}.get(step.form, "digest")
        _tell(batch, duty, person_id, kind, key, {"level": step.level, "who": step.who}, form)
    if not able:
        _passed_over(batch, posts, duty, rung, _why(batch, people, away))
    elif step.level > 0:
        if step.level > duty.level:
            duty.version += 1
        duty.level, duty.level_at = max(duty.level, step.level), batch.now
        batch.event(duty, "level", level=step.level, role=step.who, to=able)


def _why(batch: Batch, people: Collection[int], away: Collection[int]) -> str:
    """Why nobody of a level could be told: nobody holds it; all are away, blocked the bot, or never joined."""
    found = [person for each in people if (person := batch.person(each)) is not None]
    if not found:
        return "nobody"
    if any(person.reachable and person.id in away for person in found):
        return "absent"
    return "unreachable" if any(person.joined for person in found) else "never_joined"


def _passed_over(batch: Batch, posts: Posts, duty: Duty, rung: LadderDay, why: str) -> None:
    who = rung.step.who
    if duty.household_id is None and duty.person_id in posts.holders(duty, who):
        return  # Whoever owes it holds that post too.
    batch.event(duty, "passed", why, level=rung.step.level, role=who)
    if (who == "officer" and why == "nobody") or (who == "second_helper" and why in ("nobody", "absent")):
        return
    for person_id in posts.people(duty, "officer"):
        facts = {"level": rung.step.level, "who": who, "why": why}
        _tell(batch, duty, person_id, "passed", f"passed:{rung.index}:{batch.today.isoformat()}", facts)


def _tell(
    batch: Batch,
    duty: Duty,
    person_id: int,
    kind: str,
    step: str,
    facts: dict[str, object] | None = None,
    form: str = "digest",
) -> None:
    person = batch.person(person_id)
    if person is not None and person.id != duty.person_id:
        more = {"batch": f"{kind}:{duty.id}"} if form == "urgent" else {"batch": None}
        batch.tell(duty, person, kind, step, facts=facts or {}, form=form, **more)
