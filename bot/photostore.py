"""Photos on disk: originals under the sha256 of their bytes, thumbnails beside them, nothing half written ever seen.

folder/ab/cd/abcd….jpg        the bytes as they came
folder/ab/cd/abcd….thumb.jpg  at most 480 pixels wide and high
folder/incoming/              what is being fetched
"""

import hashlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import filetype
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from models.photos.files import Stored

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
THUMBNAIL = (480, 480)
HEAD_BYTES = 8192
CHUNK = 1 << 20
FORMATS = ("JPEG", "PNG", "WEBP")


class NotKept(Exception):
    """A file that is not kept. `reason`: type, too_big, broken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PhotoStore:
    """`types` are the kinds taken, `max_bytes` and `max_pixels` are checked before anything is decoded."""

    def __init__(self, folder: Path, *, max_bytes: int, max_pixels: int, types: tuple[str, ...]) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self.max_pixels = max_pixels
        self.types = types

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A path for bytes on their way; what is left there is removed."""
        place = self.folder / "incoming"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = place / uuid4().hex
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def clear_incoming(self) -> None:
        """At start: what a killed process was fetching is fetched again."""
        for path in (self.folder / "incoming").glob("*"):
            path.unlink(missing_ok=True)

    def path_of(self, sha256: str, mime: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:4] / f"{sha256}.{EXTENSIONS[mime]}"

    def thumbnail_of(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:4] / f"{sha256}.thumb.jpg"

    def keep(self, path: Path) -> Stored:
        """Checks a fetched file and keeps it: on return its bytes are on disk under their hash.

        Raises NotKept: too_big, broken, or type for what is no picture whatever its name.
        """
        size = path.stat().st_size
        if size > self.max_bytes:
            raise NotKept("too_big")
        mime = self._type_of(path)
        width, height = self._measure(path)
        sha256 = _hash(path)
        target = self.path_of(sha256, mime)
        if not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._thumbnail(path, self.thumbnail_of(sha256))
            _place(path, target)
        return Stored(sha256, size, mime, width, height)

    def _type_of(self, path: Path) -> str:
        with path.open("rb") as file:
            kind = filetype.guess(file.read(HEAD_BYTES))
        if kind is None or kind.mime not in self.types or kind.mime not in EXTENSIONS:
            raise NotKept("type")
        return str(kind.mime)

    def _measure(self, path: Path) -> tuple[int, int]:
        """Width and height from the header alone: a picture of a billion pixels is never decoded."""
        try:
            with _quiet(), Image.open(path, formats=FORMATS) as picture:
                width, height = picture.size
        except (UnidentifiedImageError, Image.DecompressionBombError) as error:
            bomb = isinstance(error, Image.DecompressionBombError)
            raise NotKept("too_big" if bomb else "broken") from None
        except (OSError, ValueError, SyntaxError):
            raise NotKept("broken") from None
        if width * height > self.max_pixels:
            raise NotKept("too_big")
        return width, height

    def _thumbnail(self, path: Path, target: Path) -> None:
        """Decodes at a fraction of the size where the format can (JPEG), upright, without the original's metadata."""
        part = target.with_name(f"{target.name}.{uuid4().hex}.part")
        try:
            with _quiet(), Image.open(path, formats=FORMATS) as picture:
                picture.draft("RGB", THUMBNAIL)
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail(THUMBNAIL)
                upright.convert("RGB").save(part, "JPEG", quality=80)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, EOFError):
            part.unlink(missing_ok=True)
            raise NotKept("broken") from None
        os.replace(part, target)


@contextmanager
def _quiet() -> Iterator[None]:
    """Pillow's own warning about large pictures comes below our limit; a truncated file is an error, never half a picture."""
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _place(path: Path, target: Path) -> None:
    """Bytes first, then the name, then the folder: a cut leaves the whole file or none."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(path, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
