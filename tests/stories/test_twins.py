"""A photo used before is pointed out to its sender, and to nobody else; whatever they answer, 确认 goes on."""

from sqlalchemy import select

from bot.simulator.persons import Person as Phone
from models.outbox import Message
from models.photos import Photo
from tests.stories.pictures import again, encode, photo
from tests.stories.test_logging import begin, rows, say, tap
from tests.stories.test_photos import heard
from tests.stories.township import Town

ALIKE = "很像"


async def used_before(town: Town) -> Phone:
    """A helper with a visit to 李宁 of 10 November that has a photo; ten days later."""
    phone = await begin(town)
    await phone.photo(photo(1), caption="今天去了李宁家,没啥事")
    await heard(town, phone)
    await say(town, phone, "好")
    await town.wait(days=10)
    town.told(phone)
    return phone


async def explanations(town: Town) -> list[str | None]:
    return await town.app.database.read(
        lambda session: list(session.scalars(select(Photo.explanation).order_by(Photo.id)))
    )


async def test_a_photo_used_before_is_pointed_out_before_the_report_is_confirmed(town: Town) -> None:
    phone = await used_before(town)
    await phone.photo(again(1), caption="今天去了王芳家,没啥事")
    (card,) = await heard(town, phone)
    assert "这张和11月10日走访李宁家的一张很像,是同一张吗" in card
    assert "记好了" in await say(town, phone, "1")


async def test_confirming_needs_no_answer_to_it(town: Town) -> None:
    phone = await used_before(town)
    await phone.photo(again(1), caption="今天去了王芳家,没啥事")
    await heard(town, phone)
    await say(town, phone, "好")
    assert [state for state, *_ in await rows(town)] == ["confirmed", "confirmed"]


async def test_one_line_explains_it_and_the_report_goes_on(town: Town) -> None:
    phone = await used_before(town)
    await phone.album([photo(2), again(1)], caption="今天去了王芳家,没啥事")
    (card,) = await heard(town, phone)
    assert "第2张和11月10日走访李宁家的一张很像" in card
    assert "一句话说明" in await tap(town, phone, "是同一张,说明一下")
    card = await say(town, phone, "手机没电了,用的是上次的")
    assert "照片2张,已存" in card
    assert ALIKE not in card
    assert "记好了" in await say(town, phone, "好")
    assert await explanations(town) == [None, None, "手机没电了,用的是上次的"]


async def test_not_the_same_is_believed(town: Town) -> None:
    phone = await used_before(town)
    await phone.photo(again(1), caption="今天去了王芳家,没啥事")
    await heard(town, phone)
    card = await say(town, phone, "不是同一张")
    assert "王芳" in card
    assert ALIKE not in card
    assert "记好了" in await say(town, phone, "好")


async def test_agreeing_where_a_line_was_asked_for_shows_the_card_again(town: Town) -> None:
    phone = await used_before(town)
    await phone.photo(again(1), caption="今天去了王芳家,没啥事")
    await heard(town, phone)
    await tap(town, phone, "是同一张,说明一下")
    assert "王芳" in await say(town, phone, "确认")
    assert "记好了" in await say(town, phone, "确认")
    assert await explanations(town) == [None, None]


async def test_no_line_is_as_good_as_one(town: Town) -> None:
    phone = await used_before(town)
    await phone.photo(again(1), caption="今天去了王芳家,没啥事")
    await heard(town, phone)
    await tap(town, phone, "是同一张,说明一下")
    card = await tap(town, phone, "不用说明")
    assert "王芳" in card
    assert ALIKE not in card


async def test_what_is_asked_twice_is_asked_one_after_the_other(town: Town) -> None:
    phone = await used_before(town)
    await phone.album([again(1), encode_small(1)], caption="今天去了王芳家,没啥事")
    (card,) = await heard(town, phone)
    assert "第1张" in card
    assert "第2张" in await say(town, phone, "不是同一张")
    assert ALIKE not in await say(town, phone, "不是同一张")


def encode_small(number: int) -> bytes:
    from tests.stories.pictures import scene

    return encode(scene(number).resize((400, 300)), quality=40)


async def test_a_photo_of_a_household_one_may_not_see_is_pointed_out_without_its_name(town: Town) -> None:
    await used_before(town)
    other = await town.person("何乐德", "helper")
    await town.household("孙大海", helper="何乐德")
    await other.photo(again(1), caption="今天去了孙大海家,没啥事")
    (card,) = await heard(town, other)
    assert "这张和11月10日别处用过的一张很像" in card
    assert "李宁" not in card


async def test_nobody_else_hears_of_it(town: Town) -> None:
    officer = await town.person("刘专干", "officer")
    head = await town.person("胡志群", "team_head", village="青山村")
    phone = await used_before(town)
    await phone.photo(again(1), caption="今天去了王芳家,没啥事")
    await heard(town, phone)
    await tap(town, phone, "是同一张,说明一下")
    await say(town, phone, "用的是上次的")
    await say(town, phone, "好")
    await town.wait(days=2)
    told = "\n".join([*town.told(officer), *town.told(head)])
    assert ALIKE not in told
    assert "用的是上次的" not in told


async def test_a_photo_added_to_its_own_visit_is_no_photo_used_before(town: Town) -> None:
    phone = await begin(town)
    await phone.photo(photo(1), caption="今天去了李宁家,没啥事")
    await heard(town, phone)
    await say(town, phone, "好")
    await phone.photo(again(1))
    await heard(town, phone)
    added = await say(town, phone, "添加")
    assert "已添加" in added
    assert ALIKE not in added


async def test_photos_of_a_report_taken_back_may_be_used_again(town: Town) -> None:
    phone = await begin(town)
    await phone.photo(photo(1), caption="今天去了李宁家,没啥事")
    await heard(town, phone)
    await say(town, phone, "好")
    await say(town, phone, "撤销")
    await phone.photo(photo(1), caption="今天去了王芳家,没啥事")
    (card,) = await heard(town, phone)
    assert ALIKE not in card


async def test_pictures_of_nothing_are_never_alike(town: Town) -> None:
    from PIL import Image

    black = encode(Image.new("RGB", (1280, 960), (2, 2, 2)))
    phone = await begin(town)
    await phone.photo(black, caption="今天去了李宁家,没啥事")
    await heard(town, phone)
    await say(town, phone, "好")
    await phone.photo(black, caption="今天去了王芳家,没啥事")
    (card,) = await heard(town, phone)
    assert ALIKE not in card


async def test_it_is_pointed_out_once_the_bytes_are_here_also_after_a_kill(town: Town) -> None:
    phone = await used_before(town)
    await phone.photo(again(1), caption="今天去了王芳家,没啥事")
    await town.sim.delivered()
    await town.kill_bot()
    await town.start_bot()
    assert ALIKE in "\n".join(await heard(town, phone, 200))
    rows_ = await town.app.database.read(
        lambda session: list(session.scalars(select(Message.kind).where(Message.kind == "visit.report")))
    )
    assert len(rows_) <= 3
