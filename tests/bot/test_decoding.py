"""Opening one picture: its look, what its camera wrote, and what is refused before it is decoded."""

from pathlib import Path

import pytest
from PIL import Image

from bot.decoding import NotKept, Seen, decode
from tests.stories.pictures import again, bomb, encode, moving, original, photo, scene

MOST = 50_000_000
NEAR = 40


def seen(folder: Path, content: bytes, most: int = MOST) -> Seen:
    path = folder / "picture"
    path.write_bytes(content)
    return decode(path, folder / "small.jpg", most)


def apart(one: Seen, other: Seen) -> int:
    assert one.look is not None
    assert other.look is not None
    return (int(one.look, 16) ^ int(other.look, 16)).bit_count()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_kind_is_measured_and_known_by_its_look(tmp_path: Path, kind: str) -> None:
    found = seen(tmp_path, encode(scene(1), kind))
    assert (found.width, found.height) == (1280, 960)
    assert apart(found, seen(tmp_path, photo(1))) <= 8
    with Image.open(tmp_path / "small.jpg") as small:
        assert small.size == (480, 360)


def test_the_same_picture_is_near_and_another_is_far(tmp_path: Path) -> None:
    looks = [seen(tmp_path, photo(number)) for number in range(12)]
    for number, look in enumerate(looks):
        assert apart(look, seen(tmp_path, again(number))) <= NEAR
        assert all(apart(look, other) > NEAR for other in looks[:number])


def test_a_large_original_looks_like_what_the_messenger_makes_of_it(tmp_path: Path) -> None:
    large = seen(tmp_path, encode(scene(3, (4000, 3000)), quality=90))
    assert apart(large, seen(tmp_path, photo(3))) <= 12


def test_a_picture_taken_sideways_looks_like_itself_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = encode(scene(2).transpose(Image.Transpose.ROTATE_90), exif=exif)
    assert apart(seen(tmp_path, sideways), seen(tmp_path, photo(2))) <= 8
    with Image.open(tmp_path / "small.jpg") as small:
        assert not small.getexif()


@pytest.mark.parametrize("level", [0, 3, 128, 255])
def test_a_picture_of_nothing_has_no_look(tmp_path: Path, level: int) -> None:
    flat = Image.effect_noise((1280, 960), 4).point(lambda value: max(0, min(255, value - 128 + level)))
    assert seen(tmp_path, encode(flat)).look is None


def test_what_the_camera_wrote_is_read_and_the_place_is_not(tmp_path: Path) -> None:
    found = seen(tmp_path, original(1))
    assert (found.taken, found.camera) == ("2026-11-20T14:03:00", "HUAWEI P40")
    assert "26" not in str(found).replace("2026", "").replace(str(found.look), "")


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "1980:01:01 00:00:00", "yesterday", ""])
def test_a_camera_that_never_knew_the_time_says_nothing(tmp_path: Path, taken: str) -> None:
    assert seen(tmp_path, original(1, taken)).taken is None


def test_the_second_picture_that_telephones_hide_in_a_photo_is_no_film(tmp_path: Path) -> None:
    hidden = encode(scene(1), "MPO", save_all=True, append_images=[scene(2)])
    assert apart(seen(tmp_path, hidden), seen(tmp_path, photo(1))) <= 8


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (moving("WEBP"), "animated"),
        (moving("PNG"), "animated"),
        (photo(1)[:9000], "broken"),
        (encode(scene(1), "PNG")[:9000], "broken"),
        (encode(scene(1), "HEIF")[:9000], "broken"),
        (bomb(), "too_big"),
        (encode(Image.new("L", (8000, 7000))), "too_big"),
    ],
    ids=["moving webp", "moving png", "cut jpeg", "cut png", "cut heic", "bomb", "too many pixels"],
)
def test_what_is_not_kept_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(NotKept) as refused:
        seen(tmp_path, content)
    assert refused.value.reason == reason
