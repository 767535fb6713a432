"""What a helper still owes, in words: a household stands once, what was explained says so."""

from datetime import date

from handlers.locales import words
from handlers.reply import Reply
from handlers.screens import SCREENS, load_screens
from tests.handlers.samples import DAY, TEN_CASES, Values, item

load_screens()

OVER = {
    "starts_on": date(2026, 10, 1), "due_on": date(2026, 10, 25), "ends_on": date(2026, 10, 31),
    "grace_ends_on": date(2026, 11, 4), "duty_id": 4,
}  # fmt: skip
LISTED: Values = {"unconfirmed": [], "handed": [], "total": 2, "cases": 0, "notices": 0}


def show(kind: str, values: Values) -> Reply:
    return SCREENS[kind].render(values, words("zh_CN"))


def labels(reply: Reply) -> list[str]:
    return [choice.label for choice in reply.choices]


def test_a_household_that_is_short_in_two_periods_is_one_line_and_one_visit() -> None:
    for kind, values in (
        ("duty.todo", {**LISTED, "short": [item(), item(**OVER)]}),
        ("digest.daily", {"day": DAY, "short": [item()], "repeated": [item(**OVER)]}),
    ):
        reply = show(kind, values)
        assert "1. 李宁(青山村4组) 每月2次;本月1次;差1次,25日前;另外10月1次,差1次" in reply.text
        assert reply.text.count("李宁") == 1
        assert labels(reply)[:3] == ["记走访 李宁", "没去成 李宁", "没去成 李宁(10月)"]


def test_what_is_over_and_alone_stands_under_its_own_head() -> None:
    text = show("digest.daily", {"day": DAY, "short": [item()], "repeated": [item("王芳", **OVER)]}).text
    assert "过了期还没记到的户,现在见到一次就算有着落:\n3. 王芳" in text


def test_what_was_explained_says_so_wherever_the_household_stands() -> None:
    explained = item(state="explained", reason="away", reason_zh="全家外出", reason_en="away", reason_text=None)
    place = {"household_id": 1, "name": "李宁", "village": "青山村", "group": "4组", "paused": False}
    standing = {"place": place, "last_met_on": None, "this": explained, "older": (), "month_days": 0}
    mine = show("household.mine", {"items": [standing], "page": 1, "pages": 1, "total": 1}).text
    assert "李宁(青山村4组) 还没有见面记录;每月2次;本月1次;已说明:全家外出" in mine
    again = show("duty.reasons", {"item": explained, "mine": False, "reasons": []})
    assert "已说明:李宁" in again.text
    assert "撤销说明" in labels(again)


def test_whoever_says_that_it_did_not_work_out_chooses_the_household() -> None:
    asked = show("visit.aside", {"why": "missed", "draft_id": None, "items": TEN_CASES[:2]})
    assert labels(asked)[:2] == ["没去成 欧阳明0(11月)", "没去成 欧阳明1(11月)"]
    early = show("visit.aside", {"why": "missed", "draft_id": None, "items": []})
    assert "现在还没有要说明的户" in early.text


def test_news_with_one_button_carry_its_number() -> None:
    news = [{"what": "unseen", "values": {"n": 13}, "choices": [("unseen.look", "unseen:list", "word.unseen")]}]
    reply = show("digest.daily", {"day": DAY, "news": news, "notices": 1})
    assert "1. 有13户好久没见到了" in reply.text
    assert "2. 系统有1件事要您看" in reply.text


def test_of_many_helpers_who_never_joined_the_first_are_named_and_it_is_said_that_there_are_more() -> None:
    for n, end in ((10, "户十1户。"), (11, "户十1户…。")):
        unjoined = [{"name": f"户{name}", "n": 1} for name in "一二三四五六七八九十百"[:n]]
        assert end in show("digest.daily", {"day": DAY, "unjoined": unjoined, "unjoined_households": n}).text


def test_who_is_asked_to_look_at_a_household_can_log_it_there_and_hears_of_helpers_once() -> None:
    helped = [item(name, taken_by="罗乐") for name in ("李宁", "王芳")]
    reply = show("digest.daily", {"day": DAY, "urged": [{"by": "郭福祥", "item": item("赵六")}], "copied": helped})
    assert "1. 郭福祥请您留意:赵六(青山村4组) 每月2次;本月1次" in reply.text
    assert labels(reply) == ["记走访 赵六"]
    assert "李宁(青山村4组)、王芳(青山村4组)已请罗乐一起办" in reply.text
