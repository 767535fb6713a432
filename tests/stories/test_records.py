"""What becomes of records at the wire: not met, away, corrected, sent back, written for others, consented to."""

from datetime import date

import pytest
from sqlalchemy import select

from bot.simulator.persons import Person as Phone
from models.duties import Duty
from models.visits import Visit, VisitReturn
from tests.stories.test_logging import begin, say, tap
from tests.stories.township import Town

NOVEMBER_10 = date(2026, 11, 10)


async def visits(town: Town) -> list[tuple[str, str, str, date]]:
    """(state, outcome, kind, day) of every visit, oldest first."""
    return await town.app.database.read(
        lambda session: [
            (v.state, v.outcome, v.kind, v.visited_on) for v in session.scalars(select(Visit).order_by(Visit.id))
        ]
    )


async def open_record(town: Town, phone: Phone, day: str, name: str = "李宁") -> str:
    """我的户 → household → 走访记录 → the record of a day."""
    await say(town, phone, "我的户")
    await tap(town, phone, name)
    await tap(town, phone, "走访记录")
    return await tap(town, phone, day)


# --- not met -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_a_family_away_until_spring_festival_needs_one_call_a_month(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "记走访")
    await tap(town, phone, "李宁")
    await tap(town, phone, "没见到人")
    await tap(town, phone, "外出务工")
    assert "到什么时候回来" in await say(town, phone, "好")
    assert "每月打一个电话就够" in await tap(town, phone, "过年前后(1月8日)")
    listed = await say(town, phone, "我的户")
    assert "本月0次" in listed
    assert "全家外出到1月8日,每月打一个电话就够" in listed
    await town.go_to(date(2026, 12, 5), "20:00")
    town.told(phone)
    assert "12月第1次,够了" in await say(town, phone, "给李宁家打了电话,都好") + await say(town, phone, "好")
    assert [row[1:3] for row in await visits(town)] == [("away", "routine"), ("met", "phone")]


async def test_a_family_away_without_a_day_moves_the_due_day_and_says_so_kindly(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "李宁家没人,外出打工去了")
    await say(town, phone, "好")
    answer = await tap(town, phone, "不清楚")
    assert "到什么时候回来" not in answer
    assert "全家外出,顺延到12月2日" in await say(town, phone, "待办")
    await say(town, phone, "撤销")
    assert "顺延" not in await say(town, phone, "待办")


async def test_the_day_of_return_can_be_typed_and_other_words_are_no_day(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "李宁外出打工了")
    await say(town, phone, "好")
    await tap(town, phone, "打字说日期")
    assert "没看出是哪天" in await say(town, phone, "说不好")
    assert "全家外出到12月20日" in await say(town, phone, "12月20号")
    await say(town, phone, "我的户")
    assert "全家外出到12月20日" in await tap(town, phone, "李宁")
    assert "李宁(青山村4组)回来了" in await tap(town, phone, "回来了")


async def test_a_call_is_logged_by_a_tap_and_does_not_count_while_the_family_is_at_home(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "记走访")
    await tap(town, phone, "李宁")
    assert "电话不计走访次数" in await tap(town, phone, "打了电话")
    assert await visits(town) == [("confirmed", "met", "phone", NOVEMBER_10)]


async def test_the_team_head_hears_of_a_family_that_cannot_be_reached_and_the_officer_of_a_refusal(town: Town) -> None:
    head = await town.person("赵队长", "team_head", village="青山村")
    officer = await town.person("刘专干", "officer")
    phone = await begin(town)
    await say(town, phone, "李宁联系不上,王芳不让进门")
    await say(town, phone, "好")
    await town.go_to(date(2026, 11, 11), "08:00")
    assert any("李宁(青山村4组)联系不上" in text for text in town.told(head))
    told = "\n".join(town.told(officer))
    assert "王芳(青山村1组)不愿见面" in told
    assert "不算张伟没走访" in told


async def test_somebody_of_the_family_died_and_the_household_goes_on(town: Town) -> None:
    officer = await town.person("刘专干", "officer")
    phone = await begin(town)
    await say(town, phone, "记走访")
    await tap(town, phone, "李宁")
    await tap(town, phone, "没见到人")
    assert "过世的是哪一位" in await tap(town, phone, "已过世")
    await tap(town, phone, "家里别的人过世")
    await say(town, phone, "他母亲上周走的,后事办完了")
    await say(town, phone, "好")
    assert (await visits(town))[-1][1] == "met"
    assert not any("提醒已停" in text for text in town.told(officer))


async def test_what_was_said_of_a_death_reaches_the_officer_who_lets_it_go_on_with_one_tap(town: Town) -> None:
    officer = await town.person("刘专干", "officer")
    phone = await begin(town)
    town.told(officer)
    await say(town, phone, "李宁去世了,老伴还在家,昨天办的丧事")
    await say(town, phone, "好")
    assert any("老伴还在家" in text for text in town.told(officer))
    await tap(town, officer, "家里还有人")
    assert "已暂停" not in await say(town, phone, "我的户")


