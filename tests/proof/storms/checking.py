"""What must be true when the weather has been fine again for some days."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Duty
from models.duties.settling import count, judge
from models.notices import Notice
from models.outbox import Message
from models.rules import get_parameters
from models.times import calendar, is_quiet, local_day
from schedules.delivery.claiming import URGENT_FOR
from tests.proof.storms.bot import Bot
from tests.proof.storms.telegram import Arrived

LATE_LIMIT = 3
"""Working days after which a reminder is not sent any more (the rule that ships)."""


@dataclass
class Found:
    """Sentences about what is wrong, by promise; and how often something of unknown result was said again."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    messages: int = 0
    repeated: int = 0
    told_later: int = 0
    """Lines of a message of unknown result that stood once more in the next day's digest."""
    ends: Counter[str] = field(default_factory=Counter)


def check(bot: Bot) -> Found:
    found = Found(messages=sum(len(each) for each in bot.telegram.arrived.values()))
    with Session(bot.engine) as session:
        for row in session.scalars(select(Message)):
            _check_message(bot, row, found)
        _check_days(bot, session, found)
        _check_notices(bot, session, found)
        _check_duties(bot, session, found)
    if bot.telegram.eager:
        found.wrong.append(f"{bot.telegram.eager} calls while Telegram had asked to wait")
    return found


def _check_message(bot: Bot, row: Message, found: Found) -> None:
    came = bot.telegram.arrived.get(row.id, [])
    found.ends[f"{row.state}: {row.reason}" if row.reason else row.state] += 1
    if row.state in ("pending", "retry", "sending"):
        found.lost.append(f"message {row.id} is still {row.state}, due {row.due_at}")
    elif row.state == "sent" and not came:
        found.lost.append(f"message {row.id} is sent and never came")
    elif row.state in ("dead", "cancelled", "suppressed", "unknown") and not row.reason:
        found.lost.append(f"message {row.id} is {row.state} without a reason")
    if row.state == "dead" and row.reason != "no network":
        found.wrong.append(f"message {row.id} is dead: {row.reason}")
    if len(came) > 1:
        found.repeated += len(came) - 1
        if len(came) > 2 or not came[1].marked or not bot.telegram.unsure[row.id]:
            found.doubled.append(f"message {row.id} came {len(came)} times, unsure {bot.telegram.unsure[row.id]}")
    for each in came if row.lane in ("digests", "urgent") else ():
        _check_arrival(row, each, found)


def _check_arrival(row: Message, each: Arrived, found: Found) -> None:
    if is_quiet(each.at):
        found.stale.append(f"message {row.id} came in quiet hours, {each.at}")
    if row.lane == "digests" and row.local_day != local_day(each.at):
        found.stale.append(f"digest {row.id} of {row.local_day} came on {each.at}")
    if row.lane == "urgent" and each.at - row.made_at > URGENT_FOR:
        found.stale.append(f"urgent {row.id} of {row.made_at} came on {each.at}")


def _check_days(bot: Bot, session: Session, found: Found) -> None:
    """One digest and two urgent messages for a person and day."""
    most = {"digests": 1, "urgent": 2}
    days: Counter[tuple[str, int | None, date]] = Counter()
    for row in session.scalars(select(Message).where(Message.lane.in_(most))):
        if came := bot.telegram.arrived.get(row.id):
            days[row.lane, row.recipient_id, local_day(came[0].at)] += 1
    for (lane, person, day), number in days.items():
        if number > most[lane]:
            found.doubled.append(f"{number} {lane} to person {person} on {day}")


def _check_notices(bot: Bot, session: Session, found: Found) -> None:
    told: dict[int, list[int]] = defaultdict(list)
    days: dict[int, date] = {}
    for row_id, came in bot.telegram.arrived.items():
        for notice_id in frozenset().union(*(each.notices for each in came)):
            told[notice_id].append(row_id)
            days[notice_id] = local_day(came[0].at)
    for notice in session.scalars(select(Notice)):
        rows = told.get(notice.id, [])
        if notice.state == "waiting" and notice.due_at < bot.now - timedelta(days=8):
            found.lost.append(f"notice {notice.id} ({notice.kind}) waits since {notice.due_at}")
        if notice.state == "cancelled" and not notice.reason:
            found.lost.append(f"notice {notice.id} is cancelled without a reason")
        if len(rows) > 1:
            sure = [row for row in sorted(rows)[:-1] if not bot.telegram.unsure[row]]
            found.told_later += len(rows) - 1 - len(sure)
            if sure:
                found.doubled.append(f"notice {notice.id} ({notice.kind}) in messages {rows}")
        if rows and notice.kind == "remind":
            planned = date.fromisoformat(notice.step.removeprefix("remind:"))
            if calendar().workdays_between(planned, days[notice.id]) > LATE_LIMIT:
                found.stale.append(f"the reminder of {planned} came on {days[notice.id]}")


def _check_duties(bot: Bot, session: Session, found: Found) -> None:
    for duty in session.scalars(select(Duty)):
        figure = count(session, duty, get_parameters(session, duty.rule_id))
        if (duty.done, duty.late, duty.state) != (figure.done, figure.late, judge(duty, figure)):
            found.wrong.append(f"duty {duty.id} is not what its visits say")
        if duty.state == "open" and (duty.next_action_at is None or duty.next_action_at <= bot.now):
            found.wrong.append(f"duty {duty.id} stands still since {duty.next_action_at}")
