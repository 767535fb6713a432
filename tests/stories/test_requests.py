"""户主换了, 新号码: the helper says it, the officer decides, the helper hears it in the digest."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.households import Household, Member
from tests.stories.township import Town


def add_son(session: Session, household_id: int) -> None:
    session.add(Member(household_id=household_id, name="李小军", relation="之子"))


def read_household(session: Session) -> tuple[str, str | None]:
    return session.execute(select(Household.head_name, Household.phone)).one()


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_a_new_head_and_a_new_number(town: Town) -> None:
    helper = await town.person("何乐德", "helper")
    officer = await town.person("朱发玉", "officer")
    household = await town.household("李宁", helper="何乐德")
    await town.app.database.run(lambda session: add_son(session, household))
    await town.go_to(date(2026, 11, 10), "10:00")
    for phone in (helper, officer):
        town.told(phone)
    for text in ("李宁家户主换成他儿子李小军了", "李宁家换号码了,13912345678"):
        await helper.send(text)
        await town.settle()
        assert "已记下,转给专干核对:李宁(青山村1组)" in helper.text
    await town.go_to(date(2026, 11, 11), "08:00")
    (digest,) = town.told(officer)
    assert "有2件事等您决定" in digest
    await officer.tap("看待您决定的")
    await town.settle()
    assert officer.text.startswith("等您决定的有2件")
    await officer.send("1")
    await town.settle()
    assert "号码改成:13912345678" in officer.text
    await officer.tap("照改")
    await town.settle()
    assert "何乐德会在日报里看到" in officer.text
    await officer.tap("看下一件")
    await town.settle()
    await officer.send("1")
    await town.settle()
    await officer.tap("照改")
    await town.settle()
    assert "新户主是哪一位" in officer.text
    await officer.send("李小军")
    await town.settle()
    assert await town.app.database.read(read_household) == ("李小军", "+8613912345678")
    await town.go_to(date(2026, 11, 11), "20:00")
    heard = "".join(town.told(helper))
    assert "您提的李小军(青山村1组)户主换了:朱发玉已照办。" in heard
    assert "新号码:朱发玉已照办。" in heard


async def test_not_changing_says_why(town: Town) -> None:
    helper = await town.person("何乐德", "helper")
    officer = await town.person("朱发玉", "officer")
    await town.household("李宁", helper="何乐德")
    await helper.send("李宁家户主换成他儿子李小军了")
    await town.settle()
    await officer.send("待您决定")
    await town.settle()
    await officer.send("1")
    await town.settle()
    await officer.send("不改")
    await town.settle()
    assert "请写一句为什么不改" in officer.text
    await officer.send("派出所还没改户口")
    await town.settle()
    await town.go_to(date(2026, 11, 2), "20:00")
    assert any("没有改:派出所还没改户口" in text for text in town.told(helper))
