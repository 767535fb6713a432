"""A report over several messages: what each adds, corrects or asks, read again with every answer. No database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from handlers.reports import answer, answer_in_words, only_a_day, options_of, says_it_anew, scope_of, understand
from models.households.queries import Loggable
from models.visits.reports import Base, Part, ReportView

ZONE = ZoneInfo("Asia/Shanghai")
SENT = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 10)
LI, WANG = 1, 2
NOTHING = ReportView()


def household(number: int, name: str, pinyin: str) -> Loggable:
    initials = "".join(part[0] for part in pinyin.split())
    return Loggable(number, f"H00{number}", name, "青山村", "4组", pinyin, initials, (), (), (), True)


SCOPE = scope_of([household(LI, "李宁", "li ning"), household(WANG, "王芳", "wang fang")])


def read(*texts: str, view: ReportView = NOTHING):  # type: ignore[no-untyped-def]
    parts = tuple(Part(text, SENT, number) for number, text in enumerate(texts, 1))
    return understand(replace(view, parts=(*view.parts, *parts)), SCOPE, ZONE, "张伟")


def lines(understood) -> list[tuple[int, date, str]]:  # type: ignore[no-untyped-def]
    return [(line.household_id, line.visited_on, line.outcome) for line in understood.lines]


def test_a_day_that_is_not_said_is_the_day_of_sending() -> None:
    assert lines(read("去了李宁家,都好")) == [(LI, TODAY, "met")]


def test_two_messages_about_two_households_are_one_report() -> None:
    assert lines(read("今天去了李宁家", "王芳家昨天没人")) == [
        (LI, TODAY, "met"),
        (WANG, date(2026, 11, 9), "not_home"),
    ]


def test_a_later_message_corrects_the_day_of_the_same_household() -> None:
    assert lines(read("今天去了李宁家", "李宁家是昨天去的")) == [(LI, date(2026, 11, 9), "met")]


def test_what_buttons_said_wins_over_words() -> None:
    view = ReportView(outcomes={LI: "away"}, dropped=(WANG,), day=date(2026, 11, 8))
    assert lines(read("今天去了李宁和王芳家", view=view)) == [(LI, date(2026, 11, 8), "away")]


def test_taps_and_words_that_name_nobody_are_one_line() -> None:
    view = ReportView(base=Base(LI, TODAY), parts=(Part("房子漏雨", SENT, 1, {"about:": LI}),))
    (line,) = understand(view, SCOPE, ZONE, "张伟").lines
    assert (line.household_id, line.outcome, "漏雨" in line.note) == (LI, "met", True)


def test_words_that_name_nobody_among_several_households_are_asked_about() -> None:
    understood = read("今天去了李宁和王芳家", "低保到账了")
    (query,) = understood.report.questions
    assert (query.code, options_of(query, TODAY)) == ("about", [LI, WANG])
    answered = understand(answer(understood.report, query, WANG), SCOPE, ZONE, "张伟")
    assert answered.report.questions == ()
    assert [line.household_id for line in answered.lines if "低保" in line.note] == [WANG]


def test_a_name_alone_is_no_report_yet() -> None:
    assert read("李宁").name_only
    assert not read("今天去了李宁家").name_only


def test_two_names_alone_ask_how_it_was_one_after_the_other() -> None:
    first = read("李宁 王芳").report
    second = understand(answer(first, first.questions[0], "met"), SCOPE, ZONE, "张伟")
    assert [query.code for query in first.questions] == ["how", "how"]
    done = understand(answer(second.report, second.report.questions[0], "away"), SCOPE, ZONE, "张伟")
    assert lines(done) == [(LI, TODAY, "met"), (WANG, TODAY, "away")]


def test_a_plan_and_a_question_bring_no_line_and_say_why() -> None:
    assert read("明天去李宁家").report.aside == "plan"
    assert read("你好").report.aside in ("unknown", "asks")
    assert lines(read("明天去李宁家")) == []


def test_a_death_is_asked_about_gently_and_the_answer_is_kept() -> None:
    understood = read("李宁家老人走了")
    (query,) = understood.report.questions
    assert query.code == "death"
    assert options_of(query, TODAY) == ["visited", "deceased", "member", "left"]
    answered = understand(answer(understood.report, query, "deceased"), SCOPE, ZONE, "张伟")
    assert lines(answered) == [(LI, TODAY, "deceased")]


def test_a_typed_name_answers_the_question_which_household() -> None:
    understood = read("今天去走访了")
    (query,) = understood.report.questions
    part = Part("李宁和王芳", SENT, 9)
    assert answer_in_words(understood.report, query, part, SCOPE, ZONE, "张伟") == [LI, WANG]


def test_a_typed_day_answers_the_question_which_day() -> None:
    understood = read("2027年1月5日去了李宁家")
    (query,) = understood.report.questions
    assert query.code == "date"
    assert answer_in_words(understood.report, query, Part("昨天", SENT), SCOPE, ZONE, "张伟") == "2026-11-09"


def test_saying_it_completely_anew_takes_the_place_of_what_was_asked_about() -> None:
    view = read("2027年1月5日去了李宁家").report
    assert says_it_anew(Part("11月9号去了李宁家", SENT), view, SCOPE, ZONE, "张伟")
    assert not says_it_anew(Part("11月9号去了王芳家", SENT), view, SCOPE, ZONE, "张伟")


def test_a_day_and_hardly_anything_else_is_only_a_day() -> None:
    assert only_a_day("是昨天", TODAY) == date(2026, 11, 9)
    assert only_a_day("更正:11月8号去的", TODAY) == date(2026, 11, 8)
    assert only_a_day("昨天他家修了房子", TODAY) is None
    assert only_a_day("低保到账了", TODAY) is None
