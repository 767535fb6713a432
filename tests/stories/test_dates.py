"""Fixed dates at the wire: the officer is reminded, says 办好了 with a line or a form, takes it back, gives a reason."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.simulator.persons import Person as Phone
from tests.conftest import MakeTown
from tests.stories.township import Town

ZONE = ZoneInfo("Asia/Shanghai")
RULES = {"rule": [{"code": "R1", "on": False}, {"code": "R2"}, {"code": "R3"}, {"code": "R8"}]}
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\n%%EOF\n"


@pytest.fixture
async def town(make_town: MakeTown) -> Town:
    return await make_town(datetime(2026, 4, 20, 12, tzinfo=ZONE), rules=RULES)


async def test_an_officer_closes_one_date_with_a_line_and_another_with_the_form(town: Town) -> None:
    officer = await town.person("王专干", "officer")
    await town.go_to(date(2026, 4, 30), "08:00")
    [first] = town.told(officer)
    assert "1. 乡镇自查(示例乡):5月15日前办好\n2. 县级复查准备(示例乡):5月15日前办好" in first
    await town.go_to(date(2026, 5, 6), "08:00")
    [second] = town.told(officer)
    assert "复查情况报表(示例乡):5月20日前办好\n5月15日有2件,5月20日有1件,日子挨得近,请一起安排。" in second

    await officer.tap("办好了 复查情况报表")
    await town.settle()
    assert "请发一张照片或一份文件" in officer.last.text
    await officer.send("先写一句:报表已盖章")
    await town.settle()
    assert "请发一张照片或一份文件" in officer.last.text
    await officer.document(PDF, "报表.pdf")
    await town.settle()
    assert "复查情况报表(示例乡)办好了" in officer.last.text
    assert "说明:先写一句:报表已盖章" in officer.last.text

    await officer.send("待办")
    await town.settle()
    assert "复查情况报表" not in officer.last.text
    await officer.tap("办好了 乡镇自查")
    await town.settle()
    await officer.send("三项任务自查完,发现2个问题")
    await town.settle()
    assert officer.last.text.startswith("好,乡镇自查(示例乡)办好了,5月15日的这件办结。")
    await officer.tap("撤销")
    await town.settle()
    assert "撤销了,这件照旧:" in officer.last.text
    assert "5月15日 周五前办好" in officer.last.text


async def test_photos_of_one_album_are_one_evidence_and_the_next_words_are_no_part_of_it(town: Town) -> None:
    officer = await town.person("王专干", "officer")
    await town.go_to(date(2026, 5, 7))
    await officer.send("待办")
    await town.settle()
    await officer.tap("办好了 复查情况报表")
    await town.settle()
    officer.new()
    await officer.album(3, caption="盖章页")
    await town.settle()
    [answer] = town.told(officer)
    assert "复查情况报表(示例乡)办好了" in answer
    assert "说明:盖章页" in answer
    await officer.send("帮助")
    await town.settle()
    await officer.send("待办")
    await town.settle()
    assert "复查情况报表" not in officer.last.text


async def test_the_deputy_hears_it_and_hears_how_it_ended(town: Town) -> None:
    officer = await town.person("王专干", "officer")
    deputy = await town.person("赵明", "deputy")
    await town.go_to(date(2026, 5, 19), "08:00")
    told = town.told(deputy)[-1]
    assert "下面的事过了日子,还没记到:" in told
    assert "乡镇自查(示例乡) 王专干;5月15日的,还没记到" in told
    await deputy.tap("看 乡镇自查")
    await town.settle()
    card = deputy.last.text
    assert "经办人:王专干" in card
    assert "规则:定期事项(R2),每年" in card
    assert "5月19日告诉分管领导赵明" not in card
    await officer.send("待办")
    await town.settle()
    await officer.tap("没办成 县级复查准备")
    await town.settle()
    await officer.send("县里改到六月来")
    await town.settle()
    assert "已说明:县级复查准备(示例乡)没办成,县里改到六月来。" in officer.last.text
    await officer.send("待办")
    await town.settle()
    await officer.tap("办好了 乡镇自查")
    await town.settle()
    await officer.send("晚了两天,自查完了")
    await town.settle()
    assert "记为晚办" in officer.last.text
    town.told(deputy)
    await town.go_to(date(2026, 5, 25), "12:00")
    heard = "\n".join(town.told(deputy))
    assert "乡镇自查(示例乡):晚办,5月19日办好了(王专干)" in heard
    assert "县级复查准备(示例乡):已说明没办成:县里改到六月来" in heard
    await deputy.tap("上报") if "上报" in str(deputy.last.buttons) else await deputy.send("上报")
    await town.settle()
    assert "复查情况报表" in deputy.last.text


async def test_a_leader_decides_about_a_date_like_about_any_case(town: Town) -> None:
    officer = await town.person("王专干", "officer")
    other = await town.person("李内勤", "officer")
    deputy = await town.person("赵明", "deputy")

    async def at(phone: Phone, button: str) -> str:
        await phone.tap(button)
        await town.settle()
        return phone.last.text

    await town.go_to(date(2026, 5, 19), "08:00")
    await deputy.send("上报")
    await town.settle()
    assert deputy.last.text.startswith("示例乡上报件2件:")
    assert "交办" not in str(deputy.list_buttons())
    await at(deputy, "看 乡镇自查")
    assert "交办给工作组" not in str(deputy.last.buttons)
    assert "已催办乡镇自查(示例乡),王专干" in await at(deputy, "催办")
    await at(deputy, "看 乡镇自查")
    assert "乡镇自查(示例乡)这件改派给谁?" in await at(deputy, "改派")
    assert "已改派给李内勤。" in await at(deputy, "李内勤(乡镇专干)")
    await at(deputy, "看 县级复查准备")
    assert "由您来处理" in await at(deputy, "我来处理")
    await town.go_to(date(2026, 5, 20), "12:00")
    assert "乡镇自查(示例乡):5月15日的,还没记到" in "\n".join(town.told(other))
    assert "县级复查准备(示例乡)已请赵明一起办" not in "\n".join(town.told(officer))
    await deputy.send("待办")
    await town.settle()
    assert "交给您办的1件:" in deputy.last.text
    await at(deputy, "看 县级复查准备")
    assert "办得怎么样了" in await at(deputy, "写答复")
    await deputy.send("县里说六月来")
    await town.settle()
    assert "答复记下了" in deputy.last.text
    await deputy.send("上报")
    await town.settle()
    await at(deputy, "看 县级复查准备")
    assert "县里说六月来" in deputy.last.text
    assert "5月20日赵明答复" in deputy.last.text or "赵明答复" in deputy.last.text


async def test_what_is_no_document_is_told_and_other_peoples_buttons_do_nothing(town: Town) -> None:
    officer = await town.person("王专干", "officer")
    deputy = await town.person("赵明", "deputy")
    await town.go_to(date(2026, 5, 7))
    await officer.send("待办")
    await town.settle()
    data = officer.last.choice("办好了 复查情况报表") if hasattr(officer.last, "choice") else ""
    await officer.tap("办好了 复查情况报表")
    await town.settle()
    await officer.document(b"MZ" + bytes(400), "报表.exe")
    await town.settle()
    assert "这份文件的类型存不了,没有存。" in "\n".join(town.told(officer))
    deputy.press(data or "date:done:1")
    await town.settle()
    assert "没有动任何记录" in deputy.last.text


async def test_the_officer_switches_one_on_in_the_chat(make_town: MakeTown) -> None:
    town = await make_town(datetime(2026, 5, 3, 12, tzinfo=ZONE), rules={"rule": RULES["rule"][:2]})
    officer = await town.person("王专干", "officer")
    await officer.send("规则")
    await town.settle()
    await officer.tap("就按这个")
    await town.settle()
    assert "还不能打开的:R4 季度收支记录" in officer.last.text
    await officer.tap("复查情况报表")
    await town.settle()
    assert "接下来:2026年5月20日、2027年5月20日、2028年5月20日" in officer.last.text
    assert "日子挨得近的还有:乡镇自查(5月15日)" in officer.last.text
    for button in ("启用", "从现在起", "照此执行"):
        await officer.tap(button)
        await town.settle()
    await town.go_to(date(2026, 5, 6), "08:00")
    assert "复查情况报表(示例乡):5月20日前办好" in "\n".join(town.told(officer))
