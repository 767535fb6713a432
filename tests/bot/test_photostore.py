"""The photo store: bytes as they came under their hash, nothing decoded before its size is known, cuts leave no half file."""

import hashlib
import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from bot.decoding import NotKept, decode
from bot.photostore import PhotoStore

TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic")


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return PhotoStore(tmp_path / "photos", max_bytes=2 << 20, max_pixels=20_000_000, types=TYPES, decode=decode)


def picture(kind: str = "JPEG", size: tuple[int, int] = (1280, 960), **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (120, 90, 60)).save(out, kind, **more)
    return out.getvalue()


def keep(store: PhotoStore, content: bytes):  # type: ignore[no-untyped-def]
    with store.incoming() as path:
        path.write_bytes(content)
        return store.keep(path)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it has billions of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_bytes_lie_under_their_hash_with_a_small_picture_beside_them(store: PhotoStore, kind: str) -> None:
    content = picture(kind)
    kept = keep(store, content)
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert (kept.size, kept.width, kept.height) == (len(content), 1280, 960)
    assert store.path_of(kept.sha256, kept.mime).read_bytes() == content
    with Image.open(store.thumbnail_of(kept.sha256)) as small:
        assert small.size == (480, 360)


def test_the_same_bytes_twice_are_one_file(store: PhotoStore) -> None:
    keep(store, picture())
    keep(store, picture())
    assert len([path for path in store.folder.rglob("*.jpg") if "thumb" not in path.name]) == 1


def test_a_picture_taken_sideways_has_an_upright_thumbnail_without_its_place(store: PhotoStore) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "secret maker"
    kept = keep(store, picture(exif=exif))
    with Image.open(store.thumbnail_of(kept.sha256)) as small:
        assert small.size == (360, 480)
        assert not small.getexif()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04" + bytes(500), "type"),
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "type"),
        (picture("GIF"), "animated"),
        (picture()[:400], "broken"),
        (b"\xff\xd8\xff\xe0" + bytes(1000), "broken"),
        (bomb(60_000, 60_000), "too_big"),
        (bytes(3 << 20), "too_big"),
    ],
    ids=["archive", "empty", "drawing", "gif", "cut", "head only", "bomb", "heavy"],
)
def test_what_is_no_good_picture_is_refused_and_leaves_nothing(store: PhotoStore, content: bytes, reason: str) -> None:
    with pytest.raises(NotKept) as refused:
        keep(store, content)
    assert refused.value.reason == reason
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def test_a_name_is_not_believed(store: PhotoStore) -> None:
    with store.incoming() as path:
        path = path.with_suffix(".jpg")
        path.write_bytes(picture("PNG"))
        assert store.keep(path).mime == "image/png"


def test_a_cut_before_the_name_leaves_no_picture(store: PhotoStore, monkeypatch: pytest.MonkeyPatch) -> None:
    renamed = os.replace

    def cut(source: Path, target: Path) -> None:
        if "thumb" not in str(target):
            raise OSError("no space left")
        renamed(source, target)

    monkeypatch.setattr(os, "replace", cut)
    with pytest.raises(OSError, match="no space"):
        keep(store, picture())
    assert [path for path in store.folder.rglob("*.jpg") if "thumb" not in path.name] == []


def test_what_a_killed_process_was_fetching_is_cleared_at_the_start(store: PhotoStore) -> None:
    place = store.folder / "incoming"
    place.mkdir(parents=True)
    (place / "half").write_bytes(b"half")
    store.clear_incoming()
    assert list(place.iterdir()) == []


def test_a_voice_note_is_kept_as_it_came_and_looked_at_only_by_its_first_bytes(store: PhotoStore) -> None:
    note = b"OggS\0\x02" + bytes(20) + b"\x01\x13OpusHead" + bytes(5000)
    with store.incoming() as path:
        path.write_bytes(note)
        kept = store.keep_voice(path)
    assert (kept.mime, kept.size, kept.width, kept.look) == ("audio/ogg", len(note), 0, None)
    assert store.path_of(kept.sha256, kept.mime).read_bytes() == note


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"OggS" + bytes(500), "type"), (b"GIF89a" + bytes(500), "type"), (bytes(3 << 20), "too_big")],
)
def test_what_is_no_voice_note_is_not_kept(store: PhotoStore, content: bytes, reason: str) -> None:
    with store.incoming() as path:
        path.write_bytes(content)
        with pytest.raises(NotKept) as refused:
            store.keep_voice(path)
    assert refused.value.reason == reason
