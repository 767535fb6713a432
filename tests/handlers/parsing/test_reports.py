"""Reports as a handler uses them: answers given to questions, the hour of the message, the officer's own words."""

from datetime import date, datetime

import pytest

from handlers.parsing import Candidate, Report, Scope, Words, parse_report
from tests.handlers.parsing.corpus import NOW, five_households, parse


def answered(text: str, answers: dict[str, object]) -> Report:
    return parse_report(text, NOW, five_households(), answers=answers, sender="吴祥")


def test_an_answer_about_a_word_settles_that_word_only() -> None:
    report = answered("老李家和王大海家昨天去了", {"household:老李": 5})
    assert [(line.household_id, line.how) for line in report.lines] == [(5, "answer")]
    assert [question.key for question in report.questions] == ["unknown:王大海"]


def test_a_word_answered_with_none_of_them_is_left_out() -> None:
    report = answered("李宁家和王大海家昨天去了", {"unknown:王大海": 0})
    assert [line.household_id for line in report.lines] == [1]
    assert report.is_complete


def test_a_day_given_as_an_answer_is_the_day_of_the_visit() -> None:
    report = answered("前几天去了李宁家", {"date:前几天": "2026-11-06"})
    assert report.visited_on == date(2026, 11, 6)
    assert report.is_complete


def test_a_day_to_come_is_no_answer() -> None:
    report = answered("前几天去了李宁家", {"date:前几天": "2026-11-12"})
    assert [question.key for question in report.questions] == ["date:前几天"]


@pytest.mark.parametrize(("answer", "outcome"), [("visited", "met"), ("deceased", "deceased"), ("left", "not_home")])
def test_gone_may_be_a_visit_a_death_or_just_away(answer: str, outcome: str) -> None:
    report = answered("李宁走了", {"death:走了": answer})
    assert [line.outcome for line in report.lines] == [outcome]


def test_a_death_in_the_family_is_no_visit_until_somebody_says_so() -> None:
    asked = answered("李宁走了", {"death:走了": "member"})
    assert [question.code for question in asked.questions] == ["done"]
    key = asked.questions[0].key
    went = answered("李宁走了", {"death:走了": "member", key: "yes"})
    assert [line.outcome for line in went.lines] == ["met"]
    stayed = answered("李宁走了", {"death:走了": "member", key: "no"})
    assert not stayed.questions
    assert not stayed.lines


@pytest.mark.parametrize(("answer", "outcomes"), [("deceased", ["deceased"]), ("member", []), ("left", [])])
def test_a_death_that_kept_somebody_from_going_is_told_and_no_visit(answer: str, outcomes: list[str]) -> None:
    report = answered("没去成李宁家,老人去世了", {"death:去世了": answer})
    assert [line.outcome for line in report.lines] == outcomes
    assert bool(report.missed) == (not outcomes)


def test_a_gift_on_purpose_is_a_courtesy_call_and_by_the_way_a_visit() -> None:
    assert [line.kind for line in answered("给李宁送了两桶油", {"gift:": "courtesy"}).lines] == ["courtesy"]
    assert [line.kind for line in answered("给李宁送了两桶油", {"gift:": "routine"}).lines] == ["routine"]


def test_which_of_five_is_answered_with_a_list() -> None:
    report = answered("今天走了四户,林荣没在家", {"which:四户": [1, 3, 4]})
    assert {(line.household_id, line.outcome) for line in report.lines} == {
        (1, "met"),
        (3, "met"),
        (4, "met"),
        (2, "not_home"),
    }


def test_whose_outcome_is_answered_with_a_list_the_others_were_met() -> None:
    report = answered("昨天走访李宁、林荣没在家", {"whose:没在家": [2]})
    assert {(line.household_id, line.outcome) for line in report.lines} == {(1, "met"), (2, "not_home")}


def test_a_plan_answered_as_done_is_a_visit() -> None:
    assert answered("今天去李宁家", {"done:李宁": "yes"}).is_complete
    assert answered("今天去李宁家", {"done:李宁": "no"}).lines == ()


