"""Photos as they come: with or without words, alone or as an album, for a report or for a record that is there."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.menus import refuse_kind
from handlers.reply import Answer
from handlers.reporting import add_words, check_ahead, read_reporting, whose_answer
from handlers.reporting import take_edited as take_edited_words
from handlers.reports import Known, understand
from handlers.slots import only_slots, slot_of
from handlers.visits import report_answer
from models.errors import Refused
from models.photos import actions, slots
from models.photos.actions import NewPhoto
from models.photos.queries import find_sent
from models.visits import queries, reports
from models.visits.reports import Part, ReportView

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")
OTHER_PICTURES = (".bmp", ".tif", ".tiff", ".svg")


async def take_photo(incoming: Incoming, context: Context) -> None:
    """A photo, or a picture sent as a file: kept with its report, answered once for an album."""
    if not context.me.may("visit.log"):
        is_paper = incoming.kind == "document" and context.me.may("roster.import")
        raise Refused("sheet.not_a_sheet" if is_paper else "photo.not_helper")
    if incoming.edited and await take_edited(incoming, context):
        return
    max_bytes = context.settings.photos.max_bytes
    refused = fault_of(incoming, max_bytes)
    if refused and not incoming.text and incoming.album is None:
        raise Refused(f"photo.{refused}", megabytes=max_bytes >> 20)
    file = incoming.file
    text = "" if only_slots(incoming.text) else incoming.text
    photo = NewPhoto(
        incoming.inbox_id, file.file_id if file else "", file.unique_id if file else "", incoming.sent_at,
        incoming.album, incoming.kind == "document", incoming.forwarded, incoming.message_id, slot_of(incoming.text),
        refused,
    )  # fmt: skip
    view, scope = await context.read(read_reporting, context.me, context.today, context.now)
    report, lines = read_caption(text, view, scope, incoming, context)
    await context.run(actions.take_photo, context.me.id, photo, report, lines, reply=taken_answer)


def read_caption(
    text: str, view: ReportView, scope: Known, incoming: Incoming, context: Context
) -> tuple[ReportView | None, tuple[reports.Line, ...] | None]:
    """The open report with a photo's words, and its lines; no lines where neither words nor a tap tell of a visit.

    Raises Refused("visit.future", day).
    """
    if view.step == "add" and text:
        view = ReportView()
    report: ReportView | None = view if view.draft_id else None
    if text:
        report = add_words(view, Part(text, incoming.sent_at, incoming.message_id), scope, context)
    if report is None or not (text or view.step in ("house", "words")):
        return report, None
    understood = understand(report, scope, context.zone, context.me.name)
    if understood.report.aside and not understood.lines:
        # The words name nobody: the photos wait, the words stay with them, and the question asks whose they are.
        understood = replace(understood, report=replace(understood.report, questions=()))
    check_ahead(understood, context.today)
    return understood.report, understood.lines


def fault_of(incoming: Incoming, max_bytes: int) -> str:
    """Why a file is not kept, by what the channel says of it; empty where its bytes have to be looked at."""
    file = incoming.file
    if incoming.kind == "video":
        return "video"
    if file is None:
        return "type"
    name, mime = (file.name or "").lower(), file.mime or ""
    if mime == "image/gif" or name.endswith(".gif"):
        return "animated"
    picture = mime.startswith("image/") or name.endswith(PICTURES)
    if incoming.kind == "document" and (name.endswith(OTHER_PICTURES) or not picture):
        return "type"
    if file.size is not None and (file.size > max_bytes or file.size == 0):
        return "too_big" if file.size else "empty"
    return ""


async def take_video(incoming: Incoming, context: Context) -> None:
    """A film is not kept; the words below it are, and the photos it was sent with."""
    if (incoming.album is None and not incoming.text) or not context.me.may("visit.log"):
        await refuse_kind(incoming, context)
    else:
        await take_photo(incoming, context)


async def take_edited(incoming: Incoming, context: Context) -> bool:
    """A caption written or changed later; false where the picture itself is a new one."""
    unique_id = incoming.file.unique_id if incoming.file else ""
    known, said = await context.read(read_edited, context.me.id, unique_id, incoming.message_id, context.now)
    if known is None:
        return False
    photo_id, draft_id, state = known
    if said and incoming.text:
        await take_edited_words(incoming, context)
    elif only_slots(incoming.text):
        await context.run(slots.set_slot, context.me.id, photo_id, slot_of(incoming.text), reply="photo.one")
    elif state not in ("active", "parked"):
        await context.refuse("visit.edited_late")
    elif not incoming.text:
        await context.reply("visit.report", draft_id=draft_id)
    else:
        await _add_caption(incoming, context, photo_id, draft_id)
    return True


def read_edited(
    session: Session, person_id: int, unique_id: str, message_id: int, now: datetime
) -> tuple[tuple[int, int, str] | None, bool]:
    """The photo an edited message shows, and whether its words went into a report."""
    said = queries.find_by_message(session, person_id, message_id, now=now) is not None
    return find_sent(session, person_id, unique_id), said


async def _add_caption(incoming: Incoming, context: Context, photo_id: int, draft_id: int) -> None:
    """Words added to a photo that came without: they are those of its report."""
    view, scope = await context.read(read_reporting, context.me, context.today, context.now, draft_id)
    report, lines = read_caption(incoming.text, view, scope, incoming, context)
    assert report is not None
    await context.run(
        actions.caption_photo, context.me.id, photo_id, incoming.message_id, slot_of(incoming.text), report,
        lines or (), reply=taken_answer,
    )  # fmt: skip


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
