"""Photos, documents and albums, up and down."""

import io
import json
from pathlib import Path

import aiohttp
import pytest
import telegram
from PIL import Image
from telegram import InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest

from bot.simulator import Person, Simulator
from bot.simulator.pictures import draw

from .conftest import Raw, refusal


def jpeg(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 60, 50)).save(out, "JPEG")
    return out.getvalue()


async def test_a_photo_arrives_in_several_sizes(bot: telegram.Bot, li: Person) -> None:
    await li.photo(draw(0), "歪叔家")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.caption == "歪叔家"
    assert [size.width for size in update.message.photo] == [90, 320, 800, 960]
    largest = await update.message.photo[-1].get_file()
    assert bytes(await largest.download_as_bytearray()) == draw(0)
    small = await update.message.photo[0].get_file()
    with Image.open(io.BytesIO(await small.download_as_bytearray())) as image:
        assert image.width == 90


async def test_an_album_is_one_update_for_each_photo(bot: telegram.Bot, li: Person) -> None:
    await li.album(3, "三张")
    updates = await bot.get_updates()
    messages = [one.message for one in updates if one.message]
    assert len(messages) == 3
    assert len({message.media_group_id for message in messages}) == 1
    assert [message.caption for message in messages] == ["三张", None, None]


async def test_a_document_keeps_its_bytes_and_name(bot: telegram.Bot, li: Person) -> None:
    await li.document(b"\x00roster", "花名册.xlsx")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.document is not None
    assert update.message.document.file_name == "花名册.xlsx"
    assert update.message.document.file_size == 7
    file = await update.message.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"\x00roster"


async def test_a_file_above_20_megabytes_cannot_be_fetched(bot: telegram.Bot, li: Person) -> None:
    await li.video(size=30 << 20)
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.video is not None
    assert update.message.video.file_size == 30 << 20
    with pytest.raises(BadRequest, match="File is too big"):
        await update.message.video.get_file()


async def test_wrong_file_ids_are_refused(raw: Raw, li: Person) -> None:
    assert await refusal(raw("getFile")) == "Bad Request: file_id not specified"
    words = "Bad Request: wrong file_id or the file is temporarily unavailable"
    assert await refusal(raw("getFile", file_id="AgACnothing")) == words
    description = await refusal(raw("sendPhoto", chat_id=li.id, photo="AgACnothing"))
    assert description == "Bad Request: wrong remote file identifier specified: Wrong string length"


async def test_a_file_id_belongs_to_one_bot(sim: Simulator, bot: telegram.Bot, li: Person) -> None:
    sim.add_bot("6000000002:other", "other_bot")
    sent = await bot.send_document(li.id, b"abc", filename="a.txt")
    assert sent.document is not None
    async with telegram.Bot("6000000002:other", base_url=sim.base_url) as other:
        with pytest.raises(BadRequest, match="Wrong file_id"):
            await other.get_file(sent.document.file_id)


async def test_the_bot_sends_files_and_reuses_them(bot: telegram.Bot, li: Person) -> None:
    sent = await bot.send_photo(li.id, draw(1), caption="<b>灶前</b>", parse_mode="HTML")
    assert li.last.text == "灶前"
    again = await bot.send_photo(li.id, sent.photo[-1].file_id)
    assert again.photo[-1].width == sent.photo[-1].width
    report = await bot.send_document(li.id, b"%PDF-1.4", filename="台账.pdf")
    assert report.document is not None
    assert report.document.mime_type == "application/pdf"
    copy = await bot.send_document(li.id, report.document.file_id)
    assert copy.document == report.document


async def test_the_bot_sends_albums(bot: telegram.Bot, li: Person) -> None:
    sent = await bot.send_media_group(li.id, [InputMediaPhoto(draw(0), caption="一"), InputMediaPhoto(draw(1))])
    assert len(sent) == 2
    assert sent[0].media_group_id == sent[1].media_group_id
    papers = [InputMediaDocument(b"a", filename="a.txt"), InputMediaDocument(b"b", filename="b.txt")]
    await bot.send_media_group(li.id, papers)
    assert li.last.document is not None
    assert li.last.document["file_name"] == "b.txt"


@pytest.mark.parametrize(
    ("media", "words"),
    [
        ("", 'parameter "media" is required'),
        ("{", "can't parse media JSON object"),
        ("{}", "expected an Array of InputMedia"),
        ("[]", "there are no messages to send"),
        ('["a"]', "can't parse InputMedia: expected an Object"),
        ("[{}]", "can't parse InputMedia: Can't find field \"type\""),
        ('[{"type": "photo", "media": "attach://none"}]', "can't parse InputMedia: media not found"),
    ],
)
async def test_malformed_albums_are_refused(raw: Raw, li: Person, media: str, words: str) -> None:
    assert await refusal(raw("sendMediaGroup", chat_id=li.id, media=media)) == f"Bad Request: {words}"


async def test_an_album_has_at_most_ten_parts_of_one_kind(raw: Raw, bot: telegram.Bot, li: Person) -> None:
    photo = (await bot.send_photo(li.id, draw(0))).photo[-1].file_id
    document = (await bot.send_document(li.id, b"a", filename="a.txt")).document
    assert document is not None
    eleven = json.dumps([{"type": "photo", "media": photo}] * 11)
    description = await refusal(raw("sendMediaGroup", chat_id=li.id, media=eleven))
    assert description == "Bad Request: too many messages to send as an album"
    mixed = json.dumps([{"type": "photo", "media": photo}, {"type": "document", "media": document.file_id}])
    description = await refusal(raw("sendMediaGroup", chat_id=li.id, media=mixed))
    assert description == "Bad Request: document can't be mixed with other media types"


async def test_what_is_no_proper_photo_is_refused(bot: telegram.Bot, li: Person, raw: Raw) -> None:
    assert await refusal(raw("sendPhoto", chat_id=li.id)) == "Bad Request: there is no photo in the request"
    assert await refusal(raw("sendDocument", chat_id=li.id)) == "Bad Request: there is no document in the request"
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(li.id, b"not a picture")
    with pytest.raises(BadRequest, match="Photo_invalid_dimensions"):
        await bot.send_photo(li.id, jpeg(2100, 100))
    with pytest.raises(BadRequest, match="is too big for a photo; the maximum size is 10485760 bytes"):
        await bot.send_photo(li.id, jpeg(10, 10) + bytes(10 << 20))
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(li.id, io.BytesIO(b""), filename="a.txt")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(li.id, draw(0), caption="走" * 1025)


async def test_an_upload_above_50_megabytes_is_refused(bot: telegram.Bot, li: Person) -> None:
    with pytest.raises(telegram.error.TelegramError, match="Request Entity Too Large"):
        await bot.send_document(li.id, bytes((50 << 20) + 1), filename="big.bin")


async def test_a_wrong_path_is_not_found(sim: Simulator) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{sim.base_file_url}{sim.token}/photos/x.jpg") as answer,
    ):
        assert answer.status == 404


async def test_contents_may_live_in_a_folder(tmp_path: Path) -> None:
    sim = Simulator(folder=tmp_path)
    li = sim.person("李")
    message = await li.document(b"abc", "a.txt")
    assert message.document is not None
    link = sim.world.files.find(sim.bot.id, message.document["file_id"])
    assert link is not None
    assert link.content.read() == b"abc"
    assert (tmp_path / link.content.unique_id).exists()
