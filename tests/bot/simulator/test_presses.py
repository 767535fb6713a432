"""Taps and their answers."""

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.simulator import NotOnScreen, Person, Press

from .conftest import MovedClock

CHOICES = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("见到了", callback_data="visit:met:1"),
            InlineKeyboardButton("不在家", callback_data="no:1"),
        ],
        [InlineKeyboardButton("网页", url="https://example.cn")],
    ]
)


async def test_a_tap_reaches_the_bot_with_the_message(bot: telegram.Bot, li: Person) -> None:
    sent = await bot.send_message(li.id, "见到了吗", reply_markup=CHOICES)
    await li.tap("见到了")
    await li.tap(1)
    first, second = await bot.get_updates()
    assert first.callback_query is not None
    assert first.callback_query.data == "visit:met:1"
    assert first.callback_query.message == sent
    assert second.callback_query is not None
    assert second.callback_query.data == "no:1"


async def test_the_answer_is_a_toast_and_comes_once(bot: telegram.Bot, li: Person) -> None:
    await bot.send_message(li.id, "见到了吗", reply_markup=CHOICES)
    await li.tap("见到")
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    assert len(li.unanswered) == 1
    assert await update.callback_query.answer("记好了", show_alert=True)
    assert li.toasts == ["记好了"]
    assert li.unanswered == []
    with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
        await update.callback_query.answer()


async def test_an_answer_after_150_seconds_is_too_late(bot: telegram.Bot, li: Person, clock: MovedClock) -> None:
    await bot.send_message(li.id, "见到了吗", reply_markup=CHOICES)
    press = await li.tap("不在家")
    assert isinstance(press, Press)
    clock.forward(seconds=151)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(press.id, "好")
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query("1")


async def test_a_toast_has_at_most_200_characters(bot: telegram.Bot, li: Person) -> None:
    await bot.send_message(li.id, "见到了吗", reply_markup=CHOICES)
    press = await li.tap("不在家")
    assert isinstance(press, Press)
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(press.id, "好" * 201)


async def test_a_tap_needs_a_button(bot: telegram.Bot, li: Person) -> None:
    with pytest.raises(NotOnScreen):
        await li.tap("见到了")
    await bot.send_message(li.id, "见到了吗", reply_markup=CHOICES)
    with pytest.raises(NotOnScreen, match="不在家"):
        await li.tap("已搬走")
    with pytest.raises(NotOnScreen, match="is a link"):
        await li.tap("网页")


async def test_a_forged_press_can_carry_anything(bot: telegram.Bot, li: Person) -> None:
    await bot.send_message(li.id, "a")
    li.press("household:file:99")
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    assert update.callback_query.data == "household:file:99"


async def test_a_press_on_a_deleted_message_names_only_its_number(bot: telegram.Bot, li: Person) -> None:
    sent = await bot.send_message(li.id, "a", reply_markup=CHOICES)
    gone = li.last
    await bot.delete_message(li.id, sent.message_id)
    li.press("visit:met:1", gone)
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    assert update.callback_query.message is not None
    assert not update.callback_query.message.is_accessible