def test_somebody_named_in_passing_is_logged_only_after_a_yes() -> None:
    text = "李宁家去了。邻居林荣帮他收的稻子"
    assert [line.household_id for line in answered(text, {"also:林荣": "no"}).lines] == [1]
    assert [line.household_id for line in answered(text, {"also:林荣": "yes"}).lines] == [1, 2]


@pytest.mark.parametrize("text", ["今天去了李宁家", "李宁家去了", "刚刚去了李宁家"])
def test_after_midnight_the_day_is_asked_for(text: str) -> None:
    report = parse(text, five_households(), datetime(2026, 11, 11, 0, 40))  # noqa: DTZ001
    assert [(question.reason, question.days) for question in report.questions] == [
        ("midnight", (date(2026, 11, 10), date(2026, 11, 11)))
    ]


def test_after_midnight_last_evening_and_a_date_are_certain() -> None:
    night = datetime(2026, 11, 11, 0, 40)  # noqa: DTZ001
    for text in ("昨晚去了李宁家", "10号去了李宁家"):
        assert parse(text, five_households(), night).visited_on == date(2026, 11, 10)


def test_early_in_the_month_a_late_day_is_of_the_month_before() -> None:
    report = parse("29号去的李宁家", five_households(), datetime(2026, 12, 2, 9, 0))  # noqa: DTZ001
    assert report.visited_on == date(2026, 11, 29)
    assert report.is_complete


def test_at_new_year_december_is_of_last_year() -> None:
    report = parse("12.30走访李宁", five_households(), datetime(2027, 1, 3, 9, 0))  # noqa: DTZ001
    assert report.visited_on == date(2026, 12, 30)


def test_the_oldest_day_taken_without_asking_is_the_callers() -> None:
    report = parse_report("8月3号去了李宁家", NOW, five_households(), oldest=date(2026, 8, 1))
    assert report.visited_on == date(2026, 8, 3)


def test_the_note_keeps_what_the_card_does_not_show_as_it_was_written() -> None:
    report = parse("歪叔屋头今天去了,低保到账了,没啥事", five_households())
    assert report.lines[0].note == "低保到账了"


def test_needs_sums_and_next_steps_are_picked_out() -> None:
    report = parse("今天去了李宁家,屋顶漏雨,想申请低保,欠费300元,下周三带他去医院检查", five_households())
    assert report.needs == ("屋顶漏雨", "想申请低保")
    assert report.amounts == ("300元",)
    assert [(plan.household_id, plan.on) for plan in report.plans] == [(1, date(2026, 11, 18))]


def test_words_the_officer_adds_are_understood() -> None:
    words = Words().with_more({"not_home": ["没落屋"]})
    report = parse_report("李宁没落屋", NOW, five_households(), words)
    assert [line.outcome for line in report.lines] == ["not_home"]


def test_words_for_no_known_meaning_are_refused() -> None:
    with pytest.raises(ValueError, match="weather"):
        Words({"weather": ["下雨"]})


def test_a_village_head_is_not_taken_at_his_word_for_everybody() -> None:
    scope = Scope(Candidate(index, f"{index:012d}", f"王{chr(0x4E00 + index)}明", own=False) for index in range(1, 40))
    report = parse("全部走访了", scope)
    assert [question.code for question in report.questions] == ["which"]
    assert report.lines == ()


def test_all_means_the_senders_own_households() -> None:
    own = Candidate(1, "000000000001", "李宁")
    scope = Scope(
        [own, *(Candidate(index, f"{index:012d}", f"王{chr(0x4E00 + index)}明", own=False) for index in range(2, 40))]
    )
    assert [line.household_id for line in parse("全部走访了", scope).lines] == [1]


def test_the_end_of_a_phone_number_names_a_household_where_the_sender_may_know_it() -> None:
    scope = Scope([Candidate(1, "000000000001", "李宁", phone_tail="0017"), Candidate(2, "000000000002", "林荣")])
    assert [line.household_id for line in parse("尾号0017今天去了", scope).lines] == [1]


def test_a_message_longer_than_can_be_read_keeps_its_rest_as_a_note() -> None:
    report = parse("李宁家去了," + "啊" * 5000, five_households())
    assert report.lines[0].household_id == 1
    assert report.note.endswith("啊啊")


def test_a_scope_without_households_finds_none() -> None:
    assert parse("李宁家去了", Scope([])).lines == ()
