"""Voice notes at the wire: kept with the visit, never pretended to be understood."""

import pytest
from sqlalchemy import select

from models.photos import PhotoFile
from tests.stories.test_logging import begin, photos, say, tap
from tests.stories.township import Town


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_a_voice_note_alone_waits_for_a_line_of_text(town: Town) -> None:
    phone = await begin(town)
    await phone.voice()
    await town.wait(seconds=2)
    heard = "\n".join(town.told(phone))
    assert "语音1段,已存" in heard
    assert "我听不了" in heard
    card = await say(town, phone, "今天去了李宁家,房子漏雨")
    assert "语音1段,已存" in card
    assert "语音1段" in await say(town, phone, "好")
    assert await photos(town) == [("stored", True)]
    (kept,) = await town.app.database.read(lambda s: [(f.mime, f.width) for f in s.scalars(select(PhotoFile))])
    assert kept == ("audio/ogg", 0)
    assert len(list((town.folder / "photos").rglob("*.ogg"))) == 1


async def test_a_voice_note_nobody_spoke_of_asks_whose_it_is(town: Town) -> None:
    phone = await begin(town)
    await phone.voice()
    await town.wait(minutes=29)
    town.told(phone)
    await town.wait(minutes=2)
    assert "这段语音是哪家的?" in "\n".join(town.told(phone))
    assert "请核对" in await tap(town, phone, "王芳")
    await say(town, phone, "好")
    assert await photos(town) == [("stored", True)]


async def test_a_voice_note_joins_the_card_that_is_open(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家")
    await phone.voice()
    await town.wait(seconds=2)
    card = "\n".join(town.told(phone))
    assert "请核对" in card
    assert "语音1段" in card
    assert "我听不了" in card
    assert "记好了" in await say(town, phone, "好")
    await say(town, phone, "我的户")
    await tap(town, phone, "李宁")
    assert "语音" not in await tap(town, phone, "走访记录")
    assert "语音1段" in await tap(town, phone, "11月10日")
