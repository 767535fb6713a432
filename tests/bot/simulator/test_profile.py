"""Who the bot is: getMe, names, commands, chats, leaving, logging out."""

import pytest
import telegram
from telegram import BotCommand, BotCommandScopeChat
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.simulator import Person, Simulator

from .conftest import Raw, refusal


async def test_the_bot_knows_itself(bot: telegram.Bot, sim: Simulator) -> None:
    me = await bot.get_me()
    assert me.username == "zoufang_demo_bot"
    assert me.can_read_all_group_messages is False


async def test_commands_are_kept_by_scope_and_language(bot: telegram.Bot, li: Person) -> None:
    await bot.set_my_commands([BotCommand("visit", "记走访")])
    await bot.set_my_commands([BotCommand("visit", "Log a visit")], language_code="en")
    await bot.set_my_commands([BotCommand("cases", "上报")], scope=BotCommandScopeChat(li.id))
    assert await bot.get_my_commands() == (BotCommand("visit", "记走访"),)
    assert await bot.get_my_commands(language_code="en") == (BotCommand("visit", "Log a visit"),)
    assert await bot.get_my_commands(scope=BotCommandScopeChat(li.id)) == (BotCommand("cases", "上报"),)
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ("{}", "expected an Array of BotCommand"),
        ('[{"command": "a"}]', "can't parse BotCommand: Can't find field \"description\""),
        ('[{"command": "A-b", "description": "x"}]', "BOT_COMMAND_INVALID"),
        ('[{"command": "a", "description": ""}]', "BOT_COMMAND_DESCRIPTION_INVALID"),
    ],
)
async def test_malformed_commands_are_refused(raw: Raw, commands: str, words: str) -> None:
    raw_commands = commands if commands != "{}" else '{"a": 1}'
    assert await refusal(raw("setMyCommands", commands=raw_commands)) == f"Bad Request: {words}"


async def test_a_language_is_two_letters(raw: Raw) -> None:
    description = await refusal(raw("setMyCommands", commands=[], language_code="zh-hans"))
    assert description == "Bad Request: invalid language code specified"


async def test_names_and_descriptions_fall_back_to_the_default_language(bot: telegram.Bot) -> None:
    await bot.set_my_description("入户走访助手")
    await bot.set_my_short_description("走访", language_code="zh")
    await bot.set_my_name("走访")
    assert (await bot.get_my_description(language_code="en")).description == "入户走访助手"
    assert (await bot.get_my_short_description(language_code="zh")).short_description == "走访"
    assert (await bot.get_my_name()).name == "走访"
    with pytest.raises(BadRequest):
        await bot.set_my_short_description("走" * 121)


async def test_a_chat_can_be_looked_up_once_begun(bot: telegram.Bot, li: Person, sim: Simulator) -> None:
    assert (await bot.get_chat(li.id)).username == "liqiang"
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.get_chat(sim.person("周").id)


async def test_the_bot_leaves_groups(bot: telegram.Bot, li: Person) -> None:
    group = await li.add_to_group("花溪村工作群")
    change, service = await bot.get_updates()
    assert change.my_chat_member is not None
    assert change.my_chat_member.new_chat_member.status == "member"
    assert service.message is not None
    assert [member.id for member in service.message.new_chat_members] == [bot.id]
    assert await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(group.id, "还在吗")
    with pytest.raises(BadRequest):
        await bot.leave_chat(li.id)


async def test_in_a_group_the_bot_hears_only_commands_and_answers(bot: telegram.Bot, li: Person) -> None:
    group = await li.add_to_group()
    sent = await bot.send_message(group.id, "大家好")
    await bot.get_updates(offset=-1)
    await li.send("闲聊", group=group)
    await li.send("/todo", group=group)
    await li.send("好", group=group, reply_to=group.by_id[sent.message_id])
    updates = await bot.get_updates()
    assert [one.message.text for one in updates if one.message and one.message.text] == ["/todo", "好"]


async def test_a_moved_group_gives_its_new_number(bot: telegram.Bot, li: Person, sim: Simulator) -> None:
    group = await li.add_to_group()
    new = sim.move_group(group)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "在吗")
    assert moved.value.new_chat_id == new.id
    await bot.send_message(new.id, "在吗")


async def test_after_logging_out_nothing_works(bot: telegram.Bot, raw: Raw) -> None:
    assert await bot.close()
    assert await bot.log_out()
    assert await refusal(raw("getMe")) == "Bad Request: logged out"
