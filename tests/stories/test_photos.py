"""Photos and words in every order, at the wire: where each photo goes, and that one sending gets one answer."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.simulator.persons import Person as Phone
from models.households import Household
from models.photos import Photo
from models.visits import Visit
from tests.stories.pictures import photo
from tests.stories.test_logging import begin, say, tap
from tests.stories.township import Town

LI, WANG, SUN = "李宁", "王芳", "孙大海"


async def homes(town: Town) -> list[str | None]:
    """The household that each photo's record is of, oldest photo first."""

    def read(session: Session) -> list[str | None]:
        rows = session.execute(
            select(Household.head_name)
            .select_from(Photo)
            .outerjoin(Visit, Visit.id == Photo.visit_id)
            .outerjoin(Household, Household.id == Visit.household_id)
            .order_by(Photo.id)
        )
        return list(rows.scalars())

    return await town.app.database.read(read)


async def slots(town: Town) -> list[str]:
    return await town.app.database.read(lambda session: list(session.scalars(select(Photo.slot).order_by(Photo.id))))


async def heard(town: Town, phone: Phone, seconds: float = 2) -> list[str]:
    """What came within so many seconds."""
    await town.wait(seconds=seconds)
    return town.told(phone)


async def test_words_first_and_photos_after_them_are_one_report(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家,房子漏雨")
    await phone.album([photo(1), photo(2)])
    (card,) = await heard(town, phone)
    assert "李宁(青山村4组) 今天 11月10日 见到" in card
    assert "照片2张,已存" in card
    await say(town, phone, "好")
    assert await homes(town) == [LI, LI]


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_a_caption_counts_on_any_part_of_an_album(town: Town, part: int) -> None:
    phone = await begin(town)
    await phone.album([photo(1), photo(2), photo(3)], caption="今天去了李宁家,没啥事", at=part)
    (card,) = await heard(town, phone)
    assert "照片3张,已存" in card
    await say(town, phone, "好")
    assert await homes(town) == [LI] * 3


async def test_a_part_that_comes_late_edits_the_answer(town: Town) -> None:
    phone = await begin(town)
    (first, *_) = await phone.album([photo(1), photo(2)], caption="今天去了李宁家,没啥事")
    (card,) = await heard(town, phone)
    assert "照片2张" in card
    count = len(phone.chat.messages)
    await town.wait(seconds=40)
    await phone.album([photo(3)], album=first.album)
    (card,) = await heard(town, phone)
    assert "照片3张,已存" in card
    assert len(phone.chat.messages) == count + 1  # the photo: the card was edited
    await say(town, phone, "好")
    assert await homes(town) == [LI] * 3


async def test_a_part_that_comes_after_the_report_was_confirmed_still_joins_it(town: Town) -> None:
    phone = await begin(town)
    (first, *_) = await phone.album([photo(1)], caption="今天去了李宁家,没啥事")
    await heard(town, phone)
    assert "照片1张" in await say(town, phone, "好")
    count = len(phone.chat.messages)
    await phone.album([photo(2)], album=first.album)
    (logged,) = await heard(town, phone)
    assert "照片2张,已存" in logged
    assert len(phone.chat.messages) == count + 1
    assert await homes(town) == [LI, LI]


async def test_a_late_part_is_answered_anew_where_something_else_was_said_meanwhile(town: Town) -> None:
    phone = await begin(town)
    (first, *_) = await phone.album([photo(1)], caption="今天去了李宁家,没啥事")
    await heard(town, phone)
    await say(town, phone, "好")
    await say(town, phone, "我的户")
    await phone.album([photo(2)], album=first.album)
    (answer,) = await heard(town, phone)
    assert "照片2张,已存" in answer


async def test_two_albums_for_two_households_each_find_their_own(town: Town) -> None:
    phone = await begin(town)
    await phone.album([photo(1), photo(2)], caption="今天去了李宁家,没啥事")
    await phone.album([photo(3), photo(4)], caption="王芳家也去了,房子漏雨", at=1)
    (card,) = await heard(town, phone)
    assert "李宁" in card
    assert "王芳" in card
    assert "照片4张,已存" in card
    await say(town, phone, "好")
    assert await homes(town) == [LI, LI, WANG, WANG]


async def test_two_photos_with_captions_for_two_households_each_find_their_own(town: Town) -> None:
    phone = await begin(town)
    await phone.photo(photo(1), caption="今天去了李宁家,没啥事")
    await phone.photo(photo(2), caption="王芳家也去了")
    await phone.photo(photo(3))
    await heard(town, phone)
    await say(town, phone, "好")
    assert await homes(town) == [LI, WANG, None]


async def test_photos_for_several_households_can_be_given_to_one(town: Town) -> None:
    phone = await begin(town)
    await phone.album([photo(1), photo(2)], caption="今天去了李宁和王芳家,没啥事")
    await heard(town, phone)
    await say(town, phone, "好")
    assert await homes(town) == [None, None]
    await say(town, phone, "我的户")
    await tap(town, phone, "王芳")
    await tap(town, phone, "走访记录")
    await tap(town, phone, "11月10日")
    assert "共2张" in await tap(town, phone, "看照片(2张)")
    assert "还没分到哪一户" in await tap(town, phone, "第2张")
    assert "王芳(青山村1组)" in await tap(town, phone, "是王芳家的")
    assert await homes(town) == [None, WANG]


async def test_loose_photos_take_the_words_of_the_photo_after_them(town: Town) -> None:
    phone = await begin(town)
    await phone.photo(photo(1))
    await phone.photo(photo(2), caption="今天去了李宁家,没啥事")
    await heard(town, phone)
    await say(town, phone, "好")
    assert await homes(town) == [LI, LI]


async def test_what_waits_for_words_is_not_asked_about_before_half_an_hour(town: Town) -> None:
    phone = await begin(town)
    await phone.photo(photo(1))
    assert "收到" in "".join(await heard(town, phone)) or phone.text
    await town.wait(minutes=25)
    await phone.photo(photo(2))
    await heard(town, phone)
    await town.wait(minutes=20)
    assert town.told(phone) == []
    await town.wait(minutes=11)
    (question,) = town.told(phone)
    assert "这2张是哪家的" in question


async def test_a_photo_within_half_an_hour_after_a_visit_is_offered_to_it(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "记走访")
    await tap(town, phone, LI)
    await tap(town, phone, "见到,没新情况")
    await town.wait(minutes=20)
    await phone.album([photo(1), photo(2)])
    (offer,) = await heard(town, phone)
    assert "要添加到刚才的走访吗" in offer
    assert "已添加到李宁" in await say(town, phone, "添加")
    assert await homes(town) == [LI, LI]


async def test_a_photo_offered_to_one_visit_may_be_of_another_household(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了李宁家,没啥事")
    await say(town, phone, "好")
    await phone.photo(photo(1))
    await heard(town, phone)
    await say(town, phone, "今天去了王芳家,没啥事")
    await say(town, phone, "好")
    assert await homes(town) == [WANG]


async def test_a_photo_with_words_while_another_question_is_open(town: Town) -> None:
    phone = await begin(town)
    await town.household("李国强", helper="张伟")
    assert "哪" in await say(town, phone, "今天去了老李家")
    await phone.photo(photo(1), caption="今天去了王芳家,房子漏雨")
    await heard(town, phone)
    await tap(town, phone, LI)
    assert "王芳" in phone.text
    assert "李宁" in phone.text
    await say(town, phone, "好")
    assert await homes(town) == [WANG]


async def test_loose_photos_while_a_question_is_open_leave_it_open(town: Town) -> None:
    phone = await begin(town)
    await town.household("李国强", helper="张伟")
    await say(town, phone, "今天去了老李家")
    await phone.photo(photo(1))
    (again,) = await heard(town, phone)
    assert "李国强" in again
    await tap(town, phone, LI)
    await say(town, phone, "好")
    assert await homes(town) == [LI]


async def test_a_caption_that_is_changed_changes_the_report(town: Town) -> None:
    phone = await begin(town)
    message = await phone.photo(photo(1), caption="今天去了王芳家")
    await heard(town, phone)
    await phone.edit(message, "今天去了李宁家")
    await heard(town, phone)
    assert "李宁" in phone.text
    assert "王芳" not in phone.text
    await say(town, phone, "好")
    assert await homes(town) == [LI]
    await phone.edit(message, "昨天去了李宁家")
    await town.settle()
    assert "已经记下了" in "\n".join(town.told(phone))
    assert len(await homes(town)) == 1


async def test_a_caption_written_later_is_taken_as_the_words(town: Town) -> None:
    phone = await begin(town)
    message = await phone.photo(photo(1))
    await heard(town, phone)
    await phone.edit(message, "今天去了李宁家,没啥事")
    (card,) = await heard(town, phone)
    assert "照片1张,已存" in card
    await say(town, phone, "好")
    assert await homes(town) == [LI]


async def test_the_same_file_sent_twice_is_kept_and_pointed_at_by_nobody(town: Town) -> None:
    phone = await begin(town)
    await phone.photo(photo(1), caption="今天去了李宁家,没啥事")
    await phone.photo(photo(1))
    texts = await heard(town, phone)
    assert "很像" not in "\n".join(texts)
    await say(town, phone, "好")
    assert await homes(town) == [LI, LI]


async def test_photos_of_a_morning_that_arrive_at_night_go_to_their_day(town: Town) -> None:
    phone = await begin(town)
    await town.stop_bot()
    await phone.photo(photo(1), caption="今天去了李宁家,没啥事")
    town.clock.move(6 * 3600)
    await town.start_bot()
    (card,) = await heard(town, phone)
    assert "11月10日 见到" in card
    await say(town, phone, "好")
    assert await homes(town) == [LI]
    day = await town.app.database.read(lambda session: session.scalars(select(Visit.visited_on)).one())
    assert day == date(2026, 11, 10)


# --- what a picture shows ----------------------------------------------------------------------------------


async def test_a_caption_may_say_what_a_picture_shows(town: Town) -> None:
    phone = await begin(town)
    await phone.photo(photo(1), caption="今天去了李宁家,没啥事,李宁家门口")
    await phone.photo(photo(2), caption="灶台")
    await phone.album([photo(3), photo(4)], caption="存折的照片", at=1)
    (card,) = (await heard(town, phone))[-1:]
    assert "灶台" not in card
    await say(town, phone, "好")
    assert await slots(town) == ["front", "stove", "document", "document"]
    assert await homes(town) == [LI] * 4


async def test_what_a_picture_shows_is_set_by_a_tap_on_the_records_photos(town: Town) -> None:
    phone = await begin(town)
    await phone.album([photo(n) for n in range(10)], caption="今天去了李宁家,没啥事")
    await phone.photo(photo(10))
    await phone.photo(photo(11), caption="堂屋")
    await heard(town, phone)
    await say(town, phone, "好")
    await say(town, phone, "我的户")
    await tap(town, phone, LI)
    await tap(town, phone, "走访记录")
    await tap(town, phone, "11月10日")
    listed = await tap(town, phone, "看照片(12张)")
    assert "10. 没写拍的什么,11月10日 20:00发" in listed
    assert "11. " not in listed
    assert "2. 堂屋" in await tap(town, phone, "下一页")
    await tap(town, phone, "第11张")
    assert "公示栏,11月10日" in await say(town, phone, "公示栏")
    assert (await slots(town))[10:] == ["posting", "hall"]
