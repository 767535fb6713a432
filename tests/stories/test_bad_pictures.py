"""Files that are no good picture, alone and in albums: a clear answer which one and what to do, the rest is kept."""

import pytest
from sqlalchemy import select, text

from bot.simulator.persons import Person as Phone
from models.photos import Photo
from tests.stories.pictures import bomb, encode, moving, original, photo, scene
from tests.stories.test_logging import begin, photos, say, tap
from tests.stories.test_photos import heard, homes
from tests.stories.township import Town

WORDS = "今天去了李宁家,没啥事"


async def answers(town: Town, phone: Phone) -> str:
    return "\n".join(await heard(town, phone, 3))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (photo(1)[:9000], "第2张打不开,没有存"),
        (b"\xff\xd8\xff\xe0" + bytes(2000), "第2张打不开,没有存"),
        (b"PK\x03\x04" + bytes(500), "第2张不是照片,没有存"),
        (b"", "第2张是空的,没有存"),
        (bytes(21 << 20), "第2张太大,没有存"),
        (bomb(), "第2张太大,没有存"),
        (moving("WEBP"), "第2张是会动的图,没有存"),
        (moving("GIF"), "第2张是会动的图,没有存"),
    ],
    ids=["truncated", "corrupt", "archive", "empty", "heavy", "bomb", "moving", "gif"],
)
async def test_one_bad_file_of_an_album_is_named_and_the_others_are_kept(town: Town, content: bytes, said: str) -> None:
    phone = await begin(town)
    name = "二.gif" if content[:3] == b"GIF" else "二.jpg"
    await phone.documents([(photo(1), "一.jpg"), (content, name), (photo(3), "三.jpg")], caption=WORDS)
    told = await answers(town, phone)
    assert said in told
    assert "另外2张不受影响" in told
    assert "照片2张,已存" in phone.text
    await say(town, phone, "好")
    assert await photos(town) == [("stored", True), ("refused", True), ("stored", True)]


async def test_words_below_a_bad_file_count(town: Town) -> None:
    phone = await begin(town)
    await phone.document(moving("GIF"), "动.gif", caption=WORDS)
    told = await answers(town, phone)
    assert "这张是会动的图,没有存" in told
    assert "李宁(青山村4组) 今天 11月10日 见到" in phone.text
    assert "记好了" in await say(town, phone, "好")


async def test_a_film_in_an_album_is_named_and_its_words_count(town: Town) -> None:
    phone = await begin(town)
    (first,) = await phone.album([photo(1)])
    await phone.video(30 << 20, caption=WORDS, album=first.album)
    await phone.album([photo(2)], album=first.album)
    told = await answers(town, phone)
    assert "第2张是视频,没有存" in told
    assert "照片2张,已存" in phone.text
    await say(town, phone, "好")
    assert [home for home in await homes(town) if home] == ["李宁"] * 3


async def test_an_album_of_nothing_but_bad_files_asks_nothing(town: Town) -> None:
    phone = await begin(town)
    await phone.documents([(moving("GIF"), "一.gif"), (b"%PDF-1.7", "二.pdf")])
    told = await answers(town, phone)
    assert "第1张是会动的图" in told
    assert "第2张不是照片" in told
    await town.wait(hours=1)
    assert town.told(phone) == []


async def test_fifty_megabytes_are_refused_before_they_are_fetched(town: Town) -> None:
    phone = await begin(town)
    await phone.document(bytes(50 << 20), "大.jpg")
    assert "超过20MB" in await answers(town, phone)


async def test_a_picture_of_an_iphone_is_kept_as_it_is(town: Town) -> None:
    phone = await begin(town)
    content = encode(scene(1), "HEIF")
    await phone.document(content, "IMG_0001.HEIC", caption=WORDS)
    assert "照片1张,已存" in await answers(town, phone)
    (kept,) = (town.folder / "photos").rglob("*.heic")
    assert kept.read_bytes() == content


async def test_what_the_camera_wrote_is_shown_as_that_and_where_it_was_is_not_kept(town: Town) -> None:
    phone = await begin(town)
    content = original(1, "2026:11:09 14:03:00")
    await phone.document(content, "IMG_0001.jpg", caption=WORDS)
    await phone.photo(photo(2))
    await answers(town, phone)
    await say(town, phone, "好")
    await say(town, phone, "我的户")
    await tap(town, phone, "李宁")
    await tap(town, phone, "走访记录")
    await tap(town, phone, "11月10日")
    listed = await tap(town, phone, "看照片(2张)")
    assert listed.count("相机记录的时间:11月9日 14:03(仅供参考)") == 1
    one = await tap(town, phone, "第1张")
    assert "按文件发的,原样存着" in one
    assert "相机:HUAWEI P40" in one
    await tap(town, phone, "返回")
    assert "相机" not in await tap(town, phone, "第2张")
    rows = await town.app.database.read(
        lambda session: [str(row) for row in session.execute(text("SELECT * FROM photo_files"))]
    )
    assert all("26.0" not in row and "34.0" not in row for row in rows)
    assert content in [path.read_bytes() for path in (town.folder / "photos").rglob("*.jpg")]


async def test_the_answers_in_english(town: Town) -> None:
    phone = await begin(town, locale="en", language="en")
    await phone.documents([(photo(1), "a.jpg"), (photo(2)[:9000], "b.jpg")], caption="went to 李宁 today, all fine")
    told = await answers(town, phone)
    assert "Photo 2 could not be opened and was not kept" in told
    assert "1 photo, stored" in phone.text


async def test_a_bad_photo_is_a_row_with_its_reason(town: Town) -> None:
    phone = await begin(town)
    await phone.document(photo(1)[:9000], "一.jpg", caption=WORDS)
    await answers(town, phone)
    reasons = await town.app.database.read(lambda session: list(session.scalars(select(Photo.reason))))
    assert reasons == ["broken"]
