"""sendPhoto, sendDocument, and how a file argument is read."""

import mimetypes
from pathlib import PurePosixPath

from bot.simulator import photos, views
from bot.simulator.arguments import Upload
from bot.simulator.errors import ApiError, bad_request
from bot.simulator.files import PHOTO_LIMIT, FileLink
from bot.simulator.markup import parse_markup
from bot.simulator.methods.call import Call
from bot.simulator.methods.messages import post
from bot.simulator.state import Json


def send_photo(call: Call) -> Json:
    return _send(call, "photo")


def send_document(call: Call) -> Json:
    return _send(call, "document")


def _send(call: Call, kind: str) -> Json:
    source = find_source(call, kind, call.arguments.text(kind))
    if source is None:
        raise bad_request(f"There is no {kind} in the request")
    caption = call.caption_content()
    markup = parse_markup(call.arguments.text("reply_markup"))
    place = call.writable_chat()
    content = photo_content(call, source) if kind == "photo" else document_content(call, source)
    return views.message(post(call, place, {**content, **caption}, markup))


def find_source(call: Call, field: str, value: str) -> Upload | FileLink | None:
    """What a file argument means: an upload, `attach://name`, or the file_id of something seen before."""
    if value.startswith("attach://"):
        return call.arguments.uploads.get(value.removeprefix("attach://"))
    if not value:
        return call.arguments.uploads.get(field) if field else None
    if value.startswith(("http://", "https://")):
        raise bad_request("Failed to get HTTP URL content")
    link = call.world.files.find(call.bot.id, value)
    if link is None:
        raise bad_request("wrong remote file identifier specified: Wrong string length")
    return link


def photo_content(call: Call, source: Upload | FileLink) -> Json:
    if isinstance(source, FileLink):
        if source.kind != "photo":
            raise bad_request(f"Can't use file of type {source.kind.title()} as Photo")
        data = source.content.read()
    else:
        data = _checked(source)
        if len(data) > PHOTO_LIMIT:
            words = f"File of size {len(data)} bytes is too big for a photo; the maximum size is {PHOTO_LIMIT} bytes"
            raise bad_request(words)
    picture = photos.check_uploaded(data)
    return {"photo": photos.photo_sizes(call.world.files, call.bot.id, data, picture)}


def document_content(call: Call, source: Upload | FileLink) -> Json:
    if isinstance(source, FileLink):
        return {"document": document_view(source)}
    data = _checked(source)
    suffix = PurePosixPath(source.name).suffix
    mime = mimetypes.guess_type(source.name)[0] or source.mime
    content = call.world.files.keep(data, source.name, mime)
    return {"document": document_view(call.world.files.link(call.bot.id, "document", content, suffix))}


def document_view(link: FileLink) -> Json:
    view: Json = {"file_id": link.file_id, "file_unique_id": link.content.unique_id}
    if link.content.name:
        view["file_name"] = link.content.name
    if link.content.mime:
        view["mime_type"] = link.content.mime
    return {**view, "file_size": link.content.size}


def _checked(upload: Upload) -> bytes:
    if not upload.data:
        raise ApiError(400, "Bad Request: file must be non-empty")
    return upload.data
