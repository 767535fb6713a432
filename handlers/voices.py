"""Voice notes: kept with the visit like photos; the bot cannot listen, so a line of text is asked for."""

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.photos import read_caption, taken_answer
from handlers.reporting import read_reporting
from models.errors import Refused
from models.photos import actions
from models.photos.actions import NewPhoto


async def take_voice(incoming: Incoming, context: Context) -> None:
    """A voice note joins the open report, or waits like a photo without words until somebody says whose it is."""
    if not context.me.may("visit.log"):
        raise Refused("voice.not_helper")
    if incoming.edited:
        await context.ignore("an edited voice note")
        return
    file, max_bytes = incoming.file, context.settings.photos.max_bytes
    if file is None or (file.size or 0) > max_bytes:
        raise Refused("voice.too_big", megabytes=max_bytes >> 20)
    note = NewPhoto(
        incoming.inbox_id, file.file_id, file.unique_id, incoming.sent_at, forwarded=incoming.forwarded,
        message_id=incoming.message_id, medium="voice",
    )  # fmt: skip
    view, scope = await context.read(read_reporting, context.me, context.today, context.now)
    report, lines = read_caption(incoming.text, view, scope, incoming, context)
    await context.run(actions.take_photo, context.me.id, note, report, lines, reply=taken_answer)
