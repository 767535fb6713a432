"""Photos as Telegram keeps them: several sizes, the largest with the bytes that were sent."""

import io
from dataclasses import dataclass
from functools import partial

from PIL import Image, UnidentifiedImageError

from bot.simulator.errors import bad_request
from bot.simulator.files import FileStore, StoredFile
from bot.simulator.state import Json

_SIDES = (90, 320, 800, 1280)


@dataclass(frozen=True)
class Picture:
    width: int
    height: int


def measure(data: bytes) -> Picture | None:
    """Width and height in pixels, read from the header only; None when this is no picture."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            return Picture(*image.size)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None


def check_uploaded(data: bytes) -> Picture:
    """What sendPhoto refuses: no picture at all, wrong proportions."""
    picture = measure(data)
    if picture is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    long, short = max(picture.width, picture.height), min(picture.width, picture.height)
    if picture.width + picture.height > 10_000 or long > 20 * short:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return picture


def photo_sizes(files: FileStore, bot_id: int, data: bytes, picture: Picture) -> list[Json]:
    """The list of PhotoSize. Smaller ones are drawn only when somebody downloads them."""
    sizes = []
    longest = max(picture.width, picture.height)
    for side in _SIDES:
        if side < longest:
            scale = side / longest
            small = Picture(max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
            content = files.promise(0, partial(_shrink, data, small), mime="image/jpeg")
            sizes.append(_size(files, bot_id, content, small))
    largest = files.keep(data, mime="image/jpeg")
    return [*sizes, _size(files, bot_id, largest, picture)]


def _size(files: FileStore, bot_id: int, content: StoredFile, picture: Picture) -> Json:
    link = files.link(bot_id, "photo", content, ".jpg")
    view: Json = {"file_id": link.file_id, "file_unique_id": content.unique_id}
    view.update(width=picture.width, height=picture.height)
    if content.size:
        view["file_size"] = content.size
    return view


def _shrink(data: bytes, box: Picture) -> bytes:
    """The picture at the size of `box`; bytes that are no picture come back as they are."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            small = image.convert("RGB").resize((box.width, box.height))
    except (UnidentifiedImageError, OSError, ValueError):
        return data
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()
