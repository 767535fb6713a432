"""A nickname at the wire: whose it is, kept by one word, understood, forgotten; never in the way of anything."""

import pytest

from tests.stories.test_logging import begin, say, tap
from tests.stories.township import Town


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_a_nickname_is_answered_once_kept_understood_and_forgotten(town: Town) -> None:
    phone = await begin(town)
    assert "没找到“歪叔”这一户" in await say(town, phone, "今天去了歪叔家,没啥事")
    await tap(town, phone, "李宁")
    logged = await say(town, phone, "好")
    assert "记好了" in logged
    assert "以后“歪叔”就指李宁(青山村4组)?" in logged
    assert "记住了:“歪叔”就是李宁家。" in await say(town, phone, "记住")
    assert "李宁(青山村4组) 昨天 11月9日 见到" in await say(town, phone, "昨天去了歪叔家")
    assert "就指" not in await say(town, phone, "好")
    await say(town, phone, "我的户")
    await tap(town, phone, "李宁")
    assert "1. 歪叔" in await tap(town, phone, "小名")
    assert "没有给李宁(青山村4组)记小名" in await say(town, phone, "1")
    assert "没找到“歪叔”这一户" in await say(town, phone, "今天去了歪叔家")


async def test_a_question_about_a_nickname_that_nobody_answers_blocks_nothing(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了歪叔家,没啥事")
    await tap(town, phone, "李宁")
    assert "就指李宁" in await say(town, phone, "好")
    assert "王芳(青山村1组) 今天 11月10日 见到" in await say(town, phone, "今天去了王芳家")
    assert "记好了" in await say(town, phone, "好")


async def test_just_this_once_keeps_nothing(town: Town) -> None:
    phone = await begin(town)
    await say(town, phone, "今天去了歪叔家,没啥事")
    await tap(town, phone, "李宁")
    await say(town, phone, "好")
    assert "就指" not in await say(town, phone, "就这次")
    assert "没找到“歪叔”这一户" in await say(town, phone, "昨天去了歪叔家")
