"""One household and one day, composed in every order and spelling people use: always that household and that day."""

import time
from datetime import date

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from handlers.parsing import Report
from tests.handlers.parsing.corpus import CASES, five_households, parse
from tests.handlers.parsing.grammar import Grammar, make_candidates

NAMES = {
    1: ("李宁", "歪叔", "0001", "青山村李宁", "青山李宁", "lining"),
    2: ("林荣", "3组林荣", "青山村3组林荣", "林容"),
    3: ("向德林", "xdl", "和平村向德林", "向得林", "德林"),
    4: ("徐清发", "5组徐清发", "xuqingfa", "999010200021", "徐青发"),
    5: ("李国富", "国富", "lgf", "0044", "李国付"),
}
DAYS = {
    date(2026, 11, 11): ("今天", "今天上午", "周三", "11号", "11.11", "11月11日", "今儿", "今日"),
    date(2026, 11, 10): (
        "昨天",
        "昨晚",
        "昨儿个",
        "周二",
        "10号",
        "11月10号",
        "11/10",
        "十一月十号",
        "2026-11-10",
        "作天",
    ),
    date(2026, 11, 9): ("前天", "前天晚上", "9号", "周一", "11.9", "9日下午", "前日", "星期一"),
    date(2026, 11, 4): ("上周三", "上个星期三", "4号", "11月4日", "七天前", "11-4", "四号晚上"),
    date(2026, 10, 28): ("上个月28号", "10月28号", "10.28", "十月二十八号", "上月28日"),
}
ORDERS = (
    "{day}{went}{name}{house}{end}",
    "{name}{house}{day}{went}{end}",
    "{day}{name}{house}{went}{end}",
    "{name}{house}{went}{gap}{day}",
    "{went}{name}{house}{gap}{day}",
    "{day}{gap}{name}{gap}{found}",
    "{name}{gap}{day}{gap}{found}",
    "{day}我{went}{name}{house}{gap}{fine}",
)
WENT = ("去了", "走访了", "去的", "去过")
LOOSE = ("", " ", ",", "。", "!", "~", "😀", "👍", "…", ";")


def one(report: Report) -> list[tuple[int, date | None]]:
    return [(line.household_id, line.visited_on) for line in report.lines]


@st.composite
def composed(draw: st.DrawFn) -> tuple[str, int, date]:
    household = draw(st.sampled_from(sorted(NAMES)))
    day = draw(st.sampled_from(sorted(DAYS)))
    name, said = draw(st.sampled_from(NAMES[household])), draw(st.sampled_from(DAYS[day]))
    pad = " " if name.isascii() or (name[0].isdigit() and said[-1].isdigit()) else ""
    text = draw(st.sampled_from(ORDERS)).format(
        name=f"{pad}{name}{pad}", day=f"{said}{pad}", went=draw(st.sampled_from(WENT)), house=draw(st.sampled_from(("家", "屋头", "家里"))),
        gap=draw(st.sampled_from((" ", ",", "。"))), found=draw(st.sampled_from(("见到了", "在家"))),
        fine=draw(st.sampled_from(("都好", "没啥事"))), end=draw(st.sampled_from(("", "。", ",都好", " 没啥事"))),
    )  # fmt: skip
    return text.strip(), household, day


@settings(max_examples=600, deadline=None)
@given(composed())
def test_the_order_of_the_words_does_not_matter(said: tuple[str, int, date]) -> None:
    text, household, day = said
    report = parse(text, five_households())
    assert (one(report), report.questions) == ([(household, day)], ()), text


@settings(max_examples=300, deadline=None)
@given(composed())
def test_full_width_is_half_width(said: tuple[str, int, date]) -> None:
    text, household, day = said
    wide = "".join(
        chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else "\u3000" if char == " " else char for char in text
    )
    assert one(parse(wide, five_households())) == [(household, day)], wide


@settings(max_examples=400, deadline=None)
@given(composed(), st.sampled_from(LOOSE), st.sampled_from(LOOSE))
@example(("昨天去了李宁家", 1, date(2026, 11, 10)), "😀", "。")
def test_signs_before_and_after_change_neither_household_nor_day(
    said: tuple[str, int, date], before: str, after: str
) -> None:
    text, household, day = said
    assert one(parse(before + text + after, five_households())) == [(household, day)], before + text + after


PLAIN = [case for case in CASES if not case.asks and any(part[0].isdigit() for part in case.parts)]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(PLAIN), st.sampled_from(("。", "😀", "!", "~", "🙏🙏", "…")))
def test_a_sign_at_the_end_changes_nothing_in_any_phrasing(case: object, sign: str) -> None:
    text = case.text  # type: ignore[attr-defined]
    assume(not text.endswith("?"))
    assert one(parse(text + sign, five_households())) == one(parse(text, five_households())), text + sign


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(PLAIN))
def test_full_width_changes_nothing_in_any_phrasing(case: object) -> None:
    text = case.text  # type: ignore[attr-defined]
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)
    assert one(parse(wide, five_households())) == one(parse(text, five_households())), wide


@pytest.mark.parametrize(
    "piece",
    [
        "李宁家去了,",
        "昨天",
        "没在家",
        "王大海家",
        "户主换成",
        "全家外出到腊月,",
        "a1 ",
        "切",
        "(",
        "9号和",
        "😀",
        "钟世鹏、",
        "li ",
    ],
)
def test_four_thousand_characters_of_anything_are_read_in_bounded_time(piece: str) -> None:
    scope = Grammar(make_candidates(2000, 7), 1).scope
    text = (piece * 4000)[:4000]
    parse(text, scope)
    started = time.process_time()
    parse(text, scope)
    assert time.process_time() - started < 1
