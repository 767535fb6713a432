"""Short answers and command words."""

import pytest

from handlers.parsing import Command, Reason, parse_choice, parse_command, parse_confirm, parse_reason


@pytest.mark.parametrize(
    "text",
    [
        "确认",
        "好",
        "好的。",
        "对",
        "是",
        "1",
        "１",
        "1️⃣",
        "👍",
        "👍🏽",
        "OK",
        " 好 ",
        "嗯嗯",
        "要得",
        "yes",
        "对的,谢谢",
    ],
)
def test_a_yes_is_understood(text: str) -> None:
    assert parse_confirm(text) is True


@pytest.mark.parametrize("text", ["不", "取消", "不对", "算了", "No", "❌", "不是。"])
def test_a_no_is_understood(text: str) -> None:
    assert parse_confirm(text) is False


@pytest.mark.parametrize("text", ["", "李宁家去了", "2", "好像不在家", "不在家", "对面那家", "🙂", "   "])
def test_anything_else_is_neither_yes_nor_no(text: str) -> None:
    assert parse_confirm(text) is None


@pytest.mark.parametrize("text", ["2", "２", "二", "2️⃣", "②", "第二个", "选2", "2。", "林荣", "两"])
def test_a_choice_is_answered_by_number_or_word(text: str) -> None:
    assert parse_choice(text, ["李宁", "林荣", ("徐清发", "发娃")]) == 1


def test_a_choice_answers_to_its_second_word_and_to_a_part_of_its_label() -> None:
    assert parse_choice("发娃", ["李宁", ("徐清发", "发娃")]) == 1
    assert parse_choice("没去", ["去过了", "还没去"]) == 1


@pytest.mark.parametrize("text", ["4", "0", "", "王大海", "李宁家和林荣家都去了"])
def test_what_is_no_choice_is_none(text: str) -> None:
    assert parse_choice(text, ["李宁", "林荣", "徐清发"]) is None


def test_a_word_two_choices_share_is_no_answer() -> None:
    assert parse_choice("见到", ["见到,没新情况", "见到,有情况"]) is None


def test_a_reason_is_a_number_a_word_or_ones_own_words() -> None:
    reasons = ["路断", "本人生病", "开会"]
    assert parse_reason("1", reasons) == Reason(0, "")
    assert parse_reason("2 发烧三天", reasons) == Reason(1, "发烧三天")
    assert parse_reason("一直在县里开会", reasons) == Reason(2, "一直在县里开会")
    assert parse_reason("车子坏了", reasons) == Reason(None, "车子坏了")
    assert parse_reason("  ", reasons) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("记走访", "visit"), ("记 走访", "visit"), ("记走访。", "visit"), ("/visit", "visit"), ("/visit@zoufang_bot", "visit"), ("我的户", "mine"),
        ("待办!", "todo"), ("更多", "more"), ("取消", "cancel"), ("HELP", "help"), ("ｈｅｌｐ", "help"), ("开始", "start"), ("My households", "mine"),
        ("／help", "help"), ("一口清", "figures"),
    ],
)  # fmt: skip
def test_a_command_word_is_known_in_small_variants(text: str, name: str) -> None:
    assert parse_command(text) == Command(name)


def test_a_command_may_carry_what_it_is_about() -> None:
    assert parse_command("查户 李宁") == Command("household", "李宁")
    assert parse_command("/start abc123") == Command("start", "abc123")


@pytest.mark.parametrize(
    "text", ["记走访的时候下雨了", "帮助李宁修房", "待办 李宁", "/nosuch", "今天走访李宁", "", "更多问题"]
)
def test_a_sentence_is_never_a_command(text: str) -> None:
    assert parse_command(text) is None
