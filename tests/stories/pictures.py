"""Pictures of many kinds for stories and tests: like photographs to a hash, each different; and what is no picture."""

import io
import random
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1280, 960)


def scene(number: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture of its own for every number: soft light, hills, some edges."""
    chance = random.Random(number)
    small = Image.new("RGB", (16, 12))
    small.putdata([tuple(chance.randrange(30, 226) for _ in range(3)) for _ in range(16 * 12)])
    picture = small.resize((640, 480), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture)
    for _ in range(12):
        left, top = chance.randrange(0, 560), chance.randrange(0, 420)
        box = [left, top, left + chance.randrange(40, 300), top + chance.randrange(40, 240)]
        pen.rectangle(box, fill=tuple(chance.randrange(256) for _ in range(3)))
    return picture.filter(ImageFilter.GaussianBlur(1)).resize(size, Image.Resampling.BICUBIC)


def encode(picture: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    """The bytes of a picture; `kind` as Pillow names it, also "HEIF"."""
    if kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    if kind == "JPEG":
        more.setdefault("quality", 82)
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def photo(number: int) -> bytes:
    return encode(scene(number))


def again(number: int) -> bytes:
    """The same picture as somebody else would have it: cropped by a hundredth, smaller, recompressed."""
    picture = scene(number)
    width, height = picture.size
    cropped = picture.crop((round(width * 0.005), 0, round(width * 0.995), round(height * 0.99)))
    return encode(cropped.resize((800, 600)), quality=60)


def original(number: int, taken: str = "2026:11:20 14:03:00") -> bytes:
    """As a camera writes it: with its time, its name, and the place."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "HUAWEI", "P40"
    exif.get_ifd(0x8769)[0x9003] = taken
    exif.get_ifd(0x8825)[2] = (26.0, 34.0, 12.0)
    return encode(scene(number), exif=exif)


def moving(kind: str = "WEBP") -> bytes:
    frames = [scene(number, (320, 240)) for number in (1, 2, 3)]
    return encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=200)


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few hundred bytes that says it has billions of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")
