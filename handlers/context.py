"""What a handler is given: who, when, and one door into a transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from handlers.incoming import Incoming
from handlers.reply import Answer
from models import audit, inbox, outbox
from models.access import PersonView
from models.errors import Refused
from models.joining import note_reachable

T = TypeVar("T")
Reply = str | Answer | list[Answer]
MakeReply = Reply | Callable[[Any], Reply | None]

MOST_DIGITS = 12
"""Of an id or a page in a button: more is forged, and some database could not hold it."""


class Door(Protocol):
    """The async door to the database (bot/db.py)."""

    async def run(self, action: Callable[..., T], *args: Any, **named: Any) -> T: ...
    async def read(self, query: Callable[..., T], *args: Any, **named: Any) -> T: ...


@dataclass
class Context:
    """`settings` are the program's settings as plain values; `args` the ids of the pressed button."""

    door: Door
    incoming: Incoming
    person: PersonView | None
    now: datetime
    zone: ZoneInfo
    locale: str
    settings: Any
    args: list[str] = field(default_factory=list)
    draft: Any = None
    answered: bool = False
    did: str = ""
    """The action that was done, by its name; empty for none and for a refused one."""
    wake: Callable[[], Awaitable[None]] | None = None

    @property
    def me(self) -> PersonView:
        """The person; only entries that need a right are reached with one, so there always is."""
        if self.person is None:
            raise Refused("not.joined")
        return self.person

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def sent_local(self) -> datetime:
        """The message's own moment in local time: relative words are relative to it."""
        return self.incoming.sent_at.astimezone(self.zone)

    def number(self, position: int = 0, default: int | None = None) -> int:
        """The button's id at a position. Raises Refused("button.broken") for forged or cut data."""
        if position >= len(self.args) and default is not None:
            return default
        text = self.args[position] if position < len(self.args) else ""
        if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
            raise Refused("button.broken")
        return int(text)

    def word(self, position: int = 0) -> str:
        """The button's word at a position; empty where it carries none."""
        return self.args[position] if position < len(self.args) else ""

    async def read(self, query: Callable[..., T], *args: Any, **named: Any) -> T:
        return await self.door.read(query, *args, **named)

    async def run(self, action: Callable[..., T], *args: Any, reply: MakeReply | None = None, **named: Any) -> T | None:
        """Does an action, its answer and "handled" in one commit; a refusal is answered and noted instead (None).

        `reply`: a kind (the result's fields are its ids), an Answer, a list of them, or a function of the result.
        """
        self.answered = True
        result: T | None = await self.door.run(_act, self, action, args, named, reply)
        self.did = action.__name__ if result is not None else ""
        return result

    async def reply(self, kind: str, *, fresh: bool = False, **ids: Any) -> None:
        """An answer without an action."""
        await self.run(_nothing, reply=Answer(kind, ids, fresh))

    async def refuse(self, code: str, **values: Any) -> None:
        await self.run(_refuse, code, values)

    async def ignore(self, reason: str) -> None:
        """Nothing to answer (a later part of an album, a doubled press); the row says why."""
        self.answered = True
        await self.door.run(inbox.handled, self.incoming.inbox_id, now=self.now, reason=reason)


def _nothing(session: Session, *, now: datetime) -> None:
    return None


def _refuse(session: Session, code: str, values: dict[str, Any], *, now: datetime) -> None:
    raise Refused(code, **values)


def _act(
    session: Session,
    context: Context,
    action: Callable[..., Any],
    args: tuple[Any, ...],
    named: dict[str, Any],
    reply: MakeReply | None,
) -> Any:
    incoming, now = context.incoming, context.now
    if not inbox.handled(session, incoming.inbox_id, now=now):
        return None
    if context.person is not None and context.person.unreachable and incoming.kind not in ("blocked", "group"):
        # Whoever writes here can be written to, also where nobody told us that they came back.
        note_reachable(session, incoming.sender, now=now)
    try:
        with session.begin_nested():
            result = action(session, *args, now=now, **named)
        answers = _answers(reply(result) if callable(reply) else reply, result)
    except Refused as refused:
        result = None
        audit.record(
            session, "refused", now=now, sender=incoming.sender, outcome="refused", reason=refused.code,
            person_id=context.person.id if context.person else None,
        )  # fmt: skip
        answers = [Answer("refused", {"code": refused.code, "values": refused.values}, fresh=True)]
    for part, answer in enumerate(answers):
        _put(session, context, answer, part)
    return result


def _answers(reply: Reply | None, result: Any) -> list[Answer]:
    if isinstance(reply, str):
        return [Answer(reply, asdict(result) if is_dataclass(result) and not isinstance(result, type) else {})]
    if isinstance(reply, Answer):
        return [reply]
    return reply or []


def _put(session: Session, context: Context, answer: Answer, part: int) -> None:
    incoming = context.incoming
    pressed = incoming.kind == "press" and not answer.fresh
    outbox.answer(
        session,
        channel=incoming.channel,
        chat=incoming.chat,
        recipient_id=context.person.id if context.person else None,
        kind=answer.kind,
        ids=answer.ids,
        inbox_id=incoming.inbox_id,
        part=part,
        edits=incoming.message_id if pressed and part == 0 else None,
        locale=context.locale,
        now=context.now,
    )
