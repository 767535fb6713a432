"""sendMediaGroup."""

from typing import Any

from bot.simulator import views
from bot.simulator.entities import format_text
from bot.simulator.errors import ApiError, bad_request
from bot.simulator.methods.call import CAPTION_LIMIT, Call
from bot.simulator.methods.media import document_content, find_source, photo_content
from bot.simulator.methods.messages import post
from bot.simulator.state import Json

_KINDS = ("photo", "document")


def send_media_group(call: Call) -> list[Json]:
    """One message for each item, all with one media_group_id; 2–10 items, documents only with documents."""
    call.arguments.required("media")
    items = call.arguments.json("media", "Can't parse media JSON object")
    if not isinstance(items, list):
        raise bad_request("Expected an Array of InputMedia")
    contents = [_item(call, item) for item in items]
    if not contents:
        raise bad_request("There are no messages to send")
    if len(contents) > 10:
        raise bad_request("Too many messages to send as an album")
    if len({"document" in content for content in contents}) > 1:
        raise bad_request("document can't be mixed with other media types")
    place = call.writable_chat()
    album = call.world.next_album() if len(contents) > 1 else None
    return [views.message(post(call, place, content, None, album)) for content in contents]


def _item(call: Call, item: Any) -> Json:
    if not isinstance(item, dict):
        raise _fault("expected an Object")
    kind = item.get("type")
    if not isinstance(kind, str):
        raise _fault('Can\'t find field "type"')
    caption, entities = format_text(
        str(item.get("caption", "")), str(item.get("parse_mode", "")), item.get("caption_entities")
    )
    if len(caption) > CAPTION_LIMIT:
        raise bad_request("Message caption is too long")
    source = find_source(call, "", str(item.get("media", "")))
    if source is None:
        raise _fault("media not found")
    if kind not in _KINDS:
        raise _fault(f'type "{kind}" is unsupported')
    content = photo_content(call, source) if kind == "photo" else document_content(call, source)
    if caption:
        content["caption"] = caption
    if entities:
        content["caption_entities"] = entities
    return content


def _fault(words: str) -> ApiError:
    return bad_request(f"Can't parse InputMedia: {words}")
