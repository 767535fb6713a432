"""File contents: what was uploaded or sent, kept in memory or in a folder, and handed out by file_id and path."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

GETFILE_LIMIT = 20 << 20
PHOTO_LIMIT = 10 << 20
UPLOAD_LIMIT = 50 << 20


@dataclass(eq=False)
class StoredFile:
    """One content. `size` in bytes, 0 when unknown; `read()` gives the bytes, made when somebody asks."""

    unique_id: str
    size: int
    name: str
    mime: str
    read: Callable[[], bytes] = field(repr=False)


@dataclass(eq=False)
class FileLink:
    """A content as one bot knows it: a file_id is worth nothing to any other bot."""

    file_id: str
    bot_id: int
    kind: str
    path: str
    content: StoredFile


class FileStore:
    """All contents. With `folder`, bytes go to disk; without, they stay in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._links: dict[str, FileLink] = {}
        self._paths: dict[tuple[int, str], FileLink] = {}
        self._count = 0
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def keep(self, data: bytes, name: str = "", mime: str = "") -> StoredFile:
        """The content of `data`, stored under a new unique id."""
        unique = self._next_unique()
        if self.folder is None:
            return StoredFile(unique, len(data), name, mime, lambda: data)
        place = self.folder / unique
        place.write_bytes(data)
        return StoredFile(unique, len(data), name, mime, place.read_bytes)

    def promise(self, size: int, read: Callable[[], bytes], name: str = "", mime: str = "") -> StoredFile:
        """A content made only when it is downloaded: smaller photo sizes, or a 30 MB video nobody will fetch."""
        return StoredFile(self._next_unique(), size, name, mime, read)

    def link(self, bot_id: int, kind: str, content: StoredFile, suffix: str) -> FileLink:
        """A file_id of this bot for the content, and the path under which it is downloaded."""
        number = len(self._links) + 1
        path = f"{kind}s/file_{number}{suffix}"
        file_id = f"{_PREFIXES.get(kind, 'BQAC')}{bot_id}-{number}"
        link = FileLink(file_id, bot_id, kind, path, content)
        self._links[link.file_id] = link
        self._paths[bot_id, path] = link
        return link

    def find(self, bot_id: int, file_id: str) -> FileLink | None:
        link = self._links.get(file_id)
        return link if link is not None and link.bot_id == bot_id else None

    def find_path(self, bot_id: int, path: str) -> FileLink | None:
        return self._paths.get((bot_id, path))

    def _next_unique(self) -> str:
        self._count += 1
        return f"AQAD{self._count:08d}"


_PREFIXES = {"photo": "AgAC", "document": "BQAC", "voice": "AwAC", "video": "BAAC", "sticker": "CAAC"}
