"""sendMessage and its refusals, over HTTP."""

from datetime import UTC, datetime

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup
from telegram.error import BadRequest, Forbidden

from bot.simulator import Person, Simulator

from .conftest import Raw, refusal


async def test_a_message_arrives_with_its_buttons(bot: telegram.Bot, li: Person) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="visit:ok:1")]])
    sent = await bot.send_message(li.id, "记好了", reply_markup=markup)
    assert sent.date == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert sent.from_user is not None
    assert sent.from_user.is_bot
    assert sent.reply_markup == markup
    assert li.last.text == "记好了"
    assert li.last.buttons == [["好"]]
    assert li.last.message_id == sent.message_id


async def test_a_keyboard_stays_under_the_input_field(bot: telegram.Bot, li: Person) -> None:
    keyboard = ReplyKeyboardMarkup([["记走访", "我的户"], [KeyboardButton("手机号", request_contact=True)]])
    sent = await bot.send_message(li.id, "您好", reply_markup=keyboard)
    assert sent.reply_markup is None
    assert li.keyboard == [["记走访", "我的户"], ["手机号"]]
    await bot.send_message(li.id, "再见", reply_markup=telegram.ReplyKeyboardRemove())
    assert li.keyboard == []


async def test_a_message_may_answer_another(bot: telegram.Bot, li: Person) -> None:
    asked = await li.send("在吗")
    sent = await bot.send_message(li.id, "在", reply_to_message_id=asked.message_id)
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "在吗"
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(li.id, "在", reply_to_message_id=999)
    assert await bot.send_message(li.id, "在", reply_to_message_id=999, allow_sending_without_reply=True)


async def test_text_length_counts_characters_after_parsing(bot: telegram.Bot, li: Person) -> None:
    await bot.send_message(li.id, "<b>" + "走" * 4096 + "</b>", parse_mode="HTML")
    assert len(li.text) == 4096
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(li.id, "走" * 4097)


async def test_empty_texts_are_refused_in_telegrams_words(raw: Raw, li: Person) -> None:
    assert await refusal(raw("sendMessage", chat_id=li.id)) == "Bad Request: message text is empty"
    assert await refusal(raw("sendMessage", chat_id=li.id, text=" \n ")) == "Bad Request: text must be non-empty"
    assert await refusal(raw("sendMessage", chat_id=li.id, text="a" * 40_000)) == "Bad Request: text is too long"


async def test_a_chat_must_be_named_and_known(raw: Raw) -> None:
    assert await refusal(raw("sendMessage", text="a")) == "Bad Request: chat_id is empty"
    assert await refusal(raw("sendMessage", chat_id=42, text="a")) == "Bad Request: chat not found"
    assert await refusal(raw("sendMessage", chat_id="@nobody", text="a")) == "Bad Request: chat not found"


async def test_a_bot_cannot_write_first(bot: telegram.Bot, sim: Simulator) -> None:
    silent = sim.person("周")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(silent.id, "您好")


async def test_who_blocked_the_bot_gets_nothing(bot: telegram.Bot, li: Person) -> None:
    await li.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(li.id, "您好")
    await li.unblock()
    await bot.send_message(li.id, "您好")
    assert li.text == "您好"


async def test_a_deleted_account_gets_nothing(bot: telegram.Bot, li: Person) -> None:
    await li.deactivate()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(li.id, "您好")


async def test_callback_data_is_at_most_64_bytes(bot: telegram.Bot, li: Person, raw: Raw) -> None:
    fits = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="走" * 21)]])
    await bot.send_message(li.id, "a", reply_markup=fits)
    with pytest.raises(BadRequest, match="Button_data_invalid"):
        await bot.send_message(
            li.id, "a", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="走" * 22)]])
        )
    keyboard = {"inline_keyboard": [[{"text": "好", "callback_data": ""}]]}
    words = "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
    assert await refusal(raw("sendMessage", chat_id=li.id, text="a", reply_markup=keyboard)) == words


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[]", "object expected as reply markup"),
        ({"inline_keyboard": [{}]}, 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
        ({"inline_keyboard": [["a"]]}, "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
        ({"inline_keyboard": [[{}]]}, "can't parse inline keyboard button: Can't find field \"text\""),
        ({"inline_keyboard": [[{"text": "a", "callback_data": "b"}] * 8] * 13}, "reply markup is too long"),
        ({"keyboard": ["a"]}, 'field "keyboard" must be an Array of Arrays'),
        ({"keyboard": [[7]]}, "can't parse keyboard button: KeyboardButton must be a String or an Object"),
    ],
)
async def test_malformed_keyboards_are_refused(raw: Raw, li: Person, markup: object, words: str) -> None:
    description = await refusal(raw("sendMessage", chat_id=li.id, text="a", reply_markup=markup))
    assert description == f"Bad Request: {words}"


async def test_rows_too_long_to_read_are_noted(raw: Raw, li: Person, sim: Simulator) -> None:
    row = [{"text": str(number), "callback_data": "a"} for number in range(9)]
    await raw("sendMessage", chat_id=li.id, text="a", reply_markup={"inline_keyboard": [row]})
    assert sim.complaints == ["a row of 9 buttons: telephones show eight"]


async def test_chat_actions_are_shown(bot: telegram.Bot, li: Person, sim: Simulator, raw: Raw) -> None:
    seen: list[str] = []
    sim.world.listeners.append(lambda event: seen.append(event.action))
    assert await bot.send_chat_action(li.id, "upload_document")
    assert seen == ["upload_document"]
    words = "Bad Request: wrong parameter action in request"
    assert await refusal(raw("sendChatAction", chat_id=li.id, action="dancing")) == words


async def test_an_unknown_method_is_reported_by_name(raw: Raw, sim: Simulator) -> None:
    body = await raw("sendDice", chat_id=1)
    assert body == {"ok": False, "error_code": 404, "description": "Not Found: method not found"}
    assert sim.unknown_methods == ["sendDice"]


async def test_a_wrong_token_is_unauthorized(sim: Simulator, raw: Raw) -> None:
    stranger = telegram.Bot("1:wrong", base_url=sim.base_url)
    with pytest.raises(telegram.error.InvalidToken):
        await stranger.initialize()
