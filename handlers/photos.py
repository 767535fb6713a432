"""Photos as they come: with or without words, alone or as an album, for a report or for a record that is there."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import FileRef, Incoming
from handlers.reply import Answer
from handlers.reporting import add_words, check_ahead, read_reporting, whose_answer
from handlers.reports import understand
from handlers.visits import report_answer
from models.errors import Refused
from models.photos import actions
from models.photos.actions import NewPhoto
from models.visits import reports
from models.visits.reports import Part, ReportView

PICTURES = (".jpg", ".jpeg", ".png", ".webp")
OTHER_PICTURES = (".heic", ".heif", ".gif", ".bmp", ".tif", ".tiff")


def is_picture(file: FileRef | None) -> bool:
    """Whether a file sent as a document says it is a picture we keep; its bytes are checked once they are here."""
    if file is None:
        return False
    name = (file.name or "").lower()
    return (file.mime or "").startswith("image/") or name.endswith((*PICTURES, *OTHER_PICTURES))


async def take_photo(incoming: Incoming, context: Context) -> None:
    """A photo, or a picture sent as a file: kept with its report, answered once for an album."""
    file = incoming.file
    if not context.me.may("visit.log"):
        raise Refused("photo.not_helper")
    check_file(incoming, file, context.settings.photos.max_bytes)
    assert file is not None
    photo = NewPhoto(
        incoming.inbox_id, file.file_id, file.unique_id, incoming.sent_at, incoming.album,
        incoming.kind == "document", incoming.forwarded,
    )  # fmt: skip
    view, scope = await context.read(read_reporting, context.me, context.today, context.now)
    if view.step == "add" and incoming.text:
        view = ReportView()
    report: ReportView | None = view if view.draft_id else None
    if incoming.text:
        report = add_words(view, Part(incoming.text, incoming.sent_at, incoming.message_id), scope, context)
    tells = bool(incoming.text) or view.step in ("house", "words")
    understood = understand(report, scope, context.zone, context.me.name) if report and tells else None
    if understood is not None and understood.report.aside and not understood.lines:
        # The words name nobody: the photos wait, the words stay with them, and the question asks whose they are.
        understood = replace(understood, report=replace(understood.report, questions=()))
    if understood is not None:
        check_ahead(understood, context.today)
    await context.run(
        actions.take_photo, context.me.id, photo, understood.report if understood else report,
        understood.lines if understood else None, reply=taken_answer,
    )  # fmt: skip


def check_file(incoming: Incoming, file: FileRef | None, max_bytes: int) -> None:
    """Raises Refused("photo.too_big", megabytes) or ("photo.type") by what the channel says about a file."""
    if file is None:
        raise Refused("photo.type")
    if file.size is not None and file.size > max_bytes:
        raise Refused("photo.too_big", megabytes=max_bytes >> 20)
    name = (file.name or "").lower()
    if incoming.kind == "document" and (name.endswith(OTHER_PICTURES) or not is_picture(file)):
        raise Refused("photo.type")


def taken_answer(taken: actions.Taken) -> Answer | None:
    """A captioned photo is answered at once; an album and loose photos by the tick, once."""
    if not taken.answer:
        return None
    return Answer("photo.whose" if taken.unknown else "visit.report", {"draft_id": taken.draft_id})


async def start(incoming: Incoming, context: Context) -> None:
    """拍照: to which of the last records the next photos go."""
    await context.reply("photo.recent")


async def add_more(incoming: Incoming, context: Context) -> None:
    """Photos for one record, from its card."""
    await context.run(
        actions.begin_adding, context.me.id, context.number(),
        reply=Answer("photo.send", {"visit_id": context.number()}),
    )  # fmt: skip


async def add(incoming: Incoming, context: Context) -> None:
    """添加: to the visit logged just now."""
    await context.run(actions.add_to_visit, context.me.id, context.number(), context.number(1), reply="photo.added")


async def ask_whose(incoming: Incoming, context: Context) -> None:
    await context.run(
        actions.ask_whose, context.me.id, context.number(),
        reply=lambda kept: Answer("photo.whose", {"draft_id": kept.draft_id}),
    )  # fmt: skip


async def say_whose(incoming: Incoming, context: Context) -> None:
    """这3张是哪家的: the household tapped; words that came with the photos become its words."""
    view, scope = await context.read(read_reporting, context.me, context.today, context.now, context.number())
    household_id = context.number(1)
    if not view.parts:
        await context.run(actions.say_whose, context.me.id, context.number(), household_id, reply=whose_answer)
        return
    about = tuple(replace(part, answers={**part.answers, "about:": household_id}) for part in view.parts)
    understood = understand(replace(view, parts=about, questions=()), scope, context.zone, context.me.name)
    if not understood.lines:
        await context.run(actions.say_whose, context.me.id, context.number(), household_id, reply=whose_answer)
        return
    check_ahead(understood, context.today)
    await context.run(_keep, context.me.id, understood.report, understood.lines, reply=report_answer)


def _keep(
    session: Session, person_id: int, report: ReportView, lines: tuple[reports.Line, ...], *, now: datetime
) -> reports.Kept:
    return reports.keep_report(session, person_id, report, lines, now=now)


async def drop(incoming: Incoming, context: Context) -> None:
    """不用了: loose photos are set aside; they stay on disk with their row."""
    await context.run(reports.cancel_report, context.me.id, context.number(), reply=Answer("photo.dropped"))
