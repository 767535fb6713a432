"""One picture, opened: measured, made small, its look and what its camera says. Runs in a process of its own.

Pictures come from anybody. What opens them may crash or eat memory, so `python bot/decoding.py` does it beside the
bot: one JSON line in (path, thumbnail, max_pixels), one out (seen or refused). The libraries that make a look are
loaded here and nowhere else.
"""

import json
import os
import resource
import struct
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MOVING = ("PNG", "WEBP")
"""Formats whose further frames are a film. Telephones put a second picture into a JPEG or HEIC (depth, brightness):
there the first one is the photo."""
THUMBNAIL = 480
LOOK_SIDE = 16
"""16 x 16 bits. How far apart the same picture and another one are is measured by tests/benchmarks/bench_photos.py."""
LEAST_CONTRAST = 4.0
"""Standard deviation of the grey values of 64 x 64 points: below it (black, white, fog) there is nothing to know a
picture by."""
MEMORY = 1 << 30
"""Bytes of address space this process may take: what passes the check of pixels needs less."""
EXIF, TAKEN, DIGITIZED, OFFSET, MAKER, MODEL = 0x8769, 0x9003, 0x9004, 0x9011, 0x010F, 0x0110
FIRST_YEAR = 1995
"""Cameras whose clock was never set write an earlier one."""
BROKEN = (OSError, ValueError, TypeError, KeyError, IndexError, SyntaxError, EOFError, struct.error)


class NotKept(Exception):
    """A file that is not kept. `reason`: type, empty, too_big, broken, animated."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Seen:
    """A picture as it is: pixels, its look (256 bits as hex, None where there is nothing to know it by), and what the
    camera wrote: local time `2026-11-20T14:03:00` (with an offset where it wrote one) and its name."""

    width: int
    height: int
    look: str | None = None
    taken: str | None = None
    camera: str | None = None


def decode(path: Path, thumbnail: Path, max_pixels: int) -> Seen:
    """Measures before anything is decoded, then decodes once, at a fraction of the size where the format can (JPEG).

    `thumbnail` is written: at most 480 pixels wide and high, upright, without the original's metadata.
    Raises NotKept.
    """
    try:
        with _quiet(), _open(path) as picture:
            width, height = picture.size
            if width * height > max_pixels:
                raise NotKept("too_big")
            if picture.format in MOVING and getattr(picture, "n_frames", 1) > 1:
                raise NotKept("animated")
            taken, camera = _written_by_camera(picture)
            small = _shrink(picture)
            small.save(thumbnail, "JPEG", quality=80)
            return Seen(width, height, look_of(small), taken, camera)
    except (Image.DecompressionBombError, MemoryError):
        raise NotKept("too_big") from None
    except (UnidentifiedImageError, *BROKEN):
        raise NotKept("broken") from None


def _open(path: Path) -> Image.Image:
    with path.open("rb") as file:
        if file.read(12)[4:8] == b"ftyp":
            # HEIC is rare and its library large: loaded with the first one.
            import pillow_heif

            pillow_heif.options.DECODE_THREADS = 1
            pillow_heif.register_heif_opener()
    return Image.open(path, formats=[name for name in FORMATS if name != "HEIF" or name in Image.OPEN])


@contextmanager
def _quiet() -> Iterator[None]:
    """Pillow's own warning about large pictures comes below our limit; a truncated file is an error, never half a picture."""
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _shrink(picture: Image.Image) -> Image.Image:
    """The small upright picture. Made small before it is turned: turning would copy the large one."""
    share = THUMBNAIL / max(*picture.size, THUMBNAIL)
    picture.draft("RGB", (round(picture.width * share), round(picture.height * share)))
    orientation = picture.getexif().get(0x0112, 1)
    small = picture if picture.mode in ("RGB", "L") else picture.convert("RGB")
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    small = small.convert("RGB")
    small.info.clear()
    small.getexif().clear()
    small.getexif()[0x0112] = orientation
    return ImageOps.exif_transpose(small)


def look_of(small: Image.Image) -> str | None:
    """What is left of a picture when size, compression and light are taken away: 256 bits as hex."""
    import numpy
    from imagehash import phash

    grey = small.convert("L").resize((64, 64), Image.Resampling.LANCZOS)
    if float(numpy.asarray(grey).std()) < LEAST_CONTRAST:
        return None
    return str(phash(small, hash_size=LOOK_SIDE))


def _written_by_camera(picture: Image.Image) -> tuple[str | None, str | None]:
    """When and with what a picture says it was taken. Where it was taken is not read at all."""
    taken = camera = None
    with suppress(*BROKEN):
        exif = picture.getexif()
        names = [str(exif.get(tag, "")).strip("\0 ") for tag in (MAKER, MODEL)]
        camera = " ".join(name for name in names if name.isprintable() and name)[:60] or None
        inner = exif.get_ifd(EXIF)
        said = str(inner.get(TAKEN) or inner.get(DIGITIZED) or "")[:19].strip("\0 ")
        offset = str(inner.get(OFFSET, "")).strip("\0 ")
        moment = datetime.strptime(said, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - a camera's local time
        if moment.year < FIRST_YEAR:
            return None, camera
        taken = moment.isoformat()
        with suppress(ValueError):
            taken = datetime.fromisoformat(taken + offset).isoformat()
    return taken, camera


def answer(line: str) -> str:
    """One line of work, one line of what came of it."""
    asked = json.loads(line)
    try:
        seen = decode(Path(asked["path"]), Path(asked["thumbnail"]), asked["max_pixels"])
    except NotKept as refused:
        return json.dumps({"refused": refused.reason})
    return json.dumps({"seen": asdict(seen)})


def main() -> None:
    """Answers until nobody asks any more. Whatever a library prints goes to the error output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        answers.write(answer(line) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