# --- corrected ---------------------------------------------------------------------------------------------


async def test_a_record_is_corrected_from_its_card_and_shows_what_was_changed(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家,低保到账了")
    await say(town, phone, "好")
    await open_record(town, phone, "11月10日")
    await tap(town, phone, "更正")
    await tap(town, phone, "日期")
    card = await say(town, phone, "11月8号")
    assert "日期:原来 11月10日 → 改为 11月8日" in card
    assert "更正好了" in await say(town, phone, "好")
    shown = await tap(town, phone, "看这条记录")
    assert "改过1次" in shown
    assert "11月10日 日期:11月10日 → 11月8日" in shown
    assert (await visits(town))[0][3] == date(2026, 11, 8)


async def test_every_step_of_a_correction_survives_a_kill(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家")
    await say(town, phone, "好")
    await open_record(town, phone, "11月10日")
    for step in ("更正", "2", "不在家", "好"):
        await phone.send(step)
        await town.settle()
        await town.kill_bot()
        await town.start_bot()
    assert await visits(town) == [("confirmed", "not_home", "routine", NOVEMBER_10)]


@pytest.mark.parametrize(
    ("words", "line", "after"),
    [
        ("更正:李宁家是昨天去的", "日期:原来 11月10日 → 改为 11月9日", ("met", "routine", date(2026, 11, 9))),
        ("更正:李宁没见到人", "情况:原来 见到 → 改为 不在家", ("not_home", "routine", NOVEMBER_10)),
        ("更正:没见到人", "情况:原来 见到 → 改为 不在家", ("not_home", "routine", NOVEMBER_10)),
        ("更正:是昨天", "日期:原来 11月10日 → 改为 11月9日", ("met", "routine", date(2026, 11, 9))),
        ("更正:不是李宁家,是王芳家", "户:原来 李宁 → 改为 王芳", ("met", "routine", NOVEMBER_10)),
    ],
)
async def test_a_record_is_corrected_by_a_message(
    town: Town, words: str, line: str, after: tuple[str, str, date]
) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家")
    await say(town, phone, "好")
    assert line in await say(town, phone, words)
    assert "更正好了" in await say(town, phone, "好")
    assert (await visits(town))[0][1:] == after


async def test_which_record_is_asked_where_it_is_not_clear(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁和王芳家")
    await say(town, phone, "好")
    assert "要更正的是哪一条" in await say(town, phone, "更正:是昨天")
    assert "日期:原来 11月10日 → 改为 11月9日" in await tap(town, phone, "王芳 11月10日")
    await say(town, phone, "好")
    assert [row[3] for row in await visits(town)] == [NOVEMBER_10, date(2026, 11, 9)]


async def test_a_new_report_in_the_middle_of_a_correction_is_a_report(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家")
    await say(town, phone, "好")
    await say(town, phone, "更正:李宁没见到人")
    assert "王芳(青山村1组) 今天 11月10日 见到" in await say(town, phone, "今天还去了王芳家")
    await say(town, phone, "好")
    assert [row[:2] for row in await visits(town)] == [("confirmed", "met"), ("confirmed", "met")]


async def test_a_line_is_added_and_a_correction_can_be_left(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家,低保到账了")
    await say(town, phone, "好")
    await open_record(town, phone, "11月10日")
    await tap(town, phone, "补充一句")
    assert "更正好了" in await say(town, phone, "灶房漏雨")
    assert "低保到账了;灶房漏雨" in await tap(town, phone, "看这条记录")
    await say(town, phone, "更正:李宁没见到人")
    assert "没有改" in await say(town, phone, "不改了")
    assert (await visits(town))[0][1] == "met"


async def test_a_correction_in_english(town: Town) -> None:
    phone = await begin(town, locale="en", language="en")
    await say(town, phone, "went to 李宁 today, all fine")
    await say(town, phone, "ok")
    await say(town, phone, "my households")
    await tap(town, phone, "李宁")
    await tap(town, phone, "Visits")
    await tap(town, phone, "10 Nov")
    await tap(town, phone, "Correct")
    await tap(town, phone, "Who was met")
    assert "was met, will be not at home" in await tap(town, phone, "not at home")
    assert "Corrected" in await say(town, phone, "ok")


async def test_a_visit_withdrawn_after_the_extra_days_opens_the_month_once_more(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家")
    await say(town, phone, "好")
    await say(town, phone, "11月9号去了李宁家")
    await say(town, phone, "好")
    await town.go_to(date(2026, 12, 9), "20:00")
    town.told(phone)
    await open_record(town, phone, "11月9日")
    await tap(town, phone, "撤回这条")
    await tap(town, phone, "重复了")

    def november(session):  # type: ignore[no-untyped-def]
        rows = session.scalars(select(Duty).where(Duty.period == "2026-11").order_by(Duty.household_id, Duty.cycle))
        return [(duty.cycle, duty.state, duty.due_on) for duty in rows if duty.household_id == 1]

    assert await town.app.database.read(november) == [
        (1, "void", date(2026, 11, 25)), (2, "open", date(2026, 12, 16)),
    ]  # fmt: skip
    assert "李宁(青山村4组) 记录改过,再去1次;还没去;差1次,16日前" in await say(town, phone, "待办")


# --- sent back ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_a_record_goes_back_with_a_remark_and_the_answer_comes_in_the_chat(town: Town) -> None:
    head = await town.person("赵队长", "team_head", village="青山村")
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家,灶房漏雨")
    await say(town, phone, "好")
    await say(town, head, "查户")
    await say(town, head, "李宁")
    await tap(town, head, "走访记录")
    await tap(town, head, "11月10日")
    await tap(town, head, "退回")
    assert "张伟" in await say(town, head, "漏雨的是哪间?")
    assert "本月1次" in await say(town, phone, "我的户")
    todo = await say(town, phone, "待办")
    assert "漏雨的是哪间?" in todo
    await tap(town, phone, "回复 李宁")
    assert "答复会转告" in await say(town, phone, "灶房靠门那间")
    assert "漏雨的是哪间" not in await say(town, phone, "待办")
    await town.go_to(date(2026, 11, 11), "08:00")
    assert any("灶房靠门那间" in text for text in town.told(head))
    states = await town.app.database.read(lambda session: list(session.scalars(select(VisitReturn.state))))
    assert states == ["closed"]


# --- written for others ------------------------------------------------------------------------------------


async def test_a_clerk_hears_what_became_of_an_entry(town: Town) -> None:
    clerk = await town.person("小陈", "clerk", village="青山村")
    phone = await begin(town)
    await town.go_to(NOVEMBER_10, "20:30")
    for name in ("李宁", "王芳"):
        await say(town, clerk, name)
        await tap(town, clerk, "代录走访")
        await tap(town, clerk, "张伟 今天")
        await tap(town, clerk, "见到")
    town.told(phone)
    assert "小陈替您记" in await say(town, phone, "待办")
    await tap(town, phone, "属实 李宁")
    await say(town, phone, "待办")
    await tap(town, phone, "不属实")
    await town.go_to(date(2026, 11, 11), "08:00")
    told = "\n".join(town.told(clerk))
    assert "李宁(青山村4组)11月10日的走访:张伟答了“属实”" in told
    assert "王芳(青山村1组)11月10日的走访:张伟答了“不属实”" in told
    assert [row[0] for row in await visits(town)] == ["confirmed", "dropped"]


async def test_three_questions_an_evening_are_two_messages_and_a_line(town: Town) -> None:
    clerk = await town.person("小陈", "clerk", village="青山村")
    phone = await begin(town)
    await town.household("孙七", helper="张伟")
    for name in ("李宁", "王芳", "孙七"):
        await say(town, clerk, name)
        await tap(town, clerk, "代录走访")
        await tap(town, clerk, "张伟 今天")
        await tap(town, clerk, "见到")
    assert sum("属实吗" in text for text in town.told(phone)) == 2
    await town.go_to(date(2026, 11, 11), "20:00")
    (digest,) = town.told(phone)
    assert digest.count("小陈替您记") == 3


# --- long ago ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_a_visit_of_long_ago_waits_for_the_officer_and_the_helper_hears_the_answer(town: Town) -> None:
    officer = await town.person("刘专干", "officer")
    phone = await begin(town)
    await say(town, phone, "8月3号去了李宁家")
    await tap(town, phone, "8月3日 周一")
    assert "已请专干看" in await say(town, phone, "好")
    assert "待确认" not in await say(town, phone, "待办")
    await say(town, officer, "待您决定")
    await tap(town, officer, "李宁")
    await tap(town, officer, "同意")
    assert await visits(town) == [("confirmed", "met", "routine", date(2026, 8, 3))]
    await town.go_to(date(2026, 11, 11), "20:00")
    assert any("李宁" in text for text in town.told(phone))


# --- unconfirmed -------------------------------------------------------------------------------------------


async def test_several_reports_wait_head_the_digest_and_are_confirmed_at_once(town: Town) -> None:
    phone = await begin(town)
    for words in ("今天去了李宁家", "记走访", "昨天去了王芳家,房子漏雨", "记走访", "今天给李宁家送了一袋米"):
        await say(town, phone, words)
    todo = await say(town, phone, "待办")
    assert todo.index("3条走访等您确认") < todo.index("还差的走访")
    await town.go_to(date(2026, 11, 12), "19:30")
    digest = town.told(phone)[-1]
    assert digest.index("3条走访等您确认") < digest.index("每月2次")
    answer = await tap(town, phone, "全部确认")
    assert "记好了" in answer
    assert "还有1条要您先回答一个问题" in answer
    assert [row[0] for row in await visits(town)] == ["confirmed", "confirmed", "unconfirmed"]
