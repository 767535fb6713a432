"""What test persons can do and see."""

import asyncio
from pathlib import Path

import pytest
import telegram
from telegram import KeyboardButton, ReplyKeyboardMarkup

from bot.simulator import NotOnScreen, Person, Simulator


async def messages_of(bot: telegram.Bot) -> list[telegram.Message]:
    updates = await bot.get_updates()
    return [one.message for one in updates if one.message]


async def test_a_new_person_starts_with_a_payload(bot: telegram.Bot, sim: Simulator) -> None:
    zhou = sim.person("敏", last_name="周", language="en")
    await zhou.start("invite-7F")
    (message,) = await messages_of(bot)
    assert message.text == "/start invite-7F"
    assert message.entities[0].type == "bot_command"
    assert message.from_user is not None
    assert (message.from_user.full_name, message.from_user.language_code) == ("敏 周", "en")
    assert zhou.name == "周敏"


async def test_long_texts_go_as_several_messages(bot: telegram.Bot, li: Person) -> None:
    await li.send("走" * 10_000)
    assert [len(message.text or "") for message in await messages_of(bot)] == [4096, 4096, 1808]
    with pytest.raises(ValueError, match="empty message"):
        await li.send("  ")


async def test_contacts_are_own_or_anothers_or_typed(bot: telegram.Bot, li: Person, sim: Simulator) -> None:
    await li.contact()
    await li.contact(sim.person("周", phone="+8613900000002"))
    await li.contact(number="13700000003")
    cards = [message.contact for message in await messages_of(bot)]
    assert [(card.phone_number, card.user_id == li.id) for card in cards if card] == [
        ("8613800000001", True),
        ("8613900000002", False),
        ("13700000003", False),
    ]


async def test_a_keyboard_is_tapped_by_its_label(bot: telegram.Bot, li: Person) -> None:
    keys = ReplyKeyboardMarkup([["记走访"], [KeyboardButton("发手机号", request_contact=True)]])
    await bot.send_message(li.id, "您好", reply_markup=keys)
    await li.tap("记走访")
    await li.tap("发手机号")
    written, card = await messages_of(bot)
    assert written.text == "记走访"
    assert card.contact is not None
    assert card.contact.user_id == li.id


async def test_everything_a_telephone_can_send(bot: telegram.Bot, li: Person, tmp_path: Path) -> None:
    place = tmp_path / "表.csv"
    place.write_text("a,b")
    await li.voice()
    await li.sticker()
    await li.location()
    await li.other()
    await li.document(place, caption="名单")
    await li.documents([(b"a", "a.txt"), (b"b", "b.txt")])
    voice, sticker, location, dice, paper, first, second = await messages_of(bot)
    assert voice.voice
    assert sticker.sticker
    assert location.location
    assert dice.dice
    assert paper.document is not None
    assert (paper.document.file_name, paper.caption) == ("表.csv", "名单")
    assert first.media_group_id == second.media_group_id is not None


async def test_forwards_name_their_writer_and_albums_stay_together(
    bot: telegram.Bot, li: Person, sim: Simulator
) -> None:
    zhou = sim.person("周")
    await zhou.start()
    album = await zhou.album(2)
    sim.bot.updates.clear()
    await li.forward(*album)
    first, second = await messages_of(bot)
    assert isinstance(first.forward_origin, telegram.MessageOriginUser)
    assert first.forward_origin.sender_user.id == zhou.id
    assert first.media_group_id == second.media_group_id != album[0].album


async def test_an_edit_is_an_update_of_its_own(bot: telegram.Bot, li: Person) -> None:
    message = await li.send("到张三家")
    await li.edit(message, "到李四家")
    _, changed = await bot.get_updates()
    assert changed.edited_message is not None
    assert changed.edited_message.text == "到李四家"
    assert changed.edited_message.message_id == message.message_id


async def test_blocking_and_unblocking_are_told(bot: telegram.Bot, li: Person) -> None:
    await li.block()
    with pytest.raises(NotOnScreen):
        await li.send("还在吗")
    await li.unblock()
    updates = await bot.get_updates()
    assert [one.my_chat_member.new_chat_member.status for one in updates if one.my_chat_member] == [
        "kicked",
        "member",
    ]


async def test_new_gives_what_came_or_changed_since_the_last_look(bot: telegram.Bot, li: Person) -> None:
    first = await bot.send_message(li.id, "一")
    await bot.send_message(li.id, "二")
    assert [message.text for message in li.new()] == ["一", "二"]
    assert li.new() == []
    await bot.edit_message_text("一改", li.id, first.message_id)
    assert [message.text for message in li.new()] == ["一改"]


async def test_hears_waits_for_words(bot: telegram.Bot, li: Person) -> None:
    waiting = asyncio.create_task(li.hears("记好"))
    await bot.send_message(li.id, "别的")
    await bot.send_message(li.id, "记好了")
    assert (await waiting).text == "记好了"
    with pytest.raises(NotOnScreen, match="did not hear '没有'"):
        await li.hears("没有", within=0.01)


async def test_messages_nobody_looked_at_are_listed(bot: telegram.Bot, li: Person, sim: Simulator) -> None:
    await bot.send_message(li.id, "一")
    assert sim.unexpected() == ["李强: 一"]
    assert li.last.text == "一"
    assert sim.unexpected() == []
