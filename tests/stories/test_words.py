"""The officer teaches the bot a word at the wire, and the next message is read with it."""


import pytest

from tests.stories.test_logging import begin, say, tap
from tests.stories.township import Town


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_a_word_is_taught_previewed_used_and_taken_out_again(town: Town) -> None:
    officer = await town.person("刘专干", "officer")
    phone = await begin(town)
    assert "李宁(青山村4组) 今天 11月10日 不在家" not in await say(town, phone, "今天去李宁家,没落屋")
    await say(town, phone, "不用记")
    await say(town, officer, "更多")
    assert "还没有加过说法" in await tap(town, officer, "说法")
    assert "写要加的那个词" in await say(town, officer, "加一个说法")
    assert "是什么意思" in await say(town, officer, "没落屋")
    assert "今后“没落屋”按“不在家”理解" in await tap(town, officer, "不在家")
    assert "好,今后" in await say(town, officer, "好")
    assert "李宁(青山村4组) 今天 11月10日 不在家" in await say(town, phone, "今天去李宁家,没落屋")
    await say(town, phone, "不用记")
    assert "1. “没落屋”就是“不在家”" in await say(town, officer, "说法")
    assert "刘专干 11月10日加的" in await say(town, officer, "1")
    assert "不再按“不在家”理解" in await tap(town, officer, "不再用")
    assert "李宁(青山村4组) 今天 11月10日 不在家" not in await say(town, phone, "今天去李宁家,没落屋")
