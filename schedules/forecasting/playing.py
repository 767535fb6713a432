"""One duty played through: the very steps that reminders and ladder take, on an object that is never written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models.duties import Duty
from models.households import Assignment
from models.recipients import Recipient
from models.rules import Parameters
from models.times import local_day
from schedules import ladders, reminders
from schedules.batches import Batch

OWNER, SECOND, TAKER = 1, 2, 3
POSTS = {"team_head": 11, "officer": 12, "deputy": 13, "leader": 14}
"""Numbers that stand for people: who is told depends on the village, when depends on the duty alone."""
MOST_STEPS = 200


@dataclass(frozen=True)
class Said:
    """Somebody would be told on a day. `about`: what, so that the same of another day is the same thing moved."""

    on: date
    who: int
    about: tuple[str, ...]
    urgent: bool


@dataclass(frozen=True)
class Cast:
    """Who can be reached about a duty. `posts`: for each post whether it is held ("ok"), by nobody who can be reached
    ("mute"), by nobody ("")."""

    owner: str
    has_second: bool
    posts: tuple[tuple[str, str], ...]
    helps_since: date | None = None
    """The day the first helper's assignment began, where that is young enough to matter."""
    waiting_since: date | None = None
    """The day a report was sent that waits for 确认."""


@dataclass(frozen=True)
class InRow:
    """How a duty stands beside the same household's others, without the change and with it. `after`: the period before
    was missed too; `until`: the day on which it goes on with the next one."""

    after: tuple[bool, bool] = (False, False)
    until: tuple[date | None, date | None] = (None, None)


ALONE = InRow()
MISSED = Duty(state="settled", in_row=0)
"""Stands for the duty of the period before: it is over, so that nothing else is done about it."""


@dataclass
class Play(Batch):
    """A batch that writes nothing: what would be told is kept in `said`; `joined_on`: the day on which the duty began to
    stand for the one before too."""

    said: list[Said] = field(default_factory=list)
    joined_on: date | None = None

    def know(self, person_ids: Collection[int]) -> None:
        """Everybody is known already."""

    def event(self, duty: Duty, kind: str, cause: str | None = None, **facts: Any) -> None:
        """The timeline is not written."""
        if kind == "in_row":
            self.joined_on = self.today

    def tell(self, duty: Duty, person: Recipient, kind: str, step: str, **more: Any) -> None:
        """Keeps what would be told to somebody who can be reached."""
        facts = more.get("facts") or {}
        if person.reachable:
            about = (kind, str(facts.get("level", "")), str(facts.get("who", "")))
            self.said.append(Said(self.today, person.id, about, more.get("form") == "urgent"))


class Stand(ladders.Posts):
    """The posts of a village as the cast has them."""

    def __init__(self, cast: Cast) -> None:
        self._posts = dict(cast.posts)
        self._has_second = cast.has_second

    def holders(self, duty: Duty, who: str) -> list[int]:
        """The stand-in of a post that is held."""
        if who == "second_helper":
            return [SECOND] if self._has_second else []
        return [POSTS[who]] if self._posts.get(who) else []

    def away(self, people: Collection[int]) -> set[int]:
        """Stand-ins are always there."""
        return set()


def play(
    session: Session,
    duty: Duty,
    parameters: Parameters,
    cast: Cast,
    *,
    missed_before: bool = False,
    now: datetime,
    until: datetime,
) -> Play:
    """What would be told about a duty up to a moment if nobody does anything. The duty is used up. `missed_before`: the
    household's period before was missed too."""
    batch = Play(session, now, [duty], parameters={duty.rule_id: parameters}, people=_people(cast))
    household = duty.household_id or 0
    batch.firsts[household] = Assignment(starts_on=cast.helps_since)
    if cast.has_second:
        batch.seconds[household] = Assignment(person_id=SECOND)
    posts = Stand(cast)
    for _ in range(MOST_STEPS):
        if duty.next_action_at is None or duty.next_action_at > until:
            break
        batch.now = max(duty.next_action_at, now)
        batch.today = local_day(batch.now)
        if duty.next_action in reminders.ACTIONS:
            reminders.take_step(batch, duty)
        elif duty.next_action in ladders.ACTIONS:
            ladders.take_step(batch, posts, duty, cast.waiting_since, MISSED if missed_before else None)
        else:
            break
    return batch


def _people(cast: Cast) -> dict[int, Recipient]:
    states = {OWNER: cast.owner, SECOND: "ok", TAKER: "ok", **{POSTS[who]: state for who, state in cast.posts}}
    return {
        number: Recipient(number, 0, state in ("ok", "mute"), state == "ok", None, None)
        for number, state in states.items()
        if state
    }


def differ(before: Sequence[Said], after: Sequence[Said]) -> tuple[int, int, int]:
    """(moved, cancelled, added): what is told on other days, not any more, in addition."""
    moved = cancelled = added = 0
    for about in {each.about for each in (*before, *after)}:
        old = {each.on for each in before if each.about == about}
        new = {each.on for each in after if each.about == about}
        gone, come = len(old - new), len(new - old)
        moved += min(gone, come)
        cancelled += max(gone - come, 0)
        added += max(come - gone, 0)
    return moved, cancelled, added
