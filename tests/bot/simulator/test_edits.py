"""Edits and deletions, over HTTP."""

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.simulator import Person

from .conftest import MovedClock, Raw, refusal

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="a")]])


async def test_an_edit_changes_text_and_buttons_and_keeps_the_history(
    bot: telegram.Bot, li: Person, clock: MovedClock
) -> None:
    sent = await bot.send_message(li.id, "一", reply_markup=BUTTON)
    li.new()
    clock.forward(minutes=5)
    edited = await bot.edit_message_text("二", li.id, sent.message_id)
    assert isinstance(edited, telegram.Message)
    assert edited.edit_date is not None
    assert edited.edit_date > edited.date
    assert edited.reply_markup is None
    assert li.last.text == "二"
    assert [edit.content["text"] for edit in li.last.edits] == ["一"]
    assert [message.text for message in li.new()] == ["二"]


async def test_buttons_alone_may_change(bot: telegram.Bot, li: Person) -> None:
    sent = await bot.send_message(li.id, "一", reply_markup=BUTTON)
    await bot.edit_message_reply_markup(li.id, sent.message_id)
    assert li.last.buttons == []
    assert li.last.text == "一"


async def test_nothing_changed_is_an_error(bot: telegram.Bot, li: Person) -> None:
    sent = await bot.send_message(li.id, "一", reply_markup=BUTTON)
    with pytest.raises(BadRequest, match="Message is not modified: specified new message content and reply markup"):
        await bot.edit_message_text("一", li.id, sent.message_id, reply_markup=BUTTON)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(li.id, sent.message_id, reply_markup=BUTTON)


async def test_only_own_existing_messages_can_be_edited(bot: telegram.Bot, li: Person, raw: Raw) -> None:
    theirs = await li.send("我的")
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("二", li.id, 999)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("二", li.id, theirs.message_id)
    assert await refusal(raw("editMessageText", text="a")) == "Bad Request: message identifier is not specified"


async def test_an_edit_takes_only_inline_buttons(raw: Raw, bot: telegram.Bot, li: Person) -> None:
    sent = await bot.send_message(li.id, "一")
    description = await refusal(
        raw("editMessageText", chat_id=li.id, message_id=sent.message_id, text="b", reply_markup={"keyboard": [["a"]]})
    )
    assert description == "Bad Request: inline keyboard expected"


async def test_captions_are_edited_as_captions(bot: telegram.Bot, li: Person) -> None:
    text = await bot.send_message(li.id, "一")
    file = await bot.send_document(li.id, b"abc", filename="a.txt", caption="旧")
    await bot.edit_message_caption(li.id, file.message_id, caption="<b>新</b>", parse_mode="HTML")
    assert li.last.text == "新"
    assert li.last.content["caption_entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await bot.edit_message_caption(li.id, text.message_id, caption="x")
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", li.id, file.message_id)


async def test_a_deleted_message_is_gone(bot: telegram.Bot, li: Person) -> None:
    sent = await bot.send_message(li.id, "一")
    await bot.delete_message(li.id, sent.message_id)
    assert "一" not in [message.text for message in li.messages]
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(li.id, sent.message_id)


async def test_after_two_days_a_message_stays(bot: telegram.Bot, li: Person, clock: MovedClock) -> None:
    old = await bot.send_message(li.id, "一")
    clock.forward(hours=48)
    new = await bot.send_message(li.id, "二")
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(li.id, old.message_id)
    assert await bot.delete_messages(li.id, [old.message_id, new.message_id, 999])
    assert [message.text for message in li.messages] == ["/start", "一"]


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([], "message identifiers are not specified"),
        ({"a": 1}, "expected an Array of message identifiers"),
        (list(range(1, 102)), "too many message identifiers specified"),
        (["x"], "message identifier must be a Number"),
    ],
)
async def test_malformed_lists_of_messages_are_refused(raw: Raw, li: Person, ids: object, words: str) -> None:
    assert await refusal(raw("deleteMessages", chat_id=li.id, message_ids=ids)) == f"Bad Request: {words}"
