"""Careless and hostile input at the wire: what was meant is shown, nothing unseen is counted, nothing is taken back by chance."""

from datetime import date

import pytest

from bot.simulator.pictures import draw
from tests.stories.test_logging import NOVEMBER_10, begin, rows, say, tap
from tests.stories.township import Town

TWELVE = [
    "李宁",
    "王芳",
    "陈刚",
    "孙大海",
    "周小红",
    "吴建国",
    "郑秀英",
    "冯德才",
    "褚卫东",
    "蒋玉兰",
    "沈长林",
    "韩立军",
]


async def test_a_household_only_opened_is_no_visit_when_the_words_name_another(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "记走访")
    await tap(town, phone, "李宁")
    card = await say(town, phone, "今天去了王芳家")
    assert "王芳" in card
    assert "李宁" not in card
    await say(town, phone, "好")
    assert await rows(town) == [("confirmed", "met", "routine", NOVEMBER_10)]


async def test_a_1_sent_twice_takes_nothing_back(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家")
    await phone.send("1")
    await phone.send("1")
    await town.settle()
    assert await rows(town) == [("confirmed", "met", "routine", NOVEMBER_10)]


async def test_a_second_yes_says_that_it_is_logged_already(town: Town) -> None:
    phone = await begin(town)
    assert "没有等您确认的走访" in await say(town, phone, "好")
    await say(town, phone, "今天去了李宁家")
    await say(town, phone, "好")
    assert "这条已经记过,没有重复记" in await say(town, phone, "好")
    assert len(await rows(town)) == 1


@pytest.mark.parametrize("word", ["好", "不用记", "👍", "😀"])
async def test_a_word_for_a_card_no_longer_on_the_screen_shows_the_card(town: Town, word: str) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁和王芳家")
    await say(town, phone, "更多")
    card = await say(town, phone, word)
    assert "请核对" in card
    assert "— " not in card
    assert {state for state, *_ in await rows(town)} == {"unconfirmed"}


async def test_all_twelve_are_all_twelve(town: Town) -> None:
    phone = await town.person("张伟", "helper")
    for name in TWELVE:
        await town.household(name, helper="张伟")
    await town.go_to(NOVEMBER_10, "20:00")
    await say(town, phone, "12户都去了")
    card = await say(town, phone, "都去了")
    assert [name for name in TWELVE if name in card] == TWELVE


async def test_too_many_households_are_never_meant_by_one_word(town: Town) -> None:
    phone = await town.person("张伟", "helper")
    for number in range(21):
        await town.household(f"户主{TWELVE[number % 12]}{number}", helper="张伟")
    await town.go_to(NOVEMBER_10, "20:00")
    await say(town, phone, "全部去了")
    assert "都去了" not in str(phone.last.inline_rows)


async def test_two_households_of_one_name_are_asked_about_and_their_buttons_differ(town: Town) -> None:
    phone = await town.person("张伟", "helper")
    await town.household("李宁", helper="张伟")
    await town.household("李宁", helper="张伟", village="白云村")
    await town.go_to(NOVEMBER_10, "20:00")
    await say(town, phone, "记走访")
    labels = [button["text"] for row in phone.last.inline_rows for button in row]
    assert labels[:2] == ["1. 李宁", "2. 李宁"]
    assert "“李宁”说的是哪一户?" in await say(town, phone, "李宁")
    await say(town, phone, "2")
    assert "李宁(白云村1组)" in await say(town, phone, "见到")


@pytest.mark.parametrize("words", ["李宁没去", "更正:李宁家没去", "除了李宁家都去了"])
async def test_a_household_taken_back_in_words_leaves_the_card(town: Town, words: str) -> None:
    phone = await begin(town)
    await say(town, phone, "两户都去了")
    card = await say(town, phone, words)
    assert "王芳" in card
    assert "李宁" not in card
    await say(town, phone, "好")
    assert [state for state, *_ in await rows(town)] == ["dropped", "confirmed"]


async def test_after_the_clock_is_set_back_the_newest_screen_and_report_are_meant(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "昨天去了李宁家")
    await say(town, phone, "好")
    town.clock.move(-3600)
    await say(town, phone, "今天去了王芳家")
    assert "王芳" in await say(town, phone, "1")
    await say(town, phone, "撤销")
    assert [row[0] for row in await rows(town)] == ["confirmed", "withdrawn"]


async def test_a_command_nobody_knows_is_no_part_of_a_report(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家")
    assert "没看明白" in await say(town, phone, "/foo bar")
    assert "/foo" not in await say(town, phone, "好")


async def test_a_picture_named_like_a_sheet_tells_a_helper_to_send_a_photo(town: Town) -> None:
    phone = await begin(town)
    await phone.document(draw(1), "照片.xlsx")
    await town.settle()
    assert "请直接发照片" in "\n".join(town.told(phone))


async def test_a_helper_without_households_is_told_so_whatever_is_written(town: Town) -> None:
    phone = await town.person("张伟", "helper")
    assert "您名下还没有户" in await say(town, phone, "今天去了李宁家")


async def test_could_not_go_without_a_name_leads_to_the_list_and_an_emoji_is_no_reason(town: Town) -> None:
    phone = await begin(town)
    await town.go_to(date(2026, 11, 24), "20:00")
    town.told(phone)
    assert "没去成" in await say(town, phone, "没去成")
    await tap(town, phone, "待办")
    await tap(town, phone, "没去成 李宁")
    await tap(town, phone, "其他")
    assert "请写一句话" in await say(town, phone, "😀")
    assert "已说明" in await say(town, phone, "家里老人住院,走不开")


async def test_an_undo_names_what_it_took_back(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁和王芳家")
    await say(town, phone, "好")
    undone = await say(town, phone, "撤销")
    assert "李宁(青山村4组) 今天 11月10日、王芳(青山村1组) 今天 11月10日" in undone


async def test_no_day_is_shown_while_the_day_is_asked(town: Town) -> None:
    phone = await begin(town)
    await town.go_to(date(2026, 11, 11), "00:40")
    town.told(phone)
    asked = await say(town, phone, "今天去了李宁家,没啥事")
    assert "半夜写的" in asked
    assert "· 李宁(青山村4组) 见到" in asked


async def test_who_has_joined_is_not_asked_for_a_number_by_a_link_that_does_not_work(town: Town) -> None:
    phone = await begin(town)
    assert "您已经加入了" in await say(town, phone, "/start garbage")
    assert "request_contact" not in str(phone.last.reply_markup)
    await phone.contact(await town.person("陌生人", "helper", joined=False))
    await town.settle()
    assert "名片存不了" in "\n".join(town.told(phone))


async def test_a_forged_day_of_long_ago_leaves_nothing_behind(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "记走访")
    household = phone.last.inline_rows[0][0]["callback_data"].split(":")[2]
    for data in (f"visit:outcome:{household}:1:away", f"visit:words:{household}:1"):
        phone.press(data)
        await town.settle()
        assert "没有动任何记录" in "\n".join(town.told(phone))
    assert await rows(town) == []



@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("7", "上一屏没有这个号码"),
        ("https://example.org/a?b=c", "链接我打不开"),
        ("52240119700101123X", "像是身份证号"),
        ("13800138000", "像是电话号码"),
        ("🙂", "收到一个符号"),
        ("随便说说", "没看出是您负责的哪一户"),
    ],
)
async def test_what_is_no_report_gets_the_most_likely_next_step(town: Town, typed: str, answer: str) -> None:
    phone = await begin(town)
    said = await say(town, phone, typed)
    assert answer in said
    assert "1. " in said
    assert await rows(town) == []


@pytest.mark.parametrize(
    ("typed", "answer"), [("7", "查户请写姓名"), ("52240119700101123X", "不能按身份证号查户"), ("😀", "看出要办什么")]
)
async def test_an_officer_s_stray_message_leads_to_looking_up(town: Town, typed: str, answer: str) -> None:
    officer = await town.person("刘专干", "officer")
    assert answer in await say(town, officer, typed)


async def test_a_number_that_an_open_card_does_not_have_shows_the_card(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家")
    card = await say(town, phone, "9")
    assert "请核对" in card
    assert "— " not in card


async def test_a_word_below_a_screen_that_offers_it_means_that_button(town: Town) -> None:
    phone = await begin(town, locale="en", language="en")
    await say(town, phone, "李宁 王芳")
    assert "王芳" in await say(town, phone, "away for work")
    assert "away" in await say(town, phone, "2")
    await say(town, phone, "我的户")
    await say(town, phone, "1")
    assert "Which household" in await say(town, phone, "Log a visit")
