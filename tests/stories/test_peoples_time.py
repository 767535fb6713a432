"""What takes people's time: few messages, the folded ones a tap away, what waits said, what is measured shown."""

from datetime import date

from tests.stories.township import Town


async def test_households_unseen_for_long_are_a_line_of_mondays_message(town: Town) -> None:
    deputy = await town.person("赵明", "deputy")
    helper = await town.person("何乐德", "helper")
    await town.household("李宁", helper="何乐德")
    await town.household("陈桂花", helper="何乐德")
    await town.go_to(date(2026, 11, 20), "18:00")
    await helper.send("今天去了陈桂花家,没啥事")
    await town.settle()
    await town.tap(helper, "确认")
    await town.go_to(date(2027, 1, 3), "12:00")
    town.told(deputy)
    await town.go_to(date(2027, 1, 4), "08:00")
    (monday,) = town.told(deputy)
    assert "有1户好久没见到了" in monday
    assert "李宁" not in monday
    listed = await town.tap(deputy, "看是哪些户")
    assert "1. 李宁(青山村1组) 还没有见面记录,65天了;帮扶人何乐德" in listed
    assert "陈桂花" not in listed
    await deputy.send("1")
    await town.settle()
    assert "李宁" in deputy.text
    await helper.send("久未见")
    await town.settle()
    assert "李宁" not in helper.text


async def test_a_deputy_away_asks_for_nobody_and_the_officer_sees_it(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    deputy = await town.person("赵明", "deputy")
    await town.person("何乐德", "helper")
    await town.household("李宁", helper="何乐德")
    await town.go_to(date(2026, 12, 12), "10:00")
    for phone in (officer, deputy):
        town.told(phone)
    await deputy.send("/away 14号到20号")
    await town.settle()
    assert deputy.text.startswith("记下了:12月14日至20日不在。\n这几天该报您的件,先报同岗位的人")
    await town.go_to(date(2026, 12, 14), "12:00")
    assert town.told(deputy) == [deputy.text]
    (digest,) = town.told(officer)
    assert "系统有" in digest
    assert "李宁" not in digest.split("系统有")[1]
    listed = await town.tap(officer, "看一下")
    assert "分管领导赵明暂不在,到12月20日" in listed
    assert "李宁(青山村1组):分管领导暂不在,已往下走" in listed


async def test_what_waits_for_tomorrow_is_said_in_the_digest_and_under_to_do(town: Town) -> None:
    officer = await town.person("朱发玉", "officer")
    helper = await town.person("何乐德", "helper")
    for n in range(12):
        await town.household(f"李{'一二三四五六七八九十甲乙'[n]}娃", helper="何乐德")
    await town.go_to(date(2026, 11, 4), "10:00")
    for n in range(12):
        await helper.send(f"李{'一二三四五六七八九十甲乙'[n]}娃家不愿见面")
        await town.settle()
        await town.tap(helper, "确认")
    await town.go_to(date(2026, 11, 5), "08:00")
    digest = town.told(officer)[-1]
    assert "还有2条,11月6日给您。" in digest
    await officer.send("待办")
    await town.settle()
    assert "还有2条,11月6日给您。" in officer.text
    await town.go_to(date(2026, 11, 6), "08:00")
    assert "李乙娃" in town.told(officer)[-1]
    await officer.send("打扰")
    await town.settle()
    assert "记了12次走访,中位数每次2步" in officer.text
    assert "超过的0次" in officer.text
