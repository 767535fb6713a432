"""Photos on disk: originals under the sha256 of their bytes, thumbnails beside them, nothing half written ever seen.

folder/ab/cd/abcd….jpg        the bytes as they came
folder/ab/cd/abcd….thumb.jpg  at most 480 pixels wide and high
folder/incoming/              what is being fetched
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import filetype

from bot.decoding import NotKept, Seen
from models.photos.files import Stored

VOICE = "audio/ogg"
RECORDINGS = {"audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/aac": "aac", "audio/amr": "amr", "audio/x-wav": "wav"}
OFFICE = "application/vnd.openxmlformats-officedocument"
DOCUMENTS = {
    "application/pdf": "pdf", "application/zip": "zip", "application/x-ole-storage": "doc",
    f"{OFFICE}.wordprocessingml.document": "docx", f"{OFFICE}.spreadsheetml.sheet": "xlsx",
}  # fmt: skip
"""Kinds of documents that are kept as evidence: looked at by their first bytes, never opened."""
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How the older Word, Excel and WPS files begin."""
EXTENSIONS = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic", VOICE: "ogg", **RECORDINGS,
    **DOCUMENTS,
}  # fmt: skip
HEAD_BYTES = 8192
CHUNK = 1 << 20
Decode = Callable[[Path, Path, int], Seen]
"""`decode(path, thumbnail, max_pixels)`: opens a picture, writes its thumbnail, says what was seen, or raises NotKept."""


class PhotoStore:
    """`types` are the kinds taken, `max_bytes` and `max_pixels` are checked before anything is decoded; `decode` opens."""

    def __init__(
        self, folder: Path, *, max_bytes: int, max_pixels: int, types: tuple[str, ...], decode: Decode
    ) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self.max_pixels = max_pixels
        self.types = types
        self._decode = decode

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

        Raises NotKept: empty, too_big, broken, animated, or type for what is no picture whatever its name.
        """
        size = path.stat().st_size
        if size > self.max_bytes:
            raise NotKept("too_big")
        mime = self._type_of(path)
        sha256 = _hash(path)
        target, thumbnail = self.path_of(sha256, mime), self.thumbnail_of(sha256)
        part = path.with_name(f"{path.name}.thumb")
        try:
            seen = self._decode(path, part, self.max_pixels)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.replace(part, thumbnail)
        finally:
            part.unlink(missing_ok=True)
        if not target.exists():
            _place(path, target)
        return Stored(sha256, size, mime, seen.width, seen.height, seen.look, seen.taken, seen.camera)

    def keep_voice(self, path: Path) -> Stored:
        """The same for a voice note (Opus in Ogg) or another recording: looked at, never decoded.

        Raises NotKept: empty, too_big, type.
        """
        head = self._head_of(path)
        is_note = head.startswith(b"OggS") and b"OpusHead" in head[:64]
        mime = VOICE if is_note else str(filetype.guess_mime(head))
        if not is_note and mime not in RECORDINGS:
            raise NotKept("type")
        return self._keep_as(path, mime)

    def keep_document(self, path: Path) -> Stored:
        """The same for a document: its kind by its first bytes, whatever its name says.

        Raises NotKept: empty, too_big, document for what is none of DOCUMENTS.
        """
        head = self._head_of(path)
        mime = "application/x-ole-storage" if head.startswith(OLE) else filetype.guess_mime(head)
        if mime not in DOCUMENTS:
            raise NotKept("document")
        return self._keep_as(path, str(mime))

    def _head_of(self, path: Path) -> bytes:
        if path.stat().st_size > self.max_bytes:
            raise NotKept("too_big")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if not head:
            raise NotKept("empty")
        return head

    def _keep_as(self, path: Path, mime: str) -> Stored:
        """Keeps a file as it came, without opening it."""
        size, sha256 = path.stat().st_size, _hash(path)
        target = self.path_of(sha256, mime)
        if not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _place(path, target)
        return Stored(sha256, size, mime, 0, 0)

    def _type_of(self, path: Path) -> str:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        kind = filetype.guess(head)
        if not head:
            raise NotKept("empty")
        if kind is not None and kind.mime == "image/gif":
            raise NotKept("animated")
        if kind is None or kind.mime not in self.types or kind.mime not in EXTENSIONS:
            raise NotKept("type")
        return str(kind.mime)


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
