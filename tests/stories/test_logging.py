"""Logging visits at the wire: taps, words, photos, kills, corrections, wrong input, in both languages."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.simulator.persons import Person as Phone
from bot.simulator.pictures import draw
from models.photos import Photo, PhotoFile
from models.visits import Visit
from tests.stories.township import Town

NOVEMBER_10 = date(2026, 11, 10)


async def begin(town: Town, **more: str) -> Phone:
    """A helper with two households on the evening of 10 November, the first month with duties."""
    phone = await town.person("张伟", "helper", **more)
    await town.household("李宁", helper="张伟", number="H001", group="4组")
    await town.household("王芳", helper="张伟", number="H002")
    await town.go_to(NOVEMBER_10, "20:00")
    town.told(phone)
    return phone


async def say(town: Town, phone: Phone, text: str) -> str:
    """Types a message; what the bot answered, one text a message."""
    await phone.send(text)
    await town.settle()
    return "\n\n".join(town.told(phone))


async def tap(town: Town, phone: Phone, button: str) -> str:
    await phone.tap(button)
    await town.settle()
    return "\n\n".join(town.told(phone))


async def rows(town: Town) -> list[tuple[str, str, str, date]]:
    """(state, outcome, kind, day) of every visit there is, oldest first."""
    return await town.app.database.read(
        lambda session: [
            (v.state, v.outcome, v.kind, v.visited_on) for v in session.scalars(select(Visit).order_by(Visit.id))
        ]
    )


async def photos(town: Town) -> list[tuple[str, bool]]:
    """(state, belongs to a visit) of every photo."""

    def read(session: Session) -> list[tuple[str, bool]]:
        return [(p.state, p.visit_id is not None) for p in session.scalars(select(Photo).order_by(Photo.id))]

    return await town.app.database.read(read)


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_three_taps_log_a_visit_and_one_more_undoes_it(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "记走访")
    assert "每月2次;本月0次;差2次,25日前" in await tap(town, phone, "李宁")
    assert "李宁(青山村4组) 今天 11月10日 见到:11月第1次,差1次" in await tap(town, phone, "见到,没新情况")
    assert await rows(town) == [("confirmed", "met", "routine", NOVEMBER_10)]
    assert "撤销了" in await tap(town, phone, "撤销")
    assert await rows(town) == [("withdrawn", "met", "routine", NOVEMBER_10)]
    assert "本月0次;差2次" in await say(town, phone, "待办")


async def test_the_same_three_taps_as_typed_numbers(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "记走访")
    assert "王芳" in await say(town, phone, "2")
    assert "王芳(青山村1组) 今天 11月10日 见到:11月第1次,差1次" in await say(town, phone, "1")


async def test_the_second_tap_on_the_same_button_logs_nothing_more(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "记走访")
    await tap(town, phone, "李宁")
    screen = phone.find_message_with("见到,没新情况")
    await phone.tap("见到,没新情况", screen)
    await phone.tap("见到,没新情况", screen)
    await town.settle()
    assert len(await rows(town)) == 1


async def test_one_message_for_two_households_and_one_word(town: Town) -> None:
    phone = await begin(town)
    card = await say(town, phone, "昨天去了李宁和王芳家,低保都到账了,没啥事")
    assert "李宁(青山村4组) 昨天 11月9日 见到" in card
    assert "王芳(青山村1组) 昨天 11月9日 见到" in card
    assert {state for state, *_ in await rows(town)} == {"unconfirmed"}
    answer = await say(town, phone, "好")
    assert answer.count("11月第1次,差1次") == 2
    assert [row[3] for row in await rows(town)] == [date(2026, 11, 9)] * 2


@pytest.mark.parametrize("word", ["好", "对", "是", "1", "👍", "确认"])
async def test_every_word_of_agreement_confirms(town: Town, word: str) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家")
    assert "记好了" in await say(town, phone, word)


async def test_a_line_can_be_left_out_and_the_day_changed(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁和王芳家")
    assert "王芳" not in await tap(town, phone, "去掉 王芳")
    assert "李宁(青山村4组) 11月8日" in await say(town, phone, "是前天")
    await say(town, phone, "好")
    assert await rows(town) == [
        ("confirmed", "met", "routine", date(2026, 11, 8)), ("dropped", "met", "routine", NOVEMBER_10),
    ]  # fmt: skip


async def test_a_card_of_before_a_change_confirms_nothing(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家")
    old = phone.find_message_with("确认")
    confirm_data = old.inline_rows[0][0]["callback_data"]
    await say(town, phone, "是昨天")
    phone.press(confirm_data, old)
    await town.settle()
    assert "单子有变化" in "\n".join(town.told(phone))
    assert [state for state, *_ in await rows(town)] == ["unconfirmed"]


async def test_who_was_not_met_is_stored_and_does_not_count(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "记走访")
    await tap(town, phone, "李宁")
    await tap(town, phone, "没见到人")
    assert "外出务工" in await tap(town, phone, "外出务工")
    assert "没见到人,不计次数" in await say(town, phone, "好")
    assert await rows(town) == [("confirmed", "away", "routine", NOVEMBER_10)]


async def test_a_gift_is_asked_about_and_a_courtesy_call_does_not_count(town: Town) -> None:
    phone = await begin(town)
    assert "走访时顺带" in await say(town, phone, "今天给王芳家送了一袋米")
    await tap(town, phone, "专门慰问")
    assert "慰问不计走访次数" in await say(town, phone, "好")
    assert await rows(town) == [("confirmed", "met", "courtesy", NOVEMBER_10)]


async def test_a_death_stops_everything_and_the_officer_hears_it_at_once(town: Town) -> None:
    officer = await town.person("刘专干", "officer")
    phone = await begin(town)
    town.told(officer)
    await say(town, phone, "李宁去世了")
    assert "提醒都停了" in await say(town, phone, "好")
    assert any("请核实" in text for text in town.told(officer))
    await tap(town, officer, "家里还有人")
    assert "已暂停" not in await say(town, phone, "我的户")


# --- photos ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_an_album_with_words_is_one_report_with_one_answer(town: Town) -> None:
    phone = await begin(town)
    await phone.album(3, caption="今天去了李宁家,房子漏雨")
    await town.settle()
    assert town.told(phone) == []
    await town.wait(seconds=2)
    (card,) = town.told(phone)
    assert "照片3张,已存" in card
    assert "记好了" in await say(town, phone, "好")
    assert await photos(town) == [("stored", True)] * 3
    assert len([p for p in (town.folder / "photos").rglob("*.jpg") if "thumb" not in p.name]) == 3


async def test_photos_without_words_take_the_next_text(town: Town) -> None:
    phone = await begin(town)
    await phone.photo()
    await phone.photo(draw(7))
    await town.wait(seconds=2)
    (received,) = town.told(phone)
    assert "照片2张,已存" in received
    assert "照片2张" in await say(town, phone, "今天去了王芳家")
    await say(town, phone, "好")
    assert await photos(town) == [("stored", True)] * 2


async def test_photos_nobody_spoke_of_ask_once_whose_they_are(town: Town) -> None:
    phone = await begin(town)
    await phone.album(2)
    await town.wait(minutes=29)
    town.told(phone)
    await town.wait(minutes=2)
    (question,) = town.told(phone)
    assert "这2张是哪家的?" in question
    await town.wait(hours=2)
    assert town.told(phone) == []
    assert "请核对" in await tap(town, phone, "王芳")
    assert "照片2张" in await say(town, phone, "好")


async def test_a_photo_after_a_visit_is_offered_to_it(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家")
    await say(town, phone, "好")
    await phone.photo()
    await town.wait(seconds=2)
    assert "要添加到刚才的走访吗" in "\n".join(town.told(phone))
    assert "已添加到李宁" in await tap(town, phone, "添加到李宁")
    assert await photos(town) == [("stored", True)]


async def test_the_same_picture_twice_lies_on_disk_once(town: Town) -> None:
    phone = await begin(town)
    picture = draw(3)
    await phone.photo(picture, caption="今天去了李宁家")
    await phone.photo(picture)
    await town.wait(seconds=2)
    count = await town.app.database.read(lambda s: [f.references for f in s.scalars(select(PhotoFile))])
    assert count == [2]


async def test_words_naming_a_household_that_is_not_mine_keep_the_photo_and_ask(town: Town) -> None:
    phone = await begin(town)
    await town.household("孙大海")
    await phone.photo(caption="今天去了孙大海家")
    await town.settle()
    asked = "\n".join(town.told(phone))
    assert "孙大海" in asked
    assert "李宁" in asked
    await tap(town, phone, "李宁")
    await say(town, phone, "好")
    assert await photos(town) == [("stored", True)]


# --- cuts --------------------------------------------------------------------------------------------------


async def test_a_draft_survives_a_kill_at_every_step(town: Town) -> None:
    phone = await begin(town)
    for step in ("记走访", "1", "2", "房子漏雨,想修", "昨天", "好"):
        await phone.send(step)
        await town.settle()
        await town.kill_bot()
        await town.start_bot()
    assert await rows(town) == [("confirmed", "met", "routine", date(2026, 11, 9))]


async def test_photos_announced_before_a_kill_are_stored_after_it(town: Town) -> None:
    phone = await begin(town)
    await phone.album(2, caption="今天去了李宁家")
    await town.sim.delivered()
    await town.kill_bot()
    await town.start_bot()
    await town.wait(seconds=200)
    assert [state for state, _ in await photos(town)] == ["stored"] * 2
    assert "照片2张,已存" in "\n".join(town.told(phone))


# --- corrections -------------------------------------------------------------------------------------------


async def test_an_edited_message_changes_the_report_until_it_is_confirmed(town: Town) -> None:
    phone = await begin(town)
    message = await phone.send("今天去了王芳家")
    await town.settle()
    await phone.edit(message, "昨天去了王芳家")
    await town.settle()
    assert "昨天 11月9日" in phone.text
    await say(town, phone, "好")
    await phone.edit(message, "前天去了王芳家")
    await town.settle()
    assert "已经记下了" in "\n".join(town.told(phone))


async def test_undo_ends_after_a_day_and_a_record_can_be_withdrawn_with_a_reason(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家")
    await say(town, phone, "好")
    undo = phone.find_message_with("撤销")
    await town.wait(hours=25)
    town.told(phone)
    await phone.tap("撤销", undo)
    await town.settle()
    assert "已经过了24小时" in "\n".join(town.told(phone))
    await say(town, phone, "我的户")
    await tap(town, phone, "李宁")
    await tap(town, phone, "走访记录")
    await tap(town, phone, "11月10日")
    await tap(town, phone, "撤回这条")
    assert "撤回了,原记录保留" in await tap(town, phone, "记错户了")
    assert await rows(town) == [("withdrawn", "met", "routine", NOVEMBER_10)]


async def test_a_clerk_logs_for_a_helper_and_it_counts_after_their_word(town: Town) -> None:
    clerk = await town.person("小陈", "clerk", village="青山村")
    phone = await begin(town)
    await say(town, clerk, "李宁")
    await tap(town, clerk, "代录走访")
    await tap(town, clerk, "张伟 今天")
    assert "已请张伟核对" in await tap(town, clerk, "见到")
    assert "本月0次" in await say(town, phone, "我的户")
    await phone.tap("属实")
    await town.settle()
    assert "本月1次" in await say(town, phone, "我的户")


# --- what cannot be a report -------------------------------------------------------------------------------


async def test_wrong_input_gets_a_clear_answer_and_changes_nothing(town: Town) -> None:
    phone = await begin(town)
    assert "打算去的" in await say(town, phone, "明天去李宁家")
    assert "没看出" in await say(town, phone, "你好")
    assert "收到一个符号" in await say(town, phone, "😀😀")
    assert "没看出" in await say(town, phone, "哈" * 10_000)
    assert "还没到" in await say(town, phone, "2027年1月5日去了李宁家")
    await say(town, phone, "不用记")
    for send, words in (
        (phone.sticker(), "表情"),
        (phone.video(30 << 20), "视频"),
        (phone.document(b"%PDF-1.7", "报告.pdf"), "只收照片"),
        (phone.document(draw(1), "大.jpg", caption=""), ""),
    ):
        await send
        await town.settle()
        assert words in "\n".join(town.told(phone))
    assert {state for state, *_ in await rows(town)} <= {"dropped"}


async def test_a_file_that_is_no_picture_is_refused_after_a_look_at_its_bytes(town: Town) -> None:
    phone = await begin(town)
    await phone.document(b"PK\x03\x04" + bytes(500), "照片.jpg", mime="image/jpeg")
    await town.wait(seconds=3)
    assert any("不是照片" in text for text in town.told(phone))
    assert [state for state, _ in await photos(town)] == ["refused"]


async def test_a_forwarded_album_is_kept_like_any_other(town: Town) -> None:
    phone = await begin(town)
    sent = await phone.album(2)
    await town.wait(seconds=2)
    town.told(phone)
    await phone.forward(*sent)
    await town.wait(seconds=2)
    (answer,) = town.told(phone)
    assert "照片4张,已存" in answer


async def test_a_screen_of_last_month_logs_nothing_by_itself(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "记走访")
    await tap(town, phone, "李宁")
    screen = phone.find_message_with("见到,没新情况")
    await town.go_to(date(2026, 12, 9), "20:00")
    town.told(phone)
    await phone.tap("见到,没新情况", screen)
    await town.settle()
    assert "没有记" in "\n".join(town.told(phone))
    assert await rows(town) == []


async def test_a_clock_set_back_an_hour_loses_no_report(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家")
    town.clock.move(-3600)
    assert "记好了" in await say(town, phone, "好")
    assert await rows(town) == [("confirmed", "met", "routine", NOVEMBER_10)]


async def test_a_visit_older_than_the_last_period_waits_for_consent(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "8月3号去了李宁家")
    for _ in range(2):
        answer = await say(town, phone, "好")
    assert [state for state, *_ in await rows(town)] != ["confirmed"], answer


async def test_the_whole_way_in_english(town: Town) -> None:
    phone = await begin(town, locale="en", language="en")
    await say(town, phone, "log a visit")
    assert "2 to go" in await tap(town, phone, "李宁")
    assert "visit 1 of November, 1 to go" in await tap(town, phone, "Met, nothing new")
    card = await say(town, phone, "went to 王芳 yesterday, not at home")
    assert "not at home" in card
    assert "does not count" in await say(town, phone, "ok")
    assert "Undone" in await say(town, phone, "undo")


async def test_my_households_and_a_card_with_its_phone_on_tap(town: Town) -> None:
    phone = await begin(town)
    listed = await say(town, phone, "我的户")
    assert "1. 李宁(青山村4组) 还没有见面记录;每月2次;本月0次;差2次,25日前" in listed
    assert "户编号H002" in await say(town, phone, "2")
    await say(town, phone, "查户")
    assert "H001" in await say(town, phone, "H001")
