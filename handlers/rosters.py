"""导入: a roster sent as a file; its preview, doubts, faults; confirmed, then written in short steps."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from models.access import PersonView
from models.errors import Refused
from models.imports import actions, deciding, receiving, undoing
from models.imports.queries import get_import

ROWS = ("new", "changed", "events", "kept")


async def ask_file(incoming: Incoming, context: Context) -> None:
    await context.reply("roster.ask")


async def take_file(incoming: Incoming, context: Context) -> None:
    """Answers at once; the file is fetched and read afterwards, its preview comes by itself."""
    file = incoming.file
    if file is None:
        await context.refuse("sheet.gone")
        return
    await context.run(
        receiving.receive,
        context.me,
        file.file_id,
        file.name or "",
        file.size,
        reply=lambda import_id: Answer("roster.received", {"import_id": import_id}),
    )


async def show(incoming: Incoming, context: Context) -> None:
    await _show(context, "import.previewed")


async def show_columns(incoming: Incoming, context: Context) -> None:
    await _show(context, "roster.columns")


async def show_faults(incoming: Incoming, context: Context) -> None:
    await _show(context, "roster.faults", page=context.number(1))


async def show_left_out(incoming: Incoming, context: Context) -> None:
    await _show(context, "roster.left_out", page=context.number(1))


async def show_missing(incoming: Incoming, context: Context) -> None:
    await _show(context, "roster.missing", page=context.number(1))


async def show_rows(incoming: Incoming, context: Context) -> None:
    state = context.args[1] if len(context.args) > 1 else ""
    if state not in ROWS:
        await context.refuse("button.broken")
    else:
        await _show(context, "roster.rows", state=state, page=context.number(2))


async def show_doubt(incoming: Incoming, context: Context) -> None:
    await _show(context, "roster.doubt", page=context.number(1))


async def _show(context: Context, kind: str, **ids: Any) -> None:
    import_id = context.number(0)
    await context.run(see_import, context.me, import_id, reply=Answer(kind, {"import_id": import_id, **ids}))


async def decide(incoming: Incoming, context: Context) -> None:
    """`roster:decide:IMPORT:ROW:WHO`: a candidate's id, "new", "skip", "merge" or "keep"; then the next doubt, or the preview."""
    import_id, row = context.number(0), context.number(1)
    who = context.args[2] if len(context.args) > 2 else ""
    said: int | str = int(who) if who.isdecimal() else who

    def answer(left: int) -> Answer:
        ids = {"import_id": import_id}
        return Answer("roster.doubt", {**ids, "page": 0}) if left else Answer("import.previewed", ids)

    await context.run(deciding.decide, context.me, import_id, row, said, reply=answer)


async def confirm(incoming: Incoming, context: Context) -> None:
    ids = {"import_id": context.number(0)}
    answer = Answer("roster.applying", ids)
    await context.run(actions.confirm, context.me, context.number(0), context.number(1), reply=answer)


async def cancel(incoming: Incoming, context: Context) -> None:
    answer = Answer("roster.cancelled", {"import_id": context.number(0)})
    await context.run(actions.cancel, context.me, context.number(0), context.number(1), reply=answer)


async def ask_undo(incoming: Incoming, context: Context) -> None:
    """撤销这次导入: what would go back and what would stay, before anything is done."""
    await context.run(
        undoing.view_undo, context.me, context.number(0),
        reply=Answer("roster.undo", {"import_id": context.number(0), "page": context.number(1, 0)}, fresh=True),
    )  # fmt: skip


async def undo(incoming: Incoming, context: Context) -> None:
    """`roster:undone:IMPORT:VERSION`; a third number: leave what was built on, take the rest back."""
    import_id, rest = context.number(0), context.number(2, 0) == 1
    answer = Answer("roster.undoing", {"import_id": import_id})
    await context.run(undoing.begin_undo, context.me, import_id, context.number(1), rest=rest, reply=answer)


def see_import(session: Session, me: PersonView, import_id: int, *, now: datetime) -> None:
    """Raises Refused("import.unknown") for somebody else's import, before or after it is done."""
    if get_import(session, import_id).person_id != me.id:
        raise Refused("import.unknown")
