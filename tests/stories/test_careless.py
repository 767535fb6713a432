"""People who answer something else than was asked, late, twice, or both at once: nothing is lost, nothing is made up."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.handovers.actions import give
from models.households import Household
from models.people import Person
from tests.stories.test_logging import begin, rows, say, tap
from tests.stories.township import Town


async def test_a_visit_told_while_days_away_are_asked_for_is_a_visit(town: Town) -> None:
    phone = await begin(town)
    await town.person("赵刚", "helper")
    await say(town, phone, "暂不在")
    assert "李宁(青山村4组) 今天 11月10日 见到" in await say(town, phone, "今天去了李宁家")
    await say(town, phone, "好")
    await say(town, phone, "暂不在")
    assert "请谁代班" in await say(town, phone, "明天起3天")
    assert "王芳(青山村1组) 今天 11月10日 见到" in await say(town, phone, "今天去了王芳家,没啥事")
    await say(town, phone, "好")
    assert len(await rows(town)) == 2


async def test_what_is_still_asked_stays_in_todo_with_a_way_to_answer(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "歪叔屋头今天去了")
    await say(town, phone, "/cancel")
    await say(town, phone, "今天去了李宁和老表家")
    await say(town, phone, "/cancel")
    todo = await say(town, phone, "待办")
    assert "“歪叔屋头今天去了”" in todo
    assert "11月10日 还有一问没答" in todo, "what is asked may be what happened"
    assert "李宁11月10日那张单子还有一个问题,先回答" in todo
    assert "全部确认" not in todo
    assert "还有一问没答" in await say(town, phone, "全部确认"), "no report of all households"
    assert "“歪叔”" in await tap(town, phone, "说清楚:歪叔屋头今天去了")
    await tap(town, phone, "王芳")
    assert "王芳" in await say(town, phone, "好")
    await say(town, phone, "待办")
    assert "老表”这一户" in await tap(town, phone, "李宁11月10日那张单子还有一个问题")


async def test_a_death_said_by_mistake_is_corrected_away_and_back(town: Town) -> None:
    phone = await begin(town)
    officer = await town.person("朱发玉", "officer")
    second = await town.person("周敏", "officer")
    await say(town, phone, "李宁过世了")
    await say(town, phone, "好")
    assert "李宁(青山村4组):有人报告过世,等您核实" in await say(town, officer, "待办")
    assert len(town.told(second)) == 1
    assert "情况:原来 已过世 → 改为 见到" in await say(town, phone, "更正:李宁没有过世,见到了")
    assert "11月第1次" in await say(town, phone, "好")
    assert "眼下没有要您办的事" in await say(town, officer, "待办")
    await say(town, phone, "更正:李宁过世了")
    await say(town, phone, "好")
    assert len(town.told(second)) == 1, "told again, for it holds again"
    assert "实际是什么情况" in await say(town, phone, "更正:李宁没死")


async def test_of_two_officers_the_first_decides(town: Town) -> None:
    phone = await begin(town)
    first, second = await town.person("朱发玉", "officer"), await town.person("周敏", "officer")
    await say(town, phone, "李宁过世了")
    await say(town, phone, "好")
    assert "已结束" in await tap(town, first, "家里没人了,结束这户")
    assert "这户已经结束了,没有动" in await tap(town, second, "家里还有人,继续走访")


async def test_requests_are_in_the_officers_todo(town: Town) -> None:
    phone = await begin(town)
    officer = await town.person("朱发玉", "officer")
    await say(town, phone, "李宁家换电话了,新号码是13812345678")
    assert "1. " in await say(town, officer, "待办")
    assert "新号码" in await say(town, officer, "1")


async def test_one_message_about_one_change_is_one_request_in_all_its_words(town: Town) -> None:
    phone = await begin(town)
    officer = await town.person("朱发玉", "officer")
    assert (await say(town, phone, "李宁家换电话了,新号码是13812345678")).count("已记下") == 1
    assert (await say(town, phone, "王芳户主换了,现在是她儿子李小军")).count("已记下") == 1
    await say(town, officer, "待办")
    assert "现在是她儿子李小军" in await say(town, officer, "1")


async def test_a_word_for_a_household_is_offered_after_all_are_confirmed_too(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "歪叔屋头今天去了")
    await tap(town, phone, "李宁")
    await say(town, phone, "待办")
    assert "以后“歪叔”就指李宁(青山村4组)?" in await tap(town, phone, "全部确认")
    assert "记住了:“歪叔”就是李宁家" in await tap(town, phone, "记住")


async def test_the_name_of_another_households_head_is_no_nickname(town: Town) -> None:
    phone = await begin(town)
    await town.household("陈桂花")
    await say(town, phone, "陈桂花家今天去了")
    await tap(town, phone, "李宁")
    assert "以后" not in await say(town, phone, "好👌")


async def test_a_recording_sent_as_music_or_as_a_file_is_kept_as_a_voice_note(town: Town) -> None:
    phone = await begin(town)
    sound = b"ID3\x03\x00\x00\x00\x00\x00\x00" + bytes(4000)
    await phone.document(sound, "录音.mp3", mime="audio/mpeg")
    await town.wait(seconds=2)
    assert "语音1段,已存" in "\n".join(town.told(phone))
    await phone.other({"audio": {**phone._heavy("audio", 4000, "audio/mpeg", sound), "duration": 3}})
    await town.wait(seconds=2)
    assert "语音2段,已存" in "\n".join(town.told(phone))


async def test_days_that_are_past_are_no_absence(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "暂不在")
    for words in ("昨天起3天", "去年12月1日到3日", "上周一到上周三"):
        assert "这一天已经过了" in await say(town, phone, words)


async def test_a_report_of_the_morning_is_confirmed_after_the_household_was_handed_over(town: Town) -> None:
    phone = await begin(town)
    await town.person("赵刚", "helper")
    await say(town, phone, "今天去了李宁家,没啥事")
    await town.app.database.run(hand_over, "李宁", "赵刚", now=town.clock.now())
    assert "11月第1次,差1次" in await say(town, phone, "好")


async def test_a_change_told_while_something_else_is_asked_is_passed_on(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "歪叔屋头今天去了")
    assert "转给专干核对:李宁(青山村4组) 新号码" in await say(town, phone, "李宁家换电话了,新号码是13812345678")
    assert "“歪叔屋头今天去了”" in await say(town, phone, "待办")


async def test_who_stands_in_and_goes_away_reads_that_it_ends(town: Town) -> None:
    phone = await begin(town)
    cover = await town.person("赵刚", "helper")
    for words in ("暂不在", "今天起", "5天", "赵刚"):
        await say(town, phone, words)
    await say(town, cover, "好")
    for words in ("暂不在", "明天起3天"):
        await say(town, cover, words)
    assert "您替张伟的代班到此为止" in await say(town, cover, "不用")


async def test_a_word_of_the_menu_may_bring_what_it_asks_for(town: Town) -> None:
    phone = await begin(town)
    assert "户编号H001" in await say(town, phone, "查户 李宁")
    assert "11月11日至13日不在。请谁代班" in await say(town, phone, "暂不在 明天起3天")


async def test_a_word_of_the_menu_that_answers_what_was_asked_is_the_answer(town: Town) -> None:
    phone = await begin(town)
    head = await town.person("王强", "team_head", village="青山村")
    await say(town, phone, "今天去了李宁家")
    assert "— 不对" not in await say(town, phone, "不对")
    await say(town, phone, "好")
    await say(town, head, "查户 李宁")
    for button in ("走访记录", "11月10日", "退回"):
        await tap(town, head, button)
    assert "会请张伟在下一次消息里看" in await say(town, head, "照片?")


def hand_over(session: Session, head: str, taker: str, *, now: datetime) -> None:
    household_id = session.scalars(select(Household.id).where(Household.head_name == head)).one()
    give(session, household_id, session.scalars(select(Person.id).where(Person.name == taker)).one(), "code:ill", now=now)
